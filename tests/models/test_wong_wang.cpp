/// The decision network against the figures of an independent computation of the same protocol:
/// S(0) = 0.1, eta(0) = 0, 500 ms without stimulus, Euler 0.5 ms, threshold 15 Hz on the rate seen
/// through a first-order filter of 20 ms, reaction time from stimulus onset, limit 3 s.
#include <catch2/catch.hpp>

#include <cmath>
#include <cstdio>
#include <vector>

#include "models/decision/wong_wang.hpp"

namespace lamina {
namespace {

constexpr double wong_wang_dt_ms = 0.5;
constexpr int lead_steps = 1000, limit_steps = 6000;

struct Choice {
    int chosen = -1; ///< population over threshold first, -1: none within the limit
    double rt_ms = 0;
};

Choice choose(double coherence, std::uint64_t seed, std::uint32_t trial) {
    const WongWangParameters p;
    WongWang::State state;
    std::uint64_t step = 0;
    for (; step < lead_steps; ++step)
        WongWang::step(state, p, coherence, false, wong_wang_dt_ms, seed, trial, step);
    for (int k = 1; k <= limit_steps; ++k, ++step) {
        WongWang::step(state, p, coherence, true, wong_wang_dt_ms, seed, trial, step);
        for (int i = 0; i < 2; ++i)
            if (state.rate_Hz[i] >= p.threshold_Hz) return {i, k * wong_wang_dt_ms};
    }
    return {};
}

struct Summary {
    double accuracy = 0, mean_rt_ms = 0, sd_rt_ms = 0, correct_rt_ms = 0, error_rt_ms = 0;
    int undecided = 0;
};

Summary summary_of(double coherence, int n_trials, std::uint64_t seed) {
    std::vector<Choice> choices(n_trials);
#pragma omp parallel for schedule(dynamic, 64)
    for (int n = 0; n < n_trials; ++n) choices[n] = choose(coherence, seed, std::uint32_t(n));

    Summary s;
    double sum = 0, squares = 0, correct = 0;
    int n_decided = 0, n_correct = 0;
    for (const Choice& c : choices) {
        if (c.chosen < 0) continue;
        ++n_decided;
        sum += c.rt_ms;
        squares += c.rt_ms * c.rt_ms;
        if (c.chosen == 0) ++n_correct, correct += c.rt_ms;
    }
    s.undecided = n_trials - n_decided;
    s.accuracy = double(n_correct) / n_trials;
    s.mean_rt_ms = sum / n_decided;
    s.sd_rt_ms = std::sqrt(squares / n_decided - s.mean_rt_ms * s.mean_rt_ms);
    s.correct_rt_ms = correct / n_correct;
    s.error_rt_ms = n_decided > n_correct ? (sum - correct) / (n_decided - n_correct) : NAN;
    return s;
}

} // namespace

TEST_CASE(
    "WongWang: accuracy and reaction time follow the published network's psychometric curve") {
    struct Row {
        double coherence, accuracy, mean_rt_ms, sd_rt_ms;
    };
    const Row rows[] = {{0, 0.497, 613, 176},     {0.032, 0.680, 596, 174},
                        {0.064, 0.801, 563, 167}, {0.128, 0.961, 468, 129},
                        {0.256, 1.000, 350, 62},  {0.512, 1.000, 245, 33}};
    double last_accuracy = 0, last_rt_ms = 1e9;
    for (const Row& row : rows) {
        const Summary s = summary_of(row.coherence, 10000, 1);
        std::printf("coherence %5.3f: accuracy %.3f (%.3f), RT %.1f ms (%.0f), SD %.1f ms (%.0f), "
                    "correct %.1f, error %.1f ms, undecided %d\n",
                    row.coherence, s.accuracy, row.accuracy, s.mean_rt_ms, row.mean_rt_ms,
                    s.sd_rt_ms, row.sd_rt_ms, s.correct_rt_ms, s.error_rt_ms, s.undecided);
        // the figures come from 2000 trials: at coherence 0 their standard error is 0.011, ours
        // 0.005, so 0.02 is 1.6 of the joint one there and more elsewhere
        CHECK(std::abs(s.accuracy - row.accuracy) < 0.02);
        // standard error of the figures 176 / sqrt(2000) = 3.9 ms; 15 ms is 3.5 of the joint one
        CHECK(std::abs(s.mean_rt_ms - row.mean_rt_ms) < 15);
        CHECK(s.accuracy >= last_accuracy);
        CHECK(s.mean_rt_ms < last_rt_ms);
        // errors are the slower choices; where they exist in number (> 300 of 10 000)
        if (row.coherence > 0 && s.accuracy < 0.97) CHECK(s.error_rt_ms >= s.correct_rt_ms);
        last_accuracy = s.accuracy;
        last_rt_ms = s.mean_rt_ms;
    }
}

TEST_CASE("WongWang: the winner persists after the stimulus is gone") {
    const WongWangParameters p;
    for (const double coherence : {0.512, -0.512}) {
        WongWang::State state;
        std::uint64_t step = 0;
        for (; step < 3000; ++step)
            WongWang::step(state, p, coherence, step >= 1000, wong_wang_dt_ms, 3, 0, step);
        const int winner = coherence > 0 ? 0 : 1;
        // 2 s later: twenty times the slowest time constant
        for (; step < 7000; ++step)
            WongWang::step(state, p, coherence, false, wong_wang_dt_ms, 3, 0, step);
        CHECK(state.rate_Hz[winner] > p.threshold_Hz);
        CHECK(state.rate_Hz[1 - winner] < 5);
    }
}

TEST_CASE("WongWang: exchanging the populations exchanges the choice") {
    // without noise the network is symmetric, to the last bit
    WongWangParameters p;
    p.sigma_nA = 0;
    WongWang::State right, left;
    for (std::uint64_t step = 0; step < 2000; ++step) {
        WongWang::step(right, p, 0.3, true, wong_wang_dt_ms, 1, 0, step);
        WongWang::step(left, p, -0.3, true, wong_wang_dt_ms, 1, 0, step);
    }
    CHECK(right.s[0] == left.s[1]);
    CHECK(right.rate_Hz[1] == left.rate_Hz[0]);
    CHECK(right.s[0] > right.s[1]);
}

TEST_CASE("WongWang: the rate is finite and continuous where its formula is 0 / 0") {
    // I_0 = b / a and S = 0 put the input exactly on the singular point; the limit is 1 / d
    WongWangParameters p;
    p.i_0_nA = p.b_Hz / p.a_Hz_per_nA;
    p.sigma_nA = 0;
    for (const double offset : {0.0, 1e-15, -1e-15, 1e-9}) {
        WongWang::State state;
        state.s[0] = state.s[1] = 0;
        state.eta_nA[0] = state.eta_nA[1] = offset;
        WongWang::step(state, p, 0, false, p.rate_filter_ms, 1, 0,
                       0); // the filter jumps to the rate
        // H'(0) = a / 2: an offset of 1e-9 nA moves the rate by 1.4e-7 Hz
        CHECK(std::abs(state.rate_Hz[0] - 1 / p.d_s) < 2e-7);
    }
}

TEST_CASE("WongWang: a trial repeats exactly, and its noise is its own") {
    const Choice once = choose(0.064, 9, 4), again = choose(0.064, 9, 4);
    CHECK(once.chosen == again.chosen);
    CHECK(once.rt_ms == again.rt_ms);
    CHECK(choose(0.064, 9, 5).rt_ms != once.rt_ms);
    CHECK(choose(0.064, 10, 4).rt_ms != once.rt_ms);
}

} // namespace lamina

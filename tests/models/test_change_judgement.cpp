/// The law of change detection, and the psychometric function in it.
#include <catch2/catch.hpp>

#include <cmath>
#include <cstdio>
#include <numeric>
#include <utility>
#include <vector>

#include "kernels/normal.hpp"
#include "models/angle.hpp"
#include "models/capacity/account_catalogue.hpp"
#include "models/draws.hpp"
#include "models/memory/item_memory.hpp"
#include "models/recall/change_judgement.hpp"

namespace lamina {
namespace {

std::vector<double> code_at(double angle_rad) {
    std::vector<double> code;
    for (int u = 0; u < 64; ++u)
        code.push_back(std::exp(4 * (std::cos(angle_rad - 2 * pi * u / 64) - 1)));
    return code;
}

double cosine(const std::vector<double>& a, const std::vector<double>& b) {
    double ab = 0, aa = 0, bb = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        ab += a[i] * b[i], aa += a[i] * a[i], bb += b[i] * b[i];
    return ab / std::sqrt(aa * bb);
}

/// The first `n_first` of a shuffled row of 0 .. from - 1.
std::vector<int> different(int n_first, int from, Draws& draws) {
    std::vector<int> all(std::size_t(from), 0);
    std::iota(all.begin(), all.end(), 0);
    for (std::size_t k = 0; k < std::size_t(n_first); ++k)
        std::swap(all[k], all[k + draws.below(all.size() - k)]);
    return all;
}

/// How an item that is not held is replaced: by the next one that is held, or by all of them in a
/// softmax over the likeness of their places, eight around a circle: scores 15 I_0(8 cos(d / 2)) /
/// I_0(8) as in docs/tasks.md.
enum class Swap { next, softmax_of_places };

/// Share of "changed" in simulated trials: different colours are stored by store_angle; the first
/// item is probed, in its colour or one that was not shown. Compared by the cosine of codes, and
/// judged by the psychometric function as a coin.
double simulated_rate(const ChangeParameters& p, int load, bool changed, int n,
                      Swap swap = Swap::next) {
    std::vector<double> preferred_rad;
    for (int u = 0; u < 64; ++u) preferred_rad.push_back(2 * pi * u / 64);
    const double expected = divisive::expected(p.capacity, load);
    double answers = 0;
    for (int i = 0; i < n; ++i) {
        const auto trial = std::uint32_t(i);
        Draws draws(5, trial, Stream::task, changed);
        const std::vector<int> colours = different(load + 1, p.n_colours, draws);
        const std::vector<int> places = different(load, 8, draws);
        const auto angle = [&](int item) {
            return 2 * pi * colours[std::size_t(item)] / p.n_colours;
        };
        const double probe = angle(changed ? load : 0);
        std::vector<double> content(64, 0);
        bool any = false;
        for (int item = 0; item < load; ++item) {
            const MemorySlot who{6, 2 * trial + changed, std::uint32_t(item)};
            const StoredAngle stored =
                store_angle(code_at(angle(item)), preferred_rad, expected, who);
            if (stored.counts == 0) continue;
            const double drift = std::sqrt(p.diffusion_deg2_per_s * p.delay_s) * pi / 180 *
                                 normal(6, who.trial, Stream::diffusion, who.slot, 0);
            const double away = 2 * pi * (places[std::size_t(item)] - places[0]) / 8;
            const double weight = swap == Swap::next ? 1 : std::exp(15 * code_cosine(4, away) - 15);
            const std::vector<double> code = code_at(stored.angle_rad + drift);
            for (std::size_t u = 0; u < code.size(); ++u) content[u] += weight * code[u];
            any = true;
            if (swap == Swap::next) break;
        }
        const double similarity = any ? cosine(content, code_at(probe)) : 0;
        answers += draws.uniform() > p.psychometric(p.gain * (similarity - p.criterion));
    }
    return answers / n;
}

} // namespace

TEST_CASE("the cosine of two codes is the ratio of Bessel functions") {
    for (const double d : {0.0, 0.3, 1.0, 2.5, pi})
        // 64 units are a continuum to I_64(4)
        CHECK(code_cosine(4, d) == Approx(cosine(code_at(1), code_at(1 + d))).epsilon(1e-10));
}

TEST_CASE("psychometric: a probit describes the network's choices") {
    const WongWangParameters p;
    const Psychometric fitted = measure_psychometric(p, 1400);
    std::printf("psychometric slope %.2f\n", fitted.slope);
    for (const double coherence : {0.0, 0.016, 0.032, 0.064, 0.128, 0.256}) {
        const double simulated = simulated_choices(p, coherence, 1400, 5000, 500, 0.5, 2);
        std::printf("coherence %.3f: simulated %.3f, probit %.3f\n", coherence, simulated,
                    fitted(coherence));
        // counting error of 5000 and of the slope's 2000 trials, four standard errors: 0.02 at most
        CHECK(std::abs(simulated - fitted(coherence)) < 0.02);
    }
    CHECK(fitted(-0.1) == Approx(1 - fitted(0.1)));
    CHECK(fitted(7) == fitted(1));
}

TEST_CASE("change: simulated trials answer as often as the law says") {
    const CountDirections directions(4, 80);
    const ProbeCircle circle(4, directions.n_moments());
    ChangeParameters p;
    p.criterion = 0.3;
    const int n = 40000;
    for (const int load : {1, 4, 8}) {
        const ChangeRates law =
            change_rates(*find_account("divisive"), p, load, directions, circle);
        for (const bool changed : {false, true}) {
            const double rate = simulated_rate(p, load, changed, n);
            const double expected = changed ? law.hit : law.false_alarm;
            std::printf("load %d, %s: simulated %.4f, law %.4f\n", load,
                        changed ? "changed" : "same", rate, expected);
            // four standard errors of a proportion; six comparisons: a false alarm in 4e-4 of seeds
            CHECK(std::abs(rate - expected) < 4 * std::sqrt(expected * (1 - expected) / n));
        }
    }
}

TEST_CASE("change: mixing items that are equally near changes the answers by little") {
    ChangeParameters p;
    p.n_colours = 10;
    const int n = 40000;
    for (const int load : {2, 5, 8})
        for (const bool changed : {false, true}) {
            const double mixed = simulated_rate(p, load, changed, n, Swap::softmax_of_places);
            const double one = simulated_rate(p, load, changed, n);
            std::printf("load %d, %s: mixed %.4f, the law's swaps %.4f\n", load,
                        changed ? "changed" : "same", mixed, one);
            // the figure of docs/fitting.md, and four standard errors of the difference
            CHECK(std::abs(mixed - one) < 0.015 + 4 * std::sqrt(0.5 / n));
        }
}

TEST_CASE("change: the criterion moves hits and false alarms together") {
    const CountDirections directions(4, 80);
    const ProbeCircle circle(4, directions.n_moments());
    ChangeParameters p;
    for (const int load : {2, 5, 8}) {
        ChangeRates before{0, 0};
        for (const double criterion : {0.1, 0.3, 0.5, 0.7}) {
            p.criterion = criterion;
            const ChangeRates now =
                change_rates(*find_account("divisive"), p, load, directions, circle);
            CHECK(now.hit > before.hit);
            CHECK(now.false_alarm > before.false_alarm);
            before = now;
        }
    }
}

} // namespace lamina

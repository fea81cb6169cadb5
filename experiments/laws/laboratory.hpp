/// What every measurement of a study shares: the gates and PV of the spec, random scores, sizes,
/// and a loop over independent items.
#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <functional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "analysis/statistics.hpp"
#include "experiments/laws/closed_forms.hpp"
#include "experiments/spec.hpp"
#include "sim/gate_loop.hpp"

namespace lamina::laws {

struct Laboratory {
    GateParameters gates; ///< square: as many rows as keys
    int d_model = 64, d_head = 16;
    double dt_ms = 0.1;
    std::uint64_t seed = 1;
    TaskSpec task; ///< how much of each measurement
    analysis::Confidence confidence;

    int threads = 1;
    std::function<void()> progress;          ///< called once per item, from any thread
    const std::atomic<bool>* stop = nullptr; ///< items not begun are left out once it is true

    bool stopped() const { return stop && stop->load(); }
    LoopTimes times() const { return {gates.tau_gate_ms, gates.tau_PV_ms}; }
    /// A loop with these scores [n_rows, n_keys] and this inhibition.
    GateLoopSpec loop(int n_rows, int n_keys, std::vector<double> scores = {}) const;

    /// measure(item) for items 0 .. n - 1, in parallel. Each writes results of its own only, so
    /// that they do not depend on the number of threads. The first exception is thrown on.
    template <class Measure> void for_each(std::size_t n, const Measure& measure) const;
};

Laboratory laboratory_of(const ExperimentSpec&);

/// Scores q_i . k_j sd / sqrt(d_head) of Gaussian q and k, [n_rows, n_keys]; a pure function of the
/// seed and the number of the draw.
std::vector<double> random_scores(const Laboratory&, int n_rows, int n_keys, double sd,
                                  std::uint32_t draw);

// what several laws take alike
constexpr int any_keys = 4;          ///< of a law that holds for any number of keys
constexpr double broad_score_sd = 1; ///< attention over several keys, so that entropy could move
constexpr double settle_ms = 500;    ///< before a recording begins
enum Signal { PV, gates, spikes, n_signals };

/// Index of an item in [n_slow, n_fast] by rows.
struct Pair {
    std::size_t slow, fast;
};
inline Pair unfold(std::size_t item, std::size_t n_fast) { return {item / n_fast, item % n_fast}; }

inline double dot(const double* a, const double* b, std::size_t n) {
    double sum = 0;
    for (std::size_t i = 0; i < n; ++i) sum += a[i] * b[i];
    return sum;
}

/// exp of the entropy of weights that sum to 1: how many of them share it.
double effective_number(const std::vector<double>& weights);

/// "sd_0_3": a word and a number as a key of the summary, where a dot would part the path of an
/// expectation.
std::string key_of(const std::string& word, double number);

/// {mean, ci_low, ci_high, n}, as everywhere in the summary.
nlohmann::ordered_json interval_of(const std::vector<double>& values, const analysis::Confidence&);

template <class Measure> void Laboratory::for_each(std::size_t n, const Measure& measure) const {
    std::exception_ptr failure;
#pragma omp parallel for schedule(dynamic) num_threads(threads)
    for (std::size_t item = 0; item < n; ++item) {
        if (stopped()) continue;
        try {
            measure(item);
        } catch (...) {
#pragma omp critical(laboratory_failure)
            if (!failure) failure = std::current_exception();
        }
        if (progress) progress();
    }
    if (failure) std::rethrow_exception(failure);
}

} // namespace lamina::laws

/// Small areas for tests: random weights, tokens, a run to a given time, errors against the block.
#pragma once

#include <cmath>
#include <cstdint>
#include <memory>
#include <vector>

#include "kernels/normal.hpp"
#include "sim/area.hpp"

namespace lamina::test {

inline AreaSpec small_spec() {
    AreaSpec spec;
    spec.columns = 5, spec.heads = 2, spec.d_model = 8, spec.d_head = 4, spec.d_ff = 6;
    return spec;
}

inline std::vector<double> gaussian(std::size_t n, double sd, std::uint64_t seed,
                                    std::uint64_t which) {
    std::vector<double> x(n);
    normal_row(seed, 0, Stream::laboratory, which, x.data(), n);
    for (double& value : x) value *= sd;
    return x;
}

/// Random weights of unit gain; W_Q and W_K scaled so that scores have about this SD for unit
/// tokens.
inline AttentionWeights small_weights(const AreaSpec& spec, double score_sd,
                                      std::uint64_t seed = 1) {
    AttentionWeights w;
    w.heads = spec.heads, w.d_model = spec.d_model, w.d_head = spec.d_head, w.d_ff = spec.d_ff;
    const std::size_t D = spec.d_model, W = std::size_t(spec.heads) * spec.d_head, F = spec.d_ff;
    const double per_model = 1 / std::sqrt(double(D)), gain = std::sqrt(score_sd);
    w.W_Q = gaussian(W * D, gain * per_model, seed, 1);
    w.W_K = gaussian(W * D, gain * per_model, seed, 2);
    w.W_V = gaussian(W * D, per_model, seed, 3);
    w.b_Q = gaussian(W, 0.1, seed, 4);
    w.b_K = gaussian(W, 0.1, seed, 5);
    w.b_V = gaussian(W, 0.1, seed, 6);
    w.W_O = gaussian(D * W, 1 / std::sqrt(double(W)), seed, 7);
    w.b_O = gaussian(D, 0.1, seed, 8);
    w.W_1 = gaussian(F * D, per_model, seed, 9);
    w.b_1 = gaussian(F, 0.1, seed, 10);
    w.W_2 = gaussian(D * F, F > 0 ? 1 / std::sqrt(double(F)) : 0, seed, 11);
    w.b_2 = gaussian(D, 0.1, seed, 12);
    w.g_1 = gaussian(D, 0.1, seed, 13);
    w.g_2 = gaussian(D, 0.1, seed, 14);
    for (std::size_t i = 0; i < D; ++i) w.g_1[i] += 1, w.g_2[i] += 1;
    w.beta_1 = gaussian(D, 0.1, seed, 15);
    w.beta_2 = gaussian(D, 0.1, seed, 16);
    return w;
}

inline Segment tokens(const AreaSpec& spec, std::uint64_t seed, bool context = false) {
    Segment s;
    s.x = gaussian(std::size_t(spec.columns) * spec.d_model, 1, seed, 20);
    if (context) s.c = gaussian(std::size_t(spec.columns) * spec.d_model, 1, seed, 21);
    return s;
}

inline void run(Area& area, double duration_ms, double dt_ms, std::int64_t first_step = 0) {
    const auto n = static_cast<std::int64_t>(std::llround(duration_ms / dt_ms));
    for (std::int64_t step = 0; step < n; ++step) area.advance(first_step + step);
}

/// The state of a column with these weights 60 ms after its input came on, as one integrator sees
/// it; dopri5 to 1e-10 is the judge of the others.
inline std::vector<double> at_60_ms(AreaSpec spec, const AttentionWeights& weights,
                                    Integrator integrator, double dt_ms) {
    spec.integrator = integrator, spec.dt_ms = dt_ms, spec.tolerance = 1e-10;
    auto area = make_area(spec, weights, 1);
    area->present(tokens(spec, 2));
    run(*area, 60, dt_ms);
    return area->state();
}

inline std::vector<double> rates(const Area& area, const char* population) {
    const std::size_t index = area.index_of(population);
    std::size_t n = 1;
    for (const int extent : area.populations()[index].shape) n *= std::size_t(extent);
    std::vector<double> out(n);
    area.read(index, out.data());
    return out;
}

/// A column whose linear attention is kept by fast weights.
inline AreaSpec fast_spec(int columns, int heads, int d_head, const char* inhibition) {
    AreaSpec spec;
    spec.columns = columns, spec.heads = heads, spec.d_model = heads * d_head;
    spec.d_head = d_head;
    spec.score = "linear", spec.inhibition = inhibition;
    spec.spiking.on = spec.spiking.fast_weights = true;
    return spec;
}

/// Two columns that differ in the sign of their keys alone, at the beginning of a trial.
struct OppositeKeys {
    AttentionWeights weights, opposite;
    std::unique_ptr<Area> one, two;

    explicit OppositeKeys(const AreaSpec& spec)
        : weights(small_weights(spec, 1)), opposite(weights) {
        for (double& w : opposite.W_K) w = -w;
        one = make_area(spec, weights, 1), two = make_area(spec, opposite, 1);
        const Segment in = tokens(spec, 2);
        for (Area* area : {one.get(), two.get()}) area->reset(3, 0), area->present(in);
    }
    void advance(std::int64_t step) { one->advance(step), two->advance(step); }
    /// The step after which a population first tells them apart.
    void note(std::int64_t step, const char* population, std::int64_t& first) const {
        if (first < 0 && rates(*one, population) != rates(*two, population)) first = step;
    }
};

/// |a - b| / |b| in the Frobenius norm; NaN when anything is not finite.
inline double relative_error(const std::vector<double>& a, const std::vector<double>& b) {
    double difference = 0, size = 0;
    for (std::size_t i = 0; i < b.size(); ++i) {
        difference += (a[i] - b[i]) * (a[i] - b[i]);
        size += b[i] * b[i];
    }
    return std::sqrt(difference / size);
}

inline double largest_difference(const std::vector<double>& a, const std::vector<double>& b) {
    double worst = 0;
    for (std::size_t i = 0; i < b.size(); ++i) {
        const double difference = std::fabs(a[i] - b[i]);
        if (!(difference <= worst)) worst = difference; // a NaN stays
    }
    return worst;
}

} // namespace lamina::test

/// What the gates settle at under each mechanism of the score, in closed form.
#include <catch2/catch.hpp>

#include <cmath>
#include <cstdio>

#include "models/scores/linear.hpp"
#include "sim/reference_block.hpp"
#include "sim/small_areas.hpp"

using namespace lamina;
using namespace lamina::test;

namespace {

AreaSpec column_with_score(const char* score, const char* inhibition) {
    AreaSpec spec;
    spec.columns = 6, spec.heads = 2, spec.d_model = 8, spec.d_head = 4;
    spec.score = score, spec.inhibition = inhibition;
    spec.gate_max = 1e6; // above every drive
    spec.dt_ms = 0.5;    // the fixed point does not depend on it
    return spec;
}

/// One second: exp(-(1000 - settling) / 20) is below 1e-16.
std::unique_ptr<Area> settled(const AreaSpec& spec, double score_sd = 2) {
    auto area = make_area(spec, small_weights(spec, score_sd), 1);
    area->present(tokens(spec, 2));
    run(*area, 1000, spec.dt_ms);
    return area;
}

/// Linear attention from the column's own queries, keys and values.
struct LinearAttention {
    std::vector<double> drive;  ///< [n_heads][n_columns][n_columns] phi(q).phi(k)
    std::vector<double> weight; ///< the same over the sum of its row
    /// [n_columns][n_heads * d_head] out of the memory M = sum_j v_j phi(k_j)^T of each head, and
    /// over what its keys add up to
    std::vector<double> from_memory, from_memory_normalised;

    LinearAttention(const AreaSpec& spec, const Area& area, double gain) {
        const std::size_t N = spec.columns, H = spec.heads, d = spec.d_head;
        const auto q = rates(area, "L5apical"), k = rates(area, "L23E"), v = rates(area, "L4E");
        from_memory.assign(N * H * d, 0), from_memory_normalised = from_memory;
        const auto feature = [](double x) { return x > 0 ? x + 1 : std::exp(x); };
        for (std::size_t h = 0; h < H; ++h) {
            const auto at = [&](std::size_t column, std::size_t f) {
                return (column * H + h) * d + f;
            };
            std::vector<double> memory(d * d), keys(d); // M [value][feature], sum_j phi(k_j)
            for (std::size_t j = 0; j < N; ++j)
                for (std::size_t f = 0; f < d; ++f) {
                    const double phi_k = feature(k[at(j, f)]);
                    keys[f] += phi_k;
                    for (std::size_t u = 0; u < d; ++u) memory[u * d + f] += v[at(j, u)] * phi_k;
                }
            for (std::size_t i = 0; i < N; ++i) {
                double sum = 0, normaliser = 0;
                for (std::size_t j = 0; j < N; ++j) {
                    double D = 0;
                    for (std::size_t f = 0; f < d; ++f)
                        D += feature(gain * q[at(i, f)]) * feature(k[at(j, f)]);
                    drive.push_back(D);
                    sum += D;
                }
                for (std::size_t j = 0; j < N; ++j)
                    weight.push_back(drive[(h * N + i) * N + j] / sum);
                for (std::size_t f = 0; f < d; ++f) {
                    const double phi_q = feature(gain * q[at(i, f)]);
                    normaliser += phi_q * keys[f];
                    for (std::size_t u = 0; u < d; ++u)
                        from_memory[at(i, u)] += memory[u * d + f] * phi_q;
                }
                for (std::size_t u = 0; u < d; ++u)
                    from_memory_normalised[at(i, u)] = from_memory[at(i, u)] / normaliser;
            }
        }
    }
};

} // namespace

TEST_CASE("linear: normalised by PV the gates settle at linear attention, and its memory gives the "
          "same output",
          "[physics]") {
    for (const char* inhibition : {"pv_log", "pv_linear", "oracle"})
        for (const double suppression : {0.0, 0.4}) {
            INFO(inhibition << ", apical suppression " << suppression);
            AreaSpec spec = column_with_score("linear", inhibition);
            spec.score_gain = 1.5, spec.apical_suppression = suppression;
            const auto area = settled(spec);
            const LinearAttention expected(spec, *area, 1.5 * (1 - suppression));
            const double gates = relative_error(rates(*area, "L5gate"), expected.weight);
            const double output =
                relative_error(rates(*area, "L5E"), expected.from_memory_normalised);
            std::printf("linear, %s, r %.1f: gates %.1e, output of the memory %.1e off\n",
                        inhibition, suppression, gates, output);
            // rounding of some ten operations
            CHECK(gates <= 1e-13);
            CHECK(output <= 1e-13);
        }
}

TEST_CASE(
    "linear: without inhibition the gates settle at phi(q).phi(k), what is routed at M phi(q)",
    "[physics]") {
    AreaSpec spec = column_with_score("linear", "none");
    const auto area = settled(spec);
    const LinearAttention expected(spec, *area, 1);
    const double gates = relative_error(rates(*area, "L5gate"), expected.drive);
    const double output = relative_error(rates(*area, "L5E"), expected.from_memory);
    std::printf("linear, none: gates %.1e, output of the memory %.1e off\n", gates, output);
    CHECK(gates <= 1e-13);
    CHECK(output <= 1e-13);
    // a gate that cannot fire so much stops at its largest rate
    spec.gate_max = 3;
    for (const double a : rates(*settled(spec), "L5gate")) CHECK(a <= 3 + 1e-12);
}

TEST_CASE("linear attention is not softmax") {
    const AreaSpec spec = column_with_score("linear", "pv_log");
    const auto ref =
        reference_block(spec, small_weights(spec, 2), tokens(spec, 2).x, tokens(spec, 2).x, {});
    CHECK(relative_error(rates(*settled(spec), "L5gate"), ref.pattern) > 0.1);
}

TEST_CASE("mechanisms that are the product in a limit settle at softmax there", "[physics]") {
    const auto error = [](AreaSpec spec) {
        const Segment in = tokens(spec, 2);
        const auto ref = reference_block(spec, small_weights(spec, 2), in.x, in.x, {});
        return relative_error(rates(*settled(spec), "L5gate"), ref.pattern);
    };
    AreaSpec squares = column_with_score("quarter_square", "pv_log");
    CHECK(error(squares) <= 1e-13); // no threshold: rounding
    squares.score_threshold = 0.5;
    CHECK(error(squares) > 0.01);

    AreaSpec apical = column_with_score("apical", "pv_log");
    CHECK(error(apical) > 0.01);
    // small currents: the scores' error is of first order in them
    for (const double current_pA : {1e-2, 1e-4, 1e-6}) {
        apical.score_soma_pA = apical.score_dendrite_pA = current_pA;
        CHECK(error(apical) <= 0.1 * current_pA);
    }
}

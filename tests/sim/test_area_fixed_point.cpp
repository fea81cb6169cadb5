#include <catch2/catch.hpp>

#include <cstdio>

#include "sim/reference_block.hpp"
#include "sim/small_areas.hpp"

using namespace lamina;
using namespace lamina::test;

namespace {

double kl_bits(const std::vector<double>& pattern, const std::vector<double>& gate,
               std::size_t n_keys) {
    double worst = 0;
    for (std::size_t row = 0; row < gate.size() / n_keys; ++row) {
        double sum = 0, kl = 0;
        for (std::size_t k = 0; k < n_keys; ++k) sum += gate[row * n_keys + k];
        for (std::size_t k = 0; k < n_keys; ++k) {
            const double ref = pattern[row * n_keys + k];
            if (ref > 0) kl += ref * std::log2(ref / (gate[row * n_keys + k] / sum));
        }
        if (!(kl <= worst)) worst = kl;
    }
    return worst;
}

} // namespace

TEST_CASE("the column's fixed point is the transformer block", "[physics]") {
    AreaSpec spec;
    spec.columns = 32, spec.heads = 4, spec.d_model = 64, spec.d_head = 16, spec.d_ff = 48;
    spec.dt_ms = 0.5; // the fixed point does not depend on it
    for (const Attention attention : {Attention::self, Attention::causal, Attention::cross})
        for (const Norm norm : {Norm::none, Norm::pre, Norm::post})
            for (const char* inhibition : {"pv_log", "pv_linear", "oracle"})
                for (const double score_sd : {1.0, 3.0, 10.0}) {
                    spec.attention = attention, spec.norm = norm, spec.inhibition = inhibition;
                    spec.activation = norm == Norm::none ? Activation::relu : Activation::gelu_tanh;
                    INFO("attention " << int(attention) << " norm " << int(norm) << " "
                                      << inhibition << " SD " << score_sd);
                    const auto weights = small_weights(spec, score_sd);
                    auto area = make_area(spec, weights, 1);
                    const Segment in = tokens(spec, 2, attention == Attention::cross);
                    area->present(in);
                    run(*area, 1000, spec.dt_ms);
                    const auto ref =
                        reference_block(spec, weights, in.x, in.c.empty() ? in.x : in.c, {});
                    // exp(-(1000 - settling) / 20) is below 1e-16: what is left is rounding
                    CHECK(relative_error(rates(*area, "L5E"), ref.z_heads) <= 1e-10);
                    CHECK(relative_error(rates(*area, "L6E"), ref.sum_mid) <= 1e-10);
                    CHECK(relative_error(rates(*area, "output"), ref.resid_post) <= 1e-10);
                    CHECK(kl_bits(ref.pattern, rates(*area, "L5gate"), 32) <= 1e-12);
                }
}

TEST_CASE("the fixed point is the block at any step up to 2 ms") {
    AreaSpec spec;
    spec.columns = 8, spec.heads = 2, spec.d_model = 16, spec.d_head = 8, spec.d_ff = 24;
    for (const double dt_ms : {0.1, 1.0, 2.0})
        for (const Norm norm : {Norm::none, Norm::pre, Norm::post}) {
            spec.dt_ms = dt_ms, spec.norm = norm;
            INFO("dt = " << dt_ms << " ms, norm " << int(norm));
            const auto weights = small_weights(spec, 3);
            auto area = make_area(spec, weights, 1);
            const Segment in = tokens(spec, 2);
            area->present(in);
            run(*area, 1000, dt_ms);
            const auto ref = reference_block(spec, weights, in.x, in.x, {});
            CHECK(relative_error(rates(*area, "L5E"), ref.z_heads) <= 1e-10);
            CHECK(relative_error(rates(*area, "output"), ref.resid_post) <= 1e-10);
        }
}

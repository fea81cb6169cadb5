#include <catch2/catch.hpp>

#include "sim/reference_block.hpp"
#include "sim/small_areas.hpp"

using namespace lamina;
using namespace lamina::test;

TEST_CASE("after 600 ms of constant input a small column holds the transformer block") {
    AreaSpec spec;
    spec.columns = 6, spec.heads = 2, spec.d_model = 8, spec.d_head = 4, spec.d_ff = 12;
    for (const Attention attention : {Attention::self, Attention::causal, Attention::cross}) {
        spec.attention = attention;
        INFO("attention " << int(attention));
        const auto weights = small_weights(spec, 1);
        auto area = make_area(spec, weights, 1);
        const Segment in = tokens(spec, 2, attention == Attention::cross);
        area->present(in);
        run(*area, 600, spec.dt_ms);
        const auto ref = reference_block(spec, weights, in.x, in.c.empty() ? in.x : in.c, {});
        // y relaxes last, from about 120 ms on with 20 ms: exp(-24) = 4e-11
        CHECK(relative_error(rates(*area, "L5gate"), ref.pattern) <= 1e-9);
        CHECK(relative_error(rates(*area, "L5E"), ref.z_heads) <= 1e-9);
        CHECK(relative_error(rates(*area, "L6E"), ref.resid_mid) <= 1e-9);
        CHECK(relative_error(rates(*area, "output"), ref.resid_post) <= 1e-9);
    }
}

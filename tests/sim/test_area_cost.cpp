#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>

#include "sim/small_areas.hpp"

using namespace lamina;
using namespace lamina::test;

// hidden: test_sim "[bench]" prints it
TEST_CASE("cost of one step of 16 columns, 4 heads, d_model 64, d_head 16", "[.][bench]") {
    const auto cost_us = [](const char* name, const AreaSpec& spec) {
        auto area = make_area(spec, small_weights(spec, 1), 1);
        area->present(tokens(spec, 2));
        double best = 1e9;
        std::int64_t step = 0;
        for (int window = 0; window < 30; ++window) {
            const auto start = std::chrono::steady_clock::now();
            for (int i = 0; i < 200; ++i) area->advance(step++);
            const std::chrono::duration<double, std::micro> took =
                std::chrono::steady_clock::now() - start;
            best = std::min(best, took.count() / 200);
        }
        std::printf("%-22s %7.2f us per step, %5.1f GFLOP/s\n", name, best,
                    area->flops_per_step() / best * 1e-3);
        CHECK(best > 0);
    };
    AreaSpec spec;
    cost_us("defaults", spec);
    AreaSpec with = spec;
    with.precision = Precision::float32, cost_us("float32", with);
    with = spec, with.norm = Norm::pre, cost_us("norm pre", with);
    with = spec, with.norm = Norm::post, cost_us("norm post", with);
    with = spec, with.coding = Coding::opponent, cost_us("opponent", with);
    with = spec, with.oscillation.imposed = true, cost_us("imposed rhythms", with);
    with = spec, with.inhibition = "pv_divisive", cost_us("pv_divisive", with);
    with = spec, with.noise.gate = 0.1, cost_us("gate noise", with);
    with = spec, with.d_ff = 256, cost_us("d_ff 256", with);
    with = spec, with.score = "additive_exponential", cost_us("additive, M 1024", with);
}

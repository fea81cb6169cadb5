/// What the recorder compares is what the column sends out.
#include <catch2/catch.hpp>

#include <cmath>

#include "sim/reference_block.hpp"
#include "sim/run.hpp"
#include "sim/small_areas.hpp"

using namespace lamina;
using namespace lamina::test;

namespace {

/// One presentation of constant input.
struct OnePresentation final : Task {
    explicit OnePresentation(const AreaSpec& spec, std::int64_t n_steps) {
        shown.n_steps = n_steps;
        shown.segments = {tokens(spec, 2)};
        shown.presentations = {{"tokens", 0, n_steps}};
    }
    std::int64_t n_trials() const override { return 1; }
    Trial trial(std::int64_t) const override { return shown; }
    const std::vector<double>& stimuli() const override { return none; }
    std::vector<std::string> stimulus_names() const override { return {}; }
    Trial shown;
    std::vector<double> none;
};

} // namespace

TEST_CASE("the comparison of a presentation reads the column's output, behind every norm") {
    AreaSpec spec;
    spec.columns = 5, spec.heads = 2, spec.d_model = 8, spec.d_head = 4, spec.d_ff = 6;
    spec.dt_ms = 0.5; // the fixed point does not depend on it
    for (const Norm norm : {Norm::none, Norm::pre, Norm::post}) {
        INFO("norm " << int(norm));
        spec.norm = norm;
        const auto weights = small_weights(spec, 1);
        const OnePresentation task(spec, 1200);
        RunPlan plan;
        plan.area = &spec, plan.weights = &weights, plan.task = &task;
        const auto area = make_area(spec, weights, 1);
        const TrialRecord record = run_trial(plan, *area, 0);
        REQUIRE(record.presentations.size() == 1);
        // y relaxes last, from about 120 ms on with 20 ms: exp(-24) = 4e-11 after 600 ms
        CHECK(record.presentations[0].fidelity.output_relative_error < 1e-9);
        CHECK(record.presentations[0].fidelity.y_relative_error < 1e-9);
        CHECK(record.presentations[0].fidelity.output_cosine > 1 - 1e-12);
    }
}

TEST_CASE("attended bits are log2 of the keys less the entropy of the weights, mean over rows") {
    AreaSpec spec;
    spec.columns = 5, spec.heads = 2, spec.d_model = 8, spec.d_head = 4, spec.dt_ms = 0.5;
    for (const bool causal : {false, true}) {
        spec.attention = causal ? Attention::causal : Attention::self;
        for (const double score_sd : {0.0, 1.0, 30.0}) {
            INFO("causal " << causal << ", score SD " << score_sd);
            const auto weights = small_weights(spec, score_sd);
            const OnePresentation task(spec, 1200);
            RunPlan plan;
            plan.area = &spec, plan.weights = &weights, plan.task = &task;
            const auto area = make_area(spec, weights, 1);
            const double bits = run_trial(plan, *area, 0).presentations[0].attended_bits;
            const Segment in = tokens(spec, 2);
            const auto block = reference_block(spec, weights, in.x, in.x, {});
            double expected = 0;
            for (std::size_t row = 0; row < 10; ++row) {
                expected += std::log2(causal ? double(row % 5 + 1) : 5.0) / 10;
                for (std::size_t i = 5 * row; i < 5 * row + 5; ++i)
                    if (block.pattern[i] > 0)
                        expected += block.pattern[i] * std::log2(block.pattern[i]) / 10;
            }
            CHECK(bits == Approx(expected).margin(1e-6));
        }
    }
}

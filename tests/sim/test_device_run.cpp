/// Runs whose areas are on a device: the records are the CPU's.
#include <catch2/catch.hpp>

#include <cmath>
#include <limits>

#include "sim/errors.hpp"
#include "sim/run.hpp"
#include "sim/small_areas.hpp"
#include "sim/tested_device.hpp"

using namespace lamina;
using namespace lamina::test;

namespace {

/// Trials of several lengths: items, then a test whose answer is asked of column 0.
struct SmallTask final : Task {
    explicit SmallTask(const AreaSpec& spec) : of(spec) {}
    std::int64_t n_trials() const override { return 5; }
    Trial trial(std::int64_t n) const override {
        Trial t;
        t.number = n, t.n_steps = 30 + 4 * n;
        t.segments = {tokens(of, std::uint64_t(30 + n)), tokens(of, std::uint64_t(40 + n))};
        t.segments[1].first_step = 12 + n;
        t.segments[1].masked = {0, 0, 0, 0, 1};
        if (n == broken) t.segments[1].x[1] = std::numeric_limits<double>::infinity();
        t.presentations = {{"sample", 0, 12}, {"test", 12 + n, t.n_steps}};
        t.asks = true;
        t.question.target =
            std::vector<double>(t.segments[0].x.begin(), t.segments[0].x.begin() + of.d_model);
        t.question.from_step = 12 + n, t.question.to_step = t.n_steps;
        t.question.yes = n % 2 == 0;
        t.items = {0, 1, 2, 3, -1}, t.target_column = 1;
        return t;
    }
    const std::vector<double>& stimuli() const override { return none; }
    std::vector<std::string> stimulus_names() const override { return {}; }
    AreaSpec of;
    std::int64_t broken = -1;
    std::vector<double> none;
};

AreaSpec opponent_column() {
    AreaSpec spec;
    spec.columns = 5, spec.heads = 2, spec.d_model = 8, spec.d_head = 4, spec.d_ff = 6;
    spec.coding = Coding::opponent, spec.norm = Norm::post;
    spec.noise.L23E = 0.1, spec.dt_ms = 0.5;
    return spec;
}

struct Run {
    explicit Run(const AreaSpec& spec) : area(spec), weights(small_weights(spec, 1)), task(spec) {
        plan.area = &area, plan.weights = &weights, plan.task = &task;
        plan.readout.lead_ms = 20;
        plan.recording.rates_every = 6, plan.recording.attention_every = 6;
        plan.recording.trace_trial = 3, plan.recording.trace_every = 9;
        plan.recording.example_every = 2;
        plan.start_settled = true;
    }
    Run(const Run&) = delete;

    std::vector<TrialRecord> records(Trace* trace = nullptr) {
        return run_trials(
            plan, 2, [this] { ++n_done; }, stop, trace);
    }
    AreaSpec area;
    AttentionWeights weights;
    SmallTask task;
    RunPlan plan;
    std::atomic<bool> stop{false};
    std::atomic<int> n_done{0};
};

/// Every number of a record; what is not one counts as -1.
std::vector<double> numbers(const TrialRecord& r) {
    std::vector<double> all = {
        double(r.choice), double(r.correct), r.reaction_time_ms,      r.evidence_mean,
        r.evidence_end,   r.response_rad,    double(r.trial.n_steps), double(r.attended_column)};
    for (const PresentationRecord& p : r.presentations)
        all.insert(all.end(), {p.time_ms, p.fidelity.output_relative_error,
                               p.fidelity.y_relative_error, p.fidelity.output_cosine});
    for (const auto* list : {&r.rate_mean, &r.rate_rms, &r.coactivation, &r.weights, &r.reference})
        all.insert(all.end(), list->begin(), list->end());
    for (const AttentionSample& a : r.attention)
        all.insert(all.end(), {a.target, a.other, a.reference_target, a.sum, a.entropy_bits,
                               a.evidence, a.PV, a.log_normaliser});
    for (double& x : all) x = std::isnan(x) ? -1 : x;
    return all;
}

} // namespace

TEST_CASE("trials that run on a device leave the CPU's records, however many run at once") {
    Run run(opponent_column());
    Trace trace, trace_here;
    const auto expected = run.records(&trace);
    run.plan.device = tested_device(4);
    run.plan.most_areas = GENERATE(0, 2);
    run.n_done = 0;
    const auto here = run.records(&trace_here);

    CHECK(run.n_done == 5);
    REQUIRE(here.size() == 5);
    for (std::size_t n = 0; n < 5; ++n) {
        INFO("trial " << n);
        CHECK(here[n].trial.number == std::int64_t(n));
        REQUIRE(numbers(here[n]).size() == numbers(expected[n]).size());
        // some 40 steps of rounding
        CHECK(relative_error(numbers(here[n]), numbers(expected[n])) < 1e-11);
    }
    REQUIRE(trace_here.populations.size() == trace.populations.size());
    CHECK(trace_here.time_ms == trace.time_ms);
    for (std::size_t p = 0; p < trace.populations.size(); ++p)
        CHECK(
            largest_difference({trace_here.populations[p].begin(), trace_here.populations[p].end()},
                               {trace.populations[p].begin(), trace.populations[p].end()}) < 1e-6);
}

TEST_CASE("of trials that fail on a device, the lowest is told") {
    Run run(opponent_column());
    run.task.broken = 3;
    run.plan.device = tested_device(4);
    run.plan.most_areas = 2;
    CHECK_THROWS_WITH(run.records(), Catch::Contains("trial 3: "));
}

TEST_CASE("a run on a device that is stopped keeps what was finished") {
    Run run(opponent_column());
    run.plan.device = tested_device(4);
    run.plan.most_areas = 2;
    const auto records = run_trials(
        run.plan, 1, [&] { run.stop = ++run.n_done == 3; }, run.stop);
    CHECK(records.size() == 3);
}

TEST_CASE("the time of a run on a device is told") {
    Run run(opponent_column());
    StepProfile profile;
    run.plan.device = tested_device(4);
    run.plan.profile = &profile;
    run.records();
    double sum = 0;
    for (const PhaseTime& time : profile.times) sum += time.seconds;
    CHECK(profile.times[std::size_t(StepPhase::device)].seconds > 0.5 * sum);
    CHECK(sum == Approx(profile.thread_s).epsilon(0.05));
    CHECK(profile.steps == 190);
}

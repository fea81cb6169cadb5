/// The question of a delayed match to sample, judged without a circuit: readers of known quality
/// must score what they deserve.
#include <catch2/catch.hpp>

#include <cmath>
#include <cstdio>
#include <functional>

#include "experiments/task_catalogue.hpp"
#include "kernels/normal.hpp"
#include "sim/readout.hpp"
#include "sim/reference_block.hpp"

namespace lamina {
namespace {

/// A task, the network that reads it, and the stimuli as matched weights see them.
struct Setting {
    ExperimentSpec spec;
    std::unique_ptr<Task> task;
    AttentionWeights weights;
    ReadoutSpec readout;
};

Setting setting(Norm norm, std::vector<int> load, int per_condition, double delay_ms) {
    Setting s;
    s.spec.task.type = "delayed_match_to_sample";
    s.spec.task.load = std::move(load);
    s.spec.task.per_condition = per_condition;
    s.spec.task.timing.delay_ms = delay_ms;
    s.spec.area.norm = norm;
    s.task = make_task(s.spec, 12);
    s.weights = matched_weights(s.spec.area, s.spec.weights, s.task->stimuli(), 12);
    s.readout.gain = s.spec.task.decision.gain;
    s.readout.criterion = s.spec.task.decision.criterion;
    return s;
}

std::vector<double> stimulus_of(const Setting& s, int stimulus) {
    const auto first = s.task->stimuli().begin() + stimulus * s.spec.area.d_model;
    return {first, first + s.spec.area.d_model};
}

using Reader = std::function<std::vector<double>(const Trial&)>;

/// Fraction of trials whose evidence points to the right answer.
double accuracy(const Setting& s, std::int64_t from, std::int64_t to, const Reader& reader) {
    int right = 0;
    for (std::int64_t n = from; n < to; ++n) {
        const Trial trial = s.task->trial(n);
        const std::vector<double> target =
            match_target(s.spec.area, s.weights, trial.question.probe);
        const bool says_match = evidence(s.readout, reader(trial), target) > 0;
        right += says_match == trial.question.match;
    }
    return double(right) / double(to - from);
}

} // namespace

TEST_CASE("a perfect reader is always right, also behind a layer norm") {
    for (const Norm norm : {Norm::none, Norm::pre}) {
        const Setting s = setting(norm, {1}, 100, 0);
        // routes the value of the one item that was shown
        const Reader perfect = [&](const Trial& trial) {
            return match_target(s.spec.area, s.weights, stimulus_of(s, trial.items[0]));
        };
        CHECK(accuracy(s, 0, 100, perfect) == 1);
    }
}

TEST_CASE("a reader that routes nothing sees no match, one that routes noise is at chance") {
    Setting s = setting(Norm::none, {1, 4}, 1000, 0);
    const Reader silent = [](const Trial&) { return std::vector<double>(64, 0.0); };
    // half of the trials match, exactly
    CHECK(accuracy(s, 0, 1000, silent) == 0.5);

    // null: choices independent of the answer; with the criterion at 0 noise says yes and no alike.
    // 2000 trials, four standard errors sqrt(1 / 4 / 2000) = 0.011 (false alarm 6e-5)
    s.readout.criterion = 0;
    const Reader noise = [](const Trial& trial) {
        std::vector<double> o(64);
        normal_row(77, std::uint32_t(trial.number), Stream::bootstrap, 0, o.data(), o.size());
        return o;
    };
    CHECK(std::abs(accuracy(s, 0, 2000, noise) - 0.5) < 4 * 0.0112);
}

TEST_CASE(
    "evidence runs from -1 for opposite stimuli to +1 for equal ones, whatever their length") {
    const Setting s = setting(Norm::none, {1}, 2, 0);
    const std::vector<double> target = match_target(s.spec.area, s.weights, stimulus_of(s, 3));
    std::vector<double> same = target;
    for (double& value : same) value *= 0.01;
    CHECK(evidence(s.readout, same, target) == Approx(1).epsilon(1e-12));
    // opposite ring stimuli: cos = 1 / I_0(8) = 0.002339, not 0
    const std::vector<double> opposite = match_target(s.spec.area, s.weights, stimulus_of(s, 11));
    CHECK(evidence(s.readout, opposite, target) == Approx(2 * (0.0023389 - 0.5)).epsilon(1e-5));
}

TEST_CASE("read by the reference block, memory fails with load") {
    // the decision is the sign of the evidence, so only memory and routing err. 1000 trials per
    // load: a difference of 0.06 between two accuracies is at least three standard errors
    const Setting s = setting(Norm::none, {1, 2, 4, 8}, 1000, 1000);
    const Reader block = [&](const Trial& trial) {
        const Segment& test = trial.segments.back();
        const ReferenceResult r =
            reference_block(s.spec.area, s.weights, test.x, test.c, test.masked);
        return std::vector<double>(r.z_heads.end() - 64, r.z_heads.end());
    };
    double last = 1.06;
    for (int condition = 0; condition < 4; ++condition) {
        const double right = accuracy(s, condition * 1000, (condition + 1) * 1000, block);
        std::printf("load %d: accuracy %.3f by the sign of the evidence\n",
                    s.spec.task.load[std::size_t(condition)], right);
        if (condition == 0) CHECK(right > 0.95);
        if (condition >= 2) CHECK(right < last - 0.06);
        last = right;
    }
    CHECK(last > 0.5);
}

} // namespace lamina

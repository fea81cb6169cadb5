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
struct ReadoutSetting {
    ExperimentSpec spec;
    std::unique_ptr<Task> task;
    AttentionWeights weights;
    ReadoutSpec readout;
};

ReadoutSetting setting(Norm norm, std::vector<int> load, int per_condition, double delay_ms,
                       double criterion = 0.5) {
    ReadoutSetting s;
    s.spec.task.decision.criterion = criterion;
    s.spec.task.type = "delayed_match_to_sample";
    s.spec.task.load = std::move(load);
    s.spec.task.per_condition = per_condition;
    s.spec.task.timing.delay_ms = delay_ms;
    s.spec.area.norm = norm;
    s.task = make_task(s.spec, 12);
    s.weights = matched_weights(s.spec.area, s.spec.weights, s.task->stimuli(), 12);
    s.readout.gain = s.spec.task.decision.gain;
    return s;
}

std::vector<double> stimulus_of_setting(const ReadoutSetting& s, int stimulus) {
    const auto first = s.task->stimuli().begin() + stimulus * s.spec.area.d_model;
    return {first, first + s.spec.area.d_model};
}

/// W_V n(stimulus): what attention to that item alone would route.
std::vector<double> value_of(const ReadoutSetting& s, int stimulus) {
    const std::vector<double> n =
        match_target(s.spec.area, s.weights, stimulus_of_setting(s, stimulus));
    std::vector<double> value(s.weights.b_V);
    for (std::size_t row = 0; row < value.size(); ++row)
        for (std::size_t i = 0; i < n.size(); ++i)
            value[row] += s.weights.W_V[row * n.size() + i] * n[i];
    return value;
}

using Reader = std::function<std::vector<double>(const Trial&)>;

/// Fraction of trials whose evidence points to the right answer.
double accuracy(const ReadoutSetting& s, std::int64_t from, std::int64_t to, const Reader& reader) {
    int right = 0;
    for (std::int64_t n = from; n < to; ++n) {
        const Trial trial = s.task->trial(n);
        const std::vector<double> target =
            match_target(s.spec.area, s.weights, trial.question.target);
        const std::vector<double> content = routed_content(s.weights, reader(trial));
        const bool says_match = evidence(s.readout, trial.question, content, target) > 0;
        right += says_match == trial.question.yes;
    }
    return double(right) / double(to - from);
}

} // namespace

TEST_CASE("a perfect reader is always right, also behind a layer norm") {
    for (const Norm norm : {Norm::none, Norm::pre}) {
        const ReadoutSetting s = setting(norm, {1}, 100, 0);
        // routes the value of the one item that was shown
        const Reader perfect = [&](const Trial& trial) { return value_of(s, trial.items[0]); };
        CHECK(accuracy(s, 0, 100, perfect) == 1);
    }
}

TEST_CASE("a reader that routes nothing sees no match, one that routes noise is at chance") {
    const ReadoutSetting s = setting(Norm::none, {1, 4}, 1000, 0);
    const Reader silent = [](const Trial&) { return std::vector<double>(64, 0.0); };
    // half of the trials match, exactly
    CHECK(accuracy(s, 0, 1000, silent) == 0.5);

    // null: choices independent of the answer; with the criterion at 0 noise says yes and no alike.
    // 2000 trials, four standard errors sqrt(1 / 4 / 2000) = 0.011 (false alarm 6e-5)
    const ReadoutSetting unbiased = setting(Norm::none, {1, 4}, 1000, 0, 0);
    const Reader noise = [](const Trial& trial) {
        std::vector<double> o(64);
        normal_row(77, std::uint32_t(trial.number), Stream::bootstrap, 0, o.data(), o.size());
        return o;
    };
    CHECK(std::abs(accuracy(unbiased, 0, 2000, noise) - 0.5) < 4 * 0.0112);
}

TEST_CASE(
    "evidence runs from -1 for opposite stimuli to +1 for equal ones, whatever their length") {
    const ReadoutSetting s = setting(Norm::none, {1}, 2, 0);
    const std::vector<double> target =
        match_target(s.spec.area, s.weights, stimulus_of_setting(s, 3));
    std::vector<double> same = value_of(s, 3);
    for (double& value : same) value *= 0.01;
    CHECK(evidence(s.readout, {}, routed_content(s.weights, same), target) ==
          Approx(1).epsilon(1e-12));
    // opposite ring stimuli: cos = 1 / I_0(8) = 0.002339, not 0
    const std::vector<double> opposite = routed_content(s.weights, value_of(s, 11));
    CHECK(evidence(s.readout, {}, opposite, target) == Approx(2 * (0.0023389 - 0.5)).epsilon(1e-5));
}

TEST_CASE("matched weights: what is sent out matches the probe as well as what is routed does") {
    const ReadoutSetting s = setting(Norm::none, {1}, 2, 0);
    std::vector<double> o(64);
    normal_row(5, 0, Stream::bootstrap, 0, o.data(), o.size());
    const std::vector<double> value = value_of(s, 3);
    double ov = 0, oo = 0, vv = 0;
    for (std::size_t i = 0; i < o.size(); ++i) {
        ov += o[i] * value[i];
        oo += o[i] * o[i];
        vv += value[i] * value[i];
    }
    const double routed = s.readout.gain * (ov / std::sqrt(oo * vv) - Question().criterion);
    const std::vector<double> target =
        match_target(s.spec.area, s.weights, stimulus_of_setting(s, 3));
    // 64 products of order 1, rounded
    CHECK(evidence(s.readout, {}, routed_content(s.weights, o), target) ==
          Approx(routed).margin(1e-13));
}

TEST_CASE("random weights return nothing that was stored: every probe is judged new, at chance") {
    ReadoutSetting s = setting(Norm::none, {1, 4}, 100, 0);
    s.weights = random_weights(s.spec.area, {"random"}, s.task->stimuli(), s.task->stimuli(), 12);
    const Reader perfect = [&](const Trial& trial) { return value_of(s, trial.items[0]); };
    CHECK(accuracy(s, 0, 200, perfect) == 0.5);
}

TEST_CASE("read by the reference block, memory fails with load") {
    // the decision is the sign of the evidence, so only memory and routing err. 1000 trials per
    // load: a difference of 0.06 between two accuracies is at least three standard errors
    const ReadoutSetting s = setting(Norm::none, {1, 2, 4, 8}, 1000, 1000);
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

#include "experiments/tasks/memory_trials.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "experiments/tasks/choose.hpp"
#include "models/memory/encoding.hpp"
#include "models/memory/maintenance_catalogue.hpp"

namespace lamina {

std::vector<std::string> MemoryTrials::complaints(const ExperimentSpec& spec) {
    std::vector<std::string> wrong;
    const TaskSpec& task = spec.task;
    if (task.load.empty()) wrong.push_back("task.load is empty; write for example [1, 2, 4]");
    for (const int load : task.load) {
        const std::string items = "task.load = " + std::to_string(load);
        if (load < 1) wrong.push_back(items + ": at least one item must be shown");
        if (load > spec.area.columns - 1)
            wrong.push_back(items + " needs " + std::to_string(load + 1) +
                            " columns (one per item and one for the probe), but column.columns = " +
                            std::to_string(spec.area.columns));
    }
    if (task.per_condition < 1) wrong.push_back("task.trials.per_condition must be at least 1");
    if (steps_of(task.timing.sample_ms, spec.area.dt_ms) < 1 ||
        steps_of(task.timing.test_ms, spec.area.dt_ms) < 1)
        wrong.push_back("task.timing: sample and test must last at least one step");
    if (spec.memory.encoding_inhibition != "pv_divisive")
        wrong.push_back("memory.encoding.inhibition = " + spec.memory.encoding_inhibition +
                        "; known: pv_divisive");
    if (!find_maintenance(spec.memory.maintenance))
        wrong.push_back("memory.maintenance = " + spec.memory.maintenance +
                        "; known: " + maintenance_names());
    return wrong;
}

MemoryTrials::MemoryTrials(const ExperimentSpec& spec, ItemCode code, std::uint64_t seed)
    : code_(std::move(code)), seed_(seed), columns_(static_cast<std::size_t>(spec.area.columns)),
      dt_ms_(spec.area.dt_ms), memory_(spec.memory),
      maintenance_(find_maintenance(spec.memory.maintenance)), loads_(spec.task.load) {
    LAMINA_EXPECT(maintenance_);
    const TimingSpec& timing = spec.task.timing;
    fixation_ = steps_of(timing.fixation_ms, dt_ms_);
    sample_ = steps_of(timing.sample_ms, dt_ms_);
    delay_ = steps_of(timing.delay_ms, dt_ms_);
    test_ = steps_of(timing.test_ms, dt_ms_);
    response_ = steps_of(timing.response_ms, dt_ms_);
    update_ = std::max<std::int64_t>(1, steps_of(memory_.update_ms, dt_ms_));

    EncodingParameters encoding;
    encoding.n = memory_.encoding_n;
    encoding.sigma_n = memory_.encoding_sigma_n;
    encoding.tau_gate_ms = spec.area.tau.gate_ms;
    encoding.tau_PV_ms = spec.area.tau.PV_ms;
    for (const int load : loads_)
        gate_.push_back(encoding_gates(std::vector<double>(static_cast<std::size_t>(load), 1.0),
                                       timing.sample_ms, std::min(dt_ms_, 0.1), encoding)[0]);
}

double MemoryTrials::encoding_gate(int load) const {
    const auto place = std::find(loads_.begin(), loads_.end(), load);
    LAMINA_EXPECT(place != loads_.end());
    return gate_[static_cast<std::size_t>(place - loads_.begin())];
}

void MemoryTrials::put(std::vector<double>& x, std::size_t column,
                       const std::vector<double>& vector) const {
    std::copy(vector.begin(), vector.end(),
              x.begin() + static_cast<std::ptrdiff_t>(column * code_.d_model()));
}

/// The vector of an item at some times after it was encoded; empty when no count was stored.
std::vector<std::vector<double>> MemoryTrials::hold_one(const Item& item, double expected_counts,
                                                        const std::vector<double>& time_ms,
                                                        const MemorySlot& who, int& counts) const {
    const MaintenanceParameters drift{memory_.diffusion_deg2_per_s, memory_.diffusion_per_s};
    const std::vector<double> shown = code_.stimulus(item.stimulus);
    const Stimuli& stimuli = code_.stimuli();
    std::vector<std::vector<double>> held;
    if (stimuli.circular) {
        const StoredAngle stored = store_angle(shown, stimuli.preferred_rad, expected_counts, who);
        counts = stored.counts;
        if (counts == 0) return {};
        std::vector<double> angle_rad;
        maintenance_->angles(stored.angle_rad, drift, time_ms, who, angle_rad);
        for (const double angle : angle_rad) held.push_back(stimuli.code_of_angle(angle));
    } else {
        const StoredVector stored = store_vector(shown, expected_counts, who);
        counts = stored.counts;
        if (counts == 0) return {};
        double square = 0;
        for (const double value : shown) square += value * value;
        maintenance_->vectors(stored.held, std::sqrt(square), drift, time_ms, who, held);
    }
    for (std::vector<double>& content : held) content = code_.at_place(item.place, content);
    return held;
}

/// Encodes every item and follows it to these steps after the sample; columns with nothing stored
/// hold zeros.
MemoryTrials::Held MemoryTrials::hold(std::int64_t n, const std::vector<Item>& items,
                                      const std::vector<std::int64_t>& times) const {
    std::vector<double> time_ms;
    for (const std::int64_t step : times) time_ms.push_back(static_cast<double>(step) * dt_ms_);
    const double expected_counts = memory_.counts * encoding_gate(static_cast<int>(items.size()));
    Held held;
    held.counts.assign(columns_, 0);
    held.x.assign(times.size(), std::vector<double>(columns_ * code_.d_model(), 0));
    for (std::size_t column = 0; column < items.size(); ++column) {
        const MemorySlot who{seed_, static_cast<std::uint32_t>(n),
                             static_cast<std::uint32_t>(column)};
        const auto vectors =
            hold_one(items[column], expected_counts, time_ms, who, held.counts[column]);
        for (std::size_t k = 0; k < vectors.size(); ++k) put(held.x[k], column, vectors[k]);
    }
    return held;
}

Trial MemoryTrials::make(std::int64_t n, const std::vector<Item>& items,
                         const std::vector<double>& context, Question question) const {
    return make(n, items, {{delay_}}, context, std::move(question));
}

Trial MemoryTrials::make(std::int64_t n, const std::vector<Item>& items,
                         const std::vector<Retention>& retention,
                         const std::vector<double>& context, Question question) const {
    const std::size_t readout = columns_ - 1;
    Trial trial;
    trial.number = n;
    trial.load = static_cast<int>(items.size());
    trial.items.assign(columns_, -1);
    if (code_.has_places()) trial.places.assign(columns_, -1);

    // fixation: nothing is shown, no column is a key
    Segment segment;
    segment.x.assign(columns_ * code_.d_model(), 0);
    segment.masked.assign(columns_, 1);
    if (fixation_ > 0) trial.segments.push_back(segment);

    // sample: the items, one per column
    segment.first_step = fixation_;
    for (std::size_t column = 0; column < items.size(); ++column) {
        trial.items[column] = items[column].stimulus;
        if (code_.has_places()) trial.places[column] = items[column].place;
        put(segment.x, column, code_.item(items[column]));
        segment.masked[column] = 0;
    }
    trial.segments.push_back(segment);
    const std::int64_t sample_off = fixation_ + sample_;
    trial.presentations.push_back({"sample", fixation_, sample_off});

    // retention: when what is held is looked at again, and where each part begins
    std::vector<std::int64_t> times;
    std::vector<std::size_t> part_of;
    std::int64_t off = 0;
    for (std::size_t part = 0; part < retention.size(); ++part) {
        const Retention& now = retention[part];
        const std::int64_t every = now.presentation.empty() ? update_ : now.n_steps;
        for (std::int64_t step = 0; step < now.n_steps; step += every) {
            times.push_back(off + step);
            part_of.push_back(part);
        }
        if (!now.presentation.empty())
            trial.presentations.push_back(
                {now.presentation, sample_off + off, sample_off + off + now.n_steps});
        off += now.n_steps;
    }
    times.push_back(off);

    // what was stored, drifting; a column where nothing was stored is no key
    const Held held = hold(n, items, times);
    trial.stored = held.counts;
    for (std::size_t column = 0; column < columns_; ++column)
        segment.masked[column] = held.counts[column] == 0;
    for (std::size_t k = 0; k < part_of.size(); ++k) {
        segment.first_step = sample_off + times[k];
        segment.x = held.x[k];
        segment.c.clear();
        if (const std::vector<double>& cue = retention[part_of[k]].context; !cue.empty()) {
            segment.c = segment.x;
            put(segment.c, readout, cue);
        }
        trial.segments.push_back(segment);
    }

    // test and response: the items stay as they are
    const std::int64_t test_on = sample_off + off;
    segment.first_step = test_on;
    segment.x = held.x.back();
    segment.c = segment.x;
    put(segment.c, readout, context);
    trial.segments.push_back(segment);
    trial.presentations.push_back({"test", test_on, test_on + test_});
    trial.n_steps = test_on + test_ + (question.answer == Answer::choice ? response_ : 0);

    question.column = static_cast<int>(readout);
    question.from_step = test_on;
    question.to_step = trial.n_steps;
    question.first_unit = code_.first_unit();
    question.n_units = code_.n_units();
    trial.asks = true;
    trial.question = std::move(question);
    return trial;
}

ExperimentSpec with_load(ExperimentSpec spec, int load) {
    spec.task.load = {load};
    return spec;
}

} // namespace lamina

#include "experiments/tasks/delayed_match_to_sample.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "experiments/tasks/choose.hpp"
#include "models/memory/encoding.hpp"
#include "models/memory/maintenance_catalogue.hpp"

namespace lamina {
namespace {

// who draws within Stream::task
constexpr std::uint32_t items_and_probe = 0;  ///< one row per trial
constexpr std::uint32_t order_of_matches = 1; ///< one row per condition

/// All that stands in the way of this task, one line each.
std::vector<std::string> complaints(const ExperimentSpec& spec, int n_stimuli) {
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
        const int needed = load + (task.match_fraction < 1 ? 1 : 0);
        if (needed > n_stimuli)
            wrong.push_back(items + " needs " + std::to_string(needed) +
                            " different stimuli (a non-match probe is one that was not shown), but "
                            "task.stimuli has " +
                            std::to_string(n_stimuli));
    }
    if (task.per_condition < 1) wrong.push_back("task.trials.per_condition must be at least 1");
    if (!(task.match_fraction >= 0 && task.match_fraction <= 1))
        wrong.push_back("task.trials.match_fraction must lie between 0 and 1");
    if (task.nonmatch != "farthest" && task.nonmatch != "any")
        wrong.push_back("task.nonmatch = " + task.nonmatch + "; known: farthest, any");
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

} // namespace

DelayedMatchToSample::DelayedMatchToSample(const ExperimentSpec& spec, Stimuli stimuli,
                                           std::uint64_t seed)
    : stimuli_(std::move(stimuli)), seed_(seed),
      columns_(static_cast<std::size_t>(spec.area.columns)),
      d_model_(static_cast<std::size_t>(spec.area.d_model)), loads_(spec.task.load),
      per_condition_(spec.task.per_condition), farthest_(spec.task.nonmatch == "farthest"),
      dt_ms_(spec.area.dt_ms), memory_(spec.memory),
      maintenance_(find_maintenance(spec.memory.maintenance)) {
    throw_if_any(complaints(spec, stimuli_.number));

    // phases in whole steps
    const TimingSpec& timing = spec.task.timing;
    fixation_ = steps_of(timing.fixation_ms, dt_ms_);
    sample_ = steps_of(timing.sample_ms, dt_ms_);
    delay_ = steps_of(timing.delay_ms, dt_ms_);
    test_ = steps_of(timing.test_ms, dt_ms_);
    response_ = steps_of(timing.response_ms, dt_ms_);
    update_ = std::max<std::int64_t>(1, steps_of(memory_.update_ms, dt_ms_));

    // an exact number of matches in every condition, in shuffled order
    const auto n_match =
        std::llround(spec.task.match_fraction * static_cast<double>(per_condition_));
    for (std::size_t condition = 0; condition < loads_.size(); ++condition) {
        std::vector<std::uint8_t> match(static_cast<std::size_t>(per_condition_), 0);
        std::fill_n(match.begin(), n_match, 1);
        Draws draws(seed_, static_cast<std::uint32_t>(condition), Stream::task, order_of_matches);
        shuffle(match, draws);
        match_.insert(match_.end(), match.begin(), match.end());
    }

    // all items drive their gates equally, so the gate depends on the load alone
    EncodingParameters encoding;
    encoding.n = memory_.encoding_n;
    encoding.sigma_n = memory_.encoding_sigma_n;
    encoding.tau_gate_ms = spec.area.tau.gate_ms;
    encoding.tau_PV_ms = spec.area.tau.PV_ms;
    for (const int load : loads_)
        gate_.push_back(encoding_gates(std::vector<double>(static_cast<std::size_t>(load), 1.0),
                                       timing.sample_ms, std::min(dt_ms_, 0.1), encoding)[0]);
}

double DelayedMatchToSample::encoding_gate(int load) const {
    const auto place = std::find(loads_.begin(), loads_.end(), load);
    LAMINA_EXPECT(place != loads_.end());
    return gate_[static_cast<std::size_t>(place - loads_.begin())];
}

std::vector<double> DelayedMatchToSample::vector_of(int stimulus) const {
    const auto first = stimuli_.vectors.begin() + stimulus * static_cast<std::ptrdiff_t>(d_model_);
    return {first, first + static_cast<std::ptrdiff_t>(d_model_)};
}

void DelayedMatchToSample::put(std::vector<double>& x, std::size_t column,
                               const std::vector<double>& vector) const {
    std::copy(vector.begin(), vector.end(),
              x.begin() + static_cast<std::ptrdiff_t>(column * d_model_));
}

/// `load` different stimuli, each set and order equally likely.
std::vector<int> DelayedMatchToSample::choose_items(int load, Draws& draws) const {
    std::vector<int> all(static_cast<std::size_t>(stimuli_.number));
    std::iota(all.begin(), all.end(), 0);
    shuffle(all, draws, load);
    all.resize(static_cast<std::size_t>(load));
    return all;
}

/// Squared distance from a stimulus to the nearest of the items.
double DelayedMatchToSample::distance_to_nearest(int stimulus,
                                                 const std::vector<int>& items) const {
    const std::vector<double> here = vector_of(stimulus);
    double nearest = std::numeric_limits<double>::infinity();
    for (const int item : items) {
        const std::vector<double> there = vector_of(item);
        double square = 0;
        for (std::size_t u = 0; u < d_model_; ++u)
            square += (here[u] - there[u]) * (here[u] - there[u]);
        nearest = std::min(nearest, square);
    }
    return nearest;
}

/// A stimulus that is not among the items.
int DelayedMatchToSample::choose_nonmatch(const std::vector<int>& items, Draws& draws) const {
    // those not shown, with their distances
    std::vector<int> candidates;
    std::vector<double> distance;
    for (int s = 0; s < stimuli_.number; ++s) {
        if (std::find(items.begin(), items.end(), s) != items.end()) continue;
        candidates.push_back(s);
        distance.push_back(farthest_ ? distance_to_nearest(s, items) : 0);
    }

    // the farthest; on a ring many are equally far but for rounding, about 1e-15
    const double largest = *std::max_element(distance.begin(), distance.end());
    std::vector<int> best;
    for (std::size_t i = 0; i < candidates.size(); ++i)
        if (distance[i] >= (1 - 1e-9) * largest) best.push_back(candidates[i]);
    return best[draws.below(best.size())];
}

/// Encodes every item and follows it through the delay; columns with nothing stored hold zeros.
DelayedMatchToSample::Held DelayedMatchToSample::hold(std::int64_t n, const std::vector<int>& items,
                                                      double expected_counts) const {
    // updates during the delay, and its end: there the item is read
    std::vector<double> time_ms;
    for (std::int64_t step = 0; step < delay_; step += update_)
        time_ms.push_back(static_cast<double>(step) * dt_ms_);
    time_ms.push_back(static_cast<double>(delay_) * dt_ms_);

    const MaintenanceParameters drift{memory_.diffusion_deg2_per_s, memory_.diffusion_per_s};
    Held held;
    held.counts.assign(columns_, 0);
    held.x.assign(time_ms.size(), std::vector<double>(columns_ * d_model_, 0));
    for (std::size_t column = 0; column < items.size(); ++column) {
        const MemorySlot who{seed_, static_cast<std::uint32_t>(n),
                             static_cast<std::uint32_t>(column)};
        const std::vector<double> shown = vector_of(items[column]);
        if (stimuli_.circular) {
            const StoredAngle stored =
                store_angle(shown, stimuli_.preferred_rad, expected_counts, who);
            held.counts[column] = stored.counts;
            if (stored.counts == 0) continue;
            std::vector<double> angle_rad;
            maintenance_->angles(stored.angle_rad, drift, time_ms, who, angle_rad);
            for (std::size_t k = 0; k < time_ms.size(); ++k)
                put(held.x[k], column, stimuli_.code_of_angle(angle_rad[k]));
        } else {
            const StoredVector stored = store_vector(shown, expected_counts, who);
            held.counts[column] = stored.counts;
            if (stored.counts == 0) continue;
            double square = 0;
            for (const double value : shown) square += value * value;
            std::vector<std::vector<double>> vectors;
            maintenance_->vectors(stored.held, std::sqrt(square), drift, time_ms, who, vectors);
            for (std::size_t k = 0; k < time_ms.size(); ++k) put(held.x[k], column, vectors[k]);
        }
    }
    return held;
}

Trial DelayedMatchToSample::trial(std::int64_t n) const {
    LAMINA_EXPECT(n >= 0 && n < n_trials());
    const auto condition = static_cast<std::size_t>(n / per_condition_);
    const int load = loads_[condition];
    const bool match = match_[static_cast<std::size_t>(n)] != 0;
    const std::size_t readout = columns_ - 1;

    // what is shown, and what is asked
    Draws draws(seed_, static_cast<std::uint32_t>(n), Stream::task, items_and_probe);
    const std::vector<int> items = choose_items(load, draws);
    Trial trial;
    trial.number = n;
    trial.condition = "load " + std::to_string(load);
    trial.load = load;
    trial.items.assign(columns_, -1);
    std::copy(items.begin(), items.end(), trial.items.begin());
    if (match) trial.target_column = static_cast<int>(draws.below(items.size()));
    trial.probe = match ? items[static_cast<std::size_t>(trial.target_column)]
                        : choose_nonmatch(items, draws);

    // fixation: nothing is shown, no column is a key
    Segment segment;
    segment.x.assign(columns_ * d_model_, 0);
    segment.masked.assign(columns_, 1);
    if (fixation_ > 0) trial.segments.push_back(segment);

    // sample: the items, one per column
    const std::int64_t sample_on = fixation_, delay_on = sample_on + sample_;
    segment.first_step = sample_on;
    for (std::size_t column = 0; column < items.size(); ++column) {
        put(segment.x, column, vector_of(items[column]));
        segment.masked[column] = 0;
    }
    trial.segments.push_back(segment);
    trial.presentations.push_back({"sample", sample_on, delay_on});

    // delay: what was stored, drifting; a column where nothing was stored is no key
    const Held held = hold(n, items, memory_.counts * gate_[condition]);
    trial.stored = held.counts;
    for (std::size_t column = 0; column < columns_; ++column)
        segment.masked[column] = held.counts[column] == 0;
    for (std::size_t k = 0; k + 1 < held.x.size(); ++k) {
        segment.first_step = delay_on + static_cast<std::int64_t>(k) * update_;
        segment.x = held.x[k];
        trial.segments.push_back(segment);
    }

    // test and response: the items stay as they are; the probe is the read-out column's context
    const std::int64_t test_on = delay_on + delay_;
    const std::vector<double> probe = vector_of(trial.probe);
    segment.first_step = test_on;
    segment.x = held.x.back();
    segment.c = segment.x;
    put(segment.c, readout, probe);
    trial.segments.push_back(segment);
    trial.presentations.push_back({"test", test_on, test_on + test_});
    trial.n_steps = test_on + test_ + response_;

    trial.asks = true;
    trial.question = {static_cast<int>(readout), probe, test_on, trial.n_steps, match};
    return trial;
}

} // namespace lamina

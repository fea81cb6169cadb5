#include "sim/run.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <exception>
#include <mutex>
#include <numeric>
#include <optional>

#include "sim/area_batch.hpp"
#include "sim/device_reference.hpp"
#include "sim/errors.hpp"
#include "sim/observe.hpp"
#include "sim/run_file/not_known.hpp"

namespace lamina {

namespace {

/// The decision network beside the area: it runs `lead_ms` before the question without a stimulus,
/// then weighs the evidence until the response period ends.
class Decision {
  public:
    Decision(const RunPlan& plan, const Question& question, std::uint32_t trial)
        : spec_(plan.readout), question_(question), seed_(plan.seed), trial_(trial),
          dt_ms_(plan.area->dt_ms),
          every_(std::max<std::int64_t>(1, std::llround(spec_.network_dt_ms / dt_ms_))),
          // an area that steps more coarsely holds its evidence over several steps of the network
          substeps_(std::max<std::int64_t>(1, std::llround(dt_ms_ / spec_.network_dt_ms))),
          step_ms_(double(every_) * dt_ms_ / double(substeps_)),
          target_(match_target(*plan.area, *plan.weights, question.target)),
          weights_(*plan.weights), o_(std::size_t(weights_.heads) * weights_.d_head) {
        // without stimulus first, so that the network has forgotten how it was started
        const std::int64_t lead = std::llround(spec_.lead_ms / step_ms_);
        while (n_ < lead) step(0, false);
    }

    /// Sees the area after step `step`; the network moves every `network_dt_ms`.
    void look(const AreaView& area, std::int64_t step) {
        if (step < question_.from_step || step >= question_.to_step) return;
        if ((step - question_.from_step) % every_ != 0) return;
        area.routed(question_.column, o_.data());
        evidence_ = evidence(spec_, question_, routed_content(weights_, o_), target_);
        for (std::int64_t substep = 1; substep <= substeps_; ++substep) {
            this->step(std::min(1.0, std::max(-1.0, evidence_)), true);
            if (crossed()) continue;
            evidence_sum_ += evidence_;
            ++n_evidence_;
            if (std::max(state_.rate_Hz[0], state_.rate_Hz[1]) >= spec_.network.threshold_Hz) {
                const double onset_ms = double(step - question_.from_step) * dt_ms_;
                crossing_ms_ = onset_ms + double(substep) * step_ms_;
                choice_ = state_.rate_Hz[0] > state_.rate_Hz[1];
            }
        }
    }

    /// The answer at the end of the response period: the first to cross, else the larger rate.
    void judge(TrialRecord& record) const {
        if (!std::isfinite(state_.rate_Hz[0]) || !std::isfinite(state_.rate_Hz[1]))
            throw NumericsError("the decision network's rates are not finite; check task.decision");
        const bool yes = crossed() ? choice_ : state_.rate_Hz[0] > state_.rate_Hz[1];
        record.choice = yes;
        record.correct = yes == question_.yes;
        record.reaction_time_ms = crossed() ? crossing_ms_ + spec_.non_decision_ms : nan;
        record.evidence_mean = n_evidence_ ? evidence_sum_ / double(n_evidence_) : nan;
    }

    double evidence_now() const { return evidence_; }
    const WongWang::State& state() const { return state_; }

  private:
    void step(double coherence, bool on) {
        WongWang::step(state_, spec_.network, coherence, on, step_ms_, seed_, trial_,
                       std::uint64_t(n_++));
    }
    bool crossed() const { return !std::isnan(crossing_ms_); }

    const ReadoutSpec& spec_;
    const Question& question_;
    std::uint64_t seed_;
    std::uint32_t trial_;
    double dt_ms_;
    std::int64_t every_, substeps_;
    double step_ms_;
    std::int64_t n_ = 0, n_evidence_ = 0;
    std::vector<double> target_;
    const AttentionWeights& weights_;
    std::vector<double> o_;
    WongWang::State state_;
    double evidence_ = nan, evidence_sum_ = 0, crossing_ms_ = nan;
    bool choice_ = false;
};

/// The angle that is reported at the end of the response period.
double report(const RunPlan& plan, const AreaView& area, const Question& question,
              std::uint32_t trial) {
    std::vector<double> o(std::size_t(plan.weights->heads) * plan.weights->d_head);
    area.routed(question.column, o.data());
    return reported_angle(plan.readout, question, routed_content(*plan.weights, o), plan.seed,
                          trial);
}

/// One trial while it runs: what is shown when, what is seen, what is kept.
class TrialRun {
  public:
    TrialRun(const RunPlan& plan, const AreaView& area, std::int64_t n, Trace* trace,
             StepClock* clock)
        : plan_(plan), area_(area), number_(std::uint32_t(n)), trial_(plan.task->trial(n)),
          observer_(plan, area, trial_), trace_(trace), clock_(clock) {
        turn_to(StepPhase::decision);
        if (chooses()) decision_.emplace(plan, trial_.question, number_);
        record_.response_rad = nan;
    }
    TrialRun(const TrialRun&) = delete;
    TrialRun& operator=(const TrialRun&) = delete;

    std::int64_t n_steps() const { return trial_.n_steps; }

    /// The input that begins with this step; null: the old one goes on.
    const Segment* due(std::int64_t step) {
        if (segment_ == trial_.segments.size() || trial_.segments[segment_].first_step != step)
            return nullptr;
        turn_to(StepPhase::present);
        const Segment& input = trial_.segments[segment_++];
        observer_.present(input);
        return &input;
    }

    /// The reference block of that input, where a device computes it; else it is computed here.
    void know(ReferenceResult&& block) { observer_.know(std::move(block)); }

    /// Looks at the area after a step.
    void look(std::int64_t step) {
        if (trial_.asks) turn_to(StepPhase::decision);
        if (decision_) decision_->look(area_, step);
        if (trial_.asks && !chooses() && step + 1 == trial_.question.to_step)
            record_.response_rad = report(plan_, area_, trial_.question, number_);
        turn_to(StepPhase::measuring);
        const double evidence = decision_ ? decision_->evidence_now() : nan;
        observer_.look(area_, step, evidence, record_);
        if (trace_ && (step + 1) % plan_.recording.trace_every == 0)
            observer_.trace(area_, step, evidence, decision_ ? decision_->state().rate_Hz : nullptr,
                            *trace_);
    }

    TrialRecord finish() {
        area_.check_finite(trial_.n_steps - 1);
        turn_to(StepPhase::rest);
        record_.reaction_time_ms = nan;
        record_.evidence_mean = nan;
        if (!chooses()) record_.evidence_end = nan;
        if (decision_) decision_->judge(record_);

        // keep what the trial was, without its input
        trial_.segments.clear();
        record_.trial = std::move(trial_);
        return std::move(record_);
    }

  private:
    bool chooses() const { return trial_.asks && trial_.question.answer == Answer::choice; }
    void turn_to(StepPhase phase) {
        if (clock_) clock_->turn_to(phase);
    }

    const RunPlan& plan_;
    const AreaView& area_;
    std::uint32_t number_;
    Trial trial_;
    Observer observer_;
    std::optional<Decision> decision_;
    Trace* trace_;
    StepClock* clock_;
    TrialRecord record_;
    std::size_t segment_ = 0;
};

/// Writes down who fired in this step, where that is asked for.
void keep_spikes(const Recording& recording, const Area& area, std::int64_t step,
                 std::vector<KeptSpikes>& kept) {
    kept.resize(recording.spikes_of.size());
    for (std::size_t i = 0; i < kept.size(); ++i) {
        if (recording.spikes_of[i] == 0) continue;
        const StepSpikes now = area.step_spikes(i);
        const std::size_t n = std::min<std::size_t>(now.n_units, recording.spikes_of[i]);
        for (std::size_t unit = 0; unit < n; ++unit)
            for (std::uint32_t k = now.of(unit); k > 0; --k) {
                kept[i].step.push_back(std::uint32_t(step));
                kept[i].unit.push_back(std::uint32_t(unit));
            }
    }
}

} // namespace

TrialRecord run_trial(const RunPlan& plan, Area& area, std::int64_t n, Trace* trace,
                      StepClock* clock) {
    area.tell(clock);
    if (clock) clock->turn_to(StepPhase::trial);
    area.reset(plan.seed, std::uint32_t(n));
    TrialRun trial(plan, area, n, trace, clock);

    // the loop: present what is due, advance, look
    std::vector<KeptSpikes> kept;
    SpikeCounter counter(plan.recording.counted, plan.recording.count_every);
    for (std::int64_t step = 0; step < trial.n_steps(); ++step) {
        if (const Segment* const input = trial.due(step)) {
            area.present(*input);
            if (step == 0 && plan.start_settled) area.settle_inputs();
        }
        area.advance(step);
        trial.look(step);
        keep_spikes(plan.recording, area, step, kept);
        counter.look(area, step);
    }
    TrialRecord record = trial.finish();
    record.spikes = area.spikes();
    record.kept_spikes = std::move(kept);
    record.spike_counts = counter.take();
    return record;
}

namespace {

/// What has become of the trials.
class Outcomes {
  public:
    explicit Outcomes(std::int64_t n_trials)
        : records_(std::size_t(n_trials)), done_(std::size_t(n_trials)), failed_trial_(n_trials) {}

    /// False when a trial with a lower number has failed.
    bool wanted(std::int64_t n) const { return n <= failed_trial_.load(); }
    void keep(std::int64_t n, TrialRecord&& record) {
        records_[std::size_t(n)] = std::move(record);
        done_[std::size_t(n)] = 1;
    }
    /// With the present exception; that of the lowest trial is told, whatever the schedule.
    void fail(std::int64_t n) {
        const std::lock_guard<std::mutex> hold(mutex_);
        if (n >= failed_trial_) return;
        failure_ = std::current_exception();
        failed_trial_ = n;
    }
    /// When stopped early, only what was finished.
    std::vector<TrialRecord> finished() {
        tell_failure();
        std::vector<TrialRecord> finished;
        for (std::size_t n = 0; n < records_.size(); ++n)
            if (done_[n]) finished.push_back(std::move(records_[n]));
        return finished;
    }
    std::int64_t n_steps() const {
        std::int64_t steps = 0;
        for (const TrialRecord& record : records_) steps += record.trial.n_steps;
        return steps;
    }

  private:
    void tell_failure() const {
        if (!failure_) return;
        try {
            std::rethrow_exception(failure_);
        } catch (const NumericsError& error) {
            throw NumericsError("trial " + std::to_string(failed_trial_.load()) + ": " +
                                error.what());
        }
    }

    std::vector<TrialRecord> records_;
    std::vector<char> done_;
    std::exception_ptr failure_;
    std::atomic<std::int64_t> failed_trial_; ///< the lowest so far
    std::mutex mutex_;
};

/// Each thread has an area of its own, which runs one trial after the other; cells of one made of
/// neurons may be on a device.
void run_on_threads(const RunPlan& plan, int threads, const std::function<void()>& progress,
                    const std::atomic<bool>& stop, Trace* trace, Outcomes& outcomes) {
    const std::int64_t n_trials = plan.task->n_trials();
    std::mutex mutex;
    // weights are shared read-only
#pragma omp parallel num_threads(threads)
    {
        std::unique_ptr<Area> area;
        std::optional<StepClock> clock;
        if (plan.profile) clock.emplace(StepPhase::rest);
#pragma omp for schedule(dynamic, 1) nowait
        for (std::int64_t n = 0; n < n_trials; ++n) {
            if (stop.load() || !outcomes.wanted(n)) continue;
            try {
                if (!area) area = make_area(*plan.area, *plan.weights, plan.seed, plan.device);
                outcomes.keep(n, run_trial(plan, *area, n,
                                           n == plan.recording.trace_trial ? trace : nullptr,
                                           clock ? &*clock : nullptr));
                progress();
            } catch (...) { outcomes.fail(n); }
        }
        if (plan.profile) {
            const StepClock::Times times = clock->times();
            const std::lock_guard<std::mutex> hold(mutex);
            plan.profile->add(times);
        }
    }
}

/// Trials from `first` on, one in each area of the batch, all in step.
class BatchRun {
  public:
    BatchRun(const RunPlan& plan, AreaBatch& batch, DeviceReference& reference, int n_areas,
             std::int64_t first, int threads, Trace* trace, Outcomes& outcomes)
        : plan_(plan), batch_(batch), reference_(reference), first_(first), threads_(threads),
          outcomes_(outcomes), trials_(std::size_t(n_areas)) {
        std::vector<std::uint32_t> numbers(trials_.size());
        std::iota(numbers.begin(), numbers.end(), std::uint32_t(first));
        batch.reset(plan.seed, numbers);
        each([&](int place) {
            const std::int64_t n = first + place;
            try {
                trials_[std::size_t(place)] = std::make_unique<TrialRun>(
                    plan, batch.area(place), n, n == plan.recording.trace_trial ? trace : nullptr,
                    nullptr);
            } catch (...) { outcomes.fail(n); }
        });
    }

    void run(const std::function<void()>& progress, const std::atomic<bool>& stop,
             StepClock* clock) {
        const auto turn_to = [&](StepPhase phase) {
            if (clock) clock->turn_to(phase);
        };
        for (std::int64_t step = 0; !stop.load() && unfinished(); ++step) {
            turn_to(StepPhase::present);
            const std::vector<Shown> shown = present(step);
            if (!shown.empty()) {
                turn_to(StepPhase::measuring);
                know_blocks(shown);
            }
            turn_to(StepPhase::device);
            batch_.advance();
            turn_to(StepPhase::measuring);
            each([&](int place) {
                attempt(place, [&](TrialRun& trial) {
                    trial.look(step);
                    if (step + 1 < trial.n_steps()) return;
                    outcomes_.keep(first_ + place, trial.finish());
                    trials_[std::size_t(place)].reset();
                    progress();
                });
            });
        }
        turn_to(StepPhase::rest);
    }

  private:
    struct Shown {
        TrialRun* trial;
        const Segment* input;
    };
    /// The inputs that begin with this step.
    std::vector<Shown> present(std::int64_t step) {
        std::vector<Shown> shown;
        for (int place = 0; place < int(trials_.size()); ++place)
            attempt(place, [&](TrialRun& trial) {
                const Segment* const input = trial.due(step);
                if (!input) return;
                batch_.present(place, *input);
                if (step == 0 && plan_.start_settled) batch_.settle_inputs(place);
                shown.push_back({&trial, input});
            });
        return shown;
    }
    /// What they are compared with, of all at once.
    void know_blocks(const std::vector<Shown>& shown) {
        std::vector<const Segment*> inputs;
        for (const Shown& one : shown) inputs.push_back(one.input);
        std::vector<ReferenceResult> blocks = reference_.blocks(inputs);
        for (std::size_t k = 0; k < shown.size(); ++k) shown[k].trial->know(std::move(blocks[k]));
    }
    /// Does something for every place, on all threads.
    template <class Do> void each(const Do& what) {
        const int n = int(trials_.size());
#pragma omp parallel for num_threads(threads_) schedule(static)
        for (int place = 0; place < n; ++place) what(place);
    }
    /// Does something with the trial at a place, if it still runs; a trial that fails ends.
    template <class Do> void attempt(int place, const Do& what) {
        auto& trial = trials_[std::size_t(place)];
        if (!trial) return;
        try {
            what(*trial);
        } catch (...) {
            outcomes_.fail(first_ + place);
            trial.reset();
        }
    }
    bool unfinished() const {
        for (std::size_t place = 0; place < trials_.size(); ++place)
            if (trials_[place] && outcomes_.wanted(first_ + std::int64_t(place))) return true;
        return false;
    }

    const RunPlan& plan_;
    AreaBatch& batch_;
    DeviceReference& reference_;
    std::int64_t first_;
    int threads_;
    Outcomes& outcomes_;
    std::vector<std::unique_ptr<TrialRun>> trials_; ///< null: ended
};

void run_in_batches(const RunPlan& plan, int threads, const std::function<void()>& progress,
                    const std::atomic<bool>& stop, Trace* trace, Outcomes& outcomes) {
    const std::int64_t n_trials = plan.task->n_trials();
    const std::int64_t together = plan.most_areas > 0 ? std::min(plan.most_areas, n_trials)
                                                      : areas_together(*plan.area, n_trials);
    std::optional<StepClock> clock;
    if (plan.profile) clock.emplace(StepPhase::rest);
    const auto reference = make_device_reference(plan.device, *plan.area, *plan.weights);
    std::unique_ptr<AreaBatch> batch; // of n_areas
    int n_areas = 0;
    for (std::int64_t first = 0; first < n_trials; first += together) {
        if (stop.load() || !outcomes.wanted(first)) break;
        const int n = int(std::min(together, n_trials - first));
        if (n != n_areas)
            batch = make_area_batch(plan.device, *plan.area, *plan.weights, n, plan.seed);
        n_areas = n;
        BatchRun(plan, *batch, *reference, n, first, threads, trace, outcomes)
            .run(progress, stop, clock ? &*clock : nullptr);
    }
    if (plan.profile) plan.profile->add(clock->times());
}

} // namespace

std::vector<TrialRecord> run_trials(const RunPlan& plan, int threads,
                                    const std::function<void()>& progress,
                                    const std::atomic<bool>& stop, Trace* trace) {
    Outcomes outcomes(plan.task->n_trials());
    const bool in_batches = plan.device.kind != Device::cpu && !plan.area->spiking.on;
    const auto start = std::chrono::steady_clock::now();
    if (in_batches)
        run_in_batches(plan, threads, progress, stop, trace, outcomes);
    else
        run_on_threads(plan, threads, progress, stop, trace, outcomes);
    if (plan.profile) {
        const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
        plan.profile->wall_s += wall.count();
        plan.profile->thread_s += wall.count() * (in_batches ? 1 : threads);
        plan.profile->steps += outcomes.n_steps();
    }
    return outcomes.finished();
}

} // namespace lamina

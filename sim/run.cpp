#include "sim/run.hpp"

#include <chrono>
#include <cmath>
#include <exception>
#include <limits>
#include <mutex>
#include <optional>

#include "sim/errors.hpp"
#include "sim/observe.hpp"

namespace lamina {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

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
    void look(const Area& area, std::int64_t step) {
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
double report(const RunPlan& plan, const Area& area, const Question& question,
              std::uint32_t trial) {
    std::vector<double> o(std::size_t(plan.weights->heads) * plan.weights->d_head);
    area.routed(question.column, o.data());
    return reported_angle(plan.readout, question, routed_content(*plan.weights, o), plan.seed,
                          trial);
}

} // namespace

TrialRecord run_trial(const RunPlan& plan, Area& area, std::int64_t n, Trace* trace,
                      StepClock* clock) {
    const auto turn_to = [&](StepPhase phase) {
        if (clock) clock->turn_to(phase);
    };
    area.tell(clock);
    turn_to(StepPhase::trial);
    TrialRecord record;
    Trial trial = plan.task->trial(n);
    const auto number = std::uint32_t(n);
    turn_to(StepPhase::present);
    area.reset(plan.seed, number);

    Observer observer(plan, area, trial);
    std::optional<Decision> decision;
    const bool chooses = trial.asks && trial.question.answer == Answer::choice;
    turn_to(StepPhase::decision);
    if (chooses) decision.emplace(plan, trial.question, number);
    record.response_rad = nan;

    // the loop: present what is due, advance, look
    std::size_t segment = 0;
    for (std::int64_t step = 0; step < trial.n_steps; ++step) {
        if (segment < trial.segments.size() && trial.segments[segment].first_step == step) {
            turn_to(StepPhase::present);
            const Segment& input = trial.segments[segment++];
            area.present(input);
            observer.present(input);
            if (step == 0 && plan.start_settled) area.settle_inputs();
        }
        area.advance(step);
        if (trial.asks) turn_to(StepPhase::decision);
        if (decision) decision->look(area, step);
        if (trial.asks && !chooses && step + 1 == trial.question.to_step)
            record.response_rad = report(plan, area, trial.question, number);
        turn_to(StepPhase::measuring);
        observer.look(area, step, decision ? decision->evidence_now() : nan, record);
        if (trace && (step + 1) % plan.recording.trace_every == 0)
            observer.trace(area, step, decision ? decision->evidence_now() : nan,
                           decision ? decision->state().rate_Hz : nullptr, *trace);
    }
    area.check_finite(trial.n_steps - 1);
    turn_to(StepPhase::rest);
    record.reaction_time_ms = nan;
    record.evidence_mean = nan;
    if (!chooses) record.evidence_end = nan;
    if (decision) decision->judge(record);

    // keep what the trial was, without its input
    trial.segments.clear();
    record.trial = std::move(trial);
    return record;
}

std::vector<TrialRecord> run_trials(const RunPlan& plan, int threads,
                                    const std::function<void()>& progress,
                                    const std::atomic<bool>& stop, Trace* trace) {
    const std::int64_t n_trials = plan.task->n_trials();
    std::vector<TrialRecord> records(static_cast<std::size_t>(n_trials));
    std::vector<char> done(static_cast<std::size_t>(n_trials), 0);
    std::exception_ptr failure;
    std::atomic<std::int64_t> failed_trial{n_trials}; ///< the lowest so far
    std::mutex mutex;
    StepProfile* const profile = plan.profile;
    const auto start = std::chrono::steady_clock::now();

    // one area per thread; weights are shared read-only
#pragma omp parallel num_threads(threads)
    {
        std::unique_ptr<Area> area;
        std::optional<StepClock> clock;
        if (profile) clock.emplace(StepPhase::rest);
#pragma omp for schedule(dynamic, 1) nowait
        for (std::int64_t n = 0; n < n_trials; ++n) {
            if (stop.load() || n > failed_trial.load()) continue;
            try {
                if (!area) area = make_area(*plan.area, *plan.weights, plan.seed);
                records[n] =
                    run_trial(plan, *area, n, n == plan.recording.trace_trial ? trace : nullptr,
                              clock ? &*clock : nullptr);
                done[n] = 1;
                progress();
            } catch (...) {
                // the failure of the lowest trial is told, whatever the schedule
                const std::lock_guard<std::mutex> hold(mutex);
                if (n < failed_trial) {
                    failure = std::current_exception();
                    failed_trial = n;
                }
            }
        }
        if (profile) {
            const StepClock::Times times = clock->times();
            const std::lock_guard<std::mutex> hold(mutex);
            profile->add(times);
        }
    }
    if (profile) {
        const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
        profile->wall_s += wall.count();
        profile->thread_s += wall.count() * threads;
        for (const TrialRecord& record : records) profile->steps += record.trial.n_steps;
    }
    if (failure) {
        try {
            std::rethrow_exception(failure);
        } catch (const NumericsError& error) {
            throw NumericsError("trial " + std::to_string(failed_trial.load()) + ": " +
                                error.what());
        }
    }

    // when stopped early, only what was finished
    std::vector<TrialRecord> finished;
    for (std::int64_t n = 0; n < n_trials; ++n)
        if (done[n]) finished.push_back(std::move(records[n]));
    return finished;
}

} // namespace lamina

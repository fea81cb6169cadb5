/// Where time goes: a clock that charges every moment to one phase, the one that was turned to
/// last. So the phases of a clock sum to the time from its start to its end, whatever was missed is
/// charged to the phase before, and nothing is counted twice.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace lamina {

/// What one phase took.
struct PhaseTime {
    double seconds = 0;
    std::int64_t calls = 0; ///< how often it was turned to
};

/// A phase, as tables of it are printed.
struct PhaseName {
    const char *name, *meaning;
};

/// @tparam Phase  an enumeration 0, 1, ... with `count` as its last name
template <class Phase> class PhaseClock {
  public:
    using Times = std::array<PhaseTime, std::size_t(Phase::count)>;

    explicit PhaseClock(Phase first) : now_(first), since_(Clock::now()) { ++at(first).calls; }

    /// What follows belongs to `next`. @return what it belonged to before
    Phase turn_to(Phase next) {
        ++at(next).calls;
        return change(next);
    }
    /// Goes back to a phase that was left for another one; no call of its own.
    void return_to(Phase before) { change(before); }

    /// Up to now.
    const Times& times() {
        change(now_);
        return times_;
    }

  private:
    using Clock = std::chrono::steady_clock;

    PhaseTime& at(Phase phase) { return times_[std::size_t(phase)]; }
    Phase change(Phase next) {
        const Clock::time_point now = Clock::now();
        at(now_).seconds += std::chrono::duration<double>(now - since_).count();
        since_ = now;
        const Phase before = now_;
        now_ = next;
        return before;
    }

    Phase now_;
    Clock::time_point since_;
    Times times_{};
};

/// Leaves the present phase for another one within a scope. Without a clock it does nothing.
template <class Phase> class Aside {
  public:
    Aside(PhaseClock<Phase>* clock, Phase phase)
        : clock_(clock), before_(clock ? clock->turn_to(phase) : phase) {}
    ~Aside() {
        if (clock_) clock_->return_to(before_);
    }
    Aside(const Aside&) = delete;
    Aside& operator=(const Aside&) = delete;

  private:
    PhaseClock<Phase>* clock_;
    Phase before_;
};

} // namespace lamina

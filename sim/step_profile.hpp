/// What threads do while trials are integrated, phase by phase.
#pragma once

#include "sim/phase_clock.hpp"

namespace lamina {

/// Within a step and around it, in the order of a trial.
enum class StepPhase {
    trial,
    present,
    projections,
    score,
    gate,
    routing,
    residual,
    norm,
    feed_forward,
    noise,
    neurons,
    device,
    judge,
    decision,
    measuring,
    rest,
    count
};
using StepClock = PhaseClock<StepPhase>;

inline constexpr PhaseName step_phases[] = {
    {"trial", "what is shown and asked; what memory holds"},
    {"present", "a trial's start, and the input of a segment through the weights"},
    {"projections", "values, keys and queries; with norm pre its pools"},
    {"score", "queries meet keys; values are laid out for the routing"},
    {"gate", "exponentials, gates and PV"},
    {"routing", "gates times values"},
    {"residual", "heads through W_O, layer 6"},
    {"norm", "pools of the second layer norm"},
    {"feed_forward", "the layers of L2/3, and the output"},
    {"noise", "normal numbers, and their adding"},
    {"neurons", "cells of a column made of neurons, with their noise"},
    {"device", "all of a step, where a device takes it"},
    {"judge", "the slopes and steps of euler, rk4, dopri5 and rosenbrock4"},
    {"decision", "evidence, and the network that decides; reported angles"},
    {"measuring", "samples; the reference block and what is compared with it"},
    {"rest", "what is left of a thread's time"},
};
static_assert(sizeof step_phases / sizeof *step_phases == std::size_t(StepPhase::count));

/// Sums over the threads of a run, and over its variants.
struct StepProfile {
    StepClock::Times times{};
    std::int64_t steps = 0;
    double wall_s = 0;   ///< from the start of the first thread to the end of the last
    double thread_s = 0; ///< the same times the number of threads

    void add(const StepClock::Times& more) {
        for (std::size_t i = 0; i < times.size(); ++i) {
            times[i].seconds += more[i].seconds;
            times[i].calls += more[i].calls;
        }
    }
};

} // namespace lamina

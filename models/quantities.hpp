/// The tables that describe a neuron model to YAML, checks, documents and recorders.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>

namespace lamina {

/// What values a parameter may take.
enum class Sign { any, not_negative, positive };

/// One parameter of a model; its member carries the unit in its name as well.
template <class Params> struct Parameter {
    const char* name;
    const char* unit; ///< as in YAML; "" when dimensionless
    double Params::*value;
    Sign sign;
    const char* meaning;
};

/// One state variable that can be recorded.
template <class State, class Real> struct Recordable {
    const char* name;
    const char* unit;
    Real State::*value;
};

/// One kind of synaptic input: what an arriving weight is added to.
struct InputChannel {
    const char* name; ///< current, excitatory, inhibitory, ...
    const char* unit; ///< of a weight
};

/// What a neuron with a threshold must obey, or it would spike for ever.
template <class Real, class Params> const char* reset_refusal(const Params& p) {
    return Real(p.V_reset_mV) < Real(p.V_thresh_mV) ? nullptr : "V_reset must lie below V_thresh";
}

/// A time in whole steps, to the nearest, as far as Count holds them: 1e300 ms is the last of all.
template <class Count = std::int64_t> Count steps_of_ms(double time_ms, double dt_ms) {
    constexpr Count most = std::numeric_limits<Count>::max();
    const double steps = time_ms / dt_ms;
    return steps < static_cast<double>(most) ? static_cast<Count>(std::llround(steps)) : most;
}

} // namespace lamina

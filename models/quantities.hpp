/// The tables that describe a neuron model to YAML, checks, documents and recorders.
#pragma once

#include <cmath>
#include <cstdint>

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

/// A time in whole steps, to the nearest.
inline std::int64_t steps_of_ms(double time_ms, double dt_ms) {
    return std::llround(time_ms / dt_ms);
}

} // namespace lamina

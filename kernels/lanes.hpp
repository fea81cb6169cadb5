/// The Lanes contract: work on one row is written for *some number of lanes*, so that the same body
/// serves a CPU thread (one lane) and a CUDA warp (32 lanes).
///
///     first()   index of this lane        count()  number of lanes
///     sum(x)    sum over lanes, in a fixed order   max(x)  largest over lanes
///     ballot(c)     bit l: whether c holds in lane l
///     broadcast(x, l)   x of lane l
#pragma once

#include <cstdint>

#include "kernels/portable.hpp"

namespace lamina {

struct OneLane {
    LAMINA_FN int first() const { return 0; }
    LAMINA_FN int count() const { return 1; }
    template <class T> LAMINA_FN T sum(T x) const { return x; }
    template <class T> LAMINA_FN T max(T x) const { return x; }
    LAMINA_FN std::uint32_t ballot(bool condition) const { return condition ? 1 : 0; }
    template <class T> LAMINA_FN T broadcast(T x, int) const { return x; }
};

} // namespace lamina

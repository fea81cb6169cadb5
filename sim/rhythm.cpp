#include "sim/rhythm.hpp"

#include <algorithm>
#include <cmath>

#include "kernels/normal.hpp"

namespace lamina {
namespace {
constexpr double two_pi = 6.283185307179586;
} // namespace

double Rhythm::phase_of_cycle(double cycle) const {
    if (!(spec_.jitter_rad > 0)) return spec_.phase_rad;
    const auto number = static_cast<std::uint64_t>(std::max(cycle, 0.0));
    return spec_.phase_rad +
           spec_.jitter_rad * normal(seed_, trial_, Stream::jitter, which_, number);
}

/// G at t, which lies in `cycle` (or on its border).
double Rhythm::within(double t_ms, double cycle) const {
    const double turns = t_ms * spec_.frequency_Hz * 1e-3 + phase_of_cycle(cycle) / two_pi;
    if (!spec_.window) return 1 + spec_.depth * turn(turns - std::floor(turns)).cosine;
    return turns - std::floor(turns) < spec_.duty ? 1 : 1 - spec_.depth;
}

double Rhythm::at(double t_ms) const {
    return within(t_ms, std::floor(t_ms * spec_.frequency_Hz * 1e-3));
}

Relaxation Rhythm::over(double t_ms, double dt_ms, double tau_ms) const {
    // abscissae and weights of Gauss and Legendre on [0, 1], five points
    static constexpr double at[] = {0.046910077030668, 0.23076534494715845, 0.5,
                                    0.76923465505284155, 0.953089922969332};
    static constexpr double weight[] = {0.11846344252809454, 0.23931433524968324,
                                        0.28444444444444444, 0.23931433524968324,
                                        0.11846344252809454};
    // a cycle's border first, then inside each cycle the two edges of the window
    const double per_ms = spec_.frequency_Hz * 1e-3;
    Relaxation r = Relaxation::over(dt_ms, tau_ms);
    r.from_now = r.from_next = 0;
    const double first_cycle = std::floor(t_ms * per_ms), end_ms = t_ms + dt_ms;
    for (double cycle = first_cycle; per_ms > 0 && cycle / per_ms < end_ms; ++cycle) {
        const double from = std::max(t_ms, cycle / per_ms);
        const double to = std::min(end_ms, (cycle + 1) / per_ms);
        // where the window opens and closes within [from, to]
        double edges[4] = {from, to, to, to};
        if (spec_.window) {
            const double shift = phase_of_cycle(cycle) / two_pi;
            for (int e = 0; e < 2; ++e) {
                const double edge = (e == 0 ? 0 : spec_.duty) - shift; // in turns, up to whole ones
                const double turns = cycle + (edge - std::floor(edge));
                edges[1 + e] = std::clamp(turns / per_ms, from, to);
            }
            if (edges[1] > edges[2]) std::swap(edges[1], edges[2]);
        }
        for (int piece = 0; piece < 3; ++piece) {
            const double start = edges[piece], length = edges[piece + 1] - edges[piece];
            if (!(length > 0)) continue;
            for (int i = 0; i < 5; ++i) {
                const double s = start + at[i] * length - t_ms;
                const double kernel = weight[i] * length / tau_ms *
                                      math::exp((s - dt_ms) / tau_ms) * within(t_ms + s, cycle);
                r.from_now += kernel * (1 - s / dt_ms);
                r.from_next += kernel * s / dt_ms;
            }
        }
    }
    return r;
}

} // namespace lamina

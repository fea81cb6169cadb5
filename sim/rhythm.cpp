#include "sim/rhythm.hpp"

#include <algorithm>
#include <cmath>

#include "kernels/math.hpp"
#include "kernels/normal.hpp"
#include "models/gauss_legendre.hpp"

namespace lamina {
namespace {

constexpr double two_pi = 2 * pi;

const GaussLegendre rule(nodes_of_a_piece);

void add_piece(double from_ms, double length_ms, std::vector<StepNode>& out) {
    if (!(length_ms > 0)) return;
    // s = from + length w^3, ds = 3 length w^2 dw
    for (std::size_t i = 0; i < rule.at.size(); ++i)
        out.push_back({from_ms + length_ms * rule.at[i] * rule.at[i] * rule.at[i],
                       3 * length_ms * rule.at[i] * rule.at[i] * rule.weight[i]});
}

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
    if (!spec_.window) return 1 + spec_.depth * math::cos_turns(turns - std::floor(turns));
    return turns - std::floor(turns) < spec_.duty ? 1 : 1 - spec_.depth;
}

double Rhythm::at(double t_ms) const {
    return imposed_ ? within(t_ms, std::floor(t_ms * spec_.frequency_Hz * 1e-3)) : 1;
}

double Rhythm::slope_per_ms(double t_ms) const {
    if (!imposed_ || spec_.window) return 0;
    const double per_ms = spec_.frequency_Hz * 1e-3;
    const double turns = t_ms * per_ms + phase_of_cycle(std::floor(t_ms * per_ms)) / two_pi;
    return -two_pi * per_ms * spec_.depth * math::sin_turns(turns - std::floor(turns));
}

void Rhythm::nodes(double t_ms, double dt_ms, std::vector<StepNode>& out) const {
    out.clear();
    if (!imposed_) return add_piece(0, dt_ms, out);

    // a cycle's border first, then inside each cycle the two edges of the window
    const double per_ms = spec_.frequency_Hz * 1e-3, end_ms = t_ms + dt_ms;
    for (double cycle = std::floor(t_ms * per_ms); cycle / per_ms < end_ms; ++cycle) {
        const double from = std::max(t_ms, cycle / per_ms);
        const double to = std::min(end_ms, (cycle + 1) / per_ms);
        double opens = to, closes = to;
        if (spec_.window) {
            const double shift = phase_of_cycle(cycle) / two_pi;
            const auto edge = [&](double turns) {
                const double of_cycle = turns - shift - std::floor(turns - shift);
                return std::clamp((cycle + of_cycle) / per_ms, from, std::max(from, to));
            };
            opens = std::min(edge(0), edge(spec_.duty));
            closes = std::max(edge(0), edge(spec_.duty));
        }
        const std::size_t first = out.size();
        add_piece(from - t_ms, opens - from, out);
        add_piece(opens - t_ms, closes - opens, out);
        add_piece(closes - t_ms, to - closes, out);
        for (std::size_t i = first; i < out.size(); ++i)
            out[i].weight_ms *= within(t_ms + out[i].s_ms, cycle);
    }
}

Relaxation relaxation_over(const std::vector<StepNode>& nodes, double dt_ms, double tau_ms) {
    Relaxation r = Relaxation::over(dt_ms, tau_ms);
    r.from_now = r.from_next = 0;
    for (const StepNode& node : nodes) {
        const double kernel = remembered(node, dt_ms, tau_ms);
        r.from_now += kernel * (1 - node.s_ms / dt_ms);
        r.from_next += kernel * (node.s_ms / dt_ms);
    }
    return r;
}

} // namespace lamina

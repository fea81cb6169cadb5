#include "models/memory/encoding.hpp"

#include <cmath>

#include "kernels/math.hpp"
#include "kernels/portable.hpp"

namespace lamina {

std::vector<double> encoding_gates(const std::vector<double>& drive, double sample_ms, double dt_ms,
                                   const EncodingParameters& p) {
    LAMINA_EXPECT(dt_ms > 0 && sample_ms >= 0);
    double pooled = 0;
    for (const double d : drive) pooled += d;

    // whole steps that fill the sample exactly, none longer than dt
    const auto n_steps = static_cast<long long>(std::ceil(sample_ms / dt_ms));
    const double step_ms = n_steps > 0 ? sample_ms / static_cast<double>(n_steps) : 0;
    const double relaxed = -math::expm1(-step_ms / p.tau_gate_ms);

    // the denominator is common to all gates, so one gain g with a_m = D_m^n g carries them all
    double gain = 0;
    for (long long step = 0; step < n_steps; ++step) {
        const double middle_ms = (static_cast<double>(step) + 0.5) * step_ms;
        const double P = pooled * -math::expm1(-middle_ms / p.tau_PV_ms);
        gain += relaxed * (1 / (p.sigma_n + std::pow(P, p.n)) - gain);
    }

    std::vector<double> a;
    for (const double d : drive) a.push_back(d > 0 ? std::pow(d, p.n) * gain : 0);
    return a;
}

} // namespace lamina

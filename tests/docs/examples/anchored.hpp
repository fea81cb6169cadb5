/// Maintenance by an anchor: what is held diffuses, and is drawn back to what was encoded.
///
///     dx = -(x - x_0) dt / tau + sqrt(D) dW,     variance D tau / 2 (1 - exp(-2 t / tau))
///
/// for the angle of a ring and for every unit of a vector (there with D |x|^2 / d_model). The
/// increments are those of the Ornstein-Uhlenbeck process, exact at any times (Gillespie 1996,
/// doi:10.1103/PhysRevE.54.2084), so they do not depend on how often one looks.
/// Source: an example of docs/extending.md; tau = 1 s is a round figure.
#pragma once

#include "kernels/normal.hpp"
#include "models/memory/maintenance.hpp"

namespace lamina::anchored {

constexpr double tau_s = 1;

/// Follows one number from its anchor x_0; `per_s` is D, x[k] what it is at time_ms[k].
inline void follow(double anchor, double per_s, const std::vector<double>& time_ms,
                   const MemorySlot& who, std::uint32_t item, std::vector<double>& x) {
    x.resize(time_ms.size());
    double away = 0, now_ms = 0;
    for (std::size_t k = 0; k < time_ms.size(); ++k) {
        const double steps = (time_ms[k] - now_ms) * 1e-3 / tau_s;
        const double sd = math::sqrt(-per_s * tau_s / 2 * math::expm1(-2 * steps));
        away = fma(math::exp(-steps), away,
                   sd * normal(who.seed, who.trial, Stream::diffusion, item, k));
        x[k] = anchor + away;
        now_ms = time_ms[k];
    }
}

/// See Maintenance.
inline void angles(double start_rad, const MaintenanceParameters& p,
                   const std::vector<double>& time_ms, const MemorySlot& who,
                   std::vector<double>& angle_rad) {
    const double rad_per_deg = 3.14159265358979323846 / 180;
    follow(start_rad, p.diffusion_deg2_per_s * rad_per_deg * rad_per_deg, time_ms, who, who.slot,
           angle_rad);
}

/// See Maintenance.
inline void vectors(const std::vector<double>& start, double norm, const MaintenanceParameters& p,
                    const std::vector<double>& time_ms, const MemorySlot& who,
                    std::vector<std::vector<double>>& held) {
    const std::size_t d = start.size();
    const double per_s = p.diffusion_per_s * norm * norm / static_cast<double>(d);
    held.assign(time_ms.size(), std::vector<double>(d));
    std::vector<double> unit;
    for (std::size_t u = 0; u < d; ++u) {
        // units of all slots follow each other in one row of items
        follow(start[u], per_s, time_ms, who, static_cast<std::uint32_t>(who.slot * d + u), unit);
        for (std::size_t k = 0; k < time_ms.size(); ++k) held[k][u] = unit[k];
    }
}

} // namespace lamina::anchored

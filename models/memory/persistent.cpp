#include "models/memory/persistent.hpp"

#include <cmath>

#include "kernels/normal.hpp"
#include "models/angle.hpp"

namespace lamina::persistent {

void angles(double start_rad, const MaintenanceParameters& p, const std::vector<double>& time_ms,
            const MemorySlot& who, std::vector<double>& angle_rad) {
    angle_rad.resize(time_ms.size());
    double angle = start_rad, now_ms = 0;
    for (std::size_t k = 0; k < time_ms.size(); ++k) {
        const double variance_deg2 = p.diffusion_deg2_per_s * (time_ms[k] - now_ms) * 1e-3;
        angle += rad_per_deg * std::sqrt(variance_deg2) *
                 normal(who.seed, who.trial, Stream::diffusion, who.slot, k);
        angle_rad[k] = angle;
        now_ms = time_ms[k];
    }
}

void vectors(const std::vector<double>& start, double norm, const MaintenanceParameters& p,
             const std::vector<double>& time_ms, const MemorySlot& who,
             std::vector<std::vector<double>>& held) {
    const std::size_t d = start.size();
    const double scale = norm * norm / static_cast<double>(d);
    held.resize(time_ms.size());
    std::vector<double> now = start;
    double now_ms = 0;
    for (std::size_t k = 0; k < time_ms.size(); ++k) {
        const double sd = std::sqrt(p.diffusion_per_s * (time_ms[k] - now_ms) * 1e-3 * scale);
        // units of all slots follow each other in one row of items
        for (std::size_t u = 0; u < d; ++u)
            now[u] += sd * normal(who.seed, who.trial, Stream::diffusion,
                                  static_cast<std::uint32_t>(who.slot * d + u), k);
        held[k] = now;
        now_ms = time_ms[k];
    }
}

} // namespace lamina::persistent

/// Maintenance by persistent activity: recurrent excitation keeps the rates up, and what they stand
/// for diffuses.
///
///     ring attractor:  d(angle) = sqrt(D) dW,                       variance D t, in deg^2
///     vectors:         d(x_u)   = sqrt(D |x|^2 / d_model) dW_u,     variance D t |x|^2 / d_model
///
/// Both are sums of exact Brownian increments, so they do not depend on how often one looks.
/// Source: linear growth of the variance of a bump attractor's angle, Compte, Brunel, Goldman-Rakic
/// & Wang (2000), doi:10.1093/cercor/10.9.910.
#pragma once

#include "models/memory/maintenance.hpp"

namespace lamina::persistent {

/// angle_rad[k] at time_ms[k]; see Maintenance.
void angles(double start_rad, const MaintenanceParameters&, const std::vector<double>& time_ms,
            const MemorySlot&, std::vector<double>& angle_rad);

/// vectors[k] at time_ms[k]; see Maintenance.
void vectors(const std::vector<double>& start, double norm, const MaintenanceParameters&,
             const std::vector<double>& time_ms, const MemorySlot&,
             std::vector<std::vector<double>>& held);

} // namespace lamina::persistent

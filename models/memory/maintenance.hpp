/// What a kind of maintenance must offer: the held item at given times of the delay. A new kind is
/// one file with these two functions and one line in maintenance_catalogue.hpp.
#pragma once

#include <vector>

#include "models/memory/item_memory.hpp"

namespace lamina {

struct MaintenanceParameters {
    double diffusion_deg2_per_s = 20; ///< ring: growth of the angle's variance, >= 0
    double diffusion_per_s = 0.05;    ///< vectors: growth of the relative squared error, >= 0
};

struct Maintenance {
    const char* name;
    const char* meaning;

    /// The held angle during the delay.
    /// @param start_rad  as encoded, at time 0
    /// @param time_ms    rising, >= 0, since the delay began
    /// @param angle_rad  out: [times], not wrapped
    void (*angles)(double start_rad, const MaintenanceParameters&,
                   const std::vector<double>& time_ms, const MemorySlot&,
                   std::vector<double>& angle_rad);

    /// The held vector during the delay.
    /// @param start  [units] as encoded
    /// @param norm   |x| of the item that was shown: the scale of the noise
    /// @param held   out: [times][units]
    void (*vectors)(const std::vector<double>& start, double norm, const MaintenanceParameters&,
                    const std::vector<double>& time_ms, const MemorySlot&,
                    std::vector<std::vector<double>>& held);
};

} // namespace lamina

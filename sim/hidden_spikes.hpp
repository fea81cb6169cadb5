/// The cells of L5hidden, which keep nothing from step to step (kernels/spike_hidden.hpp). What
/// their dendrites add up is said from outside (hidden_cells.hpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "sim/cells.hpp"

namespace lamina {

struct HiddenSpikesPlan {
    std::size_t n_heads, n_columns, n_units; ///< n_units: cells of a gate
    float log_rate_dt;                       ///< log R dt
    std::size_t n_gates() const { return n_heads * n_columns * n_columns; }
    std::size_t n_cells() const { return n_gates() * n_units; }
};

/// Wherever they are: a device works on a step that has begun.
class HiddenSpikes {
  public:
    virtual ~HiddenSpikes() = default;

    /// @param query, key  [n_heads, n_columns, n_units] sums in the dendrites
    virtual void begin_step(const std::vector<float>& query, const std::vector<float>& key,
                            const CellNoise&, std::uint64_t step) = 0;
    /// @param n_of_gates  [n_heads, n_columns, n_columns] spikes of the step that was begun last
    virtual void count(std::vector<std::uint32_t>& n_of_gates) const = 0;
};

/// @param device  where they fire, to the same bits
/// @throws DeviceError when the device does not answer or is full
std::unique_ptr<HiddenSpikes> make_hidden_spikes(const HiddenSpikesPlan&,
                                                 const Device& device = {});

} // namespace lamina

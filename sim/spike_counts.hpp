/// Spikes of a column of neurons counted in bins while a trial runs: of some neurons one by one, of
/// some numbers by the sum over their neurons. What the measures of analysis/spike_counts.hpp need.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/area.hpp"

namespace lamina {

/// Whose spikes of one population are counted.
struct CountedUnits {
    std::vector<std::uint32_t> neurons; ///< units (StepSpikes)
    std::vector<std::uint32_t> numbers; ///< of each the first unit
    std::uint32_t n_each = 0;           ///< units of a number
};

/// Of one population in one trial. Counts stop at 65535; a last bin that is not full is left out.
struct SpikeCounts {
    std::vector<std::uint16_t> of_neurons, of_numbers; ///< [bins, neurons], [bins, numbers]
    /// Of each neuron: intervals between its spikes, their sum, their squares' sum, in steps.
    std::vector<double> intervals, interval_sum, interval_squares;
};

class SpikeCounter {
  public:
    /// @param units      [populations of Area::spikes()]; empty: nothing is counted
    /// @param bin_steps  length of a bin
    SpikeCounter(const std::vector<CountedUnits>& units, std::int64_t bin_steps);

    /// After step `step`.
    void look(const Area&, std::int64_t step);
    std::vector<SpikeCounts> take(); ///< [populations]

  private:
    struct Now {
        std::vector<std::uint32_t> of_neurons, of_numbers; ///< since the bin began
        std::vector<std::int64_t> last;                    ///< step of each neuron's last spike
    };

    const std::vector<CountedUnits>& units_;
    std::int64_t bin_steps_;
    std::vector<Now> now_;
    std::vector<SpikeCounts> counts_;
};

} // namespace lamina

/// Bursting cells of a spiking column: groups of equal layer-5 cells of two compartments, each
/// group with a current into the soma and one into the apical dendrite
/// (models/neurons/two_compartment_burst.hpp).
///
/// Each cell has background spikes of its own on both compartments, those in which Payeur et al.
/// (2021), doi:10.1038/s41593-021-00857-x, show that events tell the soma's input and bursts the
/// dendrite's: 100 excitatory and 30 inhibitory sources at 5 Hz each. Bursts are counted after Naud
/// & Sprekeler (2018), doi:10.1073/pnas.1720995115: 16 ms.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "sim/cells.hpp"

namespace lamina {

/// Wherever they are: a device works on a step that has begun.
class BurstCells {
  public:
    /// Steps for which the table of background spikes is good to 0.7 %.
    static constexpr double least_dt_ms = 0.005, most_dt_ms = 0.5;

    virtual ~BurstCells() = default;

    /// All cells at rest.
    virtual void start() = 0;
    /// The currents of all following steps. @param I_s_pA, I_d_pA  [n_groups]
    virtual void set_currents(const std::vector<double>& I_s_pA,
                              const std::vector<double>& I_d_pA) = 0;
    virtual void begin_step(const CellNoise&, std::uint64_t step) = 0;
    /// What happened in a step, each [n_groups] over the cells of a group.
    struct Heard {
        std::vector<std::uint32_t> spikes, events, bursts;
    };
    /// Of the step that was begun last.
    virtual void count(Heard&) const = 0;
    /// Both at once.
    void step(const CellNoise& noise, std::uint64_t step, Heard& heard) {
        begin_step(noise, step);
        count(heard);
    }
    /// [n_groups * n_neurons] who spiked in the last step, 1 or 0, group by group.
    virtual const std::uint8_t* spiked() const = 0;

    /// The cells' own state, word by word.
    virtual std::vector<std::uint32_t> state() const = 0;
    virtual void set_state(const std::uint32_t* words) = 0;
    virtual std::size_t n_state_words() const = 0;
};

/// @param device  where they step, to the same bits
/// @throws SpecError for a step that is too short or too long; DeviceError when the device does not
///         answer or is full
std::unique_ptr<BurstCells> make_burst_cells(std::size_t n_groups, std::size_t n_neurons,
                                             double dt_ms, const Device& device = {});

} // namespace lamina

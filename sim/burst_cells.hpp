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
#include <vector>

#include "kernels/cpu/line_vector.hpp"
#include "sim/cells_plan.hpp"

namespace lamina {

class BurstCells {
  public:
    /// Steps for which the table of background spikes is good to 0.7 %.
    static constexpr double least_dt_ms = 0.005, most_dt_ms = 0.5;

    /// @throws SpecError for a step outside of these
    BurstCells(std::size_t n_groups, std::size_t n_neurons, double dt_ms);

    BurstCells(const BurstCells&) = delete; // its body points into itself
    BurstCells& operator=(const BurstCells&) = delete;

    /// All cells at rest.
    void start();
    /// The currents of all following steps. @param I_s_pA, I_d_pA  [n_groups]
    void set_currents(const std::vector<double>& I_s_pA, const std::vector<double>& I_d_pA);
    /// What happened in a step, each [n_groups] over the cells of a group.
    struct Heard {
        std::vector<std::uint32_t> spikes, events, bursts;
    };
    void step(const CellNoise&, std::uint64_t step, Heard&);
    /// [n_groups * n_neurons] who spiked in the last step, 1 or 0, group by group.
    const std::uint8_t* spiked() const { return spike_.data(); }

    std::size_t n_groups() const { return n_groups_; }
    std::size_t n_neurons() const { return n_neurons_; } ///< of a group

    /// The cells' own state, word by word.
    std::vector<std::uint32_t> state() const;
    void set_state(const std::uint32_t* words);
    std::size_t n_state_words() const { return words_.size() + trains_.size(); }

  private:
    using Model = BurstCellsPlan::Model;
    using Body = StepBurstCells<Model, float>;

    explicit BurstCells(const BurstCellsPlan&);

    std::size_t n() const { return n_groups_ * n_neurons_; }

    std::size_t n_groups_, n_neurons_;
    Body body_;
    Model::State rest_;
    cpu::LineVector<std::uint32_t> words_, trains_;
    cpu::LineVector<float> soma_mV_, dendrite_mV_;
    cpu::LineVector<std::uint8_t> spike_, event_, burst_;
    std::vector<AddPoisson<BurstCellsPlan::n_counts>> laws_; ///< background spikes of each channel
    cpu::LineVector<std::uint16_t> halves_;
    cpu::LineVector<std::int32_t> background_;
};

} // namespace lamina

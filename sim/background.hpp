/// The microcircuit around a column of neurons: what reaches a cell that lies in it.
///
/// Potjans & Diesmann (2014), models/circuits/potjans_diesmann_2014.hpp, at a scale of its neurons
/// and in-degrees. A cell of the column hears what the neurons of one of its eight populations
/// hear: excitation and inhibition from as many of its neurons, drawn at random, with the same
/// postsynaptic potentials and delays, and external spikes of its own. Cells that hear the same
/// neurons are correlated.
///
/// It goes one way: the microcircuit has the spikes that it has alone.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sim/spikes/microcircuit.hpp"
#include "sim/spikes/network.hpp"

namespace lamina {

/// Cells that lie in the microcircuit.
struct EmbeddedCells {
    int population; ///< 0 .. 7, as whose neurons they hear
    std::uint32_t n;
    double relative_weight = 1; ///< of currents that move their potential as far as a neuron's
};

/// The microcircuit, with Poisson spikes from outside, and one population that listens for each of
/// these.
NetworkSpec embedding(double scale, const std::vector<EmbeddedCells>&, double dt_ms);
/// Synapses of the microcircuit itself, and of cells that lie in it.
double background_synapses(double scale);
double embedding_synapses(double scale, const EmbeddedCells&);

class Background {
  public:
    /// The wiring is drawn from the seed, once for all trials.
    Background(double scale, std::vector<EmbeddedCells>, double dt_ms, std::uint64_t seed);

    /// From the start, until the microcircuit has found its way.
    void start(std::uint32_t trial);
    void advance();
    std::uint32_t trial() const { return trial_; }
    std::int64_t n_steps() const { return n_steps_; } ///< since the start
    /// To where it is after so many steps of a trial.
    void go_to(std::uint32_t trial, std::int64_t n_steps);

    /// [n] what arrived in the last step at cells number `which`, in pA of their synaptic current.
    const float* heard(std::size_t which) const { return heard_[which].data(); }
    /// [neurons] of a population of the microcircuit, 1 or 0 in the last step.
    const std::vector<std::uint8_t>& spiked(std::size_t population) const {
        return spiked_[population];
    }
    std::size_t n_populations() const { return spiked_.size(); }
    std::size_t bytes() const;

    static constexpr double settle_ms = 200;

  private:
    std::vector<EmbeddedCells> cells_;
    SpikingNetwork network_;
    NetworkState first_;
    std::uint32_t trial_ = 0;
    std::int64_t n_steps_ = 0;
    std::vector<std::vector<float>> heard_;
    std::vector<std::vector<std::uint8_t>> spiked_;
};

} // namespace lamina

/// The gates of L5 as neurons with escape noise, and their PV alone, with scores held fixed: the
/// loop of gate_loop.hpp, whose gates are filtered spikes (docs/model.md, "Gates that spike").
///
///     SpikingGatesSpec spec;  spec.gates.n_keys = 16;  spec.scores = ...;  spec.n_neurons = 20;
///     const auto loop = make_spiking_gates(spec); // a = 1 / readable keys of the row, p = 0
///     for (...) { loop->step(); use(loop->n_spikes()); }
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "sim/device.hpp"
#include "sim/gate_stage.hpp"

namespace lamina {

struct SpikingGatesSpec {
    GateParameters gates;        ///< without lag and delay
    std::vector<double> scores;  ///< [n_rows, n_keys]; -infinity: no key; empty: all 0
    int n_neurons = 20;          ///< of a gate
    double rate_Hz = 100;        ///< R: of one neuron when its gate is 1
    double refractory_ms = 0;    ///< t_ref, a whole number of steps
    std::vector<double> offsets; ///< [n_rows, n_keys] c: inhibition of one gate alone; empty: 0
    /// Fluctuations of b common to a row, an Ornstein-Uhlenbeck process of this SD; 0: none.
    double common_noise_sd = 0, common_noise_tau_ms = 50;
    bool PV_frozen = false; ///< p stays where it is put
    std::uint64_t seed = 1; ///< noise is drawn under (seed, trial)
    std::uint32_t trial = 0;
};

class SpikingGates {
  public:
    virtual ~SpikingGates() = default;

    /// Starts anew from these values: a [n_rows, n_keys], p [n_rows].
    virtual void start(const std::vector<double>& a, const std::vector<double>& p) = 0;
    /// The same under other random numbers.
    virtual void start(const std::vector<double>& a, const std::vector<double>& p,
                       std::uint64_t seed, std::uint32_t trial) = 0;
    /// Other scores from the next step on, [n_rows, n_keys].
    virtual void set_scores(const std::vector<double>&) = 0;
    /// From the next step on gates see this, [n_rows], instead of p: what PV sends them.
    virtual void set_inhibition(const std::vector<double>&) = 0;
    /// Other offsets c from the next step on, [n_rows, n_keys].
    virtual void set_offsets(const std::vector<double>&) = 0;
    virtual void step() = 0;
    /// The step of this number, which names its random numbers; step() counts by itself.
    virtual void step_number(std::uint64_t) = 0;

    virtual const std::vector<double>& a() const = 0;    ///< [n_rows, n_keys] filtered spikes
    virtual const std::vector<double>& p() const = 0;    ///< [n_rows]
    virtual const std::vector<double>& sums() const = 0; ///< [n_rows] sum_j a_j
    virtual const std::vector<std::uint32_t>& n_spikes() const = 0; ///< of the last step
};

/// @param device  where neurons fire, to the same bits; PV is here
/// @throws SpecError for sizes that do not fit or are below 1, a step that is not positive, less
/// than one neuron, rest of broken steps, a rate that is not positive, a lag or delay, an unknown
/// inhibition, or one that has no PV to freeze; DeviceError when the device does not answer
std::unique_ptr<SpikingGates> make_spiking_gates(const SpikingGatesSpec&,
                                                 const Device& device = {});

} // namespace lamina

/// A spiking network that runs.
///
/// Step k goes from t = k dt to t + dt:
///
///     deliver   the sums of step k: for every delay d >= 1, the spikes of step k - d
///     drive     external spikes of step k
///     advance   every neuron consumes its sum, integrates, may spike
///
/// so that a spike acts exactly d steps after its emission. Parts meet once per shortest delay and
/// exchange their spikes there. The spikes do not depend on the number of threads, on recording, or
/// on the way of delivery.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sim/device.hpp"
#include "sim/spikes/network_spec.hpp"

namespace lamina {

/// How synapses reach the sums: segment by segment when due (one step's sums, for large networks),
/// or all at once into a ring of future steps (small networks). The spikes are the same.
enum class Delivery { automatic, due_time, ring };

/// A state variable that is looked at again and again.
struct Probe {
    std::string population,
        variable;                 ///< a recordable of the neuron model, or u or x of its synapses
    std::uint32_t n_neurons = 1;  ///< the first of the population
    std::int64_t every_steps = 1; ///< sampled at the end of the steps every - 1, 2 every - 1, ...
};

struct NetworkOptions {
    int n_threads = 1;
    Device device;             ///< where it runs; it is built by the processor's threads
    bool spare_threads = true; ///< leave out threads that a small network would only slow down
    Delivery delivery = Delivery::automatic;
    bool record_spikes = true;
    bool take_times = false; ///< for NetworkCost; costs some 0.1 us per step
    std::vector<Probe> probes;
};

/// What a probe saw since it was asked last: row r holds the values at the end of step
/// first_step + r * every_steps.
struct ProbeSamples {
    std::int64_t first_step = 0;
    std::size_t n_neurons = 0;
    std::vector<double> values; ///< [samples, neurons]
};

struct Spike {
    std::int64_t step;
    std::uint32_t neuron; ///< number in the network
    bool operator<(const Spike& b) const {
        return step != b.step ? step < b.step : neuron < b.neuron;
    }
    bool operator==(const Spike& b) const { return step == b.step && neuron == b.neuron; }
};

/// A weight that learns.
struct LearntWeight {
    std::uint32_t source, target; ///< within their populations
    double delay_ms, weight;
};

/// A network between two steps: named arrays of words, in the order of neurons and synapses.
struct NetworkState {
    std::int64_t step = 0;
    std::map<std::string, std::vector<std::uint64_t>> arrays;
};

/// What a network holds and has done.
struct NetworkCost {
    std::uint64_t n_neurons = 0, n_synapses = 0, n_steps = 0, n_spikes = 0, n_events = 0;
    std::size_t synapse_bytes = 0;
    double build_s = 0;
    double deliver_s = 0, drive_s = 0, update_s = 0, wait_s = 0; ///< summed over threads
    bool ring = false;
    int n_parts = 1;
    std::size_t device_bytes = 0; ///< of the device's memory
    std::string device_path;      ///< which kernels run it there
};

class SpikingNetwork {
  public:
    /// Builds everything from the seed.
    /// @throws SpecError for what cannot be built
    SpikingNetwork(const NetworkSpec&, std::uint64_t seed, const NetworkOptions&);
    ~SpikingNetwork();

    /// Goes on by n steps. Of one who goes step by step values are looked at every 100 steps.
    /// @throws NumericsError, with population, neuron, variable and time, at the first exchange of
    ///         spikes 100 steps or less after a value ceased to be finite; the network is then
    ///         spent
    void advance(std::int64_t n_steps);
    /// Several networks by n steps each: on a device, where all are small and of one model, at
    /// once.
    /// @throws as advance
    static void advance_all(const std::vector<SpikingNetwork*>&, std::int64_t n_steps);

    std::int64_t step() const;
    double dt_ms() const;
    std::uint32_t n_neurons() const;
    /// First neuron of a population in the network's numbers; one more than there are populations.
    const std::vector<std::uint32_t>& first_neurons() const;

    /// The spikes recorded since the last call, by step and then by neuron.
    std::vector<Spike> take_spikes();
    /// What each probe of the options sampled since the last call.
    std::vector<ProbeSamples> take_samples();
    /// A state variable of every neuron of a population, or of its synapses (u, x).
    std::vector<double> read(const std::string& population, const std::string& variable) const;
    /// What arrived in the last step at the neurons of a population of model `listener`, in pA.
    /// @param out  [neurons of the population]
    /// @throws SpecError when it is of another model
    void heard(std::size_t population, float* out) const;
    /// Synapses of each projection.
    const std::vector<std::uint64_t>& synapses() const;
    /// The weights of a projection that learns, by source, delay and target.
    std::vector<LearntWeight> learnt_weights(std::size_t projection) const;
    NetworkCost cost() const;

    /// Everything that has changed since the network was built; recorded spikes and samples are not
    /// part of it. The same whatever the number of threads and the way of delivery.
    NetworkState save();
    /// Goes on from a state as if it had never stopped, with any number of threads and either way
    /// of delivery.
    /// @throws SpecError when the state is of another network
    void restore(const NetworkState&);
    /// The same with the random numbers of a trial; 0 is that of a network that was built.
    /// @throws as restore, and on a device
    void begin_trial(const NetworkState&, std::uint32_t trial);
    void record(bool spikes);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace lamina

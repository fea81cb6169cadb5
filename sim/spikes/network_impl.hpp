/// The inside of a SpikingNetwork: inner header of network.cpp, network_build.cpp and
/// network_state.cpp.
#pragma once

#include "kernels/cpu/team.hpp"
#include "sim/spikes/device/device_network.hpp"
#include "sim/spikes/network.hpp"
#include "sim/spikes/part.hpp"
#include "sim/spikes/wiring.hpp"

namespace lamina {

/// Seconds of one thread in the stages of a step.
struct alignas(64) StageTimes {
    double deliver_s = 0, drive_s = 0, update_s = 0, wait_s = 0;
};

/// A part's bad value and the step before which it was found.
struct Alarm {
    BadValue value;
    std::int64_t step = 0;
};

struct SpikingNetwork::Impl {
    NetworkSpec spec;
    NetworkOptions options;
    Partition partition;
    WiringUnits units;
    std::vector<std::vector<double>> quantum; ///< [block][channel]
    Wiring wiring;
    std::vector<std::uint32_t> first_neurons;
    std::vector<Part> parts;
    std::vector<SpikeBatch> batches[2]; ///< [exchange & 1][part]
    struct alignas(128) Recorded {
        std::vector<Spike> spikes;
    };
    std::vector<Recorded> recorded;                        ///< [part]
    std::vector<std::vector<std::vector<double>>> samples; ///< [part][probe] of own neurons
    std::vector<std::int64_t> sampled_to;                  ///< [probe] steps that were asked for
    std::vector<StageTimes> times;                         ///< [thread]
    int n_members = 1;                                     ///< threads that pay
    std::uint64_t seed;
    std::int64_t now = 0, n_exchanges = 0, first_of_batch = 0;
    double build_s = 0;
    bool ring = false;
    std::unique_ptr<DeviceNetwork> device; ///< none: the parts run on this processor
    std::vector<std::uint32_t> n_synapses; ///< [neuron] that its spikes reach; for a device
    std::uint64_t n_device_events = 0;
    bool parts_are_old[2] = {false, false}; ///< of a device: their state, what is on its way

    Impl(const NetworkSpec&, std::uint64_t seed, const NetworkOptions&);

    int population(const std::string& name) const;
    std::uint32_t channel(int g, const std::string& name) const;
    const std::vector<PopulationPlace>& places() const { return partition.populations(); }

    int threads_that_pay() const;
    void choose_quanta(int n_blocks);
    void make_parts(std::uint64_t seed, int n_blocks);
    std::vector<DriveRange> drives_of(int part) const;
    std::vector<PartSources> sources_of(int part) const;
    std::vector<PartLearning> learning_of(int part) const;
    void check_probes() const;

    void sample(int part, std::int64_t step);
    /// out[i] of the part's first n neurons of a population, at the end of a step.
    void read(int part, int population, const std::string& variable, std::uint32_t n,
              std::int64_t step, double* out) const;
    /// The sources in a part whose variable this is; nullptr when it is the neurons' own.
    const PartSources* sources_with(int part, int population, const std::string& variable) const;
    /// Own neurons of a part among the first n of a population.
    std::uint32_t own_among(int part, int population, std::uint32_t n) const;
    /// Spikes of the last exchange reach the parts, as they would at the start of the next.
    void settle();

    // network_state.cpp
    void save_neurons(NetworkState&) const;
    void save_coming(NetworkState&) const;
    void save_emissions(NetworkState&) const;
    void save_learning(NetworkState&) const;
    /// @throws SpecError when the state is of another network
    void check_state(const NetworkState&) const;
    void restore_neurons(const NetworkState&);
    void restore_coming(const NetworkState&);
    void restore_emissions(const NetworkState&);
    void restore_learning(const NetworkState&);

    // network_device.cpp
    FlatNetwork flatten() const;
    void flatten_neurons(FlatNetwork&) const;
    void flatten_drives(FlatNetwork&) const;
    void flatten_synapses(FlatNetwork&) const;
    void flatten_learning(FlatNetwork&) const;
    void flatten_probes(FlatNetwork&) const;
    FlatState flat_state() const;
    void take_state(const FlatState&, bool all);
    void move_to_device();
    void advance_on_device(std::int64_t n_steps);
    void take_run(std::int64_t n_steps);
    void keep_run(std::int64_t first_step);
    /// The parts hold what the device holds; with `all`, also what is on its way and was learnt.
    void fetch(bool all);

    void run(int member, std::int64_t n_steps, cpu::Rounds&, std::vector<Alarm>&);
    BadValue find_bad(const Part&) const;
    /// @param steps_before  how long ago it may have begun
    [[noreturn]] void complain(const Alarm&, std::int64_t steps_before) const;
};

} // namespace lamina

/// The inside of a SpikingNetwork: inner header of network.cpp, network_build.cpp and
/// network_state.cpp.
#pragma once

#include "kernels/cpu/team.hpp"
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
    std::int64_t now = 0, n_exchanges = 0, first_of_batch = 0;
    double build_s = 0;
    bool ring = false;

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
    /// Own neurons of a part among the first n of a population.
    std::uint32_t own_among(int part, int population, std::uint32_t n) const;
    /// Spikes of the last exchange reach the parts, as they would at the start of the next.
    void settle();

    // network_state.cpp
    void save_neurons(NetworkState&) const;
    void save_coming(NetworkState&) const;
    void save_emissions(NetworkState&) const;
    void save_learning(NetworkState&) const;
    void restore_neurons(const NetworkState&);
    void restore_coming(const NetworkState&);
    void restore_emissions(const NetworkState&);
    void restore_learning(const NetworkState&);

    void run(int member, std::int64_t n_steps, cpu::Rounds&, std::vector<Alarm>&);
    BadValue find_bad(const Part&) const;
    [[noreturn]] void complain(const Alarm&) const;
};

} // namespace lamina

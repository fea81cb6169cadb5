/// How a SpikingNetwork is built: populations become blocks, weights quanta, projections rows.
#include <algorithm>
#include <chrono>
#include <cmath>

#include <fmt/format.h>

#include "kernels/poisson_counts.hpp"
#include "models/quantities.hpp"
#include "sim/errors.hpp"
#include "sim/spikes/connector.hpp"
#include "sim/spikes/network_impl.hpp"

namespace lamina {
namespace {

/// The smallest power of two in which a weight of this size has at most 32767 quanta.
double quantum_for(double largest) {
    return largest > 0 ? std::exp2(std::ceil(std::log2(largest / most_quanta))) : 1.0;
}

/// @throws SpecError when the external spikes of one step may add up to more than a sum can hold
void check_drive(const std::string& population, const PoissonDrive& drive, double mean,
                 double quantum) {
    // beyond 12 SD lies less than 1e-30; half of a sum is left for other inputs
    const double most = (mean + 12 * std::sqrt(mean) + 40) * std::fabs(drive.weight) / quantum;
    if (!(most <= 0x1p30))
        throw SpecError(fmt::format("{}: external spikes at {:g} Hz may add up to {:.3g} quanta in "
                                    "a step, and 2^30 fit; lower their rate, or dt",
                                    population, drive.rate_Hz, most));
}

/// The largest size of a weight that a projection has or will have.
double largest_weight(const ProjectionSpec& p) {
    const ValueEnds ends = weight_ends(p);
    const double now = std::max(std::fabs(ends.smallest), std::fabs(ends.largest));
    return synapse_model(p.synapse.model).kind == SynapseKind::plastic
               ? std::max(now, largest_learnt_weight(p))
               : now;
}

} // namespace

int SpikingNetwork::Impl::population(const std::string& name) const {
    for (std::size_t g = 0; g < spec.populations.size(); ++g)
        if (spec.populations[g].name == name) return int(g);
    throw SpecError("there is no population `" + name + "`");
}

std::uint32_t SpikingNetwork::Impl::channel(int g, const std::string& name) const {
    const NeuronModelEntry* const model = find_neuron_model(spec.populations[g].model);
    if (!model)
        throw SpecError(fmt::format("{}: there is no neuron model `{}`", spec.populations[g].name,
                                    spec.populations[g].model));
    if (name.empty()) return 0;
    for (std::uint32_t c = 0; c < model->channels.size(); ++c)
        if (model->channels[c] == name) return c;
    throw SpecError(
        fmt::format("{}: {} has no input `{}`", spec.populations[g].name, model->name, name));
}

SpikingNetwork::Impl::Impl(const NetworkSpec& spec_, std::uint64_t seed_,
                           const NetworkOptions& options_)
    : spec(spec_), options(options_), seed(seed_) {
    const auto start = std::chrono::steady_clock::now();

    // populations of one model form a block
    std::vector<std::string> models;
    std::vector<PopulationPlace> populations;
    std::uint32_t first = 0;
    for (const NeuronPopulationSpec& p : spec.populations) {
        const auto found = std::find(models.begin(), models.end(), p.model);
        const int block = int(found - models.begin());
        if (found == models.end()) models.push_back(p.model);
        populations.push_back({first, p.n, block, 1});
        first_neurons.push_back(first);
        first += p.n;
    }
    first_neurons.push_back(first);
    for (std::size_t g = 0; g < populations.size(); ++g) {
        (void)channel(int(g), "");
        populations[g].n_channels =
            std::uint32_t(find_neuron_model(spec.populations[g].model)->channels.size());
    }
    const int n_blocks = int(models.size());
    // a device's warps take a part of a row each: the fewer parts, the longer their runs
    n_members = options.device.kind == Device::cpu ? threads_that_pay() : 1;
    partition = Partition(populations, n_blocks, n_members);

    choose_quanta(n_blocks);
    wiring = build_wiring(spec, partition, units, seed, options.n_threads);
    make_parts(seed, n_blocks);
    check_probes();
    if (options.device.kind != Device::cpu) move_to_device();
    build_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Threads meet once per shortest delay, which costs from 0.5 to 3 us by how far apart the system
/// has put them. Each of them needs enough to do in between: measured with the microcircuit at
/// scales of 0.02 to 0.1 on two threads, 3000 neurons and steps (some 1.5 us) are where the second
/// begins to pay whatever the machine does.
int SpikingNetwork::Impl::threads_that_pay() const {
    if (!options.spare_threads) return options.n_threads;
    constexpr double enough = 3000;
    double neurons = 0, steps = 1e9;
    for (const NeuronPopulationSpec& p : spec.populations) neurons += p.n;
    for (const ProjectionSpec& p : spec.projections)
        steps = std::min(steps, std::max(1.0, std::round(delay_ends_ms(p).smallest / spec.dt_ms)));
    if (spec.projections.empty()) steps = 1;
    return int(std::clamp(neurons * steps / enough, 1.0, double(options.n_threads)));
}

/// One quantum for everything that arrives at one channel of one model.
void SpikingNetwork::Impl::choose_quanta(int n_blocks) {
    quantum.assign(std::size_t(n_blocks), std::vector<double>(8, 0)); // largest weights first
    const auto meet = [&](int g, std::uint32_t c, double size) {
        double& most = quantum[places()[g].block][c];
        most = std::max(most, size);
    };
    units.dt_ms = spec.dt_ms;
    for (const ProjectionSpec& p : spec.projections) {
        units.channel.push_back(channel(population(p.to), p.channel));
        meet(population(p.to), units.channel.back(), largest_weight(p));
    }
    for (std::size_t g = 0; g < spec.populations.size(); ++g)
        for (const PoissonDrive& d : spec.populations[g].drives)
            meet(int(g), channel(int(g), d.channel), std::fabs(d.weight));
    for (auto& block : quantum)
        for (double& most : block) most = quantum_for(most);
    for (std::size_t k = 0; k < spec.projections.size(); ++k)
        units.quantum.push_back(
            quantum[places()[population(spec.projections[k].to)].block][units.channel[k]]);
}

void SpikingNetwork::Impl::make_parts(std::uint64_t seed, int n_blocks) {
    // the ring holds all future steps; while it fits beside a thread's caches it is the quicker way
    std::int64_t ring_bytes = 0;
    for (int p = 0; p < partition.n_parts(); ++p)
        ring_bytes = std::max(ring_bytes,
                              std::int64_t(partition.n_slots(p)) * 4 * (wiring.longest_steps + 1));
    // unless the synapses of a spike that are due at once are many, as where delays are all alike
    const bool many_at_once = wiring.total() >= 64 * wiring.n_segments;
    ring = options.delivery == Delivery::ring ||
           (options.delivery == Delivery::automatic && !many_at_once &&
            ring_bytes <= (std::int64_t(1) << 19));

    const NoiseKey key{seed, 0};
    for (int p = 0; p < partition.n_parts(); ++p) {
        PartContents contents;
        for (int b = 0; b < n_blocks; ++b) {
            contents.blocks.push_back(
                make_neuron_part(spec, partition, p, b, quantum[std::size_t(b)], key));
            contents.first_slot.push_back(partition.block(p, b).first_slot);
        }
        contents.n_slots = partition.n_slots(p);
        contents.drives = drives_of(p);
        contents.sources = sources_of(p);
        contents.learning = learning_of(p);
        parts.emplace_back(std::move(contents), wiring.row[p],
                           PartTiming{wiring.longest_steps, ring}, key);
    }
    for (auto& batch : batches) batch.resize(parts.size());
    recorded.resize(parts.size());
    times.resize(std::size_t(options.n_threads));
    samples.assign(parts.size(), std::vector<std::vector<double>>(options.probes.size()));
    sampled_to.assign(options.probes.size(), 0);
}

std::vector<DriveRange> SpikingNetwork::Impl::drives_of(int part) const {
    std::vector<DriveRange> drives;
    std::uint32_t first_number = 0; // of the population: whole rows, whoever owns its neurons
    for (int g = 0; g < int(spec.populations.size()); ++g) {
        std::uint32_t number = 0;
        for (const PoissonDrive& d : spec.populations[g].drives) {
            const std::uint32_t from = partition.boundary(g, part);
            const std::uint32_t c = channel(g, d.channel);
            const double mean = d.rate_Hz * 1e-3 * spec.dt_ms;
            check_drive(spec.populations[g].name, d, mean, quantum[places()[g].block][c]);
            // a law of large mean is the sum of several of smaller ones
            const int n_laws = std::max(1, int(std::ceil(mean / most_poisson_mean)));
            for (int law = 0; law < n_laws && mean > 0; ++law)
                drives.push_back(
                    {partition.slot(part, g, c), partition.boundary(g, part + 1) - from,
                     places_for(partition.boundary(g, part + 1) - from), first_number + from,
                     number++, std::int32_t(std::lround(d.weight / quantum[places()[g].block][c])),
                     steps_of_ms(d.from_ms, spec.dt_ms),
                     d.to_ms >= 1e15 ? INT64_MAX : steps_of_ms(d.to_ms, spec.dt_ms),
                     poisson_table(mean / n_laws)});
        }
        first_number +=
            (places()[g].n + FindOpen::n_neurons - 1) / FindOpen::n_neurons * FindOpen::n_neurons;
    }
    return drives;
}

std::vector<PartSources> SpikingNetwork::Impl::sources_of(int part) const {
    std::vector<PartSources> sources;
    for (std::size_t b = 0; b < wiring.bundles.list.size(); ++b) {
        const Bundle& bundle = wiring.bundles.list[b];
        const int g = bundle.population;
        const std::uint32_t from = partition.boundary(g, part),
                            n = partition.boundary(g, part + 1) - from;
        sources.push_back({places()[g].first + from, n, bundle.first_row + from, int(b), nullptr});
        if (bundle.kind == SynapseKind::emission)
            sources.back().emission =
                make_emission(bundle, spec.populations[g].name, n, spec.dt_ms);
    }
    return sources;
}

std::vector<PartLearning> SpikingNetwork::Impl::learning_of(int part) const {
    std::vector<PartLearning> learning;
    for (const Bundle& bundle : wiring.bundles.list) {
        if (bundle.kind != SynapseKind::plastic) continue;
        const std::size_t k = std::size_t(bundle.projection);
        const int to = population(spec.projections[k].to);
        const std::uint32_t from = partition.boundary(to, part),
                            n_sources = places()[bundle.population].n;
        const PlasticPlace place{&wiring.row[part],
                                 bundle.first_row,
                                 n_sources,
                                 partition.slot(part, to, units.channel[k]),
                                 partition.boundary(to, part + 1) - from,
                                 places()[to].first + from,
                                 from,
                                 units.quantum[k],
                                 spec.dt_ms,
                                 wiring.longest_steps};
        learning.push_back({bundle.first_row, n_sources, bundle.projection,
                            make_plastic_rows(spec.projections[k], place)});
    }
    return learning;
}

void SpikingNetwork::Impl::check_probes() const {
    for (const Probe& probe : options.probes) {
        const int g = population(probe.population);
        if (probe.n_neurons < 1 || probe.n_neurons > places()[g].n || probe.every_steps < 1)
            throw SpecError(fmt::format("a probe of {} wants {} neurons of {}, every {} steps",
                                        probe.population, probe.n_neurons, places()[g].n,
                                        probe.every_steps));
        double value = 0;
        for (int p = 0; p < int(parts.size()); ++p)
            read(p, g, probe.variable, own_among(p, g, 1), now, &value);
    }
}

} // namespace lamina

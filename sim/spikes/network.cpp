#include "sim/spikes/network.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

#include <fmt/format.h>

#include "kernels/cpu/team.hpp"
#include "kernels/poisson_counts.hpp"
#include "models/quantities.hpp"
#include "sim/errors.hpp"
#include "sim/spikes/part.hpp"
#include "sim/spikes/wiring.hpp"

namespace lamina {
namespace {

using Clock = std::chrono::steady_clock;
double seconds(Clock::duration d) { return std::chrono::duration<double>(d).count(); }

constexpr std::int64_t check_every = 100; ///< steps between two looks for values that are no number

/// The smallest power of two in which a weight of this size has at most 32767 quanta.
double quantum_for(double largest) {
    return largest > 0 ? std::exp2(std::ceil(std::log2(largest / most_quanta))) : 1.0;
}

double largest_size(const ValueLaw& law) {
    return std::max(std::fabs(law.smallest()), std::fabs(law.largest()));
}

/// Seconds of one thread in the stages of a step.
struct alignas(64) StageTimes {
    double deliver_s = 0, drive_s = 0, update_s = 0, wait_s = 0;
};

/// A part's bad value and the step before which it was found.
struct Alarm {
    BadValue value;
    std::int64_t step = 0;
};

/// Appends a batch that begins with step `first`.
void keep(const SpikeBatch& batch, std::int64_t first, std::vector<Spike>& spikes) {
    std::size_t i = 0;
    for (std::size_t s = 0; s < batch.end.size(); ++s)
        for (; i < batch.end[s]; ++i) spikes.push_back({first + std::int64_t(s), batch.neurons[i]});
}

} // namespace

struct SpikingNetwork::Impl {
    NetworkSpec spec;
    NetworkOptions options;
    Partition partition;
    Wiring wiring;
    std::vector<std::uint32_t> first_neurons;
    std::vector<Part> parts;
    std::vector<SpikeBatch> batches[2];       ///< [exchange & 1][part]
    std::vector<std::vector<Spike>> recorded; ///< [part]
    std::vector<StageTimes> times;            ///< [thread]
    std::int64_t now = 0, n_exchanges = 0, first_of_batch = 0;
    double build_s = 0;
    std::uint64_t n_spikes = 0;
    bool ring = false;

    Impl(const NetworkSpec&, std::uint64_t seed, const NetworkOptions&);

    int population(const std::string& name) const {
        for (std::size_t g = 0; g < spec.populations.size(); ++g)
            if (spec.populations[g].name == name) return int(g);
        throw SpecError("there is no population `" + name + "`");
    }
    std::uint32_t channel(int g, const std::string& name) const {
        for (const NeuronModelEntry& model : neuron_models()) {
            if (model.name != spec.populations[g].model) continue;
            if (name.empty()) return 0;
            for (std::uint32_t c = 0; c < model.channels.size(); ++c)
                if (model.channels[c] == name) return c;
            throw SpecError(fmt::format("{}: {} has no input `{}`", spec.populations[g].name,
                                        model.name, name));
        }
        throw SpecError(fmt::format("{}: there is no neuron model `{}`", spec.populations[g].name,
                                    spec.populations[g].model));
    }
    void run(int member, std::int64_t n_steps, cpu::Rounds&, std::vector<Alarm>&);
    BadValue find_bad(const Part&) const;
    [[noreturn]] void complain(const Alarm&) const;
};

SpikingNetwork::Impl::Impl(const NetworkSpec& spec_, std::uint64_t seed,
                           const NetworkOptions& options_)
    : spec(spec_), options(options_) {
    const auto start = Clock::now();

    // populations of one model form a block
    std::vector<std::string> models;
    std::vector<PopulationPlace> places;
    std::uint32_t first = 0;
    for (const NeuronPopulationSpec& p : spec.populations) {
        const auto found = std::find(models.begin(), models.end(), p.model);
        const int block = int(found - models.begin());
        if (found == models.end()) models.push_back(p.model);
        places.push_back({first, p.n, block, 1});
        first_neurons.push_back(first);
        first += p.n;
    }
    first_neurons.push_back(first);
    for (std::size_t g = 0; g < places.size(); ++g) {
        (void)channel(int(g), "");
        for (const NeuronModelEntry& model : neuron_models())
            if (model.name == spec.populations[g].model)
                places[g].n_channels = std::uint32_t(model.channels.size());
    }
    partition = Partition(places, int(models.size()), options.n_threads);

    // one quantum for everything that arrives at one channel of one model
    std::vector<std::vector<double>> largest(models.size(), std::vector<double>(8, 0));
    const auto meet = [&](int g, std::uint32_t c, double size) {
        double& most = largest[places[g].block][c];
        most = std::max(most, size);
    };
    WiringUnits units;
    units.dt_ms = spec.dt_ms;
    for (const ProjectionSpec& p : spec.projections) {
        units.channel.push_back(channel(population(p.to), p.channel));
        meet(population(p.to), units.channel.back(), largest_size(p.weight));
    }
    for (std::size_t g = 0; g < spec.populations.size(); ++g)
        for (const PoissonDrive& d : spec.populations[g].drives)
            meet(int(g), channel(int(g), d.channel), std::fabs(d.weight));
    for (auto& block : largest)
        for (double& most : block) most = quantum_for(most);
    for (std::size_t k = 0; k < spec.projections.size(); ++k)
        units.quantum.push_back(
            largest[places[population(spec.projections[k].to)].block][units.channel[k]]);

    wiring = build_wiring(spec, partition, units, seed, options.n_threads);

    // the ring holds all future steps; while it fits beside a thread's caches it is the quicker way
    std::int64_t ring_bytes = 0;
    for (int p = 0; p < partition.n_parts(); ++p)
        ring_bytes = std::max(ring_bytes,
                              std::int64_t(partition.n_slots(p)) * 4 * (wiring.longest_steps + 1));
    ring = options.delivery == Delivery::ring ||
           (options.delivery == Delivery::automatic && ring_bytes <= (std::int64_t(1) << 20));

    const NoiseKey key{seed, 0};
    for (int p = 0; p < partition.n_parts(); ++p) {
        std::vector<std::unique_ptr<NeuronPart>> blocks;
        std::vector<std::uint32_t> first_slot;
        for (int b = 0; b < int(models.size()); ++b) {
            blocks.push_back(make_neuron_part(spec, partition, p, b, largest[b], key));
            first_slot.push_back(partition.block(p, b).first_slot);
        }
        std::vector<DriveRange> drives;
        std::uint32_t first_number = 0; // of the population: whole rows, whoever owns its neurons
        for (int g = 0; g < int(spec.populations.size()); ++g) {
            std::uint32_t number = 0;
            for (const PoissonDrive& d : spec.populations[g].drives) {
                const std::uint32_t from = partition.boundary(g, p);
                const std::uint32_t c = channel(g, d.channel);
                double mean = d.rate_Hz * 1e-3 * spec.dt_ms;
                // a law of large mean is the sum of several of smaller ones
                const int n_laws = std::max(1, int(std::ceil(mean / most_poisson_mean)));
                for (int law = 0; law < n_laws && mean > 0; ++law)
                    drives.push_back(
                        {partition.slot(p, g, c), partition.boundary(g, p + 1) - from,
                         places_for(partition.boundary(g, p + 1) - from), first_number + from,
                         number++,
                         std::int32_t(std::lround(d.weight / largest[places[g].block][c])),
                         steps_of_ms(d.from_ms, spec.dt_ms),
                         d.to_ms >= 1e15 ? INT64_MAX : steps_of_ms(d.to_ms, spec.dt_ms),
                         poisson_table(mean / n_laws)});
            }
            first_number +=
                (places[g].n + FindOpen::n_neurons - 1) / FindOpen::n_neurons * FindOpen::n_neurons;
        }
        parts.emplace_back(std::move(blocks), std::move(first_slot), partition.n_slots(p),
                           wiring.row[p], wiring.longest_steps, ring, std::move(drives), key);
    }
    for (auto& batch : batches) batch.resize(parts.size());
    recorded.resize(parts.size());
    times.resize(std::size_t(options.n_threads));
    build_s = seconds(Clock::now() - start);
}

/// One thread's share of n steps: a round is the steps between two exchanges of spikes.
void SpikingNetwork::Impl::run(int member, std::int64_t n_steps, cpu::Rounds& rounds,
                               std::vector<Alarm>& alarms) {
    const std::int64_t end = now + n_steps, batch = wiring.shortest_steps;
    StageTimes mine;
    auto last = Clock::now();
    const auto lap = [&](double& stage) {
        if (!options.take_times) return;
        const auto here = Clock::now();
        stage += seconds(here - last);
        last = here;
    };
    cpu::Rounds::Turn turn{};
    while (rounds.take(member, options.n_threads, turn)) {
        lap(mine.wait_s);
        const int p = turn.part;
        const std::int64_t exchange = n_exchanges + turn.round;
        const std::int64_t begin = now + turn.round * batch, until = std::min(end, begin + batch);
        Part& part = parts[p];
        SpikeBatch& spikes = batches[exchange & 1][p];
        for (const SpikeBatch& before : batches[(exchange + 1) & 1])
            part.take(before, turn.round == 0 ? first_of_batch : begin - batch);
        spikes.clear();
        for (std::int64_t step = begin; step < until; ++step) {
            part.deliver(step);
            lap(mine.deliver_s);
            part.drive(step);
            lap(mine.drive_s);
            part.advance(step, spikes);
            lap(mine.update_s);
        }
        if (options.record_spikes) keep(spikes, begin, recorded[p]);
        if (until / check_every != begin / check_every || until == end) {
            alarms[p] = {find_bad(part), until};
            if (alarms[p].value.population >= 0) rounds.end_after(turn.round);
        }
        rounds.done();
        lap(mine.update_s);
    }
    times[member].deliver_s += mine.deliver_s;
    times[member].drive_s += mine.drive_s;
    times[member].update_s += mine.update_s;
    times[member].wait_s += mine.wait_s;
}

BadValue SpikingNetwork::Impl::find_bad(const Part& part) const {
    for (int b = 0; b < partition.n_blocks(); ++b) {
        const BadValue bad = part.block(b).find_bad();
        if (bad.population >= 0) return bad;
    }
    return {};
}

void SpikingNetwork::Impl::complain(const Alarm& alarm) const {
    const BadValue& bad = alarm.value;
    throw NumericsError(fmt::format(
        "{} neuron {}: {} is {} at t = {:.1f} ms or up to {} steps before\n  = help: look for a "
        "weight, a drive or a parameter that is too large, or lower dt",
        spec.populations[bad.population].name, bad.neuron, bad.variable,
        std::isnan(bad.value) ? "NaN" : "infinite", double(alarm.step) * spec.dt_ms,
        check_every + wiring.shortest_steps - 1));
}

SpikingNetwork::SpikingNetwork(const NetworkSpec& spec, std::uint64_t seed,
                               const NetworkOptions& options)
    : impl_(std::make_unique<Impl>(spec, seed, options)) {}
SpikingNetwork::~SpikingNetwork() = default;

void SpikingNetwork::advance(std::int64_t n_steps) {
    Impl& net = *impl_;
    if (n_steps <= 0) return;
    const std::int64_t batch = net.wiring.shortest_steps, n = (n_steps + batch - 1) / batch;
    cpu::Rounds rounds(n, int(net.parts.size()));
    std::vector<Alarm> alarms(net.parts.size());
    cpu::run_team(net.options.n_threads, [&](int member) {
        try {
            net.run(member, n_steps, rounds, alarms);
        } catch (...) { // its part will never be done: nobody waits for it
            rounds.end_after(-1);
            throw;
        }
    });
    net.first_of_batch = net.now + (n - 1) * batch;
    net.n_exchanges += n;
    net.now += n_steps;
    for (const Alarm& alarm : alarms)
        if (alarm.value.population >= 0) net.complain(alarm);
}

std::int64_t SpikingNetwork::step() const { return impl_->now; }
double SpikingNetwork::dt_ms() const { return impl_->spec.dt_ms; }
std::uint32_t SpikingNetwork::n_neurons() const { return impl_->partition.n_neurons(); }
const std::vector<std::uint32_t>& SpikingNetwork::first_neurons() const {
    return impl_->first_neurons;
}
const std::vector<std::uint64_t>& SpikingNetwork::synapses() const {
    return impl_->wiring.n_synapses;
}
void SpikingNetwork::record(bool spikes) { impl_->options.record_spikes = spikes; }

std::vector<Spike> SpikingNetwork::take_spikes() {
    std::vector<Spike> all;
    for (std::vector<Spike>& part : impl_->recorded) {
        all.insert(all.end(), part.begin(), part.end());
        part.clear();
    }
    std::sort(all.begin(), all.end());
    return all;
}

std::vector<ProbeSamples> SpikingNetwork::take_samples() {
    return std::vector<ProbeSamples>(impl_->options.probes.size());
}

std::vector<double> SpikingNetwork::read(const std::string& population,
                                         const std::string& variable) const {
    const int g = impl_->population(population);
    const PopulationPlace& place = impl_->partition.populations()[g];
    std::vector<double> values(place.n);
    for (int p = 0; p < int(impl_->parts.size()); ++p)
        impl_->parts[p]
            .block(place.block)
            .read(g, variable, values.data() + impl_->partition.boundary(g, p));
    return values;
}

NetworkCost SpikingNetwork::cost() const {
    const Impl& net = *impl_;
    NetworkCost cost;
    cost.n_neurons = net.partition.n_neurons();
    cost.n_synapses = net.wiring.total();
    cost.n_steps = std::uint64_t(net.now);
    cost.synapse_bytes = net.wiring.bytes();
    cost.build_s = net.build_s;
    for (const Part& part : net.parts) cost.n_events += part.n_events();
    for (const StageTimes& t : net.times) {
        cost.deliver_s += t.deliver_s;
        cost.drive_s += t.drive_s;
        cost.update_s += t.update_s;
        cost.wait_s += t.wait_s;
    }
    cost.ring = net.ring;
    cost.n_parts = int(net.parts.size());
    return cost;
}

} // namespace lamina

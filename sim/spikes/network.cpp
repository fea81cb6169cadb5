#include "sim/spikes/network.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

#include <fmt/format.h>

#include "sim/errors.hpp"
#include "sim/spikes/listener_part.hpp"
#include "sim/spikes/network_impl.hpp"

namespace lamina {
namespace {

using Clock = std::chrono::steady_clock;
double seconds(Clock::duration d) { return std::chrono::duration<double>(d).count(); }

constexpr std::int64_t check_every = 100; ///< steps between two looks for values that are no number

/// Appends a batch that begins with step `first`.
void keep(const SpikeBatch& batch, std::int64_t first, std::vector<Spike>& spikes) {
    std::size_t i = 0;
    for (std::size_t s = 0; s < batch.end.size(); ++s)
        for (; i < batch.end[s]; ++i) spikes.push_back({first + std::int64_t(s), batch.neurons[i]});
}

const std::vector<NeuronVariable>& variables_of(const std::string& model) {
    static const std::vector<NeuronVariable> none;
    const NeuronModelEntry* const entry = find_neuron_model(model);
    return entry ? entry->variables : none;
}

} // namespace

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
    while (rounds.take(member, n_members, turn)) {
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
            if (!options.probes.empty()) sample(p, step);
            lap(mine.update_s);
        }
        if (options.record_spikes) keep(spikes, begin, recorded[p].spikes);
        // whoever goes step by step passes the others soon enough
        if (until / check_every != begin / check_every || (until == end && n_steps > 1)) {
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

void SpikingNetwork::Impl::complain(const Alarm& alarm, std::int64_t steps_before) const {
    const BadValue& bad = alarm.value;
    throw NumericsError(fmt::format(
        "{} neuron {}: {} is {} at t = {:.1f} ms or up to {} steps before\n  = help: look for a "
        "weight, a drive or a parameter that is too large, or lower dt",
        spec.populations[bad.population].name, bad.neuron, bad.variable,
        std::isnan(bad.value) ? "NaN" : "infinite", double(alarm.step) * spec.dt_ms, steps_before));
}

SpikingNetwork::SpikingNetwork(const NetworkSpec& spec, std::uint64_t seed,
                               const NetworkOptions& options)
    : impl_(std::make_unique<Impl>(spec, seed, options)) {}
SpikingNetwork::~SpikingNetwork() = default;

void SpikingNetwork::advance(std::int64_t n_steps) {
    Impl& net = *impl_;
    if (n_steps <= 0) return;
    if (net.device) return net.advance_on_device(n_steps);
    const std::int64_t batch = net.wiring.shortest_steps, n = (n_steps + batch - 1) / batch;
    cpu::Rounds rounds(n, int(net.parts.size()));
    std::vector<Alarm> alarms(net.parts.size());
    cpu::run_team(net.n_members, [&](int member) {
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
        if (alarm.value.population >= 0)
            net.complain(alarm, check_every + net.wiring.shortest_steps - 1);
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
    for (Impl::Recorded& part : impl_->recorded) {
        all.insert(all.end(), part.spikes.begin(), part.spikes.end());
        part.spikes.clear();
    }
    std::sort(all.begin(), all.end());
    return all;
}

std::uint32_t SpikingNetwork::Impl::own_among(int part, int g, std::uint32_t n) const {
    const std::uint32_t from = std::min(n, partition.boundary(g, part));
    return std::min(n, partition.boundary(g, part + 1)) - from;
}

const PartSources* SpikingNetwork::Impl::sources_with(int part, int g,
                                                      const std::string& variable) const {
    // a name that both have, as u of izhikevich, is the neuron's
    for (const NeuronVariable& own : variables_of(spec.populations[g].model))
        if (variable == own.name) return nullptr;
    for (const PartSources& sources : parts[part].sources())
        if (wiring.bundles.list[sources.bundle].population == g && sources.emission &&
            sources.emission->has(variable))
            return &sources;
    return nullptr;
}

void SpikingNetwork::Impl::read(int part, int g, const std::string& variable, std::uint32_t n,
                                std::int64_t step, double* out) const {
    if (const PartSources* const sources = sources_with(part, g, variable))
        for (std::uint32_t i = 0; i < n; ++i) out[i] = sources->emission->read(variable, i, step);
    else
        parts[part].block(places()[g].block).read(g, variable, n, out);
}

void SpikingNetwork::Impl::sample(int part, std::int64_t step) {
    for (std::size_t k = 0; k < options.probes.size(); ++k) {
        const Probe& probe = options.probes[k];
        if ((step + 1) % probe.every_steps != 0) continue;
        const int g = population(probe.population);
        const std::uint32_t n = own_among(part, g, probe.n_neurons);
        std::vector<double>& values = samples[part][k];
        values.resize(values.size() + n);
        read(part, g, probe.variable, n, step, values.data() + (values.size() - n));
    }
}

std::vector<ProbeSamples> SpikingNetwork::take_samples() {
    Impl& net = *impl_;
    std::vector<ProbeSamples> all;
    for (std::size_t k = 0; k < net.options.probes.size(); ++k) {
        const Probe& probe = net.options.probes[k];
        const std::int64_t every = probe.every_steps, before = net.sampled_to[k] / every,
                           n_rows = net.now / every - before;
        ProbeSamples out{(before + 1) * every - 1, probe.n_neurons, {}};
        const int g = net.population(probe.population);
        for (std::int64_t row = 0; row < n_rows; ++row)
            for (int p = 0; p < int(net.parts.size()); ++p) {
                const std::uint32_t n = net.own_among(p, g, probe.n_neurons);
                const auto from = net.samples[p][k].begin() + row * std::int64_t(n);
                out.values.insert(out.values.end(), from, from + n);
            }
        for (auto& part : net.samples) part[k].clear();
        net.sampled_to[k] = net.now;
        all.push_back(std::move(out));
    }
    return all;
}

std::vector<double> SpikingNetwork::read(const std::string& population,
                                         const std::string& variable) const {
    Impl& net = *impl_;
    net.fetch(false);
    const int g = net.population(population);
    std::vector<double> values(net.places()[g].n);
    for (int p = 0; p < int(net.parts.size()); ++p)
        net.read(p, g, variable, net.own_among(p, g, net.places()[g].n), net.now - 1,
                 values.data() + net.partition.boundary(g, p));
    return values;
}

void SpikingNetwork::heard(std::size_t population, float* out) const {
    const Impl& net = *impl_;
    const PopulationPlace& place = net.places().at(population);
    for (int p = 0; p < int(net.parts.size()); ++p) {
        const auto* const part =
            dynamic_cast<const ListenerPart*>(&net.parts[std::size_t(p)].block(place.block));
        if (!part || net.device)
            throw SpecError(net.spec.populations[population].name + " does not listen");
        const std::uint32_t first = net.partition.boundary(int(population), p);
        std::copy_n(part->heard(int(population)),
                    net.partition.boundary(int(population), p + 1) - first, out + first);
    }
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
    if (net.device) {
        cost.n_events = net.n_device_events;
        cost.device_bytes = net.device->bytes();
        cost.synapse_bytes = net.device->synapse_bytes();
        cost.device_path = net.device->path();
    }
    cost.ring = net.ring;
    cost.n_parts = int(net.parts.size());
    return cost;
}

} // namespace lamina

/// How a SpikingNetwork is saved and restored.
///
/// Arrays are in the order of neurons and synapses, never of parts: input on its way is saved as
/// the sums that it will make, so that neither threads nor the way of delivery show.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "sim/errors.hpp"
#include "sim/spikes/network_impl.hpp"

namespace lamina {
namespace {

using Words = std::vector<std::uint64_t>;

std::uint64_t word_of(float x) {
    std::uint32_t bits = 0;
    std::memcpy(&bits, &x, sizeof bits);
    return bits;
}
float float_of(std::uint64_t word) {
    const auto bits = static_cast<std::uint32_t>(word);
    float x = 0;
    std::memcpy(&x, &bits, sizeof x);
    return x;
}

/// @throws SpecError when there is no array of this name and length
const Words& array(const NetworkState& state, const std::string& name, std::size_t n) {
    const auto found = state.arrays.find(name);
    if (found == state.arrays.end() || found->second.size() != n)
        throw SpecError(
            fmt::format("the saved state is of another network: {} should have {} words and has {}",
                        name, n, found == state.arrays.end() ? 0 : found->second.size()));
    return found->second;
}

/// An array of records of `each` words, as many as there are.
const Words& meet_records(const NetworkState& state, const std::string& name, std::size_t each) {
    const auto found = state.arrays.find(name);
    const std::size_t n = found == state.arrays.end() ? each : found->second.size();
    return array(state, name, n / each * each);
}

/// All synapses that learn of one projection, with the part and place of each.
struct Placed {
    LearntSynapse synapse;
    int part;
    std::size_t place; ///< in the part's synapses()
};
std::vector<Placed> in_order(const std::vector<Part>& parts, std::size_t which) {
    std::vector<Placed> all;
    for (int p = 0; p < int(parts.size()); ++p) {
        const auto own = parts[p].learning()[which].rows->synapses();
        for (std::size_t i = 0; i < own.size(); ++i) all.push_back({own[i], p, i});
    }
    // one target lies in one part, so that equal synapses stay in the order of their drawing
    std::stable_sort(all.begin(), all.end(), [](const Placed& a, const Placed& b) {
        const auto key = [](const LearntSynapse& s) {
            return std::tie(s.source, s.delay_steps, s.target);
        };
        return key(a.synapse) < key(b.synapse);
    });
    return all;
}

} // namespace

void SpikingNetwork::Impl::settle() {
    for (Part& part : parts)
        for (const SpikeBatch& before : batches[(n_exchanges + 1) & 1])
            part.take(before, first_of_batch);
    for (SpikeBatch& batch : batches[(n_exchanges + 1) & 1]) batch.clear();
}

std::vector<LearntWeight> SpikingNetwork::learnt_weights(std::size_t projection) const {
    impl_->fetch(true);
    const auto& learning = impl_->parts.at(0).learning();
    for (std::size_t which = 0; which < learning.size(); ++which) {
        if (learning[which].projection != int(projection)) continue;
        const double w_max = largest_learnt_weight(impl_->spec.projections[projection]);
        std::vector<LearntWeight> weights;
        for (const Placed& p : in_order(impl_->parts, which))
            weights.push_back({p.synapse.source, p.synapse.target,
                               p.synapse.delay_steps * impl_->spec.dt_ms,
                               double(p.synapse.share) * w_max});
        return weights;
    }
    throw SpecError(fmt::format("projection {} has no weights that learn", projection));
}

// ------------------------------------------------------------------------------ neurons

namespace {

std::string neurons_name(const NetworkSpec& spec, int g) {
    return "neurons/" + spec.populations[std::size_t(g)].name;
}
std::string coming_name(const NetworkSpec& spec, int g, std::uint32_t channel, std::int64_t d) {
    return fmt::format("coming/{}/{}/{}", spec.populations[std::size_t(g)].name, channel, d);
}
std::string emission_name(std::size_t bundle) { return fmt::format("emission/{}", bundle); }
std::string learning_name(int projection, const char* what) {
    return fmt::format("learning/{}/{}", projection, what);
}

} // namespace

void SpikingNetwork::Impl::save_neurons(NetworkState& state) const {
    for (int g = 0; g < int(spec.populations.size()); ++g) {
        const PopulationPlace& place = places()[g];
        Words& words = state.arrays[neurons_name(spec, g)];
        words.resize(parts[0].block(place.block).n_state_words() * place.n);
        for (int p = 0; p < int(parts.size()); ++p)
            parts[p].block(place.block).save(g, place.n, words.data() + partition.boundary(g, p));
    }
}

void SpikingNetwork::Impl::restore_neurons(const NetworkState& state) {
    for (int g = 0; g < int(spec.populations.size()); ++g) {
        const PopulationPlace& place = places()[g];
        const Words& words = array(state, neurons_name(spec, g),
                                   parts[0].block(place.block).n_state_words() * place.n);
        for (int p = 0; p < int(parts.size()); ++p)
            parts[p]
                .block(place.block)
                .restore(g, place.n, words.data() + partition.boundary(g, p));
    }
}

// ------------------------------------------------------------------------------ input on its way

/// Of each step to come that has some: (neuron, sum) where the sum is not 0.
void SpikingNetwork::Impl::save_coming(NetworkState& state) const {
    for (std::int64_t d = 0; d <= wiring.longest_steps; ++d)
        for (int p = 0; p < int(parts.size()); ++p) {
            const std::vector<std::int32_t> sums = parts[p].coming(now, d);
            for (int g = 0; g < int(spec.populations.size()); ++g)
                for (std::uint32_t c = 0; c < places()[g].n_channels; ++c) {
                    Words words;
                    const std::uint32_t from = partition.boundary(g, p);
                    for (std::uint32_t i = from; i < partition.boundary(g, p + 1); ++i)
                        if (const std::int32_t sum = sums[partition.slot(p, g, c) + i - from])
                            words.push_back(std::uint64_t(i) << 32 | std::uint32_t(sum));
                    if (words.empty()) continue;
                    Words& all = state.arrays[coming_name(spec, g, c, d)];
                    all.insert(all.end(), words.begin(), words.end());
                }
        }
}

void SpikingNetwork::Impl::restore_coming(const NetworkState& state) {
    for (std::int64_t d = 0; d <= wiring.longest_steps; ++d)
        for (int p = 0; p < int(parts.size()); ++p) {
            std::vector<std::int32_t> sums; // none is on its way that was not saved
            for (int g = 0; g < int(spec.populations.size()); ++g)
                for (std::uint32_t c = 0; c < places()[g].n_channels; ++c) {
                    const auto found = state.arrays.find(coming_name(spec, g, c, d));
                    if (found == state.arrays.end()) continue;
                    sums.resize(partition.n_slots(p));
                    const std::uint32_t from = partition.boundary(g, p),
                                        end = partition.boundary(g, p + 1);
                    for (const std::uint64_t word : found->second) {
                        const auto i = std::uint32_t(word >> 32);
                        if (i >= from && i < end)
                            sums[partition.slot(p, g, c) + i - from] = std::int32_t(word);
                    }
                }
            if (!sums.empty()) parts[p].set_coming(now + d, sums);
        }
}

// ------------------------------------------------------------------------------ synapses

void SpikingNetwork::Impl::save_emissions(NetworkState& state) const {
    for (std::size_t b = 0; b < wiring.bundles.list.size(); ++b) {
        if (wiring.bundles.list[b].kind != SynapseKind::emission) continue;
        Words& words = state.arrays[emission_name(b)];
        for (const Part& part : parts)
            for (std::uint32_t i = 0; i < part.sources()[b].n; ++i) {
                words.resize(words.size() + Emission::n_saved);
                part.sources()[b].emission->save(i, &words[words.size() - Emission::n_saved]);
            }
    }
}

void SpikingNetwork::Impl::restore_emissions(const NetworkState& state) {
    for (std::size_t b = 0; b < wiring.bundles.list.size(); ++b) {
        const Bundle& bundle = wiring.bundles.list[b];
        if (bundle.kind != SynapseKind::emission) continue;
        const Words& words =
            array(state, emission_name(b), Emission::n_saved * places()[bundle.population].n);
        const std::uint64_t* at = words.data();
        for (const Part& part : parts)
            for (std::uint32_t i = 0; i < part.sources()[b].n; ++i, at += Emission::n_saved)
                part.sources()[b].emission->restore(i, at);
    }
}

/// Weights and traces. The trace of a source lies in every part that it reaches: it is saved once.
void SpikingNetwork::Impl::save_learning(NetworkState& state) const {
    for (std::size_t k = 0; k < parts[0].learning().size(); ++k) {
        const int projection = parts[0].learning()[k].projection;
        Words &shares = state.arrays[learning_name(projection, "shares")],
              &arrivals = state.arrays[learning_name(projection, "arrivals")],
              &coming = state.arrays[learning_name(projection, "coming")],
              &targets = state.arrays[learning_name(projection, "targets")];
        for (const Placed& placed : in_order(parts, k))
            shares.push_back(word_of(placed.synapse.share));
        std::map<std::pair<std::uint32_t, std::int32_t>, SpikeTrace> traces;
        std::set<ComingArrival> due;
        for (const Part& part : parts) {
            const PlasticRows& rows = *part.learning()[k].rows;
            for (const ArrivalTrace& t : rows.arrival_traces())
                traces[{t.source, t.delay_steps}] = t.x;
            for (const ComingArrival& arrival : rows.coming(now)) due.insert(arrival);
            for (const SpikeTrace& y : rows.target_traces())
                targets.insert(targets.end(), {word_of(y.value), std::uint64_t(y.step)});
        }
        for (const auto& [who, x] : traces)
            arrivals.insert(arrivals.end(), {who.first, std::uint64_t(who.second), word_of(x.value),
                                             std::uint64_t(x.step)});
        for (const ComingArrival& c : due)
            coming.insert(coming.end(),
                          {c.source, std::uint64_t(c.delay_steps), std::uint64_t(c.step)});
    }
}

void SpikingNetwork::Impl::restore_learning(const NetworkState& state) {
    for (std::size_t k = 0; k < parts[0].learning().size(); ++k) {
        const int projection = parts[0].learning()[k].projection;
        const auto saved = [&](const char* what, std::size_t n) -> const Words& {
            return array(state, learning_name(projection, what), n);
        };
        const std::vector<Placed> order = in_order(parts, k);
        const Words &shares = saved("shares", order.size()),
                    &arrivals = meet_records(state, learning_name(projection, "arrivals"), 4),
                    &coming = meet_records(state, learning_name(projection, "coming"), 3);
        std::size_t n_targets = 0;
        for (const Part& part : parts) n_targets += part.learning()[k].rows->target_traces().size();
        const std::uint64_t* target = saved("targets", 2 * n_targets).data();

        std::vector<std::vector<float>> own(parts.size());
        for (std::size_t i = 0; i < order.size(); ++i) {
            std::vector<float>& values = own[std::size_t(order[i].part)];
            values.resize(std::max(values.size(), order[i].place + 1));
            values[order[i].place] = float_of(shares[i]);
        }
        for (std::size_t p = 0; p < parts.size(); ++p) {
            PlasticRows& rows = *parts[p].learning()[k].rows;
            std::vector<SpikeTrace> y(rows.target_traces().size());
            for (SpikeTrace& trace : y) {
                trace = {float_of(target[0]), std::int64_t(target[1])};
                target += 2;
            }
            rows.begin_again(own[p], y);
            for (std::size_t i = 0; i < arrivals.size(); i += 4)
                rows.set_arrival_trace(
                    {std::uint32_t(arrivals[i]),
                     std::int32_t(arrivals[i + 1]),
                     {float_of(arrivals[i + 2]), std::int64_t(arrivals[i + 3])}});
            for (std::size_t i = 0; i < coming.size(); i += 3)
                rows.set_coming({std::int64_t(coming[i + 2]), std::uint32_t(coming[i]),
                                 std::int32_t(coming[i + 1])});
        }
    }
}

// ------------------------------------------------------------------------------ all of it

NetworkState SpikingNetwork::save() {
    impl_->fetch(true);
    impl_->settle();
    NetworkState state;
    state.step = impl_->now;
    impl_->save_neurons(state);
    impl_->save_coming(state);
    impl_->save_emissions(state);
    impl_->save_learning(state);
    return state;
}

/// Before anything is changed: every array has its length, and none is left over.
void SpikingNetwork::Impl::check_state(const NetworkState& state) const {
    std::set<std::string> known;
    const auto meet = [&](const std::string& name, std::size_t n) {
        array(state, name, n);
        known.insert(name);
    };
    for (int g = 0; g < int(spec.populations.size()); ++g) {
        const PopulationPlace& place = places()[g];
        meet(neurons_name(spec, g), parts[0].block(place.block).n_state_words() * place.n);
        for (std::uint32_t c = 0; c < place.n_channels; ++c)
            for (std::int64_t d = 0; d <= wiring.longest_steps; ++d)
                known.insert(coming_name(spec, g, c, d));
    }
    for (std::size_t b = 0; b < wiring.bundles.list.size(); ++b)
        if (const Bundle& bundle = wiring.bundles.list[b]; bundle.kind == SynapseKind::emission)
            meet(emission_name(b), Emission::n_saved * places()[bundle.population].n);
    for (std::size_t k = 0; k < parts[0].learning().size(); ++k) {
        const int projection = parts[0].learning()[k].projection;
        std::size_t n_synapses = 0, n_targets = 0;
        for (const Part& part : parts) {
            const PlasticTables& t = part.learning()[k].rows->tables();
            n_synapses += t.share.size(), n_targets += t.y.size();
        }
        meet(learning_name(projection, "shares"), n_synapses);
        meet(learning_name(projection, "targets"), 2 * n_targets);
        meet_records(state, learning_name(projection, "arrivals"), 4);
        meet_records(state, learning_name(projection, "coming"), 3);
        known.insert({learning_name(projection, "arrivals"), learning_name(projection, "coming")});
    }
    for (const auto& found : state.arrays)
        if (known.count(found.first) == 0)
            throw SpecError("the saved state is of another network: it has " + found.first +
                            ", and this one has no such thing");
}

void SpikingNetwork::restore(const NetworkState& state) {
    Impl& net = *impl_;
    net.check_state(state);
    net.settle(); // nothing of the time before is left in a batch
    net.now = state.step;
    for (std::int64_t& steps : net.sampled_to) steps = state.step;
    for (auto& part : net.samples) // samples that nobody took are of another time
        for (auto& values : part) values.clear();
    for (Impl::Recorded& part : net.recorded) part.spikes.clear();
    for (Part& part : net.parts) part.forget_coming();
    net.restore_neurons(state);
    net.restore_coming(state);
    net.restore_emissions(state);
    net.restore_learning(state);
    net.parts_are_old[0] = net.parts_are_old[1] = false;
    if (net.device) net.device->load(net.flat_state());
}

void SpikingNetwork::begin_trial(const NetworkState& state, std::uint32_t trial) {
    if (impl_->device) throw SpecError("on a device a network has one trial");
    restore(state);
    for (Part& part : impl_->parts) part.set_trial(trial);
}

} // namespace lamina

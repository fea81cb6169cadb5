/// How a SpikingNetwork runs on a device: what was built for this processor is laid flat and
/// carried there, and the parts take its state back when somebody asks for it.
#include <algorithm>
#include <map>
#include <set>

#include "kernels/scatter_spikes.hpp"
#include "sim/errors.hpp"
#include "sim/spikes/network_impl.hpp"
#include "sim/spikes/replay_part.hpp"

namespace lamina {
// ------------------------------------------------------------------------------ what is constant

FlatNetwork SpikingNetwork::Impl::flatten() const {
    FlatNetwork flat;
    flat.seed = seed;
    flat.dt_ms = spec.dt_ms;
    flat.float64 = spec.precision == SpikePrecision::float64;
    flat.n_neurons = partition.n_neurons();
    flat.n_parts = std::uint32_t(partition.n_parts());
    flat.longest_steps = wiring.longest_steps;
    for (int p = 0; p < partition.n_parts(); ++p) {
        flat.part_first_slot.push_back(flat.n_slots);
        flat.n_slots += partition.n_slots(p);
    }
    flatten_neurons(flat);
    flatten_drives(flat);
    flatten_synapses(flat);
    flatten_learning(flat);
    flatten_probes(flat);
    return flat;
}

void SpikingNetwork::Impl::flatten_neurons(FlatNetwork& flat) const {
    for (int b = 0; b < partition.n_blocks(); ++b) {
        FlatModel model;
        model.name =
            spec.populations[std::size_t(partition.block(0, b).ranges.at(0).population)].model;
        model.unit_of_quantum = quantum[std::size_t(b)];
        for (int p = 0; p < partition.n_parts(); ++p) {
            const PartBlock& block = partition.block(p, b);
            for (const PartRange& range : block.ranges) {
                const ModelEpochs epochs = parts[std::size_t(p)].block(b).epochs(range.population);
                model.ranges.push_back(
                    {model.n_places + range.first_in_block, range.n,
                     places()[std::size_t(range.population)].first + range.first,
                     flat.part_first_slot[std::size_t(p)] + block.first_slot + range.first_in_block,
                     block.n, std::uint32_t(model.from_step.size()),
                     std::uint32_t(epochs.from_step.size())});
                model.population.push_back(range.population);
                model.from_step.insert(model.from_step.end(), epochs.from_step.begin(),
                                       epochs.from_step.end());
                model.constants.insert(model.constants.end(), epochs.constants.begin(),
                                       epochs.constants.end());
            }
            model.n_places += block.n;
        }
        // the spikes of spike_times, by step and neuron
        std::set<std::pair<std::int64_t, std::uint32_t>> replayed;
        for (std::size_t g = 0; g < spec.populations.size(); ++g)
            if (places()[g].block == b)
                for (const TimedSpike& s : spec.populations[g].spikes)
                    replayed.insert({step_ending_at_or_after(s.time_ms, spec.dt_ms),
                                     places()[g].first + s.neuron});
        for (const auto& [step, neuron] : replayed) {
            model.replay_step.push_back(step);
            model.replay_neuron.push_back(neuron);
        }
        flat.models.push_back(std::move(model));
    }
}

void SpikingNetwork::Impl::flatten_drives(FlatNetwork& flat) const {
    std::uint32_t n_items = 0;
    for (int p = 0; p < partition.n_parts(); ++p)
        for (const DriveRange& d : drives_of(p)) {
            if (d.n == 0) continue;
            flat.drives.push_back(
                {n_items, d.n, flat.part_first_slot[std::size_t(p)] + d.first_slot, d.first_number,
                 d.drive, d.quanta, std::uint32_t(flat.drive_before.size()),
                 std::uint32_t(d.law.before.size()), std::uint32_t(flat.drive_open_at_least.size()),
                 std::uint32_t(d.law.open_at_least.size()), d.law.first_open, d.from_step,
                 d.to_step});
            flat.drive_before.insert(flat.drive_before.end(), d.law.before.begin(),
                                     d.law.before.end());
            flat.drive_open_at_least.insert(flat.drive_open_at_least.end(),
                                            d.law.open_at_least.begin(), d.law.open_at_least.end());
            n_items += d.n;
        }
}

/// Rows stay as they were built; their beginnings become numbers.
void SpikingNetwork::Impl::flatten_synapses(FlatNetwork& flat) const {
    std::map<const std::uint32_t*, std::uint64_t> offset; // of the pieces they lie in
    std::uint64_t n_words = 0;
    for (const RowMemory& memory : wiring.memory)
        for (const RowMemory::Piece& piece : memory.pieces()) {
            flat.row_pieces.push_back({piece.words, piece.n});
            offset[piece.words] = n_words;
            n_words += piece.n;
        }
    flat.n_rows = wiring.bundles.n_rows;
    for (const auto& rows : wiring.row)
        for (const std::uint32_t* row : rows) {
            if (!row) {
                flat.row_begin.push_back(RowTable::no_row);
                continue;
            }
            const auto piece = std::prev(offset.upper_bound(row));
            flat.row_begin.push_back(piece->second + std::uint64_t(row - piece->first));
        }
    for (std::size_t b = 0; b < wiring.bundles.list.size(); ++b) {
        const Bundle& bundle = wiring.bundles.list[b];
        if (bundle.kind != SynapseKind::emission) continue;
        const PopulationPlace& place = places()[std::size_t(bundle.population)];
        flat.sources.push_back({bundle.synapse.model, parts[0].sources()[b].emission->params(),
                                place.first, place.n, bundle.first_row});
    }
}

void SpikingNetwork::Impl::flatten_learning(FlatNetwork& flat) const {
    for (std::size_t p = 0; p < parts.size(); ++p)
        for (const PartLearning& learning : parts[p].learning()) {
            const ProjectionSpec& projection = spec.projections[std::size_t(learning.projection)];
            const int from = population(projection.from), to = population(projection.to);
            const PlasticTables& t = learning.rows->tables();
            const PlasticRule rule = learning.rows->rule();
            FlatPlastic out;
            out.model = rule.model, out.params = rule.params;
            out.segments = t.segments, out.first_segment = t.first_segment;
            out.segment = t.segment, out.slot = t.slot;
            out.first_onto = t.first_onto, out.onto = t.onto;
            out.first_source = places()[std::size_t(from)].first;
            out.n_sources = learning.n_rows;
            out.first_target = places()[std::size_t(to)].first + partition.boundary(to, int(p));
            out.n_targets = std::uint32_t(t.y.size());
            out.first_slot =
                partition.slot(int(p), to, units.channel[std::size_t(learning.projection)]);
            out.part_slot = flat.part_first_slot[p];
            out.shortest = std::int32_t(wiring.longest_steps), out.longest = 0;
            for (const PlasticSegment& g : t.segments) {
                out.shortest = std::min(out.shortest, g.delay_steps);
                out.longest = std::max(out.longest, g.delay_steps);
            }
            out.quanta_of_share = rule.quanta_of_share;
            out.plus.per_step = rule.plus_per_step, out.minus.per_step = rule.minus_per_step;
            flat.plastic.push_back(std::move(out));
        }
}

void SpikingNetwork::Impl::flatten_probes(FlatNetwork& flat) const {
    for (const Probe& probe : options.probes) {
        const int g = population(probe.population);
        FlatProbe out;
        out.every_steps = probe.every_steps;
        if (const PartSources* const sources = sources_with(0, g, probe.variable)) {
            for (std::size_t s = 0, b = 0; b < wiring.bundles.list.size(); ++b) {
                if (wiring.bundles.list[b].kind != SynapseKind::emission) continue;
                if (int(b) == sources->bundle) out.sources = int(s);
                ++s;
            }
            out.word = sources->emission->word_of(probe.variable);
            for (std::uint32_t i = 0; i < probe.n_neurons; ++i) out.place.push_back(i);
        } else {
            out.model = places()[std::size_t(g)].block;
            out.word = parts[0].block(out.model).word_of(probe.variable);
            const FlatModel& model = flat.models[std::size_t(out.model)];
            for (std::size_t r = 0; r < model.ranges.size(); ++r)
                for (std::uint32_t i = 0; i < model.ranges[r].n; ++i)
                    if (model.population[r] == g && out.place.size() < probe.n_neurons)
                        out.place.push_back(model.ranges[r].first_item + i);
        }
        flat.probes.push_back(std::move(out));
    }
}

// ------------------------------------------------------------------------------ what changes

FlatState SpikingNetwork::Impl::flat_state() const {
    FlatState state;
    state.now = now;
    for (int b = 0; b < partition.n_blocks(); ++b) {
        std::uint32_t n_places = 0;
        for (int p = 0; p < partition.n_parts(); ++p) n_places += partition.block(p, b).n;
        std::vector<std::uint64_t> words(parts[0].block(b).n_state_words() * n_places, 0);
        std::uint32_t first = 0;
        for (int p = 0; p < partition.n_parts(); ++p) {
            for (const PartRange& range : partition.block(p, b).ranges)
                parts[std::size_t(p)].block(b).save(range.population, n_places,
                                                    words.data() + first + range.first_in_block);
            first += partition.block(p, b).n;
        }
        state.neurons.push_back(std::move(words));
    }
    for (std::size_t b = 0; b < wiring.bundles.list.size(); ++b) {
        if (wiring.bundles.list[b].kind != SynapseKind::emission) continue;
        std::vector<std::uint64_t> words;
        for (const Part& part : parts)
            for (std::uint32_t i = 0; i < part.sources()[b].n; ++i) {
                words.resize(words.size() + Emission::n_saved);
                part.sources()[b].emission->save(i, &words[words.size() - Emission::n_saved]);
            }
        state.sources.push_back(std::move(words));
    }
    for (std::int64_t d = 0; d <= wiring.longest_steps; ++d)
        for (const Part& part : parts) {
            const std::vector<std::int32_t> sums = part.coming(now, d);
            state.sums.insert(state.sums.end(), sums.begin(), sums.end());
        }
    // spikes whose arrivals are still to be learnt from
    std::vector<std::set<std::uint32_t>> spikes(std::size_t(wiring.longest_steps));
    for (const Part& part : parts)
        for (const PartLearning& learning : part.learning()) {
            const ProjectionSpec& projection = spec.projections[std::size_t(learning.projection)];
            const std::uint32_t first = places()[std::size_t(population(projection.from))].first;
            for (const ComingArrival& c : learning.rows->coming(now))
                spikes[std::size_t(now - 1 - (c.step - c.delay_steps))].insert(first + c.source);
            const PlasticTables& t = learning.rows->tables();
            FlatState::Learnt learnt{t.share, {}, t.y};
            for (const PlasticSegment& g : t.segments) learnt.arrivals.push_back(g.x);
            state.plastic.push_back(std::move(learnt));
        }
    for (const auto& list : spikes) state.spikes.emplace_back(list.begin(), list.end());
    return state;
}

void SpikingNetwork::Impl::take_state(const FlatState& state, bool all) {
    for (int b = 0; b < partition.n_blocks(); ++b) {
        const std::vector<std::uint64_t>& words = state.neurons[std::size_t(b)];
        std::uint32_t n_places = 0, first = 0;
        for (int p = 0; p < partition.n_parts(); ++p) n_places += partition.block(p, b).n;
        for (int p = 0; p < partition.n_parts(); ++p) {
            for (const PartRange& range : partition.block(p, b).ranges)
                parts[std::size_t(p)].block(b).restore(range.population, n_places,
                                                       words.data() + first + range.first_in_block);
            first += partition.block(p, b).n;
        }
    }
    for (std::size_t b = 0, s = 0; b < wiring.bundles.list.size(); ++b) {
        if (wiring.bundles.list[b].kind != SynapseKind::emission) continue;
        const std::uint64_t* at = state.sources[s++].data();
        for (const Part& part : parts)
            for (std::uint32_t i = 0; i < part.sources()[b].n; ++i, at += Emission::n_saved)
                part.sources()[b].emission->restore(i, at);
    }
    if (!all) return;
    const std::int32_t* sums = state.sums.data();
    for (Part& part : parts) part.forget_coming();
    for (std::int64_t d = 0; d <= wiring.longest_steps; ++d)
        for (int p = 0; p < partition.n_parts(); ++p) {
            parts[std::size_t(p)].set_coming(now + d, {sums, sums + partition.n_slots(p)});
            sums += partition.n_slots(p);
        }
    std::size_t k = 0;
    for (const Part& part : parts)
        for (const PartLearning& learning : part.learning()) {
            const FlatState::Learnt& learnt = state.plastic[k++];
            PlasticTables& t = learning.rows->tables();
            t.share = learnt.share;
            t.y = learnt.y;
            for (std::size_t g = 0; g < t.segments.size(); ++g)
                t.segments[g].x = learnt.arrivals[g];
            learning.rows->forget_coming();
            const ProjectionSpec& projection = spec.projections[std::size_t(learning.projection)];
            const std::uint32_t first = places()[std::size_t(population(projection.from))].first;
            for (std::size_t d = 0; d < state.spikes.size(); ++d)
                for (const std::uint32_t neuron : state.spikes[d]) {
                    const std::uint32_t source = neuron - first;
                    if (neuron < first || source >= learning.n_rows) continue;
                    for (std::uint32_t g = t.first_segment[source]; g < t.first_segment[source + 1];
                         ++g) {
                        const std::int32_t delay = t.segments[g].delay_steps;
                        const std::int64_t step = now - 1 - std::int64_t(d) + delay;
                        if (step >= now) learning.rows->set_coming({step, source, delay});
                    }
                }
        }
}

// ------------------------------------------------------------------------------ running

void SpikingNetwork::Impl::move_to_device() {
    const FlatNetwork flat = flatten();
    device = make_device_network(options.device, flat);
    device->load(flat_state());
    n_synapses.assign(partition.n_neurons(), 0);
    const auto count = [&](std::uint32_t first_row, std::uint32_t first, std::uint32_t n) {
        for (const auto& rows : wiring.row)
            for (std::uint32_t i = 0; i < n; ++i)
                for (const std::uint32_t* row = rows[first_row + i]; row && *row;
                     row += 1 + synapses_in(*row))
                    n_synapses[first + i] += synapses_in(*row);
    };
    count(0, 0, partition.n_neurons());
    for (const Bundle& b : wiring.bundles.list) {
        const PopulationPlace& place = places()[std::size_t(b.population)];
        count(b.first_row, place.first, place.n);
    }
}

void SpikingNetwork::Impl::advance_on_device(std::int64_t n_steps) {
    const std::int64_t end = now + n_steps;
    while (now < end) {
        const std::int64_t n = std::min(device->most_steps(), end - now);
        device->run(n);
        take_run(n);
    }
}

/// The device has run n steps.
void SpikingNetwork::Impl::take_run(std::int64_t n_steps) {
    parts_are_old[0] = parts_are_old[1] = true;
    keep_run(now);
    now += n_steps;
    if (!device->suspect()) return;
    fetch(false);
    for (const Part& part : parts)
        if (const BadValue bad = find_bad(part); bad.population >= 0)
            complain({bad, now}, n_steps - 1);
}

void SpikingNetwork::advance_all(const std::vector<SpikingNetwork*>& networks,
                                 std::int64_t n_steps) {
    std::int64_t left = n_steps;
    while (left > 0 && networks.size() > 1) {
        std::int64_t n = left;
        std::vector<DeviceNetwork*> others;
        for (const SpikingNetwork* network : networks) {
            DeviceNetwork* const device = network->impl_->device.get();
            if (device) n = std::min(n, device->most_steps());
            others.push_back(device);
        }
        DeviceNetwork* const first = others.front();
        others.erase(others.begin());
        if (!first || !first->run_with(others, n)) break;
        for (SpikingNetwork* network : networks) network->impl_->take_run(n);
        left -= n;
    }
    for (SpikingNetwork* network : networks) network->advance(left);
}

/// Spikes and samples of the device's last run, as the parts would have them.
void SpikingNetwork::Impl::keep_run(std::int64_t first_step) {
    std::int64_t step = first_step;
    for (const std::vector<std::uint32_t>& spikes : device->spikes_of_run()) {
        for (const std::uint32_t neuron : spikes) {
            n_device_events += n_synapses[neuron];
            if (options.record_spikes) recorded[0].spikes.push_back({step, neuron});
        }
        ++step;
    }
    const std::vector<std::vector<double>> taken = device->samples_of_run();
    for (std::size_t k = 0; k < taken.size(); ++k) {
        const Probe& probe = options.probes[k];
        const int g = population(probe.population);
        for (auto at = taken[k].begin(); at != taken[k].end();)
            for (int p = 0; p < partition.n_parts(); ++p) {
                const std::uint32_t n = own_among(p, g, probe.n_neurons);
                auto& values = samples[std::size_t(p)][k];
                values.insert(values.end(), at, at + n);
                at += n;
            }
    }
}

void SpikingNetwork::Impl::fetch(bool all) {
    if (!device || !(parts_are_old[0] || (all && parts_are_old[1]))) return;
    FlatState state;
    device->store(state, all);
    take_state(state, all);
    parts_are_old[0] = false;
    if (all) parts_are_old[1] = false;
}

} // namespace lamina

#include "sim/spikes/device/packed_rows.hpp"

#include <algorithm>

#include "kernels/scatter_spikes.hpp"
#include "kernels/synapse_row.hpp"

namespace lamina {
namespace {

/// The neuron and channel of each slot of the network.
struct Slot {
    std::uint32_t neuron, channel;
};

std::vector<Slot> slots_of(const FlatNetwork& net, const FlatModel& model) {
    std::vector<Slot> slots(net.n_slots, Slot{0, 0});
    for (const NeuronRange& r : model.ranges)
        for (std::uint32_t c = 0; c < model.unit_of_quantum.size(); ++c)
            for (std::uint32_t i = 0; i < r.n; ++i)
                if (const std::size_t at = r.first_slot + std::size_t(c) * r.channel_stride + i;
                    at < slots.size())
                    slots[at] = {r.first_neuron + i, c};
    return slots;
}

/// A row's place among the pieces it was built in.
const std::uint32_t* row_at(const FlatNetwork& net, const std::vector<std::uint64_t>& piece_begin,
                            std::uint64_t begin) {
    const auto after = std::upper_bound(piece_begin.begin(), piece_begin.end(), begin);
    const std::size_t piece = std::size_t(after - piece_begin.begin()) - 1;
    return net.row_pieces[piece].words + (begin - piece_begin[piece]);
}

/// visit(slot of the network, delay in steps, quanta) for every synapse of a source.
template <class Visit>
void each_synapse(const FlatNetwork& net, const std::vector<std::uint64_t>& piece_begin,
                  std::uint32_t source, const Visit& visit) {
    for (std::uint32_t part = 0; part < net.n_parts; ++part) {
        const std::uint64_t begin = net.row_begin[std::size_t(part) * net.n_rows + source];
        if (begin == RowTable::no_row) continue;
        std::uint32_t delay = 0;
        for (const std::uint32_t* at = row_at(net, piece_begin, begin); *at != 0;) {
            delay += steps_since(*at);
            const std::uint32_t n = synapses_in(*at++);
            for (std::uint32_t i = 0; i < n; ++i, ++at)
                visit(net.part_first_slot[part] + slot_of(*at), delay, quanta_of(*at));
        }
    }
}

void add_homes(const FlatNetwork& net, const FlatModel& model, PackedNetwork& out) {
    out.homes.resize(net.n_neurons);
    for (const NeuronRange& r : model.ranges)
        for (std::uint32_t i = 0; i < r.n; ++i) {
            NeuronHome& home = out.homes[r.first_neuron + i];
            home = {r.first_item + i,
                    r.first_slot + i,
                    r.channel_stride,
                    r.first_epoch,
                    r.n_epochs,
                    std::uint32_t(out.driven.size()),
                    0};
            for (std::uint32_t d = 0; d < net.drives.size(); ++d)
                for (std::uint32_t c = 0; c < model.unit_of_quantum.size(); ++c) {
                    const std::uint32_t slot = home.slot + c * r.channel_stride,
                                        k = slot - net.drives[d].first_slot;
                    if (slot < net.drives[d].first_slot || k >= net.drives[d].n) continue;
                    out.driven.push_back({d, k, c});
                    ++home.n_drives;
                }
        }
}

} // namespace

const char* refusal_to_pack(const FlatNetwork& net) {
    if (net.models.size() != 1) return "its neurons are of several models";
    if (net.models[0].name == "spike_times") return "its spikes are given";
    if (!net.sources.empty() || !net.plastic.empty()) return "its synapses change";
    if (!net.probes.empty()) return "state variables are recorded";
    if (net.longest_steps >= packed_delays) return "its delays are long";
    return "";
}

PackedNetwork pack(const FlatNetwork& net, std::uint32_t n_own, std::uint32_t n_blocks) {
    const FlatModel& model = net.models[0];
    const std::vector<Slot> slots = slots_of(net, model);
    std::vector<std::uint64_t> piece_begin;
    std::uint64_t n_words = 0;
    for (const FlatNetwork::Piece& piece : net.row_pieces) {
        piece_begin.push_back(n_words);
        n_words += piece.n;
    }
    PackedNetwork out;
    add_homes(net, model, out);

    // how many synapses of each source reach each block
    const std::size_t stride = n_blocks + 1;
    out.offset.assign(net.n_neurons * stride, 0);
    std::vector<std::uint64_t> total(net.n_neurons, 0);
#pragma omp parallel for schedule(dynamic, 64)
    for (std::uint32_t source = 0; source < net.n_neurons; ++source) {
        std::vector<std::uint32_t> count(stride, 0);
        each_synapse(net, piece_begin, source, [&](std::uint32_t slot, std::uint32_t, int) {
            ++count[slots[slot].neuron / n_own + 1];
        });
        for (std::size_t b = 1; b < stride; ++b) {
            count[b] += count[b - 1];
            out.offset[source * stride + b] = std::uint16_t(count[b]);
        }
        total[source] = count.back();
    }
    out.begin.resize(net.n_neurons);
    std::uint64_t n = 0;
    for (std::uint32_t source = 0; source < net.n_neurons; ++source) {
        if (total[source] > 0xffff) return {};
        out.begin[source] = n;
        n += total[source];
    }
    out.words.resize(n + 1); // one that nobody reads: an array is never empty

#pragma omp parallel for schedule(dynamic, 64)
    for (std::uint32_t source = 0; source < net.n_neurons; ++source) {
        const std::uint16_t* const offset = &out.offset[source * stride];
        std::vector<std::uint32_t> next(offset, offset + n_blocks);
        std::uint32_t* const words = out.words.data() + out.begin[source];
        each_synapse(net, piece_begin, source,
                     [&](std::uint32_t slot, std::uint32_t delay, std::int32_t quanta) {
                         const Slot& target = slots[slot];
                         const std::uint32_t block = target.neuron / n_own,
                                             own = target.channel * n_own + target.neuron % n_own;
                         words[next[block]++] = packed_synapse(own, delay, quanta);
                     });
    }
    return out;
}

} // namespace lamina

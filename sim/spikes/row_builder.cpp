#include "sim/spikes/row_builder.hpp"

#include <algorithm>
#include <cstdlib>

#include "kernels/cpu/exec.hpp"
#include "kernels/synapse_row.hpp"
#include "sim/spikes/draw_values.hpp"

namespace lamina {
namespace {

/// Body, one item = one synapse: its word, and the part and delay under which it is sorted.
struct PlaceSynapse {
    const std::uint32_t* target;    ///< [n]
    const float* weight;            ///< [n] in quanta
    const float* delay;             ///< [n] in steps
    std::uint32_t* word;            ///< [n]
    std::uint32_t* key;             ///< [n] part * n_delays + steps
    std::int32_t shortest, longest; ///< steps; single precision may round beyond
    std::uint32_t n_delays;
    int n_parts;
    const std::uint32_t* first; ///< [n_parts] first target of a part
    const std::uint32_t* slot;  ///< [n_parts] slot of target 0, were it the part's

    LAMINA_FN void operator()(std::size_t i) const {
        std::uint32_t part = 0, base = slot[0];
        for (int p = 1; p < n_parts; ++p) {
            const bool beyond = target[i] >= first[p];
            part = beyond ? std::uint32_t(p) : part;
            base = beyond ? slot[p] : base;
        }
        const float w = weight[i];
        const auto quanta = static_cast<std::int32_t>(w + (w < 0 ? -0.5f : 0.5f));
        const auto rounded = static_cast<std::int32_t>(delay[i] + 0.5f);
        const std::int32_t least = rounded < shortest ? shortest : rounded;
        word[i] = synapse_word(base + target[i], quanta);
        key[i] = part * n_delays + static_cast<std::uint32_t>(least > longest ? longest : least);
    }
};

} // namespace

RowBuilder::RowBuilder(std::uint64_t seed, double dt_ms, std::uint32_t n_delays, int n_parts,
                       std::size_t n_projections, std::uint32_t n_neurons)
    : n_synapses(n_projections, 0), largest_sum(n_neurons, 0), memory(std::size_t(n_parts)),
      seed_(seed), dt_ms_(dt_ms), n_delays_(n_delays), n_parts_(n_parts),
      count_(std::size_t(n_delays) * std::size_t(n_parts), 0), next_(count_.size()),
      used_(count_.size() + 1) {}

bool RowBuilder::build(const RowPlan& plan, std::uint32_t i,
                       std::vector<std::vector<const std::uint32_t*>>& rows) {
    n_ = 0;
    for (const PlannedProjection& p : plan.projections) draw(p, plan.first_source + i, i);
    return lay_out(rows, plan.first_row + i);
}

/// Appends the synapses of one projection.
void RowBuilder::draw(const PlannedProjection& p, std::uint32_t source, std::uint32_t i) {
    words_.start(seed_, source, p.number);
    p.connector->targets(i, words_, target_);
    const std::size_t n = target_.size();
    if (word_.size() < n_ + n) {
        const std::size_t room = (n_ + n) + (n_ + n) / 2;
        for (auto* v : {&word_, &key_}) v->resize(room);
        for (auto* v : {&weight_, &delay_}) v->resize(room);
    }
    if (!p.connector->given_weights(i, p.quantum, weight_.data()))
        draw_values(p.spec->weight, p.quantum, words_.of(1, n), weight_.data(), n);
    if (!p.connector->given_delays(i, dt_ms_, delay_.data()))
        draw_values(p.spec->delay_ms, dt_ms_, words_.of(2, n), delay_.data(), n);
    cpu::run_items(0, n,
                   PlaceSynapse{target_.data(), weight_.data(), delay_.data(), word_.data() + n_,
                                key_.data() + n_, p.shortest, p.longest, n_delays_, n_parts_,
                                p.first.data(), p.slot.data()});
    std::uint64_t* const sum = largest_sum.data() + p.first_target;
    for (std::size_t s = 0; s < n; ++s)
        sum[target_[s]] +=
            std::uint64_t(std::max(std::abs(quanta_of(word_[n_ + s])), p.quanta_to_come));
    n_synapses[p.number] += n;
    n_ += n;
}

/// Sorts the synapses by part and delay, those of one key in the order in which they were drawn.
bool RowBuilder::lay_out(std::vector<std::vector<const std::uint32_t*>>& rows, std::uint32_t row) {
    std::uint32_t* const count = count_.data();
    const std::uint32_t* const keys = key_.data();
    std::uint32_t* used_end = used_.data();
    for (std::size_t s = 0; s < n_; ++s) {
        *used_end = keys[s];
        used_end += count[keys[s]]++ == 0;
    }
    std::sort(used_.data(), used_end);
    bool fits = true;
    for (std::uint32_t* begin = used_.data(); begin != used_end;) {
        const std::uint32_t part = *begin / n_delays_;
        std::uint32_t* const end = std::lower_bound(begin, used_end, (part + 1) * n_delays_);
        std::size_t n_words = 1; // the 0 that ends the row
        for (auto key = begin; key != end; ++key) n_words += 1 + count[*key];
        std::uint32_t* at = memory[part].take(n_words);
        rows[part][row] = at;
        std::uint32_t before = part * n_delays_; // key of the segment before
        for (auto key = begin; key != end; ++key) {
            fits = fits && count[*key] <= most_in_segment;
            *at++ = segment_head(*key - before, count[*key]);
            next_[*key] = at;
            at += count[*key];
            before = *key;
        }
        *at = 0;
        n_segments += std::uint64_t(end - begin);
        begin = end;
    }
    std::uint32_t** const next = next_.data();
    const std::uint32_t* const words = word_.data();
    for (std::size_t s = 0; s < n_; ++s) *next[keys[s]]++ = words[s];
    for (const std::uint32_t* key = used_.data(); key != used_end; ++key) count[*key] = 0;
    return fits;
}

} // namespace lamina

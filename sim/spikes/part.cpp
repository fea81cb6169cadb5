#include "sim/spikes/part.hpp"

#include <algorithm>

#include "kernels/cpu/exec.hpp"
#include "kernels/cpu/philox_rows.hpp"

namespace lamina {
namespace {

std::int64_t power_of_two_above(std::int64_t n) {
    std::int64_t p = 1;
    while (p <= n) p *= 2;
    return p;
}

template <int n_entries>
void add_poisson(const DriveRange& d, const std::uint16_t* cells, std::int32_t* sums) {
    AddPoisson<n_entries> body{cells, sums, d.quanta, {}};
    std::fill(std::begin(body.before), std::end(body.before), 0xffff);
    std::copy(d.law.before.begin(), d.law.before.end(), body.before);
    cpu::run_items(0, d.n_places, body);
}

/// With the shortest of some bodies that hold the whole table.
template <int n_entries, int... more>
void add_poisson_of(const DriveRange& d, const std::uint16_t* cells, std::int32_t* sums) {
    if constexpr (sizeof...(more) > 0)
        if (d.law.before.size() > n_entries) return add_poisson_of<more...>(d, cells, sums);
    add_poisson<n_entries>(d, cells, sums);
}

[[gnu::always_inline]] inline void add(const LiveSpike& spike, std::int32_t* sums) {
    if (spike.share == whole_weight)
        add_segment(spike.synapses, spike.n, sums);
    else
        add_scaled_segment(spike.synapses, spike.n, spike.share, sums);
}

} // namespace

Part::Part(PartContents contents, const std::vector<const std::uint32_t*>& rows,
           const PartTiming& timing, const NoiseKey& key)
    : is_(std::move(contents)), rows_(rows), timing_(timing),
      mask_(power_of_two_above(timing.longest_steps) - 1),
      sums_(std::size_t(timing.ring ? mask_ + 1 : 1) * is_.n_slots, 0),
      due_(timing.ring ? 0 : mask_ + 1), key_(key) {}

void Part::take(const SpikeBatch& batch, std::int64_t first_step) {
    std::size_t neuron = 0, emitted = 0;
    for (std::size_t s = 0; s < batch.end.size(); ++s) {
        const std::int64_t step = first_step + std::int64_t(s);
        take_coming(batch.neurons.data() + neuron, batch.end[s] - neuron, step);
        neuron = batch.end[s];
        for (; emitted < batch.emitted_end[s]; ++emitted)
            take_emitted(batch.emitted[emitted], step);
    }
}

void Part::take_coming(const std::uint32_t* neurons, std::size_t n, std::int64_t spike_step) {
    // the beginnings of rows lie anywhere: ask for all before the first is read
    coming_.clear();
    for (std::size_t i = 0; i < n; ++i) {
        const std::uint32_t* const row = rows_[neurons[i]];
        if (row == nullptr) continue;
        __builtin_prefetch(row);
        __builtin_prefetch(row + 16);
        coming_.push_back(row);
    }
    for (const std::uint32_t* row : coming_) take_row(row, whole_weight, spike_step);
}

void Part::take_emitted(const Emitted& emitted, std::int64_t spike_step) {
    for (PartLearning& learning : is_.learning) {
        const std::uint32_t source = emitted.row - learning.first_row;
        if (emitted.row >= learning.first_row && source < learning.n_rows)
            return learning.rows->take(source, spike_step);
    }
    if (const std::uint32_t* const row = rows_[emitted.row])
        take_row(row, emitted.share, spike_step);
}

void Part::take_row(const std::uint32_t* row, std::uint32_t share, std::int64_t spike_step) {
    if (!timing_.ring)
        return due_[(spike_step + steps_since(*row)) & mask_].push_back(
            {row + 1, synapses_in(*row), share});
    for (std::int64_t step = spike_step; *row != 0;) {
        step += steps_since(*row);
        const LiveSpike spike{row + 1, synapses_in(*row), share};
        add(spike, sums_of(step));
        row += 1 + spike.n;
        n_events_ += spike.n;
    }
}

void Part::deliver(std::int64_t step) {
    for (PartLearning& learning : is_.learning) learning.rows->deliver(step, sums_of(step));
    if (!timing_.ring) deliver_due(step);
}

void Part::deliver_due(std::int64_t step) {
    constexpr std::size_t ahead = 8;
    std::vector<LiveSpike>& arriving = due_[step & mask_];
    const LiveSpike* const due = arriving.data(); // delays last a step or more: none joins these
    const std::size_t n_due = arriving.size();
    for (std::size_t i = 0; i < n_due; ++i) {
        if (i + ahead < n_due) {
            const std::uint32_t* const next = due[i + ahead].synapses;
            for (std::uint32_t k = 0; k < due[i + ahead].n; k += 16) __builtin_prefetch(next + k);
        }
        const LiveSpike spike = due[i];
        add(spike, sums_.data());
        n_events_ += spike.n;
        // the segment after it waits for its own time
        const std::uint32_t head = spike.synapses[spike.n];
        if (head == 0) continue;
        // member by member: a whole one would go through the stack, and wait there
        LiveSpike& later = due_[(step + steps_since(head)) & mask_].emplace_back();
        later.synapses = spike.synapses + spike.n + 1;
        later.n = synapses_in(head);
        later.share = spike.share;
    }
    arriving.clear();
    if (restored_.empty()) return;
    std::vector<std::int32_t>& before = restored_[std::size_t(step & mask_)];
    for (std::size_t slot = 0; slot < before.size(); ++slot) sums_[slot] += before[slot];
    before.clear();
}

std::vector<std::int32_t> Part::coming(std::int64_t now, std::int64_t d) const {
    const auto at = std::size_t((now + d) & mask_);
    if (timing_.ring) {
        const auto first = sums_.begin() + std::ptrdiff_t(at * is_.n_slots);
        return {first, first + is_.n_slots};
    }
    std::vector<std::int32_t> sums(is_.n_slots, 0);
    if (!restored_.empty() && !restored_[at].empty()) sums = restored_[at];
    // every live spike, walked up to the step that is asked for
    for (std::int64_t begin = 0; begin <= d; ++begin)
        for (LiveSpike spike : due_[std::size_t((now + begin) & mask_)]) {
            std::int64_t here = begin;
            for (std::uint32_t head = spike.synapses[spike.n]; here < d && head != 0;
                 head = spike.synapses[spike.n]) {
                here += steps_since(head);
                spike = {spike.synapses + spike.n + 1, synapses_in(head), spike.share};
            }
            if (here == d) add(spike, sums.data());
        }
    return sums;
}

void Part::forget_coming() {
    std::fill(sums_.begin(), sums_.end(), 0);
    for (auto& due : due_) due.clear();
    restored_.clear();
}

void Part::set_coming(std::int64_t step, const std::vector<std::int32_t>& sums) {
    if (timing_.ring) {
        std::copy(sums.begin(), sums.end(), sums_of(step));
        return;
    }
    restored_.resize(std::size_t(mask_ + 1));
    restored_[std::size_t(step & mask_)] = sums;
}

void Part::set_trial(std::uint32_t trial) {
    key_.trial = trial;
    for (const auto& block : is_.blocks) block->set_trial(trial);
}

std::uint64_t Part::n_events() const {
    std::uint64_t n = n_events_;
    for (const PartLearning& learning : is_.learning) n += learning.rows->n_events();
    return n;
}

void Part::drive(std::int64_t step) {
    for (const DriveRange& d : is_.drives) {
        if (step < d.from_step || step >= d.to_step) continue;
        constexpr std::size_t together = FindOpen::n_neurons; // as they are drawn
        const std::size_t from = d.first_number / together * together;
        const std::size_t n = d.first_number + d.n - from, n_rows = (n + together - 1) / together;
        cells_.resize(std::max(cells_.size(), (n_rows + 1) * together)); // places behind the last
        open_.resize(std::max(open_.size(), n_rows));
        cpu::random_halves(key_.seed, key_.trial, Stream::drive, std::uint64_t(step), d.drive, from,
                           n, cells_.data());
        std::int32_t* const sums = sums_of(step) + d.first_slot;
        add_poisson_of<2, 4, 6, 8, 10, 12, 16, most_poisson_entries>(
            d, cells_.data() + (d.first_number - from), sums);
        cpu::run_rows(0, n_rows, FindOpen{cells_.data(), d.law.first_open, open_.data()});
        for (std::size_t row = 0; row < n_rows; ++row)
            if (open_[row]) add_open(d, step, from + row * together, sums);
    }
}

/// Corrects what was added for open cells.
/// @param from  number of the first of a row of neurons
void Part::add_open(const DriveRange& d, std::int64_t step, std::size_t from, std::int32_t* sums) {
    const std::size_t end = d.first_number + d.n;
    const std::size_t first = d.first_number / FindOpen::n_neurons * FindOpen::n_neurons;
    for (std::size_t number = std::max<std::size_t>(from, d.first_number);
         number < std::min(from + FindOpen::n_neurons, end); ++number) {
        if (cells_[number - first] < d.law.first_open) continue;
        const std::uint32_t word = philox(key_.seed, key_.trial, Stream::drive_open,
                                          std::uint32_t(number), std::uint64_t(step), d.drive)
                                       .word[0];
        sums[number - d.first_number] += (open_count(d.law, word) - d.law.n_counts) * d.quanta;
    }
}

void Part::advance(std::int64_t step, SpikeBatch& spiking) {
    std::int32_t* const sums = sums_of(step);
    const std::size_t before = spiking.neurons.size();
    for (std::size_t b = 0; b < is_.blocks.size(); ++b) {
        is_.blocks[b]->advance(step, sums + is_.first_slot[b]);
        is_.blocks[b]->collect(spiking.neurons);
    }
    spiking.end.push_back(static_cast<std::uint32_t>(spiking.neurons.size()));
    emit(step, before, spiking);
    for (PartLearning& learning : is_.learning)
        learning.rows->learn(spiking.neurons.data() + before, spiking.neurons.size() - before,
                             step);
}

void Part::emit(std::int64_t step, std::size_t first, SpikeBatch& spiking) {
    for (PartSources& sources : is_.sources)
        for (std::size_t k = first; k < spiking.neurons.size(); ++k) {
            const std::uint32_t neuron = spiking.neurons[k], i = neuron - sources.first_neuron;
            if (neuron < sources.first_neuron || i >= sources.n) continue;
            const std::uint32_t share =
                sources.emission ? sources.emission->emit(i, step) : whole_weight;
            spiking.emitted.push_back({sources.first_row + i, share});
        }
    spiking.emitted_end.push_back(static_cast<std::uint32_t>(spiking.emitted.size()));
}

} // namespace lamina

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

} // namespace

Part::Part(std::vector<std::unique_ptr<NeuronPart>> blocks, std::vector<std::uint32_t> first_slot,
           std::uint32_t n_slots, const std::vector<const std::uint32_t*>& rows,
           std::int64_t longest_steps, bool ring, std::vector<DriveRange> drives,
           const NoiseKey& key)
    : blocks_(std::move(blocks)), first_slot_(std::move(first_slot)), n_slots_(n_slots),
      rows_(rows), mask_(power_of_two_above(longest_steps) - 1), ring_(ring),
      sums_(std::size_t(ring ? mask_ + 1 : 1) * n_slots, 0), due_(ring ? 0 : mask_ + 1),
      drives_(std::move(drives)), key_(key) {}

void Part::take(const SpikeBatch& batch, std::int64_t first_step) {
    std::size_t i = 0;
    for (std::size_t s = 0; s < batch.end.size(); ++s) {
        // the beginnings of rows lie anywhere: ask for all before the first is read
        coming_.clear();
        for (; i < batch.end[s]; ++i) {
            const std::uint32_t* const row = rows_[batch.neurons[i]];
            if (row == nullptr) continue;
            __builtin_prefetch(row);
            __builtin_prefetch(row + 16);
            coming_.push_back(row);
        }
        const std::int64_t step = first_step + std::int64_t(s);
        for (const std::uint32_t* row : coming_) {
            if (ring_)
                add_row(row, step);
            else
                due_[(step + steps_since(*row)) & mask_].push_back({row + 1, synapses_in(*row)});
        }
    }
}

void Part::add_row(const std::uint32_t* row, std::int64_t spike_step) {
    for (std::int64_t step = spike_step; *row != 0;) {
        step += steps_since(*row);
        const std::uint32_t n = synapses_in(*row);
        add_segment(row + 1, n, sums_of(step));
        row += 1 + n;
        n_events_ += n;
    }
}

void Part::deliver(std::int64_t step) {
    if (ring_) return;
    constexpr std::size_t ahead = 8;
    std::vector<LiveSpike>& due = due_[step & mask_];
    for (std::size_t i = 0; i < due.size(); ++i) {
        if (i + ahead < due.size()) {
            const std::uint32_t* const next = due[i + ahead].synapses;
            for (std::uint32_t k = 0; k < due[i + ahead].n; k += 16) __builtin_prefetch(next + k);
        }
        const LiveSpike spike = due[i];
        add_segment(spike.synapses, spike.n, sums_.data());
        n_events_ += spike.n;
        // the segment after it waits for its own time
        const std::uint32_t head = spike.synapses[spike.n];
        if (head != 0)
            due_[(step + steps_since(head)) & mask_].push_back(
                {spike.synapses + spike.n + 1, synapses_in(head)});
    }
    due.clear();
}

void Part::drive(std::int64_t step) {
    for (const DriveRange& d : drives_) {
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
    for (std::size_t b = 0; b < blocks_.size(); ++b) {
        blocks_[b]->advance(step, sums + first_slot_[b]);
        blocks_[b]->collect(spiking.neurons);
    }
    spiking.end.push_back(static_cast<std::uint32_t>(spiking.neurons.size()));
}

} // namespace lamina

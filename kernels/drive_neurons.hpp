/// Body, one item = one neuron of one external drive on a device: adds the Poisson spikes of this
/// step. The law's table, the bits and so the counts are those of poisson_counts.hpp.
#pragma once

#include "kernels/philox.hpp"
#include "kernels/spike_ring.hpp"

namespace lamina {

/// External spikes onto a run of neurons; the tables of its law lie among those of all.
struct DriveTable {
    std::uint32_t first_item, n;
    std::uint32_t first_slot;
    std::uint32_t first_number, drive; ///< of the random numbers (DriveRange)
    std::int32_t quanta;
    std::uint32_t first_before, n_before; ///< the last cells before those of 1, 2, ... spikes
    std::uint32_t first_open_count, n_open_counts;
    std::uint32_t first_open; ///< cell
    std::int64_t from_step, to_step;
};

/// The drives of a network, and when and from which seed their spikes are drawn.
struct DriveTables {
    const DriveTable* drives;
    std::uint32_t n_drives;
    const std::uint16_t* before;
    const std::uint32_t* open_at_least;
    std::uint64_t seed;
    std::uint32_t trial;

    /// What neuron i of a drive receives in a step, in quanta.
    LAMINA_FN std::int32_t quanta(const DriveTable& d, std::uint32_t i, std::int64_t step) const {
        if (step < d.from_step || step >= d.to_step) return 0;
        const std::uint32_t number = d.first_number + i;
        const std::uint16_t cell = random_half(seed, trial, Stream::drive,
                                               static_cast<std::uint64_t>(step), d.drive, number);
        std::int32_t n = 0;
        if (cell < d.first_open) {
            for (std::uint32_t k = 0; k < d.n_before; ++k)
                n += cell > before[d.first_before + k] ? 1 : 0;
        } else {
            const std::uint32_t word = philox(seed, trial, Stream::drive_open, number,
                                              static_cast<std::uint64_t>(step), d.drive)
                                           .word[0];
            for (std::uint32_t k = 0; k < d.n_open_counts; ++k)
                n += word < open_at_least[d.first_open_count + k] ? 1 : 0;
        }
        return n * d.quanta;
    }
};

struct DriveNeurons {
    DriveTables tables;
    SumRing input;
    const std::int64_t* now;

    LAMINA_FN void operator()(std::size_t item) const {
        const auto place = static_cast<std::uint32_t>(item);
        const DriveTable& d = range_of(tables.drives, tables.n_drives, place);
        const std::uint32_t i = place - d.first_item;
        const std::int32_t quanta = tables.quanta(d, i, *now);
        if (quanta != 0) atomic_add(&input.of_step(*now)[d.first_slot + i], quanta);
    }
};

} // namespace lamina

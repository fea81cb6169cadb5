/// Body, one row = one group of neurons: how many of them have spiked.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/portable.hpp"

namespace lamina {

struct CountSpikes {
    const std::uint8_t* spiked; ///< [n_groups, n_neurons] 0 or 1
    std::size_t n_neurons;
    std::uint32_t* n_spikes; ///< [n_groups]

    template <class Lanes> LAMINA_FN void operator()(std::size_t group, const Lanes& lanes) const {
        const std::uint8_t* const own = spiked + group * n_neurons;
        const auto first = std::size_t(lanes.first()), count = std::size_t(lanes.count());
        std::uint32_t sum = 0;
        for (std::size_t i = first; i < n_neurons; i += count) sum += own[i];
        sum = lanes.sum(sum);
        if (first == 0) n_spikes[group] = sum;
    }
};

} // namespace lamina

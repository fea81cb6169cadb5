/// Body, one item = one bursting cell of a column: background spikes of its own on soma and
/// dendrite, currents into both, one step, and whether a spike, an event or a burst came of it.
///
/// An event is a spike behind more than `reach` steps of silence, a burst an event's second spike
/// within them; further spikes are neither.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/soa.hpp"
#include "kernels/unroll.hpp"

namespace lamina {

template <class Model, class Real> struct StepBurstCells {
    /// What a cell remembers of its train.
    struct Train {
        std::int32_t since_steps; ///< since its last spike, at most reach + 1
        std::int32_t open;        ///< that was an event, and its second spike may come
    };

    SoaView<typename Model::State> state; ///< [n]
    SoaView<Train> train;                 ///< [n]
    const std::int32_t* background;       ///< [n_channels, background_stride] spikes of this step
    std::size_t background_stride;
    const Real *soma_mV, *dendrite_mV;   ///< [n] integrals of the currents over C
    std::uint8_t *spike, *event, *burst; ///< [n]
    std::int32_t reach;
    Real weight_nS[Model::n_channels]; ///< of a background spike
    typename Model::Constants constants;

    LAMINA_FN void operator()(std::size_t cell) const {
        Real arriving_nS[Model::n_channels];
        LAMINA_UNROLL
        for (int channel = 0; channel < Model::n_channels; ++channel)
            arriving_nS[channel] =
                Real(background[std::size_t(channel) * background_stride + cell]) *
                weight_nS[channel];
        auto s = state.load(cell);
        const bool spiked =
            Model::step(s, arriving_nS, constants, soma_mV[cell], dendrite_mV[cell]);
        const std::int32_t spikes = spiked ? 1 : 0;
        state.store(cell, s);

        // without branches, which would keep cells from sharing a register
        Train t = train.load(cell);
        const std::int32_t since = t.since_steps > reach ? reach + 1 : t.since_steps + 1;
        const std::int32_t begins = since > reach ? spikes : 0;
        spike[cell] = std::uint8_t(spikes);
        event[cell] = std::uint8_t(begins);
        burst[cell] = std::uint8_t((spikes - begins) & t.open);
        t.since_steps = spikes != 0 ? 0 : since;
        t.open = spikes != 0 ? begins : t.open;
        train.store(cell, t);
    }
};

} // namespace lamina

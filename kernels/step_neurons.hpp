/// Body, one item = one neuron: consumes the input that has arrived, advances by one step, notes
/// whether it spiked.
///
/// Arriving input is a sum of whole quanta: integers add up to the same sum in any order, so that
/// neither threads nor the order of synapses show in a result. It is cleared as it is read.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/soa.hpp"

namespace lamina {

template <class Model, class Real> struct StepNeurons {
    static constexpr std::size_t n_channels = Model::n_channels;

    SoaView<typename Model::State> state; ///< [n]
    std::int32_t* quanta;                 ///< [n_channels, stride] arriving input
    Real unit_of_quantum[n_channels];     ///< e.g. pA; a power of two
    const std::uint32_t* words;           ///< [n_draws, words_stride] random words of this step
    std::size_t words_stride;
    std::uint8_t* spiked; ///< [n]
    typename Model::Constants constants;

    LAMINA_FN void operator()(std::size_t neuron) const {
        Real arriving[n_channels];
        for (std::size_t c = 0; c < n_channels; ++c) {
            std::int32_t& sum = quanta[c * state.stride + neuron];
            arriving[c] = static_cast<Real>(sum) * unit_of_quantum[c];
            sum = 0;
        }
        auto s = state.load(neuron);
        if constexpr (Model::n_draws == 0) {
            spiked[neuron] = Model::step(s, arriving, constants);
        } else {
            std::uint32_t draw[Model::n_draws];
            for (int k = 0; k < Model::n_draws; ++k) draw[k] = words[k * words_stride + neuron];
            spiked[neuron] = Model::step(s, arriving, constants, draw);
        }
        state.store(neuron, s);
    }
};

} // namespace lamina

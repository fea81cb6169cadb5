/// Body, one item = one place of a model's neurons on a device: consumes the input of this step,
/// advances, notes who spikes. The same equations, in the same order, as step_neurons.hpp has for
/// a processor, where the range is known before the loop.
#pragma once

#include "kernels/philox.hpp"
#include "kernels/soa.hpp"
#include "kernels/spike_ring.hpp"

namespace lamina {

/// Neighbours of one population that lie side by side, and where their input arrives.
struct NeuronRange {
    std::uint32_t first_item; ///< place of its first neuron
    std::uint32_t n;
    std::uint32_t first_neuron; ///< in the network
    std::uint32_t first_slot, channel_stride;
    std::uint32_t first_epoch, n_epochs; ///< its constants, by the step from which on they hold
};

/// The constants of a model's populations, each with the step from which on it holds.
template <class Model> struct Epochs {
    const std::int64_t* from_step;
    const typename Model::Constants* constants;

    LAMINA_FN typename Model::Constants at(std::uint32_t first, std::uint32_t n,
                                           std::int64_t step) const {
        std::uint32_t epoch = first;
        for (std::uint32_t k = first + 1; k < first + n; ++k)
            if (from_step[k] <= step) epoch = k;
        if constexpr (Model::timed)
            return Model::at(constants[epoch], step);
        else
            return constants[epoch];
    }
};

/// Where random numbers inside neurons come from.
struct NoiseSource {
    std::uint64_t seed;
    std::uint32_t trial;
};

/// One step of one neuron, with the words of step_neurons.hpp; true when it spikes.
template <class Model, class Real>
LAMINA_FN bool step_neuron(typename Model::State& s, const Real* arriving,
                           const typename Model::Constants& constants, const NoiseSource& noise,
                           std::int64_t step, std::uint32_t neuron) {
    if constexpr (Model::n_draws == 0) {
        return Model::step(s, arriving, constants);
    } else {
        std::uint32_t draw[Model::n_draws];
        for (int k = 0; k < Model::n_draws; ++k)
            draw[k] = random_word(noise.seed, noise.trial, Stream::neuron_noise,
                                  static_cast<std::uint64_t>(step), static_cast<std::uint32_t>(k),
                                  neuron);
        return Model::step(s, arriving, constants, draw);
    }
}

template <class Model, class Real> struct AdvanceNeurons {
    SoaView<typename Model::State> state; ///< [places]
    const NeuronRange* ranges;
    std::uint32_t n_ranges;
    Epochs<Model> epochs;
    Real unit_of_quantum[Model::n_channels];
    SumRing input;
    StepLists<std::uint32_t> spikes;
    const std::int64_t* now;
    NoiseSource noise;

    LAMINA_FN void operator()(std::size_t item) const {
        const auto place = static_cast<std::uint32_t>(item);
        const NeuronRange& range = range_of(ranges, n_ranges, place);
        const std::uint32_t i = place - range.first_item;
        if (i >= range.n) return;
        const std::int64_t step = *now;

        std::int32_t* const sums = input.of_step(step) + range.first_slot + i;
        Real arriving[Model::n_channels];
        for (int c = 0; c < Model::n_channels; ++c) {
            std::int32_t& sum = sums[static_cast<std::size_t>(c) * range.channel_stride];
            arriving[c] = static_cast<Real>(sum) * unit_of_quantum[c];
            sum = 0;
        }
        auto s = state.load(place);
        const bool spikes_now =
            step_neuron<Model>(s, arriving, epochs.at(range.first_epoch, range.n_epochs, step),
                               noise, step, range.first_neuron + i);
        state.store(place, s);
        if (spikes_now) spikes.add(step, range.first_neuron + i);
    }
};

/// Body, one item = one word of a state: whether it may hold a number that is none. Counts may seem
/// to; whoever is told looks again.
template <class Word> struct SuspectWords {
    const Word* words;
    std::uint32_t* found;

    LAMINA_FN void operator()(std::size_t i) const {
        constexpr Word exponent =
            sizeof(Word) == 4 ? Word(0x7f800000u) : Word(0x7ff0000000000000ull);
        if ((words[i] & exponent) == exponent) *found = 1;
    }
};

/// Body, one item = one spike that is replayed (model spike_times) in this step, or one slot of
/// those who replay, whose input is ignored.
struct ReplaySpikes {
    const std::int64_t* at_step; ///< [n_spikes] in order
    const std::uint32_t* neuron; ///< [n_spikes]
    std::uint32_t n_spikes;
    const NeuronRange* ranges;
    std::uint32_t n_ranges;
    SumRing input;
    StepLists<std::uint32_t> spikes;
    const std::int64_t* now;

    LAMINA_FN void operator()(std::size_t item) const {
        const std::int64_t step = *now;
        const auto place = static_cast<std::uint32_t>(item);
        const NeuronRange& range = range_of(ranges, n_ranges, place);
        const std::uint32_t i = place - range.first_item;
        if (i >= range.n) return;
        input.of_step(step)[range.first_slot + i] = 0;
        // is there a spike (step, neuron)? those of one step are few and in order
        const std::uint32_t self = range.first_neuron + i;
        std::uint32_t first = 0, last = n_spikes;
        while (first < last) {
            const std::uint32_t middle = first + (last - first) / 2;
            const bool before =
                at_step[middle] < step || (at_step[middle] == step && neuron[middle] < self);
            if (before)
                first = middle + 1;
            else
                last = middle;
        }
        if (first < n_spikes && at_step[first] == step && neuron[first] == self)
            spikes.add(step, self);
    }
};

} // namespace lamina

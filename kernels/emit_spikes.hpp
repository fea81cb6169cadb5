/// Block body, one thread = one spike of this step: what the synapses of one bundle make of it
/// (short-term plasticity). The state of a source is brought forward only when it spikes.
#pragma once

#include "kernels/spike_ring.hpp"
#include "kernels/synapse_row.hpp"

namespace lamina {

/// A source's state behind its last spike.
template <class Model> struct SourceState {
    typename Model::State state;
    std::int64_t at_step;

    LAMINA_FN typename Model::State at_end_of(std::int64_t step, const typename Model::Params& p,
                                              double dt_ms) const {
        return Model::relaxed(state, p, double(step - at_step) * dt_ms);
    }
    /// A spike at the end of a step: the share of its weights with which it acts.
    LAMINA_FN std::uint32_t emit(std::int64_t step, const typename Model::Params& p, double dt_ms) {
        state = at_end_of(step, p, dt_ms);
        at_step = step;
        return share_of_weight(Model::emit(state, p));
    }
};

template <class Model> struct EmitSpikes {
    SourceState<Model>* sources; ///< [n]
    std::uint32_t first_neuron, n, first_row;
    typename Model::Params params;
    double dt_ms;
    StepLists<std::uint32_t> spikes;
    StepLists<EmittedSpike> emitted;
    const std::int64_t* now;

    template <class Block> LAMINA_FN void operator()(const Block& block) const {
        const std::int64_t step = *now;
        const std::uint32_t n_spikes = spikes.count[spikes.place(step)];
        const std::uint32_t* const list = spikes.of_step(step);
        for (auto k =
                 static_cast<std::uint32_t>(block.index() * block.n_threads() + block.thread());
             k < n_spikes; k += static_cast<std::uint32_t>(block.count() * block.n_threads())) {
            const std::uint32_t i = list[k] - first_neuron;
            if (list[k] < first_neuron || i >= n) continue;
            emitted.add(step, {first_row + i, sources[i].emit(step, params, dt_ms)});
        }
    }
};

} // namespace lamina

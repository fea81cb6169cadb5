/// Synapses that learn, on a device: the arrivals of a step change weights by the traces of their
/// targets and act; the spikes of a step change weights by the traces of their arrivals. Each
/// synapse has one source and one target, so that no two threads meet at a weight.
#pragma once

#include "kernels/block.hpp"
#include "kernels/math.hpp"
#include "kernels/spike_ring.hpp"

namespace lamina {

/// What spikes have left, at the end of a step.
struct SpikeTrace {
    float value = 0;
    std::int64_t step = 0;
};

/// The synapses of one source with one delay onto one part, and the trace of their arrivals.
struct PlasticSegment {
    std::uint32_t source, first, n;
    std::int32_t delay_steps;
    SpikeTrace x;
};

/// exp(-n dt / tau) of a trace by the steps since.
struct TraceDecay {
    double per_step; ///< dt / tau

    LAMINA_FN float of(std::int64_t n_steps) const {
        return static_cast<float>(math::exp(-static_cast<double>(n_steps) * per_step));
    }
    LAMINA_FN float at(const SpikeTrace& trace, std::int64_t now) const {
        return trace.value * of(now - trace.step);
    }
    LAMINA_FN SpikeTrace meet(const SpikeTrace& trace, std::int64_t now) const {
        return {at(trace, now) + 1, now};
    }
};

/// The synapses of one projection onto the neurons of one part.
template <class Model> struct PlasticView {
    PlasticSegment* segments;
    const std::uint32_t* first_segment;                             ///< [n_sources + 1]
    const std::uint16_t* slot;                                      ///< [synapse]
    const std::uint32_t* segment;                                   ///< [synapse]
    float* share;                                                   ///< [synapse] weight / w_max
    const std::uint32_t* first_onto;                                ///< [n_targets + 1]
    const std::uint32_t* onto;                                      ///< synapses onto each target
    SpikeTrace* y;                                                  ///< [n_targets]
    std::uint32_t first_source, n_sources, first_target, n_targets; ///< neurons of the network
    std::uint32_t first_slot;       ///< of target 0, within the part
    std::uint32_t part_slot;        ///< of the part among all slots
    std::int32_t shortest, longest; ///< delays in steps
    float quanta_of_share;
    TraceDecay plus, minus;
    typename Model::Params params;
};

/// Block body, a warp = one spike of one earlier step: its segment that arrives now.
template <class Model> struct ArriveToLearn {
    PlasticView<Model> p;
    SumRing input;
    StepLists<std::uint32_t> spikes;
    const std::int64_t* now;

    template <class Block> LAMINA_FN void operator()(const Block& block) const {
        const auto lanes = block.lanes();
        const std::int64_t step = *now;
        for (std::int32_t delay = p.shortest; delay <= p.longest && delay <= step; ++delay) {
            const std::uint32_t n = spikes.count[spikes.place(step - delay)];
            const std::uint32_t* const list = spikes.of_step(step - delay);
            for (std::uint32_t k = warp_of(block); k < n; k += n_warps_of(block)) {
                const std::uint32_t source = list[k] - p.first_source;
                if (list[k] < p.first_source || source >= p.n_sources) continue;
                for (std::uint32_t g = p.first_segment[source]; g < p.first_segment[source + 1];
                     ++g)
                    if (p.segments[g].delay_steps == delay) arrive(p.segments[g], step, lanes);
            }
        }
    }

    template <class Lanes>
    LAMINA_FN void arrive(PlasticSegment& segment, std::int64_t step, const Lanes& lanes) const {
        std::int32_t* const sums = input.of_step(step) + p.part_slot;
        for (std::uint32_t s = segment.first + static_cast<std::uint32_t>(lanes.first());
             s < segment.first + segment.n; s += static_cast<std::uint32_t>(lanes.count())) {
            const float y = p.minus.at(p.y[p.slot[s] - p.first_slot], step);
            const float share = Model::depressed(p.share[s], y, p.params);
            p.share[s] = share;
            atomic_add(&sums[p.slot[s]],
                       static_cast<std::int32_t>(share * p.quanta_of_share + 0.5f));
        }
        if (lanes.first() == 0) segment.x = p.plus.meet(segment.x, step);
    }
};

/// Block body, a warp = one spike of this step: the synapses onto who spiked.
template <class Model> struct LearnFromSpikes {
    PlasticView<Model> p;
    StepLists<std::uint32_t> spikes;
    const std::int64_t* now;

    template <class Block> LAMINA_FN void operator()(const Block& block) const {
        const auto lanes = block.lanes();
        const std::int64_t step = *now;
        const std::uint32_t n = spikes.count[spikes.place(step)];
        const std::uint32_t* const list = spikes.of_step(step);
        for (std::uint32_t k = warp_of(block); k < n; k += n_warps_of(block)) {
            const std::uint32_t target = list[k] - p.first_target;
            if (list[k] < p.first_target || target >= p.n_targets) continue;
            for (std::uint32_t i = p.first_onto[target] + static_cast<std::uint32_t>(lanes.first());
                 i < p.first_onto[target + 1]; i += static_cast<std::uint32_t>(lanes.count())) {
                const std::uint32_t s = p.onto[i];
                const SpikeTrace& x = p.segments[p.segment[s]].x;
                p.share[s] = Model::potentiated(p.share[s], p.plus.at(x, step), p.params);
            }
            if (lanes.first() == 0) p.y[target] = p.minus.meet(p.y[target], step);
        }
    }
};

} // namespace lamina

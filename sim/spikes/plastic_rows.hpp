/// The synapses of one projection that learn, onto the neurons of one part.
///
/// An arrival (a segment is due) changes the weights of its synapses by the traces of their
/// targets, adds them to the sums, and then leaves its own trace; a spike of a target changes the
/// weights of all synapses onto it by the traces of their arrivals. Traces are brought forward when
/// they are asked for: a step without spikes costs nothing.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "kernels/learn_spikes.hpp"
#include "sim/spikes/network_spec.hpp"

namespace lamina {

/// One synapse that learns, as it is now.
struct LearntSynapse {
    std::uint32_t source, target; ///< within their populations
    std::int32_t delay_steps;
    float share; ///< weight / w_max
};

/// The trace of the arrivals of one source with one delay, wherever its targets are.
struct ArrivalTrace {
    std::uint32_t source;
    std::int32_t delay_steps;
    SpikeTrace x;
};

/// An arrival that is on its way.
struct ComingArrival {
    std::int64_t step; ///< of arrival
    std::uint32_t source;
    std::int32_t delay_steps;

    bool operator<(const ComingArrival& b) const {
        return std::tie(step, source, delay_steps) < std::tie(b.step, b.source, b.delay_steps);
    }
};

/// The synapses of one projection onto one part, by source and delay, and what they have learnt.
struct PlasticTables {
    std::vector<PlasticSegment> segments;
    std::vector<std::uint32_t> first_segment;    ///< [sources + 1]
    std::vector<std::uint16_t> slot;             ///< [synapse]
    std::vector<std::uint32_t> segment;          ///< [synapse]
    std::vector<float> share;                    ///< [synapse] weight / w_max
    std::vector<std::uint32_t> first_onto, onto; ///< synapses onto each target
    std::vector<SpikeTrace> y;                   ///< [target]
};

/// What the model makes of them: how a device computes the same.
struct PlasticRule {
    std::string model;
    std::vector<unsigned char> params; ///< the model's Params
    float quanta_of_share;
    double plus_per_step, minus_per_step; ///< dt / tau of the traces
};

class PlasticRows {
  public:
    virtual ~PlasticRows() = default;
    virtual PlasticTables& tables() = 0;
    virtual PlasticRule rule() const = 0;
    /// A source spiked at the end of a step.
    virtual void take(std::uint32_t source, std::int64_t step) = 0;
    /// The arrivals of a step: weights change, then act on the step's sums.
    virtual void deliver(std::int64_t step, std::int32_t* sums) = 0;
    /// Neurons, in the network's numbers, that spiked at the end of a step; others are passed over.
    virtual void learn(const std::uint32_t* spiking, std::size_t n, std::int64_t step) = 0;
    virtual std::uint64_t n_events() const = 0;

    /// By source, delay and target; those of a pair with equal delays in the order of their
    /// drawing.
    virtual std::vector<LearntSynapse> synapses() const = 0;
    virtual std::vector<ArrivalTrace> arrival_traces() const = 0; ///< those that are not 0
    virtual std::vector<SpikeTrace> target_traces() const = 0;    ///< [target of the part]
    /// Of step `now` and later.
    virtual std::vector<ComingArrival> coming(std::int64_t now) const = 0;

    virtual void forget_coming() = 0;
    /// Forgets all arrivals. @param shares  in the order of synapses()
    virtual void begin_again(const std::vector<float>& shares,
                             const std::vector<SpikeTrace>& y) = 0;
    virtual void
    set_arrival_trace(const ArrivalTrace&) = 0;        ///< passed over where it has no synapse
    virtual void set_coming(const ComingArrival&) = 0; ///< likewise
};

/// Where the rows of a projection lie, and whom they reach.
struct PlasticPlace {
    const std::vector<const std::uint32_t*>* rows; ///< of the part
    std::uint32_t first_row, n_sources;
    std::uint32_t first_slot, n_targets, first_neuron; ///< of the part's run of targets
    std::uint32_t first_target;                        ///< its first within the population
    double quantum, dt_ms;
    std::int64_t longest_steps;
};

/// @throws SpecError for a parameter that the model does not have
std::unique_ptr<PlasticRows> make_plastic_rows(const ProjectionSpec&, const PlasticPlace&);

/// The largest weight that plasticity can reach.
/// @throws SpecError when some could begin beyond it, or below 0
double largest_learnt_weight(const ProjectionSpec&);

} // namespace lamina

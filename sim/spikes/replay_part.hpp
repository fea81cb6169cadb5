/// Neuron model `spike_times`: neurons that spike when a list says so. Input is ignored.
#pragma once

#include <memory>

#include "sim/spikes/neuron_part.hpp"

namespace lamina {

NeuronModelEntry replay_entry();

/// The step at whose end a time lies: (k dt, (k + 1) dt] for step k.
std::int64_t step_ending_at_or_after(double time_ms, double dt_ms);

/// @throws SpecError for a spike at or before time 0, of a neuron that does not exist, or given
///         twice
std::unique_ptr<NeuronPart> make_replay_part(const NetworkSpec&, const Partition&, int part,
                                             int block);

} // namespace lamina

/// Neuron model `listener`: what arrives in a step is kept for whoever asks; it never spikes. For
/// cells that live outside the network and hear it (sim/background.hpp); no circuit can name it.
#pragma once

#include <memory>
#include <vector>

#include "sim/spikes/neuron_part.hpp"

namespace lamina {

class ListenerPart : public NeuronPart {
  public:
    /// [n] of the part's neurons of a population: what arrived in the last step, in pA.
    virtual const float* heard(int population) const = 0;
};

const NeuronModelEntry& listener_entry();

std::unique_ptr<NeuronPart> make_listener_part(const PartBlock&,
                                               const std::vector<double>& quantum);

} // namespace lamina

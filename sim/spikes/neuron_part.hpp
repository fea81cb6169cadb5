/// All neurons of one model that one part owns.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sim/spikes/model_parameters.hpp"
#include "sim/spikes/network_spec.hpp"
#include "sim/spikes/partition.hpp"

namespace lamina {

using NeuronParameter = ModelParameter;

/// A state variable of a model that can be set at the start and recorded.
struct NeuronVariable {
    const char *name, *unit;
};

/// What a model offers to the network, whatever it computes with.
struct NeuronModelEntry {
    const char *name, *summary, *source;
    std::vector<std::string> channels;
    std::vector<ModelParameter> parameters;
    std::vector<std::string> channel_units; ///< [channels] of a weight
    std::vector<NeuronVariable> variables;
};
const std::vector<NeuronModelEntry>& neuron_models();
/// Of these, and the one that only a program can name (listener_part.hpp); null: there is none.
const NeuronModelEntry* find_neuron_model(const std::string& name);

/// A value that is no number.
struct BadValue {
    int population = -1; ///< -1: none
    std::uint32_t neuron = 0;
    std::string variable;
    double value = 0;
};

/// When and for whom random numbers are drawn.
struct NoiseKey {
    std::uint64_t seed;
    std::uint32_t trial;
};

struct ModelEpochs {
    std::vector<std::int64_t> from_step;
    std::vector<unsigned char> constants;
};

class NeuronPart {
  public:
    virtual ~NeuronPart() = default;
    /// Consumes the sums, advances all neurons to the end of the step.
    /// @param sums  [n_channels, n] of this block
    virtual void advance(std::int64_t step, std::int32_t* sums) = 0;
    /// Random numbers are those of this trial from now on.
    virtual void set_trial(std::uint32_t) {}
    /// Appends the network's numbers of the neurons that spiked in the last step.
    virtual void collect(std::vector<std::uint32_t>& spiking) const = 0;
    /// The first value that is not finite.
    virtual BadValue find_bad() const = 0;
    /// out[i] of the first n of the part's neurons of a population.
    /// @throws SpecError when the model has no such variable
    virtual void read(int population, const std::string& variable, std::uint32_t n,
                      double* out) const = 0;
    /// The state of the part's neurons of a population: word k of neuron i at [k * stride + i].
    virtual std::size_t n_state_words() const = 0;
    virtual void save(int population, std::size_t stride, std::uint64_t* out) const = 0;
    virtual void restore(int population, std::size_t stride, const std::uint64_t* in) = 0;
    /// The model's Constants of a population, as bytes, and from which step on each holds.
    virtual ModelEpochs epochs(int population) const = 0;
    /// Which word of a neuron's state a variable is.
    /// @throws SpecError when the model has no such variable
    virtual std::uint32_t word_of(const std::string& variable) const = 0;
};

/// @param quantum  [n_channels] unit of one quantum of arriving input
/// @throws SpecError for a parameter or variable that the model does not have
std::unique_ptr<NeuronPart> make_neuron_part(const NetworkSpec&, const Partition&, int part,
                                             int block, const std::vector<double>& quantum,
                                             const NoiseKey&);

} // namespace lamina

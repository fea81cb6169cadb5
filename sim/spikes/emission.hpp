/// What the synapses of one bundle make of its sources' spikes: for each neuron of a part the state
/// of a model of EmissionModels, brought forward only when it is asked for.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sim/spikes/bundles.hpp"

namespace lamina {

class Emission {
  public:
    virtual ~Emission() = default;
    /// Neuron i of the part's run spikes at the end of the step: the share of their weights, as
    /// kernels/synapse_row.hpp has it, with which its synapses will be added.
    virtual std::uint32_t emit(std::uint32_t i, std::int64_t step) = 0;
    /// Which word of the state a variable is.
    virtual std::uint32_t word_of(const std::string& variable) const = 0;
    virtual bool has(const std::string& variable) const = 0;
    /// A variable of neuron i at the end of a step.
    virtual double read(const std::string& variable, std::uint32_t i, std::int64_t step) const = 0;
    /// [n_saved] of neuron i.
    virtual void save(std::uint32_t i, std::uint64_t* out) const = 0;
    virtual void restore(std::uint32_t i, const std::uint64_t* in) = 0;
    static constexpr std::size_t n_saved = 3;
    /// The model's Params, as bytes.
    virtual std::vector<unsigned char> params() const = 0;
};

/// @param n  neurons of the part
/// @throws SpecError for a parameter that the model does not have
std::unique_ptr<Emission> make_emission(const Bundle&, const std::string& where, std::uint32_t n,
                                        double dt_ms);

} // namespace lamina

/// Sources with short-term plasticity on a device.
#pragma once

#include <cstring>
#include <memory>

#include "kernels/device_array.hpp"
#include "kernels/emit_spikes.hpp"
#include "kernels/sample_state.hpp"
#include "models/synapse_catalogue.hpp"
#include "sim/spikes/device/flat_network.hpp"
#include "sim/spikes/device/surroundings.hpp"

namespace lamina::device {

/// The sources of a bundle with short-term plasticity.
template <class Exec> class Sources {
  public:
    virtual ~Sources() = default;
    virtual void emit(const Exec&, const Surroundings&) = 0;
    virtual void sample(const Exec&, const Surroundings&, std::uint32_t word,
                        const std::uint32_t* place, const SampleRows&) = 0;
    virtual void load(const std::vector<std::uint64_t>&) = 0;
    virtual void store(std::vector<std::uint64_t>&) = 0;
    virtual std::size_t bytes() const = 0;
};

template <class Exec, class Model> class SourcesOf final : public Sources<Exec> {
  public:
    SourcesOf(const Exec& exec, const FlatSources& from)
        : is_(from), params_(from_bytes<typename Model::Params>(from.params)),
          states_(exec, from.n) {}
    void emit(const Exec& exec, const Surroundings& s) override {
        exec.for_each_block("emit", exec.stride_shape(),
                            EmitSpikes<Model>{states_.data(), is_.first_neuron, is_.n,
                                              is_.first_row, params_, s.dt_ms, s.spikes, s.emitted,
                                              s.now});
    }
    void sample(const Exec& exec, const Surroundings& s, std::uint32_t word,
                const std::uint32_t* place, const SampleRows& rows) override {
        exec.for_each(
            "sample", rows.n,
            SampleSources<Model>{states_.data(), place, word, params_, s.dt_ms, rows, s.now});
    }
    void load(const std::vector<std::uint64_t>& from) override {
        std::vector<SourceState<Model>> states(is_.n);
        std::memcpy(static_cast<void*>(states.data()), from.data(),
                    is_.n * sizeof(SourceState<Model>));
        states_.set(states);
    }
    void store(std::vector<std::uint64_t>& to) override {
        const auto states = states_.get();
        to.resize(is_.n * sizeof(SourceState<Model>) / sizeof(std::uint64_t));
        std::memcpy(to.data(), states.data(), is_.n * sizeof(SourceState<Model>));
    }
    std::size_t bytes() const override { return states_.bytes(); }

  private:
    FlatSources is_;
    typename Model::Params params_;
    DeviceArray<Exec, SourceState<Model>> states_;
};

template <class Exec, class... Models>
std::unique_ptr<Sources<Exec>> make_sources(SynapseModelList<Models...>, const Exec& exec,
                                            const FlatSources& from) {
    std::unique_ptr<Sources<Exec>> made;
    ((from.model == Models::name && (made = std::make_unique<SourcesOf<Exec, Models>>(exec, from))),
     ...);
    return made;
}

} // namespace lamina::device

/// The neurons of one model on a device, and the launches that advance them.
#pragma once

#include <algorithm>
#include <cstring>
#include <memory>
#include <vector>

#include "kernels/device_array.hpp"
#include "kernels/sample_state.hpp"
#include "kernels/shared_ring.hpp"
#include "models/neuron_catalogue.hpp"
#include "sim/spikes/device/flat_network.hpp"
#include "sim/spikes/device/surroundings.hpp"

namespace lamina::device {

/// A network that runs many steps in one launch (kernels/shared_ring.hpp).
template <class Exec> struct Together {
    BlockShape shape;
    std::uint32_t n_own = 0;
    DeviceArray<Exec, NeuronHome> homes;
    DeviceArray<Exec, DriveOnNeuron> driven;
    DeviceArray<Exec, std::uint32_t> words;
    DeviceArray<Exec, std::uint64_t> begin;
    DeviceArray<Exec, std::uint16_t> offset;

    std::size_t synapse_bytes() const { return words.bytes() + begin.bytes() + offset.bytes(); }
    std::size_t bytes() const { return synapse_bytes() + homes.bytes() + driven.bytes(); }
};

/// A type that is handed on as a value.
template <class T> struct TypeName { using type = T; };

template <class Exec> class Neurons;

/// One of several networks that run in one launch.
template <class Exec> struct Alone {
    const Neurons<Exec>* neurons;
    const Surroundings* around;
    const Together<Exec>* together;
};

/// The neurons of one model.
template <class Exec> class Neurons {
  public:
    virtual ~Neurons() = default;
    virtual void advance(const Exec&, const Surroundings&) = 0;
    /// How the blocks of Together are cut for this model; no blocks: it does not fit.
    virtual BlockShape shape_together(const Exec&, std::uint32_t n_neurons,
                                      std::uint32_t ring_steps, std::uint32_t& n_own) = 0;
    virtual void run_together(const Exec&, const Surroundings&, const Together<Exec>&,
                              std::int64_t n_steps) = 0;
    /// Several networks in one launch, each in a block of its own; false when they differ in kind.
    virtual bool run_alone(const Exec&, const std::vector<Alone<Exec>>&, std::int64_t n_steps) = 0;
    virtual void look_for_suspects(const Exec&, std::uint32_t* found) = 0;
    virtual void sample(const Exec&, const Surroundings&, std::uint32_t word,
                        const std::uint32_t* place, const SampleRows&) = 0;
    virtual void load(const std::vector<std::uint64_t>&) = 0;
    virtual void store(std::vector<std::uint64_t>&) = 0;
    virtual std::size_t bytes() const = 0;
};

template <class Exec, class Model, class Real> class NeuronsOf final : public Neurons<Exec> {
    using State = typename Model::State;
    using Word = typename SoaView<State>::Word;
    using Constants = typename Model::Constants;

  public:
    NeuronsOf(const Exec& exec, const FlatModel& model)
        : n_places_(model.n_places), ranges_(exec, model.ranges), from_step_(exec, model.from_step),
          constants_(exec, model.constants.size() / sizeof(Constants)),
          words_(exec, SoaView<State>::n_words * model.n_places) {
        std::vector<Constants> constants(constants_.size());
        std::memcpy(static_cast<void*>(constants.data()), model.constants.data(),
                    model.constants.size());
        constants_.set(constants);
        for (int c = 0; c < Model::n_channels; ++c)
            unit_[c] = Real(model.unit_of_quantum[std::size_t(c)]);
    }
    void advance(const Exec& exec, const Surroundings& s) override {
        AdvanceNeurons<Model, Real> body{{words_.data(), n_places_},
                                         ranges_.data(),
                                         std::uint32_t(ranges_.size()),
                                         {from_step_.data(), constants_.data()},
                                         {},
                                         s.input,
                                         s.spikes,
                                         s.now,
                                         s.noise};
        std::copy(std::begin(unit_), std::end(unit_), body.unit_of_quantum);
        exec.for_each("advance", n_places_, body);
    }
    BlockShape shape_together(const Exec& exec, std::uint32_t n_neurons, std::uint32_t ring_steps,
                              std::uint32_t& n_own) override {
        // alone in one block, it never waits for another
        std::vector<int> n_blocks;
        if (n_neurons <= exec.most_alone()) n_blocks.push_back(1);
        for (int k = 1; k <= 4; ++k) n_blocks.push_back(k * exec.n_processors());
        for (const int n : n_blocks) {
            n_own = (n_neurons + std::uint32_t(n) - 1) / std::uint32_t(n);
            const int n_threads = std::max(int((n_own + 31) / 32 * 32), exec.least_threads());
            const BlockShape shape{n, n_threads, Body::shared_bytes(n_own, ring_steps)};
            if (n_own * Model::n_channels > packed_slots || n_threads > 1024) continue;
            if (exec.most_blocks_together(shape, Body{}) >= n) return shape;
        }
        return {0, 32, 0};
    }
    void run_together(const Exec& exec, const Surroundings& s, const Together<Exec>& t,
                      std::int64_t n_steps) override {
        exec.for_each_block_together("run together", t.shape, body(s, t, n_steps));
    }
    bool run_alone(const Exec& exec, const std::vector<Alone<Exec>>& networks,
                   std::int64_t n_steps) override {
        BlockShape shape{int(networks.size()), 0, 0};
        std::vector<Body> bodies;
        for (const Alone<Exec>& n : networks) {
            const auto* const same = dynamic_cast<const NeuronsOf*>(n.neurons);
            if (!same || n.together->shape.n_blocks != 1) return false;
            bodies.push_back(same->body(*n.around, *n.together, n_steps));
            shape.n_threads = std::max(shape.n_threads, n.together->shape.n_threads);
            shape.shared_bytes = std::max(shape.shared_bytes, n.together->shape.shared_bytes);
        }
        if (exec.most_blocks_together({1, shape.n_threads, shape.shared_bytes}, RunAlone<Body>{}) <
            1)
            return false; // with so many registers a block of these threads does not fit
        const DeviceArray<Exec, Body> carried(exec, bodies);
        exec.for_each_block("run alone", shape, RunAlone<Body>{carried.data()});
        exec.finish();
        return true;
    }
    void look_for_suspects(const Exec& exec, std::uint32_t* found) override {
        exec.for_each("look for NaN", words_.size(), SuspectWords<Word>{words_.data(), found});
    }
    void sample(const Exec& exec, const Surroundings& s, std::uint32_t word,
                const std::uint32_t* place, const SampleRows& rows) override {
        exec.for_each("sample", rows.n,
                      SampleNeurons<Word, Real>{words_.data() + std::size_t(word) * n_places_,
                                                place, rows, s.now});
    }
    void load(const std::vector<std::uint64_t>& from) override {
        words_.set(std::vector<Word>(from.begin(), from.end()));
    }
    void store(std::vector<std::uint64_t>& to) override {
        const std::vector<Word> words = words_.get();
        to.assign(words.begin(), words.end());
    }
    std::size_t bytes() const override {
        return ranges_.bytes() + from_step_.bytes() + constants_.bytes() + words_.bytes();
    }

  private:
    using Body = RunInSharedRing<Model, Real>;

    Body body(const Surroundings& s, const Together<Exec>& t, std::int64_t n_steps) const {
        Body body{
            {words_.data(), n_places_},
            t.homes.data(),
            t.driven.data(),
            std::uint32_t(t.homes.size()),
            t.n_own,
            {from_step_.data(), constants_.data()},
            {},
            s.input,
            s.drives,
            s.noise,
            {t.words.data(), t.begin.data(), t.offset.data(), std::uint32_t(t.shape.n_blocks)},
            s.spikes,
            s.now,
            n_steps};
        std::copy(std::begin(unit_), std::end(unit_), body.unit_of_quantum);
        return body;
    }

    std::uint32_t n_places_;
    DeviceArray<Exec, NeuronRange> ranges_;
    DeviceArray<Exec, std::int64_t> from_step_;
    DeviceArray<Exec, Constants> constants_;
    DeviceArray<Exec, Word> words_;
    Real unit_[Model::n_channels];
};

/// Neurons that spike when a list says so.
template <class Exec> class ReplayOf final : public Neurons<Exec> {
  public:
    ReplayOf(const Exec& exec, const FlatModel& model)
        : n_places_(model.n_places), ranges_(exec, model.ranges), at_step_(exec, model.replay_step),
          neuron_(exec, model.replay_neuron) {}
    void advance(const Exec& exec, const Surroundings& s) override {
        exec.for_each("replay", n_places_,
                      ReplaySpikes{at_step_.data(), neuron_.data(), std::uint32_t(neuron_.size()),
                                   ranges_.data(), std::uint32_t(ranges_.size()), s.input, s.spikes,
                                   s.now});
    }
    BlockShape shape_together(const Exec&, std::uint32_t, std::uint32_t, std::uint32_t&) override {
        return {0, 32, 0};
    }
    void run_together(const Exec&, const Surroundings&, const Together<Exec>&,
                      std::int64_t) override {}
    bool run_alone(const Exec&, const std::vector<Alone<Exec>>&, std::int64_t) override {
        return false;
    }
    void look_for_suspects(const Exec&, std::uint32_t*) override {}
    void sample(const Exec&, const Surroundings&, std::uint32_t, const std::uint32_t*,
                const SampleRows&) override {}
    void load(const std::vector<std::uint64_t>&) override {}
    void store(std::vector<std::uint64_t>& to) override { to.clear(); }
    std::size_t bytes() const override {
        return ranges_.bytes() + at_step_.bytes() + neuron_.bytes();
    }

  private:
    std::uint32_t n_places_;
    DeviceArray<Exec, NeuronRange> ranges_;
    DeviceArray<Exec, std::int64_t> at_step_;
    DeviceArray<Exec, std::uint32_t> neuron_;
};

template <class Exec, template <class> class... Models>
std::unique_ptr<Neurons<Exec>> make_neurons(NeuronModelList<Models...>, const Exec& exec,
                                            const FlatModel& model, bool float64) {
    std::unique_ptr<Neurons<Exec>> made;
    if (model.name == "spike_times") return std::make_unique<ReplayOf<Exec>>(exec, model);
    const auto make = [&](auto float32_model, auto float64_model) {
        if (model.name != decltype(float32_model)::type::name) return;
        if (float64)
            made =
                std::make_unique<NeuronsOf<Exec, typename decltype(float64_model)::type, double>>(
                    exec, model);
        else
            made = std::make_unique<NeuronsOf<Exec, typename decltype(float32_model)::type, float>>(
                exec, model);
    };
    (make(TypeName<Models<float>>{}, TypeName<Models<double>>{}), ...);
    return made;
}

} // namespace lamina::device

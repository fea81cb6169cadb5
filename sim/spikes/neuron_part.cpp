#include "sim/spikes/neuron_part.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include <fmt/format.h>

#include "kernels/cpu/exec.hpp"
#include "kernels/cpu/line_vector.hpp"
#include "kernels/cpu/philox_rows.hpp"
#include "kernels/step_neurons.hpp"
#include "models/neuron_catalogue.hpp"
#include "sim/errors.hpp"
#include "sim/spikes/draw_values.hpp"
#include "sim/spikes/listener_part.hpp"
#include "sim/spikes/replay_part.hpp"

namespace lamina {
namespace {

/// A population's constants, and from which step on they hold: a window begins or ends.
template <class Model> struct Timeline {
    std::vector<std::int64_t> from_step; ///< the first is that of all time
    std::vector<typename Model::Constants> constants;

    /// @throws SpecError when the model refuses parameters
    Timeline(const NeuronPopulationSpec& spec, double dt_ms) {
        std::vector<std::int64_t> change = {0};
        for (const ParameterWindow& w : spec.protocol)
            for (const double ms : {w.from_ms, w.to_ms})
                if (ms > 0 && ms < 1e15) change.push_back(steps_of_ms(ms, dt_ms));
        std::sort(change.begin(), change.end());
        change.erase(std::unique(change.begin(), change.end()), change.end());
        for (const std::int64_t step : change) {
            auto values = spec.parameters;
            for (const ParameterWindow& w : spec.protocol)
                if (step >= steps_of_ms(w.from_ms, dt_ms) && step < steps_of_ms(w.to_ms, dt_ms))
                    for (const auto& given : w.parameters) values[given.first] = given.second;
            from_step.push_back(step);
            constants.push_back(Model::prepare(checked(spec, values, dt_ms), dt_ms));
        }
    }
    const typename Model::Constants& at(std::int64_t step) const {
        if (from_step.size() == 1) return constants[0];
        const auto after = std::upper_bound(from_step.begin(), from_step.end(), step);
        return constants[std::size_t(std::max<std::ptrdiff_t>(after - from_step.begin() - 1, 0))];
    }
    static typename Model::Params checked(const NeuronPopulationSpec& spec,
                                          const std::map<std::string, double>& values,
                                          double dt_ms) {
        const auto params = params_of<Model>(values, spec.name);
        if (const char* const why = Model::refusal(params, dt_ms))
            throw SpecError(fmt::format("{}: {} ({})", spec.name, why, Model::name));
        return params;
    }
};

template <template <class> class ModelOf, class Real> class NeuronPartOf final : public NeuronPart {
    using Model = ModelOf<Real>;
    using State = typename Model::State;

  public:
    NeuronPartOf(const NetworkSpec& network, const Partition& partition, int part, int block,
                 const std::vector<double>& quantum, const NoiseKey& key)
        : block_(partition.block(part, block)), key_(key), n_(block_.n),
          words_(SoaView<State>::n_words * n_), spiked_(n_ + n_looked_at) {
        for (std::size_t c = 0; c < unit_.size(); ++c) unit_[c] = Real(quantum[c]);
        for (const PartRange& range : block_.ranges) {
            const NeuronPopulationSpec& spec = network.populations[range.population];
            const auto params = Timeline<Model>::checked(spec, spec.parameters, network.dt_ms);
            constants_.emplace_back(spec, network.dt_ms);
            first_neuron_.push_back(partition.populations()[range.population].first + range.first);
            for (std::uint32_t i = 0; i < range.n_places; ++i)
                state().store(range.first_in_block + i, Model::start(params));
            for (const auto& start : spec.start) draw_start(range, start.first, start.second);
        }
    }

    void advance(std::int64_t step, std::int32_t* sums) override {
        for (std::size_t r = 0; r < block_.ranges.size(); ++r) {
            const PartRange& range = block_.ranges[r];
            StepNeurons<Model, Real> body{};
            body.state = {state().words + range.first_in_block, n_};
            body.quanta = sums + range.first_in_block;
            std::copy(unit_.begin(), unit_.end(), body.unit_of_quantum);
            body.spiked = spiked_.data() + range.first_in_block;
            body.constants = constants_of_step(constants_[r].at(step), step);
            if constexpr (Model::n_draws > 0) {
                body.words = draw_words(first_neuron_[r], range.n_places, step);
                body.words_stride = words_stride_;
            }
            cpu::run_items(0, range.n_places, body);
        }
    }

    void set_trial(std::uint32_t trial) override { key_.trial = trial; }

    void collect(std::vector<std::uint32_t>& spiking) const override {
        for (std::size_t r = 0; r < block_.ranges.size(); ++r) {
            const PartRange& range = block_.ranges[r];
            const std::uint8_t* const spiked = spiked_.data() + range.first_in_block;
            const std::uint32_t first = first_neuron_[r];
            for (std::uint32_t i = 0; i < range.n; i += n_looked_at) {
                std::uint64_t some[n_looked_at / 8], any = 0;
                std::memcpy(some, spiked + i, n_looked_at);
                for (const std::uint64_t eight : some) any |= eight;
                if (any == 0) continue;
                for (std::uint32_t k = i; k < std::min(i + n_looked_at, range.n); ++k)
                    if (some[(k - i) / 8] == 0)
                        k += 7;
                    else if (spiked[k])
                        spiking.push_back(first + k);
            }
        }
    }

    BadValue find_bad() const override {
        for (const PartRange& range : block_.ranges)
            for (const auto& variable : Model::recordables) {
                double sum = 0; // a sum of absolutes is finite when all are, but for overflow
                for (std::uint32_t i = 0; i < range.n; ++i)
                    sum += std::fabs(double(at(range.first_in_block + i).*(variable.value)));
                if (std::isfinite(sum)) continue;
                for (std::uint32_t i = 0; i < range.n; ++i) {
                    const double x = at(range.first_in_block + i).*(variable.value);
                    if (!std::isfinite(x))
                        return {range.population, range.first + i, variable.name, x};
                }
            }
        return {};
    }

    void read(int population, const std::string& variable, std::uint32_t n,
              double* out) const override {
        const auto which = member(variable);
        const PartRange& range = range_of(population);
        for (std::uint32_t i = 0; i < n; ++i) out[i] = at(range.first_in_block + i).*which;
    }

    std::size_t n_state_words() const override { return SoaView<State>::n_words; }
    void save(int population, std::size_t stride, std::uint64_t* out) const override {
        const PartRange& range = range_of(population);
        for (std::size_t k = 0; k < n_state_words(); ++k)
            for (std::uint32_t i = 0; i < range.n; ++i)
                out[k * stride + i] = words_[k * n_ + range.first_in_block + i];
    }
    void restore(int population, std::size_t stride, const std::uint64_t* in) override {
        using Word = typename SoaView<State>::Word;
        const PartRange& range = range_of(population);
        for (std::size_t k = 0; k < n_state_words(); ++k)
            for (std::uint32_t i = 0; i < range.n; ++i)
                words_[k * n_ + range.first_in_block + i] = Word(in[k * stride + i]);
    }

    ModelEpochs epochs(int population) const override {
        const auto& all = constants_[std::size_t(&range_of(population) - block_.ranges.data())];
        ModelEpochs out{all.from_step, {}};
        out.constants.resize(all.constants.size() * sizeof(typename Model::Constants));
        std::memcpy(out.constants.data(), all.constants.data(), out.constants.size());
        return out;
    }

    std::uint32_t word_of(const std::string& variable) const override {
        const State s{};
        const auto* const at = reinterpret_cast<const char*>(&(s.*member(variable)));
        return std::uint32_t((at - reinterpret_cast<const char*>(&s)) /
                             std::ptrdiff_t(sizeof(Real)));
    }

  private:
    SoaView<State> state() { return {words_.data(), n_}; }
    State at(std::size_t neuron) const {
        using Word = typename SoaView<State>::Word;
        return SoaView<State>{const_cast<Word*>(words_.data()), n_}.load(neuron);
    }
    const PartRange& range_of(int population) const {
        return *std::find_if(block_.ranges.begin(), block_.ranges.end(),
                             [&](const PartRange& r) { return r.population == population; });
    }
    static Real State::*member(const std::string& variable) {
        for (const auto& r : Model::recordables)
            if (variable == r.name) return r.value;
        throw SpecError(fmt::format("{} has no variable `{}`", Model::name, variable));
    }

    /// A model whose constants follow time has a function at(constants, step) for it.
    template <class Constants>
    static Constants constants_of_step(const Constants& c, std::int64_t step) {
        if constexpr (Model::timed)
            return Model::at(c, step);
        else
            return c;
    }

    /// Words of this step: of neuron i and draw k at [k * words_stride_ + i].
    const std::uint32_t* draw_words(std::uint32_t first_neuron, std::uint32_t n,
                                    std::int64_t step) {
        const std::size_t from = first_neuron / 256 * 256;
        words_stride_ = (first_neuron + n - from + 255) / 256 * 256;
        draws_.resize(std::max(draws_.size(), words_stride_ * Model::n_draws));
        for (int k = 0; k < Model::n_draws; ++k)
            cpu::random_words(key_.seed, key_.trial, Stream::neuron_noise, std::uint64_t(step),
                              std::uint32_t(k), from, words_stride_,
                              draws_.data() + std::size_t(k) * words_stride_);
        return draws_.data() + (first_neuron - from);
    }

    /// The same values whatever part asks for them.
    void draw_start(const PartRange& range, const std::string& variable, const ValueLaw& law) {
        const auto which = member(variable);
        const std::uint32_t number = range.population;
        const std::size_t from = range.first / 256 * 256, n = range.first + range.n - from;
        std::vector<std::uint32_t> words((n + 255) / 256 * 256);
        std::vector<float> values(n);
        cpu::random_words(key_.seed, number, Stream::start_state, index_of(variable), 0, from, n,
                          words.data());
        draw_values(law, 1, words.data(), values.data(), n);
        for (std::uint32_t i = 0; i < range.n; ++i) {
            State s = state().load(range.first_in_block + i);
            s.*which = Real(values[range.first - from + i]);
            state().store(range.first_in_block + i, s);
        }
    }
    static std::uint64_t index_of(const std::string& variable) {
        std::uint64_t k = 0;
        while (variable != Model::recordables[k].name) ++k;
        return k;
    }

    PartBlock block_;
    NoiseKey key_;
    std::size_t n_;
    cpu::LineVector<typename SoaView<State>::Word> words_; ///< [n_words, n]
    static constexpr std::uint32_t n_looked_at = 64;       ///< spikes at a time
    cpu::LineVector<std::uint8_t> spiked_; ///< [n], and what is looked at behind them
    std::vector<std::uint32_t> draws_;     ///< scratch
    std::size_t words_stride_ = 0;
    std::array<Real, Model::n_channels> unit_;
    std::vector<Timeline<Model>> constants_;  ///< [range]
    std::vector<std::uint32_t> first_neuron_; ///< [range] in the network
};

template <template <class> class Model> NeuronModelEntry entry() {
    NeuronModelEntry e{
        Model<float>::name, Model<float>::summary, Model<float>::source, {}, {}, {}, {}};
    for (const InputChannel& channel : Model<float>::channels) {
        e.channels.push_back(channel.name);
        e.channel_units.push_back(channel.unit);
    }
    for (const auto& r : Model<float>::recordables) e.variables.push_back({r.name, r.unit});
    e.parameters = parameters_of<Model<float>>();
    return e;
}

template <template <class> class... Models>
std::vector<NeuronModelEntry> neuron_entries(NeuronModelList<Models...>) {
    return {entry<Models>()...};
}

template <class Real, template <class> class... Models, class... Args>
std::unique_ptr<NeuronPart> make_neurons_of(NeuronModelList<Models...>, const std::string& name,
                                            const Args&... args) {
    std::unique_ptr<NeuronPart> made;
    ((name == Models<Real>::name && (made = std::make_unique<NeuronPartOf<Models, Real>>(args...))),
     ...);
    return made;
}

} // namespace

const std::vector<NeuronModelEntry>& neuron_models() {
    static const auto table = [] {
        std::vector<NeuronModelEntry> all = neuron_entries(NeuronModels{});
        all.push_back(replay_entry());
        return all;
    }();
    return table;
}

const NeuronModelEntry* find_neuron_model(const std::string& name) {
    for (const NeuronModelEntry& model : neuron_models())
        if (name == model.name) return &model;
    return name == listener_entry().name ? &listener_entry() : nullptr;
}

std::unique_ptr<NeuronPart> make_neuron_part(const NetworkSpec& network, const Partition& partition,
                                             int part, int block,
                                             const std::vector<double>& quantum,
                                             const NoiseKey& key) {
    const PartBlock& b = partition.block(part, block);
    const std::string& model = network.populations[b.ranges.at(0).population].model;
    if (model == replay_entry().name) return make_replay_part(network, partition, part, block);
    if (model == listener_entry().name) return make_listener_part(b, quantum);
    return network.precision == SpikePrecision::float64
               ? make_neurons_of<double>(NeuronModels{}, model, network, partition, part, block,
                                         quantum, key)
               : make_neurons_of<float>(NeuronModels{}, model, network, partition, part, block,
                                        quantum, key);
}

} // namespace lamina

#include "sim/spikes/neuron_part.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include <fmt/format.h>

#include "kernels/cpu/exec.hpp"
#include "kernels/cpu/philox_rows.hpp"
#include "kernels/step_neurons.hpp"
#include "models/neuron_catalogue.hpp"
#include "sim/errors.hpp"
#include "sim/spikes/draw_values.hpp"

namespace lamina {
namespace {

template <class Model> constexpr std::size_t n_parameters = std::size(Model::parameters);

/// The model's defaults, with what the spec says instead.
/// @throws SpecError when the model does not know a parameter, or refuses its value
template <class Model>
typename Model::Params params_of(const NeuronPopulationSpec& spec, double dt_ms) {
    typename Model::Params params;
    for (const auto& given : spec.parameters) {
        const auto* const found =
            std::find_if(std::begin(Model::parameters), std::end(Model::parameters),
                         [&](const auto& p) { return given.first == p.name; });
        if (found == std::end(Model::parameters))
            throw SpecError(
                fmt::format("{}: {} has no parameter `{}`", spec.name, Model::name, given.first));
        const bool good = std::isfinite(given.second) &&
                          (found->sign == Sign::any || given.second > 0 ||
                           (found->sign == Sign::not_negative && given.second == 0));
        if (!good)
            throw SpecError(fmt::format("{}.{} = {:g} {} ({} must be {})", spec.name, given.first,
                                        given.second, found->unit, found->meaning,
                                        found->sign == Sign::positive ? "positive" : "at least 0"));
        params.*(found->value) = given.second;
    }
    if (const char* const why = Model::refusal(params, dt_ms))
        throw SpecError(fmt::format("{}: {} ({})", spec.name, why, Model::name));
    return params;
}

template <template <class> class ModelOf, class Real> class NeuronPartOf final : public NeuronPart {
    using Model = ModelOf<Real>;
    using State = typename Model::State;

  public:
    NeuronPartOf(const NetworkSpec& network, const Partition& partition, int part, int block,
                 const std::vector<double>& quantum, const NoiseKey& key)
        : block_(partition.block(part, block)), key_(key), n_(block_.n),
          words_(SoaView<State>::n_words * n_), spiked_(n_) {
        for (std::size_t c = 0; c < unit_.size(); ++c) unit_[c] = Real(quantum[c]);
        for (const PartRange& range : block_.ranges) {
            const NeuronPopulationSpec& spec = network.populations[range.population];
            const auto params = params_of<Model>(spec, network.dt_ms);
            constants_.push_back(Model::prepare(params, network.dt_ms));
            first_neuron_.push_back(partition.populations()[range.population].first + range.first);
            for (std::uint32_t i = 0; i < range.n; ++i)
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
            body.constants = constants_of_step(constants_[r], step);
            if constexpr (Model::n_draws > 0) {
                body.words = draw_words(first_neuron_[r], range.n, step);
                body.words_stride = words_stride_;
            }
            cpu::run_items(0, range.n, body);
        }
    }

    void collect(std::vector<std::uint32_t>& spiking) const override {
        for (std::size_t r = 0; r < block_.ranges.size(); ++r) {
            const PartRange& range = block_.ranges[r];
            const std::uint8_t* const spiked = spiked_.data() + range.first_in_block;
            const std::uint32_t first = first_neuron_[r];
            std::uint32_t i = 0;
            for (; i + 8 <= range.n; i += 8) {
                std::uint64_t eight;
                std::memcpy(&eight, spiked + i, 8);
                if (eight == 0) continue;
                for (std::uint32_t k = 0; k < 8; ++k)
                    if (spiked[i + k]) spiking.push_back(first + i + k);
            }
            for (; i < range.n; ++i)
                if (spiked[i]) spiking.push_back(first + i);
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

    void read(int population, const std::string& variable, double* out) const override {
        for (const PartRange& range : block_.ranges)
            if (range.population == population)
                for (std::uint32_t i = 0; i < range.n; ++i)
                    out[i] = at(range.first_in_block + i).*(member(variable));
    }

  private:
    SoaView<State> state() { return {words_.data(), n_}; }
    State at(std::size_t neuron) const {
        using Word = typename SoaView<State>::Word;
        return SoaView<State>{const_cast<Word*>(words_.data()), n_}.load(neuron);
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
    std::vector<typename SoaView<State>::Word> words_; ///< [n_words, n]
    std::vector<std::uint8_t> spiked_;
    std::vector<std::uint32_t> draws_; ///< scratch
    std::size_t words_stride_ = 0;
    std::array<Real, Model::n_channels> unit_;
    std::vector<typename Model::Constants> constants_; ///< [range]
    std::vector<std::uint32_t> first_neuron_;          ///< [range] in the network
};

template <template <class> class Model> NeuronModelEntry entry() {
    NeuronModelEntry e{Model<float>::name, Model<float>::summary, Model<float>::source, {}, {}, {}};
    for (const InputChannel& channel : Model<float>::channels) e.channels.push_back(channel.name);
    const typename Model<float>::Params defaults;
    for (const auto& p : Model<float>::parameters)
        e.parameters.push_back({p.name, p.unit, p.meaning, defaults.*(p.value)});
    for (const auto& variable : Model<float>::recordables)
        e.variables.push_back({variable.name, variable.unit});
    for (const InputChannel& channel : Model<float>::channels)
        e.channel_units.push_back(channel.unit);
    return e;
}

template <template <class> class... Models>
std::vector<NeuronModelEntry> entries(NeuronModelList<Models...>) {
    return {entry<Models>()...};
}

template <class Real, template <class> class... Models, class... Args>
std::unique_ptr<NeuronPart> make_of(NeuronModelList<Models...>, const std::string& name,
                                    const Args&... args) {
    std::unique_ptr<NeuronPart> made;
    ((name == Models<Real>::name && (made = std::make_unique<NeuronPartOf<Models, Real>>(args...))),
     ...);
    return made;
}

} // namespace

const std::vector<NeuronModelEntry>& neuron_models() {
    static const std::vector<NeuronModelEntry> table = entries(NeuronModels{});
    return table;
}

std::unique_ptr<NeuronPart> make_neuron_part(const NetworkSpec& network, const Partition& partition,
                                             int part, int block,
                                             const std::vector<double>& quantum,
                                             const NoiseKey& key) {
    const PartBlock& b = partition.block(part, block);
    const std::string& model = network.populations[b.ranges.at(0).population].model;
    return network.precision == SpikePrecision::float64
               ? make_of<double>(NeuronModels{}, model, network, partition, part, block, quantum,
                                 key)
               : make_of<float>(NeuronModels{}, model, network, partition, part, block, quantum,
                                key);
}

} // namespace lamina

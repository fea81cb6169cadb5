#include "sim/spikes/emission.hpp"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "kernels/emit_spikes.hpp"
#include "models/synapse_catalogue.hpp"
#include "sim/errors.hpp"

namespace lamina {
namespace {

template <class Model> class EmissionOf final : public Emission {
    using Source = SourceState<Model>;
    static_assert(sizeof(Source) == n_saved * sizeof(std::uint64_t));

  public:
    EmissionOf(const SynapseSpec& spec, const std::string& where, std::uint32_t n, double dt_ms)
        : params_(params_of<Model>(spec.parameters, where)), dt_ms_(dt_ms),
          source_(n, Source{Model::start(params_), 0}) {
        if (const char* const why = Model::refusal(params_))
            throw SpecError(where + ": " + why + " (" + Model::name + ")");
    }
    std::uint32_t emit(std::uint32_t i, std::int64_t step) override {
        return source_[i].emit(step, params_, dt_ms_);
    }
    bool has(const std::string& variable) const override {
        return std::any_of(std::begin(Model::recordables), std::end(Model::recordables),
                           [&](const auto& r) { return variable == r.name; });
    }
    std::uint32_t word_of(const std::string& variable) const override {
        std::uint32_t word = 0; // its variables, in order, are the state
        for (const auto& r : Model::recordables) {
            if (variable == r.name) return word;
            ++word;
        }
        throw SpecError(fmt::format("{} has no variable `{}`", Model::name, variable));
    }
    double read(const std::string& variable, std::uint32_t i, std::int64_t step) const override {
        const auto s = source_[i].at_end_of(step, params_, dt_ms_);
        for (const auto& r : Model::recordables)
            if (variable == r.name) return s.*(r.value);
        throw SpecError(fmt::format("{} has no variable `{}`", Model::name, variable));
    }
    void save(std::uint32_t i, std::uint64_t* out) const override {
        std::memcpy(out, &source_[i], sizeof(Source));
    }
    void restore(std::uint32_t i, const std::uint64_t* in) override {
        std::memcpy(&source_[i], in, sizeof(Source));
    }
    std::vector<unsigned char> params() const override {
        std::vector<unsigned char> bytes(sizeof params_);
        std::memcpy(bytes.data(), &params_, sizeof params_);
        return bytes;
    }

  private:
    typename Model::Params params_;
    double dt_ms_;
    std::vector<Source> source_;
};

template <class... Models, class... Args>
std::unique_ptr<Emission> make_emission_of(SynapseModelList<Models...>, const SynapseSpec& spec,
                                           const Args&... args) {
    std::unique_ptr<Emission> made;
    ((spec.model == Models::name && (made = std::make_unique<EmissionOf<Models>>(spec, args...))),
     ...);
    return made;
}

} // namespace

std::unique_ptr<Emission> make_emission(const Bundle& bundle, const std::string& where,
                                        std::uint32_t n, double dt_ms) {
    return make_emission_of(EmissionModels{}, bundle.synapse, where, n, dt_ms);
}

} // namespace lamina

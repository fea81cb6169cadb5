#include "sim/spikes/emission.hpp"

#include <cmath>
#include <cstring>

#include "kernels/synapse_row.hpp"
#include "models/synapse_catalogue.hpp"
#include "sim/errors.hpp"

namespace lamina {
namespace {

template <class Model> class EmissionOf final : public Emission {
    using State = typename Model::State;
    static_assert(sizeof(State) == 2 * sizeof(double));

  public:
    EmissionOf(const SynapseSpec& spec, const std::string& where, std::uint32_t n, double dt_ms)
        : params_(params_of<Model>(spec.parameters, where)), dt_ms_(dt_ms),
          state_(n, Model::start(params_)), at_(n, 0) {
        if (const char* const why = Model::refusal(params_))
            throw SpecError(where + ": " + why + " (" + Model::name + ")");
    }
    std::uint32_t emit(std::uint32_t i, std::int64_t step) override {
        state_[i] = at_end_of(i, step);
        at_[i] = step;
        return static_cast<std::uint32_t>(
            std::lround(Model::emit(state_[i], params_) * double(whole_weight)));
    }
    bool has(const std::string& variable) const override {
        return std::any_of(std::begin(Model::recordables), std::end(Model::recordables),
                           [&](const auto& r) { return variable == r.name; });
    }
    double read(const std::string& variable, std::uint32_t i, std::int64_t step) const override {
        const State s = at_end_of(i, step);
        for (const auto& r : Model::recordables)
            if (variable == r.name) return s.*(r.value);
        throw SpecError(fmt::format("{} has no variable `{}`", Model::name, variable));
    }
    void save(std::uint32_t i, std::uint64_t* out) const override {
        std::memcpy(out, &state_[i], sizeof(State));
        out[2] = static_cast<std::uint64_t>(at_[i]);
    }
    void restore(std::uint32_t i, const std::uint64_t* in) override {
        std::memcpy(&state_[i], in, sizeof(State));
        at_[i] = static_cast<std::int64_t>(in[2]);
    }

  private:
    State at_end_of(std::uint32_t i, std::int64_t step) const {
        return Model::relaxed(state_[i], params_, double(step - at_[i]) * dt_ms_);
    }

    typename Model::Params params_;
    double dt_ms_;
    std::vector<State> state_;     ///< behind the last spike
    std::vector<std::int64_t> at_; ///< its step
};

template <class... Models, class... Args>
std::unique_ptr<Emission> make_of(SynapseModelList<Models...>, const SynapseSpec& spec,
                                  const Args&... args) {
    std::unique_ptr<Emission> made;
    ((spec.model == Models::name && (made = std::make_unique<EmissionOf<Models>>(spec, args...))),
     ...);
    return made;
}

} // namespace

std::unique_ptr<Emission> make_emission(const Bundle& bundle, const std::string& where,
                                        std::uint32_t n, double dt_ms) {
    return make_of(EmissionModels{}, bundle.synapse, where, n, dt_ms);
}

} // namespace lamina

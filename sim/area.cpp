#include "sim/area_of.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "sim/errors.hpp"

namespace lamina {

template <class Real>
AreaOf<Real>::AreaOf(const AreaSpec& spec, const AttentionWeights& weights, std::uint64_t seed)
    : StateArea<Real>(spec, weights, seed), gates_(make_gate_stage<Real>(gate_parameters(spec))),
      slopes_(spec_, circuit_, *gates_), judge_(make_judge<Real>(spec.integrator, spec.tolerance)),
      jacobian_(spec.integrator == Integrator::rosenbrock4
                    ? std::make_unique<AreaJacobian>(spec, weights, seed)
                    : nullptr),
      gamma_(spec.oscillation.imposed ? Rhythm(spec.oscillation.gamma, 0) : Rhythm()),
      beta_(spec.oscillation.imposed ? Rhythm(spec.oscillation.beta, 1) : Rhythm()), lag_(spec),
      log_drive_(at_.a.n) {
    const double dt_ms = spec.dt_ms;
    const auto n_inputs = [&](const StateSpan& span) { return circuit_.n_inputs(span); };
    gamma_.nodes(0, dt_ms, gamma_nodes_);
    beta_.nodes(0, dt_ms, beta_nodes_);
    for (Inputs* in : {&now_, &next_}) {
        in->o.resize(n_inputs(at_.o));
        in->y.resize(n_inputs(at_.y));
        in->mean_y.resize(at_.mean_y.n);
        in->var_y.resize(at_.var_y.n);
        in->f.resize(n_inputs(at_.f));
        in->z.resize(n_inputs(at_.z));
        in->mean_z.resize(at_.mean_z.n);
        in->var_z.resize(at_.var_z.n);
    }
    std::size_t noisy = 0;
    for (const NamedSpan& named : at_.named)
        if (named.span.sigma > 0) noisy = std::max(noisy, named.span.size());
    noise_.reserve(noisy);
    if (at_.p.sigma > 0) noise_p_.resize(at_.p.n);
    if (at_.a.sigma > 0) noise_a_.resize(at_.a.n);
    reset(seed, 0);
}

template <class Real> void AreaOf<Real>::reset(std::uint64_t seed, std::uint32_t trial) {
    seed_ = seed;
    trial_ = trial;
    gamma_.reset(seed, trial);
    beta_.reset(seed, trial);
    this->rest_state();
    gates_->reset_history(state_.data() + at_.p.first);
    stale_ = true;
}

template <class Real> void AreaOf<Real>::present(const Segment& segment) {
    circuit_.present(segment);
    if (jacobian_) jacobian_->present(segment);
    stale_ = true;
}

template <class Real> void AreaOf<Real>::settle_inputs() {
    reset(seed_, trial_);
    this->settle_state();
}

template <class Real> void AreaOf<Real>::advance(std::int64_t step) {
    if (judge_)
        advance_by_judge(step);
    else
        advance_exponential(step);
}

template <class Real> std::size_t AreaOf<Real>::state_bytes() const {
    return (state_.size() + gates_->history().size()) * sizeof(Real);
}

template <class Real> std::vector<double> AreaOf<Real>::state() const {
    std::vector<double> all(state_.begin(), state_.end());
    const auto past = gates_->history();
    all.insert(all.end(), past.begin(), past.end());
    return all;
}

template <class Real> void AreaOf<Real>::set_state(const std::vector<double>& all) {
    const std::size_t n_past = gates_->history().size();
    if (all.size() != state_.size() + n_past)
        throw SpecError(fmt::format("a state of {} numbers does not fit an area of {}", all.size(),
                                    state_.size() + n_past));
    std::copy_n(all.begin(), state_.size(), state_.begin());
    gates_->set_history(std::vector<Real>(all.begin() + state_.size(), all.end()));
    last_finite_.clear();
    stale_ = true;
}

template class AreaOf<double>;
template class AreaOf<float>;

} // namespace lamina

/// A step of the area by a stepper of Boost.Odeint, with Euler's noise.
#include "sim/area_of.hpp"

namespace lamina {

template <class Real> void AreaOf<Real>::advance_by_judge(std::int64_t step) {
    turn_to(StepPhase::judge);
    if (stale_) judge_->restart();
    RightHandSide<Real> system;
    system.slopes = [this](const std::vector<Real>& x, std::vector<Real>& slope, double t_ms) {
        slopes_(x, slope, Real(gamma_.at(t_ms)), Real(beta_.at(t_ms)));
    };
    if (jacobian_)
        system.jacobian = [this](const std::vector<double>& x, double t_ms, std::vector<double>& J,
                                 std::vector<double>& over_time) {
            const Dual gamma{gamma_.at(t_ms), gamma_.slope_per_ms(t_ms)};
            const Dual beta{beta_.at(t_ms), beta_.slope_per_ms(t_ms)};
            jacobian_->matrix(x, gamma.value, beta.value, J);
            jacobian_->over_time(x, gamma, beta, over_time);
        };
    judge_->advance(system, state_, step * spec_.dt_ms, spec_.dt_ms);

    // Euler and Maruyama: sigma sqrt(h / tau) z; the other judges run without noise
    for (const NamedSpan& named : at_.named)
        if (!named.derived)
            add_noise(named.span, math::sqrt(spec_.dt_ms / named.span.tau_ms), 0, step);

    // the oracle's PV has no dynamics: it is what the scores say
    circuit_.log_drive(state_.data(), log_drive_.data());
    gates_->follow_pool(gate_rows());
    stale_ = false;
}

template void AreaOf<double>::advance_by_judge(std::int64_t);
template void AreaOf<float>::advance_by_judge(std::int64_t);

} // namespace lamina

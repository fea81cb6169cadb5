/// The area's right-hand side, for the steppers that judge; and their step, with Euler's noise.
#include "sim/area_of.hpp"

#include "kernels/cpu/exec.hpp"
#include "kernels/relax.hpp"

namespace lamina {
namespace {

const Cpu one_thread;

} // namespace

template <class Real>
void AreaOf<Real>::relax_slope(const StateSpan& span, const std::vector<Real>& s,
                               const std::vector<Real>& input, double gain,
                               std::vector<Real>& slope) const {
    const Real per_tau = Real(1 / span.tau_ms);
    const Real* rate = s.data() + span.first;
    Real* out = slope.data() + span.first;
    if (spec_.dale && span.pair)
        one_thread.for_each(span.size(),
                            RelaxRectifiedSlope<Real>{rate, input.data(), out, Real(gain), per_tau,
                                                      Real(spec_.baseline)});
    else if (span.pair)
        one_thread.for_each(span.n, RelaxPairSlope<Real>{rate, rate + span.n, input.data(), out,
                                                         out + span.n, Real(gain), per_tau,
                                                         Real(spec_.baseline)});
    else
        one_thread.for_each(span.n, RelaxSlope<Real>{rate, input.data(), out, Real(gain), per_tau});
    if (span.interneurons)
        one_thread.for_each(span.size(), RelaxSlope<Real>{s.data() + span.interneurons, rate,
                                                          slope.data() + span.interneurons, Real(1),
                                                          Real(1 / spec_.tau.interneuron_ms)});
}

template <class Real>
void AreaOf<Real>::slopes(const std::vector<Real>& state, std::vector<Real>& slope, double t_ms) {
    Real* s =
        const_cast<Real*>(state.data()); // the gates' view is shared with the stepper; read only
    Inputs& in = next_;

    // layer 4 and the queries
    if (pre()) {
        circuit_.pools_x().slopes(s, slope.data());
        circuit_.pools_c().slopes(s, slope.data());
    }
    if (spec_.dale) {
        circuit_.pairs_x().slopes(s, slope.data());
        circuit_.pairs_c().slopes(s, slope.data());
    }
    evaluate_inputs(s);
    relax_slope(at_.v, state, drive_v_, gamma_.at(t_ms), slope);
    relax_slope(at_.k, state, drive_k_, gamma_.at(t_ms), slope);
    relax_slope(at_.q, state, drive_q_, beta_.at(t_ms), slope);
    for (std::size_t i = 0; i < at_.r.n; ++i)
        slope[at_.r.first + i] =
            (Real(spec_.apical_suppression) - s[at_.r.first + i]) / Real(at_.r.tau_ms);

    // layer 5
    circuit_.log_drive(s, log_drive_.data());
    const bool lagged = spec_.tau.PV_lag_ms > 0;
    gates_->slopes({log_drive_.data(), s + at_.a.first, s + at_.p.first,
                    lagged ? s + at_.p_lagged.first : nullptr, circuit_.open_rows().data()},
                   slope.data() + at_.a.first, slope.data() + at_.p.first,
                   lagged ? slope.data() + at_.p_lagged.first : nullptr);
    circuit_.input_o(s, in.o.data());
    relax_slope(at_.o, state, in.o, 1, slope);

    // layer 6
    circuit_.input_y(s, in.y.data());
    relax_slope(at_.y, state, in.y, 1, slope);
    if (normed()) {
        circuit_.input_mean_y(s, in.mean_y.data());
        circuit_.input_var_y(s, in.var_y.data());
        relax_slope(at_.mean_y, state, in.mean_y, 1, slope);
        relax_slope(at_.var_y, state, in.var_y, 1, slope);
    }

    // layer 2/3
    if (spec_.d_ff > 0) {
        circuit_.input_f(s, in.f.data());
        relax_slope(at_.f, state, in.f, 1, slope);
    }
    circuit_.input_z(s, in.z.data());
    relax_slope(at_.z, state, in.z, 1, slope);
    if (post()) {
        circuit_.input_mean_z(s, in.mean_z.data());
        circuit_.input_var_z(s, in.var_z.data());
        relax_slope(at_.mean_z, state, in.mean_z, 1, slope);
        relax_slope(at_.var_z, state, in.var_z, 1, slope);
    }
}

template <class Real> void AreaOf<Real>::advance_by_judge(std::int64_t step) {
    if (stale_) judge_->restart();
    judge_->advance([this](const std::vector<Real>& x, std::vector<Real>& slope,
                           double t_ms) { slopes(x, slope, t_ms); },
                    state_, step * spec_.dt_ms, spec_.dt_ms);

    // Euler and Maruyama: sigma sqrt(h / tau) z; the other judges run without noise
    for (const NamedSpan& named : at_.named)
        if (!named.derived)
            add_noise(named.span, math::sqrt(spec_.dt_ms / named.span.tau_ms), 0, step);

    // the oracle's PV has no dynamics: it is what the scores say
    circuit_.log_drive(state_.data(), log_drive_.data());
    gates_->follow_pool(gate_rows());
    stale_ = false;
}

template void AreaOf<double>::slopes(const std::vector<double>&, std::vector<double>&, double);
template void AreaOf<float>::slopes(const std::vector<float>&, std::vector<float>&, double);
template void AreaOf<double>::advance_by_judge(std::int64_t);
template void AreaOf<float>::advance_by_judge(std::int64_t);

} // namespace lamina

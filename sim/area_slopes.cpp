#include "sim/area_slopes.hpp"

#include "kernels/cpu/exec.hpp"
#include "kernels/dual.hpp"
#include "kernels/relax.hpp"

namespace lamina {

template <class Real>
AreaSlopes<Real>::AreaSlopes(const AreaSpec& spec, AreaCircuit<Real>& circuit,
                             GateStage<Real>& gates)
    : spec_(spec), circuit_(circuit), at_(circuit.layout), gates_(gates), log_drive_(at_.a.n) {
    drive_v_.resize(circuit.n_inputs(at_.v));
    drive_k_.resize(circuit.n_inputs(at_.k));
    drive_q_.resize(circuit.n_inputs(at_.q));
    for (const StateSpan* span : {&at_.o, &at_.y, &at_.f, &at_.z})
        input_.resize(std::max(input_.size(), circuit.n_inputs(*span)));
}

template <class Real>
void AreaSlopes<Real>::relax(const StateSpan& span, const std::vector<Real>& s,
                             const std::vector<Real>& input, Real gain,
                             std::vector<Real>& slope) const {
    const Real per_tau = Real(1 / span.tau_ms);
    const Real* rate = s.data() + span.first;
    Real* out = slope.data() + span.first;
    if (spec_.dale && span.pair)
        one_thread.for_each(span.size(), RelaxRectifiedSlope<Real>{rate, input.data(), out, gain,
                                                                   per_tau, Real(spec_.baseline)});
    else if (span.pair)
        one_thread.for_each(span.n, RelaxPairSlope<Real>{rate, rate + span.n, input.data(), out,
                                                         out + span.n, gain, per_tau,
                                                         Real(spec_.baseline)});
    else
        one_thread.for_each(span.n, RelaxSlope<Real>{rate, input.data(), out, gain, per_tau});
    if (span.interneurons)
        one_thread.for_each(span.size(), RelaxSlope<Real>{s.data() + span.interneurons, rate,
                                                          slope.data() + span.interneurons, Real(1),
                                                          Real(1 / spec_.tau.interneuron_ms)});
}

template <class Real>
void AreaSlopes<Real>::operator()(const std::vector<Real>& state, std::vector<Real>& slope,
                                  Real gamma_gain, Real beta_gain) {
    Real* s =
        const_cast<Real*>(state.data()); // the gates' view is shared with the stepper; read only

    // layer 4 and the queries
    if (spec_.norm == Norm::pre) {
        circuit_.pools_x().slopes(s, slope.data());
        circuit_.pools_c().slopes(s, slope.data());
    }
    if (spec_.dale) {
        circuit_.pairs_x().slopes(s, slope.data());
        circuit_.pairs_c().slopes(s, slope.data());
    }
    circuit_.inputs_now(s, drive_v_.data(), drive_k_.data(), drive_q_.data());
    relax(at_.v, state, drive_v_, gamma_gain, slope);
    relax(at_.k, state, drive_k_, gamma_gain, slope);
    relax(at_.q, state, drive_q_, beta_gain, slope);
    for (std::size_t i = 0; i < at_.r.n; ++i)
        slope[at_.r.first + i] =
            (Real(spec_.apical_suppression) - s[at_.r.first + i]) / Real(at_.r.tau_ms);

    // layer 5
    circuit_.log_drive(s, log_drive_.data());
    const bool lagged = spec_.tau.PV_lag_ms > 0;
    gates_.slopes({log_drive_.data(), s + at_.a.first, s + at_.p.first,
                   lagged ? s + at_.p_lagged.first : nullptr, circuit_.input().open_rows.data()},
                  slope.data() + at_.a.first, slope.data() + at_.p.first,
                  lagged ? slope.data() + at_.p_lagged.first : nullptr);
    const auto follow = [&](const StateSpan& span, auto input) {
        (circuit_.*input)(s, input_.data());
        relax(span, state, input_, Real(1), slope);
    };
    using Circuit = AreaCircuit<Real>;
    follow(at_.o, &Circuit::input_o);

    // layer 6
    follow(at_.y, &Circuit::input_y);
    if (spec_.norm != Norm::none) {
        follow(at_.mean_y, &Circuit::input_mean_y);
        follow(at_.var_y, &Circuit::input_var_y);
    }

    // layer 2/3
    if (spec_.d_ff > 0) follow(at_.f, &Circuit::input_f);
    follow(at_.z, &Circuit::input_z);
    if (spec_.norm == Norm::post) {
        follow(at_.mean_z, &Circuit::input_mean_z);
        follow(at_.var_z, &Circuit::input_var_z);
    }
}

template class AreaSlopes<double>;
template class AreaSlopes<float>;
template class AreaSlopes<Dual>;

} // namespace lamina

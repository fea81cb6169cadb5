/// The exponential stepper: populations in the order of the cascade, each with its exact lag
/// between the inputs at both ends of the step. An input evaluated at the end of one step is the
/// beginning of the next, so each is evaluated once per step; only the gates feed back
/// (gate_stage.hpp).
#include "sim/area_of.hpp"

#include <utility>

#include "kernels/cpu/exec.hpp"
#include "kernels/normal.hpp"
#include "kernels/relax.hpp"

namespace lamina {

template <class Real>
void AreaOf<Real>::add_normals(std::size_t first, std::size_t n, std::uint64_t when, double weight,
                               std::vector<Real>& out) const {
    // places 2m and 2m + 1 come from one block: a pair costs as much as one
    const auto pair_of = [&](std::size_t place) {
        return normal_pair(seed_, trial_, Stream::population, static_cast<std::uint32_t>(place / 2),
                           when);
    };
    std::size_t i = 0;
    if (first % 2 == 1 && n > 0) out[i++] += Real(weight * pair_of(first).z[1]);
    for (; i + 1 < n; i += 2) {
        const NormalPair pair = pair_of(first + i);
        out[i] += Real(weight * pair.z[0]);
        out[i + 1] += Real(weight * pair.z[1]);
    }
    if (i < n) out[i] += Real(weight * pair_of(first + i).z[0]);
}

template <class Real> GateRowsView<Real> AreaOf<Real>::gate_rows() {
    Real* s = state_.data();
    return {log_drive_.data(), s + at_.a.first, s + at_.p.first,
            spec_.tau.PV_lag_ms > 0 ? s + at_.p_lagged.first : nullptr,
            circuit_.input().open_rows.data()};
}

template <class Real> void AreaOf<Real>::refresh_inputs() {
    const Aside<StepPhase> aside(clock_, StepPhase::present);
    const Real* s = state_.data();
    if (!pre()) evaluate_inputs(s); // constant until the next segment
    circuit_.log_drive(s, log_drive_.data());
    gates_->refresh(gate_rows());
    circuit_.input_o(s, now_.o.data());
    circuit_.input_y(s, now_.y.data());
    if (normed()) {
        circuit_.input_mean_y(s, now_.mean_y.data());
        circuit_.input_var_y(s, now_.var_y.data());
    }
    if (spec_.d_ff > 0) circuit_.input_f(s, now_.f.data());
    circuit_.input_z(s, now_.z.data());
    if (post()) {
        circuit_.input_mean_z(s, now_.mean_z.data());
        circuit_.input_var_z(s, now_.var_z.data());
    }
    stale_ = false;
}

template <class Real> void AreaOf<Real>::evaluate_inputs(const Real* s) {
    circuit_.inputs_now(s, drive_v_.data(), drive_k_.data(), drive_q_.data());
}

/// v, k and q over the step. Without a norm their input is constant; with one it is G (W n_0 + b)
/// averaged over the step as the lag remembers it (input_pools.hpp).
template <class Real> void AreaOf<Real>::drive_inputs(std::int64_t step) {
    const double dt_ms = spec_.dt_ms;
    Real* s = state_.data();
    if (gamma_.imposed()) {
        gamma_.nodes(step * dt_ms, dt_ms, gamma_nodes_);
        beta_.nodes(step * dt_ms, dt_ms, beta_nodes_);
    }
    if (spec_.dale) return drive_pairs(step);
    const auto averaged = [&](const InputPools<Real>& pools, const StateSpan& span,
                              const std::vector<StepNode>& nodes) -> const NormFactors<Real>& {
        pools.over(s, nodes, dt_ms, span.tau_ms, factors_);
        return factors_;
    };
    const auto follow = [&](const StateSpan& span, const std::vector<Real>& drive, Relaxation lag,
                            const std::vector<StepNode>& nodes) {
        if (gamma_.imposed()) lag = relaxation_over(nodes, dt_ms, span.tau_ms);
        if (pre()) lag.from_now = 1, lag.from_next = 0; // the average has the lag's weights in it
        relax(span, drive, drive, lag, step);
    };
    if (pre()) {
        const auto& x = circuit_.pools_x();
        const auto& c = circuit_.pools_c();
        circuit_.input_v(averaged(x, at_.v, gamma_nodes_), drive_v_.data());
        circuit_.input_k(averaged(x, at_.k, gamma_nodes_), drive_k_.data());
        circuit_.input_q(averaged(c, at_.q, beta_nodes_), drive_q_.data());
        x.advance(s, dt_ms);
        c.advance(s, dt_ms);
    }
    follow(at_.v, drive_v_, lag_.v, gamma_nodes_);
    follow(at_.k, drive_k_, lag_.k, gamma_nodes_);
    follow(at_.q, drive_q_, lag_.q, beta_nodes_);
}

/// Their interneurons make the input change within the step, and its rectification bends it: it is
/// averaged over the step whatever the norm.
template <class Real> void AreaOf<Real>::drive_pairs(std::int64_t step) {
    using Driven = typename AreaCircuit<Real>::Driven;
    const double dt_ms = spec_.dt_ms;
    Real* s = state_.data();
    const auto average = [&](Driven driven, const StateSpan& span,
                             const std::vector<StepNode>& nodes, std::vector<Real>& drive) {
        circuit_.drive_pair(driven, s, nodes, dt_ms, span.tau_ms, drive.data());
    };
    const auto follow = [&](const StateSpan& span, const std::vector<Real>& drive, Relaxation lag) {
        lag.from_now = 1, lag.from_next = 0; // the average has the lag's weights in it
        relax(span, drive, drive, lag, step);
    };
    average(Driven::v, at_.v, gamma_nodes_, drive_v_);
    average(Driven::k, at_.k, gamma_nodes_, drive_k_);
    average(Driven::q, at_.q, beta_nodes_, drive_q_);
    if (pre()) {
        circuit_.pools_x().advance(s, dt_ms);
        circuit_.pools_c().advance(s, dt_ms);
    }
    circuit_.pairs_x().advance(s, dt_ms);
    circuit_.pairs_c().advance(s, dt_ms);
    follow(at_.v, drive_v_, lag_.v);
    follow(at_.k, drive_k_, lag_.k);
    follow(at_.q, drive_q_, lag_.q);
}

template <class Real>
const Real* AreaOf<Real>::draw_noise(const StateSpan& span, double sd, double tau_ms,
                                     std::int64_t step, std::vector<Real>& out) {
    if (!(span.sigma > 0)) return nullptr;
    const Aside<StepPhase> aside(clock_, StepPhase::noise);
    // the step's increment out of `m` finer ones, weighted as the lag forgets them
    const int m = spec_.noise.fine_steps;
    const double keep = tau_ms > 0 ? math::exp(-spec_.dt_ms / (m * tau_ms)) : 1;
    std::fill(out.begin(), out.end(), Real(0));
    double weight = 1, square = 0;
    for (int fine = m - 1; fine >= 0; --fine, weight *= keep) {
        const std::uint64_t when = static_cast<std::uint64_t>(step) * m + fine;
        add_normals(span.first, span.size(), when, weight, out);
        square += weight * weight;
    }
    const Real scale = Real(span.sigma * sd / math::sqrt(square));
    for (Real& x : out) x *= scale;
    return out.data();
}

template <class Real>
void AreaOf<Real>::add_noise(const StateSpan& span, double sd, double tau_ms, std::int64_t step) {
    if (!(span.sigma > 0)) return;
    const Aside<StepPhase> aside(clock_, StepPhase::noise);
    std::vector<Real>& noise = noise_;
    noise.resize(span.size());
    draw_noise(span, sd, tau_ms, step, noise);
    for (std::size_t i = 0; i < span.size(); ++i) state_[span.first + i] += noise[i];
    // a rate cannot be negative: below its baseline there is only r_0 to fall
    if (spec_.dale && span.pair)
        for (std::size_t i = span.first; i < span.end(); ++i)
            state_[i] = state_[i] > 0 ? state_[i] : Real(0);
}

template <class Real>
void AreaOf<Real>::relax(const StateSpan& span, const std::vector<Real>& now,
                         const std::vector<Real>& next, const Relaxation& lag, std::int64_t step) {
    Real* rate = state_.data() + span.first;
    const Real leak = Real(lag.leak), from_now = Real(lag.from_now),
               from_next = Real(lag.from_next);
    if (span.interneurons) rates_before_.assign(rate, rate + span.size());
    if (spec_.dale && span.pair)
        one_thread.for_each(span.size(),
                            RelaxRectified<Real>{rate, now.data(), next.data(), leak, from_now,
                                                 from_next, Real(spec_.baseline)});
    else if (span.pair)
        one_thread.for_each(span.n,
                            RelaxPair<Real>{rate, rate + span.n, now.data(), next.data(), leak,
                                            from_now, from_next, Real(spec_.baseline)});
    else
        one_thread.for_each(span.n,
                            Relax<Real>{rate, now.data(), next.data(), leak, from_now, from_next});
    add_noise(span, lag.noise_sd, span.tau_ms, step);
    if (span.interneurons) follow_with_interneurons(span);
}

/// Over the step in which the pair went from rates_before_ to where it is.
template <class Real> void AreaOf<Real>::follow_with_interneurons(const StateSpan& span) {
    const Relaxation& lag = lag_.interneuron;
    one_thread.for_each(span.size(),
                        Relax<Real>{state_.data() + span.interneurons, rates_before_.data(),
                                    state_.data() + span.first, Real(lag.leak), Real(lag.from_now),
                                    Real(lag.from_next)});
}

template <class Real> void AreaOf<Real>::attend(std::int64_t step) {
    GateRowsView<Real> rows = gate_rows();
    const Real* noise_p = draw_noise(at_.p, gates_->noise_sd_p(), 0, step, noise_p_);
    const Real* noise_a = draw_noise(at_.a, gates_->noise_sd_gate(), at_.a.tau_ms, step, noise_a_);
    const auto gates = [&](std::size_t first, std::size_t last, const Real* log_drive) {
        turn_to(StepPhase::gate);
        rows.log_drive = log_drive;
        gates_->advance(rows, first, last, noise_p, noise_a);
    };
    circuit_.attend(state_.data(), gates, next_.o.data(), clock_);
}

template <class Real> void AreaOf<Real>::advance_exponential(std::int64_t step) {
    if (stale_) refresh_inputs();
    Real* s = state_.data();

    // layer 4 and the queries
    turn_to(StepPhase::projections);
    drive_inputs(step);
    one_thread.for_each(at_.r.n, RelaxConstant<Real>{s + at_.r.first, Real(lag_.r.leak),
                                                     Real(spec_.apical_suppression)});

    // layer 5: scores, gates with PV, routed value
    attend(step);
    relax(at_.o, now_.o, next_.o, lag_.o, step);

    // layer 6: residual, second norm
    turn_to(StepPhase::residual);
    circuit_.input_y(s, next_.y.data());
    relax(at_.y, now_.y, next_.y, lag_.y, step);
    if (normed()) {
        turn_to(StepPhase::norm);
        circuit_.input_mean_y(s, next_.mean_y.data());
        relax(at_.mean_y, now_.mean_y, next_.mean_y, lag_.L6I, step);
        circuit_.input_var_y(s, next_.var_y.data());
        relax(at_.var_y, now_.var_y, next_.var_y, lag_.L6I, step);
    }

    // layer 2/3: feed-forward layer, output
    turn_to(StepPhase::feed_forward);
    if (spec_.d_ff > 0) {
        circuit_.input_f(s, next_.f.data());
        relax(at_.f, now_.f, next_.f, lag_.mlp, step);
    }
    circuit_.input_z(s, next_.z.data());
    relax(at_.z, now_.z, next_.z, lag_.mlp, step);
    if (post()) {
        turn_to(StepPhase::norm);
        circuit_.input_mean_z(s, next_.mean_z.data());
        relax(at_.mean_z, now_.mean_z, next_.mean_z, lag_.L6I, step);
        circuit_.input_var_z(s, next_.var_z.data());
        relax(at_.var_z, now_.var_z, next_.var_z, lag_.L6I, step);
    }
    std::swap(now_, next_);
}

template void AreaOf<double>::advance_exponential(std::int64_t);
template void AreaOf<float>::advance_exponential(std::int64_t);
template void AreaOf<double>::add_noise(const StateSpan&, double, double, std::int64_t);
template void AreaOf<float>::add_noise(const StateSpan&, double, double, std::int64_t);
template void AreaOf<double>::evaluate_inputs(const double*);
template void AreaOf<float>::evaluate_inputs(const float*);
template GateRowsView<double> AreaOf<double>::gate_rows();
template GateRowsView<float> AreaOf<float>::gate_rows();

} // namespace lamina

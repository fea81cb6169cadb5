/// Where a device drives each population: what area_circuit.cpp says for the CPU, as launches.
#pragma once

#include "sim/device_area_of.hpp"

namespace lamina {

// --------------------------------------------------------------------------------- v, k and q

template <class Exec, class Real> void DeviceAreaOf<Exec, Real>::drive_inputs() {
    const AreaLayout& in = layout_;
    if (spec_.dale) {
        drive_pair(in.v, value_, V_, x_, in.u_x, pools_x_, in.mean_x, in.var_x, average_v_, lag_.v);
        drive_pair(in.k, key_, K_, x_, in.u_x, pools_x_, in.mean_x, in.var_x, average_k_, lag_.k);
        drive_pair(in.q, query_, Q_, c_, in.u_c, pools_c_, in.mean_c, in.var_c, average_q_, lag_.q);
    } else {
        drive(in.v, value_, pools_x_, in.mean_x, in.var_x, average_v_, lag_.v);
        drive(in.k, key_, pools_x_, in.mean_x, in.var_x, average_k_, lag_.k);
        drive(in.q, query_, pools_c_, in.mean_c, in.var_c, average_q_, lag_.q);
    }
    follow_pools();
}

/// Pools and interneurons of the input, after what they drove over the step.
template <class Exec, class Real> void DeviceAreaOf<Exec, Real>::follow_pools() {
    const auto follow = [&](const StateSpan& mean, const StateSpan& var, const PoolInput& input) {
        if (pre())
            exec_.for_each("norm.pools", n_columns(),
                           FollowInput<Real>{at(mean), at(var), input.mean.data(), input.var.data(),
                                             Real(lag_.L4I.leak)});
    };
    follow(layout_.mean_x, layout_.var_x, pools_x_);
    follow(layout_.mean_c, layout_.var_c, pools_c_);
    if (!spec_.dale) return;
    for (const auto& [x, u] : {std::pair{&x_, &layout_.u_x}, {&c_, &layout_.u_c}})
        exec_.for_each("dale.input", all(*u),
                       FollowPairs<Real>{input_pairs(*x, *u), Real(lag_.interneuron.leak)});
}

/// v, k or q over the step. Without norm and rhythm their input is constant; else it is
/// G (W n_0 + b) averaged over the step as the lag remembers it (input_pools.hpp).
template <class Exec, class Real>
void DeviceAreaOf<Exec, Real>::drive(const StateSpan& span, const DrivenBy& by,
                                     const PoolInput& pools, const StateSpan& mean,
                                     const StateSpan& var, const Average& average, Relaxation lag) {
    if (!averages()) return relax(span, by.fixed.data(), by.fixed.data(), lag);
    if (pre()) {
        exec_.for_each("norm.factors", n_columns(),
                       NormFactorsOver<Real>{
                           at(mean), at(var), pools.mean.data(), pools.var.data(), per_sd_.data(),
                           away_per_sd_.data(), average.moments.data(), average.n_moments.data(),
                           average.most_moments, spec_.columns, Real(spec_.norm_epsilon)});
        exec_.for_each_row("project", n_columns(),
                           ProjectRows<Real>{by.fixed.data(), by.per_mean.data(),
                                             by.constant.data(), per_sd_.data(),
                                             away_per_sd_.data(), average.constant.data(),
                                             drive_.data(), width_, spec_.columns});
    } else
        exec_.for_each(
            "rhythm", all(span),
            RhythmicPull<Real>{by.fixed.data(), average.weights.data(), drive_.data(), span.n});
    lag.from_now = 1, lag.from_next = 0; // the average has the lag's weights in it
    relax(span, drive_.data(), drive_.data(), lag);
}

/// v, k or q with column.dale: their input's interneurons make it change within the step, and its
/// rectification bends it.
template <class Exec, class Real>
void DeviceAreaOf<Exec, Real>::drive_pair(const StateSpan& span, const DrivenBy& by,
                                          const Signed& weights, const Sent<Real>& x,
                                          const StateSpan& u, const PoolInput& pools,
                                          const StateSpan& mean, const StateSpan& var,
                                          const Average& average, Relaxation lag) {
    exec_.for_each("dale.fading", all(u),
                   FadingInput<Real>{input_pairs(x, u), scratch_.data(), normed_.data()});
    multiply_rows("dale.net", scratch_.data(), spec_.d_model, weights.W, width_, fading_net_.data(),
                  false);
    multiply_rows("dale.common", normed_.data(), spec_.d_model, weights.magnitude, width_,
                  fading_common_.data(), false);
    PairDriveRows<Real> rows{};
    rows.net = by.fixed.data(), rows.common = by.common.data();
    rows.fading_net = fading_net_.data(), rows.fading_common = fading_common_.data();
    if (pre()) {
        rows.mean = at(mean), rows.var = at(var);
        rows.true_mean = pools.mean.data(), rows.true_var = pools.var.data();
        rows.per_mean = by.per_mean.data(), rows.constant = by.constant.data();
    }
    rows.moments = average.moments.data(), rows.n_moments = average.n_moments.data();
    rows.up = drive_.data(), rows.down = drive_.data() + all(span);
    rows.most_moments = average.most_moments, rows.n_columns = spec_.columns, rows.width = width_;
    rows.epsilon = Real(spec_.norm_epsilon);
    exec_.for_each_row("dale.drive", n_columns(), rows);
    lag.from_now = 1, lag.from_next = 0; // the average has the lag's weights in it
    relax(span, drive_.data(), drive_.data(), lag);
}

template <class Exec, class Real>
InputPairsView<Real> DeviceAreaOf<Exec, Real>::input_pairs(const Sent<Real>& x,
                                                           const StateSpan& u) const {
    return {x.data(), at(u), at(u) + all(u), Real(spec_.baseline), Real(spec_.dale_balance)};
}

// --------------------------------------------------------------------------------- o, y, f and z

/// sum_j a_ij v_j
template <class Exec, class Real> void DeviceAreaOf<Exec, Real>::input_o(Real* out) {
    route(net(layout_.v), out);
    if (!spec_.dale) return;
    route(common(layout_.v), out + all(layout_.o));
    oppose(layout_.o, out);
}

template <class Exec, class Real>
void DeviceAreaOf<Exec, Real>::route(const Real* values, Real* out) const {
    const std::size_t N = std::size_t(spec_.columns), H = std::size_t(spec_.heads);
    const std::size_t W = std::size_t(width_);
    MatmulBlocks<Real> product;
    product.a = {at(layout_.a), N, 1, H * N * N, N * N};
    product.b = {values, W, 1, N * W, std::size_t(spec_.d_head)};
    product.c = {out, W, 1, N * W, std::size_t(spec_.d_head)};
    product.m = product.k = spec_.columns, product.n = spec_.d_head;
    product.n_matrices = int(n_trials_ * H), product.n_members = spec_.heads;
    exec_.for_each_block("route", product.shape(), product);
}

/// x + W_O o + b_O
template <class Exec, class Real> void DeviceAreaOf<Exec, Real>::input_y(Real* out) {
    const int D = spec_.d_model;
    Real* const shared = out + all(layout_.y); // with column.dale
    if (spec_.dale)
        exec_.for_each("dale.residual", all(layout_.y),
                       PresentInput<Real>{input_pairs(x_, layout_.u_x), out, shared});
    exec_.for_each_row("residual", n_columns(),
                       AddRows<Real>{spec_.dale ? out : x_.data(), b_O_.data(), out, D});
    multiply_rows("W_O", net(layout_.o), width_, W_O_, D, out);
    if (!spec_.dale) return;
    multiply_rows("dale.W_O", common(layout_.o), width_, size_W_O_, D, shared);
    oppose(layout_.y, out);
}

/// phi(W_1 n + b_1)
template <class Exec, class Real> void DeviceAreaOf<Exec, Real>::input_f(Real* out) {
    const Real* n = net(layout_.y);
    if (normed()) {
        norm(n, layout_.mean_y, layout_.var_y, post() ? g_1_ : g_2_, post() ? beta_1_ : beta_2_,
             normed_.data());
        n = normed_.data();
    }
    exec_.for_each_row("feed", n_columns(), AddRows<Real>{nullptr, b_1_.data(), out, spec_.d_ff});
    multiply_rows("W_1", n, spec_.d_model, W_1_, spec_.d_ff, out);
    const std::size_t size = all(layout_.f);
    switch (spec_.activation) {
    case Activation::relu:
        exec_.for_each("phi", size, Apply<Relu, Real>{out});
        break;
    case Activation::gelu:
        exec_.for_each("phi", size, Apply<Gelu, Real>{out});
        break;
    case Activation::gelu_tanh:
        exec_.for_each("phi", size, Apply<GeluTanh, Real>{out});
        break;
    }
    if (!spec_.dale) return;
    // phi acts on the net drive
    exec_.for_each_row("dale.phi", n_columns(),
                       AddRows<Real>{nullptr, nullptr, out + size, spec_.d_ff});
    oppose(layout_.f, out);
}

/// y (post: n) + W_2 f + b_2
template <class Exec, class Real> void DeviceAreaOf<Exec, Real>::input_z(Real* out) {
    const int D = spec_.d_model, F = spec_.d_ff;
    const Real* stream = net(layout_.y);
    if (post()) {
        norm(stream, layout_.mean_y, layout_.var_y, g_1_, beta_1_, out);
        stream = out;
    }
    exec_.for_each_row("output", n_columns(),
                       AddRows<Real>{stream, F > 0 ? b_2_.data() : nullptr, out, D});
    if (F > 0) multiply_rows("W_2", net(layout_.f), F, W_2_, D, out);
    if (!spec_.dale) return;

    Real* const shared = out + all(layout_.z);
    stream = common(layout_.y);
    if (post()) // the first norm stands between y and z, and divides
        exec_.for_each_row("dale.norm", n_columns(),
                           DividedRows<Real>{stream, at(layout_.var_y), g_1_.data(), shared, D,
                                             Real(spec_.norm_epsilon)});
    else
        exec_.for_each("dale.output", all(layout_.z), Copy<Real>{stream, shared});
    if (F > 0) multiply_rows("dale.W_2", common(layout_.f), F, size_W_2_, D, shared);
    oppose(layout_.z, out);
}

/// Net and common drive become I+ and I-.
template <class Exec, class Real>
void DeviceAreaOf<Exec, Real>::oppose(const StateSpan& span, Real* out) const {
    exec_.for_each("dale.oppose", all(span), OpposePair<Real>{out, out + all(span)});
}

template <class Exec, class Real>
void DeviceAreaOf<Exec, Real>::input_mean(const StateSpan& of, Real* out) {
    exec_.for_each_row("norm.mean", n_columns(), MeanRows<Real>{rates(of), out, spec_.d_model});
}

template <class Exec, class Real>
void DeviceAreaOf<Exec, Real>::input_var(const StateSpan& of, const StateSpan& mean, Real* out) {
    exec_.for_each_row("norm.variance", n_columns(),
                       SquareRows<Real>{rates(of), at(mean), out, work_.data(), spec_.d_model});
}

template <class Exec, class Real>
void DeviceAreaOf<Exec, Real>::norm(const Real* y, const StateSpan& mean, const StateSpan& var,
                                    const Array& scale, const Array& shift, Real* out) const {
    exec_.for_each_row("norm", n_columns(),
                       NormRows<Real>{y, at(mean), at(var), scale.data(), shift.data(), out,
                                      spec_.d_model, Real(spec_.norm_epsilon)});
}

// --------------------------------------------------------------------------------- parts of it

template <class Exec, class Real>
void DeviceAreaOf<Exec, Real>::relax(const StateSpan& span, const Real* now, const Real* next,
                                     const Relaxation& lag) {
    Real* rate = at(span);
    const std::size_t n_rates = span.size() * n_trials_;
    const Real leak = Real(lag.leak), from_now = Real(lag.from_now),
               from_next = Real(lag.from_next);
    if (span.interneurons)
        exec_.for_each("dale.before", n_rates, Copy<Real>{rate, rates_before_.data()});
    if (spec_.dale && span.pair)
        exec_.for_each(
            "relax", n_rates,
            RelaxRectified<Real>{rate, now, next, leak, from_now, from_next, Real(spec_.baseline)});
    else if (span.pair)
        exec_.for_each("relax", all(span),
                       RelaxPair<Real>{rate, rate + all(span), now, next, leak, from_now, from_next,
                                       Real(spec_.baseline)});
    else
        exec_.for_each("relax", all(span), Relax<Real>{rate, now, next, leak, from_now, from_next});
    if (const Real* noise = draw_noise(span, lag.noise_sd, span.tau_ms, noise_)) {
        // a rate cannot be negative: below its baseline there is only r_0 to fall
        if (spec_.dale && span.pair)
            exec_.for_each("noise.add", n_rates, AddRectified<Real>{noise, rate});
        else
            exec_.for_each("noise.add", n_rates, Add<Real>{noise, rate});
    }
    if (span.interneurons)
        exec_.for_each("dale.follow", n_rates,
                       Relax<Real>{state_.data() + span.interneurons * n_trials_,
                                   rates_before_.data(), rate, Real(lag_.interneuron.leak),
                                   Real(lag_.interneuron.from_now),
                                   Real(lag_.interneuron.from_next)});
}

/// sd N(0, 1) of every number; @return `into`, null when sigma is 0
template <class Exec, class Real>
const Real* DeviceAreaOf<Exec, Real>::draw_noise(const StateSpan& span, double sd, double tau_ms,
                                                 const Array& into) const {
    if (!(span.sigma > 0)) return nullptr;
    // the step's increment out of `m` finer ones, weighted as the lag forgets them
    const int m = spec_.noise.fine_steps;
    const double keep = tau_ms > 0 ? math::exp(-spec_.dt_ms / (m * tau_ms)) : 1;
    double weight = 1, square = 0;
    for (int fine = 0; fine < m; ++fine, weight *= keep) square += weight * weight;
    exec_.for_each("noise", span.size() * n_trials_,
                   PopulationNoise<Real>{into.data(), trial_.data(), n_steps_.data(), seed_,
                                         span.first, span.n, int(n_trials_), m, keep,
                                         Real(span.sigma * sd / math::sqrt(square))});
    return into.data();
}

template <class Exec, class Real> GateRowsView<Real> DeviceAreaOf<Exec, Real>::gate_rows() const {
    return {log_drive_.data(), at(layout_.a), at(layout_.p),
            spec_.tau.PV_lag_ms > 0 ? at(layout_.p_lagged) : nullptr, open_.data()};
}

/// Signed values of a population: the state itself, or r+ - r- in scratch_.
template <class Exec, class Real>
const Real* DeviceAreaOf<Exec, Real>::rates(const StateSpan& span) const {
    if (!span.pair) return at(span);
    exec_.for_each("pairs", all(span),
                   PairDifference<Real>{at(span), at(span) + all(span), scratch_.data()});
    return scratch_.data();
}

/// What W sees of a population: its signed rates, with those of its interneurons, in scratch_.
template <class Exec, class Real>
const Real* DeviceAreaOf<Exec, Real>::net(const StateSpan& span) const {
    if (!span.interneurons) return rates(span);
    const Real *r = at(span), *u = state_.data() + span.interneurons * n_trials_;
    exec_.for_each("dale.net", all(span),
                   PairNet<Real>{r, r + all(span), u, u + all(span), scratch_.data(),
                                 Real(spec_.dale_balance)});
    return scratch_.data();
}

/// What |W| sees: excitation that the interneurons have not taken away, in scratch_.
template <class Exec, class Real>
const Real* DeviceAreaOf<Exec, Real>::common(const StateSpan& span) const {
    const Real *r = at(span), *u = state_.data() + span.interneurons * n_trials_;
    exec_.for_each("dale.common", all(span),
                   PairCommon<Real>{r, r + all(span), u, u + all(span), scratch_.data(),
                                    Real(spec_.dale_balance)});
    return scratch_.data();
}

/// out = rows W, of the columns of all trials, or out += rows W
template <class Exec, class Real>
void DeviceAreaOf<Exec, Real>::multiply_rows(const char* label, const Real* rows, int from,
                                             const Array& W, int to, Real* out,
                                             bool accumulate) const {
    MatmulBlocks<Real> product;
    product.a = {rows, std::size_t(from)};
    product.b = {W.data(), std::size_t(to)};
    product.c = {out, std::size_t(to)};
    product.m = int(n_columns()), product.n = to, product.k = from;
    product.accumulate = accumulate;
    exec_.for_each_block(label, product.shape(), product);
}

} // namespace lamina

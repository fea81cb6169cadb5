/// Dale's law in the circuit (column.dale): the drives I+ and I- of every pair, from rates and
/// interneurons. See input_pairs.hpp for the equations.
#include "sim/area_circuit.hpp"

#include <algorithm>

#include "kernels/cpu/exec.hpp"
#include "kernels/cpu/matmul.hpp"
#include "kernels/dual.hpp"
#include "kernels/pair_inputs.hpp"
#include "kernels/relax.hpp"

namespace lamina {
namespace {

template <class Real> std::vector<Real> magnitudes(const std::vector<Real>& W) {
    std::vector<Real> sizes(W);
    for (Real& w : sizes) w = w < 0 ? -w : w;
    return sizes;
}

} // namespace

// ------------------------------------------------------------------------------ made once

template <class Real> void AreaCircuit<Real>::take_signs() {
    w_.V = from_input(weights_.W_V);
    w_.K = from_input(weights_.W_K);
    w_.Q = from_input(weights_.W_Q);
    w_.size_W_O = magnitudes(w_.W_O);
    w_.size_W_2 = magnitudes(w_.W_2);
    fading_.net.resize(std::size_t(spec_.columns) * width_);
    fading_.common.resize(fading_.net.size());
}

/// W, with norm: pre W diag(g_1): the norm's gain lies in the synapse.
template <class Real>
SignedWeights<Real> AreaCircuit<Real>::from_input(const std::vector<double>& W) const {
    const std::size_t D = std::size_t(spec_.d_model), width = std::size_t(width_);
    SignedWeights<Real> weights;
    weights.W.resize(W.size());
    for (std::size_t to = 0; to < width; ++to)
        for (std::size_t from = 0; from < D; ++from) {
            const double scale = spec_.norm == Norm::pre ? weights_.g_1[from] : 1;
            weights.W[from * width + to] = Real(scale * W[to * D + from]);
        }
    weights.magnitude = magnitudes(weights.W);
    return weights;
}

template <class Real>
void AreaCircuit<Real>::present_pairs(const std::vector<double>& x, const std::vector<double>& c) {
    in_.c.assign(c.begin(), c.end());
    pairs_x_.set_input(x);
    pairs_c_.set_input(c);
    in_.value.common = common_of_input(w_.V, pairs_x_);
    in_.key.common = common_of_input(w_.K, pairs_x_);
    in_.query.common = common_of_input(w_.Q, pairs_c_);
}

template <class Real>
std::vector<Real> AreaCircuit<Real>::common_of_input(const SignedWeights<Real>& weights,
                                                     const InputPairs<Real>& pairs) const {
    const int N = spec_.columns, D = spec_.d_model;
    std::vector<Real> steady(std::size_t(N) * D), out(std::size_t(N) * width_);
    for (std::size_t i = 0; i < steady.size(); ++i) steady[i] = pairs.steady_common(i);
    cpu::matmul_nn(N, width_, D, steady.data(), D, weights.magnitude.data(), width_, out.data(),
                   width_);
    return out;
}

// ------------------------------------------------------------------------------ v, k and q

template <class Real> void AreaCircuit<Real>::prepare_fading(Driven driven, const Real* s) {
    const int N = spec_.columns, D = spec_.d_model;
    const InputPairs<Real>& pairs = driven == Driven::q ? pairs_c_ : pairs_x_;
    const SignedWeights<Real>& weights = driven == Driven::v   ? w_.V
                                         : driven == Driven::k ? w_.K
                                                               : w_.Q;
    for (std::size_t i = 0; i < std::size_t(N) * D; ++i) {
        scratch_a_[i] = pairs.at(s, i).fading_net();
        scratch_b_[i] = pairs.at(s, i).fading_common();
    }
    cpu::matmul_nn(N, width_, D, scratch_a_.data(), D, weights.W.data(), width_, fading_.net.data(),
                   width_);
    cpu::matmul_nn(N, width_, D, scratch_b_.data(), D, weights.magnitude.data(), width_,
                   fading_.common.data(), width_);
}

/// With norm: pre the norm's factors of that moment lie in factors_.
template <class Real>
void AreaCircuit<Real>::add_pair(const Projection<Real>& p, Real fading, Real weight,
                                 Real* out) const {
    const bool pre = spec_.norm == Norm::pre;
    const std::size_t n = p.fixed.size();
    for (std::size_t i = 0; i < std::size_t(spec_.columns); ++i) {
        const Real per_sd = pre ? factors_.per_sd[i] : Real(1);
        const Real away = pre ? factors_.away_per_sd[i] : Real(0);
        for (std::size_t j = 0; j < std::size_t(width_); ++j) {
            const std::size_t at = i * width_ + j;
            const Real shift = pre ? fma(-away, p.per_mean[j], p.constant[j]) : Real(0);
            add_pair_drive<Real>({p.fixed[at], p.common[at], fading_.net[at], fading_.common[at]},
                                 fading, per_sd, shift, weight, out[at], out[n + at]);
        }
    }
}

template <class Real>
void AreaCircuit<Real>::drive_pair(Driven driven, const Real* s, const std::vector<StepNode>& nodes,
                                   double dt_ms, double tau_ms, Real* out) {
    const Projection<Real>& p = driven == Driven::v   ? in_.value
                                : driven == Driven::k ? in_.key
                                                      : in_.query;
    const InputPools<Real>& pools = driven == Driven::q ? pools_c_ : pools_x_;
    prepare_fading(driven, s);
    std::fill_n(out, 2 * p.fixed.size(), Real(0));
    for (const StepNode& node : nodes) {
        if (spec_.norm == Norm::pre) pools.after(s, node.s_ms, factors_);
        add_pair(p, Real(math::exp(-node.s_ms / spec_.tau.interneuron_ms)),
                 Real(remembered(node, dt_ms, tau_ms)), out);
    }
}

template <class Real>
void AreaCircuit<Real>::drive_pair_now(Driven driven, const Real* s, Real* out) {
    // a moment is a step of length 0 whose one node has all the weight
    drive_pair(driven, s, {{0, 1}}, 0, 1, out);
}

// ------------------------------------------------------------------------------ o, y and z

/// Half of what W sees of a population: its signed rates, or the mean of theirs and those of its
/// interneurons.
template <class Real>
const Real* AreaCircuit<Real>::net(const Real* s, const StateSpan& span,
                                   std::vector<Real>& scratch) const {
    if (span.interneurons == 0) return rates(s, span, scratch);
    const Real *r = s + span.first, *u = s + span.interneurons;
    one_thread.for_each(span.n, PairNet<Real>{r, r + span.n, u, u + span.n, scratch.data(),
                                              Real(spec_.dale_balance)});
    return scratch.data();
}

/// Half of what |W| sees: excitation that the interneurons have not taken away.
template <class Real>
const Real* AreaCircuit<Real>::common(const Real* s, const StateSpan& span,
                                      std::vector<Real>& scratch) const {
    const Real *r = s + span.first, *u = s + span.interneurons;
    one_thread.for_each(span.n, PairCommon<Real>{r, r + span.n, u, u + span.n, scratch.data(),
                                                 Real(spec_.dale_balance)});
    return scratch.data();
}

template <class Real> Real AreaCircuit<Real>::net_x(const Real* s, std::size_t i) const {
    if (!spec_.dale) return in_.x[i];
    const InputPair<Real> pair = pairs_x_.at(s, i);
    return pair.steady_net() + pair.fading_net();
}

template <class Real> void AreaCircuit<Real>::oppose(std::size_t n, Real* out) const {
    one_thread.for_each(n, OpposePair<Real>{out, out + n});
}

template <class Real> void AreaCircuit<Real>::common_o(const Real* s, Real* out) {
    route(s, common(s, layout.v, scratch_a_), out + layout.o.n);
    oppose(layout.o.n, out);
}

template <class Real> void AreaCircuit<Real>::common_y(const Real* s, Real* out) {
    const int N = spec_.columns, D = spec_.d_model;
    Real* shared = out + layout.y.n;
    for (std::size_t i = 0; i < layout.y.n; ++i) {
        const InputPair<Real> pair = pairs_x_.at(s, i);
        shared[i] = pair.steady_common() + pair.fading_common();
    }
    cpu::matmul_nn(N, D, width_, common(s, layout.o, scratch_a_), width_, w_.size_W_O.data(), D,
                   shared, D, cpu::Store::accumulate);
    oppose(layout.y.n, out);
}

template <class Real> void AreaCircuit<Real>::common_z(const Real* s, Real* out) {
    const int N = spec_.columns, D = spec_.d_model, F = spec_.d_ff;
    Real* shared = out + layout.z.n;
    const Real* stream = common(s, layout.y, scratch_a_);
    // norm post: the first norm stands between y and z, and divides
    if (spec_.norm == Norm::post)
        one_thread.for_each_row(N, DividedRows<Real>{stream, s + layout.var_y.first, w_.g_1.data(),
                                                     shared, D, Real(spec_.norm_epsilon)});
    else
        std::copy(stream, stream + layout.z.n, shared);
    if (F > 0)
        cpu::matmul_nn(N, D, F, common(s, layout.f, scratch_b_), F, w_.size_W_2.data(), D, shared,
                       D, cpu::Store::accumulate);
    oppose(layout.z.n, out);
}

#define LAMINA_DALE(Real)                                                                          \
    template void AreaCircuit<Real>::take_signs();                                                 \
    template void AreaCircuit<Real>::present_pairs(const std::vector<double>&,                     \
                                                   const std::vector<double>&);                    \
    template void AreaCircuit<Real>::drive_pair(Driven, const Real*, const std::vector<StepNode>&, \
                                                double, double, Real*);                            \
    template void AreaCircuit<Real>::drive_pair_now(Driven, const Real*, Real*);                   \
    template const Real* AreaCircuit<Real>::net(const Real*, const StateSpan&, std::vector<Real>&) \
        const;                                                                                     \
    template Real AreaCircuit<Real>::net_x(const Real*, std::size_t) const;                        \
    template void AreaCircuit<Real>::oppose(std::size_t, Real*) const;                             \
    template void AreaCircuit<Real>::common_o(const Real*, Real*);                                 \
    template void AreaCircuit<Real>::common_y(const Real*, Real*);                                 \
    template void AreaCircuit<Real>::common_z(const Real*, Real*);
LAMINA_DALE(double)
LAMINA_DALE(float)
LAMINA_DALE(Dual)
#undef LAMINA_DALE

} // namespace lamina

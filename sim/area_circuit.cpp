#include "sim/area_circuit.hpp"

#include <algorithm>
#include <limits>

#include "kernels/add_rows.hpp"
#include "kernels/cpu/attention_step.hpp"
#include "kernels/cpu/exec.hpp"
#include "kernels/cpu/matmul.hpp"
#include "kernels/dual.hpp"
#include "kernels/input_norm.hpp"
#include "kernels/norm_rows.hpp"
#include "models/activation.hpp"
#include "sim/errors.hpp"

namespace lamina {
namespace {

template <class Real> std::vector<Real> cast(const std::vector<double>& from) {
    return std::vector<Real>(from.begin(), from.end());
}

/// [to][from] -> [from][to], the order in which the product reads it.
template <class Real> std::vector<Real> transposed(const std::vector<double>& W, int to, int from) {
    std::vector<Real> t(W.size());
    for (int i = 0; i < to; ++i)
        for (int j = 0; j < from; ++j)
            t[std::size_t(j) * to + i] = Real(W[std::size_t(i) * from + j]);
    return t;
}

template <class Real>
StepWeights<Real> step_weights(const AreaSpec& spec, const AttentionWeights& w) {
    StepWeights<Real> to;
    to.W_O = transposed<Real>(w.W_O, spec.d_model, spec.heads * spec.d_head);
    to.W_1 = transposed<Real>(w.W_1, spec.d_ff, spec.d_model);
    to.W_2 = transposed<Real>(w.W_2, spec.d_model, spec.d_ff);
    to.b_O = cast<Real>(w.b_O), to.b_1 = cast<Real>(w.b_1), to.b_2 = cast<Real>(w.b_2);
    to.g_1 = cast<Real>(w.g_1), to.beta_1 = cast<Real>(w.beta_1);
    to.g_2 = cast<Real>(w.g_2), to.beta_2 = cast<Real>(w.beta_2);
    return to;
}

/// Mean and variance (divided by d) of each row.
void moments(const std::vector<double>& rows, int n, int d, std::vector<double>& mean,
             std::vector<double>& var) {
    mean.assign(n, 0);
    var.assign(n, 0);
    for (int i = 0; i < n; ++i) {
        const double* row = rows.data() + std::size_t(i) * d;
        for (int j = 0; j < d; ++j) mean[i] += row[j] / d;
        for (int j = 0; j < d; ++j) var[i] += (row[j] - mean[i]) * (row[j] - mean[i]) / d;
    }
}

} // namespace

template <class Real>
AreaCircuit<Real>::AreaCircuit(const AreaSpec& spec, const AttentionWeights& w, std::uint64_t seed)
    : layout(spec), spec_(spec), width_(spec.heads * spec.d_head), weights_(w),
      w_(step_weights<Real>(spec, w)),
      score_(make_score_stage<Real>(spec.score, spec.columns, score_parameters(spec), seed)),
      pools_x_(layout.mean_x, layout.var_x, spec.norm_epsilon),
      pools_c_(layout.mean_c, layout.var_c, spec.norm_epsilon),
      pairs_x_(layout.u_x, spec.baseline, spec.dale_balance),
      pairs_c_(layout.u_c, spec.baseline, spec.dale_balance) {
    if (spec.dale) take_signs();
    const std::size_t widest = std::size_t(std::max({width_, spec.d_model, spec.d_ff}));
    for (auto* buffer : {&scratch_a_, &scratch_b_, &work_, &n_})
        buffer->resize(std::size_t(spec.columns) * widest);
    gain_.resize(spec.columns);
    block_.resize(std::size_t(spec.columns) *
                  std::min(spec.columns, cpu::attention_block<Real>(spec.columns)));
    Segment nothing;
    nothing.x.assign(std::size_t(spec.columns) * spec.d_model, 0);
    present(nothing);
}

template <class Real> void AreaCircuit<Real>::present(const Segment& segment) {
    const std::size_t size = std::size_t(spec_.columns) * spec_.d_model;
    const std::vector<double>& c = segment.c.empty() ? segment.x : segment.c;
    if (segment.x.size() != size || c.size() != size)
        throw SpecError("a segment's x and c need columns * d_model values");
    if (!segment.masked.empty() && segment.masked.size() != std::size_t(spec_.columns))
        throw SpecError("a segment's mask needs one value per column");
    in_.x = cast<Real>(segment.x);

    // the pools see the input's moments; where a norm follows, the projections see it centred
    std::vector<double> mean, var, in_x = segment.x, in_c = c;
    const auto prepare = [&](std::vector<double>& in, InputPools<Real>& pools) {
        if (spec_.norm == Norm::pre) {
            moments(in, spec_.columns, spec_.d_model, mean, var);
            pools.set_input(mean, var);
        }
        for (std::size_t i = 0; i < size; ++i) {
            // what arrives once the interneurons have settled
            if (spec_.dale) in[i] *= (1 + spec_.dale_balance) / 2;
            if (spec_.norm == Norm::pre) in[i] -= mean[i / spec_.d_model];
        }
    };
    prepare(in_x, pools_x_);
    prepare(in_c, pools_c_);
    in_.mean_x = pools_x_.true_mean(), in_.var_x = pools_x_.true_var();
    in_.mean_c = pools_c_.true_mean(), in_.var_c = pools_c_.true_var();
    in_.value = projection(weights_.W_V, weights_.b_V, in_x);
    in_.key = projection(weights_.W_K, weights_.b_K, in_x);
    in_.query = projection(weights_.W_Q, weights_.b_Q, in_c);
    if (spec_.dale) present_pairs(segment.x, c);
    set_mask(segment.masked);
}

template <class Real> void AreaCircuit<Real>::set_mask(const std::vector<std::uint8_t>& masked) {
    const int N = spec_.columns;
    const Real closed = -std::numeric_limits<Real>::infinity();
    in_.mask.assign(std::size_t(N) * N, Real(0));
    in_.all_seen = true;
    in_.open_rows.assign(std::size_t(spec_.heads) * N, 0);
    for (int i = 0; i < N; ++i)
        for (int j = 0; j < N; ++j) {
            const bool later = spec_.attention == Attention::causal && j > i;
            const bool seen = !later && (masked.empty() || !masked[j]);
            if (!seen) in_.mask[std::size_t(i) * N + j] = closed, in_.all_seen = false;
            for (int h = 0; seen && h < spec_.heads; ++h) in_.open_rows[std::size_t(h) * N + i] = 1;
        }
}

template <class Real>
Projection<Real> AreaCircuit<Real>::projection(const std::vector<double>& W,
                                               const std::vector<double>& b,
                                               const std::vector<double>& input) const {
    // in double, once per segment
    const int N = spec_.columns, D = spec_.d_model;
    const bool pre = spec_.norm == Norm::pre;
    Projection<Real> p;
    std::vector<double> scaled = W, fixed(std::size_t(N) * width_);
    if (pre) {
        p.per_mean.resize(width_);
        p.constant.resize(width_);
        for (int i = 0; i < width_; ++i) {
            double per_mean = 0, constant = b[i];
            for (int j = 0; j < D; ++j) {
                constant = fma(W[std::size_t(i) * D + j], weights_.beta_1[j], constant);
                per_mean += scaled[std::size_t(i) * D + j] *= weights_.g_1[j];
            }
            p.per_mean[i] = Real(per_mean);
            p.constant[i] = Real(constant);
        }
    }
    cpu::matmul_nt(N, width_, D, input.data(), D, scaled.data(), D, fixed.data(), width_);
    if (!pre)
        for (std::size_t i = 0; i < fixed.size(); ++i) fixed[i] += b[i % width_];
    p.fixed = cast<Real>(fixed);
    return p;
}

template <class Real>
void AreaCircuit<Real>::project(const Projection<Real>& p, const NormFactors<Real>& factors,
                                Real* out) const {
    if (spec_.norm != Norm::pre) {
        std::copy(p.fixed.begin(), p.fixed.end(), out);
        return;
    }
    one_thread.for_each_row(spec_.columns,
                            ProjectRows<Real>{p.fixed.data(), p.per_mean.data(), p.constant.data(),
                                              factors.per_sd.data(), factors.away_per_sd.data(),
                                              &factors.constant, out, width_, spec_.columns});
}

template <class Real> void AreaCircuit<Real>::inputs_now(const Real* s, Real* v, Real* k, Real* q) {
    if (spec_.dale) {
        drive_pair_now(Driven::v, s, v);
        drive_pair_now(Driven::k, s, k);
        drive_pair_now(Driven::q, s, q);
        return;
    }
    const bool pre = spec_.norm == Norm::pre;
    if (pre) pools_x_.now(s, factors_);
    input_v(factors_, v);
    input_k(factors_, k);
    if (pre) pools_c_.now(s, factors_);
    input_q(factors_, q);
}

template <class Real>
const Real* AreaCircuit<Real>::rates(const Real* s, const StateSpan& span,
                                     std::vector<Real>& scratch) const {
    const Real* positive = s + span.first;
    if (!span.pair) return positive;
    for (std::size_t i = 0; i < span.n; ++i) scratch[i] = positive[i] - positive[span.n + i];
    return scratch.data();
}

template <class Real> const Real* AreaCircuit<Real>::query_gain(const Real* s) {
    for (int i = 0; i < spec_.columns; ++i)
        gain_[i] = Real(spec_.score_gain) * (1 - s[layout.r.first + i]);
    return gain_.data();
}

/// The divisive pool takes a drive to the power n: log D^n = n log D.
template <class Real>
void AreaCircuit<Real>::sharpen(std::size_t first, std::size_t last, Real* log_drive) const {
    if (!score_->gives_drive() || spec_.inhibition != "pv_divisive") return;
    for (std::size_t i = first * spec_.columns; i < last * spec_.columns; ++i)
        log_drive[i] *= Real(spec_.divisive_n);
}

template <class Real> void AreaCircuit<Real>::log_drive(const Real* s, Real* out) {
    score_->evaluate(rates(s, layout.q, scratch_a_), rates(s, layout.k, scratch_b_), query_gain(s),
                     in_.all_seen ? nullptr : in_.mask.data(), out);
    sharpen(0, layout.p.n, out);
}

template <class Real>
void AreaCircuit<Real>::attend(const Real* s, const RowsStep<Real>& gates, Real* input_o,
                               StepClock* clock) {
    const int N = spec_.columns, d = spec_.d_head;
    const auto turn_to = [&](StepPhase phase) {
        if (clock) clock->turn_to(phase);
    };
    turn_to(StepPhase::score);
    score_->encode(rates(s, layout.q, scratch_a_), rates(s, layout.k, scratch_b_), query_gain(s));
    const Real* v = net(s, layout.v, scratch_a_);
    for (int head = 0; head < spec_.heads; ++head) {
        values_.pack(N, d, v + head * d, width_);
        cpu::AttentionHead<Real> one;
        one.n_queries = one.n_keys = N, one.d_head = d;
        one.n_features = one.ld_query = score_->n_features();
        one.query = score_->query(head);
        one.keys = score_->keys(head);
        one.values = &values_;
        one.log_drive = block_.data();
        one.keep_log_drive = false;
        one.gate = s + layout.a.first + std::size_t(head) * N * N;
        one.routed = input_o + head * d;
        one.ld_routed = width_;
        // rows count over all heads there, over this head here
        const std::size_t before = std::size_t(head) * N;
        const auto meet = [&](std::size_t first, std::size_t last, Real* log_drive) {
            Real* all = log_drive - before * N;
            score_->meet(before + first, before + last, in_.all_seen ? nullptr : in_.mask.data(),
                         all);
            sharpen(before + first, before + last, all);
        };
        const auto advance = [&](std::size_t first, std::size_t last, const Real* log_drive) {
            gates(before + first, before + last, log_drive - before * N);
            turn_to(StepPhase::routing);
        };
        cpu::attention_step(one, meet, advance, [&] { turn_to(StepPhase::score); });
    }
    if (spec_.dale) common_o(s, input_o);
}

/// out = sum_j a_ij values_j of every head
template <class Real>
void AreaCircuit<Real>::route(const Real* s, const Real* values, Real* out) const {
    const int N = spec_.columns, d = spec_.d_head;
    for (int head = 0; head < spec_.heads; ++head)
        cpu::matmul_nn(N, d, N, s + layout.a.first + std::size_t(head) * N * N, N,
                       values + head * d, width_, out + head * d, width_);
}

template <class Real> void AreaCircuit<Real>::input_o(const Real* s, Real* out) {
    route(s, net(s, layout.v, scratch_a_), out);
    if (spec_.dale) common_o(s, out);
}

template <class Real> void AreaCircuit<Real>::input_y(const Real* s, Real* out) {
    const int N = spec_.columns, D = spec_.d_model;
    for (int i = 0; i < N; ++i)
        for (int j = 0; j < D; ++j)
            out[std::size_t(i) * D + j] = net_x(s, std::size_t(i) * D + j) + w_.b_O[j];
    cpu::matmul_nn(N, D, width_, net(s, layout.o, scratch_a_), width_, w_.W_O.data(), D, out, D,
                   cpu::Store::accumulate);
    if (spec_.dale) common_y(s, out);
}

template <class Real> void AreaCircuit<Real>::input_mean_y(const Real* s, Real* out) {
    one_thread.for_each_row(spec_.columns,
                            MeanRows<Real>{rates(s, layout.y, scratch_a_), out, spec_.d_model});
}

template <class Real> void AreaCircuit<Real>::input_var_y(const Real* s, Real* out) {
    one_thread.for_each_row(spec_.columns, SquareRows<Real>{rates(s, layout.y, scratch_a_),
                                                            s + layout.mean_y.first, out,
                                                            work_.data(), spec_.d_model});
}

/// norm pre: the second norm of the block; post: its first, there on y as well.
template <class Real>
void AreaCircuit<Real>::norm_y(const Real* s, const Real* y, Real* out) const {
    const bool post = spec_.norm == Norm::post;
    one_thread.for_each_row(spec_.columns,
                            NormRows<Real>{y, s + layout.mean_y.first, s + layout.var_y.first,
                                           post ? w_.g_1.data() : w_.g_2.data(),
                                           post ? w_.beta_1.data() : w_.beta_2.data(), out,
                                           spec_.d_model, Real(spec_.norm_epsilon)});
}

template <class Real> void AreaCircuit<Real>::input_f(const Real* s, Real* out) {
    const int N = spec_.columns, D = spec_.d_model, F = spec_.d_ff;
    const Real* n = net(s, layout.y, scratch_a_);
    if (spec_.norm != Norm::none) {
        norm_y(s, n, n_.data());
        n = n_.data();
    }
    one_thread.for_each_row(N, AddRows<Real>{nullptr, w_.b_1.data(), out, F});
    cpu::matmul_nn(N, F, D, n, D, w_.W_1.data(), F, out, F, cpu::Store::accumulate);
    const std::size_t size = std::size_t(N) * F;
    switch (spec_.activation) {
    case Activation::relu:
        one_thread.for_each(size, Apply<Relu, Real>{out});
        break;
    case Activation::gelu:
        one_thread.for_each(size, Apply<Gelu, Real>{out});
        break;
    case Activation::gelu_tanh:
        one_thread.for_each(size, Apply<GeluTanh, Real>{out});
        break;
    }
    if (!spec_.dale) return;
    std::fill_n(out + size, size, Real(0)); // phi acts on the net drive
    oppose(size, out);
}

template <class Real> void AreaCircuit<Real>::input_z(const Real* s, Real* out) {
    const int N = spec_.columns, D = spec_.d_model, F = spec_.d_ff;
    const Real* stream = net(s, layout.y, scratch_a_);
    if (spec_.norm == Norm::post)
        norm_y(s, stream, out);
    else
        std::copy(stream, stream + std::size_t(N) * D, out);
    if (F > 0) {
        one_thread.for_each_row(N, AddRows<Real>{out, w_.b_2.data(), out, D});
        cpu::matmul_nn(N, D, F, net(s, layout.f, scratch_b_), F, w_.W_2.data(), D, out, D,
                       cpu::Store::accumulate);
    }
    if (spec_.dale) common_z(s, out);
}

template <class Real> void AreaCircuit<Real>::input_mean_z(const Real* s, Real* out) {
    one_thread.for_each_row(spec_.columns,
                            MeanRows<Real>{rates(s, layout.z, scratch_a_), out, spec_.d_model});
}

template <class Real> void AreaCircuit<Real>::input_var_z(const Real* s, Real* out) {
    one_thread.for_each_row(spec_.columns, SquareRows<Real>{rates(s, layout.z, scratch_a_),
                                                            s + layout.mean_z.first, out,
                                                            work_.data(), spec_.d_model});
}

template <class Real> void AreaCircuit<Real>::norm_z(const Real* s, Real* out) {
    one_thread.for_each_row(spec_.columns,
                            NormRows<Real>{rates(s, layout.z, scratch_a_), s + layout.mean_z.first,
                                           s + layout.var_z.first, w_.g_2.data(), w_.beta_2.data(),
                                           out, spec_.d_model, Real(spec_.norm_epsilon)});
}

template <class Real> double AreaCircuit<Real>::flops() const {
    const double N = spec_.columns, D = spec_.d_model, F = spec_.d_ff, W = width_;
    const double gates = layout.a.n > 0 ? score_->flops() + 2 * N * N * W : 0;
    const double products = gates + 2 * N * D * W + 4 * N * D * F;
    // twelve moments of the step for v, k and q, and common drives
    const double dale =
        spec_.dale ? 12 * N * (W + D) * W + 3 * 12 * 8 * N * W + 2 * N * N * W + 2 * N * D * (W + F)
                   : 0;
    // per gate: one exponential (counted as 20), limit, relaxation, two sums
    return products + dale + 28 * double(layout.a.n) + 5 * double(layout.size);
}

template class AreaCircuit<double>;
template class AreaCircuit<float>;
template class AreaCircuit<Dual>;

} // namespace lamina

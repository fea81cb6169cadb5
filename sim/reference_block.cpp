#include "sim/reference_block.hpp"

#include <limits>

#include "kernels/math.hpp"
#include "sim/dot.hpp"
#include "sim/layer_norm.hpp"

namespace lamina {

namespace {

constexpr double minus_infinity = -std::numeric_limits<double>::infinity();

/// W x + b for each row x. @param rows [n][from], W [to][from], b [to]  @return [n][to]
std::vector<double> linear(const std::vector<double>& W, const std::vector<double>& b,
                           const std::vector<double>& rows, int inner) {
    const auto from = static_cast<std::size_t>(inner);
    const std::size_t to = b.size(), n = rows.size() / from;
    LAMINA_EXPECT(W.size() == to * from && rows.size() == n * from);
    std::vector<double> out(n * to);
    for (std::size_t row = 0; row < n; ++row)
        for (std::size_t i = 0; i < to; ++i)
            out[row * to + i] = dot(W.data() + i * from, rows.data() + row * from, from) + b[i];
    return out;
}

std::vector<double> sum(std::vector<double> a, const std::vector<double>& b) {
    LAMINA_EXPECT(a.size() == b.size());
    for (std::size_t i = 0; i < a.size(); ++i) a[i] += b[i];
    return a;
}

/// relu x = max(x, 0); gelu x = x Phi(x) with Phi the normal distribution function;
/// gelu_tanh x = x / 2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))).
/// Source: Hendrycks & Gimpel (2016), arXiv:1606.08415, section 2.
double activate(Activation activation, double x) {
    constexpr double sqrt_half = 0.70710678118654752440;
    constexpr double sqrt_2_over_pi = 0.79788456080286535588;
    switch (activation) {
    case Activation::relu:
        return x > 0 ? x : 0;
    case Activation::gelu:
        return 0.5 * x * (1 + math::erf(x * sqrt_half));
    case Activation::gelu_tanh:
        return 0.5 * x * (1 + math::tanh(sqrt_2_over_pi * (x + 0.044715 * x * x * x)));
    }
    return x;
}

/// Softmax of one row of scores. Masked entries are -inf and weigh 0; a row of them alone is 0.
void softmax(const double* scores, double* pattern, std::size_t n) {
    double top = minus_infinity;
    for (std::size_t j = 0; j < n; ++j) top = scores[j] > top ? scores[j] : top;
    double total = 0;
    for (std::size_t j = 0; j < n; ++j) {
        pattern[j] = scores[j] == minus_infinity ? 0 : math::exp(scores[j] - top);
        total += pattern[j];
    }
    if (top == minus_infinity) return;
    for (std::size_t j = 0; j < n; ++j) pattern[j] /= total;
}

/// Scores, weights and routed values of every head, from q, k and v.
void attend(const AreaSpec& spec, const std::vector<std::uint8_t>& masked, ReferenceResult& r) {
    const auto n = static_cast<std::size_t>(r.columns), heads = static_cast<std::size_t>(r.heads),
               d_head = static_cast<std::size_t>(r.d_head), stacked = heads * d_head;
    const double scale = spec.score_gain / math::sqrt(static_cast<double>(r.d_head));
    r.scores.assign(heads * n * n, minus_infinity);
    r.pattern.assign(heads * n * n, 0);
    r.z_heads.assign(n * stacked, 0);
    for (std::size_t head = 0; head < heads; ++head)
        for (std::size_t i = 0; i < n; ++i) {
            double* s = r.scores.data() + (head * n + i) * n;
            double* a = r.pattern.data() + (head * n + i) * n;
            double* o = r.z_heads.data() + i * stacked + head * d_head;
            const double* q = r.q.data() + i * stacked + head * d_head;

            // m_ij = -inf: columns that hold nothing, and for causal attention the tokens to come
            const std::size_t n_seen = spec.attention == Attention::causal ? i + 1 : n;
            for (std::size_t j = 0; j < n_seen; ++j)
                if (masked.empty() || masked[j] == 0)
                    s[j] = scale * dot(q, r.k.data() + j * stacked + head * d_head, d_head);
            softmax(s, a, n);

            for (std::size_t j = 0; j < n; ++j) {
                const double* v = r.v.data() + j * stacked + head * d_head;
                for (std::size_t e = 0; e < d_head; ++e) o[e] = fma(a[j], v[e], o[e]);
            }
        }
}

} // namespace

ReferenceResult reference_block(const AreaSpec& spec, const AttentionWeights& w,
                                const std::vector<double>& x, const std::vector<double>& c,
                                const std::vector<std::uint8_t>& masked) {
    const int d = spec.d_model;
    const auto n_values = static_cast<std::size_t>(spec.columns) * static_cast<std::size_t>(d);
    LAMINA_EXPECT(x.size() == n_values && c.size() == n_values);
    LAMINA_EXPECT(masked.empty() || masked.size() == static_cast<std::size_t>(spec.columns));
    LAMINA_EXPECT(w.heads == spec.heads && w.d_model == d && w.d_head == spec.d_head &&
                  w.d_ff == spec.d_ff);
    ReferenceResult r;
    r.columns = spec.columns;
    r.heads = spec.heads;
    r.d_model = d;
    r.d_head = spec.d_head;
    r.d_ff = spec.d_ff;
    const auto norm_1 = [&](const std::vector<double>& rows) {
        return layer_norm(rows, w.g_1, w.beta_1, spec.norm_epsilon);
    };
    const auto norm_2 = [&](const std::vector<double>& rows) {
        return layer_norm(rows, w.g_2, w.beta_2, spec.norm_epsilon);
    };

    // attention: both streams pass the same first norm
    r.resid_pre = x;
    const bool pre = spec.norm == Norm::pre, post = spec.norm == Norm::post;
    const std::vector<double> tokens = pre ? norm_1(x) : x;
    r.q = linear(w.W_Q, w.b_Q, pre ? norm_1(c) : c, d);
    r.k = linear(w.W_K, w.b_K, tokens, d);
    r.v = linear(w.W_V, w.b_V, tokens, d);
    attend(spec, masked, r);
    r.attn_out = linear(w.W_O, w.b_O, r.z_heads, spec.heads * spec.d_head);

    // residual stream
    r.sum_mid = sum(x, r.attn_out);
    r.resid_mid = post ? norm_1(r.sum_mid) : r.sum_mid;

    // feed-forward layer
    r.mlp_out.assign(n_values, 0);
    if (spec.d_ff > 0) {
        std::vector<double> f = linear(w.W_1, w.b_1, pre ? norm_2(r.resid_mid) : r.resid_mid, d);
        for (double& value : f) value = activate(spec.activation, value);
        r.mlp_out = linear(w.W_2, w.b_2, f, spec.d_ff);
    }
    r.sum_post = sum(r.resid_mid, r.mlp_out);
    r.resid_post = post ? norm_2(r.sum_post) : r.sum_post;
    r.norm = spec.norm;
    return r;
}

std::map<std::string, ReferenceResult::Named> ReferenceResult::named(int layer) const {
    const std::string block = "blocks." + std::to_string(layer) + ".";
    const std::vector<int> by_head = {columns, heads, d_head}, pairs = {heads, columns, columns},
                           stream = {columns, d_model};
    std::map<std::string, Named> all = {
        {block + "attn.hook_q", {by_head, &q}},
        {block + "attn.hook_k", {by_head, &k}},
        {block + "attn.hook_v", {by_head, &v}},
        {block + "attn.hook_attn_scores", {pairs, &scores}},
        {block + "attn.hook_pattern", {pairs, &pattern}},
        {block + "attn.hook_z", {by_head, &z_heads}},
        {block + "hook_resid_pre", {stream, &resid_pre}},
        {block + "hook_attn_out", {stream, &attn_out}},
        {block + "hook_resid_mid", {stream, &sum_mid}},
        {block + "hook_mlp_out", {stream, &mlp_out}},
        {block + "hook_resid_post", {stream, &sum_post}},
    };
    if (norm == Norm::post) {
        all[block + "hook_normalized_resid_mid"] = {stream, &resid_mid};
        all[block + "hook_normalized_resid_post"] = {stream, &resid_post};
    }
    return all;
}

} // namespace lamina

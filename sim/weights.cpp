#include "sim/weights.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "kernels/dot.hpp"
#include "kernels/math.hpp"
#include "kernels/normal.hpp"
#include "sim/errors.hpp"
#include "sim/layer_norm.hpp"
#include "sim/orthogonal.hpp"
#include "sim/run_file/sha256.hpp"

namespace lamina {

namespace {

/// Which matrix an entry belongs to: the step under which it is drawn. The numbers are part of what
/// a seed means; they never change.
enum Matrix : std::uint64_t {
    orthogonal = 0,
    query = 1,
    key = 2,
    value = 3,
    output = 4,
    feed_in = 5,
    feed_out = 6,
    query_bias = 7,
    key_bias = 8,
    value_bias = 9,
    output_bias = 10,
    feed_in_bias = 11,
    feed_out_bias = 12,
    scale_1 = 13,
    shift_1 = 14,
    scale_2 = 15,
    shift_2 = 16,
};

/// SD of drawn biases and of norm scales around 1 and shifts around 0: our choice, an order below
/// the SD of the weighted sums they are added to (1 for inputs of variance 1), so that they matter
/// without ruling.
constexpr double bias_sd = 0.1;

std::size_t size_of(int rows, int columns) {
    return static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns);
}

/// `mean` + `sd` N(0, 1), n times.
std::vector<double> draw(std::uint64_t seed, Matrix matrix, std::size_t n, double sd,
                         double mean = 0) {
    std::vector<double> entries(n);
    normal_row(seed, 0, Stream::weights, matrix, entries.data(), n);
    for (double& entry : entries) entry = fma(sd, entry, mean);
    return entries;
}

/// [to][from] with every entry N(0, 1 / from).
std::vector<double> draw_matrix(std::uint64_t seed, Matrix matrix, int to, int from) {
    return draw(seed, matrix, size_of(to, from), 1 / math::sqrt(static_cast<double>(from)));
}

/// Blank ones, and the drawn feed-forward layer.
AttentionWeights empty_weights(const AreaSpec& spec, std::uint64_t seed) {
    AttentionWeights w = blank_weights(spec);
    if (spec.d_ff > 0) {
        w.W_1 = draw_matrix(seed, feed_in, spec.d_ff, spec.d_model);
        w.W_2 = draw_matrix(seed, feed_out, spec.d_model, spec.d_ff);
    }
    return w;
}

void draw_biases(AttentionWeights& w, std::uint64_t seed) {
    const auto redraw = [&](std::vector<double>& entries, Matrix matrix, double mean = 0) {
        entries = draw(seed, matrix, entries.size(), bias_sd, mean);
    };
    redraw(w.b_Q, query_bias);
    redraw(w.b_K, key_bias);
    redraw(w.b_V, value_bias);
    redraw(w.b_O, output_bias);
    redraw(w.b_1, feed_in_bias);
    if (w.d_ff > 0) redraw(w.b_2, feed_out_bias);
    redraw(w.g_1, scale_1, 1);
    redraw(w.beta_1, shift_1);
    redraw(w.g_2, scale_2, 1);
    redraw(w.beta_2, shift_2);
}

/// What the queries and keys are made from: the input itself, or its first layer norm.
std::vector<double> seen_by_heads(const AreaSpec& spec, const AttentionWeights& w,
                                  const std::vector<double>& rows) {
    return spec.norm == Norm::pre ? layer_norm(rows, w.g_1, w.beta_1, spec.norm_epsilon) : rows;
}

/// W x + b for each row x of `rows` [n][d_model].
std::vector<double> project(const std::vector<double>& W, const std::vector<double>& b,
                            const std::vector<double>& rows, int d_model) {
    const auto d = static_cast<std::size_t>(d_model);
    std::vector<double> projected;
    projected.reserve(rows.size() / d * b.size());
    for (std::size_t row = 0; row < rows.size(); row += d)
        for (std::size_t to = 0; to < b.size(); ++to)
            projected.push_back(dot(W.data() + to * d, rows.data() + row, d) + b[to]);
    return projected;
}

/// Does the score of query i and key j count? The pairs of distinct tokens that the attention
/// allows.
bool counts(Attention attention, int query, int key) {
    if (attention == Attention::cross) return true; // the streams differ
    return attention == Attention::causal ? key < query : key != query;
}

/// SD of q.k / sqrt(d_head) over heads, sets and counted pairs; NaN when no pair counts.
double score_sd_of(const AreaSpec& spec, const std::vector<double>& q,
                   const std::vector<double>& k) {
    const auto d_head = static_cast<std::size_t>(spec.d_head);
    const std::size_t stacked = size_of(spec.heads, spec.d_head);
    const std::size_t set_size = size_of(spec.columns, static_cast<int>(stacked));
    double n = 0, mean = 0, squares = 0;
    for (std::size_t set = 0; set < q.size(); set += set_size)
        for (int i = 0; i < spec.columns; ++i)
            for (int j = 0; j < spec.columns; ++j) {
                if (!counts(spec.attention, i, j)) continue;
                const double* query_row = q.data() + set + static_cast<std::size_t>(i) * stacked;
                const double* key_row = k.data() + set + static_cast<std::size_t>(j) * stacked;
                for (std::size_t first = 0; first < stacked; first += d_head) {
                    const double score = dot(query_row + first, key_row + first, d_head) /
                                         math::sqrt(static_cast<double>(d_head));
                    // running mean and sum of squares about it (Welford), one pass without overflow
                    n += 1;
                    const double from_old_mean = score - mean;
                    mean += from_old_mean / n;
                    squares += from_old_mean * (score - mean);
                }
            }
    return math::sqrt(squares / n);
}

} // namespace

AttentionWeights matched_weights(const AreaSpec& spec, const WeightsSpec& how,
                                 const std::vector<double>& items, std::uint64_t seed) {
    if (spec.heads * spec.d_head != spec.d_model)
        throw SpecError(fmt::format("column.weights: matched needs heads * d_head = d_model, but "
                                    "{} * {} = {} and d_model = {} "
                                    "(the heads share the rows of one orthogonal matrix); write "
                                    "d_head: {} or weights: random",
                                    spec.heads, spec.d_head, spec.heads * spec.d_head, spec.d_model,
                                    std::max(1, spec.d_model / std::max(1, spec.heads))));
    AttentionWeights w = empty_weights(spec, seed);
    w.origin = "matched";
    const auto d = static_cast<std::size_t>(spec.d_model);
    LAMINA_EXPECT(items.size() % d == 0);

    // an orthogonal matrix keeps lengths: the scores of an item with itself, summed over heads, are
    // g |x|^2 / sqrt(d_head), whatever R is
    double mean_square = static_cast<double>(d); // that of N(0, 1) items, when none are known
    if (!items.empty()) {
        const std::vector<double> seen = seen_by_heads(spec, w, items);
        mean_square =
            dot(seen.data(), seen.data(), seen.size()) / static_cast<double>(seen.size() / d);
    }
    if (!(mean_square > 0) || !std::isfinite(mean_square))
        throw SpecError(fmt::format("column.weights: the stimuli have mean squared length {}, so "
                                    "no gain gives match_gain = {}; "
                                    "use stimuli that are finite and not all zero",
                                    mean_square, how.match_gain));
    if (!(how.match_gain >= 0))
        throw SpecError(
            fmt::format("column.weights.match_gain = {} (must be 0 or positive, because "
                        "W_Q = W_K); write for example 6",
                        how.match_gain));
    const double gain =
        how.match_gain * spec.heads * math::sqrt(static_cast<double>(spec.d_head)) / mean_square;

    // R stacks R_1 .. R_H: W_V is R itself, W_O its transpose, so one item routed with a = 1
    // returns
    w.W_V = random_orthogonal(spec.d_model, seed, Stream::weights, orthogonal);
    w.W_O.resize(d * d);
    for (std::size_t row = 0; row < d; ++row)
        for (std::size_t column = 0; column < d; ++column)
            w.W_O[column * d + row] = w.W_V[row * d + column];
    w.W_Q = w.W_V;
    for (double& entry : w.W_Q) entry *= math::sqrt(gain);
    w.W_K = w.W_Q;
    return w;
}

std::vector<WeightArray> weight_arrays(const AreaSpec& spec) {
    using W = AttentionWeights;
    const auto H = std::size_t(spec.heads), D = std::size_t(spec.d_model),
               d = std::size_t(spec.d_head), F = std::size_t(spec.d_ff);
    const std::string no_ff = F > 0 ? "" : "column.d_ff is 0";
    const std::string no_norm = spec.norm != Norm::none ? "" : "column.norm is none";
    const char* const into_heads = "heads * d_head, d_model";
    const auto to_heads = [&](const char* name, std::vector<double> W::*entries) {
        return WeightArray{name, entries, {H * d, D}, {H, d, D}, into_heads, true, ""};
    };
    const auto of_heads = [&](const char* name, std::vector<double> W::*entries) {
        return WeightArray{name, entries, {H * d}, {H, d}, "heads * d_head", false, ""};
    };
    const auto of_norm = [&](const char* name, std::vector<double> W::*entries) {
        return WeightArray{name, entries, {D}, {D}, "d_model", false, no_norm};
    };
    return {
        to_heads("W_Q", &W::W_Q),
        to_heads("W_K", &W::W_K),
        to_heads("W_V", &W::W_V),
        of_heads("b_Q", &W::b_Q),
        of_heads("b_K", &W::b_K),
        of_heads("b_V", &W::b_V),
        {"W_O", &W::W_O, {D, H * d}, {D, H, d}, "d_model, heads * d_head", true, ""},
        {"b_O", &W::b_O, {D}, {D}, "d_model", false, ""},
        {"W_1", &W::W_1, {F, D}, {F, D}, "d_ff, d_model", F > 0, no_ff},
        {"b_1", &W::b_1, {F}, {F}, "d_ff", false, no_ff},
        {"W_2", &W::W_2, {D, F}, {D, F}, "d_model, d_ff", F > 0, no_ff},
        {"b_2", &W::b_2, {D}, {D}, "d_model", false, no_ff},
        of_norm("g_1", &W::g_1),
        of_norm("beta_1", &W::beta_1),
        of_norm("g_2", &W::g_2),
        of_norm("beta_2", &W::beta_2),
    };
}

AttentionWeights blank_weights(const AreaSpec& spec) {
    LAMINA_EXPECT(spec.heads >= 1 && spec.d_model >= 1 && spec.d_head >= 1 && spec.d_ff >= 0);
    AttentionWeights w;
    w.heads = spec.heads;
    w.d_model = spec.d_model;
    w.d_head = spec.d_head;
    w.d_ff = spec.d_ff;
    for (const WeightArray& array : weight_arrays(spec)) {
        std::size_t n = 1;
        for (const std::size_t size : array.shape) n *= size;
        (w.*array.entries).assign(n, 0);
    }
    w.g_1.assign(w.g_1.size(), 1);
    w.g_2.assign(w.g_2.size(), 1);
    return w;
}

AttentionWeights random_weights(const AreaSpec& spec, const WeightsSpec& how,
                                const std::vector<double>& tokens,
                                const std::vector<double>& context, std::uint64_t seed) {
    AttentionWeights w = empty_weights(spec, seed);
    w.origin = "random";
    const int stacked = spec.heads * spec.d_head;
    w.W_Q = draw_matrix(seed, query, stacked, spec.d_model);
    w.W_K = draw_matrix(seed, key, stacked, spec.d_model);
    w.W_V = draw_matrix(seed, value, stacked, spec.d_model);
    w.W_O = draw_matrix(seed, output, spec.d_model, stacked);
    if (how.biases) draw_biases(w, seed);

    // scores are quadratic in one factor on W_Q, b_Q, W_K, b_K together, so it follows from one
    // look
    LAMINA_EXPECT(tokens.size() == context.size());
    LAMINA_EXPECT(!tokens.empty() && tokens.size() % size_of(spec.columns, spec.d_model) == 0);
    const double sd =
        score_sd_of(spec, project(w.W_Q, w.b_Q, seen_by_heads(spec, w, context), spec.d_model),
                    project(w.W_K, w.b_K, seen_by_heads(spec, w, tokens), spec.d_model));
    if (!(sd > 0) || !std::isfinite(sd))
        throw SpecError(fmt::format("column.weights.score_sd = {}: the scores of these tokens do "
                                    "not vary over the {} columns' "
                                    "pairs of distinct tokens (SD {}), so no factor scales them; "
                                    "use at least 3 columns and "
                                    "tokens that differ, or weights: matched",
                                    how.score_sd, spec.columns, sd));
    if (!(how.score_sd >= 0))
        throw SpecError(fmt::format("column.weights.score_sd = {} (a standard deviation, 0 or "
                                    "positive); write for example 1",
                                    how.score_sd));
    const double factor = math::sqrt(how.score_sd / sd);
    for (std::vector<double>* entries : {&w.W_Q, &w.b_Q, &w.W_K, &w.b_K})
        for (double& entry : *entries) entry *= factor;
    return w;
}

std::string weights_hash(const AttentionWeights& w) {
    Sha256 digest;
    for (const int size : {w.heads, w.d_model, w.d_head, w.d_ff}) {
        const auto bytes = static_cast<std::int32_t>(size);
        digest.add(&bytes, sizeof(bytes));
    }
    // in the order of the struct; a length before each keeps neighbours apart
    for (const std::vector<double>* entries :
         {&w.W_Q, &w.W_K, &w.W_V, &w.b_Q, &w.b_K, &w.b_V, &w.W_O, &w.b_O, &w.W_1, &w.b_1, &w.W_2,
          &w.b_2, &w.g_1, &w.beta_1, &w.g_2, &w.beta_2}) {
        const auto n = static_cast<std::uint64_t>(entries->size());
        digest.add(&n, sizeof(n));
        if (n > 0) digest.add(entries->data(), entries->size() * sizeof(double));
    }
    return digest.finish();
}

} // namespace lamina

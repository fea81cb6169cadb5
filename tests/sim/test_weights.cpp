#include <catch2/catch.hpp>

#include <Eigen/Dense>
#include <cmath>
#include <vector>

#include "kernels/normal.hpp"
#include "sim/errors.hpp"
#include "sim/layer_norm.hpp"
#include "sim/orthogonal.hpp"
#include "sim/reference_block.hpp"
#include "sim/weights.hpp"

using namespace lamina;

namespace {

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Rows = Eigen::Map<const Matrix>;

std::vector<double> random_rows(int n, int d, std::uint64_t seed, double mean = 0) {
    std::vector<double> rows(static_cast<std::size_t>(n * d));
    normal_row(seed, 0, Stream::tokens, 0, rows.data(), rows.size());
    for (double& x : rows) x += mean;
    return rows;
}

AreaSpec small_area() {
    AreaSpec spec;
    spec.columns = 8;
    spec.heads = 4;
    spec.d_model = 24;
    spec.d_head = 6;
    return spec;
}

/// Mean over items and heads of the score of an item with itself, from the reference block: each
/// item fills one column.
double mean_self_score(AreaSpec spec, const AttentionWeights& w, const std::vector<double>& items) {
    spec.columns = static_cast<int>(items.size()) / spec.d_model;
    const ReferenceResult r = reference_block(spec, w, items, items, {});
    double sum = 0;
    for (int head = 0; head < spec.heads; ++head)
        for (int i = 0; i < spec.columns; ++i)
            sum += r.scores[static_cast<std::size_t>((head * spec.columns + i) * spec.columns + i)];
    return sum / spec.heads / spec.columns;
}

/// SD of the scores that count, over all sets, from the reference block.
double score_sd(const AreaSpec& spec, const AttentionWeights& w, const std::vector<double>& tokens,
                const std::vector<double>& context) {
    const std::ptrdiff_t set_size = spec.columns * spec.d_model;
    std::vector<double> scores;
    for (auto set = tokens.begin(); set != tokens.end(); set += set_size) {
        const auto context_set = context.begin() + (set - tokens.begin());
        const ReferenceResult r = reference_block(spec, w, {set, set + set_size},
                                                  {context_set, context_set + set_size}, {});
        for (int head = 0; head < spec.heads; ++head)
            for (int i = 0; i < spec.columns; ++i)
                for (int j = 0; j < spec.columns; ++j) {
                    const double s = r.scores[static_cast<std::size_t>(
                        (head * spec.columns + i) * spec.columns + j)];
                    if (std::isfinite(s) && (i != j || spec.attention == Attention::cross))
                        scores.push_back(s);
                }
    }
    double mean = 0, variance = 0;
    for (const double s : scores) mean += s / double(scores.size());
    for (const double s : scores) variance += (s - mean) * (s - mean) / double(scores.size());
    return std::sqrt(variance);
}

} // namespace

TEST_CASE("a random orthogonal matrix is the Householder factor of the same normal numbers") {
    for (const int n : {1, 2, 24, 96}) {
        INFO("n = " << n);
        const std::vector<double> entries = random_orthogonal(n, 11, Stream::weights, 5);
        const Rows q(entries.data(), n, n);
        // n products of entries below 1, each rounded once; n 2^-53 = 1e-14 for 96
        CHECK((q * q.transpose() - Matrix::Identity(n, n)).cwiseAbs().maxCoeff() < 1e-14);

        std::vector<double> normal_entries(entries.size());
        normal_row(11, 0, Stream::weights, 5, normal_entries.data(), normal_entries.size());
        const Matrix transposed = Rows(normal_entries.data(), n, n).transpose();
        const Eigen::HouseholderQR<Matrix> factors(transposed);
        Matrix judge = factors.householderQ();
        for (int i = 0; i < n; ++i)
            if (factors.matrixQR()(i, i) < 0) judge.col(i) *= -1;
        // both are backward stable; the difference grows with the condition number of the normal
        // matrix, some hundreds here, times n 2^-53
        CHECK((q - judge.transpose()).cwiseAbs().maxCoeff() < 1e-11);
    }
}

TEST_CASE("matched weights: one item routed with weight 1 returns itself") {
    AreaSpec spec = small_area();
    spec.columns = 1;
    const std::vector<double> items = random_rows(1, spec.d_model, 3);
    const AttentionWeights w = matched_weights(spec, {}, items, 7);
    const ReferenceResult r = reference_block(spec, w, items, items, {});
    for (std::size_t i = 0; i < items.size(); ++i)
        CHECK(r.attn_out[i] == Approx(items[i]).margin(1e-14)); // R^T R = 1 to rounding
    CHECK(w.W_Q == w.W_K);
    CHECK(w.origin == "matched");
}

TEST_CASE("matched weights: the mean score of an item with itself is match_gain") {
    for (const Norm norm : {Norm::none, Norm::pre, Norm::post})
        for (const double match_gain : {0.0, 6.0, 2.5}) {
            AreaSpec spec = small_area();
            spec.norm = norm;
            WeightsSpec how;
            how.match_gain = match_gain;
            const std::vector<double> items = random_rows(16, spec.d_model, 5, 0.7);
            CHECK(mean_self_score(spec, matched_weights(spec, how, items, 7), items) ==
                  Approx(match_gain).margin(1e-12));
        }
}

TEST_CASE("matched weights without known items take them to have mean square 1 per dimension") {
    const AreaSpec spec = small_area();
    std::vector<double> items(static_cast<std::size_t>(spec.d_model), 1);
    CHECK(matched_weights(spec, {}, {}, 7).W_Q == matched_weights(spec, {}, items, 7).W_Q);
}

TEST_CASE("matched weights refuse what cannot be matched, and say how to mend it") {
    AreaSpec spec = small_area();
    spec.d_head = 5;
    CHECK_THROWS_WITH(matched_weights(spec, {}, {}, 1),
                      Catch::Contains("4 * 5 = 20 and d_model = 24") &&
                          Catch::Contains("d_head: 6"));
    spec = small_area();
    const std::vector<double> nothing(24, 0);
    CHECK_THROWS_AS(matched_weights(spec, {}, nothing, 1), SpecError);
    WeightsSpec how;
    how.match_gain = -1;
    CHECK_THROWS_AS(matched_weights(spec, how, {}, 1), SpecError);
}

TEST_CASE("random weights: the scores of distinct tokens have the SD asked for") {
    for (const Attention attention : {Attention::self, Attention::causal, Attention::cross})
        for (const Norm norm : {Norm::none, Norm::pre})
            for (const bool biases : {false, true})
                for (const double sd : {1.0, 3.5}) {
                    AreaSpec spec = small_area();
                    spec.attention = attention;
                    spec.norm = norm;
                    WeightsSpec how;
                    how.biases = biases;
                    how.score_sd = sd;
                    const auto tokens = random_rows(3 * spec.columns, spec.d_model, 1, 0.4);
                    const auto context = attention == Attention::cross
                                             ? random_rows(3 * spec.columns, spec.d_model, 2)
                                             : tokens;
                    const AttentionWeights w = random_weights(spec, how, tokens, context, 9);
                    CHECK(score_sd(spec, w, tokens, context) == Approx(sd).epsilon(1e-12));
                }
}

TEST_CASE("random weights: entries have variance 1 / fan_in, and are those of the seed") {
    AreaSpec spec = small_area();
    spec.d_model = 96;
    spec.d_ff = 200;
    WeightsSpec how;
    const auto tokens = random_rows(spec.columns, spec.d_model, 1);
    const AttentionWeights w = random_weights(spec, how, tokens, tokens, 9);
    // null: N(0, 1 / fan_in); n fan_in mean(w^2) is chi-squared with n degrees, SD sqrt(2 n); at 5
    // SD a false alarm of 6e-7 each; an SD off by 8 % in the smallest (n = 2304) would be seen
    const auto check = [](const std::vector<double>& entries, double fan_in) {
        double squares = 0;
        for (const double entry : entries) squares += entry * entry * fan_in;
        const auto n = double(entries.size());
        CHECK(std::fabs(squares - n) < 5 * std::sqrt(2 * n));
    };
    check(w.W_V, 96);
    check(w.W_O, 24);
    check(w.W_1, 96);
    check(w.W_2, 200);
    CHECK(w.W_1.size() == 200u * 96u);
    CHECK(w.b_O == std::vector<double>(96, 0));
    CHECK(w.g_1 == std::vector<double>(96, 1));

    const AttentionWeights again = random_weights(spec, how, tokens, tokens, 9);
    CHECK(again.W_Q == w.W_Q);
    CHECK(random_weights(spec, how, tokens, tokens, 10).W_V != w.W_V);

    // drawing biases leaves the other matrices alone
    how.biases = true;
    const AttentionWeights biased = random_weights(spec, how, tokens, tokens, 9);
    CHECK(biased.W_V == w.W_V);
    CHECK(biased.W_2 == w.W_2);
    CHECK(biased.b_1 != w.b_1);
    CHECK(biased.b_2 != w.b_2);
    CHECK(biased.g_2 != w.g_2);
}

TEST_CASE("random weights refuse tokens whose scores do not vary") {
    AreaSpec spec = small_area();
    std::vector<double> same(static_cast<std::size_t>(spec.columns * spec.d_model), 0);
    CHECK_THROWS_WITH(random_weights(spec, {}, same, same, 1),
                      Catch::Contains("tokens that differ"));
    spec.columns = 1;
    const auto one = random_rows(1, spec.d_model, 1);
    CHECK_THROWS_AS(random_weights(spec, {}, one, one, 1), SpecError); // no pair at all
}

TEST_CASE("layer norm divides the variance by d") {
    // x = 1 .. 4: mean 2.5, variance 1.25
    const std::vector<double> n = layer_norm({1, 2, 3, 4}, {1, 1, 2, 2}, {0, 0, 0, 5}, 0.75);
    const double spread = std::sqrt(2.0);
    CHECK(n[0] == Approx(-1.5 / spread).epsilon(1e-15));
    CHECK(n[2] == Approx(2 * 0.5 / spread).epsilon(1e-15));
    CHECK(n[3] == Approx(2 * 1.5 / spread + 5).epsilon(1e-15));
}

TEST_CASE("the hash of weights sees every entry and every length, and nothing else") {
    AreaSpec spec = small_area();
    spec.d_ff = 3;
    const AttentionWeights w = matched_weights(spec, {}, {}, 7);
    const std::string hash = weights_hash(w);
    CHECK(hash.size() == 64);
    AttentionWeights same = w;
    same.origin = "a file";
    CHECK(weights_hash(same) == hash);
    for (auto member : {&AttentionWeights::W_Q, &AttentionWeights::W_K, &AttentionWeights::W_V,
                        &AttentionWeights::b_Q, &AttentionWeights::b_K, &AttentionWeights::b_V,
                        &AttentionWeights::W_O, &AttentionWeights::b_O, &AttentionWeights::W_1,
                        &AttentionWeights::b_1, &AttentionWeights::W_2, &AttentionWeights::b_2,
                        &AttentionWeights::g_1, &AttentionWeights::beta_1, &AttentionWeights::g_2,
                        &AttentionWeights::beta_2}) {
        AttentionWeights other = w;
        double& last = (other.*member).back();
        last = std::nextafter(last, 2.0);
        CHECK(weights_hash(other) != hash);
    }
    // an entry that moves from one array to the next
    AttentionWeights moved = w;
    moved.b_V.insert(moved.b_V.begin(), moved.b_K.back());
    moved.b_K.pop_back();
    CHECK(weights_hash(moved) != hash);
}

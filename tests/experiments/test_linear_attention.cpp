/// Linear attention by a memory: memory and sum, gradient and finite differences, and its distance
/// from softmax where scores are small, which has a closed form.
#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>

#include "experiments/mechanisms/mechanisms.hpp"

using namespace lamina;
using namespace lamina::laws;

namespace {

ExperimentSpec linear_spec(int draws) {
    ExperimentSpec spec;
    spec.task.type = "linear_attention";
    spec.area.columns = 10, spec.area.d_model = 12, spec.area.d_head = 8;
    spec.task.linear.draws = draws, spec.task.linear.entries = 40;
    spec.task.linear.score_sd = {1};
    spec.seed = 6;
    return spec;
}

/// Largest over forms and draws.
double largest_gradient_error(const LinearAttention& found, std::size_t matrix, std::size_t step) {
    double largest = 0;
    for (std::size_t form = 0; form < LinearAttention::n_forms; ++form)
        for (std::size_t draw = 0; draw < found.n_draws; ++draw)
            largest =
                worse(largest, found.gradient_error[((form * LinearAttention::n_matrices + matrix) *
                                                         LinearAttention::n_steps +
                                                     step) *
                                                        found.n_draws +
                                                    draw]);
    return largest;
}

/// The least over forms, draws, W_Q and W_K.
double least_error(const LinearAttention& found, std::size_t step) {
    double least = 1;
    for (std::size_t row = 0; row < LinearAttention::n_forms * LinearAttention::n_matrices; ++row)
        for (std::size_t draw = 0; draw < found.n_draws && row % 3 != 2; ++draw)
            least = std::min(
                least,
                found.gradient_error[(row * LinearAttention::n_steps + step) * found.n_draws +
                                     draw]);
    return least;
}

} // namespace

TEST_CASE("linear_attention: what the memory gives is the sum over keys, in every form") {
    const LinearAttention found = measure_linear_attention(laboratory_of(linear_spec(8)));
    REQUIRE(found.memory_error.size() == 4 * 8);
    // sums of 10 tokens and 8 features, whose products pass through a logarithm of some 4
    for (const double error : found.memory_error) CHECK(error < 2e-14);
    // they are two computations: not all of them agree to the last bit
    CHECK(*std::max_element(found.memory_error.begin(), found.memory_error.end()) > 0);
}

TEST_CASE("linear_attention: the gradient is that of finite differences, up to truncation and "
          "rounding") {
    const LinearAttention found = measure_linear_attention(laboratory_of(linear_spec(8)));
    for (const std::size_t matrix : {0, 1, 2}) {
        INFO("matrix " << matrix);
        CHECK(largest_gradient_error(found, matrix, 4) < 1e-7);
        // rounding of a loss, eps / step: ten thousand times as much at a step of 1e-9
        CHECK(largest_gradient_error(found, matrix, 8) > 1e-9);
    }
    // of order 2 in the step where no change passes the kink of phi', of order -1 where rounding is
    // larger; to a tenth, for a step of 1e-4 has both
    const auto order = [&](std::size_t step) {
        return std::log10(least_error(found, step) / least_error(found, step + 2)) / 2;
    };
    CHECK(largest_gradient_error(found, 0, 0) > 1e-4);
    CHECK(order(1) == Approx(2).margin(0.15));
    CHECK(order(6) == Approx(-1).margin(0.15));
    // by W_V the loss is a parabola: nothing is truncated even at a step of 0.1
    CHECK(largest_gradient_error(found, 2, 0) < 1e-12);
}

TEST_CASE("linear_attention: for small scores its distance from softmax is that of a bias by key") {
    ExperimentSpec spec = linear_spec(60);
    spec.area.columns = 16, spec.area.d_model = 32, spec.area.d_head = 16;
    spec.task.linear.entries = 1;
    spec.task.linear.score_sd = {1e-3};
    const LinearAttention found = measure_linear_attention(laboratory_of(spec));
    // log D_ij = log d + sum_u k_ju / d + ..., entries of k having the variance of the score SD:
    // the bias' variance over keys is sd / d (1 - 1/n), that of the scores sd^2 (1 - 1/n)
    const double sd = 1e-3, over_keys = 1 - 1 / 16.0, to_bits = 1 / (2 * std::log(2));
    // the variance over 16 keys of 60 draws is known to 5 %
    CHECK(analysis::mean(found.kl_bits) == Approx(sd / 16 * over_keys * to_bits).epsilon(0.2));
    CHECK(analysis::mean(found.even_kl_bits) == Approx(sd * sd * over_keys * to_bits).epsilon(0.1));
    for (const double n : found.n_keys) CHECK(n == Approx(16).epsilon(1e-3));
}

TEST_CASE("linear_attention stays flat where softmax reads one key") {
    ExperimentSpec spec = linear_spec(10);
    spec.task.linear.entries = 1;
    spec.task.linear.score_sd = {0.3, 30};
    const LinearAttention found = measure_linear_attention(laboratory_of(spec));
    const auto mean_at = [&](const Numbers& all, std::size_t sd) {
        return analysis::mean(Numbers(all.begin() + std::ptrdiff_t(sd * 10),
                                      all.begin() + std::ptrdiff_t(sd * 10 + 10)));
    };
    CHECK(mean_at(found.softmax_n_keys, 1) < 1.5);
    CHECK(mean_at(found.n_keys, 1) > 3);
    CHECK(mean_at(found.kl_bits, 1) > 1);
    CHECK(mean_at(found.output_error, 1) > 0.5);
    CHECK(mean_at(found.top1, 1) > 0.2); // chance is 0.1
    CHECK(mean_at(found.kl_bits, 0) < 0.1);
}

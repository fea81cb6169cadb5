#include "sim/dendrite_count.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "kernels/normal.hpp"
#include "models/scores/additive_exponential.hpp"
#include "sim/score_stage.hpp"

namespace lamina {
namespace {

/// [n_keys][d_head] with scores of the asked SD; which = 0 queries, 1 keys.
std::vector<double> drawn_vectors(const DendriteTask& task, int draw, int which) {
    std::vector<double> x(std::size_t(task.n_keys) * task.d_head);
    normal_row(task.seed, static_cast<std::uint32_t>(draw), Stream::laboratory,
               static_cast<std::uint64_t>(which), x.data(), x.size());
    for (double& value : x) value *= std::sqrt(task.score_sd);
    return x;
}

double head_product(const double* a, const double* b, int n) {
    double sum = 0;
    for (int i = 0; i < n; ++i) sum += a[i] * b[i];
    return sum;
}

/// exp(log_drive) / sum, row by row.
void normalise(std::vector<double>& log_drive, int n) {
    for (std::size_t first = 0; first < log_drive.size(); first += n) {
        double* row = log_drive.data() + first;
        const double top = *std::max_element(row, row + n);
        double sum = 0;
        for (int j = 0; j < n; ++j) sum += row[j] = math::exp(row[j] - top);
        for (int j = 0; j < n; ++j) row[j] /= sum;
    }
}

std::vector<double> softmax(const DendriteTask& task, const std::vector<double>& q,
                            const std::vector<double>& k) {
    const int n = task.n_keys, d = task.d_head;
    std::vector<double> a(std::size_t(n) * n);
    for (int i = 0; i < n; ++i)
        for (int j = 0; j < n; ++j)
            a[std::size_t(i) * n + j] =
                head_product(&q[std::size_t(i) * d], &k[std::size_t(j) * d], d) /
                std::sqrt(double(d));
    normalise(a, n);
    return a;
}

} // namespace

double weights_error(const DendriteTask& task, int units) {
    const int n = task.n_keys;
    const std::vector<double> gain(n, 1), mask(std::size_t(n) * n, 0);
    double mean = 0;
    for (int draw = 0; draw < task.n_draws; ++draw) {
        const auto q = drawn_vectors(task, draw, 0), k = drawn_vectors(task, draw, 1);
        const auto reference = softmax(task, q, k);
        std::vector<double> a(reference.size());
        const auto stage =
            make_score_stage<double>(AdditiveExponential::name, n,
                                     {1, task.d_head, units, task.orthogonal}, task.seed + draw);
        stage->evaluate(q.data(), k.data(), gain.data(), mask.data(), a.data());
        normalise(a, n);
        double difference = 0, size = 0;
        for (std::size_t i = 0; i < a.size(); ++i) {
            difference += (a[i] - reference[i]) * (a[i] - reference[i]);
            size += reference[i] * reference[i];
        }
        mean += std::sqrt(difference / size) / task.n_draws;
    }
    return mean;
}

double units_needed(const DendriteTask& task, double error) {
    const int n = task.n_keys, d = task.d_head;
    const double scale = 1 / std::sqrt(std::sqrt(double(d)));
    double mean_log = 0;
    for (int draw = 0; draw < task.n_draws; ++draw) {
        auto q = drawn_vectors(task, draw, 0), k = drawn_vectors(task, draw, 1);
        const auto a = softmax(task, q, k);
        for (auto* x : {&q, &k})
            for (double& value : *x) value *= scale;

        double V = 0, size = 0;
        std::vector<double> sums(std::size_t(n) * d), covariance(std::size_t(n) * n);
        for (int i = 0; i < n; ++i) {
            const double* row = &a[std::size_t(i) * n];
            for (int j = 0; j < n; ++j)
                for (int u = 0; u < d; ++u)
                    sums[std::size_t(j) * d + u] =
                        q[std::size_t(i) * d + u] + k[std::size_t(j) * d + u];
            double common = 0; // sum_kl a_k a_l C_kl
            for (int j = 0; j < n; ++j)
                for (int l = 0; l < n; ++l) {
                    const double c = math::expm1(
                        head_product(&sums[std::size_t(j) * d], &sums[std::size_t(l) * d], d));
                    covariance[std::size_t(j) * n + l] = c;
                    common += row[j] * row[l] * c;
                }
            for (int j = 0; j < n; ++j) {
                const double* c = &covariance[std::size_t(j) * n];
                V += row[j] * row[j] * (c[j] - 2 * head_product(row, c, n) + common);
                size += row[j] * row[j];
            }
        }
        mean_log += math::log(V / size / (error * error)) / task.n_draws;
    }
    return math::exp(mean_log);
}

} // namespace lamina

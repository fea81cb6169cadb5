#include "analysis/rsa/rdm.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace lamina::analysis {

std::size_t n_stimuli_of(std::size_t pairs) {
    const auto n =
        static_cast<std::size_t>(std::lround((1 + std::sqrt(1 + 8 * double(pairs))) / 2));
    return n >= 2 && n_pairs(n) == pairs ? n : 0;
}

namespace {

/// distance(i, j) for every pair, in the order of an Rdm.
template <class Distance> Rdm for_each_pair(std::size_t n_stimuli, Distance distance) {
    Rdm rdm;
    rdm.reserve(n_pairs(n_stimuli));
    for (std::size_t i = 0; i < n_stimuli; ++i)
        for (std::size_t j = i + 1; j < n_stimuli; ++j) rdm.push_back(distance(i, j));
    return rdm;
}

double dot(const double* a, const double* b, std::size_t n) {
    double sum = 0;
    for (std::size_t i = 0; i < n; ++i) sum += a[i] * b[i];
    return sum;
}

double squared_distance(const Patterns& patterns, std::size_t i, std::size_t j) {
    const double *a = patterns.of(i), *b = patterns.of(j);
    double sum = 0;
    for (std::size_t k = 0; k < patterns.n_channels; ++k) sum += (a[k] - b[k]) * (a[k] - b[k]);
    return sum;
}

} // namespace

Rdm correlation_distance(const Patterns& patterns) {
    // patterns of mean 0 and length 1, whose dot product is r
    Patterns unit = patterns;
    const std::size_t width = unit.n_channels;
    for (std::size_t i = 0; i < unit.n_stimuli; ++i) {
        double* x = &unit.values[i * width];
        double mean = 0;
        for (std::size_t k = 0; k < width; ++k) mean += x[k] / double(width);
        for (std::size_t k = 0; k < width; ++k) x[k] -= mean;
        const double length = std::sqrt(dot(x, x, width));
        for (std::size_t k = 0; k < width; ++k) x[k] /= length; // 0 / 0: no correlation
    }
    return for_each_pair(unit.n_stimuli, [&](std::size_t i, std::size_t j) {
        return 1 - dot(unit.of(i), unit.of(j), width);
    });
}

Rdm squared_euclidean(const Patterns& patterns) {
    return for_each_pair(patterns.n_stimuli, [&](std::size_t i, std::size_t j) {
        return squared_distance(patterns, i, j);
    });
}

std::vector<double> shrunk_covariance(const Patterns& residuals) {
    const std::size_t n = residuals.n_stimuli, width = residuals.n_channels;
    if (n < 3) throw std::invalid_argument("a noise covariance needs 3 samples or more");
    std::vector<double> sd(width, 0);
    for (std::size_t k = 0; k < n; ++k)
        for (std::size_t a = 0; a < width; ++a)
            sd[a] += residuals.of(k)[a] * residuals.of(k)[a] / double(n - 1);
    for (double& s : sd) {
        if (!(s > 0)) throw std::invalid_argument("a channel of the noise has no variance");
        s = std::sqrt(s);
    }

    // correlations r, and the variance of each: w_k = x_ka x_kb / (s_a s_b), r = n / (n - 1) mean w
    std::vector<double> covariance(width * width);
    double variances = 0, squares = 0;
    for (std::size_t a = 0; a < width; ++a)
        for (std::size_t b = 0; b <= a; ++b) {
            double sum = 0, sum_squares = 0;
            for (std::size_t k = 0; k < n; ++k) {
                const double w = residuals.of(k)[a] * residuals.of(k)[b] / (sd[a] * sd[b]);
                sum += w, sum_squares += w * w;
            }
            const double r = sum / double(n - 1);
            covariance[a * width + b] = covariance[b * width + a] = r * sd[a] * sd[b];
            if (a == b) continue;
            const double scatter = sum_squares - sum * sum / double(n);
            variances += double(n) / std::pow(double(n - 1), 3) * scatter;
            squares += r * r;
        }

    const double lambda = squares > 0 ? std::min(1.0, std::max(0.0, variances / squares)) : 1;
    for (std::size_t a = 0; a < width; ++a)
        for (std::size_t b = 0; b < width; ++b)
            if (a != b) covariance[a * width + b] *= 1 - lambda;
    return covariance;
}

Patterns whitened(Patterns patterns, const std::vector<double>& covariance) {
    // C = L L^T (Cholesky)
    const std::size_t width = patterns.n_channels;
    std::vector<double> lower = covariance;
    for (std::size_t a = 0; a < width; ++a)
        for (std::size_t b = 0; b <= a; ++b) {
            const double rest = lower[a * width + b] - dot(&lower[a * width], &lower[b * width], b);
            if (a == b && !(rest > 0))
                throw std::invalid_argument("a noise covariance is not positive definite");
            lower[a * width + b] = a == b ? std::sqrt(rest) : rest / lower[b * width + b];
        }

    // forward substitution, pattern by pattern
    for (std::size_t i = 0; i < patterns.n_stimuli; ++i) {
        double* x = &patterns.values[i * width];
        for (std::size_t a = 0; a < width; ++a)
            x[a] = (x[a] - dot(&lower[a * width], x, a)) / lower[a * width + a];
    }
    return patterns;
}

Rdm crossnobis(const std::vector<Patterns>& folds) {
    const std::size_t n_folds = folds.size();
    if (n_folds < 2) throw std::invalid_argument("crossnobis needs 2 folds or more");
    Patterns total = folds.front();
    for (std::size_t fold = 1; fold < n_folds; ++fold) {
        if (folds[fold].n_stimuli != total.n_stimuli || folds[fold].n_channels != total.n_channels)
            throw std::invalid_argument("the folds of crossnobis differ in shape");
        for (std::size_t k = 0; k < total.values.size(); ++k)
            total.values[k] += folds[fold].values[k];
    }
    // over m != n: the square of the sum less the sum of the squares
    const double n_products = double(n_folds) * double(n_folds - 1) * double(total.n_channels);
    return for_each_pair(total.n_stimuli, [&](std::size_t i, std::size_t j) {
        double products = squared_distance(total, i, j);
        for (const Patterns& fold : folds) products -= squared_distance(fold, i, j);
        return products / n_products;
    });
}

} // namespace lamina::analysis

#include "models/recall/count_directions.hpp"

#include <algorithm>
#include <cmath>

#include "kernels/portable.hpp"
#include "models/gauss_legendre.hpp"
#include "models/recall/von_mises.hpp"

namespace lamina {
namespace {

constexpr std::size_t stencil = 6; ///< points of the interpolation

/// Weights of the interpolation of a function at x from the points 0 .. stencil - 1.
void lagrange(double x, double* weight) {
    for (std::size_t i = 0; i < stencil; ++i) {
        weight[i] = 1;
        for (std::size_t j = 0; j < stencil; ++j)
            if (j != i)
                weight[i] *= (x - static_cast<double>(j)) /
                             (static_cast<double>(i) - static_cast<double>(j));
    }
}

/// exp(-x) I_0(x).
double scaled_i0(double x) { return scaled_bessel_i(x, 1)[0]; }

/// The chain of lengths on a grid: how much of each grid point goes where when one count is added.
struct LengthChain {
    double kappa, spacing;
    std::size_t n_points;
    GaussLegendre turn;             ///< in half turns, of the next count from the sum
    std::vector<std::size_t> first; ///< [points][nodes] first point of the stencil
    std::vector<double> weight;     ///< [points][nodes][stencil]

    // the density of the angle is as sharp as exp(kappa cos u)
    LengthChain(double kappa_, int n_counts)
        : kappa(kappa_), spacing(std::min(0.05, 0.2 / kappa)),
          n_points(static_cast<std::size_t>(std::ceil(n_counts / spacing)) + stencil + 1),
          turn(20 + static_cast<std::size_t>(4 * std::sqrt(kappa))), first(n_points * n_nodes()),
          weight(n_points * n_nodes() * stencil) {
        for (std::size_t p = 0; p < n_points; ++p)
            for (std::size_t j = 0; j < n_nodes(); ++j) {
                const std::size_t row = p * n_nodes() + j;
                first[row] = longer(spacing * static_cast<double>(p), j, &weight[row * stencil]);
            }
    }
    std::size_t n_nodes() const { return turn.at.size(); }

    /// From a length, with the next count at node j: first point and shares of where it goes.
    std::size_t longer(double length, std::size_t j, double* share) const {
        const double square = length * length + 1 + 2 * length * std::cos(pi * turn.at[j]);
        const double next = std::sqrt(std::max(0.0, square));
        const double density = scaled_i0(kappa * next) /
                               (scaled_i0(kappa * length) * scaled_i0(kappa)) *
                               std::exp(kappa * (next - length - 1)); // per half turn
        const double from = std::min(
            std::max(std::floor(next / spacing) - static_cast<double>(stencil / 2 - 1), 0.0),
            static_cast<double>(n_points - stencil));
        lagrange(next / spacing - from, share);
        for (std::size_t i = 0; i < stencil; ++i) share[i] *= density * turn.weight[j];
        return static_cast<std::size_t>(from);
    }

    /// The distribution of the length of two counts, from the first one's length of exactly 1.
    std::vector<double> of_two() const {
        std::vector<double> length(n_points, 0);
        double share[stencil];
        for (std::size_t j = 0; j < n_nodes(); ++j) {
            const std::size_t from = longer(1, j, share);
            for (std::size_t i = 0; i < stencil; ++i) length[from + i] += share[i];
        }
        return length;
    }

    /// The distribution of the length after one more count.
    std::vector<double> step(const std::vector<double>& now, std::size_t n_used) const {
        std::vector<double> next(n_points, 0);
        for (std::size_t row = 0; row < n_used * n_nodes(); ++row) {
            const double mass = now[row / n_nodes()];
            for (std::size_t i = 0; i < stencil; ++i)
                next[first[row] + i] += mass * weight[row * stencil + i];
        }
        return next;
    }
};

} // namespace

CountDirections::CountDirections(double kappa, int n_counts, int n_moments)
    : kappa_(kappa), n_counts_(n_counts), n_moments_(n_moments) {
    LAMINA_EXPECT(kappa > 0 && n_counts >= 1 && n_moments >= 1);
    const LengthChain chain(kappa, n_counts);
    std::vector<std::vector<double>> given_length;
    for (std::size_t p = 0; p < chain.n_points; ++p)
        given_length.push_back(
            von_mises_moments(kappa * chain.spacing * static_cast<double>(p), n_moments));

    // one count has length 1: nothing to average
    table_ = von_mises_moments(kappa, n_moments);
    std::vector<double> length = chain.of_two();
    for (int n = 2; n <= n_counts; ++n) {
        const std::size_t n_used = std::min(
            chain.n_points, static_cast<std::size_t>(std::ceil(n / chain.spacing)) + stencil);
        std::vector<double> moments(static_cast<std::size_t>(n_moments), 0);
        for (std::size_t p = 0; p < n_used; ++p)
            for (std::size_t k = 0; k < moments.size(); ++k)
                moments[k] += length[p] * given_length[p][k];
        table_.insert(table_.end(), moments.begin(), moments.end());
        if (n < n_counts) length = chain.step(length, n_used);
    }
}

void CountDirections::add_poisson(double weight, double expected,
                                  std::vector<double>& moments) const {
    LAMINA_EXPECT(expected >= 0 && expected <= largest_expected());
    const std::size_t n_out = std::min(moments.size(), static_cast<std::size_t>(n_moments_));
    if (expected == 0) return;
    const double log_expected = std::log(expected);
    for (int n = 1; n <= n_counts_; ++n) {
        const double log_p = n * log_expected - expected - std::lgamma(n + 1.0);
        if (log_p < -40) {
            if (n > expected) break;
            continue;
        }
        const double p = weight * std::exp(log_p);
        for (std::size_t k = 0; k < n_out; ++k) moments[k] += p * moment(n, static_cast<int>(k));
    }
}

int CountDirections::counts_for(double expected) {
    return 12 + static_cast<int>(std::ceil(expected + 7 * std::sqrt(expected)));
}

double CountDirections::largest_expected() const {
    // counts_for solved for its argument
    const double root = (-7 + std::sqrt(49 + 4.0 * (n_counts_ - 12))) / 2;
    return n_counts_ > 12 ? root * root : 0;
}

} // namespace lamina

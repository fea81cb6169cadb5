/// The population equation read literally: M dendritic units add their inputs and are exponential.
///
///     tau dh/dt = -h + W_r phi(W_q q + W_k k + b),  W_q = W_k = Omega ~ N(0, I),  phi = exp,
///     b = -(|q|^2 + |k|^2) / 2,  W_r = 1 / M,  q and k scaled by d_head^(-1/4)
///
/// taken at its fixed point: the drive D = 1/M sum_m exp(omega_m . q - |q|^2/2) exp(omega_m . k -
/// |k|^2/2) is an unbiased estimate of exp(q . k), with relative variance (exp|q + k|^2 - 1) / M.
/// `orthogonal` makes the rows of Omega orthogonal within blocks of d_head, with the norms of
/// Gaussian rows. Each head has its own Omega, drawn under (seed, random_feature, element).
///
/// Features are divided by their largest, whose logarithm is kept: no exponential overflows, and a
/// drive too small for the number type is 0.
/// Source: docs/model.md, "Scores"; Choromanski et al. (2021), arXiv:2009.14794, positive features.
#pragma once

#include "kernels/normal.hpp"
#include "models/scores/score.hpp"

namespace lamina {

struct AdditiveExponential {
    static constexpr const char* name = "additive_exponential";
    static constexpr const char* summary =
        "M exponential units that add q and k; a drive, softmax for M -> infinity";
    static constexpr const char* source =
        "docs/model.md, Scores; Choromanski et al. 2021, arXiv:2009.14794";
    static constexpr bool gives_drive = true;

    template <class Real> struct Constants {
        const Real* projections; ///< Omega, [n_heads][d_head][M]: loops over units read it in order
        Real scale, log_units;
        int d_head, units;
    };
    static int n_features(const ScoreParameters& par) { return par.units; }

    /// @param projections  becomes Omega, [n_heads][d_head][M]
    template <class Real>
    static Constants<Real> prepare(const ScoreParameters& par, std::uint64_t seed,
                                   std::vector<Real>& projections) {
        const auto omega = draw_projections(par, seed);
        projections.resize(omega.size());
        const std::size_t d = par.d_head, M = par.units;
        for (std::size_t row = 0; row < omega.size() / d; ++row)
            for (std::size_t u = 0; u < d; ++u)
                projections[(row / M * d + u) * M + row % M] = Real(omega[row * d + u]);
        const double scale = 1 / math::sqrt(math::sqrt(double(par.d_head)));
        return {projections.data(), Real(scale), Real(math::log(double(par.units))), par.d_head,
                par.units};
    }

    /// What each unit gets from one vector of rates: sums[m] = omega_m . x - |x|^2 / 2.
    template <class Real, class Lanes>
    LAMINA_FN static void add_up(const Real* rate, Real gain, Real* sums, const Constants<Real>& c,
                                 int head, Role role, Lanes lanes) {
        const Real scale = role == Role::query ? gain * c.scale : c.scale;
        Real half_square = 0;
        for (int i = 0; i < c.d_head; ++i) half_square = fma(rate[i], rate[i], half_square);
        half_square *= scale * scale / 2;

        const Real* omega = c.projections + std::size_t(head) * c.units * c.d_head;
        const int first = lanes.first(), count = lanes.count();
        for (int m = first; m < c.units; m += count) sums[m] = -half_square;
        for (int i = 0; i < c.d_head; ++i, omega += c.units) {
            const Real input = scale * rate[i];
            for (int m = first; m < c.units; m += count) sums[m] = fma(omega[m], input, sums[m]);
        }
    }

    template <class Real, class Lanes>
    LAMINA_FN static Real encode(const Real* rate, Real gain, Real* features,
                                 const Constants<Real>& c, int head, Role role, Lanes lanes) {
        add_up(rate, gain, features, c, head, role, lanes);
        const int first = lanes.first(), count = lanes.count();
        Real top = -math::infinity<Real>;
        for (int m = first; m < c.units; m += count) top = features[m] > top ? features[m] : top;
        top = lanes.max(top);
        for (int m = first; m < c.units; m += count) features[m] = math::exp(features[m] - top);
        return top;
    }
    template <class Real>
    LAMINA_FN static Real meet(Real dot, Real query_log, Real key_log, const Constants<Real>& c) {
        return math::log(dot) - c.log_units + query_log + key_log;
    }

  private:
    static std::vector<double> draw_projections(const ScoreParameters& par, std::uint64_t seed) {
        const int d = par.d_head;
        std::vector<double> omega(std::size_t(par.n_heads) * par.units * d);
        normal_row(seed, 0, Stream::random_feature, 0, omega.data(), omega.size());
        if (!par.orthogonal) return omega;

        // norms of independent Gaussian rows; directions by Gram and Schmidt, within blocks of d
        // rows
        std::vector<double> other(omega.size());
        normal_row(seed, 0, Stream::random_feature, 1, other.data(), other.size());
        for (int row = 0; row < par.n_heads * par.units; ++row) {
            double* w = omega.data() + std::size_t(row) * d;
            const int in_block = row % par.units % d;
            for (int pass = 0; pass < 2; ++pass) // twice is enough for full precision
                for (int back = in_block; back >= 1; --back) {
                    const double* u = w - std::size_t(back) * d;
                    project_out(w, u, d);
                }
            const double norm = math::sqrt(
                dot(other.data() + std::size_t(row) * d, other.data() + std::size_t(row) * d, d) /
                dot(w, w, d));
            for (int i = 0; i < d; ++i) w[i] *= norm;
        }
        return omega;
    }
    static double dot(const double* a, const double* b, int n) {
        double sum = 0;
        for (int i = 0; i < n; ++i) sum = fma(a[i], b[i], sum);
        return sum;
    }
    static void project_out(double* w, const double* u, int n) {
        const double share = dot(w, u, n) / dot(u, u, n);
        for (int i = 0; i < n; ++i) w[i] = fma(-share, u[i], w[i]);
    }
};

} // namespace lamina

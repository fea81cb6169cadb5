/// L4I: the two pools that normalise an input stream, and the mean normalised input over a step.
///
///     tau dmu/dt = -mu + mean(x);   tau dnu/dt = -nu + mean((x - mu)^2)
///
/// x is constant, so both are known in closed form: with d = mean(x) - mu and e = exp(-s / tau),
///
///     d(s) = d e,   nu(s) = var(x) + (nu - var(x)) e + d^2 e (1 - e)
///
/// The projections W n_0 + b need of n_0 = g (x - mu) / sqrt(nu + eps) + beta only two numbers per
/// column, 1 / sqrt(nu + eps) and (mu - mean(x)) / sqrt(nu + eps). Their averages over the step,
/// weighted as a lag remembers them, are taken by quadrature, because an input that begins drives
/// 1 / sqrt(nu + eps) from 300 to 1 within a step: a trapezoid would deliver a kick of several
/// units.
#pragma once

#include <algorithm>
#include <vector>

#include "kernels/input_norm.hpp"
#include "kernels/math.hpp"
#include "sim/area_layout.hpp"
#include "sim/rhythm.hpp"

namespace lamina {

/// Factors of the three parts of a projection of n_0: [columns], [columns], one number.
template <class Real> struct NormFactors {
    std::vector<Real> per_sd;      ///< of W diag(g) (x - mean(x))
    std::vector<Real> away_per_sd; ///< of -W g
    Real constant = 1;             ///< of W beta + b
};

template <class Real> class InputPools {
  public:
    InputPools(StateSpan mean, StateSpan var, double epsilon)
        : mean_(mean), var_(var), epsilon_(Real(epsilon)), true_mean_(mean.n), true_var_(mean.n) {}

    void set_input(const std::vector<double>& mean, const std::vector<double>& var) {
        true_mean_.assign(mean.begin(), mean.end());
        true_var_.assign(var.begin(), var.end());
    }

    const std::vector<Real>& true_mean() const { return true_mean_; }
    const std::vector<Real>& true_var() const { return true_var_; }

    /// The pools at their fixed points.
    void settle(Real* s) const {
        std::copy(true_mean_.begin(), true_mean_.end(), s + mean_.first);
        std::copy(true_var_.begin(), true_var_.end(), s + var_.first);
    }

    /// Exact for any step.
    void advance(Real* s, double dt_ms) const {
        const FollowInput<Real> follow{s + mean_.first, s + var_.first, true_mean_.data(),
                                       true_var_.data(), leak(dt_ms)};
        for (std::size_t i = 0; i < true_mean_.size(); ++i) follow(i);
    }
    Real leak(double dt_ms) const { return Real(-math::expm1(-dt_ms / mean_.tau_ms)); }

    void slopes(const Real* s, Real* slope) const {
        const Real per_tau = Real(1 / mean_.tau_ms);
        for (std::size_t i = 0; i < true_mean_.size(); ++i) {
            const Real d = true_mean_[i] - s[mean_.first + i];
            slope[mean_.first + i] = per_tau * d;
            slope[var_.first + i] = per_tau * (fma(d, d, true_var_[i]) - s[var_.first + i]);
        }
    }

    /// At this moment.
    void now(const Real* s, NormFactors<Real>& out) const { after(s, 0, out); }

    /// `s_ms` after this moment.
    void after(const Real* s, double s_ms, NormFactors<Real>& out) const {
        out.per_sd.assign(true_mean_.size(), Real(0));
        out.away_per_sd.assign(true_mean_.size(), Real(0));
        out.constant = 1;
        add(s, Real(math::exp(-s_ms / mean_.tau_ms)), Real(1), out);
    }

    /// Averages over the step that begins at the present state, for a lag of tau_ms: the integrals
    /// of exp(-(h - s) / tau) / tau G(t + s) times each factor.
    void over(const Real* s, const std::vector<StepNode>& nodes, double dt_ms, double tau_ms,
              NormFactors<Real>& out) const {
        out.per_sd.assign(true_mean_.size(), Real(0));
        out.away_per_sd.assign(true_mean_.size(), Real(0));
        double constant = 0;
        for (const StepNode& node : nodes) {
            const double kernel = remembered(node, dt_ms, tau_ms);
            constant += kernel;
            add(s, Real(math::exp(-node.s_ms / mean_.tau_ms)), Real(kernel), out);
        }
        out.constant = Real(constant);
    }

  private:
    /// Adds weight times the factors at the moment when e = exp(-s / tau).
    void add(const Real* s, Real e, Real weight, NormFactors<Real>& out) const {
        for (std::size_t i = 0; i < true_mean_.size(); ++i)
            add_norm_factors(s[mean_.first + i], s[var_.first + i], true_mean_[i], true_var_[i], e,
                             weight, epsilon_, out.per_sd[i], out.away_per_sd[i]);
    }

    StateSpan mean_, var_;
    Real epsilon_;
    std::vector<Real> true_mean_, true_var_; ///< [columns] of the present input
};

} // namespace lamina

/// The input of a column under Dale's law: pairs of thalamic rates with their interneurons.
///
/// Every rate r+- that a weight reads has an interneuron, and every weight has one sign:
///
///     tau_I du+-/dt = -u+- + r+-
///     I+ = W+ r+ + W- r- - beta (W+ u- + W- u+),   I- mirrored,   W+ = max(W, 0), W- = max(-W, 0)
///     tau dr+-/dt = -r+- + r_0 + [I+-]_+
///
/// beta is 1 in balance. With |W| = W+ + W- the two inputs are sums of two products,
///
///     I+- = common +- net,   net    = W   ((r+ - r-) + beta (u+ - u-)) / 2
///                            common = |W| ((r+ + r-) - beta (u+ + u-)) / 2
///
/// so that net is W times the number the pair stands for once u = r, and common, the excitation
/// that is not yet inhibited, is then 0. The input x is constant between segments, r+- = r_0 +
/// [+-x]_+, and u is known in closed form: what is not yet inhibited fades as e = exp(-s / tau_I).
#pragma once

#include <vector>

#include "kernels/math.hpp"
#include "sim/area_layout.hpp"

namespace lamina {

template <class Real> class InputPairs {
  public:
    InputPairs(StateSpan interneurons, double baseline, double balance)
        : u_(interneurons), baseline_(Real(baseline)), balance_(Real(balance)), x_(u_.n) {}

    void set_input(const std::vector<double>& x) { x_.assign(x.begin(), x.end()); }

    /// Interneurons at their fixed point, u = r.
    void settle(Real* s) const {
        for (std::size_t i = 0; i < x_.size(); ++i) {
            s[u_.first + i] = positive(i);
            s[u_.first + u_.n + i] = negative(i);
        }
    }

    /// Exact for any step.
    void advance(Real* s, double dt_ms) const {
        const Real leak = Real(-math::expm1(-dt_ms / u_.tau_ms));
        relax(s, s, leak, 1);
    }

    void slopes(const Real* s, Real* slope) const { relax(s, slope, Real(1 / u_.tau_ms), 0); }

    /// Half the sum that W, and that |W|, sees of input i once the interneurons have settled.
    Real steady_net(std::size_t i) const { return (1 + balance_) / 2 * x_[i]; }
    Real steady_common(std::size_t i) const {
        return (1 - balance_) / 2 * (positive(i) + negative(i));
    }
    /// What is to be added to them at the present state, and fades as e.
    Real fading_net(const Real* s, std::size_t i) const {
        return balance_ / 2 * (s[u_.first + i] - s[u_.first + u_.n + i] - x_[i]);
    }
    Real fading_common(const Real* s, std::size_t i) const {
        return balance_ / 2 *
               (positive(i) + negative(i) - s[u_.first + i] - s[u_.first + u_.n + i]);
    }

  private:
    Real positive(std::size_t i) const { return baseline_ + (x_[i] > 0 ? x_[i] : Real(0)); }
    Real negative(std::size_t i) const { return baseline_ + (x_[i] < 0 ? -x_[i] : Real(0)); }

    /// out = keep s + rate (r - s) for all interneurons; `keep` 1: a step, 0: a slope
    void relax(const Real* s, Real* out, Real rate, Real keep) const {
        for (std::size_t i = 0; i < x_.size(); ++i) {
            const std::size_t up = u_.first + i, down = up + u_.n;
            out[up] = fma(rate, positive(i) - s[up], keep * s[up]);
            out[down] = fma(rate, negative(i) - s[down], keep * s[down]);
        }
    }

    StateSpan u_;
    Real baseline_, balance_;
    std::vector<Real> x_; ///< [columns][d_model]
};

} // namespace lamina

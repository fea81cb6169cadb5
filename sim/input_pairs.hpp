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
#include "kernels/pair_inputs.hpp"
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
            const InputPair<Real> pair = at(s, i);
            s[u_.first + i] = pair.r_up();
            s[u_.first + u_.n + i] = pair.r_down();
        }
    }

    /// Exact for any step.
    void advance(Real* s, double dt_ms) const {
        const FollowPairs<Real> follow{
            {x_.data(), s + u_.first, s + u_.first + u_.n, baseline_, balance_},
            Real(-math::expm1(-dt_ms / u_.tau_ms))};
        for (std::size_t i = 0; i < x_.size(); ++i) follow(i);
    }

    void slopes(const Real* s, Real* slope) const {
        const Real per_tau = Real(1 / u_.tau_ms);
        for (std::size_t i = 0; i < x_.size(); ++i) {
            const InputPair<Real> pair = at(s, i);
            slope[u_.first + i] = per_tau * (pair.r_up() - pair.u_up);
            slope[u_.first + u_.n + i] = per_tau * (pair.r_down() - pair.u_down);
        }
    }

    /// Number i of the input at the present state.
    InputPair<Real> at(const Real* s, std::size_t i) const {
        return {x_[i], s[u_.first + i], s[u_.first + u_.n + i], baseline_, balance_};
    }
    /// Half the sum that |W| sees of input i once the interneurons have settled.
    Real steady_common(std::size_t i) const {
        return InputPair<Real>{x_[i], Real(0), Real(0), baseline_, balance_}.steady_common();
    }

  private:
    StateSpan u_;
    Real baseline_, balance_;
    std::vector<Real> x_; ///< [columns][d_model]
};

} // namespace lamina

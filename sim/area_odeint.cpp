#include "sim/area_odeint.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include <boost/numeric/odeint.hpp>

#include "sim/errors.hpp"

namespace lamina {
namespace {

namespace odeint = boost::numeric::odeint;

template <class Real, class Stepper> struct FixedJudge final : Judge<Real> {
    Stepper stepper;
    void advance(const RightHandSide<Real>& system, std::vector<Real>& x, double t_ms,
                 double dt_ms) override {
        stepper.do_step(std::cref(system.slopes), x, t_ms, dt_ms);
    }
    void restart() override {}
};

/// As many controlled steps as it takes from t to t + dt.
/// @param try_ms    step to try first, <= 0: dt; becomes the step found
/// @param try_step  try_step(now_ms, h_ms) as odeint's: both advance, or h shrinks
template <class TryStep>
void take_controlled_steps(const char* name, double t_ms, double dt_ms, double& try_ms,
                           TryStep try_step) {
    const double end_ms = t_ms + dt_ms;
    double now_ms = t_ms;
    if (!(try_ms > 0)) try_ms = dt_ms;
    int refused = 0;
    while (end_ms - now_ms > 1e-12 * dt_ms) {
        // the step found so far survives being cut at the end of this one
        double h_ms = std::min(try_ms, end_ms - now_ms);
        const bool cut = h_ms < try_ms;
        if (try_step(now_ms, h_ms) == odeint::success) {
            refused = 0;
            if (!cut) try_ms = h_ms;
        } else {
            try_ms = h_ms;
            if (++refused > 500)
                throw NumericsError(std::string(name) +
                                    ": no step meets the tolerance; raise simulation.tolerance "
                                    "or use the exponential integrator");
        }
    }
}

template <class Real> struct ControlledJudge final : Judge<Real> {
    using Error = odeint::runge_kutta_dopri5<std::vector<Real>, Real, std::vector<Real>, double>;
    using Stepper = typename odeint::result_of::make_controlled<Error>::type;

    explicit ControlledJudge(double tolerance)
        : tolerance(tolerance), stepper(odeint::make_controlled(tolerance, tolerance, Error())) {}

    void advance(const RightHandSide<Real>& system, std::vector<Real>& x, double t_ms,
                 double dt_ms) override {
        take_controlled_steps("dopri5", t_ms, dt_ms, try_ms, [&](double& now_ms, double& h_ms) {
            return stepper.try_step(std::cref(system.slopes), x, now_ms, h_ms);
        });
    }
    void restart() override {
        try_ms = 0;
        stepper = odeint::make_controlled(tolerance, tolerance, Error());
    }

    double tolerance, try_ms = 0;
    Stepper stepper;
};

/// Rosenbrock's method of order 4 with an embedded error of order 3 (RODAS, Hairer & Wanner 1996,
/// section IV.7), in the types of ublas that odeint's asks for. Time is one more variable, with
/// slope 1: the coefficient d4 with which odeint 1.74 weighs df/dt has another sign than the
/// published one, which costs an explicitly timed system two orders.
struct RosenbrockJudge final : Judge<double> {
    using Vector = boost::numeric::ublas::vector<double>;
    using Matrix = boost::numeric::ublas::matrix<double>;
    using Stepper = odeint::rosenbrock4_controller<odeint::rosenbrock4<double>>;

    explicit RosenbrockJudge(double tolerance) : tolerance(tolerance) { restart(); }

    void advance(const RightHandSide<double>& system, std::vector<double>& x, double t_ms,
                 double dt_ms) override {
        const std::size_t n = x.size();
        const auto slopes = [&](const Vector& at, Vector& slope, double) {
            x_.assign(at.begin(), at.begin() + std::ptrdiff_t(n));
            slope_.resize(n);
            system.slopes(x_, slope_, at[n]);
            std::copy(slope_.begin(), slope_.end(), slope.begin());
            slope[n] = 1;
        };
        const auto jacobian = [&](const Vector& at, Matrix& J, double, Vector& over_time) {
            x_.assign(at.begin(), at.begin() + std::ptrdiff_t(n));
            system.jacobian(x_, at[n], J_, slope_);
            J.clear(), over_time.clear();
            for (std::size_t i = 0; i < n; ++i) {
                for (std::size_t j = 0; j < n; ++j) J(i, j) = J_[i * n + j];
                J(i, n) = slope_[i];
            }
        };
        Vector state(n + 1);
        std::copy(x.begin(), x.end(), state.begin());
        state[n] = t_ms;
        take_controlled_steps(
            "rosenbrock4", t_ms, dt_ms, try_ms, [&](double& now_ms, double& h_ms) {
                return stepper->try_step(std::make_pair(slopes, jacobian), state, now_ms, h_ms);
            });
        std::copy(state.begin(), state.begin() + std::ptrdiff_t(n), x.begin());
    }
    void restart() override {
        try_ms = 0;
        stepper.emplace(tolerance, tolerance);
    }

    double tolerance, try_ms = 0;
    std::optional<Stepper> stepper; // odeint's cannot be assigned
    std::vector<double> x_, slope_, J_;
};

} // namespace

template <class Real>
std::unique_ptr<Judge<Real>> make_judge(Integrator integrator, double tolerance) {
    using State = std::vector<Real>;
    switch (integrator) {
    case Integrator::euler:
        return std::make_unique<FixedJudge<Real, odeint::euler<State, Real, State, double>>>();
    case Integrator::rk4:
        return std::make_unique<
            FixedJudge<Real, odeint::runge_kutta4<State, Real, State, double>>>();
    case Integrator::dopri5:
        return std::make_unique<ControlledJudge<Real>>(tolerance);
    case Integrator::rosenbrock4:
        if constexpr (std::is_same_v<Real, double>)
            return std::make_unique<RosenbrockJudge>(tolerance);
        break;
    case Integrator::exponential:
        break;
    }
    return nullptr;
}

template std::unique_ptr<Judge<double>> make_judge<double>(Integrator, double);
template std::unique_ptr<Judge<float>> make_judge<float>(Integrator, double);

} // namespace lamina

#include "sim/area_odeint.hpp"

#include <algorithm>

#include <boost/numeric/odeint.hpp>

#include "sim/errors.hpp"

namespace lamina {
namespace {

namespace odeint = boost::numeric::odeint;

template <class Real, class Stepper> struct FixedJudge final : Judge<Real> {
    Stepper stepper;
    void advance(const RightHandSide<Real>& system, std::vector<Real>& x, double t_ms,
                 double dt_ms) override {
        stepper.do_step(std::cref(system), x, t_ms, dt_ms);
    }
    void restart() override {}
};

template <class Real> struct ControlledJudge final : Judge<Real> {
    using Error = odeint::runge_kutta_dopri5<std::vector<Real>, Real, std::vector<Real>, double>;
    using Stepper = typename odeint::result_of::make_controlled<Error>::type;

    explicit ControlledJudge(double tolerance)
        : tolerance(tolerance), stepper(odeint::make_controlled(tolerance, tolerance, Error())) {}

    void advance(const RightHandSide<Real>& system, std::vector<Real>& x, double t_ms,
                 double dt_ms) override {
        const double end_ms = t_ms + dt_ms;
        double now_ms = t_ms;
        if (!(try_ms > 0)) try_ms = dt_ms;
        int refused = 0;
        while (end_ms - now_ms > 1e-12 * dt_ms) {
            // the step found so far survives being cut at the end of this one
            double h_ms = std::min(try_ms, end_ms - now_ms);
            const bool cut = h_ms < try_ms;
            if (stepper.try_step(std::cref(system), x, now_ms, h_ms) == odeint::success) {
                refused = 0;
                if (!cut) try_ms = h_ms;
            } else {
                try_ms = h_ms;
                if (++refused > 500)
                    throw NumericsError("dopri5: no step meets the tolerance; raise "
                                        "simulation.tolerance or use the exponential integrator");
            }
        }
    }
    void restart() override {
        try_ms = 0;
        stepper = odeint::make_controlled(tolerance, tolerance, Error());
    }

    double tolerance, try_ms = 0;
    Stepper stepper;
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
    case Integrator::exponential:
        break;
    }
    return nullptr;
}

template std::unique_ptr<Judge<double>> make_judge<double>(Integrator, double);
template std::unique_ptr<Judge<float>> make_judge<float>(Integrator, double);

} // namespace lamina

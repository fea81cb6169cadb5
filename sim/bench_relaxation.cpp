#include <algorithm>
#include <cmath>

#include <boost/numeric/odeint.hpp>

#include "kernels/cpu/exec.hpp"
#include "kernels/math.hpp"
#include "kernels/relax.hpp"
#include "models/relaxation.hpp"
#include "sim/bench_rate.hpp"

namespace lamina {
namespace {

namespace odeint = boost::numeric::odeint;

constexpr int n_variables = 65536;
constexpr double relaxation_tau_ms = 10, relaxation_dt_ms = 0.1;

template <class Real> std::vector<Real> inputs() {
    std::vector<Real> u(n_variables);
    for (int i = 0; i < n_variables; ++i) u[i] = math::sin_turns(Real(i % 997) / 997);
    return u;
}

/// The population's own body over one step. Constant input is one array, as odeint's steppers read
/// it; an input linear in time is two.
template <class Real> struct Exponential {
    std::vector<Real> x = std::vector<Real>(n_variables), u = inputs<Real>(), next = u;
    Relaxation lag = Relaxation::over(relaxation_dt_ms, relaxation_tau_ms);
    void step() { step_to(u); }
    void step_linear() { step_to(next); }
    void step_to(const std::vector<Real>& input_next) {
        Cpu{}.for_each(n_variables,
                       Relax<Real>{x.data(), u.data(), input_next.data(), Real(lag.leak),
                                   Real(lag.from_now), Real(lag.from_next)});
    }
};

/// The same lags as a right-hand side for odeint, through the area's own slope body.
struct Slopes {
    const std::vector<double>& u;
    void operator()(const std::vector<double>& x, std::vector<double>& dxdt, double) const {
        Cpu{}.for_each(x.size(), RelaxSlope<double>{x.data(), u.data(), dxdt.data(), 1,
                                                    1 / relaxation_tau_ms});
    }
};

struct FixedRk4 {
    std::vector<double> x = std::vector<double>(n_variables), u = inputs<double>();
    odeint::runge_kutta4<std::vector<double>> stepper;
    void step() { stepper.do_step(Slopes{u}, x, 0.0, relaxation_dt_ms); }
};

struct ControlledDopri5 {
    using Method = odeint::runge_kutta_dopri5<std::vector<double>>;
    std::vector<double> x = std::vector<double>(n_variables), u = inputs<double>();
    odeint::result_of::make_controlled<Method>::type stepper =
        odeint::make_controlled(1e-6, 1e-6, Method());
    void step() {
        double t_ms = 0,
               h_ms =
                   relaxation_dt_ms; // the controller may lengthen the next step; it is not asked
        stepper.try_step(Slopes{u}, x, t_ms, h_ms);
    }
};

/// Largest error after one time constant from x = 0, relative to the largest |x|.
template <class Method> double error_after_tau(Method method) {
    const int n_steps = static_cast<int>(std::lround(relaxation_tau_ms / relaxation_dt_ms));
    for (int i = 0; i < n_steps; ++i) method.step();
    const double share = -std::expm1(-1.0);
    double worst = 0, largest = 0;
    for (int i = 0; i < n_variables; ++i) {
        worst = std::max(worst, std::fabs(double(method.x[i]) - share * double(method.u[i])));
        largest = std::max(largest, std::fabs(share * double(method.u[i])));
    }
    return worst / largest;
}

} // namespace

RelaxationSpeed bench_relaxation(int n_windows, double window_s) {
    Exponential<double> exponential, linear;
    Exponential<float> exponential_float32;
    FixedRk4 rk4;
    ControlledDopri5 dopri5;
    const auto timings = time_interleaved({[&] { exponential.step(); },
                                           [&] { exponential_float32.step(); }, [&] { rk4.step(); },
                                           [&] { dopri5.step(); }, [&] { linear.step_linear(); }},
                                          n_windows, window_s);
    const auto ns = [&](int which) { return timings[which].least_s * 1e9 / n_variables; };
    RelaxationSpeed r;
    r.n_variables = n_variables;
    r.exponential_ns = ns(0);
    r.exponential_float32_ns = ns(1);
    r.rk4_ns = ns(2);
    r.dopri5_ns = ns(3);
    r.exponential_linear_ns = ns(4);
    r.rk4_over_exponential = r.rk4_ns / r.exponential_ns;
    r.dopri5_over_exponential = r.dopri5_ns / r.exponential_ns;
    r.rk4_over_linear = r.rk4_ns / r.exponential_linear_ns;
    r.dopri5_over_linear = r.dopri5_ns / r.exponential_linear_ns;
    r.exponential_error = error_after_tau(Exponential<double>());
    r.rk4_error = error_after_tau(FixedRk4());
    r.dopri5_error = error_after_tau(ControlledDopri5());
    return r;
}

} // namespace lamina

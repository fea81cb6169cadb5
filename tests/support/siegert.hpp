/// The rate of a leaky integrator in white noise.
#pragma once

#include <cmath>

#include "models/angle.hpp"
#include "models/gauss_legendre.hpp"

namespace lamina::test {

/// Rate of a leaky integrator with white noise (Siegert 1951; Brunel 2000, eq. 21), Hz:
///
///     1 / rate = t_ref + tau sqrt(pi) int_{(V_reset - mu) / sigma}^{(V_thresh - mu) / sigma}
///                e^(x^2) (1 + erf x) dx
inline double siegert_Hz(double tau_ms, double t_ref_ms, double mu_mV, double sigma_mV,
                         double thresh_mV, double reset_mV) {
    static const GaussLegendre rule(64);
    const double from = (reset_mV - mu_mV) / sigma_mV, to = (thresh_mV - mu_mV) / sigma_mV;
    double integral = 0;
    for (std::size_t i = 0; i < rule.at.size(); ++i) {
        const double x = from + (to - from) * rule.at[i];
        integral += rule.weight[i] * (to - from) * std::exp(x * x) * std::erfc(-x);
    }
    return 1000 / (t_ref_ms + tau_ms * std::sqrt(pi) * integral);
}

} // namespace lamina::test

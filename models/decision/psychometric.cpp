#include "models/decision/psychometric.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "models/decision/wong_wang.hpp"

namespace lamina {
namespace {

double normal_cdf(double z) { return 0.5 * std::erfc(-z / std::sqrt(2.0)); }

/// Log likelihood of the choices for a slope.
double log_likelihood(double slope, const std::vector<double>& coherence,
                      const std::vector<double>& share, int n_trials) {
    double sum = 0;
    for (std::size_t i = 0; i < coherence.size(); ++i) {
        const double p = std::min(std::max(normal_cdf(slope * coherence[i]), 1e-12), 1 - 1e-12);
        sum += n_trials * (share[i] * std::log(p) + (1 - share[i]) * std::log(1 - p));
    }
    return sum;
}

} // namespace

double Psychometric::operator()(double evidence) const {
    return normal_cdf(slope * std::min(1.0, std::max(-1.0, evidence)));
}

double simulated_choices(const WongWangParameters& p, double coherence, double limit_ms,
                         int n_trials, double lead_ms, double dt_ms, unsigned seed) {
    const auto n_lead = static_cast<std::uint64_t>(std::llround(lead_ms / dt_ms));
    const auto n_steps = static_cast<std::uint64_t>(std::llround(limit_ms / dt_ms));
    int chosen = 0;
    for (int trial = 0; trial < n_trials; ++trial) {
        WongWang::State state;
        const auto key = static_cast<std::uint32_t>(trial);
        for (std::uint64_t n = 0; n < n_lead; ++n)
            WongWang::step(state, p, coherence, false, dt_ms, seed, key, n);
        for (std::uint64_t n = n_lead; n < n_lead + n_steps; ++n) {
            WongWang::step(state, p, coherence, true, dt_ms, seed, key, n);
            if (std::max(state.rate_Hz[0], state.rate_Hz[1]) >= p.threshold_Hz) break;
        }
        chosen += state.rate_Hz[0] > state.rate_Hz[1];
    }
    return static_cast<double>(chosen) / n_trials;
}

Psychometric measure_psychometric(const WongWangParameters& p, double limit_ms, int n_trials,
                                  double lead_ms, double dt_ms) {
    std::vector<double> coherence, share;
    for (int i = 0; i <= 6; ++i) {
        coherence.push_back(std::ldexp(1, i - 6));
        share.push_back(
            simulated_choices(p, coherence.back(), limit_ms, n_trials, lead_ms, dt_ms, 1));
        if (share.back() == 1) break; // stronger evidence tells no more
    }

    // the likelihood of a probit has one maximum: golden section over the logarithm of the slope
    double low = std::log(0.01), high = std::log(1000.0);
    const double golden = 0.6180339887498949;
    const auto at = [&](double log_slope) {
        return log_likelihood(std::exp(log_slope), coherence, share, n_trials);
    };
    for (int i = 0; i < 60; ++i) {
        const double a = high - golden * (high - low), b = low + golden * (high - low);
        (at(a) > at(b) ? high : low) = at(a) > at(b) ? b : a;
    }
    return {std::exp((low + high) / 2)};
}

} // namespace lamina

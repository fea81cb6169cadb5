#include "models/recall/recall_error.hpp"

#include <algorithm>
#include <cmath>

#include "kernels/portable.hpp"
#include "models/angle.hpp"

namespace lamina {

std::vector<double> recall_moments(const Account& account, const RecallParameters& p, int load,
                                   const CountDirections& directions) {
    LAMINA_EXPECT(load >= 1);
    std::vector<double> moments;
    account.hold(p.capacity, load, directions, moments);
    const double variance_rad2 =
        (p.diffusion_deg2_per_s * p.delay_s + p.motor_noise_deg * p.motor_noise_deg) * rad_per_deg *
        rad_per_deg;
    for (std::size_t k = 1; k < moments.size(); ++k)
        moments[k] *= std::exp(-0.5 * static_cast<double>(k * k) * variance_rad2);
    moments[0] = 1; // guesses fill it up and have no other moment
    return moments;
}

double guess_share(const Account& account, const RecallParameters& p, int load,
                   const CountDirections& directions) {
    std::vector<double> moments;
    account.hold(p.capacity, load, directions, moments);
    return 1 - moments[0];
}

double error_density(const std::vector<double>& moments, double error_rad) {
    double sum = moments[0];
    for (std::size_t k = 1; k < moments.size(); ++k)
        sum += 2 * moments[k] * std::cos(static_cast<double>(k) * error_rad);
    return sum / (2 * pi);
}

double circular_sd_deg(const std::vector<double>& moments) {
    return std::sqrt(-2 * std::log(moments[1])) * 180 / pi;
}

ErrorBins::ErrorBins(int n_bins, int n_moments) : n_bins_(n_bins) {
    LAMINA_EXPECT(n_bins >= 1 && n_moments >= 1);
    for (int bin = 0; bin < n_bins; ++bin) {
        const double low = 2 * pi * bin / n_bins - pi, high = low + 2 * pi / n_bins;
        share_.push_back(1.0 / n_bins);
        for (int k = 1; k < n_moments; ++k)
            share_.push_back((std::sin(k * high) - std::sin(k * low)) / (k * pi));
    }
}

std::vector<double> ErrorBins::probabilities(const std::vector<double>& moments) const {
    const std::size_t n_moments = share_.size() / static_cast<std::size_t>(n_bins_);
    LAMINA_EXPECT(moments.size() == n_moments);
    std::vector<double> p(static_cast<std::size_t>(n_bins_));
    double total = 0;
    for (std::size_t bin = 0; bin < p.size(); ++bin) {
        for (std::size_t k = 0; k < n_moments; ++k)
            p[bin] += share_[bin * n_moments + k] * moments[k];
        total += p[bin] = std::max(p[bin], 1e-12);
    }
    for (double& value : p) value /= total;
    return p;
}

} // namespace lamina

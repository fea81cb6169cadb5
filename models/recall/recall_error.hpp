/// The law of delayed estimation: the distribution of the reported error.
///
/// An item is held as its account says, drifts by diffusion with variance D t, and is reported with
/// motor noise of SD m; an item that is not held is guessed, uniformly:
///
///     f(e) = 1 / (2 pi) (1 + 2 sum_k rho_k cos k e),
///     rho_k = E cos(k error; held) exp(-k^2 (D t + m^2) / 2)
///
/// Diffusion and motor noise are wrapped normal and only damp the moments. The law stands for the
/// circuit in a fit: the circuit's fixed point is the block, and what is left between them is
/// measured elsewhere (/comparison).
#pragma once

#include <cstddef>
#include <vector>

#include "models/capacity/account.hpp"

namespace lamina {

struct RecallParameters {
    CapacityParameters capacity;
    double diffusion_deg2_per_s = 20; ///< D >= 0
    double delay_s = 1;               ///< t >= 0
    double motor_noise_deg = 12;      ///< m >= 0
};

/// The moments rho_k of the reported error; entry 0 is 1.
std::vector<double> recall_moments(const Account&, const RecallParameters&, int load,
                                   const CountDirections&);

/// Share of reports that are guesses: items that were not held.
double guess_share(const Account&, const RecallParameters&, int load, const CountDirections&);

/// Density of the error, per radian.
double error_density(const std::vector<double>& moments, double error_rad);

/// Circular SD sqrt(-2 ln rho_1), in degrees.
double circular_sd_deg(const std::vector<double>& moments);

/// Probabilities of equal bins that cover -180 .. 180 degrees from left to right, floored at 1e-12
/// (a truncated series may fall below 0 by less).
class ErrorBins {
  public:
    ErrorBins(int n_bins, int n_moments);
    std::vector<double> probabilities(const std::vector<double>& moments) const;
    int n_bins() const { return n_bins_; }

  private:
    int n_bins_;
    std::vector<double> share_; ///< [bins][moments]
};

} // namespace lamina

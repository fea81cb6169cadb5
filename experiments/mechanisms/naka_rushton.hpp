/// The response to contrast, as it is fitted to neurons:
///
///     R(c) = R_max c^n / (c50^n + c^n)
///
/// Source: Naka & Rushton (1966), J Physiol 185:587, with n = 1; Albrecht & Hamilton (1982),
/// J Neurophysiol 48:217, with an exponent.
#pragma once

#include <vector>

namespace lamina::laws {

struct NakaRushton {
    double r_max, c50, n; ///< > 0
    double error;         ///< of a fit: root mean square residual, relative to r_max

    double at(double contrast) const;
};

/// Least squares by Levenberg and Marquardt over the logarithms of the three, from where the
/// response passes half its largest. @param contrast  [m] > 0, rising; @param response [m], >= 0,
/// of which some are not; m >= 4. All NaN where no number is.
NakaRushton fit_naka_rushton(const std::vector<double>& contrast,
                             const std::vector<double>& response);

} // namespace lamina::laws

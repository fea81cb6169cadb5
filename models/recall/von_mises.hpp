/// Modified Bessel functions and what the von Mises distribution needs of them.
#pragma once

#include <vector>

namespace lamina {

/// exp(-x) I_k(x) for k = 0 .. n - 1, where I_k is the modified Bessel function of the first kind.
///
/// Downward recurrence I_{k-1} = I_{k+1} + (2 k / x) I_k from an order at which I_k is below 1e-20
/// of I_0, scaled by I_0 + 2 sum_k I_k = exp(x) (Abramowitz & Stegun 9.6.26, 9.6.37). All terms are
/// positive, so the relative error is some 1e-15.
/// @param x  >= 0
std::vector<double> scaled_bessel_i(double x, int n);

/// E cos(k theta), k = 0 .. n - 1, of the von Mises distribution: I_k(kappa) / I_0(kappa).
/// @param kappa  >= 0
std::vector<double> von_mises_moments(double kappa, int n);

} // namespace lamina

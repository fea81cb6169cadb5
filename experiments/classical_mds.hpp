/// Points from their distances: classical (Torgerson) scaling.
#pragma once

#include <vector>

namespace lamina {

struct ScaledPoints {
    std::vector<double> points; ///< [n][n_dimensions], row-major; unused dimensions are 0
    int n_used = 0;             ///< dimensions with a positive eigenvalue
    double kept_inertia = 0;    ///< sum of their eigenvalues over that of all positive ones
};

/// Points in the `n_dimensions` directions of largest variance whose squared distances approach the
/// given ones:
///
///     B = -1/2 J D J,   J = 1 - 1 1^T / n,   B = sum_m lambda_m e_m e_m^T,   x_im = sqrt(lambda_m)
///     e_mi
///
/// Squared distances that points could have (Euclidean) are met exactly when n_dimensions suffices.
/// Dimensions with lambda <= 0 (or below n 2^-52 of the largest in size) are left at 0. The sign of
/// each eigenvector is the one that makes its largest entry positive (the first among equals).
/// @param n        number of points, >= 2
/// @param squared  [n (n - 1) / 2] squared distances, upper triangle row by row; finite
/// @source  Torgerson (1952), doi:10.1007/BF02288916; Gower (1966), doi:10.1093/biomet/53.3-4.325
ScaledPoints classical_scaling(int n, const std::vector<double>& squared, int n_dimensions);

} // namespace lamina

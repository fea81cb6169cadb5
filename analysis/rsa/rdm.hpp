/// Representational dissimilarity matrices: how different the patterns of two stimuli are, for
/// every pair. Only the upper triangle is kept, row by row: (0,1), (0,2), ..., (1,2), ...
/// @source Kriegeskorte, Mur & Bandettini (2008), doi:10.3389/neuro.06.004.2008
#pragma once

#include <cstddef>
#include <vector>

namespace lamina::analysis {

/// [n (n - 1) / 2] dissimilarities of n stimuli.
using Rdm = std::vector<double>;

/// Pairs among n stimuli, and the other way round: 0 when no n has that many pairs.
constexpr std::size_t n_pairs(std::size_t n_stimuli) { return n_stimuli * (n_stimuli - 1) / 2; }
std::size_t n_stimuli_of(std::size_t n_pairs);

/// One pattern per stimulus.
struct Patterns {
    std::size_t n_stimuli = 0, n_channels = 0;
    std::vector<double> values; ///< [n_stimuli][n_channels]

    const double* of(std::size_t stimulus) const { return &values[stimulus * n_channels]; }
};

/// 1 - r, r Pearson's correlation of two patterns over channels: 0 to 2; NaN for a pattern without
/// variance.
Rdm correlation_distance(const Patterns&);

/// |x_i - x_j|^2, not divided by the number of channels.
Rdm squared_euclidean(const Patterns&);

/// Covariance of noise over channels, shrunk towards its diagonal:
///
///     r*_ab = (1 - lambda) r_ab for a != b,   lambda = sum Var(r_ab) / sum r_ab^2 within [0, 1]
///
/// so that it can be inverted with few samples. Channels without variance are refused.
/// @param residuals  [n_samples][n_channels] noise, each channel with mean 0; n_samples >= 3
/// @return           [n_channels][n_channels], divided by n_samples - 1
/// @throws std::invalid_argument for too few samples or a channel without variance
/// @source Schaefer & Strimmer (2005), doi:10.2202/1544-6115.1175, target D
std::vector<double> shrunk_covariance(const Patterns& residuals);

/// Patterns in which noise of this covariance C has the same variance everywhere: L^-1 x, C = L
/// L^T.
/// @throws std::invalid_argument when the covariance is not positive definite
Patterns whitened(Patterns, const std::vector<double>& covariance);

/// Cross-validated Mahalanobis distance of whitened patterns over F independent measurements
/// (folds):
///
///     d_ij = sum over m != n of (x_i - x_j)_m . (x_i - x_j)_n / (F (F - 1) n_channels)
///
/// Unbiased: noise of one fold meets that of another only, so pairs without a difference give 0 on
/// average and may be negative.
/// @param folds  at least 2, of the same shape
/// @source Walther et al. (2016), doi:10.1016/j.neuroimage.2015.12.012
Rdm crossnobis(const std::vector<Patterns>& folds);

} // namespace lamina::analysis

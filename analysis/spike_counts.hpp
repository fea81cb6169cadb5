/// Statistics of spike counts in repeated trials: Fano factor, noise correlation, and what a
/// decoder of the counts knows at which time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace lamina::analysis {

/// What several units fired in one window of each trial.
struct RepeatedCounts {
    std::size_t n_units = 0;
    std::vector<double> counts; ///< [trials, units]
    /// [trials] trials of one number saw the same; -1: left out. One alone says nothing.
    std::vector<std::int64_t> group;
};

/// Fano factor of each unit: variance over mean of its counts, within groups.
///
///     F = sum_g sum_(t in g) (n_t - n_g)^2 / sum_g (N_g - 1) n_g,   n_g the mean of N_g trials
///
/// 1 for Poisson counts, whatever their means; NaN for a unit that is silent, or without a group of
/// two trials.
std::vector<double> fano_factors(const RepeatedCounts&);

/// Mean over pairs of units of the correlation of n_t - n_g, of units whose counts vary. 0 for
/// independent units; NaN without a pair, or with fewer than 3 deviations that are free
/// (trials less groups).
double noise_correlation(const RepeatedCounts&);

/// What several units fired at several times of each trial, and the class that each belongs to.
struct TimedCounts {
    std::size_t n_times = 0, n_units = 0;
    std::vector<float> counts;       ///< [trials, times, units]
    std::vector<std::int64_t> label; ///< [trials] class; -1: left out
};

/// Share of trials whose class is told right by a decoder trained at one time and tested at
/// another.
///
/// Each unit is centred and scaled by its mean and SD over the training trials at the training
/// time; the class whose mean pattern correlates most with the test pattern is the answer. Classes
/// that tie share it. Trials of a class are dealt to `n_folds` folds in turn, and each is told by
/// the trials of the other folds; a class with fewer than two trials is left out.
///
/// @source Meyers et al. (2008), doi:10.1152/jn.90248.2008: dynamic codes by a correlation decoder
struct CrossDecoding {
    std::size_t n_times = 0, n_classes = 0, n_trials = 0;
    std::vector<double> accuracy; ///< [training time, test time]; empty for fewer than two classes
    double chance() const { return 1 / double(n_classes); }
};
CrossDecoding cross_temporal_decoding(const TimedCounts&, int n_folds = 5);

/// Does one code last? Of the times from .. to - 1, what decoders keep at other times than their
/// own, above chance:
///
///     P = (mean accuracy off the diagonal - chance) / (mean accuracy on it - chance)
///
/// 1 when decoders are as good at any time, 0 when they are at chance at every other. NaN for fewer
/// than two times, and where the diagonal is within two standard errors of chance.
double persistence_index(const CrossDecoding&, std::size_t from, std::size_t to);

} // namespace lamina::analysis

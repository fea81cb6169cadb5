/// Models against the RDMs of people: how well each does, how sure that is, and which differ.
#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "analysis/rsa/noise_ceiling.hpp"
#include "analysis/statistics.hpp"

namespace lamina::analysis {

struct ModelRdm {
    std::string name;
    Rdm rdm;
};

/// Mean: over the RDMs of people, comparable with the noise ceiling. Pooled: with their pooled RDM,
/// where the noise of single people has averaged out; larger, and not to be held against the
/// ceiling.
struct ModelFit {
    std::string name;
    Estimate mean;                        ///< interval: stimuli and subjects resampled
    Interval mean_stimuli, mean_subjects; ///< only one of the two resampled
    Estimate pooled;                      ///< interval: both
    double p = 0;                         ///< two-sided, of mean = 0, from the bootstrap of both
};

/// Model a less model b, over the same bootstrap samples.
struct ModelDifference {
    std::size_t a, b;
    Estimate mean, pooled;
    double p_mean, p_pooled; ///< two-sided, not corrected
};

struct ModelComparison {
    RdmMeasure measure = RdmMeasure::spearman;
    std::size_t n_stimuli = 0, n_rdms = 0;
    int n_subjects = 0;
    NoiseCeiling ceiling;          ///< one RDM left out at a time
    NoiseCeiling subjects_ceiling; ///< all RDMs of a subject left out at a time
    std::vector<ModelFit> models;
    std::vector<ModelDifference> differences; ///< all a < b, b fastest
};

/// Compares every model with the RDMs of people.
///
/// Stimuli and subjects are resampled with replacement, both at once: the interval speaks of other
/// stimuli and other people. It is rather too wide, since the noise of each factor enters twice.
/// Intervals are percentiles; p = 2 min(k_below, k_above) with k = (count + 1) / (resamples + 1).
/// Samples in which a likeness is not defined are left out.
/// Time: about 1 ms for each resample of 92 stimuli, 16 RDMs and 11 models; kendall_tau_a 200 times
/// that.
/// @param models  RDMs of the same stimuli as the measured ones, finite
/// @param stop    once true, no further sample is drawn and the intervals are worthless
/// @source Nili et al. (2014), doi:10.1371/journal.pcbi.1003553; Schuett et al. (2023),
///         doi:10.7554/eLife.82566
ModelComparison compare_models(RdmMeasure, const std::vector<ModelRdm>& models, const MeasuredRdms&,
                               const Confidence& = {}, const std::atomic<bool>* stop = nullptr);

/// Likeness of two RDMs of the same stimuli, with its percentile interval over resampled stimuli.
Estimate likeness_of(RdmMeasure, const Rdm& a, const Rdm& b, const Confidence& = {});

/// p values corrected for their number, in the same order: the i-th smallest of m times m - i + 1,
/// never below the one before it, at most 1.
/// @source Holm (1979), Scand. J. Statist. 6:65
std::vector<double> holm(const std::vector<double>& p);

} // namespace lamina::analysis

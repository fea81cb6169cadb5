/// How well any model could do, given that people differ: the noise ceiling, and the pooled RDM it
/// rests on.
#pragma once

#include <vector>

#include "analysis/rsa/rdm_measure.hpp"

namespace lamina::analysis {

/// RDMs of the same stimuli from several people; `subject[k]` says whose rdms[k] is.
struct MeasuredRdms {
    std::vector<ComparableRdm> rdms;
    std::vector<int> subject;

    std::size_t n_stimuli() const { return n_stimuli_of(rdms.front().values().size()); }
    int n_subjects() const; ///< largest number of a subject, plus 1
};

/// The mean of the RDMs, each rank-transformed (spearman, kendall_tau_a) or over its root mean
/// square (cosine): the RDM whose mean likeness to them is largest, for spearman and cosine.
/// @param times  [n_rdms] how often each RDM counts; empty: once each
Rdm pooled(RdmMeasure, const std::vector<ComparableRdm>&, const std::vector<double>& times = {},
           const PairCounts& counts = {});

/// Mean likeness of the RDMs to a pooled one.
struct NoiseCeiling {
    double lower; ///< pooled without the RDM itself, or without all of its subject: what the others
                  ///< predict; NaN when nobody is left
    double upper; ///< pooled over all, itself included: no model can be above it (spearman, cosine)
};

/// @source Nili et al. (2014), doi:10.1371/journal.pcbi.1003553
NoiseCeiling noise_ceiling(RdmMeasure, const MeasuredRdms&, bool whole_subjects_left_out);

} // namespace lamina::analysis

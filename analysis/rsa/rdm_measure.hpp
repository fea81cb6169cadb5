/// How alike two RDMs are, also in a bootstrap sample of stimuli, where a pair counts several times
/// or not at all.
#pragma once

#include <string>
#include <vector>

#include "analysis/rsa/rdm.hpp"

namespace lamina::analysis {

/// spearman: Pearson's correlation of average ranks, within [-1, 1].
/// kendall_tau_a: (concordant - discordant) / all pairs of dissimilarities; a tie counts as
/// neither,
///     so models that predict ties are not favoured.
/// cosine: a . b / (|a| |b|), for dissimilarities with a meaningful zero, such as crossnobis.
/// @source Nili et al. (2014), doi:10.1371/journal.pcbi.1003553
enum class RdmMeasure { spearman, kendall_tau_a, cosine };

/// How often each pair of stimuli counts, a whole number >= 0; empty: once each. A bootstrap sample
/// that draws stimulus i m_i times has m_i m_j of pair (i, j); a stimulus is never paired with its
/// own copy, whose dissimilarity 0 was not measured.
using PairCounts = std::vector<double>;
PairCounts pair_counts(const std::vector<double>& stimulus_counts);

/// An RDM with its order, sorted once; any sample of its pairs is then ranked in one pass.
/// Dissimilarities must be finite.
class ComparableRdm {
  public:
    explicit ComparableRdm(Rdm values);

    const Rdm& values() const { return values_; }
    /// Average ranks 1.. within the sample; of pairs that do not count, the rank they would have.
    Rdm ranks(const PairCounts& counts = {}) const;
    /// What pooling averages: ranks; for cosine values over their root mean square.
    Rdm poolable(RdmMeasure, const PairCounts& counts = {}) const;
    /// Place of each pair's value among the distinct values, from 0.
    const std::vector<std::uint32_t>& level() const { return level_; }
    std::uint32_t n_levels() const { return n_levels_; }
    /// Pairs in order of rising value.
    const std::vector<std::uint32_t>& order() const { return order_; }

  private:
    Rdm values_;
    std::vector<std::uint32_t> order_, level_;
    std::uint32_t n_levels_ = 0;
};

/// Likeness of two RDMs of the same stimuli over the pairs that count. NaN where it is not defined:
/// a constant RDM (spearman), an RDM of zeros (cosine), fewer than two pairs.
/// Time n log n for n pairs (kendall_tau_a by a tree of counts: Knight 1966).
double compare(RdmMeasure, const ComparableRdm& a, const ComparableRdm& b,
               const PairCounts& counts = {});
double compare(RdmMeasure, const Rdm& a, const Rdm& b);

/// An RDM x as the unit vector u for which compare(x, y) = sum over pairs of counts u_x u_y, so
/// that the mean over many y is one product. Not for kendall_tau_a.
Rdm unit_vector(RdmMeasure, const ComparableRdm&, const PairCounts& counts = {});
double product(const Rdm& a, const Rdm& b, const PairCounts& counts = {});

} // namespace lamina::analysis

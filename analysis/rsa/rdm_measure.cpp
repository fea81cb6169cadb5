#include "analysis/rsa/rdm_measure.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>

#include "sim/run_file/not_known.hpp"

namespace lamina::analysis {
namespace {

double count_of_pair(const PairCounts& counts, std::size_t pair) {
    return counts.empty() ? 1 : counts[pair];
}

/// Sums over the levels below one, of numbers that are added level by level (a Fenwick tree).
class SumsBelow {
  public:
    explicit SumsBelow(std::uint32_t n_levels) : tree_(n_levels + 1, 0) {}
    void add(std::uint32_t level, double x) {
        for (std::size_t at = level + 1; at < tree_.size(); at += at & (~at + 1)) tree_[at] += x;
    }
    /// Over levels < `level`.
    double below(std::uint32_t level) const {
        double sum = 0;
        for (std::size_t at = level; at > 0; at -= at & (~at + 1)) sum += tree_[at];
        return sum;
    }

  private:
    std::vector<double> tree_;
};

double tau_a(const ComparableRdm& a, const ComparableRdm& b, const PairCounts& counts) {
    // in order of a: what came before, by its place in b, is concordant below and discordant above
    SumsBelow seen(b.n_levels());
    double total = 0, difference = 0, n_seen = 0;
    const std::vector<std::uint32_t>& order = a.order();
    for (std::size_t first = 0, last = 0; first < order.size(); first = last) {
        while (last < order.size() && a.level()[order[last]] == a.level()[order[first]]) ++last;
        for (std::size_t i = first; i < last; ++i) {
            const std::uint32_t level = b.level()[order[i]];
            const double below = seen.below(level), above = n_seen - seen.below(level + 1);
            difference += count_of_pair(counts, order[i]) * (below - above);
        }
        for (std::size_t i = first; i < last; ++i) {
            const double n = count_of_pair(counts, order[i]);
            if (n == 0) continue;
            seen.add(b.level()[order[i]], n);
            n_seen += n;
        }
    }
    total = n_seen * (n_seen - 1) / 2;
    return total > 0 ? difference / total : nan;
}

} // namespace

PairCounts pair_counts(const std::vector<double>& stimulus_counts) {
    PairCounts counts;
    counts.reserve(n_pairs(stimulus_counts.size()));
    for (std::size_t i = 0; i < stimulus_counts.size(); ++i)
        for (std::size_t j = i + 1; j < stimulus_counts.size(); ++j)
            counts.push_back(stimulus_counts[i] * stimulus_counts[j]);
    return counts;
}

ComparableRdm::ComparableRdm(Rdm values)
    : values_(std::move(values)), order_(values_.size()), level_(values_.size()) {
    std::iota(order_.begin(), order_.end(), 0u);
    std::sort(order_.begin(), order_.end(), [&](std::uint32_t i, std::uint32_t j) {
        return values_[i] != values_[j] ? values_[i] < values_[j] : i < j;
    });
    for (std::size_t i = 0; i < order_.size(); ++i) {
        if (i > 0 && values_[order_[i]] != values_[order_[i - 1]]) ++n_levels_;
        level_[order_[i]] = n_levels_;
    }
    ++n_levels_;
}

Rdm ComparableRdm::ranks(const PairCounts& counts) const {
    Rdm rank(values_.size());
    double before = 0;
    for (std::size_t first = 0, last = 0; first < order_.size(); first = last) {
        double tied = 0;
        while (last < order_.size() && level_[order_[last]] == level_[order_[first]])
            tied += count_of_pair(counts, order_[last++]);
        for (std::size_t i = first; i < last; ++i) rank[order_[i]] = before + (tied + 1) / 2;
        before += tied;
    }
    return rank;
}

Rdm ComparableRdm::poolable(RdmMeasure measure, const PairCounts& counts) const {
    if (measure != RdmMeasure::cosine) return ranks(counts);
    double squares = 0, n = 0;
    for (std::size_t pair = 0; pair < values_.size(); ++pair) {
        squares += count_of_pair(counts, pair) * values_[pair] * values_[pair];
        n += count_of_pair(counts, pair);
    }
    Rdm scaled = values_;
    for (double& x : scaled) x /= std::sqrt(squares / n);
    return scaled;
}

double product(const Rdm& a, const Rdm& b, const PairCounts& counts) {
    double sum = 0;
    if (counts.empty())
        for (std::size_t pair = 0; pair < a.size(); ++pair) sum += a[pair] * b[pair];
    else
        for (std::size_t pair = 0; pair < a.size(); ++pair) sum += counts[pair] * a[pair] * b[pair];
    return sum;
}

Rdm unit_vector(RdmMeasure measure, const ComparableRdm& rdm, const PairCounts& counts) {
    Rdm vector = measure == RdmMeasure::cosine ? rdm.values() : rdm.ranks(counts);
    if (measure != RdmMeasure::cosine) {
        double sum = 0, n = 0;
        for (std::size_t pair = 0; pair < vector.size(); ++pair) {
            sum += count_of_pair(counts, pair) * vector[pair];
            n += count_of_pair(counts, pair);
        }
        for (double& x : vector) x -= sum / n;
    }
    const double square = product(vector, vector, counts);
    for (double& x : vector) x = square > 0 ? x / std::sqrt(square) : nan;
    return vector;
}

double compare(RdmMeasure measure, const ComparableRdm& a, const ComparableRdm& b,
               const PairCounts& counts) {
    if (measure == RdmMeasure::kendall_tau_a) return tau_a(a, b, counts);
    return product(unit_vector(measure, a, counts), unit_vector(measure, b, counts), counts);
}

double compare(RdmMeasure measure, const Rdm& a, const Rdm& b) {
    return compare(measure, ComparableRdm(a), ComparableRdm(b));
}

} // namespace lamina::analysis

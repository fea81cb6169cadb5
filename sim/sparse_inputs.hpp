/// Cells that hear K of the n cells behind a number (column.spiking.in_degree), each its own K.
///
/// What the circuit asks a number for is made of the means of other numbers' cells
/// (spiking_area.hpp). A cell that hears only K of them is asked for
///
///     r* = r_0 + [+-u + e]_+,   e += (1 - exp(-dt / tau)) (sum_j w_j (k_j / K - m_j / n) / (R dt)
///     - e)
///
/// where k_j of its K cells and m_j of all n cells of number j spiked, w_j is the weight at that
/// moment and tau the decay of j's spikes. e is what choosing K of n adds: 0 for K = n, and 0 on
/// average.
///
/// A cell's K sources are drawn without replacement, so that in-degrees are K and out-degrees are
/// near K; 16 such wirings are drawn, and each pair of numbers takes one of them, turned by a
/// number of cells of its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace lamina {

/// Who hears whom among n cells and n others: random, K sources each.
class InDegreeWirings {
  public:
    static constexpr int n_wirings = 16;

    /// @param in_degree  K, at most n
    InDegreeWirings(int n_cells, int in_degree, std::uint64_t seed);

    struct Row {
        const std::uint32_t *first, *last; ///< the cells that hear it, rising
    };
    /// Cells that hear cell `source` (0 .. n - 1) where a pair of numbers has this random word.
    Row heard_by(std::uint32_t pair, std::uint32_t source) const;

    int n_cells() const { return n_; }
    int in_degree() const { return K_; }
    std::size_t bytes() const;

  private:
    int n_, K_;
    std::vector<std::uint32_t> first_;   ///< [n_wirings, n + 1]
    std::vector<std::uint32_t> targets_; ///< [n_wirings, n K]
};

/// Which cells of a population spiked in a step, a bit for each.
class FiredCells {
  public:
    explicit FiredCells(std::size_t n_cells = 0) : bits_((n_cells + 31) / 32) {}

    /// @param spiked  [n_cells] 0 or 1
    void set(const std::uint8_t* spiked, std::size_t n_cells);
    void clear() { bits_.assign(bits_.size(), 0); }
    /// f(cell) for each, rising.
    template <class F> void for_each(const F& f) const {
        for (std::size_t w = 0; w < bits_.size(); ++w)
            for (std::uint32_t left = bits_[w]; left != 0; left &= left - 1)
                f(32 * w + std::size_t(__builtin_ctz(left)));
    }

    const std::vector<std::uint32_t>& bits() const { return bits_; }
    std::vector<std::uint32_t>& bits() { return bits_; }

  private:
    std::vector<std::uint32_t> bits_;
};

/// A group of the target (r+ or r- of a number), and the weight of a spike there.
struct HeardAt {
    std::size_t group;
    double weight;
};
/// What a spike of a group of the source is worth: appends to a list.
using Fan = std::function<void(std::size_t group, std::vector<HeardAt>&)>;

/// One population heard by another.
class SparseInputs {
  public:
    struct Shape {
        std::size_t n_from, n_to; ///< groups of source and target
        double leak;              ///< 1 - exp(-dt / tau) of the source's spikes
        double per_spike;         ///< 1 / (R dt), of one cell
    };
    /// @param which  tells projections of one area apart
    SparseInputs(const InDegreeWirings&, const Shape&, std::uint64_t seed, std::uint32_t which,
                 Fan);

    void clear();
    /// e relaxes, and the spikes that arrive are added.
    void advance(const FiredCells&);

    /// Adds e to `own` [n_to, n_cells].
    void add_to(float* own) const;

    /// [n_to, n_cells] what cells hear, then [n_to] what they would hear of all.
    const std::vector<float>& state() const { return heard_; }
    void set_state(const std::vector<float>& heard) { heard_ = heard; }
    std::size_t n_state_words() const { return heard_.size(); }

  private:
    const InDegreeWirings& wirings_;
    Shape shape_;
    Fan fan_;
    std::vector<std::uint32_t> word_from_, word_to_; ///< by group
    std::vector<float> heard_;
    std::vector<HeardAt> list_;
};

} // namespace lamina

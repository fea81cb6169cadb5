#include "sim/sparse_inputs.hpp"

#include <algorithm>
#include <numeric>

#include "kernels/philox.hpp"
#include "sim/errors.hpp"

namespace lamina {
namespace {

/// Words 0, 1, 2 ... of a row.
class WordsOfTarget {
  public:
    WordsOfTarget(std::uint64_t seed, std::uint32_t item, std::uint64_t step)
        : seed_(seed), item_(item), step_(step) {}
    /// Below `n`; no number is likelier than another by more than n / 2^32.
    std::uint32_t below(std::uint32_t n) {
        if (next_ % 4 == 0) words_ = philox(seed_, next_ / 4, Stream::column_wiring, item_, step_);
        return std::uint32_t((std::uint64_t(words_.at(next_++ % 4)) * n) >> 32);
    }

  private:
    std::uint64_t seed_;
    std::uint32_t item_;
    std::uint64_t step_;
    std::uint32_t next_ = 0;
    PhiloxWords words_{};
};

/// Spreads a word over all bits (the finaliser of MurmurHash3, Appleby).
std::uint32_t mixed(std::uint32_t x) {
    x = (x ^ (x >> 16)) * 0x85ebca6bu;
    x = (x ^ (x >> 13)) * 0xc2b2ae35u;
    return x ^ (x >> 16);
}

} // namespace

InDegreeWirings::InDegreeWirings(int n_cells, int in_degree, std::uint64_t seed)
    : n_(n_cells), K_(in_degree) {
    LAMINA_EXPECT(n_cells > 0 && in_degree > 0 && in_degree <= n_cells);
    const auto n = std::uint32_t(n_), K = std::uint32_t(K_);
    first_.resize(std::size_t(n_wirings) * (n + 1));
    targets_.resize(std::size_t(n_wirings) * n * K);
    std::vector<std::uint32_t> cells(n), sources(std::size_t(n) * K);
    for (int wiring = 0; wiring < n_wirings; ++wiring) {
        std::uint32_t* const first = first_.data() + std::size_t(wiring) * (n + 1);
        std::uint32_t* const targets = targets_.data() + std::size_t(wiring) * n * K;
        // the first K of a shuffle, for each target
        for (std::uint32_t target = 0; target < n; ++target) {
            std::iota(cells.begin(), cells.end(), 0u);
            WordsOfTarget random(seed, target, std::uint64_t(wiring));
            for (std::uint32_t k = 0; k < K; ++k) {
                std::swap(cells[k], cells[k + random.below(n - k)]);
                sources[std::size_t(target) * K + k] = cells[k];
            }
        }
        // by source, targets rising
        for (const std::uint32_t source : sources) ++first[source + 1];
        std::partial_sum(first, first + n + 1, first);
        std::vector<std::uint32_t> next(first, first + n);
        for (std::size_t i = 0; i < sources.size(); ++i)
            targets[next[sources[i]]++] = std::uint32_t(i / K);
    }
}

InDegreeWirings::Row InDegreeWirings::heard_by(std::uint32_t pair, std::uint32_t source) const {
    const auto n = std::uint32_t(n_);
    const std::uint32_t wiring = pair % n_wirings;
    const auto turn = std::uint32_t((std::uint64_t(pair) * n) >> 32);
    const std::uint32_t row = source + turn < n ? source + turn : source + turn - n;
    const std::uint32_t* const first = first_.data() + std::size_t(wiring) * (n + 1) + row;
    const std::uint32_t* const targets =
        targets_.data() + std::size_t(wiring) * n * std::uint32_t(K_);
    return {targets + first[0], targets + first[1]};
}

std::size_t InDegreeWirings::bytes() const {
    return (first_.size() + targets_.size()) * sizeof(std::uint32_t);
}

void FiredCells::set(const std::uint8_t* spiked, std::size_t n_cells) {
    LAMINA_EXPECT(bits_.size() == (n_cells + 31) / 32);
    for (std::size_t w = 0; w < bits_.size(); ++w) {
        const std::size_t n = std::min<std::size_t>(32, n_cells - 32 * w);
        std::uint32_t bits = 0;
        for (std::size_t i = 0; i < n; ++i) bits |= std::uint32_t(spiked[32 * w + i] != 0) << i;
        bits_[w] = bits;
    }
}

SparseInputs::SparseInputs(const InDegreeWirings& wirings, const Shape& shape, std::uint64_t seed,
                           std::uint32_t which, Fan fan)
    : wirings_(wirings), shape_(shape), fan_(std::move(fan)),
      heard_(shape.n_to * (std::size_t(wirings.n_cells()) + 1)) {
    const auto words = [&](std::size_t n, std::uint32_t side) {
        std::vector<std::uint32_t> all(n);
        for (std::size_t i = 0; i < n; ++i)
            all[i] = philox(seed, which, Stream::column_wiring, std::uint32_t(i),
                            InDegreeWirings::n_wirings + side)
                         .word[0];
        return all;
    };
    word_from_ = words(shape.n_from, 0);
    word_to_ = words(shape.n_to, 1);
}

void SparseInputs::clear() { std::fill(heard_.begin(), heard_.end(), 0.0f); }

void SparseInputs::advance(const FiredCells& fired) {
    const auto keep = float(1 - shape_.leak);
    for (float& x : heard_) x *= keep;
    const auto n = std::size_t(wirings_.n_cells());
    const double of_one = shape_.leak * shape_.per_spike / wirings_.in_degree(),
                 of_all = shape_.leak * shape_.per_spike / double(n);
    float* const mean = heard_.data() + shape_.n_to * n;
    std::size_t known = shape_.n_from; // the group whose list is at hand
    fired.for_each([&](std::size_t cell) {
        const std::size_t group = cell / n;
        if (group != known) {
            list_.clear();
            fan_(group, list_);
            known = group;
        }
        for (const HeardAt& at : list_) {
            const auto [first, last] = wirings_.heard_by(
                mixed(word_from_[group] ^ word_to_[at.group]), std::uint32_t(cell % n));
            float* const heard = heard_.data() + at.group * n;
            const auto w = float(at.weight * of_one);
            for (const std::uint32_t* target = first; target != last; ++target) heard[*target] += w;
            mean[at.group] += float(at.weight * of_all);
        }
    });
}

void SparseInputs::add_to(float* own) const {
    const auto n = std::size_t(wirings_.n_cells());
    for (std::size_t group = 0; group < shape_.n_to; ++group) {
        const float mean = heard_[shape_.n_to * n + group];
        const float* const heard = heard_.data() + group * n;
        for (std::size_t i = 0; i < n; ++i) own[group * n + i] += heard[i] - mean;
    }
}

} // namespace lamina

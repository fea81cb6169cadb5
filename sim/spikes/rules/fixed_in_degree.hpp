/// Every target has the same number of synapses, from sources drawn uniformly.
#pragma once

#include <algorithm>
#include <atomic>

#include "sim/spikes/rules/rule.hpp"

namespace lamina {

class FixedInDegree final : public Connector {
  public:
    FixedInDegree(const ProjectionSpec& spec, const WiringPlace& place) {
        const auto degree = static_cast<std::uint32_t>(rule_parameter(
            spec, "number", 0, spec.multapses ? 1e9 : place.n_from - (place.not_itself ? 1 : 0)));
        // every target draws its sources twice: to count the synapses of each source, then to
        // put them there
        const auto count = [&](std::uint64_t target, std::vector<std::uint32_t>& n) {
            for (const std::uint32_t source : sources_of(spec, place, degree, target)) ++n[source];
        };
        const auto n_synapses = count_sources(place, place.n_to, count);
        first_.assign(place.n_from + 1, 0);
        for (std::uint32_t s = 0; s < place.n_from; ++s) first_[s + 1] = first_[s] + n_synapses[s];
        targets_.resize(first_.back());
        std::vector<std::atomic<std::uint64_t>> next(place.n_from);
        for (std::uint32_t s = 0; s < place.n_from; ++s) next[s] = first_[s];
#pragma omp parallel for num_threads(place.n_threads) schedule(static)
        for (std::uint32_t target = 0; target < place.n_to; ++target)
            for (const std::uint32_t source : sources_of(spec, place, degree, target))
                targets_[next[source]++] = target;
                // threads came in any order: targets in order, whatever thread found them
#pragma omp parallel for num_threads(place.n_threads) schedule(static)
        for (std::uint32_t s = 0; s < place.n_from; ++s)
            std::sort(targets_.begin() + std::ptrdiff_t(first_[s]),
                      targets_.begin() + std::ptrdiff_t(first_[s + 1]));
    }
    void targets(std::uint32_t source, RowWords&, std::vector<std::uint32_t>& out) const override {
        out.assign(targets_.begin() + std::ptrdiff_t(first_[source]),
                   targets_.begin() + std::ptrdiff_t(first_[source + 1]));
    }

  private:
    static std::vector<std::uint32_t> sources_of(const ProjectionSpec& spec,
                                                 const WiringPlace& place, std::uint32_t degree,
                                                 std::uint64_t target) {
        const auto self = static_cast<std::uint32_t>(target);
        const std::uint32_t n = place.n_from - (place.not_itself ? 1 : 0);
        std::vector<std::uint32_t> words((degree + 255) / 256 * 256), out(degree);
        // of this target and projection; drawn in quarters (random_words)
        cpu::random_words(place.seed, self, Stream::sources, place.projection, 1, 0, degree,
                          words.data());
        if (spec.multapses) {
            for (std::uint32_t k = 0; k < degree; ++k) out[k] = below(words[k], n);
        } else {
            std::vector<std::uint8_t> taken(n, 0);
            choose_distinct(words.data(), degree, n, taken, out);
        }
        for (std::uint32_t& source : out) source += place.not_itself && source >= self ? 1 : 0;
        return out;
    }

    std::vector<std::uint64_t> first_;   ///< [n_from + 1]
    std::vector<std::uint32_t> targets_; ///< of source s: first_[s] .. first_[s + 1]
};

} // namespace lamina

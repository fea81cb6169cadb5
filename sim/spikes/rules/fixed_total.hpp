/// A given number of synapses; source and target of each are drawn independently and uniformly,
/// with replacement (Potjans & Diesmann 2014, doi:10.1093/cercor/bhs358).
#pragma once

#include <algorithm>

#include "sim/spikes/rules/rule.hpp"

namespace lamina {

class FixedTotal final : public Connector {
  public:
    FixedTotal(const ProjectionSpec& spec, const WiringPlace& place) : place_(place) {
        // the sources of all synapses, of which only the numbers per source are kept
        constexpr std::uint64_t items = 1024, block = 4 * items;
        const auto n = static_cast<std::uint64_t>(rule_parameter(spec, "number", 0, 1e12));
        const auto meet = [&](std::uint64_t b, std::vector<std::uint32_t>& count) {
            std::uint32_t words[block];
            std::uint32_t* const rows[4] = {words, words + items, words + 2 * items,
                                            words + 3 * items};
            const std::uint64_t first = b * items;
            cpu::philox_rows(place.seed, place.projection, Stream::sources,
                             static_cast<std::uint32_t>(first), first >> 32, 0, items, rows);
            const std::uint64_t here = std::min(block, n - b * block);
            for (std::uint64_t i = 0; i < here; ++i) ++count[below(words[i], place.n_from)];
        };
        out_degree_ = count_sources(place, (n + block - 1) / block, meet);
    }
    void targets(std::uint32_t source, RowWords& words,
                 std::vector<std::uint32_t>& out) const override {
        const std::uint32_t n = out_degree_[source];
        const std::uint32_t* word = words.of(0, n);
        out.resize(n);
        for (std::uint32_t k = 0; k < n; ++k)
            out[k] = place_.target(below(word[k], place_.n_choices()), source);
    }

  private:
    WiringPlace place_;
    std::vector<std::uint32_t> out_degree_;
};

} // namespace lamina

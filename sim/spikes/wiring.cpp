#include "sim/spikes/wiring.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <cmath>
#include <exception>
#include <new>

#include <fmt/format.h>

#include "kernels/cpu/exec.hpp"
#include "kernels/synapse_row.hpp"
#include "sim/errors.hpp"
#include "sim/spikes/connector.hpp"
#include "sim/spikes/draw_values.hpp"
#include "sim/spikes/plastic_rows.hpp"

namespace lamina {

constexpr std::size_t piece_bytes = std::size_t(4) << 20;

RowMemory::~RowMemory() {
    for (const Piece& piece : pieces_) munmap(piece.words, piece.n * 4);
}

std::uint32_t* RowMemory::take(std::size_t n_words) {
    if (pieces_.empty() || used_ + n_words > pieces_.back().n) {
        const std::size_t bytes = (n_words * 4 + piece_bytes - 1) / piece_bytes * piece_bytes;
        // a huge page begins at a multiple of its size: ask for one more and give back the ends
        void* const asked = mmap(nullptr, bytes + piece_bytes, PROT_READ | PROT_WRITE,
                                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (asked == MAP_FAILED) throw std::bad_alloc();
        const auto begin = reinterpret_cast<std::uintptr_t>(asked);
        const std::uintptr_t even = (begin + piece_bytes - 1) / piece_bytes * piece_bytes;
        if (even > begin) munmap(asked, even - begin);
        munmap(reinterpret_cast<void*>(even + bytes), begin + piece_bytes - even);
        madvise(reinterpret_cast<void*>(even), bytes, MADV_HUGEPAGE);
        pieces_.push_back({reinterpret_cast<std::uint32_t*>(even), bytes / 4});
        used_ = 0;
    }
    std::uint32_t* const words = pieces_.back().words + used_;
    used_ += n_words;
    return words;
}

std::size_t RowMemory::bytes() const {
    std::size_t words = used_;
    for (std::size_t i = 0; i + 1 < pieces_.size(); ++i) words += pieces_[i].n;
    return words * 4;
}

std::uint64_t Wiring::total() const {
    std::uint64_t n = 0;
    for (const std::uint64_t synapses : n_synapses) n += synapses;
    return n;
}

std::size_t Wiring::bytes() const {
    std::size_t n = 0;
    for (const RowMemory& m : memory) n += m.bytes();
    for (const auto& rows : row) n += rows.size() * sizeof rows[0];
    return n;
}

namespace {

/// Body, one item = one synapse: its word, and the part and delay under which it is sorted.
struct PlaceSynapse {
    const std::uint32_t* target;    ///< [n]
    const float* weight;            ///< [n] in quanta
    const float* delay;             ///< [n] in steps
    std::uint32_t* word;            ///< [n]
    std::uint32_t* key;             ///< [n] part * n_delays + steps
    std::int32_t shortest, longest; ///< steps; single precision may round beyond
    std::uint32_t n_delays;
    int n_parts;
    const std::uint32_t* first; ///< [n_parts] first target of a part
    const std::uint32_t* slot;  ///< [n_parts] slot of target 0, were it the part's

    LAMINA_FN void operator()(std::size_t i) const {
        std::uint32_t part = 0, base = slot[0];
        for (int p = 1; p < n_parts; ++p) {
            const bool beyond = target[i] >= first[p];
            part = beyond ? std::uint32_t(p) : part;
            base = beyond ? slot[p] : base;
        }
        const float w = weight[i];
        const auto quanta = static_cast<std::int32_t>(w + (w < 0 ? -0.5f : 0.5f));
        const auto rounded = static_cast<std::int32_t>(delay[i] + 0.5f);
        const std::int32_t least = rounded < shortest ? shortest : rounded;
        word[i] = synapse_word(base + target[i], quanta);
        key[i] = part * n_delays + static_cast<std::uint32_t>(least > longest ? longest : least);
    }
};

struct Planned {
    const ProjectionSpec* spec;
    std::unique_ptr<Connector> connector;
    int number, to;
    std::int32_t shortest, longest;         ///< delays in steps
    std::vector<std::uint32_t> first, slot; ///< [part] of its targets (PlaceSynapse)
    std::int32_t quanta_to_come;            ///< largest weight of one that learns; else 0
};

/// The projections whose synapses lie together in the rows first_row, first_row + 1, ...
struct RowPlan {
    std::uint32_t first_row;
    std::vector<Planned> projections;
};

/// One thread's workbench: all synapses of one row.
struct Bench {
    RowWords words;
    std::vector<std::uint32_t> target, word, key;
    std::vector<float> weight, delay;
    std::vector<std::uint32_t> count;       ///< [part, delay]
    std::vector<std::uint32_t*> next;       ///< [part, delay] where the next synapse goes
    std::vector<std::uint64_t> n_synapses;  ///< [projection]
    std::vector<std::uint64_t> largest_sum; ///< [neuron] of |quanta|
    std::string too_long; ///< a population with a segment that its head cannot count
    std::uint64_t n_segments = 0;
    std::vector<RowMemory> memory; ///< [part]
    bool failed = false;           ///< something was thrown: no more rows

    void make_room(std::size_t n) {
        if (word.size() >= n) return;
        n += n / 2;
        for (auto* v : {&word, &key}) v->resize(n);
        for (auto* v : {&weight, &delay}) v->resize(n);
    }
};

} // namespace

Wiring build_wiring(const NetworkSpec& network, const Partition& partition,
                    const WiringUnits& units, std::uint64_t seed, int n_threads) {
    const auto n_projections = network.projections.size();
    const int n_parts = partition.n_parts();
    const auto index_of = [&](const std::string& name) {
        for (std::size_t g = 0; g < network.populations.size(); ++g)
            if (network.populations[g].name == name) return int(g);
        throw SpecError("a projection names a population `" + name + "` that does not exist");
    };
    const auto& places = partition.populations();

    // rules, by source population and row; the ends of the delays
    Wiring wiring;
    wiring.bundles = Bundles(network, places, partition.n_neurons());
    std::vector<std::vector<RowPlan>> from(places.size());
    for (std::size_t f = 0; f < places.size(); ++f) from[f].push_back({places[f].first, {}});
    for (const Bundle& b : wiring.bundles.list) from[b.population].push_back({b.first_row, {}});
    wiring.n_synapses.assign(n_projections, 0);
    wiring.shortest_steps = most_delay_steps;
    for (std::size_t k = 0; k < n_projections; ++k) {
        const ProjectionSpec& spec = network.projections[k];
        const int f = index_of(spec.from), t = index_of(spec.to);
        const WiringPlace place{seed,        std::uint32_t(k),         places[f].n,
                                places[t].n, f == t && !spec.autapses, n_threads,
                                units.dt_ms};
        const ValueEnds delay_ms = delay_ends_ms(spec);
        // a time in steps, within what a head of a segment and a key can hold
        const auto steps = [&](double ms) {
            const double n = std::round(ms / units.dt_ms);
            if (!(n <= double(most_delay_steps)))
                throw SpecError(fmt::format("{} -> {}: delays reach {:g} ms, and {} steps of {:g} "
                                            "ms are the longest",
                                            spec.from, spec.to, ms, most_delay_steps, units.dt_ms));
            return std::max(1, std::int32_t(n));
        };
        Planned planned{&spec,
                        make_connector(spec, place),
                        int(k),
                        t,
                        steps(delay_ms.smallest),
                        steps(delay_ms.largest),
                        {},
                        {},
                        0};
        const int b = wiring.bundles.of_projection[k];
        const std::uint32_t first_row =
            b < 0 ? places[f].first : wiring.bundles.list[std::size_t(b)].first_row;
        if (b >= 0 && wiring.bundles.list[std::size_t(b)].kind == SynapseKind::plastic)
            planned.quanta_to_come =
                std::int32_t(std::lround(largest_learnt_weight(spec) / units.quantum[k]));
        for (int part = 0; part < n_parts; ++part) {
            planned.first.push_back(partition.boundary(t, part));
            planned.slot.push_back(partition.slot(part, t, units.channel[k]) -
                                   planned.first.back());
        }
        wiring.shortest_steps = std::min<std::int64_t>(wiring.shortest_steps, planned.shortest);
        wiring.longest_steps = std::max<std::int64_t>(wiring.longest_steps, planned.longest);
        for (RowPlan& plan : from[f])
            if (plan.first_row == first_row) {
                plan.projections.push_back(std::move(planned));
                break;
            }
    }
    wiring.shortest_steps = std::min(wiring.shortest_steps, wiring.longest_steps);
    const auto n_delays = static_cast<std::uint32_t>(wiring.longest_steps + 1);
    const std::uint32_t n_keys = n_delays * std::uint32_t(n_parts);

    wiring.row.assign(n_parts, std::vector<const std::uint32_t*>(wiring.bundles.n_rows, nullptr));

    const auto build_row = [&](Bench& bench, int f, std::uint32_t i, const RowPlan& plan) {
        const std::uint32_t source = places[f].first + i;
        std::size_t n = 0;
        for (const Planned& p : plan.projections) {
            bench.words.start(seed, source, std::uint32_t(p.number));
            p.connector->targets(i, bench.words, bench.target);
            const std::size_t here = bench.target.size();
            bench.make_room(n + here);
            if (!p.connector->given_weights(i, units.quantum[p.number], bench.weight.data()))
                draw_values(p.spec->weight, units.quantum[p.number], bench.words.of(1, here),
                            bench.weight.data(), here);
            if (!p.connector->given_delays(i, units.dt_ms, bench.delay.data()))
                draw_values(p.spec->delay_ms, units.dt_ms, bench.words.of(2, here),
                            bench.delay.data(), here);
            cpu::run_items(0, here,
                           PlaceSynapse{bench.target.data(), bench.weight.data(),
                                        bench.delay.data(), bench.word.data() + n,
                                        bench.key.data() + n, p.shortest, p.longest, n_delays,
                                        n_parts, p.first.data(), p.slot.data()});
            std::uint64_t* const sum = &bench.largest_sum[places[p.to].first];
            for (std::size_t s = 0; s < here; ++s)
                sum[bench.target[s]] += std::uint64_t(
                    std::max(std::abs(quanta_of(bench.word[n + s])), p.quanta_to_come));
            bench.n_synapses[p.number] += here;
            n += here;
        }
        // sorted by part and delay
        bench.count.assign(n_keys, 0);
        for (std::size_t s = 0; s < n; ++s) ++bench.count[bench.key[s]];
        for (int part = 0; part < n_parts; ++part) {
            const std::uint32_t* const count = &bench.count[std::size_t(part) * n_delays];
            std::size_t n_words = 0;
            for (std::uint32_t d = 0; d < n_delays; ++d) n_words += count[d] + (count[d] > 0);
            if (n_words == 0) continue;
            std::uint32_t* at = bench.memory[part].take(n_words + 1);
            wiring.row[part][plan.first_row + i] = at;
            std::uint32_t before = 0; // steps of the segment before
            for (std::uint32_t d = 0; d < n_delays; ++d) {
                if (count[d] == 0) continue;
                if (count[d] > most_in_segment) {
                    bench.too_long = network.populations[f].name;
                    return;
                }
                *at++ = segment_head(d - before, count[d]);
                bench.next[std::size_t(part) * n_delays + d] = at;
                at += count[d];
                before = d;
                ++bench.n_segments;
            }
            *at = 0;
        }
        for (std::size_t s = 0; s < n; ++s) *bench.next[bench.key[s]]++ = bench.word[s];
    };

    std::string too_long;
    std::exception_ptr failure; // what a thread threw may not leave the parallel region
    std::vector<std::uint64_t> largest_sum(partition.n_neurons(), 0);
#pragma omp parallel num_threads(n_threads)
    {
        Bench bench;
        bench.memory.resize(n_parts);
        bench.next.resize(n_keys);
        bench.n_synapses.assign(n_projections, 0);
        bench.largest_sum.assign(partition.n_neurons(), 0);
        for (std::size_t f = 0; f < places.size(); ++f) {
#pragma omp for schedule(dynamic, 32) nowait
            for (std::uint32_t i = 0; i < places[f].n; ++i) {
                if (bench.failed) continue;
                try {
                    for (const RowPlan& plan : from[f]) build_row(bench, int(f), i, plan);
                } catch (...) {
                    bench.failed = true;
#pragma omp critical
                    failure = std::current_exception();
                }
            }
        }
#pragma omp critical
        {
            for (std::size_t k = 0; k < n_projections; ++k)
                wiring.n_synapses[k] += bench.n_synapses[k];
            for (std::size_t i = 0; i < largest_sum.size(); ++i)
                largest_sum[i] += bench.largest_sum[i];
            for (RowMemory& m : bench.memory) wiring.memory.push_back(std::move(m));
            wiring.n_segments += bench.n_segments;
            too_long = std::max(too_long, bench.too_long);
        }
    }
    if (failure) std::rethrow_exception(failure);
    if (!too_long.empty())
        throw SpecError(
            fmt::format("a neuron of {} has more than {} synapses of one delay onto the "
                        "neurons of one thread; spread its delays, or use more threads",
                        too_long, most_in_segment));
    for (std::size_t g = 0; g < places.size(); ++g)
        for (std::uint32_t i = 0; i < places[g].n; ++i)
            if (largest_sum[places[g].first + i] > 0x7fffffff)
                throw SpecError(fmt::format(
                    "{} neuron {}: if all its inputs arrived in one step they would add up to "
                    "{:.3g} "
                    "quanta, and 2^31 - 1 fit; lower its in-degree, or the spread of its weights",
                    network.populations[g].name, i, double(largest_sum[places[g].first + i])));
    return wiring;
}

} // namespace lamina

#include "sim/spikes/wiring.hpp"

#include <algorithm>
#include <cmath>
#include <exception>

#include <fmt/format.h>

#include "kernels/synapse_row.hpp"
#include "sim/errors.hpp"
#include "sim/spikes/connector.hpp"
#include "sim/spikes/plastic_rows.hpp"
#include "sim/spikes/row_builder.hpp"

namespace lamina {

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

int population_named(const NetworkSpec& network, const std::string& name) {
    for (std::size_t g = 0; g < network.populations.size(); ++g)
        if (network.populations[g].name == name) return int(g);
    throw SpecError("a projection names a population `" + name + "` that does not exist");
}

/// A delay in steps, within what the head of a segment can hold.
std::int32_t delay_steps(const ProjectionSpec& spec, double delay_ms, double dt_ms) {
    const double n = std::round(delay_ms / dt_ms);
    if (!(n <= double(most_delay_steps)))
        throw SpecError(fmt::format("{} -> {}: delays reach {:g} ms, and {} steps of {:g} ms are "
                                    "the longest",
                                    spec.from, spec.to, delay_ms, most_delay_steps, dt_ms));
    return std::max(1, std::int32_t(n));
}

/// Plans projection k of the network.
PlannedProjection plan_projection(const NetworkSpec& network, std::size_t k,
                                  const Partition& partition, const WiringUnits& units,
                                  std::uint64_t seed, int n_threads) {
    const ProjectionSpec& spec = network.projections[k];
    const int from = population_named(network, spec.from), to = population_named(network, spec.to);
    const auto& places = partition.populations();
    const WiringPlace place{seed,
                            std::uint32_t(k),
                            places[std::size_t(from)].n,
                            places[std::size_t(to)].n,
                            from == to && !spec.autapses,
                            n_threads,
                            units.dt_ms};
    const ValueEnds delay_ms = delay_ends_ms(spec);
    PlannedProjection planned{&spec,
                              make_connector(spec, place),
                              std::uint32_t(k),
                              places[std::size_t(to)].first,
                              delay_steps(spec, delay_ms.smallest, units.dt_ms),
                              delay_steps(spec, delay_ms.largest, units.dt_ms),
                              units.quantum[k],
                              {},
                              {},
                              0};
    for (int part = 0; part < partition.n_parts(); ++part) {
        planned.first.push_back(partition.boundary(to, part));
        planned.slot.push_back(partition.slot(part, to, units.channel[k]) - planned.first.back());
    }
    return planned;
}

/// The rows of the network, by the population they come from: one for its static projections, and
/// one for each bundle.
std::vector<std::vector<RowPlan>> plan_rows(const NetworkSpec& network, const Partition& partition,
                                            const WiringUnits& units, std::uint64_t seed,
                                            int n_threads, Wiring& wiring) {
    const auto& places = partition.populations();
    std::vector<std::vector<RowPlan>> from(places.size());
    for (std::size_t f = 0; f < places.size(); ++f)
        from[f].push_back({places[f].first, places[f].first, {}});
    for (const Bundle& b : wiring.bundles.list) {
        const auto f = std::size_t(b.population);
        from[f].push_back({b.first_row, places[f].first, {}});
    }
    wiring.shortest_steps = most_delay_steps;
    for (std::size_t k = 0; k < network.projections.size(); ++k) {
        const ProjectionSpec& spec = network.projections[k];
        PlannedProjection planned = plan_projection(network, k, partition, units, seed, n_threads);
        const auto f = std::size_t(population_named(network, spec.from));
        std::uint32_t first_row = places[f].first;
        if (const int b = wiring.bundles.of_projection[k]; b >= 0) {
            const Bundle& bundle = wiring.bundles.list[std::size_t(b)];
            first_row = bundle.first_row;
            if (bundle.kind == SynapseKind::plastic)
                planned.quanta_to_come =
                    std::int32_t(std::lround(largest_learnt_weight(spec) / units.quantum[k]));
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
    return from;
}

/// That the sums of arriving quanta fit into 32 bits with sign.
void check_sums(const NetworkSpec& network, const Partition& partition,
                const std::vector<std::uint64_t>& largest_sum) {
    const auto& places = partition.populations();
    for (std::size_t g = 0; g < places.size(); ++g)
        for (std::uint32_t i = 0; i < places[g].n; ++i)
            if (const std::uint64_t sum = largest_sum[places[g].first + i]; sum > 0x7fffffff)
                throw SpecError(fmt::format(
                    "{} neuron {}: if all its inputs arrived in one step they would add up to "
                    "{:.3g} quanta, and 2^31 - 1 fit; lower its in-degree, or the spread of its "
                    "weights",
                    network.populations[g].name, i, double(sum)));
}

} // namespace

Wiring build_wiring(const NetworkSpec& network, const Partition& partition,
                    const WiringUnits& units, std::uint64_t seed, int n_threads) {
    const auto& places = partition.populations();
    const int n_parts = partition.n_parts();
    Wiring wiring;
    wiring.bundles = Bundles(network, places, partition.n_neurons());
    const std::vector<std::vector<RowPlan>> from =
        plan_rows(network, partition, units, seed, n_threads, wiring);
    const auto n_delays = static_cast<std::uint32_t>(wiring.longest_steps + 1);
    wiring.n_synapses.assign(network.projections.size(), 0);
    wiring.row.assign(std::size_t(n_parts),
                      std::vector<const std::uint32_t*>(wiring.bundles.n_rows, nullptr));

    std::string too_long;       // a population with a segment that its head cannot count
    std::exception_ptr failure; // what a thread threw may not leave the parallel region
    std::vector<std::uint64_t> largest_sum(partition.n_neurons(), 0);
#pragma omp parallel num_threads(n_threads)
    {
        RowBuilder builder(seed, units.dt_ms, n_delays, n_parts, network.projections.size(),
                           partition.n_neurons());
        std::string own_too_long;
        bool failed = false;
        for (std::size_t f = 0; f < places.size(); ++f) {
#pragma omp for schedule(dynamic, 32) nowait
            for (std::uint32_t i = 0; i < places[f].n; ++i) {
                if (failed) continue;
                try {
                    for (const RowPlan& plan : from[f])
                        if (!builder.build(plan, i, wiring.row))
                            own_too_long = network.populations[f].name;
                } catch (...) {
                    failed = true;
#pragma omp critical
                    failure = std::current_exception();
                }
            }
        }
#pragma omp critical
        {
            for (std::size_t k = 0; k < wiring.n_synapses.size(); ++k)
                wiring.n_synapses[k] += builder.n_synapses[k];
            for (std::size_t i = 0; i < largest_sum.size(); ++i)
                largest_sum[i] += builder.largest_sum[i];
            for (RowMemory& m : builder.memory) wiring.memory.push_back(std::move(m));
            wiring.n_segments += builder.n_segments;
            too_long = std::max(too_long, own_too_long);
        }
    }
    if (failure) std::rethrow_exception(failure);
    if (!too_long.empty())
        throw SpecError(
            fmt::format("a neuron of {} has more than {} synapses of one delay onto the "
                        "neurons of one thread; spread its delays, or use more threads",
                        too_long, most_in_segment));
    check_sums(network, partition, largest_sum);
    return wiring;
}

} // namespace lamina

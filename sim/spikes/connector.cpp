#include "sim/spikes/connector.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "kernels/cpu/philox_rows.hpp"
#include "sim/errors.hpp"
#include "sim/spikes/rules/all_to_all.hpp"
#include "sim/spikes/rules/distance_kernel.hpp"
#include "sim/spikes/rules/explicit_table.hpp"
#include "sim/spikes/rules/fixed_in_degree.hpp"
#include "sim/spikes/rules/fixed_out_degree.hpp"
#include "sim/spikes/rules/fixed_total.hpp"
#include "sim/spikes/rules/one_to_one.hpp"
#include "sim/spikes/rules/pairwise_bernoulli.hpp"

namespace lamina {

void RowWords::start(std::uint64_t seed, std::uint32_t source, std::uint32_t projection) {
    seed_ = seed, source_ = source, projection_ = projection, n_ready_ = 0;
}

const std::uint32_t* RowWords::of(int k, std::size_t n) {
    if (n > n_ready_) {
        const std::size_t more = (n - n_ready_ + 63) / 64 * 64;
        for (auto& row : words_)
            if (row.size() < n_ready_ + more) row.resize(std::max(n_ready_ + more, 2 * row.size()));
        std::uint32_t* const rows[4] = {&words_[0][n_ready_], &words_[1][n_ready_],
                                        &words_[2][n_ready_], &words_[3][n_ready_]};
        cpu::philox_rows(seed_, source_, Stream::synapses, static_cast<std::uint32_t>(n_ready_),
                         projection_, 0, more, rows);
        n_ready_ += more;
    }
    return words_[k].data();
}

double rule_parameter(const ProjectionSpec& spec, const char* name, double least, double most) {
    const auto found = spec.parameters.find(name);
    const std::string where = spec.from + " -> " + spec.to + ": " + spec.rule;
    if (found == spec.parameters.end()) throw SpecError(where + " needs " + name);
    if (!(found->second >= least && found->second <= most))
        throw SpecError(fmt::format("{}: {} = {:g} lies outside {:g} .. {:g}", where, name,
                                    found->second, least, most));
    return found->second;
}

double rule_whole_parameter(const ProjectionSpec& spec, const char* name, double least,
                            double most) {
    const double value = rule_parameter(spec, name, least, most);
    if (value != std::floor(value))
        throw SpecError(fmt::format("{} -> {}: {}: {} = {:g} is not a whole number", spec.from,
                                    spec.to, spec.rule, name, value));
    return value;
}

namespace {
template <class Rule>
std::unique_ptr<Connector> make(const ProjectionSpec& spec, const WiringPlace& place) {
    return std::make_unique<Rule>(spec, place);
}
/// A parameter, 0 when it is missing: then the rule will complain.
double given(const ProjectionSpec& spec, const char* name) {
    const auto found = spec.parameters.find(name);
    return found == spec.parameters.end() ? 0 : found->second;
}

ValueEnds ends_of(const SynapseTable& table, double TabledSynapse::*column) {
    const auto [least, most] =
        std::minmax_element(table.synapses.begin(), table.synapses.end(),
                            [&](const auto& a, const auto& b) { return a.*column < b.*column; });
    return {(*least).*column, (*most).*column};
}

} // namespace

ValueEnds weight_ends(const ProjectionSpec& spec) {
    if (spec.table.has_weights && !spec.table.synapses.empty())
        return ends_of(spec.table, &TabledSynapse::weight);
    return {spec.weight.smallest(), spec.weight.largest()};
}

ValueEnds delay_ends_ms(const ProjectionSpec& spec) {
    if (spec.table.has_delays && !spec.table.synapses.empty())
        return ends_of(spec.table, &TabledSynapse::delay_ms);
    return {spec.delay_ms.smallest(), spec.delay_ms.largest()};
}

const std::vector<ConnectionRule>& connection_rules() {
    using Spec = ProjectionSpec;
    static const std::vector<ConnectionRule> table = {
        {"fixed_total",
         "a given number of synapses",
         {"number"},
         [](const Spec& p, double, double) { return given(p, "number"); },
         make<FixedTotal>},
        {"pairwise_bernoulli",
         "every pair with one probability",
         {"probability"},
         [](const Spec& p, double from, double to) { return given(p, "probability") * from * to; },
         make<PairwiseBernoulli>},
        {"fixed_in_degree",
         "so many synapses to every target",
         {"number"},
         [](const Spec& p, double, double to) { return given(p, "number") * to; },
         make<FixedInDegree>},
        {"fixed_out_degree",
         "so many synapses of every source",
         {"number"},
         [](const Spec& p, double from, double) { return given(p, "number") * from; },
         make<FixedOutDegree>},
        {"one_to_one",
         "neuron i to neuron i",
         {},
         [](const Spec&, double from, double) { return from; },
         make<OneToOne>},
        {"all_to_all",
         "everyone to everyone",
         {},
         [](const Spec&, double from, double to) { return from * to; },
         make<AllToAll>},
        {"gaussian_kernel",
         "probability falls with distance d as exp(-d^2 / (2 width^2))",
         {"probability", "width", "extent", "dimensions"},
         expected_by_distance<GaussianKernel>,
         make<DistanceKernel<GaussianKernel>>},
        {"exponential_kernel",
         "probability falls with distance d as exp(-d / width)",
         {"probability", "width", "extent", "dimensions"},
         expected_by_distance<ExponentialKernel>,
         make<DistanceKernel<ExponentialKernel>>},
        {"explicit_table",
         "every synapse as written in a table",
         {},
         [](const Spec& p, double, double) { return double(p.table.synapses.size()); },
         make<ExplicitTable>}};
    return table;
}

double expected_synapses(const ProjectionSpec& spec, double n_from, double n_to) {
    for (const ConnectionRule& rule : connection_rules())
        if (spec.rule == rule.name) return rule.expected(spec, n_from, n_to);
    return 0;
}

std::unique_ptr<Connector> make_connector(const ProjectionSpec& spec, const WiringPlace& place) {
    for (const ConnectionRule& rule : connection_rules()) {
        if (spec.rule != rule.name) continue;
        if (!spec.table.synapses.empty() && spec.rule != "explicit_table")
            throw SpecError(fmt::format("{} -> {}: {} does not read the table of synapses; write "
                                        "rule explicit_table, or no table",
                                        spec.from, spec.to, spec.rule));
        // so many synapses are drawn from pairs, of which there must be one
        if (given(spec, "number") > 0 && (place.n_from == 0 || place.n_choices() == 0))
            throw SpecError(fmt::format("{} -> {}: there is no pair of neurons to connect",
                                        spec.from, spec.to));
        return rule.make(spec, place);
    }
    throw SpecError(spec.from + " -> " + spec.to + ": there is no connection rule `" + spec.rule +
                    "`");
}

} // namespace lamina

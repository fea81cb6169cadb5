#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

#include <boost/math/distributions/chi_squared.hpp>

#include "kernels/synapse_row.hpp"
#include "models/circuits/potjans_diesmann_2014.hpp"
#include "sim/errors.hpp"
#include "sim/spikes/connector.hpp"
#include "sim/spikes/microcircuit.hpp"
#include "sim/spikes/network.hpp"
#include "sim/spikes/wiring.hpp"

namespace lamina {
namespace {

struct Synapse {
    std::uint32_t source, target; ///< numbers in the network
    std::int32_t quanta;
    std::int64_t steps;
    bool operator<(const Synapse& b) const {
        return std::tie(source, target, steps, quanta) <
               std::tie(b.source, b.target, b.steps, b.quanta);
    }
    bool operator==(const Synapse& b) const { return !(*this < b) && !(b < *this); }
};

/// Two populations, A and B, with one projection.
NetworkSpec pair_of(std::uint32_t n_a, std::uint32_t n_b, ProjectionSpec projection) {
    NetworkSpec network;
    for (const auto& [name, n] : {std::pair("A", n_a), std::pair("B", n_b)}) {
        NeuronPopulationSpec p;
        p.name = name, p.model = "lif_exp", p.n = n;
        network.populations.push_back(p);
    }
    network.projections.push_back(std::move(projection));
    return network;
}

ProjectionSpec from_A_to_B(const std::string& rule, std::map<std::string, double> parameters) {
    ProjectionSpec p;
    p.from = "A", p.to = "B", p.rule = rule, p.parameters = std::move(parameters);
    p.weight = {LawKind::constant, 10};
    p.delay_ms = {LawKind::constant, 1.5};
    return p;
}

/// All synapses, in order, whatever the number of parts and threads.
std::vector<Synapse> synapses_of(const NetworkSpec& network, int n_parts, int n_threads,
                                 std::uint64_t seed = 1, Wiring* kept = nullptr) {
    std::vector<PopulationPlace> places;
    std::uint32_t first = 0;
    for (const NeuronPopulationSpec& p : network.populations) {
        places.push_back({first, p.n, 0, 1});
        first += p.n;
    }
    const Partition partition(places, 1, n_parts);
    WiringUnits units;
    units.dt_ms = network.dt_ms;
    units.quantum.assign(network.projections.size(), 1.0 / 32);
    units.channel.assign(network.projections.size(), 0);
    Wiring wiring = build_wiring(network, partition, units, seed, n_threads);
    std::vector<Synapse> all;
    for (int part = 0; part < partition.n_parts(); ++part) {
        std::vector<std::uint32_t> neuron_of(partition.n_slots(part));
        for (const PartRange& range : partition.block(part, 0).ranges)
            for (std::uint32_t i = 0; i < range.n; ++i)
                neuron_of[range.first_in_block + i] =
                    places[std::size_t(range.population)].first + range.first + i;
        for (std::uint32_t source = 0; source < first; ++source) {
            const std::uint32_t* row = wiring.row[std::size_t(part)][source];
            std::int64_t steps = 0;
            while (row && *row != 0) {
                steps += steps_since(*row);
                const std::uint32_t n = synapses_in(*row++);
                for (std::uint32_t i = 0; i < n; ++i, ++row)
                    all.push_back({source, neuron_of.at(slot_of(*row)), quanta_of(*row), steps});
            }
        }
    }
    std::sort(all.begin(), all.end());
    if (kept) *kept = std::move(wiring);
    return all;
}

/// Probability of sums this far or farther from their means, were they normal and independent.
/// @param sums  {value, mean, variance}
double p_of_sums(const std::vector<std::array<double, 3>>& sums) {
    double chi2 = 0;
    int n = 0;
    for (const auto& [value, mean, variance] : sums) {
        if (variance < 20) continue; // too few to be normal
        chi2 += (value - mean) * (value - mean) / variance;
        ++n;
    }
    REQUIRE(n > 10);
    return boost::math::cdf(boost::math::complement(boost::math::chi_squared(n), chi2));
}

/// Where a kernel's neurons stand, written again: side 0 is a ring.
struct Grid {
    double n, side, extent_mm;
    double distance_mm(const Grid& other, std::uint32_t i, std::uint32_t j) const {
        const auto apart = [&](double a, double b) {
            const double d = std::fabs(a - b) * extent_mm;
            return std::min(d, extent_mm - d);
        };
        if (side == 0) return apart((i + 0.5) / n, (j + 0.5) / other.n);
        return std::hypot(
            apart((std::fmod(i, side) + 0.5) / side, (std::fmod(j, other.side) + 0.5) / other.side),
            apart((std::floor(i / side) + 0.5) / side,
                  (std::floor(j / other.side) + 0.5) / other.side));
    }
};

/// Probability of a chi-square this large or larger under equal expectations.
double p_of_equal(const std::vector<double>& counts) {
    double total = 0, chi2 = 0;
    for (const double n : counts) total += n;
    const double expected = total / double(counts.size());
    for (const double n : counts) chi2 += (n - expected) * (n - expected) / expected;
    return boost::math::cdf(
        boost::math::complement(boost::math::chi_squared(double(counts.size() - 1)), chi2));
}

} // namespace

TEST_CASE("the microcircuit has the published numbers of synapses") {
    // science: Potjans & Diesmann (2014) with log1p, counted independently
    const std::uint64_t expected[8][8] = {
        {45499806, 22323577, 20253647, 9670918, 3293578, 0, 2271404, 0},
        {17443694, 5018763, 4105338, 1690074, 2221213, 0, 353461, 0},
        {3503670, 756562, 24482849, 17413576, 714524, 7003, 14624432, 0},
        {8114254, 92832, 9933538, 5223272, 87836, 0, 8810905, 0},
        {10613575, 1817058, 5507804, 151900, 2040738, 2407889, 1438969, 0},
        {1241436, 169424, 607667, 12851, 319602, 430444, 132414, 0},
        {4681225, 556108, 6727570, 1320234, 4112225, 305029, 8372649, 10827677},
        {2260836, 17207, 220033, 8078, 401638, 25218, 2888426, 1354320}};
    namespace pd = potjans_diesmann_2014;
    std::uint64_t total = 0;
    for (int to = 0; to < 8; ++to)
        for (int from = 0; from < 8; ++from) {
            const auto n = pd::n_synapses(pd::connection_probability[to][from], pd::n_neurons[to],
                                          pd::n_neurons[from]);
            CHECK(n == expected[to][from]);
            total += n;
        }
    CHECK(total == 298880970);
    double in_spec = 0;
    for (const ProjectionSpec& p : microcircuit(1, MicrocircuitDrive::dc).projections)
        in_spec += p.parameters.at("number");
    CHECK(in_spec == 298880970);
    CHECK(0.15 * pd::pA_per_mV() == Approx(87.8085).epsilon(1e-6));
}

TEST_CASE("wiring depends on the seed alone, not on threads or parts") {
    ProjectionSpec p = from_A_to_B("fixed_total", {{"number", 20000}});
    p.weight = {LawKind::normal_clipped, 80, 8, 0};
    p.delay_ms = {LawKind::normal_redrawn, 1.5, 0.75, 0.1};
    for (const char* rule :
         {"fixed_total", "pairwise_bernoulli", "fixed_in_degree", "fixed_out_degree", "all_to_all",
          "one_to_one", "gaussian_kernel", "exponential_kernel"}) {
        INFO(rule);
        p.rule = rule;
        p.parameters = {{"number", p.rule == "fixed_total" ? 20000 : 40},
                        {"probability", 0.1},
                        {"width", 0.3},
                        {"extent", 1},
                        {"dimensions", 2}};
        const NetworkSpec network = pair_of(300, 300, p);
        const auto once = synapses_of(network, 1, 1);
        CHECK(!once.empty());
        for (const int n : {2, 3, 5}) {
            CHECK(synapses_of(network, n, 1) == once);
            CHECK(synapses_of(network, n, n) == once);
        }
        CHECK((synapses_of(network, 1, 1, 2) != once) == (p.rule != "")); // another seed
    }
}

TEST_CASE("every rule makes what it says") {
    const std::uint32_t n_a = 400, n_b = 500;
    const auto degrees = [&](const std::vector<Synapse>& all, bool out) {
        std::vector<double> n(out ? n_a : n_b, 0);
        for (const Synapse& s : all) ++n[out ? s.source : s.target - n_a];
        return n;
    };
    const auto all_are = [](const std::vector<double>& n, double value) {
        return std::all_of(n.begin(), n.end(), [&](double x) { return x == value; });
    };
    SECTION("fixed_total: so many, sources and targets uniform") {
        const auto all =
            synapses_of(pair_of(n_a, n_b, from_A_to_B("fixed_total", {{"number", 200000}})), 2, 2);
        CHECK(all.size() == 200000);
        CHECK(p_of_equal(degrees(all, true)) > 1e-4); // false alarm of each: 1e-4
        CHECK(p_of_equal(degrees(all, false)) > 1e-4);
    }
    SECTION("pairwise_bernoulli: each pair with its probability, once at most") {
        const auto all = synapses_of(
            pair_of(n_a, n_b, from_A_to_B("pairwise_bernoulli", {{"probability", 0.3}})), 2, 2);
        std::set<std::pair<std::uint32_t, std::uint32_t>> pairs;
        for (const Synapse& s : all) pairs.emplace(s.source, s.target);
        CHECK(pairs.size() == all.size());
        const double n = double(n_a) * n_b, sd = std::sqrt(n * 0.3 * 0.7);
        CHECK(std::fabs(double(all.size()) - 0.3 * n) < 4 * sd);
        CHECK(p_of_equal(degrees(all, false)) > 1e-4);
    }
    SECTION("fixed degrees") {
        auto p = from_A_to_B("fixed_out_degree", {{"number", 50}});
        CHECK(all_are(degrees(synapses_of(pair_of(n_a, n_b, p), 2, 2), true), 50));
        p.rule = "fixed_in_degree";
        const auto all = synapses_of(pair_of(n_a, n_b, p), 2, 2);
        CHECK(all_are(degrees(all, false), 50));
        CHECK(p_of_equal(degrees(all, true)) > 1e-4);
        for (const char* rule : {"fixed_out_degree", "fixed_in_degree"}) {
            p.rule = rule, p.multapses = false;
            std::set<std::pair<std::uint32_t, std::uint32_t>> pairs;
            const auto single = synapses_of(pair_of(n_a, n_b, p), 2, 2);
            for (const Synapse& s : single) pairs.emplace(s.source, s.target);
            CHECK(pairs.size() == single.size());
            CHECK(single.size() == 50u * (p.rule == "fixed_out_degree" ? n_a : n_b));
        }
    }
    SECTION("all_to_all and one_to_one") {
        CHECK(synapses_of(pair_of(40, 50, from_A_to_B("all_to_all", {})), 3, 2).size() == 2000);
        const auto all = synapses_of(pair_of(60, 60, from_A_to_B("one_to_one", {})), 3, 2);
        REQUIRE(all.size() == 60);
        for (const Synapse& s : all) CHECK(s.target == s.source + 60);
        CHECK_THROWS_AS(synapses_of(pair_of(60, 61, from_A_to_B("one_to_one", {})), 1, 1),
                        SpecError);
    }
    SECTION("without autapses nobody reaches itself, and the numbers stay") {
        for (const char* rule : {"fixed_total", "fixed_in_degree", "fixed_out_degree", "all_to_all",
                                 "pairwise_bernoulli"}) {
            INFO(rule);
            auto p = from_A_to_B(rule, {{"number", 30}, {"probability", 0.5}});
            p.to = "A", p.autapses = false;
            const auto all = synapses_of(pair_of(50, 1, p), 2, 2);
            CHECK(!all.empty());
            for (const Synapse& s : all) CHECK(s.source != s.target);
            if (p.rule == "all_to_all") CHECK(all.size() == 50u * 49u);
        }
    }
}

TEST_CASE("a kernel's probability falls with distance as its law says") {
    // two populations of different size, in one space: 1000 and 700 neurons, no squares
    const std::uint32_t n_a = 1000, n_b = 700;
    const double probability = 0.8, width_mm = 0.25, extent_mm = 2;
    for (const int dimensions : {1, 2})
        for (const char* rule : {"gaussian_kernel", "exponential_kernel"}) {
            INFO(rule << " in " << dimensions);
            const auto p = from_A_to_B(rule, {{"probability", probability},
                                              {"width", width_mm},
                                              {"extent", extent_mm},
                                              {"dimensions", dimensions}});
            const auto all = synapses_of(pair_of(n_a, n_b, p), 2, 2);
            const Grid a{n_a, dimensions == 1 ? 0.0 : 32.0, extent_mm},
                b{n_b, dimensions == 1 ? 0.0 : 27.0, extent_mm};
            // every pair is a draw of its own: sums over pairs have these means and variances
            std::vector<std::array<double, 3>> in(n_b), out(n_a), by_distance(60);
            const auto bin = [&](double d_mm) { return std::size_t(d_mm / extent_mm * 80); };
            double expected = 0, variance = 0, both = 0, variance_of_both = 0;
            for (std::uint32_t i = 0; i < n_a; ++i) {
                double before = 0, two_before = 0; // chances of the targets before
                for (std::uint32_t j = 0; j < n_b; ++j) {
                    const double d_mm = a.distance_mm(b, i, j), in_widths = d_mm / width_mm;
                    const double chance = probability * std::exp(p.rule == "gaussian_kernel"
                                                                     ? -0.5 * in_widths * in_widths
                                                                     : -in_widths);
                    for (auto* sum : {&in[j], &out[i], &by_distance[bin(d_mm)]}) {
                        (*sum)[1] += chance;
                        (*sum)[2] += chance * (1 - chance);
                    }
                    expected += chance, variance += chance * (1 - chance);
                    const double two = chance * before;
                    both += two;
                    variance_of_both += two * (1 - two) + 2 * two * two_before * (1 - before);
                    two_before = before, before = chance;
                }
            }
            std::set<std::pair<std::uint32_t, std::uint32_t>> pairs;
            for (const Synapse& s : all) {
                pairs.emplace(s.source, s.target);
                ++in[s.target - n_a][0];
                ++out[s.source][0];
                ++by_distance[bin(a.distance_mm(b, s.source, s.target - n_a))][0];
            }
            CHECK(pairs.size() == all.size()); // one at most
            double n_both = 0;                 // reached like its neighbour, and by no dependence
            for (const auto& [source, target] : pairs)
                n_both += double(pairs.count({source, target + 1}));
            CHECK(std::fabs(n_both - both) < 4 * std::sqrt(variance_of_both)); // 6e-5
            // false alarm of each: 1e-4; a width or extent off by 3 % is seen
            CHECK(p_of_sums(in) > 1e-4);
            CHECK(p_of_sums(out) > 1e-4);
            CHECK(p_of_sums(by_distance) > 1e-4);
            CHECK(std::fabs(double(all.size()) - expected) < 4 * std::sqrt(variance)); // 6e-5
            // 16 of the sources are asked for the mean, and these are not quite alike
            CHECK(expected_synapses(p, n_a, n_b) == Approx(expected).epsilon(0.02));
        }
}

TEST_CASE("a kernel's neurons stand in the middle of equal shares of one space") {
    // up to 16 sources the mean is a sum over all pairs. 3 and 5 neurons leave squares empty, and
    // shares of different size have their middles elsewhere
    for (const int dimensions : {1, 2})
        for (const auto& [n_a, n_b] : {std::pair(4, 9), std::pair(3, 5), std::pair(16, 2)}) {
            INFO(n_a << " and " << n_b << " neurons in " << dimensions);
            const auto p = from_A_to_B(
                "gaussian_kernel",
                {{"probability", 0.7}, {"width", 0.2}, {"extent", 1}, {"dimensions", dimensions}});
            const auto grid = [&](double n) {
                return Grid{n, dimensions == 1 ? 0.0 : std::ceil(std::sqrt(n)), 1};
            };
            double sum = 0;
            for (int i = 0; i < n_a; ++i)
                for (int j = 0; j < n_b; ++j) {
                    const double d = grid(n_a).distance_mm(grid(n_b), i, j) / 0.2;
                    sum += 0.7 * std::exp(-0.5 * d * d);
                }
            CHECK(expected_synapses(p, n_a, n_b) == Approx(sum).epsilon(1e-12));
        }
}

TEST_CASE("a kernel onto its own full grid: the mean is exact, and nobody reaches itself unasked") {
    auto p = from_A_to_B("gaussian_kernel",
                         {{"probability", 1}, {"width", 0.02}, {"extent", 1}, {"dimensions", 2}});
    p.to = "A";
    double sum = 0; // over the row of neuron 0 of 30 x 30
    const Grid grid{900, 30, 1};
    for (std::uint32_t j = 0; j < 900; ++j)
        sum += std::exp(-0.5 * std::pow(grid.distance_mm(grid, 0, j) / 0.02, 2));
    CHECK(expected_synapses(p, 900, 900) == Approx(900 * sum).epsilon(1e-12));
    const auto count_autapses = [](const std::vector<Synapse>& all) {
        return std::count_if(all.begin(), all.end(),
                             [](const Synapse& s) { return s.source == s.target; });
    };
    CHECK(count_autapses(synapses_of(pair_of(900, 1, p), 2, 2)) == 900); // of probability 1
    p.autapses = false;
    CHECK(expected_synapses(p, 900, 900) == Approx(900 * (sum - 1)).epsilon(1e-12));
    CHECK(count_autapses(synapses_of(pair_of(900, 1, p), 2, 2)) == 0);
}

namespace {

/// 2000 synapses with weights and delays of their own, in no order.
ProjectionSpec tabled() {
    ProjectionSpec p = from_A_to_B("explicit_table", {});
    for (std::uint32_t k = 0; k < 2000; ++k)
        p.table.synapses.push_back(
            {k * 37 % 50, k * 101 % 70, (double(k % 201) - 100) / 32, 0.1 * double(1 + k % 90)});
    return p;
}

} // namespace

TEST_CASE("explicit_table: every synapse is as it was written") {
    ProjectionSpec p = tabled();
    for (const bool weights : {false, true})
        for (const bool delays : {false, true}) {
            p.table.has_weights = weights, p.table.has_delays = delays;
            std::vector<Synapse> expected;
            for (const TabledSynapse& s : p.table.synapses)
                expected.push_back(
                    {s.source, s.target + 50,
                     std::int32_t(std::lround((weights ? s.weight : p.weight.mean) * 32)),
                     std::lround((delays ? s.delay_ms : p.delay_ms.mean) * 10)});
            std::sort(expected.begin(), expected.end());
            for (const int n : {1, 2, 5}) CHECK(synapses_of(pair_of(50, 70, p), n, n) == expected);
        }
    CHECK(expected_synapses(p, 50, 70) == 2000);
    // a column that the table does not have is drawn from the law
    p.table.has_weights = p.table.has_delays = false;
    p.weight = {LawKind::uniform, 0, 0, 1, 3}, p.delay_ms = p.weight;
    const auto drawn = synapses_of(pair_of(50, 70, p), 2, 2);
    for (TabledSynapse& s : p.table.synapses) s.weight = s.delay_ms = 2;
    CHECK(synapses_of(pair_of(50, 70, p), 2, 2) == drawn);
    p.table.synapses.clear();
    CHECK(synapses_of(pair_of(50, 70, p), 2, 2).empty());
}

TEST_CASE("explicit_table: a row that cannot be is refused with its number") {
    const auto refusal = [](const TabledSynapse& row, bool autapses = true) {
        ProjectionSpec p = tabled();
        p.autapses = autapses;
        if (!autapses) {
            p.to = "A";
            p.table.synapses.clear();
        }
        p.table.has_weights = p.table.has_delays = true;
        p.table.synapses.push_back(row);
        try {
            synapses_of(pair_of(50, 70, p), 1, 1);
        } catch (const SpecError& e) { return std::string(e.what()); }
        return std::string();
    };
    const double nan = std::nan(""), infinite = HUGE_VAL;
    CHECK(refusal({49, 69, 1, 0.05}).empty());
    CHECK(refusal({49, 69, 1, 6553.5}).empty());
    CHECK_THAT(refusal({50, 0, 1, 1}), Catch::Contains("A -> B: row 2001 of the table: source 50"));
    CHECK_THAT(refusal({0, 70, 1, 1}),
               Catch::Contains("target 70 does not exist") && Catch::Contains("B are 0 .. 69"));
    for (const double bad : {nan, infinite, -infinite})
        CHECK_THAT(refusal({0, 0, bad, 1}), Catch::Contains("row 2001 of the table: weight"));
    for (const double bad : {0.0, 0.049, -1.0, 6553.6, nan, infinite})
        CHECK_THAT(refusal({0, 0, 1, bad}), Catch::Contains("row 2001 of the table: delay"));
    CHECK_THAT(refusal({3, 3, 1, 1}, false), Catch::Contains("row 1 of the table: neuron 3"));
    ProjectionSpec p = tabled();
    p.rule = "all_to_all";
    CHECK_THROWS_WITH(synapses_of(pair_of(50, 70, p), 1, 1),
                      Catch::Contains("all_to_all does not read the table"));
}

TEST_CASE("explicit_table: quantum and longest delay of a network are those of the table") {
    // A's neuron is above its threshold at the start and spikes in the first step
    NetworkSpec network = pair_of(1, 1, from_A_to_B("explicit_table", {}));
    for (NeuronPopulationSpec& p : network.populations) p.model = "lif_delta";
    network.populations[0].start["V"] = {LawKind::constant, 25};
    ProjectionSpec& p = network.projections[0];
    p.weight = {LawKind::constant, 0}; // whose quantum would be 1 mV
    p.table = {{{0, 0, 0.25, 30}}, true, true};
    for (const Delivery delivery : {Delivery::due_time, Delivery::ring}) {
        NetworkOptions options;
        options.delivery = delivery;
        SpikingNetwork running(network, 1, options);
        running.advance(300); // the spike ends step 0 and acts at the end of step 300
        CHECK(running.read("B", "V").at(0) == 0);
        running.advance(1);
        CHECK(running.read("B", "V").at(0) == 0.25);
    }
}

TEST_CASE("weights and delays of synapses follow their laws to a quantum and a step") {
    ProjectionSpec p = from_A_to_B("fixed_total", {{"number", 100000}});
    p.weight = {LawKind::normal_clipped, -351.2, 35.12};
    p.weight.most = 0;
    p.delay_ms = {LawKind::normal_redrawn, 1.5, 0.75, 0.1};
    const auto all = synapses_of(pair_of(1000, 1000, p), 2, 2);
    double sum = 0, squares = 0;
    std::map<std::int64_t, double> delays;
    for (const Synapse& s : all) {
        const double w = s.quanta / 32.0;
        sum += w, squares += w * w;
        ++delays[s.steps];
    }
    const double n = double(all.size()), mean = sum / n;
    CHECK(std::fabs(mean + 351.2) < 4 * 35.12 / std::sqrt(n)); // 6e-5
    CHECK(std::sqrt(squares / n - mean * mean) == Approx(35.12).epsilon(4 / std::sqrt(2 * n)));
    // delays: chi-square over the steps that are met often
    const auto below = [](double ms) { return normal_share_below((ms - 1.5) / 0.75); };
    const double least = below(0.1);
    double chi2 = 0;
    int cells = 0;
    CHECK(delays.begin()->first == 1);
    for (std::int64_t step = 1; step < 40; ++step) {
        const double low = std::max(below(0.1 * (double(step) - 0.5)), least);
        const double expected = n * (below(0.1 * (double(step) + 0.5)) - low) / (1 - least);
        if (expected < 20) continue;
        chi2 += (delays[step] - expected) * (delays[step] - expected) / expected;
        ++cells;
    }
    CHECK(cells > 30);
    CHECK(boost::math::cdf(boost::math::complement(boost::math::chi_squared(cells - 1.0), chi2)) >
          1e-4);
}

TEST_CASE("a delay that single precision rounds up stays within the steps of its law") {
    ProjectionSpec p = from_A_to_B("all_to_all", {});
    p.delay_ms = {LawKind::constant, 0.15}; // 1.4999999999999998 steps, and 1.5 in single precision
    for (const int n_parts : {1, 2, 3}) {
        const auto all = synapses_of(pair_of(20, 30, p), n_parts, 1);
        CHECK(all.size() == 600);
        for (const Synapse& s : all) CHECK(s.steps == 1);
    }
}

TEST_CASE("what no head of a segment could hold and no word could choose is refused") {
    ProjectionSpec p = from_A_to_B("all_to_all", {});
    p.delay_ms = {LawKind::constant, 6553.5};
    CHECK(synapses_of(pair_of(1, 1, p), 1, 1).at(0).steps == 65535);
    p.delay_ms = {LawKind::constant, 6553.6};
    CHECK_THROWS_WITH(synapses_of(pair_of(1, 1, p), 1, 1),
                      Catch::Contains("A -> B: delays reach 6553.6 ms"));
    for (const char* rule : {"fixed_total", "fixed_in_degree", "fixed_out_degree"}) {
        p = from_A_to_B(rule, {{"number", 3}});
        p.to = "A", p.autapses = false;
        INFO(rule);
        CHECK_THROWS_WITH(synapses_of(pair_of(1, 1, p), 1, 1),
                          Catch::Contains("A -> A: there is no pair of neurons to connect"));
    }
}

TEST_CASE("sums that could overflow are refused when the network is built") {
    auto p = from_A_to_B("all_to_all", {});
    p.weight = {LawKind::constant, 1000}; // 32 000 quanta; 70 000 sources
    p.delay_ms = {LawKind::uniform, 0, 0, 1, 2};
    CHECK_THROWS_WITH(synapses_of(pair_of(70000, 2, p), 1, 2),
                      Catch::Contains("B neuron 0") && Catch::Contains("lower its in-degree"));
}

TEST_CASE("a rule says what it lacks") {
    CHECK_THROWS_WITH(synapses_of(pair_of(5, 5, from_A_to_B("fixed_total", {})), 1, 1),
                      Catch::Contains("A -> B: fixed_total needs number"));
    CHECK_THROWS_WITH(
        synapses_of(pair_of(5, 5, from_A_to_B("pairwise_bernoulli", {{"probability", 1.5}})), 1, 1),
        Catch::Contains("probability = 1.5 lies outside 0 .. 1"));
    std::map<std::string, double> kernel = {
        {"probability", 0.5}, {"width", 1}, {"extent", 1}, {"dimensions", 1.5}};
    CHECK_THROWS_WITH(synapses_of(pair_of(5, 5, from_A_to_B("gaussian_kernel", kernel)), 1, 1),
                      Catch::Contains("dimensions = 1.5 is not a whole number"));
    kernel["width"] = 0;
    CHECK_THROWS_WITH(synapses_of(pair_of(5, 5, from_A_to_B("exponential_kernel", kernel)), 1, 1),
                      Catch::Contains("exponential_kernel: width = 0 lies outside"));
    CHECK_THROWS_WITH(synapses_of(pair_of(5, 5, from_A_to_B("nonesuch", {})), 1, 1),
                      Catch::Contains("no connection rule `nonesuch`"));
}

TEST_CASE("static synapses take little more than their four bytes") {
    Wiring wiring;
    synapses_of(microcircuit(0.15, MicrocircuitDrive::dc), 2, 2, 1, &wiring);
    // the heads of some 90 segments per row and the table of rows, of 4 x 580 bytes
    CHECK(double(wiring.bytes()) / double(wiring.total()) < 4.6);
}

} // namespace lamina

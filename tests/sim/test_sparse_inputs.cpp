/// Cells that hear K of the n cells behind a number: who hears whom, what choosing them adds, and
/// that the column's cells hear of all what its circuit asks for.
#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "kernels/philox.hpp"
#include "sim/area_circuit.hpp"
#include "sim/column_cells.hpp"
#include "sim/errors.hpp"
#include "sim/small_areas.hpp"
#include "sim/sparse_inputs.hpp"

using namespace lamina;
using namespace lamina::test;

namespace {

constexpr int n_cells = 60, in_degree = 12;

/// Each group of the source is heard by each of the target with this weight.
Fan to_all(std::size_t n_to, double weight) {
    return [=](std::size_t, std::vector<HeardAt>& list) {
        for (std::size_t group = 0; group < n_to; ++group) list.push_back({group, weight});
    };
}

std::vector<float> heard(const SparseInputs& inputs, std::size_t n_to) {
    std::vector<float> e(n_to * n_cells, 0.0f);
    inputs.add_to(e.data());
    return e;
}

AreaSpec sparse_spec(int n_neurons, int K) {
    AreaSpec spec;
    spec.columns = 4, spec.heads = 1, spec.d_model = 6, spec.d_head = 4;
    spec.spiking.on = true;
    spec.spiking.n_neurons = n_neurons, spec.spiking.in_degree = K, spec.spiking.PV_neurons = 40;
    return spec;
}

/// The last words of the state: of each projection [groups, n] heard, then [groups] of all cells.
struct Projections {
    AreaLayout at;
    std::size_t n_neurons;
    std::vector<std::size_t> groups; ///< in the order in which they are made

    explicit Projections(const AreaSpec& spec)
        : at(spec), n_neurons(std::size_t(spec.spiking.n_neurons)) {
        const auto to = [&](const StateSpan& span) {
            groups.push_back(span.size());
            if (spec.dale) groups.push_back(span.size()); // of interneurons
        };
        to(at.o), to(at.y);
        if (spec.d_ff > 0) to(at.z);
        to(at.z);
        if (spec.dale)
            for (const StateSpan* span : {&at.v, &at.o, &at.y}) groups.push_back(span->size());
    }
    /// What groups would hear of all cells, summed over some of their projections.
    std::vector<double> of_all(const std::vector<double>& words, std::size_t first,
                               std::size_t n) const {
        std::size_t place = words.size();
        for (const std::size_t g : groups) place -= g * (n_neurons + 1);
        std::vector<double> sum(groups[first]);
        for (std::size_t k = 0; k < first + n; ++k) {
            for (std::size_t i = 0; k >= first && i < groups[k]; ++i)
                sum[i] += words[place + groups[k] * n_neurons + i];
            place += groups[k] * (n_neurons + 1);
        }
        return sum;
    }
};

/// What populations `sources` add to the input u of another in the circuit: of its pairs u, then
/// -u; with column.dale I+, then I-.
template <class Function>
std::vector<double> asked_of(AreaCircuit<double>& circuit, const AreaSpec& spec,
                             const std::vector<double>& state, const StateSpan& span,
                             Function input, const std::vector<const StateSpan*>& sources) {
    std::vector<double> u(span.size()), without(span.size()), silent = state;
    const auto silence = [&](std::size_t first, std::size_t n) {
        std::fill_n(silent.begin() + std::ptrdiff_t(first), n, 0);
    };
    for (const StateSpan* from : sources) {
        if (from->n > 0) silence(from->first, from->size());
        if (from->interneurons > 0) silence(from->interneurons, from->size());
    }
    (circuit.*input)(state.data(), u.data());
    (circuit.*input)(silent.data(), without.data());
    for (std::size_t i = 0; i < u.size(); ++i) u[i] -= without[i];
    for (std::size_t i = 0; !spec.dale && i < span.n; ++i) u[span.n + i] = -u[i];
    return u;
}

} // namespace

TEST_CASE("every cell hears K others, no one twice; who is heard follows the binomial law") {
    const InDegreeWirings wirings(n_cells, in_degree, 7);
    double squares = 0;
    int n_rows = 0;
    // numbers 0 .. 15 are the wirings, unturned
    for (std::uint32_t pair = 0; pair < InDegreeWirings::n_wirings; ++pair) {
        std::vector<int> in(n_cells, 0);
        for (std::uint32_t source = 0; source < n_cells; ++source) {
            const auto [first, last] = wirings.heard_by(pair, source);
            CHECK(std::is_sorted(first, last, std::less_equal<>())); // rising: none twice
            for (auto target = first; target != last; ++target) ++in[*target];
            squares += std::pow(double(last - first) - in_degree, 2);
            ++n_rows;
        }
        for (const int n : in) CHECK(n == in_degree);
    }
    // 960 out-degrees, each a sum of 60 draws of probability 1/5; a variance errs by sqrt(2 / 960)
    const double expected = n_cells * 0.2 * 0.8;
    CHECK(squares / n_rows == Approx(expected).epsilon(4 * std::sqrt(2.0 / 960)));

    // another pair turns it: the same in-degrees, other sources
    const std::uint32_t turned = 0x40000000u; // by a quarter of 60
    const auto [first, last] = wirings.heard_by(turned, 0);
    const auto [there, end] = wirings.heard_by(0, 15);
    CHECK(std::equal(first, last, there, end));
}

TEST_CASE("a spike is heard with w / K by its cells, and all hear w / n less; both fade") {
    const InDegreeWirings wirings(n_cells, in_degree, 7);
    const double leak = 0.02, per_spike = 250, w = 0.5;
    SparseInputs inputs(wirings, {1, 2, leak, per_spike}, 3, 0, to_all(2, w));
    std::vector<std::uint8_t> spiked(n_cells, 0);
    spiked[17] = 1;
    FiredCells fired(n_cells), none(n_cells);
    fired.set(spiked.data(), n_cells);
    inputs.advance(fired);
    const double more = leak * per_spike * w * (1.0 / in_degree - 1.0 / n_cells),
                 less = -leak * per_spike * w / n_cells;
    const auto e = heard(inputs, 2);
    for (int group = 0; group < 2; ++group) {
        int n_more = 0;
        for (int cell = 0; cell < n_cells; ++cell) {
            const double seen = double(e[std::size_t(group * n_cells + cell)]);
            const bool hears = std::fabs(seen - more) < 1e-6;
            n_more += hears;
            CHECK((hears || std::fabs(seen - less) < 1e-6));
        }
        CHECK(n_more > 3); // 12 +- 3
        CHECK(n_more < 24);
    }
    // the two groups are heard by cells of their own
    CHECK_FALSE(std::equal(e.begin(), e.begin() + n_cells, e.begin() + n_cells));

    for (int step = 0; step < 10; ++step) inputs.advance(none);
    const auto later = heard(inputs, 2);
    for (std::size_t i = 0; i < e.size(); ++i)
        CHECK(double(later[i]) == Approx(double(e[i]) * std::pow(1 - leak, 10)).epsilon(1e-4));
    inputs.clear();
    for (const float x : heard(inputs, 2)) CHECK(x == 0);
}

TEST_CASE("choosing K of n adds noise of variance 1/K - 1/n of a cell's, and no mean",
          "[physics]") {
    const InDegreeWirings wirings(n_cells, in_degree, 7);
    constexpr std::size_t n_from = 5, n_to = 40;
    const double leak = 0.05, per_spike = 100, w = 0.3, p = 0.02;
    SparseInputs inputs(wirings, {n_from, n_to, leak, per_spike}, 3, 0, to_all(n_to, w));
    std::vector<std::uint8_t> spiked(n_from * n_cells);
    FiredCells fired(spiked.size());
    double sum = 0, squares = 0;
    int n = 0;
    for (std::uint64_t step = 0; step < 20000; ++step) {
        for (std::size_t i = 0; i < spiked.size(); ++i)
            spiked[i] = philox(5, 0, Stream::laboratory, std::uint32_t(i), step).word[0] <
                        std::uint32_t(p * 4294967296.0);
        fired.set(spiked.data(), spiked.size());
        inputs.advance(fired);
        if (step < 200 || step % 100 != 0) continue; // five time constants apart
        for (const float x : heard(inputs, n_to)) {
            sum += double(x), squares += double(x) * double(x), ++n;
        }
    }
    // of a filtered train of independent steps; sums over sources add
    const double of_cell =
        p * (1 - p) * std::pow(leak * per_spike, 2) / (1 - std::pow(1 - leak, 2));
    const double expected = double(n_from) * w * w * of_cell * (1.0 / in_degree - 1.0 / n_cells);
    INFO("variance " << squares / n << ", formula " << expected);
    // four standard errors: 198 moments of 295 degrees of freedom, excess kurtosis 2.6
    CHECK(squares / n == Approx(expected).epsilon(0.035));
    CHECK(std::fabs(sum / n) < 0.03 * std::sqrt(expected));
}

TEST_CASE("an in-degree of all cells or more changes no spike; a smaller one does") {
    const auto weights = small_weights(sparse_spec(8, 8), 1);
    const auto after = [&](int K) {
        const AreaSpec spec = sparse_spec(8, K);
        auto area = make_area(spec, weights, 1);
        area->present(tokens(spec, 2));
        run(*area, 30, spec.dt_ms);
        return area->state();
    };
    const auto all = after(8);
    CHECK(after(100) == all);
    auto few = after(4);
    CHECK(few.size() > all.size()); // what cells heard is state
    few.resize(all.size());
    CHECK(few != all);
    CHECK_THROWS_AS(after(0), SpecError);
}

TEST_CASE("what cells would hear of all is what the circuit asks for") {
    for (const std::string which : {"plain", "dale", "mlp", "post"}) {
        INFO(which);
        AreaSpec spec = sparse_spec(10, 4);
        spec.dale = which == "dale", spec.dale_balance = 0.8;
        spec.d_ff = which == "mlp" ? 5 : 0;
        spec.norm = which == "post" ? Norm::post : Norm::none;
        spec.spiking.delay_ms = 0;
        spec.inhibition = "oracle", spec.spiking.gate_rate_Hz = 4000; // gates that hardly fluctuate
        const auto weights = small_weights(spec, 1);
        const Segment in = tokens(spec, 2);
        auto area = make_area(spec, weights, 1);
        area->present(in);
        run(*area, 300, spec.dt_ms);

        const Projections projections(spec);
        const AreaLayout& at = projections.at;
        AreaCircuit<double> circuit(spec, weights, 1);
        circuit.present(in);
        // places of L5E's, L6E's and the output's, each with what interneurons add
        const std::size_t n = spec.dale ? 2 : 1, n_z = n * (spec.d_ff > 0 ? 2 : 1);
        using Circuit = AreaCircuit<double>;

        // values are weighed by the gates at their arrival: the same over a longer time
        std::vector<double> before, after, heard_o(at.o.size()), asked_o(at.o.size()),
            pairs(at.y.size());
        for (std::int64_t step = 3000; step < 5000; ++step) {
            before = area->state();
            area->advance(step);
            after = area->state();
            const auto heard = projections.of_all(after, 0, n),
                       asked = asked_of(circuit, spec, before, at.o, &Circuit::input_o, {&at.v});
            for (std::size_t i = 0; i < heard.size(); ++i)
                heard_o[i] += heard[i], asked_o[i] += asked[i];
            for (std::size_t i = 0; i < pairs.size(); ++i) pairs[i] += after[at.y.first + i] / 2000;
        }
        CHECK(relative_error(heard_o, asked_o) < 0.05);
        // of a pair, the one that nothing drives fires at rest, and by its noise above it
        double least = 0;
        for (std::size_t i = 0; i < at.y.n; ++i)
            least += std::min(pairs[i], pairs[at.y.n + i]) / double(at.y.n);
        CHECK(least > 0.9 * spec.baseline);
        if (!spec.dale) CHECK(least < 1.4 * spec.baseline); // out of balance both are excited

        const auto asked_y = asked_of(circuit, spec, before, at.y, &Circuit::input_y, {&at.o}),
                   asked_z =
                       asked_of(circuit, spec, before, at.z, &Circuit::input_z, {&at.y, &at.f});
        CHECK(relative_error(projections.of_all(after, n, n), asked_y) < 1e-4);
        if (which != "post") {
            CHECK(relative_error(projections.of_all(after, 2 * n, n_z), asked_z) < 1e-4);
        } else {
            // a norm is not linear: y over its SD at arrival, which hardly changes, times g
            std::vector<double> over_sd(at.z.size());
            for (std::size_t i = 0; i < at.y.n; ++i) {
                const auto unit = i % std::size_t(spec.d_model),
                           column = i / std::size_t(spec.d_model);
                const double y = before[at.y.first + i] - before[at.y.first + at.y.n + i];
                over_sd[i] = weights.g_1[unit] * y /
                             std::sqrt(before[at.var_y.first + column] + spec.norm_epsilon);
                over_sd[at.z.n + i] = -over_sd[i];
            }
            CHECK(relative_error(projections.of_all(after, 2 * n, n_z), over_sd) < 0.1);
        }
        // interneurons: of their own number
        const StateSpan* const principal[] = {&at.v, &at.o, &at.y};
        for (std::size_t k = 0; spec.dale && k < 3; ++k) {
            const std::vector<double> own(before.begin() + std::ptrdiff_t(principal[k]->first),
                                          before.begin() + std::ptrdiff_t(principal[k]->end()));
            CHECK(relative_error(projections.of_all(after, 2 * n + n_z + k, 1), own) < 1e-4);
        }
    }
}

TEST_CASE("a cell that hears few others fires by what it hears", "[physics]") {
    // of a pair, the rate that u does not drive is r_0 + [e - |u|]_+ on average; with one cell
    // heard of each number e is as large as u
    const auto least = [](int K) {
        AreaSpec spec = sparse_spec(20, K);
        auto area = make_area(spec, small_weights(spec, 1), 1);
        area->present(tokens(spec, 2));
        run(*area, 200, spec.dt_ms);
        const AreaLayout at(spec);
        std::vector<double> pairs(at.y.size()), now(at.y.size());
        for (std::int64_t step = 2000; step < 4000; ++step) {
            area->advance(step);
            area->read_raw(area->index_of("L6E"), now.data());
            for (std::size_t i = 0; i < now.size(); ++i) pairs[i] += now[i] / 2000;
        }
        double sum = 0;
        for (std::size_t i = 0; i < at.y.n; ++i)
            sum += std::min(pairs[i], pairs[at.y.n + i]) / double(at.y.n);
        return sum;
    };
    const double of_all = least(20), of_one = least(1);
    CAPTURE(of_all, of_one);
    CHECK(of_all < 1.15);
    CHECK(of_one > of_all + 0.1); // cells that fire by the mean would differ by some 0.01
}

TEST_CASE("synapses of a column are counted by what cells hear") {
    AreaSpec spec = sparse_spec(10, 3);
    const auto count = [&](const char* from, const char* to) {
        std::int64_t n = 0;
        for (const ColumnSynapses& one : column_synapses(spec))
            if (one.from == from && one.to == to) n += one.n;
        return n;
    };
    // 16 numbers of two populations of 10 cells; 4 keys, 3 cells of r+ and 3 of r- each
    CHECK(count("L4E", "L5E") == 16 * 2 * 10 * 4 * 6);
    CHECK(count("L5gate", "L5E") == 16 * 2 * 10 * 4 * 10);
    CHECK(count("L5E", "L6E") == 24 * 2 * 10 * 4 * 6);
    CHECK(count("L6E", "output") == 24 * 2 * 10 * 6);
    // 16 gates of 10 neurons, with all 10 cells of r+ and r- of 4 numbers; pools of 40
    CHECK(count("L23E", "L5gate") == 160 * 4 * 20);
    CHECK(count("L5apical", "L5gate") == 160 * 4 * 20);
    CHECK(count("PV_spikes", "L5gate") == 160 * 40);
    CHECK(count("L5gate", "PV_spikes") == 4 * 40 * 40);
    spec.dale = true;
    CHECK(count("L4E", "L5E") == 16 * 2 * 10 * 4 * 3);
    CHECK(count("L4E_I", "L5E") == 16 * 2 * 10 * 4 * 3);
    CHECK(count("L4E", "L4E_I") == 16 * 2 * 10 * 3);
    spec.dale = false;
    spec.score = "apical", spec.spiking.match_neurons = 5;
    CHECK(count("L23E", "L5match") == 16 * 4 * 4 * 5 * 10);
    CHECK(count("L5match", "L5gate") == 160 * 4 * 4 * 5);
    CHECK(count("L23E", "L5gate") == 0);
    spec.inhibition = "oracle";
    CHECK(count("PV_spikes", "L5gate") == 0);
    spec.spiking.in_degree = 100; // more than there are
    CHECK(count("L6E", "output") == 24 * 2 * 10 * 20);
}

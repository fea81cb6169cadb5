#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include "models/circuits/potjans_diesmann_2014.hpp"
#include "sim/background.hpp"
#include "sim/column_cells.hpp"
#include "sim/errors.hpp"
#include "sim/small_areas.hpp"

using namespace lamina;
using namespace lamina::test;
namespace pd = lamina::potjans_diesmann_2014;

namespace {

constexpr double scale = 0.05, embedded_dt_ms = 0.1;

AreaSpec embedded_spec() {
    AreaSpec spec;
    spec.columns = 3, spec.heads = 1, spec.d_model = 4, spec.d_head = 2;
    spec.spiking.on = true;
    spec.spiking.n_neurons = 10;
    spec.spiking.embedded = true, spec.spiking.background_scale = scale;
    return spec;
}

/// Mean over pairs of cells of the correlation of their spike counts in windows of 20 ms.
double correlation_of_counts(const CellSpec& cell, double target_Hz, std::size_t n_cells,
                             int n_windows) {
    constexpr int window = 200;
    const auto cells = make_cells(cell, 1, n_cells, embedded_dt_ms);
    const auto drive =
        float(RateCurve::of(cell, embedded_dt_ms, 300).drive_per_ms(target_Hz) * embedded_dt_ms);
    std::unique_ptr<Background> background;
    if (cell.place.scale > 0) {
        background = std::make_unique<Background>(
            cell.place.scale,
            std::vector<EmbeddedCells>{{cell.place.population, std::uint32_t(n_cells)}},
            embedded_dt_ms, cell.place.seed);
        background->start(3);
    }
    std::vector<float> own(n_cells);
    std::vector<double> sum(n_cells), sum_2(n_cells);
    double all = 0, all_2 = 0;
    for (int w = -5; w < n_windows; ++w) {
        std::vector<double> count(n_cells);
        for (int k = 0; k < window; ++k) {
            if (background) background->advance();
            for (std::size_t i = 0; i < n_cells; ++i)
                own[i] = drive + (background ? background->heard(0)[i] : 0);
            std::uint32_t n = 0;
            cells->step_each(own.data(), {7, 3, 1}, std::uint64_t((w + 5) * window + k), &n);
            for (std::size_t i = 0; i < n_cells; ++i) count[i] += cells->spiked()[i];
        }
        if (w < 0) continue;
        double total = 0;
        for (std::size_t i = 0; i < n_cells; ++i) {
            sum[i] += count[i], sum_2[i] += count[i] * count[i];
            total += count[i];
        }
        all += total, all_2 += total * total;
    }
    // of a sum of n alike: variance n v (1 + (n - 1) rho)
    double v = 0;
    for (std::size_t i = 0; i < n_cells; ++i)
        v += sum_2[i] / n_windows - std::pow(sum[i] / n_windows, 2);
    const double of_sum = all_2 / n_windows - std::pow(all / n_windows, 2);
    return (of_sum / v - 1) / double(n_cells - 1);
}

} // namespace

TEST_CASE("the microcircuit around a column has the spikes that it has alone", "[slow]") {
    Background background(scale, {{2, 300}, {5, 50}}, embedded_dt_ms, 4);
    background.start(0);
    NetworkOptions options;
    SpikingNetwork alone(microcircuit(scale, MicrocircuitDrive::poisson, embedded_dt_ms), 4,
                         options);
    alone.advance(std::llround(Background::settle_ms / embedded_dt_ms));
    alone.take_spikes();

    std::vector<Spike> heard, told;
    const auto& first = alone.first_neurons();
    for (int step = 0; step < 600; ++step) {
        background.advance();
        alone.advance(1);
        for (const Spike& spike : alone.take_spikes()) told.push_back(spike);
        for (std::size_t g = 0; g < background.n_populations(); ++g)
            for (std::uint32_t i = 0; i < background.spiked(g).size(); ++i)
                if (background.spiked(g)[i]) heard.push_back({alone.step() - 1, first[g] + i});
    }
    CHECK(told.size() > 300);
    CHECK(heard == told);

    // trials differ by their number, and come again with it
    const auto spikes_of = [&](std::uint32_t trial) {
        background.start(trial);
        std::vector<std::uint8_t> all;
        for (int step = 0; step < 100; ++step) {
            background.advance();
            all.insert(all.end(), background.spiked(2).begin(), background.spiked(2).end());
        }
        return all;
    };
    const auto one = spikes_of(1);
    CHECK(one != spikes_of(2));
    CHECK(one == spikes_of(1));
}

TEST_CASE("cells in the microcircuit hear what its neurons hear", "[slow]") {
    const int population = GENERATE(0, 2, 5, 6);
    const double relative_weight = population == 5 ? 0.5 : 1;
    constexpr std::uint32_t n = 2000;
    constexpr int n_steps = 3000;
    Background background(scale, {{population, n, relative_weight}}, embedded_dt_ms, 5);
    background.start(1);
    double mean = 0, variance = 0;
    std::vector<double> fired(std::size_t(pd::n_populations), 0);
    for (int step = 0; step < n_steps; ++step) {
        background.advance();
        double sum = 0, sum_2 = 0;
        for (std::uint32_t i = 0; i < n; ++i) {
            const double pA = background.heard(0)[i];
            sum += pA, sum_2 += pA * pA;
        }
        mean += sum / n / n_steps;
        variance += (sum_2 / n - std::pow(sum / n, 2)) / n_steps;
        for (std::size_t g = 0; g < fired.size(); ++g)
            for (const std::uint8_t one : background.spiked(g))
                fired[g] += double(one) / double(background.spiked(g).size()) / n_steps;
    }
    // spikes of a step are independent, whoever they reach: K r dt of each kind, of weights w with
    // a relative SD of 0.1; those from outside all have the same
    const double external =
        pd::external_indegree[population] * pd::external_rate_Hz * scale * 1e-3 * embedded_dt_ms;
    const double w = relative_weight * pd::psp_mV * pd::pA_per_mV() / std::sqrt(scale);
    double law_mean = external * w, law_variance = external * w * w;
    for (int from = 0; from < pd::n_populations; ++from) {
        const double C = pd::connection_probability[population][from];
        if (C == 0) continue;
        const double K = double(pd::n_synapses(C, pd::n_neurons[population], pd::n_neurons[from])) /
                         pd::n_neurons[population] * scale;
        const double weight = w * (from % 2 == 1 ? pd::relative_inhibition : 1) *
                              (population == 0 && from == 2 ? pd::L4E_to_L23E_factor : 1);
        law_mean += K * fired[std::size_t(from)] * weight;
        law_variance += K * fired[std::size_t(from)] * weight * weight * 1.01;
    }
    INFO(pd::names[population] << ": mean " << mean << " pA in a step, variance " << variance);
    // excitation and inhibition nearly cancel: of the SD that the mean has by the law
    const double sd = std::sqrt(law_variance);
    CHECK(std::fabs(mean - law_mean) < 0.02 * sd);
    CHECK(std::fabs(variance / law_variance - 1) < 0.02);
}

TEST_CASE("cells in the microcircuit fire at the rate that is asked of them", "[slow]") {
    for (const CellKind& kind : cell_kinds(embedded_spec(), 1)) {
        INFO(kind.of);
        const auto [asked_Hz, fired_Hz] =
            RateCurve::of(kind.cell, embedded_dt_ms, kind.highest_Hz).ask();
        for (std::size_t k = 0; k < asked_Hz.size(); ++k) {
            INFO("at " << asked_Hz[k] << " Hz");
            const double sd = 1 / std::sqrt(asked_Hz[k] * RateCurve::asked_neuron_s);
            // what they hear at the same time does not average out over them
            CHECK(std::fabs(fired_Hz[k] / asked_Hz[k] - 1) < 0.02 + 4 * sd);
        }
    }
    std::vector<std::string> names;
    for (const CellKind& kind : cell_kinds(embedded_spec(), 1)) names.push_back(kind.of);
    CHECK(names == std::vector<std::string>{"L4E", "L23E", "L5E", "L6E", "PV in L5I"});
    names.clear();
    AreaSpec more = embedded_spec();
    more.dale = true, more.d_ff = 3, more.apical_suppression = 0.1;
    for (const CellKind& kind : cell_kinds(more, 1)) names.push_back(kind.of);
    CHECK(names == std::vector<std::string>{"L4E", "L4I", "L23E", "L5E", "L5I", "L6E", "L6I",
                                            "L23I", "PV in L5I"});
}

TEST_CASE("cells that hear the same neurons are correlated, those with noise of their own are not",
          "[slow]") {
    CellSpec in_circuit{"lif_exp", {}, 0}, alone{"lif_exp", {}, 1};
    in_circuit.place = {scale, 4, 1};
    // of 150 windows and 200 cells the error of no correlation is some 0.0006
    CHECK(std::fabs(correlation_of_counts(alone, 20, 200, 150)) < 0.002);
    const double shared = correlation_of_counts(in_circuit, 20, 200, 150);
    CHECK(shared > 0.005);
    CHECK(shared < 0.3);
}

TEST_CASE("cells lie in the microcircuit with potentials as large as its own") {
    AreaSpec spec = embedded_spec();
    for (const CellKind& kind : cell_kinds(spec, 3)) {
        INFO(kind.of);
        const bool fast = kind.of == "PV in L5I";
        CHECK(kind.cell.noise == 0);
        CHECK(kind.cell.place.scale == scale);
        CHECK(kind.cell.place.seed == 3);
        // of an exponential current, 1 / pA_per_mV: peak of the potential by Euler's method
        double V = 0, I = kind.cell.place.relative_weight * pd::pA_per_mV(), peak = 0;
        const double tau_m = fast ? 5 : 10, C = fast ? 125 : 250, h = 1e-4;
        for (int step = 0; step < 100000; ++step) {
            V += h * (-V / tau_m + I / C);
            I -= h * I / pd::tau_syn_ms;
            peak = std::max(peak, V);
        }
        CHECK(peak == Approx(1).epsilon(1e-3));
    }
    const auto place_of = [&](const char* population) {
        return std::string(pd::names[cell_kind(spec, population, 1).cell.place.population]);
    };
    CHECK(place_of("L4E") == "L4E");
    CHECK(place_of("L5E_I") == "L5I");
    CHECK(place_of("L6E") == "L6E");
    CHECK(place_of("L5apical") == "L5E");
    CHECK(place_of("L23phi") == "L23E");
    CHECK(place_of("L23mlp_I") == "L23I");
    CHECK(place_of("output") == "L23E");
    CHECK(place_of("SST") == "L5I");
    CHECK(place_of("PV_spikes") == "L5I");
}

TEST_CASE("a column in the microcircuit tells the values that it tells in rates", "[slow]") {
    AreaSpec spec = embedded_spec();
    spec.spiking.n_neurons = 100;
    const auto weights = small_weights(spec, 1);
    const Segment in = tokens(spec, 2);
    AreaSpec in_rates = spec;
    in_rates.spiking.on = false;
    const auto rate = make_area(in_rates, weights, 1), area = make_area(spec, weights, 1);
    rate->present(in), area->present(in);
    constexpr int n_steps = 8000, n_before = 2000;
    for (std::int64_t step = 0; step < n_before; ++step) rate->advance(step), area->advance(step);
    const std::vector<const char*> names = {"L4E", "L23E", "L5apical"};
    std::vector<std::vector<double>> told(names.size());
    for (std::int64_t step = n_before; step < n_steps; ++step) {
        area->advance(step);
        for (std::size_t k = 0; k < names.size(); ++k) {
            const auto now = rates(*area, names[k]);
            told[k].resize(now.size());
            for (std::size_t i = 0; i < now.size(); ++i)
                told[k][i] += now[i] / (n_steps - n_before);
        }
    }
    for (std::size_t k = 0; k < names.size(); ++k) {
        INFO(names[k]);
        // 100 cells of a rate near 1 at 40 Hz over 600 ms: a standard error of some 0.02
        CHECK(relative_error(told[k], rates(*rate, names[k])) < 0.08);
    }
}

TEST_CASE("a column in the microcircuit: who counts, and trials by their number", "[slow]") {
    AreaSpec spec = embedded_spec();
    if (GENERATE(false, true)) spec.score = "linear", spec.spiking.fast_weights = true; // no gates
    const auto weights = small_weights(spec, 1);
    const Segment in = tokens(spec, 2);
    const auto area = make_area(spec, weights, 1);
    area->present(in);
    const auto go = [&](std::uint32_t trial, std::int64_t n_steps) {
        area->reset(9, trial);
        for (std::int64_t step = 0; step < n_steps; ++step) area->advance(step);
        return area->state();
    };
    const auto one = go(1, 300), two = go(2, 300);
    CHECK(one != two);
    CHECK(go(1, 300) == one);

    // counts: what step_spikes says, step by step
    const auto populations = area->spikes();
    REQUIRE(populations.size() == spiking_populations(spec).size());
    CHECK(populations[populations.size() - 8].name == "background_L23E");
    CHECK(populations.back().n_neurons == std::lround(scale * pd::n_neurons[7]));
    area->reset(9, 1);
    std::vector<std::int64_t> counted(populations.size());
    for (std::int64_t step = 0; step < 300; ++step) {
        area->advance(step);
        for (std::size_t i = 0; i < counted.size(); ++i) {
            const StepSpikes now = area->step_spikes(i);
            for (std::size_t unit = 0; unit < now.n_units; ++unit) counted[i] += now.of(unit);
        }
    }
    for (std::size_t i = 0; i < counted.size(); ++i) {
        INFO(populations[i].name);
        CHECK(counted[i] == area->spikes()[i].n_spikes);
        if (populations[i].name == "background_L6I") CHECK(counted[i] > 0);
    }

    // a state that is set goes on with the microcircuit where it was
    area->reset(9, 1);
    for (std::int64_t step = 0; step < 200; ++step) area->advance(step);
    const auto half = area->state();
    const auto other = make_area(spec, weights, 1);
    other->present(in);
    other->reset(9, 1);
    other->set_state(half);
    // wherever the other has got to; gates begin anew with a state that is set, in both
    for (std::int64_t step = 200; step < 250; ++step) area->advance(step);
    area->set_state(half);
    for (std::int64_t step = 200; step < 300; ++step) area->advance(step), other->advance(step);
    CHECK(area->state() == other->state());
}

TEST_CASE("synapses of a column in the microcircuit are those that are drawn") {
    const AreaSpec spec = embedded_spec();
    std::vector<EmbeddedCells> cells;
    double told = 0;
    for (const ColumnSynapses& one : column_synapses(spec)) {
        if (one.from != "background") continue;
        told += double(one.n);
        if (one.to == "background") continue;
        const CellKind kind = cell_kind(spec, one.to, 1);
        for (const PopulationSpikes& population : spiking_populations(spec))
            if (population.name == one.to)
                cells.push_back({kind.cell.place.population, std::uint32_t(population.n_neurons)});
    }
    CHECK(cells.size() == 7); // L4E, L23E, L5apical, L5E, L6E, output, PV_spikes
    const SpikingNetwork network(embedding(scale, cells, embedded_dt_ms), 1, {});
    CHECK(double(network.cost().n_synapses) == told);
}

TEST_CASE("what cannot lie in the microcircuit is refused") {
    AreaSpec spec = embedded_spec();
    SECTION("other cells") { spec.spiking.cell = "lif_delta"; }
    SECTION("no microcircuit") { spec.spiking.background_scale = 0; }
    SECTION("steps longer than delays") { spec.dt_ms = 1; }
    CHECK_THROWS_AS(make_area(spec, small_weights(spec, 1), 1), SpecError);
}

TEST_CASE("SST cells suppress a dendrite by what they fire", "[slow]") {
    AreaSpec spec = embedded_spec();
    spec.spiking.embedded = false;
    spec.spiking.n_neurons = 100;
    const auto has_SST = [](const AreaSpec& of) {
        const auto all = spiking_populations(of);
        return std::any_of(all.begin(), all.end(),
                           [](const PopulationSpikes& one) { return one.name == "SST"; });
    };
    CHECK_FALSE(has_SST(spec)); // that would never fire
    spec.apical_suppression = 0.4;
    REQUIRE(has_SST(spec));
    const auto area = make_area(spec, small_weights(spec, 1), 1);
    area->present(tokens(spec, 2));
    std::vector<double> mean(std::size_t(spec.columns)), square(mean.size());
    constexpr int n_steps = 20000, n_before = 2000;
    for (std::int64_t step = -n_before; step < n_steps; ++step) {
        area->advance(step + n_before);
        const auto r = rates(*area, "SST");
        for (std::size_t i = 0; step >= 0 && i < r.size(); ++i)
            mean[i] += r[i] / n_steps, square[i] += r[i] * r[i] / n_steps;
    }
    // filtered spikes of n cells at R r: variance r / (2 n R tau) were they Poisson; cells are more
    // regular
    const double poisson = 0.4 / (2 * 100 * spec.spiking.rate_Hz * 1e-3 * spec.tau.SST_ms);
    for (std::size_t i = 0; i < mean.size(); ++i) {
        CHECK(std::fabs(mean[i] / 0.4 - 1) < 0.03);
        const double variance = square[i] - mean[i] * mean[i];
        CHECK(variance > 0.3 * poisson);
        CHECK(variance < poisson);
    }
    for (const PopulationSpikes& one : area->spikes())
        if (one.name == "SST")
            CHECK(double(one.n_spikes) /
                      (double(one.n_neurons) * (n_steps + n_before) * embedded_dt_ms * 1e-3) ==
                  Approx(0.4 * spec.spiking.rate_Hz).epsilon(0.03));
    // the noise of few cells goes both ways where a dendrite is suppressed wholly
    spec.apical_suppression = 1, spec.spiking.n_neurons = 20;
    const auto shut = make_area(spec, small_weights(spec, 1), 1);
    shut->present(tokens(spec, 2));
    double sum = 0;
    for (std::int64_t step = 0; step < n_steps; ++step) {
        shut->advance(step);
        if (step < n_before) continue;
        for (const double r : rates(*shut, "SST")) sum += r / spec.columns;
    }
    CHECK(std::fabs(sum / (n_steps - n_before) - 1) < 0.03);
}

#include <catch2/catch.hpp>

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

#include "models/scores/apical.hpp"
#include "sim/area_tables.hpp"
#include "sim/burst_cells.hpp"
#include "sim/errors.hpp"
#include "sim/small_areas.hpp"
#include "support/burst_table.hpp"

using namespace lamina;
using namespace lamina::test;

namespace {

/// What groups of cells fire in Hz, each with its currents, after half a second.
struct GroupRates {
    std::vector<double> spikes, events, bursts;
};
GroupRates group_rates_Hz(const std::vector<double>& I_s_pA, const std::vector<double>& I_d_pA,
                          std::size_t n_neurons, double for_ms) {
    const double dt_ms = 0.1;
    const std::size_t n = I_s_pA.size();
    const auto cells = make_burst_cells(n, n_neurons, dt_ms);
    cells->set_currents(I_s_pA, I_d_pA);
    GroupRates sum{std::vector<double>(n), std::vector<double>(n), std::vector<double>(n)};
    BurstCells::Heard heard;
    const int n_before = 5000, n_steps = int(for_ms / dt_ms);
    for (int step = 0; step < n_before + n_steps; ++step) {
        cells->step({31, 2, 9}, std::uint64_t(step), heard);
        for (std::size_t g = 0; step >= n_before && g < n; ++g) {
            sum.spikes[g] += heard.spikes[g];
            sum.events[g] += heard.events[g];
            sum.bursts[g] += heard.bursts[g];
        }
    }
    for (std::vector<double>* of : {&sum.spikes, &sum.events, &sum.bursts})
        for (double& x : *of) x /= double(n_neurons) * for_ms * 1e-3;
    return sum;
}

/// A column whose queries meet keys in cells that burst.
AreaSpec bursting_spec(int match_neurons) {
    AreaSpec spec;
    spec.columns = 4, spec.heads = 1, spec.d_model = 4, spec.d_head = 4;
    spec.score = "apical";
    spec.spiking.on = true;
    spec.spiking.n_neurons = 100;
    spec.spiking.match_neurons = match_neurons;
    return spec;
}

/// Means over the last `window_ms` of `for_ms`: of scores as the gates' dendrites have them, and
/// q.k / sqrt(d) of the mean rates.
struct Scores {
    std::vector<double> told, products;
};
Scores mean_scores(Area& area, const AreaSpec& spec, double for_ms, double window_ms) {
    const auto n = std::int64_t(for_ms / spec.dt_ms),
               n_window = std::int64_t(window_ms / spec.dt_ms);
    std::vector<double> s, q, k;
    const auto add = [&](const char* name, std::vector<double>& to) {
        const auto now = rates(area, name);
        to.resize(now.size());
        for (std::size_t i = 0; i < now.size(); ++i) to[i] += now[i] / double(n_window);
    };
    for (std::int64_t step = 0; step < n; ++step) {
        area.advance(step);
        if (step < n - n_window) continue;
        add("L5match", s);
        add("L5apical", q);
        add("L23E", k);
    }
    const std::size_t N = std::size_t(spec.columns), d = std::size_t(spec.d_head);
    std::vector<double> products(N * N);
    for (std::size_t i = 0; i < N; ++i)
        for (std::size_t j = 0; j < N; ++j)
            for (std::size_t u = 0; u < d; ++u)
                products[i * N + j] += q[i * d + u] * k[j * d + u] / std::sqrt(double(d));
    return {s, products};
}

struct Line {
    double slope, correlation, residual_sd;
};
Line line_through(const std::vector<double>& x, const std::vector<double>& y) {
    const double n = double(x.size());
    double mx = 0, my = 0, xx = 0, yy = 0, xy = 0;
    for (std::size_t i = 0; i < x.size(); ++i) mx += x[i] / n, my += y[i] / n;
    for (std::size_t i = 0; i < x.size(); ++i) {
        xx += (x[i] - mx) * (x[i] - mx);
        yy += (y[i] - my) * (y[i] - my);
        xy += (x[i] - mx) * (y[i] - my);
    }
    return {xy / xx, xy / std::sqrt(xx * yy), std::sqrt((yy - xy * xy / xx) / n)};
}

} // namespace

TEST_CASE("matching cells burst as the cell in its published noise does", "[slow]") {
    std::vector<double> I_s, I_d;
    for (const BurstRow& row : fine_table) I_s.push_back(row.I_s_pA), I_d.push_back(row.I_d_pA);
    const double n = 500, s = 2;
    const GroupRates found = group_rates_Hz(I_s, I_d, std::size_t(n), s * 1e3);
    std::size_t g = 0;
    for (const BurstRow& row : fine_table) {
        INFO("I_s = " << row.I_s_pA << " pA, I_d = " << row.I_d_pA << " pA");
        // counts scatter no more than those of a Poisson process; two per cent for the step
        const auto near = [&](double Hz, double expected_Hz) {
            const double sd = std::sqrt(expected_Hz / (n * s) + expected_Hz / fine_s);
            return std::fabs(Hz - expected_Hz) < 4 * sd + 0.02 * expected_Hz;
        };
        CHECK(near(found.spikes[g], row.spike_Hz));
        CHECK(near(found.events[g], row.event_Hz));
        CHECK(near(found.bursts[g], row.burst_Hz));
        ++g;
    }
}

TEST_CASE("bursts of matching cells are nearer the product of their inputs than the sum",
          "[slow]") {
    // keys from -1 to 3 and queries from -0.5 to 1 at 100 pA per unit
    const double somata[] = {-100, 0, 100, 200, 300}, dendrites[] = {0, 50, 100, 150};
    std::vector<double> I_s, I_d;
    for (const double soma : somata)
        for (const double dendrite : dendrites) I_s.push_back(soma), I_d.push_back(dendrite);
    const GroupRates found = group_rates_Hz(I_s, I_d, 500, 2000);
    Eigen::MatrixXd bursts(5, 4);
    for (int i = 0; i < 5; ++i)
        for (int j = 0; j < 4; ++j) bursts(i, j) = found.bursts[std::size_t(i * 4 + j)];

    const double total = (bursts.array() - bursts.mean()).square().sum();
    const Eigen::JacobiSVD<Eigen::MatrixXd> svd(bursts, Eigen::ComputeThinU | Eigen::ComputeThinV);
    const Eigen::MatrixXd product =
        svd.singularValues()[0] * svd.matrixU().col(0) * svd.matrixV().col(0).transpose();
    const Eigen::VectorXd by_soma = bursts.rowwise().mean();
    const Eigen::RowVectorXd by_dendrite = bursts.colwise().mean();
    const Eigen::MatrixXd sum =
        (by_soma.replicate(1, 4) + by_dendrite.replicate(5, 1)).array() - bursts.mean();
    const double multiplicative_R2 = 1 - (bursts - product).squaredNorm() / total;
    const double additive_R2 = 1 - (bursts - sum).squaredNorm() / total;
    CHECK(multiplicative_R2 >= 0.97);
    CHECK(multiplicative_R2 > additive_R2 + 0.02);
    // and events tell the soma's input alone, to a quarter
    for (std::size_t i = 0; i < 5; ++i) CHECK(found.events[i * 4 + 2] > 0.75 * found.events[i * 4]);
}

TEST_CASE("bursts of matching cells that tell 1 times 1 are fewer than events times probability",
          "[slow]") {
    const double n = 4000, s = 2;
    const GroupRates found =
        group_rates_Hz({100, 0, 100, 0}, {150, 50, 50, 150}, std::size_t(n), s * 1e3);
    const double unit_Hz = Apical::unit_Hz(ScoreParameters{});
    const double product =
        (found.bursts[0] + found.bursts[1] - found.bursts[2] - found.bursts[3]) / unit_Hz;
    double sum_Hz = 0;
    for (const double Hz : found.bursts) sum_Hz += Hz;
    const double standard_error = std::sqrt(sum_Hz / (n * s)) / unit_Hz;
    const auto& E = Apical::event_rate_Hz;
    const auto& P = Apical::burst_probability;
    const double separable = (E(100) - E(0)) * (P(150) - P(50)) / unit_Hz;
    CAPTURE(standard_error);
    CHECK(separable == Approx(1.90).epsilon(0.005));
    CHECK(product < separable - 6 * standard_error);
    CHECK(product > 0.7);
}

TEST_CASE(
    "groups of matching cells do not depend on who else there is, nor on how often they stop") {
    const double dt_ms = 0.1;
    const CellNoise noise{5, 6, 7};
    const auto few = make_burst_cells(3, 900, dt_ms), many = make_burst_cells(5, 900, dt_ms);
    // of several blocks each
    few->set_currents({400, 0, 200}, {300, 50, 0});
    many->set_currents({400, 0, 200, 300, 100}, {300, 50, 0, 100, 100});
    BurstCells::Heard in_few, in_many;
    std::uint64_t n_spikes = 0;
    for (std::uint64_t step = 0; step < 400; ++step) {
        few->step(noise, step, in_few);
        many->step(noise, step, in_many);
        for (std::size_t g = 0; g < 3; ++g) {
            n_spikes += in_few.spikes[g];
            if (in_few.spikes[g] != in_many.spikes[g] || in_few.bursts[g] != in_many.bursts[g] ||
                in_few.events[g] != in_many.events[g])
                FAIL("group " << g << " at step " << step);
        }
    }
    CHECK(n_spikes > 100);

    const auto other = make_burst_cells(3, 900, dt_ms);
    other->set_currents({400, 0, 200}, {300, 50, 0});
    const auto saved = few->state();
    CHECK(saved.size() == few->n_state_words());
    other->set_state(saved.data());
    for (std::uint64_t step = 400; step < 500; ++step) {
        few->step(noise, step, in_few);
        other->step(noise, step, in_many);
    }
    CHECK(few->state() == other->state());
    // another trial and another population have other noise
    for (const CellNoise& of_other : {CellNoise{5, 7, 7}, CellNoise{5, 6, 8}}) {
        const auto stranger = make_burst_cells(3, 900, dt_ms);
        stranger->set_currents({400, 0, 200}, {300, 50, 0});
        stranger->set_state(saved.data());
        other->set_state(saved.data());
        stranger->step(of_other, 400, in_few);
        other->step(noise, 400, in_many);
        CHECK(stranger->state() != other->state());
    }
}

TEST_CASE("matching cells refuse a step for which their background has no table") {
    CHECK_THROWS_AS(make_burst_cells(1, 1, 0.6), SpecError);
    CHECK_THROWS_AS(make_burst_cells(1, 1, 0.004), SpecError);
    CHECK_NOTHROW(make_burst_cells(1, 1, 0.5));
}

TEST_CASE("one population's burst is its share of a score, and fades with the dendrite", "[slow]") {
    // by hand: one column, one number, so that a gate listens to four populations
    AreaSpec spec = bursting_spec(50);
    spec.columns = spec.d_model = spec.d_head = 1;
    spec.spiking.n_neurons = 1, spec.spiking.PV_neurons = 1;
    const auto weights = small_weights(spec, 1);
    auto area = make_area(spec, weights, 1);
    area->reset(3, 0);
    area->present(tokens(spec, 2));
    ScoreParameters par = score_parameters(spec);
    const double share = (1 - std::exp(-spec.dt_ms / spec.spiking.match_tau_ms)) /
                         (50 * spec.dt_ms * 1e-3 * Apical::unit_Hz(par));
    CHECK(Apical::unit_Hz(par) == Approx(0.433).epsilon(0.005));
    double before = rates(*area, "L5match")[0];
    int n_up = 0, n_down = 0;
    for (std::int64_t step = 0; step < 4000; ++step) {
        area->advance(step);
        const double now = rates(*area, "L5match")[0];
        const double kept = before * std::exp(-spec.dt_ms / spec.spiking.match_tau_ms);
        const double bursts = (now - kept) / share;
        CHECK(std::fabs(bursts - std::round(bursts)) < 1e-6);
        n_up += bursts > 0.5, n_down += bursts < -0.5;
        before = now;
    }
    CHECK(n_up > 10);
    CHECK(n_down > 10);
}

TEST_CASE("scores told by bursts follow q.k, and not without the apical dendrite", "[slow]") {
    AreaSpec spec = bursting_spec(400);
    const auto weights = small_weights(spec, 1);
    const Segment in = tokens(spec, 2);
    std::vector<double> slopes;
    for (const double suppression : {0.0, 0.5, 1.0}) {
        spec.apical_suppression = suppression;
        auto area = make_area(spec, weights, 1);
        area->reset(3, 0);
        area->present(in);
        const Scores scores = mean_scores(*area, spec, 1700, 1300);
        const Line line = line_through(scores.products, scores.told);
        CAPTURE(suppression, line.slope, line.correlation, line.residual_sd);
        slopes.push_back(line.slope);
        if (suppression == 0) CHECK(line.correlation > 0.95);
        CHECK(line.residual_sd < 0.3);
    }
    CAPTURE(slopes[0], slopes[1], slopes[2]);
    CHECK(std::fabs(slopes[0] - 1) < 0.3);
    // half for small queries, more for large ones, whose bursts are no longer as compressed
    CHECK(slopes[1] / slopes[0] > 0.45);
    CHECK(slopes[1] / slopes[0] < 0.75);
    CHECK(std::fabs(slopes[2]) < 0.15);
}

TEST_CASE("matching cells hear keys, and gates their bursts, after a delay each") {
    AreaSpec spec = bursting_spec(50);
    spec.spiking.delay_ms = 4;
    const std::int64_t delay_steps = 40;
    OppositeKeys columns(spec);
    // cells' words stand last in the state: ten of a cell and two of its train
    const std::size_t n_words = 12 * 4 * 4 * 4 * 4 * 50;
    const auto cells = [&](const Area& area) {
        const auto all = area.state();
        return std::vector<double>(all.end() - std::ptrdiff_t(n_words), all.end());
    };
    std::int64_t keys = -1, matches = -1, scores = -1, gates = -1;
    for (std::int64_t step = 0; step < 600 && gates < 0; ++step) {
        columns.advance(step);
        if (matches < 0 && cells(*columns.one) != cells(*columns.two)) matches = step;
        columns.note(step, "L23E", keys), columns.note(step, "L5match", scores);
        columns.note(step, "L5gate", gates);
    }
    CAPTURE(keys, matches, scores, gates);
    REQUIRE(keys >= 0);
    REQUIRE(gates >= 0);
    CHECK(matches == keys + delay_steps);
    CHECK(scores >= matches);
    CHECK(gates >= scores + delay_steps);
}

TEST_CASE("settled, scores are those of the settled queries and keys") {
    AreaSpec spec = bursting_spec(5);
    const auto weights = small_weights(spec, 1);
    const auto area = make_area(spec, weights, 1);
    area->reset(3, 0);
    area->present(tokens(spec, 2));
    area->settle_inputs();
    const auto s = rates(*area, "L5match");
    std::vector<double> log_Z(4);
    area->log_normaliser(log_Z.data());
    for (std::size_t i = 0; i < 4; ++i) {
        double Z = 0;
        for (std::size_t j = 0; j < 4; ++j) Z += std::exp(s[i * 4 + j]);
        CHECK(std::log(Z) == Approx(log_Z[i]).epsilon(1e-12));
    }
    CHECK(std::fabs(s[0]) > 1e-3);
}

TEST_CASE("the normaliser is that of the scores that gates have; events are not all spikes") {
    AreaSpec spec = bursting_spec(10);
    spec.spiking.n_neurons = 10;
    auto area = make_area(spec, small_weights(spec, 1), 1);
    area->present(tokens(spec, 2));
    run(*area, 60, spec.dt_ms);
    const std::vector<double> scores = rates(*area, "L5match");
    std::vector<double> seen(4);
    area->log_normaliser(seen.data());
    for (std::size_t row = 0; row < 4; ++row) {
        double sum = 0;
        for (std::size_t key = 0; key < 4; ++key) sum += std::exp(scores[4 * row + key]);
        CHECK(seen[row] == Approx(std::log(sum)).epsilon(1e-12));
    }
    for (const PopulationSpikes& one : area->spikes()) {
        if (one.name != "L5match") {
            CHECK(one.n_events == -1);
            continue;
        }
        CHECK(one.n_bursts > 0);
        CHECK(one.n_events > one.n_bursts);
        // a burst's second spike is none
        CHECK(one.n_spikes >= one.n_events + one.n_bursts);
    }
}

TEST_CASE("a column counts what its populations fire") {
    AreaSpec spec = bursting_spec(20);
    spec.spiking.n_neurons = 40;
    const auto weights = small_weights(spec, 1);
    auto area = make_area(spec, weights, 1);
    Segment nothing = tokens(spec, 2);
    nothing.masked.assign(4, 1);
    std::fill(nothing.x.begin(), nothing.x.end(), 0.0);
    area->reset(3, 0);
    area->present(nothing);
    for (std::int64_t step = 0; step < 3000; ++step) area->advance(step);
    std::int64_t neurons = 0;
    for (const PopulationSpikes& one : area->spikes()) {
        INFO(one.name);
        neurons += one.n_neurons;
        const double Hz = double(one.n_spikes) / (double(one.n_neurons) * 0.3);
        if (one.name == "L5match")
            CHECK(std::fabs(Hz / 5.51 - 1) < 0.1); // I_s = 0, I_d = 50 pA of the fine table
        else if (one.name == "L5gate")
            CHECK(one.n_spikes == 0); // no key can be read
        else if (one.name == "L4E")
            CHECK(std::fabs(Hz / 40 - 1) < 0.12); // at rest, but for its bias
        else
            CHECK(Hz > 10);
    }
    CHECK(neurons == area->n_neurons());
    area->reset(3, 1);
    for (const PopulationSpikes& one : area->spikes()) CHECK(one.n_spikes == 0);

    // with keys and scores without noise the gates of a row share the rate of a neuron whose gate
    // is 1: 100 Hz over four
    spec.score = "multiplicative";
    spec.spiking.PV_neurons = 5000; // the fewer, the more the noise of p adds to exp(-p)
    area = make_area(spec, weights, 1);
    area->reset(3, 1);
    area->present(tokens(spec, 2));
    std::int64_t n_at_onset = 0; // where PV is not there yet
    for (std::int64_t step = 0; step < 10000; ++step) {
        area->advance(step);
        if (step == 1999) n_at_onset = area->spikes().back().n_spikes;
    }
    const PopulationSpikes gates = area->spikes().back();
    CHECK(gates.name == "L5gate");
    const double n_settled = double(gates.n_spikes - n_at_onset);
    CHECK(std::fabs(n_settled / (double(gates.n_neurons) * 0.8) / 25 - 1) < 0.05);
    area->reset(3, 1);
    CHECK(area->spikes().back().n_spikes == 0);
}

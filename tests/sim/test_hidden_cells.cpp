/// Hidden cells that tell gates exp(q.k): their rates, how their estimate scatters, where it ends,
/// and a column made with them.
#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <set>

#include "kernels/spike_hidden.hpp"
#include "sim/area_tables.hpp"
#include "sim/hidden_cells.hpp"
#include "sim/small_areas.hpp"

using namespace lamina;
using namespace lamina::test;

namespace {

AreaSpec hidden_spec(int columns, int heads, int d_head, int units) {
    AreaSpec spec;
    spec.columns = columns, spec.heads = heads, spec.d_model = heads * d_head;
    spec.d_head = d_head;
    spec.score = "additive_exponential", spec.score_units = units;
    spec.spiking.on = true;
    return spec;
}

/// A state with these queries and keys, [columns][heads * d_head], as differences of pairs.
std::vector<double> state_of(const AreaLayout& at, const std::vector<double>& q,
                             const std::vector<double>& k) {
    std::vector<double> s(at.size, 0);
    for (std::size_t i = 0; i < q.size(); ++i) {
        s[at.q.first + i] = 0.25 + std::max(q[i], 0.0);
        s[at.q.first + q.size() + i] = 0.25 + std::max(-q[i], 0.0);
        s[at.k.first + i] = 0.25 + std::max(k[i], 0.0);
        s[at.k.first + k.size() + i] = 0.25 + std::max(-k[i], 0.0);
    }
    return s;
}

/// f of each cell by the formula, in double: [heads, columns, columns][units].
std::vector<double> features_of(const AreaSpec& spec, std::uint64_t seed,
                                const std::vector<double>& q, const std::vector<double>& k) {
    std::vector<double> omega, f;
    AdditiveExponential::prepare(score_parameters(spec), seed, omega); // [head][d_head][unit]
    const int N = spec.columns, d = spec.d_head, width = spec.heads * d, M = spec.score_units;
    const double scale = std::pow(d, -0.25);
    for (int gate = 0; gate < spec.heads * N * N; ++gate) {
        const int head = gate / (N * N), query = gate / N % N, key = gate % N;
        for (int m = 0; m < M; ++m) {
            double sum = 0;
            for (int u = 0; u < d; ++u) {
                const double x_q = scale * q[std::size_t(query * width + head * d + u)],
                             x_k = scale * k[std::size_t(key * width + head * d + u)];
                sum += omega[std::size_t((head * d + u) * M + m)] * (x_q + x_k) -
                       (x_q * x_q + x_k * x_k) / 2;
            }
            f.push_back(std::exp(sum));
        }
    }
    return f;
}

struct Moments {
    double mean = 0, variance = 0;
};
Moments moments_of(const double* x, std::size_t n) {
    Moments found;
    for (std::size_t i = 0; i < n; ++i) found.mean += x[i] / double(n);
    for (std::size_t i = 0; i < n; ++i)
        found.variance += (x[i] - found.mean) * (x[i] - found.mean) / double(n - 1);
    return found;
}

} // namespace

TEST_CASE("hidden cells fire at R exp(omega.(q + k) - (|q|^2 + |k|^2) / 2)", "[physics]") {
    const AreaSpec spec = hidden_spec(3, 2, 4, 700); // a gate's cells lie in several blocks
    const AreaLayout at(spec);
    const auto q = gaussian(24, 0.7, 1, 1), k = gaussian(24, 0.7, 1, 2);
    const auto s = state_of(at, q, k);
    const auto f = features_of(spec, 9, q, k);
    const std::size_t M = 700, n_gates = 18;
    const double rate_dt = 40e-3 * spec.dt_ms, leak = -std::expm1(-spec.dt_ms / 100);
    HiddenCells cells(spec, at, 9);
    auto now = s;
    cells.settle(now.data());
    for (std::size_t gate = 0; gate < n_gates; ++gate) {
        double D = 0;
        for (std::size_t m = 0; m < M; ++m) D -= std::expm1(-rate_dt * f[gate * M + m]) / rate_dt;
        CHECK(now[at.m.first + gate] == Approx(D / double(M)).epsilon(1e-5));
    }

    // counts of each gate, from what its filter has of them
    const int n_steps = 2000;
    std::vector<double> count(n_gates), before(now.begin(), now.end());
    std::uint64_t n_all = 0;
    for (int step = 0; step < n_steps; ++step) {
        cells.advance(s.data(), {5, 6, 7}, std::uint64_t(step), now.data());
        for (std::size_t gate = 0; gate < n_gates; ++gate) {
            const double D = now[at.m.first + gate], kept = (1 - leak) * before[at.m.first + gate];
            const double n = (D - kept) / leak * double(M) * rate_dt;
            REQUIRE(std::fabs(n - std::round(n)) < 1e-6);
            count[gate] += std::round(n), n_all += std::uint64_t(std::llround(n));
        }
        before = now;
    }
    CHECK(cells.n_spikes() == n_all);
    for (std::size_t gate = 0; gate < n_gates; ++gate) {
        double mean = 0, variance = 0;
        for (std::size_t m = 0; m < M; ++m) {
            const double p = -std::expm1(-rate_dt * f[gate * M + m]);
            mean += n_steps * p, variance += n_steps * p * (1 - p);
        }
        // 18 gates at 4.5 standard deviations: a false alarm in 8000 seeds
        CHECK(std::fabs(count[gate] - mean) < 4.5 * std::sqrt(variance));
    }
}

TEST_CASE("what hidden cells tell scatters by their choice and by their spikes", "[physics]") {
    // each head has dendrites of its own: 2000 draws of 16 cells, with q.k = 0.09 and s = 0.58
    const int H = 2000, M = 16;
    const AreaSpec spec = hidden_spec(1, H, 2, M);
    const AreaLayout at(spec);
    std::vector<double> q(2 * H), k(2 * H);
    for (std::size_t i = 0; i < q.size(); ++i)
        q[i] = i % 2 == 0 ? 0.5 : 0.3, k[i] = i % 2 == 0 ? 0.4 : -0.25;
    const double root_d = std::sqrt(2.0), mu = std::exp((0.5 * 0.4 - 0.3 * 0.25) / root_d),
                 square = (0.9 * 0.9 + 0.05 * 0.05) / root_d;
    const auto s = state_of(at, q, k);
    HiddenCells cells(spec, at, 3);
    auto now = s;
    cells.settle(now.data());
    const double* const D = now.data() + at.m.first;
    const std::vector<double> by_choice(D, D + H);
    const Moments settled = moments_of(D, std::size_t(H));
    for (int step = 0; step < 2000; ++step) // 2 tau_m: 2 % of the last part are not there yet
        cells.advance(s.data(), {5, 6, 7}, std::uint64_t(step), now.data());
    const Moments told = moments_of(D, std::size_t(H));
    std::vector<double> by_spikes(H);
    for (std::size_t h = 0; h < by_spikes.size(); ++h) by_spikes[h] = D[h] - by_choice[h];
    const double counted = moments_of(by_spikes.data(), by_spikes.size()).variance / (mu * mu);

    const double of_cells = std::expm1(square) / M, // relative variances
        of_spikes = 1 / (2 * 0.1 * 40 * mu * M);
    CAPTURE(square, of_cells, of_spikes, settled.variance / (mu * mu), told.variance / (mu * mu),
            counted);
    // once in a step at most: below the mean by R dt / 2 times E f^2 = 0.4 %
    CHECK(std::fabs(settled.mean / mu - 1) < 4 * std::sqrt(of_cells / H) + 0.005);
    CHECK(std::fabs(told.mean / mu - 1) < 4 * std::sqrt((of_cells + of_spikes) / H) + 0.005);
    // of 2000 sums of 16 lognormals with an excess kurtosis of 25: SE sqrt((25 / 16 + 2) / 2000) =
    // 4 %
    CHECK(settled.variance / (mu * mu) == Approx(of_cells).epsilon(0.15));
    CHECK(told.variance / (mu * mu) == Approx(of_cells + of_spikes).epsilon(0.15));
    CHECK(counted == Approx(of_spikes).epsilon(0.15));
}

TEST_CASE("hidden cells draw for themselves: of no two gates, trials or populations alike") {
    const AreaSpec spec = hidden_spec(3, 1, 2, 50); // all nine gates in one block
    const AreaLayout at(spec);
    const std::vector<double> none(6, 0);
    const auto s = state_of(at, none, none); // every cell at R
    HiddenCells cells(spec, at, 3);
    std::set<double> told;
    for (const CellNoise& noise : {CellNoise{5, 6, 7}, CellNoise{5, 7, 7}, CellNoise{5, 6, 8}}) {
        auto now = s;
        for (std::uint64_t step = 0; step < 500; ++step)
            cells.advance(s.data(), noise, step, now.data());
        told.insert(now.begin() + std::ptrdiff_t(at.m.first),
                    now.begin() + std::ptrdiff_t(at.m.end()));
    }
    CHECK(told.size() == 27); // some 100 spikes each, weighted by when they came
}

TEST_CASE("SST takes the query from hidden cells, column by column") {
    AreaSpec spec = hidden_spec(2, 1, 4, 30);
    spec.score_gain = 1.5;
    const AreaLayout at(spec);
    auto q = gaussian(8, 0.7, 1, 1);
    const auto k = gaussian(8, 0.7, 1, 2);
    auto s = state_of(at, q, k);
    s[at.r.first] = 0.4, s[at.r.first + 1] = 1;
    HiddenCells(spec, at, 9).settle(s.data());
    for (std::size_t i = 0; i < 8; ++i) q[i] *= i < 4 ? 1.5 * 0.6 : 0;
    const auto f = features_of(spec, 9, q, k);
    const double rate_dt = 40e-3 * spec.dt_ms;
    for (std::size_t gate = 0; gate < 4; ++gate) {
        double D = 0;
        for (std::size_t m = 0; m < 30; ++m) D -= std::expm1(-rate_dt * f[gate * 30 + m]) / rate_dt;
        CHECK(s[at.m.first + gate] == Approx(D / 30).epsilon(1e-5));
    }
}

TEST_CASE("a gate that has heard no hidden cell has the drive of one spike, not none") {
    const AreaSpec spec = hidden_spec(2, 1, 2, 5);
    const AreaLayout at(spec);
    HiddenCells cells(spec, at, 3);
    auto s = state_of(at, {0, 0, 0, 0}, {0, 0, 0, 0});
    std::vector<double> drive(4);
    cells.log_drive(s.data(), drive.data());
    const double leak = -std::expm1(-spec.dt_ms / 100);
    for (const double x : drive)
        CHECK(x == Approx(std::log(leak / (5 * 40e-3 * spec.dt_ms))).epsilon(1e-12));
    // as much as the first spike brings; more once there are more
    const auto silent = s;
    for (std::uint64_t step = 0; cells.n_spikes() == 0; ++step) {
        REQUIRE(step < 10000);
        cells.advance(silent.data(), {5, 6, 7}, step, s.data());
    }
    const double first = *std::max_element(s.begin() + std::ptrdiff_t(at.m.first),
                                           s.begin() + std::ptrdiff_t(at.m.end()));
    CHECK(first == Approx(cells.least_drive()).epsilon(1e-12));

    // far beyond one spike in every step nothing is infinite
    const auto wild = state_of(at, {1e6, -1e6, 30, 30}, {1e6, 1e6, 30, -30});
    for (std::uint64_t step = 0; step < 20; ++step)
        cells.advance(wild.data(), {5, 6, 7}, step, s.data());
    cells.log_drive(s.data(), drive.data());
    for (const double x : drive) CHECK(std::isfinite(x));
    for (std::size_t gate = 0; gate < 4; ++gate)
        CHECK(s[at.m.first + gate] <= 1 / (40e-3 * spec.dt_ms));
}

TEST_CASE("a column with hidden cells attends as the column in rates with the same dendrites",
          "[slow]") {
    AreaSpec spec = hidden_spec(4, 1, 4, 512);
    spec.spiking.n_neurons = 400;
    const auto weights = small_weights(spec, 0.5);
    const Segment in = tokens(spec, 2);
    auto area = make_area(spec, weights, 1);
    area->reset(3, 0);
    area->present(in);
    std::vector<double> D(16), a(16);
    const int n_steps = 6000, n_window = 3000;
    for (std::int64_t step = 0; step < n_steps; ++step) {
        area->advance(step);
        if (step < n_steps - n_window) continue;
        const auto D_now = rates(*area, "L5hidden"), a_now = rates(*area, "L5gate");
        for (std::size_t i = 0; i < 16; ++i)
            D[i] += D_now[i] / n_window, a[i] += a_now[i] / n_window;
    }
    std::int64_t n_spikes = 0;
    for (const PopulationSpikes& one : area->spikes())
        if (one.name == "L5hidden") {
            CHECK(one.n_neurons == 16 * 512);
            n_spikes = one.n_spikes;
        }
    // the spikes that make a mean D
    double sum = 0;
    for (const double x : D) sum += x;
    CHECK(double(n_spikes) / (512 * 40 * 0.6) == Approx(sum).epsilon(0.1));

    AreaSpec of_rates = spec;
    of_rates.spiking.on = false;
    auto exact = make_area(of_rates, weights, 1);
    exact->reset(3, 0);
    exact->present(in);
    run(*exact, 400, spec.dt_ms);
    // what the same cells tell on average of the queries and keys in rates
    const AreaLayout at(spec);
    auto settled = state_of(at, rates(*exact, "L5apical"), rates(*exact, "L23E"));
    HiddenCells(spec, at, 1).settle(settled.data());
    const std::vector<double> D_exact(settled.begin() + std::ptrdiff_t(at.m.first),
                                      settled.begin() + std::ptrdiff_t(at.m.end()));
    const double error_of_D = relative_error(D, D_exact),
                 error_of_a = relative_error(a, rates(*exact, "L5gate"));
    CAPTURE(error_of_D, error_of_a);
    CHECK(error_of_D < 0.05);
    CHECK(error_of_a < 0.1); // PV's pool adds its own

    // masked keys are not attended
    Segment masked = in;
    masked.masked = {0, 1, 0, 0};
    area->reset(3, 1);
    area->present(masked);
    run(*area, 30, spec.dt_ms);
    const auto after = rates(*area, "L5gate");
    for (std::size_t row = 0; row < 4; ++row) CHECK(after[row * 4 + 1] < 0.1);
    CHECK(*std::max_element(after.begin(), after.end()) > 0.3);
}

TEST_CASE("gates hear hidden cells, and these keys, after a delay each") {
    AreaSpec spec = hidden_spec(4, 1, 4, 64);
    spec.spiking.n_neurons = 50;
    spec.spiking.delay_ms = 4;
    const std::int64_t delay_steps = 40;
    OppositeKeys columns(spec);
    std::int64_t keys = -1, drives = -1, gates = -1;
    for (std::int64_t step = 0; step < 600 && gates < 0; ++step) {
        columns.advance(step);
        columns.note(step, "L23E", keys), columns.note(step, "L5hidden", drives);
        columns.note(step, "L5gate", gates);
    }
    CAPTURE(keys, drives, gates);
    REQUIRE(keys >= 0);
    REQUIRE(gates >= 0);
    CHECK(drives >= keys + delay_steps);
    CHECK(gates >= drives + delay_steps);
}

TEST_CASE("spikes of hidden cells are shown gate by gate") {
    const AreaSpec spec = hidden_spec(3, 1, 4, 32);
    auto area = make_area(spec, small_weights(spec, 1), 1);
    area->reset(3, 0);
    area->present(tokens(spec, 2));
    const auto populations = area->spikes();
    std::size_t place = 0;
    while (populations[place].name != "L5hidden") ++place;
    const double keep = std::exp(-spec.dt_ms / spec.spiking.match_tau_ms),
                 per_spike = (1 - keep) / (32 * spec.spiking.rate_Hz * 1e-3 * spec.dt_ms);
    std::int64_t n = 0;
    for (std::int64_t step = 0; step < 300; ++step) {
        const auto before = rates(*area, "L5hidden");
        area->advance(step);
        const auto after = rates(*area, "L5hidden");
        const StepSpikes now = area->step_spikes(place);
        REQUIRE(now.n_units == 9);
        for (std::size_t gate = 0; gate < 9; ++gate) {
            n += now.of(gate);
            CHECK(after[gate] == Approx(keep * before[gate] + per_spike * now.of(gate)));
        }
    }
    CHECK(n > 0);
    CHECK(area->spikes()[place].n_spikes == n);
}

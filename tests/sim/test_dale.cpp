#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "sim/area_circuit.hpp"
#include "sim/reference_block.hpp"
#include "sim/small_areas.hpp"

using namespace lamina;
using namespace lamina::test;

namespace {

AreaSpec under_dale(AreaSpec spec) {
    spec.dale = true, spec.baseline = 0.5;
    return spec;
}

std::unique_ptr<Area> started_dale(const AreaSpec& spec, std::uint64_t input = 2) {
    auto area = make_area(spec, small_weights(spec, 1), 1);
    area->present(tokens(spec, input));
    return area;
}

/// r+ of all, then r- of all.
std::vector<double> pairs(const Area& area, const char* population) {
    const std::size_t index = area.index_of(population);
    std::size_t n = 2;
    for (const int extent : area.populations()[index].shape) n *= std::size_t(extent);
    std::vector<double> out(n);
    area.read_raw(index, out.data());
    return out;
}

constexpr const char* with_rates[] = {"L4E", "L23E", "L5apical", "L5E", "L6E", "L23mlp"};

} // namespace

TEST_CASE("Dale's column has the fixed point of the signed one", "[physics]") {
    for (const Norm norm : {Norm::none, Norm::pre, Norm::post})
        for (const Attention attention : {Attention::self, Attention::causal, Attention::cross}) {
            AreaSpec spec = small_spec();
            spec.norm = norm, spec.attention = attention;
            const AreaSpec dale = under_dale(spec);
            const auto weights = small_weights(spec, 1);
            const Segment in = tokens(spec, 2, attention == Attention::cross);
            auto one = make_area(spec, weights, 1), two = make_area(dale, weights, 1);
            one->present(in), two->present(in);
            run(*one, 1000, spec.dt_ms), run(*two, 1000, spec.dt_ms);
            INFO("norm " << int(norm) << " attention " << int(attention));
            for (const char* name : {"L5E", "L6E", "output"})
                CHECK(largest_difference(rates(*two, name), rates(*one, name)) <= 1e-9);
            // and the interneurons are at what they copy
            CHECK(largest_difference(pairs(*two, "L6E_I"), pairs(*two, "L6E")) <= 1e-9);
        }
}

TEST_CASE("under Dale's law no rate is ever below its baseline") {
    for (const Norm norm : {Norm::none, Norm::pre, Norm::post})
        for (const double dt_ms : {0.1, 1.0}) {
            AreaSpec spec = under_dale(small_spec());
            spec.norm = norm, spec.dt_ms = dt_ms, spec.baseline = 0.3;
            auto area = started_dale(spec);
            double lowest = 1;
            for (int step = 0; step * dt_ms < 300; ++step) {
                if (step * dt_ms == 150) area->present(tokens(spec, 3)); // a jump on the way
                area->advance(step);
                for (const char* name : with_rates)
                    for (const double r : pairs(*area, name)) lowest = std::min(lowest, r);
            }
            INFO("norm " << int(norm) << " dt " << dt_ms);
            CHECK(lowest == 0.3); // some rate rests, none is below
        }
}

TEST_CASE("a pair's two inputs are sums over weights and rates that are not negative") {
    for (const double balance : {1.0, 0.9}) {
        AreaSpec spec = under_dale(small_spec());
        spec.dale_balance = balance;
        const auto w = small_weights(spec, 1);
        AreaCircuit<double> circuit(spec, w, 1);
        const Segment in = tokens(spec, 2);
        circuit.present(in);
        const AreaLayout& at = circuit.layout;
        std::vector<double> s = gaussian(at.size, 1, 1, 30);
        for (double& x : s) x = std::fabs(x);

        // I+ of y by hand: the residual's weight is 1, the bias a tonic pair in balance
        const auto plus = [](double x) { return std::max(x, 0.0); };
        std::vector<double> drive(2 * at.y.n);
        circuit.input_y(s.data(), drive.data());
        const double* r = s.data() + at.o.first;
        const double* u = s.data() + at.o.interneurons;
        const double* u_x = s.data() + at.u_x.first;
        for (std::size_t i = 0; i < at.y.n; ++i) {
            const std::size_t column = i / 8, to = i % 8;
            double up = spec.baseline + plus(in.x[i]) - balance * u_x[at.u_x.n + i] + w.b_O[to];
            double down = spec.baseline + plus(-in.x[i]) - balance * u_x[i] - w.b_O[to];
            for (std::size_t j = 0; j < 8; ++j) {
                const std::size_t p = column * 8 + j, m = at.o.n + p;
                const double W_plus = plus(w.W_O[to * 8 + j]), W_minus = plus(-w.W_O[to * 8 + j]);
                up += W_plus * r[p] + W_minus * r[m] - balance * (W_plus * u[m] + W_minus * u[p]);
                down += W_plus * r[m] + W_minus * r[p] - balance * (W_plus * u[p] + W_minus * u[m]);
            }
            CHECK(std::fabs(drive[i] - up) <= 1e-13 * 20);
            CHECK(std::fabs(drive[at.y.n + i] - down) <= 1e-13 * 20);
        }

        // of v, whose source is the thalamic input: [I+-]_+
        std::vector<double> drive_v(2 * at.v.n);
        circuit.drive_pair_now(AreaCircuit<double>::Driven::v, s.data(), drive_v.data());
        for (std::size_t i = 0; i < at.v.n; ++i) {
            const std::size_t column = i / 8, to = i % 8;
            double up = w.b_V[to], down = -w.b_V[to];
            for (std::size_t j = 0; j < 8; ++j) {
                const std::size_t p = column * 8 + j, m = at.u_x.n + p;
                const double W_plus = plus(w.W_V[to * 8 + j]), W_minus = plus(-w.W_V[to * 8 + j]);
                const double r_p = spec.baseline + plus(in.x[p]),
                             r_m = spec.baseline + plus(-in.x[p]);
                up += W_plus * r_p + W_minus * r_m - balance * (W_plus * u_x[m] + W_minus * u_x[p]);
                down +=
                    W_plus * r_m + W_minus * r_p - balance * (W_plus * u_x[p] + W_minus * u_x[m]);
            }
            CHECK(std::fabs(drive_v[i] - plus(up)) <= 1e-13 * 20);
            CHECK(std::fabs(drive_v[at.v.n + i] - plus(down)) <= 1e-13 * 20);
        }
    }
}

TEST_CASE("interneurons make both rates of a pair rise for a moment, and settling later") {
    AreaSpec spec;
    spec.columns = 12, spec.heads = 2, spec.d_model = 32, spec.d_head = 16, spec.d_ff = 32;
    spec.dt_ms = 0.2;
    double most = 0;
    const auto settled_ms = [&](const AreaSpec& with, std::uint64_t seed) {
        const auto weights = small_weights(with, 1, seed);
        const Segment in = tokens(with, seed + 1);
        auto area = make_area(with, weights, 1);
        area->present(in);
        const auto goal = reference_block(with, weights, in.x, in.x, {}).resid_post;
        double last_ms = 0;
        for (int step = 0; step * with.dt_ms < 600; ++step) {
            area->advance(step);
            if (relative_error(rates(*area, "output"), goal) > 1e-6)
                last_ms = (step + 1) * with.dt_ms;
            if (!with.dale) continue;
            const auto r = pairs(*area, "L4E");
            double both = 0;
            for (std::size_t i = 0; i < r.size() / 2; ++i)
                both += std::min(r[i], r[r.size() / 2 + i]) - with.baseline;
            most = std::max(most, both / double(r.size() / 2));
        }
        return last_ms;
    };
    for (const Norm norm : {Norm::none, Norm::pre, Norm::post}) {
        spec.norm = norm;
        double without = 0, with = 0;
        for (std::uint64_t seed = 1; seed <= 4; ++seed)
            without += settled_ms(spec, seed) / 4, with += settled_ms(under_dale(spec), seed) / 4;
        std::printf("norm %d: output within 1e-6 of the block after %.0f ms, with interneurons "
                    "%.0f ms\n",
                    int(norm), without, with);
        CHECK(with > without);
        CHECK(with < 400);
    }
    std::printf("co-activation of L4E up to %.3f\n", most);
    CHECK(most > 0.1);
}

TEST_CASE("Dale's column is integrated to second order, as dopri5 judges", "[physics]") {
    for (const Norm norm : {Norm::none, Norm::pre, Norm::post}) {
        AreaSpec spec = under_dale(small_spec());
        spec.norm = norm, spec.norm_epsilon = 1e-2;
        const auto weights = small_weights(spec, 1);
        const auto at = [&](Integrator integrator, double dt_ms) {
            return at_60_ms(spec, weights, integrator, dt_ms);
        };
        const auto dopri5 = at(Integrator::dopri5, 0.5);
        const double coarse = largest_difference(at(Integrator::exponential, 0.2), dopri5);
        const double fine = largest_difference(at(Integrator::exponential, 0.05), dopri5);
        std::printf("Dale, exponential against dopri5, norm %d: %.2e (0.2 ms) %.2e (0.05 ms)\n",
                    int(norm), coarse, fine);
        CHECK(fine <= 2e-3);
        CHECK(fine <= coarse / 8 + 1e-8);
    }
}

TEST_CASE("settled inputs are where the column would go") {
    for (const Norm norm : {Norm::none, Norm::pre}) {
        AreaSpec spec = under_dale(small_spec());
        spec.norm = norm;
        auto area = started_dale(spec), waited = started_dale(spec);
        area->settle_inputs();
        run(*waited, 600, spec.dt_ms);
        for (const char* name : {"L4E", "L23E", "L5apical", "x_I", "L4E_I"})
            CHECK(largest_difference(pairs(*area, name), pairs(*waited, name)) <= 1e-12);
    }
}

TEST_CASE("without balance a value has the closed form of its pair") {
    AreaSpec spec = under_dale(small_spec());
    spec.dale_balance = 0.9;
    const auto w = small_weights(spec, 1);
    const Segment in = tokens(spec, 2);
    auto area = started_dale(spec);
    run(*area, 600, spec.dt_ms);
    const auto v = rates(*area, "L4E");
    for (int i = 0; i < 40; ++i) {
        const int column = i / 8, to = i % 8;
        double net = w.b_V[to], common = 0;
        for (int j = 0; j < 8; ++j) {
            const double x = in.x[column * 8 + j], W = w.W_V[to * 8 + j];
            net += 0.95 * W * x;
            common += 0.05 * std::fabs(W) * (2 * spec.baseline + std::fabs(x));
        }
        CHECK(v[i] ==
              Approx(std::max(common + net, 0.0) - std::max(common - net, 0.0)).margin(1e-12));
    }
}

TEST_CASE("noise of a pair depends on its baseline, because a rate cannot be negative") {
    // a population at rest: r+ - r- has twice the variance of one rate far from 0, and less at 0
    AreaSpec spec = under_dale(small_spec());
    spec.noise.L6E = 0.3;
    spec.columns = 10;
    Segment silent;
    silent.x.assign(80, 0);
    auto weights = small_weights(spec, 1);
    for (auto* b : {&weights.b_V, &weights.b_O}) std::fill(b->begin(), b->end(), 0.0);
    const auto moments = [&](double baseline) {
        spec.baseline = baseline;
        auto area = make_area(spec, weights, 1);
        area->present(silent);
        double lowest = 1e9, square = 0, sum = 0;
        int n = 0;
        for (int step = 0; step < 40000; ++step) {
            area->advance(step);
            if (step < 1000 || step % 20 != 0) continue;
            const auto r = pairs(*area, "L6E");
            for (int i = 0; i < 80; ++i) {
                lowest = std::min({lowest, r[i], r[80 + i]});
                square += (r[i] - r[80 + i]) * (r[i] - r[80 + i]);
                sum += r[i] + r[80 + i] - 2 * baseline;
                ++n;
            }
        }
        CHECK(lowest >= 0);
        return std::pair{square / n, sum / n / 2};
    };
    const auto [far, far_shift] = moments(2);
    const auto [none, none_shift] = moments(0);
    const double sd = 0.3 / std::sqrt(2.0);
    // 80 units x 4000 ms / 40 ms = 8000 independent values: SD of the variance 1.6 %
    CHECK(far == Approx(2 * sd * sd).epsilon(0.06));
    CHECK(std::fabs(far_shift) <= 0.01);
    // a reflected process at its wall: half a normal distribution, mean sd sqrt(2 / pi), variance
    // sd^2 (1 - 2 / pi); the wall acts once per step, which moves it by 0.58 sd sqrt(2 dt / tau)
    std::printf("noise of a pair at r_0 = 0: variance %.4f, of r_0 = 2 %.4f; mean shift %.3f\n",
                none, far, none_shift);
    CHECK(none == Approx(2 * sd * sd * (1 - 2 / 3.141592653589793)).epsilon(0.1));
    CHECK(none_shift == Approx(sd * std::sqrt(2 / 3.141592653589793)).epsilon(0.1));
}

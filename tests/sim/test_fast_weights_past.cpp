/// When fast weights are read and written: a trial begins with those of a long rest, and what is
/// recalled is as old as the delay.
#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <string>

#include "models/scores/linear.hpp"
#include "sim/area_layout.hpp"
#include "sim/small_areas.hpp"

using namespace lamina;
using namespace lamina::test;

namespace {

std::vector<double> phi_of_each(const std::vector<double>& x) {
    std::vector<double> phi;
    for (const double one : x) phi.push_back(Linear::phi(one));
    return phi;
}

/// A small column in which a trial with these tokens has gone on for a while, 1 ms of delay.
struct Running {
    AreaSpec spec;
    AreaLayout at;
    std::unique_ptr<Area> area;

    static AreaSpec spec_of(int in_degree) {
        AreaSpec spec = fast_spec(3, 1, 2, "pv_log");
        spec.spiking.n_neurons = 50, spec.spiking.in_degree = in_degree;
        spec.spiking.fast_tau_ms = 20, spec.spiking.delay_ms = 1;
        return spec;
    }
    explicit Running(int in_degree) : spec(spec_of(in_degree)), at(spec) {
        area = make_area(spec, small_weights(spec, 1), 1);
        area->present(tokens(spec, 2));
        area->settle_inputs();
        run(*area, 30, spec.dt_ms);
    }
    std::vector<double> now(const StateSpan& span) const {
        const std::vector<double> all = area->state();
        const auto first = all.begin() + std::ptrdiff_t(span.first);
        return {first, first + std::ptrdiff_t(span.size())};
    }
};

/// The first step after which `read` tells apart a column and one whose present values of `changed`
/// alone, none of the past, were others before; -1: none within twice the delay.
std::int64_t first_told_apart(int in_degree, const StateSpan AreaLayout::*changed,
                              const StateSpan AreaLayout::*read) {
    Running one(in_degree), two(in_degree);
    std::vector<double> state = two.area->state();
    const StateSpan& span = two.at.*changed;
    // far enough to be seen in the first spikes; of a pair r+ and r- change places
    if (span.pair)
        std::swap_ranges(state.begin() + std::ptrdiff_t(span.first),
                         state.begin() + std::ptrdiff_t(span.first + span.n),
                         state.begin() + std::ptrdiff_t(span.first + span.n));
    for (std::size_t i = span.first; i < span.end(); ++i) state[i] *= span.pair ? 5 : -50;
    two.area->set_state(state);
    const std::int64_t delay_steps = 10, from = 300;
    for (std::int64_t step = 0; step < 2 * delay_steps; ++step) {
        one.area->advance(from + step), two.area->advance(from + step);
        if (one.now(one.at.*read) != two.now(two.at.*read)) return step;
    }
    return -1;
}

} // namespace

TEST_CASE("a trial begins with the fast weights of a long rest, whatever was before") {
    for (const std::string inhibition : {"pv_log", "none"}) {
        INFO(inhibition);
        AreaSpec spec = fast_spec(3, 2, 2, inhibition.c_str());
        spec.spiking.n_neurons = 5, spec.spiking.in_degree = 5, spec.spiking.PV_neurons = 5;
        const auto area = make_area(spec, small_weights(spec, 1), 1);
        const bool divided = inhibition == "pv_log";
        const auto check = [&](std::size_t n_values, const std::vector<double>& keys,
                               const std::vector<double>& queries) {
            CHECK(rates(*area, "L23phi") == keys);
            CHECK(rates(*area, "L5phi") == queries);
            CHECK(rates(*area, "L5fast") == std::vector<double>(n_values, 0));
            if (!divided) return;
            // phi(0) = 1 of each of three columns; PV tells the logarithm of what it divides by
            CHECK(rates(*area, "L5fast_sum") == std::vector<double>(4, 3));
            const auto p = rates(*area, "PV"), A = rates(*area, "PV_dendrite");
            for (std::size_t head = 0; head < 2; ++head)
                for (std::size_t column = 0; column < 3; ++column) {
                    const double* const phi = queries.data() + column * 4 + head * 2;
                    // 40 time constants of PV
                    CHECK(p[head * 3 + column] ==
                          Approx(std::log(3 * (phi[0] + phi[1]))).epsilon(1e-6));
                    CHECK(A[head * 3 + column] == Approx(1).epsilon(1e-6));
                }
        };
        const std::vector<double> rest(12, 1); // phi(0)
        check(8, rest, rest);
        area->present(tokens(spec, 2));
        run(*area, 20, spec.dt_ms);
        CHECK(rates(*area, "L23phi") != rest);
        area->reset(3, 1);
        check(8, rest, rest);
        area->present(tokens(spec, 2));
        area->settle_inputs();
        check(8, phi_of_each(rates(*area, "L23E")), phi_of_each(rates(*area, "L5apical")));
    }
}

TEST_CASE("fast weights are asked, divided and recalled as of a delay ago, and learn of now") {
    using At = AreaLayout;
    constexpr std::int64_t delay_steps = 10;
    for (const int in_degree : {50, 25}) { // of 50: with what cells hear themselves, and without
        INFO("hears " << in_degree);
        // cells are asked for other rates as soon as it is there: their first spike may be later
        const auto late = [&](const char* what, const StateSpan At::*changed,
                              const StateSpan At::*read) {
            INFO(what);
            CHECK(first_told_apart(in_degree, changed, read) >= delay_steps);
        };
        late("keys, of L23phi", &At::k, &At::phi_k);
        late("queries, of L5phi", &At::q, &At::phi_q);
        late("the memory, of L5E", &At::M, &At::o);
        if (in_degree == 50) late("L5phi, of L5E", &At::phi_q, &At::o); // else its spikes are heard
        CHECK(first_told_apart(in_degree, &At::phi_q, &At::p) == delay_steps);
        CHECK(first_told_apart(in_degree, &At::z_phi, &At::p) == delay_steps);
        // as soon as a feature spikes
        const std::int64_t learnt = first_told_apart(in_degree, &At::v, &At::M);
        CHECK((learnt >= 0 && learnt < delay_steps / 2));
    }
}

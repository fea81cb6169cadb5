/// The area's attention step, block by block, has the bits of its three stages one after the other:
/// no row reads another's numbers, and blocking changes no chain of the products.
#include <catch2/catch.hpp>

#include "kernels/cpu/attention_step.hpp"
#include "sim/area_circuit.hpp"
#include "sim/gate_stage.hpp"
#include "sim/small_areas.hpp"
#include "support/same_bits.hpp"

using namespace lamina;
using namespace lamina::test;

namespace {

constexpr double attend_dt_ms = 0.5;

/// One area's layer 5 with its own state.
template <class Real> struct Layer5 {
    Layer5(const AreaSpec& spec, const Segment& in)
        : circuit(spec, small_weights(spec, 2), 1), at(circuit.layout), s(at.size), drive(at.a.n),
          routed(at.o.n) {
        circuit.present(in);
        const auto fill = [&](const StateSpan& span, double mean, double sd, std::uint64_t which) {
            const auto x = gaussian(span.size(), sd, 3, which);
            for (std::size_t i = 0; i < x.size(); ++i) s[span.first + i] = Real(mean + x[i]);
        };
        fill(at.q, 0, 1, 1), fill(at.k, 0, 1, 2), fill(at.v, 0, 1, 3);
        fill(at.r, 0.2, 0.01, 4), fill(at.p, 1, 0.1, 5), fill(at.p_lagged, 1, 0.1, 6);
        fill(at.a, 1.0 / spec.columns, 0.1 / spec.columns, 7);
        GateParameters par;
        par.inhibition = spec.inhibition;
        par.n_rows = int(at.p.n), par.n_keys = spec.columns;
        par.PV_lag_ms = spec.tau.PV_lag_ms, par.PV_delay_ms = spec.PV_delay_ms;
        par.dt_ms = attend_dt_ms;
        gates = make_gate_stage<Real>(par);
        gates->reset_history(s.data() + at.p.first);
        circuit.log_drive(s.data(), drive.data());
        gates->refresh(view(drive.data()));
    }
    GateRowsView<Real> view(const Real* log_drive) {
        return {log_drive, s.data() + at.a.first, s.data() + at.p.first,
                s.data() + at.p_lagged.first, circuit.input().open_rows.data()};
    }
    void move_queries() {
        for (std::size_t i = 0; i < at.q.n; ++i) s[at.q.first + i] *= Real(-0.9);
    }
    void in_stages(const Real* noise_p, const Real* noise_gate) {
        circuit.log_drive(s.data(), drive.data());
        gates->advance(view(drive.data()), 0, at.p.n, noise_p, noise_gate);
        circuit.input_o(s.data(), routed.data());
    }
    int in_blocks(const Real* noise_p, const Real* noise_gate) {
        int n_blocks = 0;
        circuit.attend(
            s.data(),
            [&](std::size_t first, std::size_t last, const Real* log_drive) {
                gates->advance(view(log_drive), first, last, noise_p, noise_gate);
                ++n_blocks;
            },
            routed.data());
        return n_blocks;
    }

    AreaCircuit<Real> circuit;
    const AreaLayout& at;
    std::vector<Real> s, drive, routed;
    std::unique_ptr<GateStage<Real>> gates;
};

} // namespace

TEMPLATE_TEST_CASE("attend: the bits of scores, gates and routing one after the other", "", float,
                   double) {
    using Real = TestType;
    struct Case {
        const char *score, *inhibition;
        double lag_ms, delay_ms;
        bool masked, noisy;
    };
    const std::vector<Case> cases = {
        {"multiplicative", "pv_log", 0, 0, false, false},
        {"multiplicative", "pv_log", 0, 1.3, true, true},
        {"multiplicative", "pv_log", 2, 1, false, false},
        {"multiplicative", "pv_finite", 2, 0, true, false},
        {"multiplicative", "pv_linear", 0, 0, false, true},
        {"multiplicative", "oracle", 0, 0, true, false},
        {"multiplicative", "none", 0, 0, false, false},
        {"additive_exponential", "pv_log", 0, 0, false, false},
        {"additive_exponential", "pv_divisive", 0, 0, true, false},
        {"apical", "pv_log", 0, 0, true, false},
        {"linear", "pv_log", 0, 0, false, false},
        {"linear", "pv_divisive", 0, 0, true, false},
        {"quarter_square", "pv_log", 0, 0, false, false},
        {"quarter_square", "pv_log", 0, 1.3, true, true},
    };
    for (const Case& c : cases) {
        INFO(c.score << ", " << c.inhibition << ", lag " << c.lag_ms << " ms, delay " << c.delay_ms
                     << " ms" << (c.masked ? ", masked" : "") << (c.noisy ? ", noisy" : ""));
        AreaSpec spec;
        spec.columns = 331, spec.heads = 2, spec.d_model = 8, spec.d_head = 4;
        spec.score = c.score, spec.inhibition = c.inhibition;
        spec.score_units = 24, spec.divisive_n = 1.5, spec.dt_ms = attend_dt_ms;
        spec.tau.PV_lag_ms = c.lag_ms, spec.PV_delay_ms = c.delay_ms;
        if (c.masked) spec.attention = Attention::causal;
        Segment in = tokens(spec, 2);
        if (c.masked) in.masked.assign(331, 0), in.masked[0] = in.masked[200] = 1;
        Layer5<Real> staged(spec, in), blocked(spec, in);

        std::vector<Real> noise;
        for (const double x : gaussian(staged.at.a.n, 1e-4, 3, 8)) noise.push_back(Real(x));
        const Real* add = c.noisy ? noise.data() : nullptr;
        for (int step = 0; step < 6; ++step) {
            INFO("step " << step);
            staged.move_queries(), blocked.move_queries();
            const auto before = blocked.s;
            staged.in_stages(add, add);
            // in more than one block per head, else this compares nothing
            REQUIRE(blocked.in_blocks(add, add) > spec.heads);
            REQUIRE(same_bits(blocked.s, staged.s));
            REQUIRE(same_bits(blocked.routed, staged.routed));
            REQUIRE(!same_bits(blocked.s, before)); // something moved
        }
        REQUIRE(same_bits(blocked.gates->history(), staged.gates->history()));
    }
}

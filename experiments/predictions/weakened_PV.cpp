/// Half of PV's effect gone: the weights keep their ratios, and sum to a power of Z.
///
/// Weakening PV -> gate by w in a loop of gain kappa is a loop of gain w kappa and time constant
/// tau_p / w: with p' = w p, tau_p dp'/dt = w psi(A) - p' / kappa.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "experiments/predictions/sessions.hpp"

namespace lamina::predictions {
namespace {

constexpr double left = 0.5;                             ///< of PV's effect
constexpr double before_reading_ms = 300, read_ms = 700; ///< of one presentation

} // namespace

std::vector<Prediction> weakened_PV(const Sessions& sessions, double kappa) {
    const laws::Laboratory& lab = sessions.lab;
    const int n_keys = lab.gates.n_keys;
    std::vector<double> doublings(n_sessions), law(n_sessions);
    lab.for_each(n_sessions, [&](std::size_t session) {
        const auto scores =
            laws::random_scores(lab, 1, n_keys, laws::broad_score_sd, std::uint32_t(session));
        const auto mean_sum = [&](double w, int part) {
            GateLoopSpec spec = lab.loop(1, n_keys, scores);
            spec.gates.inhibition = "pv_finite";
            spec.gates.kappa = w * kappa, spec.gates.tau_PV_ms = lab.gates.tau_PV_ms / w;
            GateLoop loop = sessions.loop(spec, noise_number(5, session, part));
            double sum = 0;
            const auto first = std::llround(before_reading_ms / lab.dt_ms);
            const auto last = std::llround((before_reading_ms + read_ms) / lab.dt_ms);
            for (std::int64_t step = 0; step < last; ++step) {
                loop.step(lab.dt_ms);
                if (step >= first) sum += loop.gate_sum(0) / double(last - first);
            }
            return sum;
        };
        doublings[session] = std::log2(mean_sum(left, 1) / mean_sum(1, 0));
        const double log_Z = GateLoop(lab.loop(1, n_keys, scores)).log_normaliser()[0];
        law[session] = (1 / (1 + left * kappa) - 1 / (1 + kappa)) * log_Z / std::log(2.0);
    });

    Prediction out;
    out.id = "weakened_PV";
    out.statement = fmt::format(
        "With half of PV inhibition blocked the summed output of the gates rises only from "
        "Z^(1/{:g}"
        ") to Z^(1/{:g}), Z the summed drive; which item wins, and the entropy of the normalised "
        "weights, do not change.",
        1 + kappa, 1 + left * kappa);
    out.quantity = "log2 of summed gate output, half of PV blocked over intact";
    out.measurement = fmt::format(
        "summed bursts of the layer 5 gating cells of one column, {:.0f} ms of a stimulus with {} "
        "competing items of score SD {:g}, alternating presentations with and without optogenetic "
        "silencing of half of the PV cells",
        read_ms, n_keys, laws::broad_score_sd);
    out.direction = "rises, by less than a doubling";
    out.effect.unit = "doublings";
    // a = D / (w P): halving the divisor doubles every weight, whatever the drive
    out.rival = "divisive normalisation by a pool: halving the divisor doubles the output (1 "
                "doubling), however many items compete";
    judge(out, doublings, std::log2(1 / left), lab);
    out.trial_s = 2 * (before_reading_ms + read_ms) * 1e-3;
    out.needed_what = "pairs of presentations";
    out.falsifier = "output that doubles, or that does not depend on how many items compete; "
                    "changed ratios between the gates";
    out.assumption = fmt::format("loop gain kappa = {:g}; {}; closed form {:.3f} doublings", kappa,
                                 sessions.noise, analysis::mean(law));
    out.source = "docs/model.md, inhibition of the gate: sum of gates Z^(1 / (1 + kappa))";
    return {out};
}

} // namespace lamina::predictions

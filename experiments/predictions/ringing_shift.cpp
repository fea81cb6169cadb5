/// Slower PV, slower gamma after a kick: the frequency belongs to the loop.
#include <cmath>

#include <fmt/format.h>

#include "experiments/predictions/sessions.hpp"

namespace lamina::predictions {
namespace {

constexpr double slower = 1.5;

} // namespace

std::vector<Prediction> ringing_shift(const Sessions& sessions) {
    const laws::Laboratory& lab = sessions.lab;
    const laws::LoopTimes intact = lab.times(), slow{intact.gate_ms, slower * intact.PV_ms};
    if (std::isnan(laws::ringing_Hz(slow))) return {};
    // long enough for three cycles of the slower loop
    const double duration_ms = 3e3 / laws::ringing_Hz(slow);
    const double every_ms = duration_ms + before_kick_ms(intact);
    std::vector<double> shift_Hz(n_sessions), intact_Hz(n_sessions);
    lab.for_each(n_sessions, [&](std::size_t session) {
        const auto measured = [&](laws::LoopTimes times, int part) {
            GateLoopSpec spec = lab.loop(1, laws::any_keys);
            spec.gates.tau_PV_ms = times.PV_ms;
            return ringing_of(average_kick(sessions, spec, kick, duration_ms, repeats,
                                           noise_number(1, session, part)),
                              lab.dt_ms, times);
        };
        intact_Hz[session] = measured(intact, 0);
        shift_Hz[session] = measured(slow, repeats) - intact_Hz[session];
    });

    Prediction out;
    out.id = "ringing_shift";
    out.statement = fmt::format("When PV cells integrate {:g} times more slowly, the oscillation "
                                "that follows a brief pulse "
                                "to them falls from {:.1f} to {:.1f} Hz, whatever is attended.",
                                slower, laws::ringing_Hz(intact), laws::ringing_Hz(slow));
    out.quantity = "change in frequency of the damped oscillation after a pulse to PV cells";
    out.measurement = fmt::format(
        "light pulses to PV cells, one every {:.0f} ms; their population rate averaged over {} "
        "pulses, a damped sinusoid fitted to the first {:.0f} ms; before and during slowing of PV "
        "(local cooling, blockers of Kv3 channels)",
        every_ms, repeats, duration_ms);
    out.direction = "falls";
    out.effect.unit = "Hz";
    out.rival =
        "divisive normalisation from feed-forward inhibition: no loop, hence no ringing and "
        "no frequency to shift (0 Hz)";
    judge(out, shift_Hz, 0, lab);
    out.trial_s = 2 * repeats * every_ms * 1e-3;
    out.needed_what = fmt::format("pairs of blocks of {} pulses", repeats);
    out.falsifier = "no damped oscillation after the pulse, or one whose frequency does not move "
                    "when PV is slowed";
    out.assumption = sessions.noise;
    out.source = "docs/model.md, four facts about the PV loop: (1 / 2 pi) sqrt(1 / (tau_g tau_p) - "
                 "1 / (4 tau_g^2))";
    return {out};
}

} // namespace lamina::predictions

/// One loop, three spectral peaks: PV, the synaptic current of the gates, and their spikes.
#include <cmath>

#include <fmt/format.h>

#include "experiments/laws/laws.hpp"
#include "experiments/predictions/sessions.hpp"

namespace lamina::predictions {
namespace {

constexpr double recording_s = 60;

} // namespace

std::vector<Prediction> separate_peaks(const Sessions& sessions) {
    const laws::Laboratory& lab = sessions.lab;
    const laws::LoopTimes times = lab.times();
    const double law_PV = laws::PV_peak_Hz(times), law_spikes = laws::spike_peak_Hz(times);
    if (std::isnan(law_PV)) return {};
    std::vector<double> apart_Hz(n_sessions);
    lab.for_each(n_sessions, [&](std::size_t session) {
        const laws::Peaks peaks = laws::peaks_of_recording(lab, sessions.sum_sigma, recording_s,
                                                           noise_number(2, session, 0));
        apart_Hz[session] = peaks.spikes_Hz - peaks.PV_Hz;
    });

    Prediction out;
    out.id = "separate_peaks";
    out.statement = fmt::format(
        "During sustained attention PV cells, the currents of the gating cells and their spikes "
        "peak at three frequencies ({:.1f}, {:.1f}, {:.1f} Hz), none of them the frequency of the "
        "ringing after a pulse.",
        law_PV, laws::gate_peak_Hz(times), law_spikes);
    out.quantity = "gamma peak of the gating cells' spikes minus gamma peak of PV activity";
    out.measurement = fmt::format("power spectra of the summed spikes of identified gating "
                                  "pyramidal cells and of PV cells of "
                                  "one column, {:g} s of steady stimulation",
                                  recording_s);
    out.direction = "above 0";
    out.effect.unit = "Hz";
    out.rival = "a common gamma rhythm, imposed or from one oscillator: all signals peak at one "
                "frequency (0 Hz)";
    judge(out, apart_Hz, 0, lab);
    out.trial_s = recording_s;
    out.needed_what = fmt::format("recordings of {:g} s", recording_s);
    out.falsifier = "the same peak in PV activity and gate spikes, or the opposite order";
    out.assumption = sessions.noise;
    out.source = "docs/model.md, four facts about the PV loop; spectra of the linearised loop";
    return {out};
}

} // namespace lamina::predictions

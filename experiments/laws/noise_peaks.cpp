/// Noise: where PV, the filtered gates and the gates' spikes peak, each on its own.
#include <algorithm>
#include <cmath>

#include "analysis/spectrum.hpp"
#include "experiments/laws/laws.hpp"

namespace lamina::laws {
namespace {

/// Sum of the gates then scatters by some 4 %: the loop stays in the linear range of the law.
constexpr double recording_sum_sigma = 0.05;
constexpr double noise_duration_s = 120; ///< of a recording: a peak is then known to some 1 %
constexpr double steps_per_tau = 40;
constexpr std::size_t noise_segment =
    16384; ///< some 1 s at the defaults: 1 Hz, for peaks 30 Hz wide
constexpr double highest_noise_Hz = 150;

struct LoopRecording {
    analysis::Spectrum spectrum[n_signals];
};

/// The highest point, an octave and a half to each side of the undamped loop.
double peak_near(const analysis::Spectrum& spectrum, const Laboratory& lab) {
    const double centre_Hz = gate_peak_Hz(lab.times());
    return analysis::peak_Hz(spectrum, centre_Hz / 2.8, centre_Hz * 2.8);
}

double step_ms(const Laboratory& lab) {
    return std::min(lab.gates.tau_gate_ms, lab.gates.tau_PV_ms) / steps_per_tau;
}

LoopRecording record_noise(const Laboratory& lab, double sigma, double seconds,
                           std::uint32_t number) {
    GateLoopSpec spec = lab.loop(1, any_keys);
    spec.noise_gate = sigma / std::sqrt(double(any_keys));
    const double dt_ms = step_ms(lab);
    spec.trial = number;
    GateLoop loop(spec);
    loop.start(loop.softmax(), loop.log_normaliser());
    // over one step a filtered gate keeps this much; the rest is the spikes that arrived
    const double kept = std::exp(-dt_ms / spec.gates.tau_gate_ms);
    Numbers x[n_signals];
    const auto n_steps = std::llround((settle_ms + seconds * 1e3) / dt_ms);
    double before = 1;
    for (std::int64_t step = 1; step <= n_steps; ++step) {
        loop.step(dt_ms);
        const double sum = loop.gate_sum(0);
        if (double(step) * dt_ms > settle_ms) {
            x[PV].push_back(loop.p()[0]);
            x[gates].push_back(sum);
            x[spikes].push_back((sum - kept * before) / (1 - kept));
        }
        before = sum;
    }
    LoopRecording out;
    for (int s = 0; s < n_signals; ++s)
        out.spectrum[s] = analysis::welch(x[s], dt_ms, noise_segment);
    return out;
}

} // namespace

std::size_t noise_peak_items(const Laboratory& lab) {
    return std::size_t(lab.task.loop.recordings);
}

NoisePeaks measure_noise_peaks(const Laboratory& lab) {
    NoisePeaks out;
    out.times = lab.times();
    out.signals = {"PV", "gates", "spikes"};
    out.duration_s = noise_duration_s;
    out.law_peak_Hz = {PV_peak_Hz(out.times), gate_peak_Hz(out.times), spike_peak_Hz(out.times)};
    const std::size_t n = noise_peak_items(lab);
    std::vector<LoopRecording> recordings(n);
    out.peak_Hz.assign(n_signals * n, none);
    lab.for_each(n, [&](std::size_t item) {
        recordings[item] =
            record_noise(lab, recording_sum_sigma, noise_duration_s, std::uint32_t(item));
        for (int s = 0; s < n_signals; ++s)
            out.peak_Hz[std::size_t(s) * n + item] = peak_near(recordings[item].spectrum[s], lab);
    });
    if (lab.stopped()) return out;
    for (const double f : recordings[0].spectrum[0].frequency_Hz)
        if (f > 0 && f <= highest_noise_Hz) out.frequency_Hz.push_back(f);
    for (int s = 0; s < n_signals; ++s) {
        std::vector<analysis::Spectrum> spectra;
        for (const LoopRecording& recording : recordings) spectra.push_back(recording.spectrum[s]);
        const analysis::Spectrum mean = analysis::mean_of(spectra);
        for (std::size_t k = 0; k < out.frequency_Hz.size(); ++k) {
            out.density.push_back(mean.density[k + 1]); // without 0 Hz
            const NoiseDensities law =
                noise_densities(out.times, recording_sum_sigma, out.frequency_Hz[k]);
            out.law_density.push_back(s == PV ? law.PV : s == gates ? law.gates : law.spikes);
        }
    }
    return out;
}

Peaks peaks_of_recording(const Laboratory& lab, double sigma, double seconds,
                         std::uint32_t number) {
    const LoopRecording recording = record_noise(lab, sigma, seconds, number);
    return {peak_near(recording.spectrum[PV], lab), peak_near(recording.spectrum[gates], lab),
            peak_near(recording.spectrum[spikes], lab)};
}

void add(Image& image, const NoisePeaks& found) {
    const std::string at = "loop/spectrum";
    image.coordinate(at, "signal", found.signals, "1",
                     "PV; the filtered gates, summed; the gates' spikes, summed");
    image.coordinate(at, "frequency", found.frequency_Hz, "Hz", "frequency");
    image.dimension(at, "recording", found.peak_Hz.size() / found.signals.size());
    image.variable(at, "density", {"signal", "frequency"}, found.density, "1/Hz",
                   "one-sided power spectral density, mean over recordings");
    image.variable(at, "law_density", {"signal", "frequency"}, found.law_density, "1/Hz",
                   "the same of the linearised loop");
    image.variable(at, "peak_Hz", {"signal", "recording"}, found.peak_Hz, "Hz",
                   "frequency of the maximum");
    image.variable(at, "law_peak_Hz", {"signal"}, found.law_peak_Hz, "Hz",
                   "frequency of the maximum of the linearised loop");
    image.attribute(at, "recording_s", found.duration_s);
}

Json summary_of(const NoisePeaks& found, const Laboratory& lab) {
    Json out;
    const std::size_t n = found.peak_Hz.size() / found.signals.size();
    double worst = 0;
    for (std::size_t s = 0; s < found.signals.size(); ++s) {
        const auto first = found.peak_Hz.begin() + std::ptrdiff_t(s * n);
        const Json peak = interval_of({first, first + std::ptrdiff_t(n)}, lab.confidence);
        const double law = found.law_peak_Hz[s];
        if (!std::isnan(law)) {
            // no recording may have a peak at all
            const double mean = peak["mean"].is_null() ? none : peak["mean"].get<double>();
            const double off = std::fabs(mean / law - 1);
            worst = worse(worst, off);
        }
        out[found.signals[s]] = {{"peak_Hz", peak}, {"law_Hz", law}};
    }
    out["largest_relative_difference"] = worst;
    return out;
}

} // namespace lamina::laws

/// Rhythm: where spikes, the loop's own noise, make it peak, and how it rings after a step.
#include <algorithm>
#include <cmath>

#include "analysis/spectrum.hpp"
#include "experiments/laws/damped_sinusoid.hpp"
#include "experiments/laws/spiking_laws.hpp"

namespace lamina::laws {
namespace {

constexpr double rhythm_duration_s = 60;      ///< of a recording
constexpr std::size_t rhythm_segment = 16384; ///< 1.6 s at 0.1 ms: 0.6 Hz, for peaks 16 Hz wide
constexpr double highest_rhythm_Hz = 250;

constexpr double score_step = 0.2; ///< of all scores of a row: PV follows by as much
constexpr int n_trials = 1024, ringing_neurons = 200;
constexpr double sample_ms = 0.5; ///< about: a whole number of steps
constexpr double response_ms = 60, before_step_ms = 30;
constexpr double fit_until = 0.02; ///< of the step: what is smaller is left by the spikes

/// The spec's own pair, and four more with tau_p <= 0.7 tau_g: PV then peaks clearly.
std::vector<LoopTimes> pairs_of(LoopTimes own) {
    std::vector<LoopTimes> pairs = {own};
    const double g = own.gate_ms;
    for (const auto& [gate, ratio] : {std::pair{1.0, 0.3}, {1.0, 0.7}, {2.0, 0.3}, {2.0, 0.6}})
        pairs.push_back({gate * g, ratio * gate * g});
    return pairs;
}

std::int64_t steps_per_sample(const Laboratory& lab) {
    return std::max<std::int64_t>(1, steps_in(sample_ms, lab));
}

SpikingGatesSpec gates_of(const Laboratory& lab, LoopTimes times, int n_rows, int n_neurons) {
    SpikingGatesSpec spec = spiking_gates(lab, n_rows, any_keys, {}, n_neurons);
    spec.gates.tau_gate_ms = times.gate_ms, spec.gates.tau_PV_ms = times.PV_ms;
    return spec;
}

/// Sum of the gates and what it carries of noise: spikes of rate nR in all, each worth 1 / (n R).
double spiking_sum_sigma(const Laboratory& lab, LoopTimes times, double n_neurons) {
    return std::sqrt(1 / (n_neurons * lab.task.loop.rate_Hz * 1e-3 * times.gate_ms));
}

std::vector<analysis::Spectrum> record_spikes(const Laboratory& lab, LoopTimes times, int n_neurons,
                                              std::uint32_t number) {
    SpikingGatesSpec spec = gates_of(lab, times, 1, n_neurons);
    spec.trial = number;
    const auto loop = settled(spec);
    const double per_spike = 1 / (n_neurons * spec.rate_Hz * 1e-3 * lab.dt_ms);
    Numbers x[n_signals];
    const auto first = std::llround(settle_ms / lab.dt_ms),
               last = first + std::llround(rhythm_duration_s * 1e3 / lab.dt_ms);
    for (std::int64_t step = 0; step < last; ++step) {
        loop->step();
        if (step < first) continue;
        double n = 0;
        for (const std::uint32_t of_gate : loop->n_spikes()) n += of_gate;
        x[PV].push_back(loop->p()[0]);
        x[gates].push_back(loop->sums()[0]);
        x[spikes].push_back(n * per_spike);
    }
    std::vector<analysis::Spectrum> spectra;
    for (const Numbers& signal : x)
        spectra.push_back(analysis::welch(signal, lab.dt_ms, rhythm_segment));
    return spectra;
}

/// Mean over all recordings of a pair and a number of neurons.
std::vector<analysis::Spectrum> mean_of_recordings(const Laboratory& lab, LoopTimes times,
                                                   int n_neurons, std::size_t item) {
    const std::size_t n = std::size_t(lab.task.loop.recordings);
    std::vector<std::vector<analysis::Spectrum>> of_signal(n_signals);
    for (std::size_t k = 0; k < n && (k == 0 || !lab.stopped()); ++k) {
        const auto spectra = record_spikes(lab, times, n_neurons, std::uint32_t(item * n + k));
        for (int s = 0; s < n_signals; ++s)
            of_signal[std::size_t(s)].push_back(spectra[std::size_t(s)]);
    }
    std::vector<analysis::Spectrum> means;
    for (const auto& spectra : of_signal) means.push_back(analysis::mean_of(spectra));
    return means;
}

/// p after all scores of a row have risen, minus p of the same trials without, mean over trials.
Numbers response_of(const Laboratory& lab, LoopTimes times, std::uint32_t number) {
    const SpikingGatesSpec base = gates_of(lab, times, n_trials, ringing_neurons);
    Numbers difference;
    for (const double sign : {1.0, -1.0}) {
        SpikingGatesSpec spec = base;
        spec.trial = number;
        const auto loop = settled(spec);
        run_for(before_step_ms, lab, *loop);
        if (sign > 0) loop->set_scores(Numbers(std::size_t(n_trials) * any_keys, score_step));
        const std::int64_t every = steps_per_sample(lab);
        std::size_t sample = 0;
        for (std::int64_t step = 0; step <= steps_in(response_ms, lab); ++step) {
            if (step % every == 0) {
                double mean = 0;
                for (const double p : loop->p()) mean += p / n_trials;
                if (difference.size() <= sample) difference.push_back(0);
                difference[sample++] += sign * mean;
            }
            loop->step();
        }
    }
    return difference;
}

/// Fitted to what is left of the step.
double ringing_of(const Numbers& response, double every_ms) {
    Numbers left;
    for (const double p : response) left.push_back(p - score_step);
    std::size_t last = 0;
    for (std::size_t n = 0; n < left.size(); ++n)
        if (std::fabs(left[n]) >= fit_until * score_step) last = n + 1;
    return fit_damped_sinusoid(left, every_ms, 1, last).frequency_Hz;
}

} // namespace

std::size_t spike_rhythm_items(const Laboratory& lab) {
    return pairs_of(lab.times()).size() * (lab.task.loop.rhythm_neurons.size() + 1);
}

SpikeRhythm measure_spike_rhythm(const Laboratory& lab) {
    SpikeRhythm out;
    out.pairs = pairs_of(lab.times());
    out.neurons.assign(lab.task.loop.rhythm_neurons.begin(), lab.task.loop.rhythm_neurons.end());
    out.signals = {"PV", "gates", "spikes"};
    out.duration_s = rhythm_duration_s;
    const std::size_t n_pairs = out.pairs.size(), n_sizes = out.neurons.size(),
                      n_recordings = n_pairs * n_sizes;
    out.peak_Hz.assign(n_recordings * n_signals, none);
    out.ringing_Hz.assign(n_pairs, none);
    for (const LoopTimes& pair : out.pairs) {
        for (const double law : {PV_peak_Hz(pair), gate_peak_Hz(pair), spike_peak_Hz(pair)})
            out.law_peak_Hz.push_back(law);
        out.law_ringing_Hz.push_back(ringing_Hz(pair));
    }
    std::vector<std::vector<analysis::Spectrum>> own(n_sizes);
    std::vector<Numbers> responses(n_pairs);
    const double every_ms = double(steps_per_sample(lab)) * lab.dt_ms;
    lab.for_each(spike_rhythm_items(lab), [&](std::size_t item) {
        if (item >= n_recordings) {
            const std::size_t pair = item - n_recordings;
            responses[pair] = response_of(lab, out.pairs[pair], std::uint32_t(item));
            out.ringing_Hz[pair] = ringing_of(responses[pair], every_ms);
            return;
        }
        const auto [pair, size] = unfold(item, n_sizes);
        auto spectra = mean_of_recordings(lab, out.pairs[pair], int(out.neurons[size]), item);
        for (int s = 0; s < n_signals; ++s) {
            const double law = out.law_peak_Hz[pair * n_signals + std::size_t(s)];
            out.peak_Hz[item * n_signals + std::size_t(s)] =
                analysis::peak_Hz(spectra[std::size_t(s)], law / 2.5, law * 2.5);
        }
        if (pair == 0) own[size] = std::move(spectra);
    });
    if (lab.stopped()) return out;

    for (const double f : own[0][0].frequency_Hz)
        if (f > 0 && f <= highest_rhythm_Hz) out.frequency_Hz.push_back(f);
    for (std::size_t size = 0; size < n_sizes; ++size)
        for (int s = 0; s < n_signals; ++s)
            for (std::size_t k = 0; k < out.frequency_Hz.size(); ++k) {
                out.density.push_back(own[size][std::size_t(s)].density[k + 1]); // without 0 Hz
                const NoiseDensities law = noise_densities(
                    out.pairs[0], spiking_sum_sigma(lab, out.pairs[0], out.neurons[size]),
                    out.frequency_Hz[k]);
                out.law_density.push_back(s == PV ? law.PV : s == gates ? law.gates : law.spikes);
            }
    for (std::size_t t = 0; t < responses[0].size(); ++t)
        out.time_ms.push_back(double(t) * every_ms);
    for (const Numbers& response : responses)
        out.response.insert(out.response.end(), response.begin(), response.end());
    return out;
}

void add(Image& image, const SpikeRhythm& found) {
    const std::string at = "loop/spike_rhythm";
    Numbers gate_ms, PV_ms;
    for (const LoopTimes& pair : found.pairs)
        gate_ms.push_back(pair.gate_ms), PV_ms.push_back(pair.PV_ms);
    image.dimension(at, "pair", found.pairs.size());
    image.coordinate(at, "neurons", found.neurons, "1", "neurons of a gate");
    image.coordinate(at, "signal", found.signals, "1",
                     "PV; the filtered gates, summed; the gates' spikes, summed");
    image.coordinate(at, "frequency", found.frequency_Hz, "Hz", "frequency");
    image.coordinate(at, "time", found.time_ms, "ms", "time after the step of the scores");
    image.variable(at, "tau_gate_ms", {"pair"}, gate_ms, "ms", "time constant of the gates");
    image.variable(at, "tau_PV_ms", {"pair"}, PV_ms, "ms", "time constant of PV");
    image.variable(at, "peak_Hz", {"pair", "neurons", "signal"}, found.peak_Hz, "Hz",
                   "frequency of the maximum, of the mean over recordings");
    image.variable(at, "law_peak_Hz", {"pair", "signal"}, found.law_peak_Hz, "Hz",
                   "frequency of the maximum of the linearised loop");
    image.variable(at, "density", {"neurons", "signal", "frequency"}, found.density, "1/Hz",
                   "one-sided power spectral density of the first pair");
    image.variable(at, "law_density", {"neurons", "signal", "frequency"}, found.law_density, "1/Hz",
                   "the same of the linearised loop under the noise of independent spikes");
    image.variable(at, "response", {"pair", "time"}, found.response, "1",
                   "PV after all scores of a row rise by 0.2, minus PV of the same trials without, "
                   "mean over trials");
    image.variable(at, "ringing_Hz", {"pair"}, found.ringing_Hz, "Hz",
                   "frequency of the damped sinusoid fitted to that response");
    image.variable(at, "law_ringing_Hz", {"pair"}, found.law_ringing_Hz, "Hz",
                   "sqrt(1 / (tau_g tau_p) - 1 / (4 tau_g^2)) / 2 pi");
    image.variable(at, "recording_s", {}, Numbers{found.duration_s}, "s",
                   "duration of each recording behind a spectrum");
}

Json summary_of(const SpikeRhythm& found, const Laboratory&) {
    Json out;
    for (std::size_t s = 0; s < found.signals.size(); ++s) {
        double worst = 0;
        for (std::size_t pair = 0; pair < found.pairs.size(); ++pair)
            for (std::size_t size = 0; size < found.neurons.size(); ++size) {
                const double law = found.law_peak_Hz[pair * n_signals + s];
                const double peak =
                    found.peak_Hz[(pair * found.neurons.size() + size) * n_signals + s];
                const double off = std::fabs(peak / law - 1);
                worst = worse(worst, off);
            }
        out[found.signals[s] + "_largest_relative_difference"] = worst;
    }
    double worst = 0;
    for (std::size_t pair = 0; pair < found.pairs.size(); ++pair) {
        const double off = std::fabs(found.ringing_Hz[pair] / found.law_ringing_Hz[pair] - 1);
        worst = worse(worst, off);
    }
    out["ringing_largest_relative_difference"] = worst;
    return out;
}

} // namespace lamina::laws

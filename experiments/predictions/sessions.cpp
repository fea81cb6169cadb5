#include "experiments/predictions/sessions.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace lamina::predictions {
namespace {

/// Squared distance of x from the best exp(-t / decay) (b cos + c sin).
double misfit(const std::vector<double>& x, double every_ms, double frequency_Hz, double decay_ms) {
    double cc = 0, cs = 0, ss = 0, cx = 0, sx = 0, xx = 0;
    for (std::size_t n = 0; n < x.size(); ++n) {
        const double t = double(n) * every_ms, phase = 2 * pi * frequency_Hz * 1e-3 * t;
        const double envelope = std::exp(-t / decay_ms);
        const double c = envelope * std::cos(phase), s = envelope * std::sin(phase);
        cc += c * c, cs += c * s, ss += s * s, cx += c * x[n], sx += s * x[n], xx += x[n] * x[n];
    }
    const double det = cc * ss - cs * cs;
    return xx - (cx * cx * ss - 2 * cx * sx * cs + sx * sx * cc) / det;
}

} // namespace

Sessions sessions_of(const ExperimentSpec& spec) {
    ExperimentSpec as_softmax = spec;
    if (spec.area.inhibition != "pv_linear") as_softmax.area.inhibition = "pv_log";
    Sessions out;
    out.lab = laws::laboratory_of(as_softmax);
    if (spec.area.noise.gate > 0) {
        out.sum_sigma = spec.area.noise.gate * std::sqrt(double(spec.area.columns));
        out.noise = fmt::format("column.noise.gate = {:g} on each of {} gates",
                                spec.area.noise.gate, spec.area.columns);
    } else {
        out.sum_sigma = 1 / std::sqrt(n_cells * rate_Hz * 1e-3 * spec.area.tau.gate_ms);
        out.noise =
            fmt::format("counting noise of {} gate cells at {:g} Hz per row", n_cells, rate_Hz);
    }
    out.noise += " and no other; variability of animals, electrodes and states makes d' smaller, "
                 "and n larger by the square";
    return out;
}

GateLoop Sessions::loop(GateLoopSpec spec, std::uint32_t number) const {
    spec.noise_gate = sum_sigma / std::sqrt(double(spec.gates.n_keys));
    spec.trial = number;
    return GateLoop(spec);
}

GateLoop Sessions::loop(int n_keys, std::vector<double> scores, std::uint32_t number) const {
    return loop(lab.loop(1, n_keys, std::move(scores)), number);
}

std::vector<double> average_onset(const Sessions& sessions, const GateLoopSpec& spec,
                                  double duration_ms, int repeats, std::uint32_t first_number) {
    const double dt = sessions.lab.dt_ms;
    std::vector<double> mean(std::size_t(std::llround(duration_ms / dt)) + 1, 0);
    for (int repeat = 0; repeat < repeats; ++repeat) {
        GateLoop loop = sessions.loop(spec, first_number + std::uint32_t(repeat));
        for (double& p : mean) {
            p += loop.p()[0] / repeats;
            loop.step(dt);
        }
    }
    return mean;
}

std::vector<double> average_kick(const Sessions& sessions, const GateLoopSpec& spec, double kick,
                                 double duration_ms, int repeats, std::uint32_t first_number) {
    const double dt = sessions.lab.dt_ms;
    std::vector<double> mean(std::size_t(std::llround(duration_ms / dt)) + 1, 0);
    for (int repeat = 0; repeat < repeats; ++repeat) {
        GateLoop loop = sessions.loop(spec, first_number + std::uint32_t(repeat));
        loop.start(loop.softmax(), loop.log_normaliser());
        // the noise is in its stationary state before the kick
        const double settle_ms = before_kick_ms({spec.gates.tau_gate_ms, spec.gates.tau_PV_ms});
        for (double t = 0; t < settle_ms; t += dt) loop.step(dt);
        loop.kick_p(kick);
        for (double& p : mean) {
            p += (loop.p()[0] - loop.log_normaliser()[0]) / repeats;
            loop.step(dt);
        }
    }
    return mean;
}

double ringing_of(const std::vector<double>& x, double every_ms, laws::LoopTimes about) {
    // thinned to some thirty samples per cycle, as a filtered recording would be
    const double centre_Hz = laws::gate_peak_Hz(about);
    const auto thin = std::max<std::int64_t>(1, std::llround(1e3 / centre_Hz / 30 / every_ms));
    std::vector<double> thinned;
    for (std::size_t n = 0; n < x.size(); n += std::size_t(thin)) thinned.push_back(x[n]);
    double best = 1e300, best_Hz = 0;
    for (int i = -60; i <= 40; ++i) {
        const double f = centre_Hz * std::pow(2.0, i / 40.0);
        for (const double slower : {0.6, 0.8, 1.0, 1.25, 1.6}) {
            const double here =
                misfit(thinned, double(thin) * every_ms, f, slower * laws::decay_ms(about));
            if (here < best) best = here, best_Hz = f;
        }
    }
    return best_Hz;
}

void judge(Prediction& prediction, const std::vector<double>& trials, double rival_value,
           const laws::Laboratory& lab) {
    const analysis::Estimate e = analysis::mean_with_interval(trials, lab.confidence);
    prediction.effect.value = e.value, prediction.effect.low = e.low,
    prediction.effect.high = e.high;
    prediction.rival_value = rival_value;
    prediction.d_prime = std::fabs(e.value - rival_value) / analysis::standard_deviation(trials);
    // the z-test would be content with one measurement that is far away; two make a scatter
    prediction.needed_n = std::max(2.0, analysis::needed_n_one_sample(prediction.d_prime));
}

} // namespace lamina::predictions

#include <cmath>
#include <string>
#include <vector>

#include "analysis/synthetic_parts.hpp"

namespace lamina::test {

using Numbers = std::vector<double>;
using Words = std::vector<std::string>;

void add_loop_groups(Image& image, Draws& draws) {
    // ringing: pairs of time constants, and the decaying oscillation of each
    Numbers time, trace, tau_g, tau_p, f, law_f, decay, law_decay;
    for (int t = 0; t < 600; ++t) time.push_back(0.5 * t);
    for (const double g : {3.0, 5.0, 8.0})
        for (const double p : {1.5, 2.7, 5.0, 8.0}) {
            const double w2 = 1 / (g * p) - 1 / (4 * g * g);
            if (w2 <= 0) continue;
            tau_g.push_back(g), tau_p.push_back(p);
            law_f.push_back(1000 * std::sqrt(w2) / 6.283185307), law_decay.push_back(2 * g);
            f.push_back(law_f.back() * (1 + 0.001 * draws.normal()));
            decay.push_back(law_decay.back() * (1 + 0.002 * draws.normal()));
            for (const double t : time)
                trace.push_back(std::exp(-t / (2 * g)) * std::cos(std::sqrt(w2) * t));
        }
    std::string at = "loop/ringing";
    image.dimension(at, "pair", tau_g.size());
    image.coordinate(at, "time", time, "ms", "time");
    image.variable(at, "p_error", {"pair", "time"}, trace, "1", "p - p*");
    image.variable(at, "tau_gate_ms", {"pair"}, tau_g, "ms", "gate");
    image.variable(at, "tau_PV_ms", {"pair"}, tau_p, "ms", "PV");
    image.variable(at, "frequency_Hz", {"pair"}, f, "Hz", "fitted");
    image.variable(at, "law_frequency_Hz", {"pair"}, law_f, "Hz", "law");
    image.variable(at, "decay_ms", {"pair"}, decay, "ms", "fitted");
    image.variable(at, "law_decay_ms", {"pair"}, law_decay, "ms", "law");

    at = "loop/fixed_point";
    const Numbers some_sd = {1, 3, 10};
    Numbers tiny, first, second, onset;
    for (int i = 0; i < 30; ++i) tiny.push_back(1e-14 * std::exp(draws.normal()));
    image.coordinate(at, "score_sd", some_sd, "1", "SD of the scores");
    image.dimension(at, "draw", 10);
    image.variable(at, "a_error", {"score_sd", "draw"}, tiny, "1", "weights");
    image.variable(at, "p_error", {"score_sd", "draw"}, tiny, "1", "PV");

    at = "loop/onset";
    for (std::size_t s = 0; s < 3; ++s) {
        for (int d = 0; d < 10; ++d)
            first.push_back(32 + draws.normal()), second.push_back(25 + 0.3 * draws.normal());
        for (const double t : time)
            onset.push_back(some_sd[s] * std::exp(-t / 10) * std::cos(0.25 * t));
    }
    image.coordinate(at, "score_sd", some_sd, "1", "SD of the scores");
    image.dimension(at, "draw", 10);
    image.coordinate(at, "time", time, "ms", "time after onset");
    image.variable(at, "first_cycle_ms", {"score_sd", "draw"}, first, "ms", "first");
    image.variable(at, "second_cycle_ms", {"score_sd", "draw"}, second, "ms", "second");
    image.variable(at, "p_error", {"score_sd", "time"}, onset, "1", "PV");

    at = "loop/spectrum";
    const Words signals = {"PV", "gates", "spikes"};
    Numbers hertz, density, law_density, peak, law_peak;
    for (int i = 1; i <= 200; ++i) hertz.push_back(i);
    for (const double centre : {37.0, 43.3, 47.9}) {
        for (const double x : hertz) {
            law_density.push_back(1 / (1 + std::pow((x - centre) / 15, 2)));
            density.push_back(law_density.back() * (1 + 0.05 * draws.normal()));
        }
        for (int r = 0; r < 8; ++r) peak.push_back(centre + draws.normal());
        law_peak.push_back(centre);
    }
    image.coordinate(at, "signal", signals, "1", "signal");
    image.coordinate(at, "frequency", hertz, "Hz", "frequency");
    image.dimension(at, "recording", 8);
    image.variable(at, "density", {"signal", "frequency"}, density, "1/Hz", "density");
    image.variable(at, "law_density", {"signal", "frequency"}, law_density, "1/Hz", "law");
    image.variable(at, "peak_Hz", {"signal", "recording"}, peak, "Hz", "peak");
    image.variable(at, "law_peak_Hz", {"signal"}, law_peak, "Hz", "law");

    at = "loop/settling";
    const Words rules = {"pv_log", "pv_linear"};
    const Numbers sd = {1, 3, 10, 30};
    Numbers settle;
    for (const double slow : {1.0, 2.4})
        for (const double s : sd)
            for (int d = 0; d < 50; ++d)
                settle.push_back(60 + slow * 18 * std::log(s) + 3 * draws.normal());
    image.coordinate(at, "rule", rules, "1", "inhibition");
    image.coordinate(at, "score_sd", sd, "1", "SD of the scores");
    image.dimension(at, "draw", 50);
    image.variable(at, "settle_time_ms", {"rule", "score_sd", "draw"}, settle, "ms", "settling");

    at = "loop/gain";
    const Numbers kappa = {0.5, 1, 2, 5, 10, 30, 100};
    Numbers sum, law_sum, p, law_p;
    for (const double k : kappa)
        for (int d = 0; d < 20; ++d) {
            const double log_z = 3 + 0.3 * draws.normal();
            law_sum.push_back(std::exp(log_z / (1 + k))), law_p.push_back(k / (1 + k) * log_z);
            sum.push_back(law_sum.back() * (1 + 1e-9)), p.push_back(law_p.back());
        }
    image.coordinate(at, "kappa", kappa, "1", "loop gain");
    image.dimension(at, "draw", 20);
    image.variable(at, "sum", {"kappa", "draw"}, sum, "1", "sum");
    image.variable(at, "law_sum", {"kappa", "draw"}, law_sum, "1", "law");
    image.variable(at, "p", {"kappa", "draw"}, p, "1", "p");
    image.variable(at, "law_p", {"kappa", "draw"}, law_p, "1", "law");

    at = "loop/units";
    const Numbers units = {64, 256, 1024, 4096, 16384}, score_sd = {1, 3};
    Numbers error;
    for (const double s : score_sd)
        for (const double m : units)
            for (int d = 0; d < 20; ++d)
                error.push_back(0.9 * s * std::pow(m / 64, -0.2) * std::exp(0.1 * draws.normal()));
    image.coordinate(at, "units", units, "1", "hidden units");
    image.coordinate(at, "score_sd", score_sd, "1", "SD of the scores");
    image.dimension(at, "draw", 20);
    image.variable(at, "relative_error", {"score_sd", "units", "draw"}, error, "1", "error");
}

} // namespace lamina::test

#include "experiments/bench_rate.hpp"

#include <fmt/format.h>

namespace lamina {
namespace {

const char* precision_word(Precision p) { return p == Precision::float64 ? "float64" : "float32"; }

} // namespace

std::string bench_rate_table(const RateBenchmark& b) {
    std::string out = fmt::format("one thread, {}; least time of {} windows of {:g} ms each\n\n",
                                  b.instructions, b.n_windows, b.window_s * 1e3);
    out += "fused multiply-adds between registers\n";
    for (const PeakSpeed& p : b.peaks)
        out += fmt::format("  {}  {:7.1f} GFLOP/s\n", precision_word(p.precision), p.GFLOP_per_s);
    out += "\nattention step with dynamic gates, one head; GFLOP/s on 4 N^2 d, all else timed too\n"
           "              N    d   blocked, as Area runs it     in stages                    "
           "whole area\n";
    for (const GateStepSpeed& s : b.steps)
        out +=
            fmt::format("  {}  {:5} {:4}  {:8.1f} us {:6.1f}  {:3.0f} %  {:8.1f} us {:6.1f}  "
                        "{:3.0f} %  {:8.1f} us\n",
                        precision_word(s.precision), s.n_columns, s.d_head, s.blocked.least_s * 1e6,
                        s.blocked_GFLOP_per_s, s.blocked_percent_of_peak, s.in_stages.least_s * 1e6,
                        s.in_stages_GFLOP_per_s, s.in_stages_percent_of_peak, s.area.least_s * 1e6);
    const RelaxationSpeed& r = b.relaxation;
    out += fmt::format(
        "\n{} first-order lags, per variable and step; times of odeint's over the exponential's\n"
        "with one input array (constant input: v, k, q) and two (moving: o, y, f, z, pools)\n",
        r.n_variables);
    out += fmt::format("  exponential, one array     {:6.3f} ns                  error {:.1e}\n",
                       r.exponential_ns, r.exponential_error);
    out += fmt::format("  exponential, two arrays    {:6.3f} ns\n", r.exponential_linear_ns);
    out += fmt::format("  one array, float32         {:6.3f} ns\n", r.exponential_float32_ns);
    out +=
        fmt::format("  odeint rk4                 {:6.3f} ns  {:4.1f} x  {:4.1f} x  error {:.1e}\n",
                    r.rk4_ns, r.rk4_over_exponential, r.rk4_over_linear, r.rk4_error);
    out +=
        fmt::format("  odeint dopri5, controlled  {:6.3f} ns  {:4.1f} x  {:4.1f} x  error {:.1e}\n",
                    r.dopri5_ns, r.dopri5_over_exponential, r.dopri5_over_linear, r.dopri5_error);
    return out;
}

nlohmann::ordered_json bench_rate_json(const RateBenchmark& b) {
    nlohmann::ordered_json out = {{"benchmark", "rate"},
                                  {"instructions", b.instructions},
                                  {"threads", 1},
                                  {"windows", b.n_windows},
                                  {"window_s", b.window_s}};
    for (const PeakSpeed& p : b.peaks)
        out["peak"].push_back(
            {{"precision", precision_word(p.precision)}, {"GFLOP_per_s", p.GFLOP_per_s}});
    const auto timing = [](const Timing& t) {
        return nlohmann::ordered_json{{"least_s", t.least_s}, {"median_s", t.median_s}};
    };
    for (const GateStepSpeed& s : b.steps)
        out["attention_step"].push_back({{"precision", precision_word(s.precision)},
                                         {"columns", s.n_columns},
                                         {"d_head", s.d_head},
                                         {"blocked", timing(s.blocked)},
                                         {"in_stages", timing(s.in_stages)},
                                         {"whole_area", timing(s.area)},
                                         {"blocked_GFLOP_per_s", s.blocked_GFLOP_per_s},
                                         {"blocked_percent_of_peak", s.blocked_percent_of_peak},
                                         {"in_stages_GFLOP_per_s", s.in_stages_GFLOP_per_s},
                                         {"in_stages_percent_of_peak", s.in_stages_percent_of_peak},
                                         {"worst_row_sum_error", s.worst_row_sum}});
    const RelaxationSpeed& r = b.relaxation;
    out["relaxation"] = {{"variables", r.n_variables},
                         {"exponential_float64_ns", r.exponential_ns},
                         {"exponential_float32_ns", r.exponential_float32_ns},
                         {"exponential_linear_input_float64_ns", r.exponential_linear_ns},
                         {"odeint_rk4_ns", r.rk4_ns},
                         {"odeint_dopri5_ns", r.dopri5_ns},
                         {"rk4_over_exponential", r.rk4_over_exponential},
                         {"dopri5_over_exponential", r.dopri5_over_exponential},
                         {"rk4_over_exponential_linear_input", r.rk4_over_linear},
                         {"dopri5_over_exponential_linear_input", r.dopri5_over_linear},
                         {"exponential_error", r.exponential_error},
                         {"rk4_error", r.rk4_error},
                         {"dopri5_error", r.dopri5_error}};
    return out;
}

} // namespace lamina

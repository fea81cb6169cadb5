/// The first cycles after onset, which the linear law does not hold for, beside the law.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "analysis/figures/figure.hpp"

namespace lamina::analysis {

std::optional<ReportFigure> loop_onset(const RunData& run, const FigureContext& context) {
    const std::string group = "loop/onset";
    const std::vector<double>& score_sd = run.numbers(group, "score_sd");
    const std::vector<double>& time_ms = run.numbers(group, "time");
    const Column* trace = run.find(group, "p_error");
    if (score_sd.empty() || !run.find(group, "first_cycle_ms")) return std::nullopt;
    const auto n_sd = static_cast<int>(score_sd.size());

    ReportFigure figure;
    figure.drawing.columns = 2;
    if (trace && !time_ms.empty()) {
        Panel panel;
        panel.title = "PV after onset";
        panel.x.label = "time after onset (ms)";
        panel.y.label = "p \u2212 p*";
        panel.rules.push_back({false, 0, false, ""});
        for (std::size_t s = 0; s < score_sd.size(); ++s) {
            Line line;
            line.label = fmt::format("score SD {:g}", score_sd[s]);
            line.colour = Colour::ordinal(static_cast<int>(s), n_sd);
            line.x = time_ms;
            for (std::size_t t = 0; t < time_ms.size(); ++t) line.y.push_back(trace->at({s, t}));
            panel.lines.push_back(line);
        }
        figure.drawing.panels.push_back(panel);
    }

    // lengths of the first two cycles, and the linear law for the run's own time constants
    Panel cycles;
    cycles.title = "length of a cycle";
    cycles.x.label = "SD of the scores";
    cycles.x.log = quantile(score_sd, 1) > 8 * quantile(score_sd, 0) && quantile(score_sd, 0) > 0;
    cycles.y.label = "cycle (ms)";
    Csv csv({"cycle", "score_sd", "mean_ms", "low_ms", "high_ms", "n"});
    int colour = 0;
    for (const char* name : {"first_cycle_ms", "second_cycle_ms"}) {
        const Column* cycle = run.find(group, name);
        if (!cycle) continue;
        Line line;
        line.label = colour == 0 ? "first" : "second";
        line.colour = Colour::category(colour);
        line.marker = colour++ == 0 ? Marker::circle : Marker::square;
        const std::size_t n = cycle->length("draw");
        for (std::size_t s = 0; s < score_sd.size(); ++s) {
            const auto from = cycle->numbers.begin() + static_cast<std::ptrdiff_t>(s * n);
            const Estimate e = mean_with_interval({from, from + static_cast<std::ptrdiff_t>(n)},
                                                  context.confidence);
            line.x.push_back(score_sd[s]);
            line.y.push_back(e.value), line.low.push_back(e.low), line.high.push_back(e.high);
            csv << line.label << score_sd[s] << e.value << e.low << e.high
                << static_cast<double>(e.n);
            csv.end_row();
        }
        cycles.lines.push_back(line);
    }
    const std::vector<double>& law_Hz = run.numbers("loop/ringing", "law_frequency_Hz");
    if (!law_Hz.empty() && law_Hz[0] > 0)
        cycles.rules.push_back({false, 1000 / law_Hz[0], true, "linear law"});
    figure.drawing.panels.push_back(cycles);
    figure.file = "loop_onset";
    figure.section = Section::loop;
    figure.title = "The first cycles after onset";
    figure.csv = csv.text();
    figure.caption =
        "Left: PV activity minus its fixed point in one draw, until its fifth crossing. "
        "Right: time from the first to the third crossing (first cycle) and from the "
        "third to the fifth (second), mean over draws with 95 % bootstrap interval; "
        "the linear law holds for small amplitudes only.";
    return figure;
}

} // namespace lamina::analysis

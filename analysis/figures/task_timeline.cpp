/// What a trial is: which epoch shows what to whom, drawn to scale.
#include <algorithm>

#include <fmt/format.h>

#include "analysis/figures/figure.hpp"

namespace lamina::analysis {

std::optional<ReportFigure> task_timeline(const RunData& run, const FigureContext& context) {
    const std::vector<Epoch> epochs = epochs_of(run);
    if (epochs.empty()) return std::nullopt;

    // from loads to words
    double least = 0, most = 0;
    for (const double load : context.design.loads) {
        if (load > 0 && (least == 0 || load < least)) least = load;
        most = std::max(most, load);
    }
    const std::string items = least == most ? fmt::format("{:.0f}", most)
                                            : fmt::format("{:.0f}\u2013{:.0f}", least, most);

    // one row per kind of event, a thick stroke while it lasts
    const bool reports = run.find("trials", "response_deg") != nullptr;
    Panel panel;
    panel.height_px = 150;
    panel.x.label = "time in the trial (ms)";
    panel.y.categories = {"items, to their columns", "memory of the items",
                          run.find("trials", "place") ? "place, to the read-out column"
                                                      : "probe, to the read-out column",
                          reports ? "report" : "evidence and decision"};
    panel.spans = epoch_spans(run);
    panel.legend = false;
    Csv csv({"epoch", "from_ms", "to_ms"});
    const auto stroke = [&](double row, const Epoch& epoch, int colour, const std::string& text) {
        Line line;
        line.colour = Colour::category(colour);
        line.x = {epoch.from_ms, epoch.to_ms};
        line.y = {row, row};
        line.width_px = 20;
        panel.lines.push_back(line);
        const bool fits = text_width(text, 11) < 0.17 * (epoch.to_ms - epoch.from_ms);
        if (!text.empty())
            panel.notes.push_back(
                {0.5 * (epoch.from_ms + epoch.to_ms), row, text, "middle", 0, fits ? 4.0 : -15.0});
    };
    double test_ms = 0, end_ms = 0;
    for (const Epoch& epoch : epochs) {
        csv << epoch.name << epoch.from_ms << epoch.to_ms;
        csv.end_row();
        end_ms = epoch.to_ms;
        if (epoch.name == "sample") stroke(0, epoch, 0, "");
        const bool asked = epoch.name == "test" || epoch.name == "response";
        const bool cue = epoch.name == "cue";
        if (epoch.name == "delay" || asked || cue) stroke(1, epoch, 5, "");
        if (epoch.name == "test") test_ms = epoch.from_ms;
        if (asked || cue) stroke(2, epoch, 2, "");
        if (asked && !reports) stroke(3, epoch, 1, "");
    }
    panel.rules.push_back({true, test_ms, true, ""});
    if (reports) stroke(3, {"report", end_ms - 15, end_ms, false}, 1, "");

    ReportFigure figure;
    figure.file = "task_timeline";
    figure.section = Section::overview;
    figure.title = "The task";
    figure.caption = fmt::format(
        "One trial, to scale. During the sample, {} item(s) drive the L4 of one column each; "
        "during "
        "the delay they are held as noisy counts; from test onset the probe is the query of one "
        "read-out column, and the held items are its keys and values. ",
        items);
    const bool places = run.find("trials", "place") != nullptr;
    if (places) {
        const std::size_t at = figure.caption.find("the probe is");
        figure.caption.replace(at, 12, "the place that is asked for is");
    }
    figure.caption +=
        reports ? fmt::format("The angle of what is routed is reported when the test ends, at "
                              "{:.0f} ms.",
                              end_ms)
                : fmt::format("Evidence for an answer drives two competing accumulators from test "
                              "onset until one of them crosses its threshold or the response "
                              "period ends at {:.0f} ms.",
                              end_ms);
    figure.drawing.panels = {panel};
    figure.csv = csv.text();
    return figure;
}

} // namespace lamina::analysis

/// Match and control: what is followed in the control phase by the window of the match phase, and
/// how well coincidences tell the matching key from the others.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "analysis/figures/loop.hpp"

namespace lamina::analysis {
namespace {

constexpr std::size_t most_bins = 40;

Line line_over_windows(const std::vector<double>& x, const std::vector<double>& y,
                       const char* label, Colour colour, Marker marker) {
    Line line;
    line.label = label, line.colour = colour, line.marker = marker;
    line.x = x, line.y = y;
    return line;
}

Points published_points(const std::vector<double>& x, const std::vector<double>& y,
                        const char* label, Colour colour) {
    Points points;
    points.label = label, points.colour = colour;
    points.marker = Marker::diamond, points.hollow = true, points.radius_px = 5.5;
    points.x = x, points.y = y;
    return points;
}

/// Shares of draws by bins of width 0.5 or more from 0 on.
Bars coincidence_bars(const std::vector<double>& values, double highest, const char* label,
                      Colour colour) {
    const double width = std::max(0.5, std::ceil(highest / double(most_bins) * 2) / 2);
    const std::size_t n = static_cast<std::size_t>(highest / width) + 1;
    std::vector<double> shares(n, 0.0);
    for (const double value : values)
        shares[std::min(n - 1, static_cast<std::size_t>(value / width))] +=
            1 / double(values.size());
    Bars bars;
    bars.label = label, bars.colour = colour;
    bars.width = width, bars.opacity = 0.55;
    for (std::size_t i = 0; i < n; ++i) {
        bars.x.push_back((double(i) + 0.5) * width);
        bars.y.push_back(shares[i]);
    }
    return bars;
}

} // namespace

std::optional<ReportFigure> match_and_control(const RunData& run, const FigureContext&) {
    const std::vector<double>& window = run.numbers("match", "window");
    const auto numbers = [&](const char* name) -> const std::vector<double>& {
        return run.numbers("match", name);
    };
    const Column* matching = run.find("match", "coincidences");
    const Column* others = run.find("match", "best_of_others");
    if (window.size() != 3 || !matching || !others || numbers("success").size() != 3)
        return std::nullopt;

    Panel by_window;
    by_window.title = "the control phase";
    by_window.x.label = "match phase (s)";
    by_window.y.label = "share of spikes";
    by_window.y.low = 0, by_window.y.high = 1;
    const Colour right = Colour::category(0), wrong = Colour::category(1);
    by_window.lines = {
        line_over_windows(window, numbers("success"), "followed", right, Marker::circle),
        line_over_windows(window, numbers("success_one_threshold"), "with one threshold",
                          Colour::muted(), Marker::triangle),
        line_over_windows(window, numbers("spurious"), "spurious", wrong, Marker::square)};
    by_window.lines[1].dashed = true;
    by_window.points = {
        published_points(window, numbers("published_success"), "published: followed", right),
        published_points(window, numbers("published_spurious"), "published: spurious", wrong)};

    // at the window that was fitted
    Panel coincidences;
    coincidences.title = "the match phase of 1 s";
    coincidences.x.label = "coincidences m";
    coincidences.y.label = "share of draws";
    coincidences.y.low = 0, coincidences.x.low = 0;
    const std::vector<double> own = draws_of(*matching, 1), best = draws_of(*others, 1);
    const double highest = std::max(*std::max_element(own.begin(), own.end()),
                                    *std::max_element(best.begin(), best.end()));
    coincidences.bars = {coincidence_bars(own, highest, "the key that matches", right),
                         coincidence_bars(best, highest, "the best of the others", wrong)};
    coincidences.rules.push_back({true, numbers("threshold")[1], true, "threshold"});

    ReportFigure figure;
    figure.file = "match_and_control";
    figure.section = Section::mechanism;
    figure.title = "A threshold on coincidences, and no competition";
    figure.drawing.panels = {by_window, coincidences};
    figure.drawing.columns = 2;
    Csv csv({"window_s", "success", "success_one_threshold", "spurious", "published_success",
             "published_spurious", "threshold"});
    for (std::size_t i = 0; i < 3; ++i) {
        csv << window[i];
        for (const char* name : {"success", "success_one_threshold", "spurious",
                                 "published_success", "published_spurious", "threshold"})
            csv << numbers(name)[i];
        csv.end_row();
    }
    figure.csv = csv.text();
    figure.caption = fmt::format(
        "Left: share of the matching key's spikes that the cell follows afterwards, and share of "
        "the cell's spikes there that are another key's; means over {}. Threshold and kernel were "
        "fitted to the published figures at 1 s (diamonds); the other windows are foretold, with "
        "the threshold in its published ratios to the window, and with one threshold for all. "
        "Right: coincidences within the kernel, of the key that fired with the cell and of the "
        "best of all others.",
        counted(matching->length("draw"), "draw"));
    if (std::fabs(numbers("success")[1] - numbers("published_success")[1]) > 1e-3 ||
        std::fabs(numbers("spurious")[1] - numbers("published_spurious")[1]) > 1e-3)
        figure.caption += " The published figures at 1 s could not be met with these trains.";
    return figure;
}

} // namespace lamina::analysis

/// What the cells of a column fire over their drive, and how well they fire what they are asked
/// for.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "analysis/figures/figure.hpp"

namespace lamina::analysis {

std::optional<ReportFigure> calibration(const RunData& run, const FigureContext&) {
    const Column* cells = run.find("calibration", "cell");
    const Column* drives = run.find("calibration", "drive_per_ms");
    const Column* units = run.find("calibration", "drive_unit");
    const Column* rates = run.find("calibration", "rate_Hz");
    const Column* asked = run.find("calibration", "asked_Hz");
    const Column* fired = run.find("calibration", "fired_Hz");
    if (!cells || !drives || !units || !rates || !asked || !fired) return std::nullopt;

    ReportFigure figure;
    figure.file = "calibration";
    figure.section = Section::activity;
    figure.title = "What cells fire, and what they are asked for";
    Csv csv({"cell", "measure", "x", "rate_Hz"});
    Panel curve, residual;
    curve.title = "rate over drive";
    const auto one_unit = [&](const std::string& unit) { return unit == units->words[0]; };
    const bool same = std::all_of(units->words.begin(), units->words.end(), one_unit);
    curve.x.label =
        same ? fmt::format("drive ({})", units->words[0]) : "drive (share of the highest)";
    curve.y.label = "rate (Hz)";
    residual.title = "fired beyond what is asked";
    residual.x.label = "asked (Hz)";
    residual.y.label = "difference (%)";
    residual.legend = false;
    residual.rules = {{false, 0, true, ""}};
    double worst = 0;
    const std::size_t n_drives = drives->length("drive"), n_asked = asked->length("asked");
    for (std::size_t c = 0; c < cells->words.size(); ++c) {
        const std::string& name = cells->words[c];
        Line line, off;
        line.label = name;
        line.colour = off.colour = Colour::category(static_cast<int>(c));
        off.marker = Marker::circle;
        for (std::size_t k = 0; k < n_drives; ++k) {
            const double x = drives->at({c, k}), highest = drives->at({c, n_drives - 1});
            line.x.push_back(same ? x : x / highest);
            line.y.push_back(rates->at({c, k}));
            csv << name << "rate over drive" << x << line.y.back();
            csv.end_row();
        }
        for (std::size_t k = 0; k < n_asked; ++k) {
            const double x = asked->at({c, k}), y = fired->at({c, k});
            off.x.push_back(x);
            off.y.push_back(100 * (y / x - 1));
            worst = std::max(worst, std::fabs(y / x - 1));
            csv << name << "fired when asked" << x << y;
            csv.end_row();
        }
        curve.lines.push_back(line);
        residual.lines.push_back(off);
    }
    const double shown = std::max(1.0, std::ceil(100 * worst - 1e-9));
    residual.y.low = -shown, residual.y.high = shown;
    figure.drawing.columns = 2;
    figure.drawing.shared_legend = true;
    figure.drawing.panels = {curve, residual};
    figure.caption = fmt::format(
        "Cells fire as their drive and their background make them, noise or the microcircuit. "
        "Their "
        "rate over the drive is "
        "measured once (left; 512 neurons for 2 s at each of {} drives) and turned around, so that "
        "a population fires what the circuit asks of it. Right: what it then fires, under a "
        "background that the curve has not seen; at most {:.1f} % off.",
        n_drives, 100 * worst);
    figure.csv = csv.text();
    return figure;
}

} // namespace lamina::analysis

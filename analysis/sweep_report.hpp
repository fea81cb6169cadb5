/// The report of a sweep: what was swept, what came out where, which points failed, which place is
/// best, and how to get it again.
#pragma once

#include <optional>
#include <vector>

#include "analysis/report.hpp"
#include "analysis/sweep_data.hpp"

namespace lamina::analysis {

/// How a number is called: under a figure, and beside its axis with the unit.
struct NumberWords {
    std::string title, label;
};
NumberWords words_of_number(const SweptNumber&);

/// One number over the axes: lines or categories along one, a heat map and lines over two, heat
/// maps at steps of a third over three and more, and scatter where places were drawn. Nothing when
/// no axis has two steps or the number has no value.
std::optional<ReportFigure> sweep_figure(const SweepData&, const SweptNumber&, double level);

/// report.html, figures/*.svg and figures/*.csv; the same bytes for the same sweep.
std::vector<ReportFile> render_sweep_report(const SweepData&);

} // namespace lamina::analysis

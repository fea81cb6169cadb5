/// Data and fitted law against set size: what was fitted, and what was foretold.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "analysis/figures/figure.hpp"

namespace lamina::analysis {
namespace {

const std::string conditions_group = "fit/conditions";

bool is_fitted(const RunData& run, std::size_t i) {
    const std::vector<double>& fitted = run.numbers(conditions_group, "fitted");
    return i < fitted.size() && fitted[i] != 0;
}

/// The law as a line, and the data as filled marks where they were fitted and open ones elsewhere.
Panel law_and_data_panel(const RunData& run, const std::string& data, const std::string& law,
                         const std::string& title, const std::string& label) {
    const std::vector<double>& load = run.numbers(conditions_group, "load");
    const std::vector<double>& value = run.numbers(conditions_group, data);
    const std::vector<double>& low = run.numbers(conditions_group, data + "_low");
    const std::vector<double>& high = run.numbers(conditions_group, data + "_high");
    Panel panel;
    panel.title = title;
    panel.x.label = "set size (items)";
    panel.y.label = label;
    Line line;
    line.label = "law";
    line.colour = Colour::category(0);
    line.x = load;
    line.y = run.numbers(conditions_group, law);
    panel.lines.push_back(line);
    for (const bool fitted : {true, false}) {
        Points points;
        points.label = fitted ? "people, fitted" : "people, foretold";
        points.colour = Colour::ink();
        points.hollow = !fitted;
        for (std::size_t i = 0; i < load.size(); ++i) {
            if (is_fitted(run, i) != fitted) continue;
            points.x.push_back(load[i]), points.y.push_back(value[i]);
            if (low.empty()) continue;
            points.low.push_back(low[i]), points.high.push_back(high[i]);
        }
        if (!points.x.empty()) panel.points.push_back(points);
    }
    panel.x.low = *std::min_element(load.begin(), load.end()) - 0.5;
    panel.x.high = *std::max_element(load.begin(), load.end()) + 0.5;
    return panel;
}

} // namespace

std::optional<ReportFigure> fit_conditions(const RunData& run, const FigureContext&) {
    const std::vector<double>& load = run.numbers(conditions_group, "load");
    if (load.empty()) return std::nullopt;
    const bool errors = run.find(conditions_group, "law_sd") != nullptr;
    ReportFigure figure;
    figure.file = "fit_conditions";
    figure.section = Section::fit;
    figure.drawing.shared_legend = true;
    double n = 0;
    for (const double trials : run.numbers(conditions_group, "n")) n += trials;

    std::vector<std::string> columns = {"set_size", "fitted"};
    std::vector<std::string> names;
    if (errors) {
        Panel sd = law_and_data_panel(run, "sd", "law_sd", "", "circular SD of the error (deg)");
        sd.y.low = 0;
        sd.height_px = 270;
        figure.drawing.panels = {sd};
        figure.drawing.width_px = 560;
        figure.title = "Recall error against set size";
        names = {"sd", "sd_low", "sd_high", "law_sd", "not_held"};
    } else {
        Panel hits =
            law_and_data_panel(run, "hit_rate", "law_hit_rate", "hits", "P(changed | changed)");
        Panel alarms = law_and_data_panel(run, "false_alarm_rate", "law_false_alarm_rate",
                                          "false alarms", "P(changed | same)");
        Panel K =
            law_and_data_panel(run, "K", "law_K", "items held, K = N (h \u2212 f)", "K (items)");
        for (Panel* panel : {&hits, &alarms}) panel->y.low = 0, panel->y.high = 1.02;
        K.y.low = 0;
        figure.drawing.panels = {hits, alarms, K};
        figure.drawing.columns = 3;
        figure.title = "Answers against set size";
        names = {"hit_rate", "law_hit_rate", "false_alarm_rate", "law_false_alarm_rate",
                 "K",        "K_low",        "K_high",           "law_K",
                 "not_held"};
    }
    columns.insert(columns.end(), names.begin(), names.end());
    Csv csv(columns);
    for (std::size_t i = 0; i < load.size(); ++i) {
        csv << load[i] << (is_fitted(run, i) ? "fitted" : "held out");
        for (const std::string& name : names) csv << run.numbers(conditions_group, name)[i];
        csv.end_row();
    }
    figure.csv = csv.text();
    figure.caption = fmt::format(
        "Line: the law with its fitted values. Filled: set sizes that were fitted; open: those "
        "that "
        "were not, and are foretold. {:.0f} trials of {}. Whiskers{}: 95 % interval, over people "
        "where their scatter is published (Student), else over trials (bootstrap).",
        n, text_member(run, "summary.fit.source", "the data"), errors ? "" : " (K)");
    return figure;
}

std::optional<ReportFigure> fit_errors(const RunData& run, const FigureContext&) {
    const Column* count = run.find("fit/errors", "count");
    const Column* expected = run.find("fit/errors", "expected");
    const std::vector<double>& load = run.numbers("fit/errors", "load");
    const std::vector<double>& bin = run.numbers("fit/errors", "error");
    if (!count || !expected || bin.empty()) return std::nullopt;
    ReportFigure figure;
    figure.file = "fit_errors";
    figure.section = Section::fit;
    figure.title = "Distributions of the error";
    figure.drawing.columns = 4;
    figure.drawing.shared_legend = true;
    Csv csv({"set_size", "error_deg", "count", "expected"});
    for (std::size_t l = 0; l < load.size(); ++l) {
        Panel panel;
        panel.title = fmt::format("{:.0f} item{}, {}", load[l], load[l] == 1 ? "" : "s",
                                  is_fitted(run, l) ? "fitted" : "foretold");
        panel.height_px = 130;
        panel.x.label = l + 4 >= load.size() ? "error (deg)" : "";
        panel.x.low = -180, panel.x.high = 180;
        panel.x.marks = {{-180, "\u2212180"}, {-90, ""}, {0, "0"}, {90, ""}, {180, "180"}};
        panel.y.label = l % 4 == 0 ? "trials per bin" : "";
        panel.y.low = 0;
        panel.y.ticks = 4;
        Bars bars;
        bars.label = "people";
        bars.colour = Colour::ink();
        bars.opacity = 0.3;
        bars.width = 360.0 / static_cast<double>(bin.size());
        Line line;
        line.label = "law";
        line.colour = Colour::category(0);
        for (std::size_t b = 0; b < bin.size(); ++b) {
            bars.x.push_back(bin[b]), bars.y.push_back(count->at({l, b}));
            line.x.push_back(bin[b]), line.y.push_back(expected->at({l, b}));
            csv << load[l] << bin[b] << count->at({l, b}) << expected->at({l, b});
            csv.end_row();
        }
        panel.bars.push_back(bars);
        panel.lines.push_back(line);
        figure.drawing.panels.push_back(panel);
    }
    figure.csv = csv.text();
    figure.caption = fmt::format(
        "Errors in bins of {:.0f} degrees: what people did (bars) and what the law expects (line). "
        "G\u00b2 = {} with {:.0f} degrees of freedom over the fitted set sizes: where it is much "
        "larger "
        "than that, the shape of the distributions is not the law's, whatever the SD.",
        360.0 / static_cast<double>(bin.size()),
        readable(number_member(run, "summary.fit.G2", NAN)),
        number_member(run, "summary.fit.df", NAN));
    return figure;
}

std::optional<ReportFigure> fit_profiles(const RunData& run, const FigureContext&) {
    const std::string values = "fit/values";
    const Column* at = run.find(values, "profile_at");
    const Column* rise = run.find(values, "profile_deviance");
    const Column* path = run.find(values, "path");
    const Column* unit = run.find(values, "unit");
    if (!at || !rise || !path || !unit) return std::nullopt;
    ReportFigure figure;
    figure.file = "fit_profiles";
    figure.section = Section::fit;
    figure.title = "How sharply the data limit each value";
    figure.drawing.columns = std::min<int>(3, static_cast<int>(path->words.size()));
    if (path->words.size() == 1) figure.drawing.width_px = 420;
    figure.drawing.shared_legend = true;
    const double level = number_member(run, "spec.analysis.ci", 0.95);
    const double limit = chi_squared_quantile(level, 1);
    Csv csv({"path", "value", "deviance_above_least"});
    SmallTable table;
    table.caption =
        "Estimates with 95 % profile-likelihood intervals; standard errors by parametric "
        "bootstrap.";
    table.header = {"value", "estimate", "standard error", "warning"};
    for (std::size_t v = 0; v < path->words.size(); ++v) {
        const std::string tail = unit->words[v] == "1" ? "" : " (" + unit->words[v] + ")";
        Panel panel;
        panel.x.label = path->words[v] + tail;
        panel.x.ticks = 4;
        panel.y.label = v == 0 ? "deviance above the least" : "";
        panel.y.low = 0;
        panel.height_px = 170;
        Line line;
        line.label = "profile";
        line.colour = Colour::category(0);
        double highest = 0;
        for (std::size_t i = 0; i < at->shape[1]; ++i) {
            line.x.push_back(at->at({v, i})), line.y.push_back(rise->at({v, i}));
            highest = std::max(highest, line.y.back());
            csv << path->words[v] << line.x.back() << line.y.back();
            csv.end_row();
        }
        panel.y.high = std::max(1.3 * limit, std::min(highest, 6 * limit));
        panel.lines.push_back(line);
        panel.rules.push_back({false, limit, true, "95 % limit"});
        const auto of = [&](const char* name) { return run.numbers(values, name)[v]; };
        panel.rules.push_back({true, of("estimate"), false, "estimate"});
        figure.drawing.panels.push_back(panel);
        const double error = of("standard_error");
        table.rows.push_back({path->words[v],
                              with_interval({of("estimate"), of("low"), of("high"), 0}) +
                                  (unit->words[v] == "1" ? "" : " " + unit->words[v]),
                              std::isnan(error) ? "\u2013" : readable(error, 2),
                              of("at_bound") != 0 ? "on its bound"
                              : of("open") != 0   ? "not limited on one side"
                                                  : ""});
    }
    figure.csv = csv.text();
    figure.table = table;
    const double condition = number_member(run, "summary.fit.condition_number", NAN);
    figure.caption = fmt::format(
        "Least deviance with one value held and the others fitted again. The interval is where the "
        "curve lies below the dashed limit (a rise of {}). A flat curve is a value that the data "
        "do "
        "not limit. Condition number of the estimates' correlations: {}. The intervals hold when "
        "the "
        "law is true; misfit and differences between people make them too narrow.",
        readable(limit),
        std::isnan(condition) ? "not known, a value lies near its bound" : readable(condition));
    return figure;
}

} // namespace lamina::analysis

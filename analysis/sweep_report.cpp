#include "analysis/sweep_report.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "analysis/report_parts.hpp"
#include "analysis/svg.hpp"
#include "sim/run_file/json.hpp"

namespace lamina::analysis {
namespace {

std::string kind_of_axis(const SweptAxis& axis) {
    if (axis.axis == "zip") return "stepped together";
    if (axis.axis == "random") return "drawn at random";
    if (axis.axis == "lhs") return "drawn from a Latin hypercube";
    if (axis.axis == "points") return "listed in a file";
    return "every value";
}

/// All values when they are few, else how far they reach.
std::string values_in_words(const SweptColumn& column, bool scattered) {
    constexpr std::size_t most = 8;
    const std::string unit = column.units == "1" ? "" : " " + column.units;
    if (column.words.size() <= most && !scattered) {
        std::string words;
        for (const std::string& word : column.words) words += (words.empty() ? "" : ", ") + word;
        return words + unit;
    }
    if (!column.numeric()) {
        std::vector<std::string> distinct = column.words;
        std::sort(distinct.begin(), distinct.end());
        distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
        std::string words;
        for (std::size_t i = 0; i < std::min(most, distinct.size()); ++i)
            words += (i == 0 ? "" : ", ") + distinct[i];
        return distinct.size() > most ? words + ", \u2026" : words;
    }
    const auto [low, high] = std::minmax_element(column.numbers.begin(), column.numbers.end());
    const std::vector<std::string> ends = words_of_numbers({*low, *high});
    return ends[0] + " to " + ends[1] + unit;
}

std::string axes_table(const SweepData& sweep) {
    SmallTable table;
    table.caption = "What was swept. Axes are crossed: each place is one value of every axis.";
    table.header = {"path", "values", "number", "how"};
    for (const SweptAxis& axis : sweep.axes)
        for (const SweptColumn& column : axis.columns)
            table.rows.push_back({column.path, values_in_words(column, axis.scattered()),
                                  std::to_string(axis.n_steps()), kind_of_axis(axis)});
    const std::string seeds = text_member(sweep.run, "seeds", "common");
    table.rows.push_back({"replicates", "", std::to_string(sweep.n_replicates),
                          seeds == "common" ? "each with the same seed at every place"
                                            : "a seed of its own for every point"});
    return html_table(table, "words");
}

std::string settings_in_words(const Json& settings) {
    std::string words;
    for (const auto& [path, value] : settings.items())
        words += fmt::format("{}{} = {}", words.empty() ? "" : ", ", path,
                             value.is_string() ? value.get<std::string>() : value.dump());
    return words.empty() ? "the base point" : words;
}

std::int64_t count_of(const SweepData& sweep, const char* what) {
    return static_cast<std::int64_t>(
        number_member(sweep.run, std::string("summary.points.") + what, 0));
}

std::string what_was_swept(const SweepData& sweep) {
    const std::int64_t n = count_of(sweep, "number"), done = count_of(sweep, "done");
    std::string words = fmt::format("{} points", n);
    if (sweep.n_replicates > 1)
        words += fmt::format(": {} places with {} replicates each", sweep.n_places(),
                             sweep.n_replicates);
    words += done == n ? "; all of them are done" : fmt::format("; {} of them are done", done);
    for (const auto& [what, said] : std::initializer_list<std::pair<const char*, const char*>>{
             {"failed", "failed"},
             {"invalid", "cannot be run and were left out"},
             {"running", "are running"},
             {"waiting", "are waiting"}})
        if (count_of(sweep, what) > 0) words += fmt::format(", {} {}", count_of(sweep, what), said);
    return words + ".";
}

/// What the best place is best in.
std::string best_words(const SweepData& sweep, const std::string& path) {
    for (const SweptNumber& number : sweep.numbers) {
        const std::string& label = words_of_number(number).label;
        if (number.path == path) return label.substr(0, label.find(" ("));
    }
    return path.substr(path.rfind('.') + 1);
}

/// How a number and its unit stand in a sentence.
std::string value_words(const SweepData& sweep, const std::string& path, double value) {
    const std::string words = words_of_numbers({value}).front();
    for (const SweptNumber& number : sweep.numbers)
        if (number.path == path && number.units != "1") return words + " " + number.units;
    return words;
}

std::string sweep_tiles(const SweepData& sweep) {
    std::string html = tile(std::to_string(count_of(sweep, "done")),
                            fmt::format("points done of {}", count_of(sweep, "number")));
    if (count_of(sweep, "failed") > 0)
        html += tile(std::to_string(count_of(sweep, "failed")), "points failed");
    const Json& best = member(sweep.run, "summary.best");
    if (best.is_object())
        html += tile(value_words(sweep, best.at("path"), best.at("mean")),
                     fmt::format("{} at the best place", best_words(sweep, best.at("path"))));
    const double seconds = number_member(sweep.run, "seconds", NAN);
    const double done = static_cast<double>(count_of(sweep, "done"));
    if (done > 0) html += tile(readable(seconds / done) + " s", "for a point, on average");
    return "<div class=\"tiles\">\n" + html + "</div>\n";
}

std::string failures_table(const SweepData& sweep) {
    const Json& failures = member(sweep.run, "failures");
    if (!failures.is_array() || failures.empty()) return "";
    SmallTable table;
    table.header = {"points", "reason", "the first of them"};
    for (const Json& one : failures)
        table.rows.push_back({std::to_string(one.value("points", 0)), one.value("reason", ""),
                              one.value("first", "") + ": " +
                                  settings_in_words(one.value("settings", Json::object()))});
    return "<h3>Points that failed</h3>\n" + html_table(table, "words") +
           "<p class=\"note\">All of them: <a href=\"failed.csv\">failed.csv</a>. <code>lamina "
           "sweep run . --failed</code> tries them again.</p>\n";
}

std::string expected_table(const SweepData& sweep) {
    const Json& expect = member(sweep.run, "expect");
    if (!expect.is_array() || expect.empty()) return "";
    SmallTable table;
    table.header = {"quantity", "expected", "met by"};
    for (const Json& line : expect)
        table.rows.push_back(
            {line.value("path", ""), as_written(line.value("relation", "")),
             fmt::format("{} of {} points", line.value("n_met", 0), line.value("n", 0))});
    return "<h3>Expectations</h3>\n" + html_table(table);
}

std::string warnings_of_sweep(const SweepData& sweep) {
    std::string html;
    for (const Json& warning : member(sweep.run, "warnings"))
        html +=
            "<p><span class=\"warning\">" + escape(warning.get<std::string>()) + "</span></p>\n";
    return html;
}

std::string best_part(const SweepData& sweep) {
    const Json& best = member(sweep.run, "summary.best");
    if (!best.is_object()) return "";
    const std::string path = best.at("path"), id = best.at("id");
    const std::int64_t n = best.at("n");
    std::string sense = best.at("sense");
    if (sense == "nearest") sense = "nearest to what is expected";
    std::string html =
        fmt::format("<p>Of <code>{}</code>, {} is {}{}:</p>\n<dl>\n", escape(path),
                    sense == "nearest to what is expected" ? sense : "the " + sense + " value",
                    escape(value_words(sweep, path, best.at("mean"))),
                    n > 1 ? fmt::format(" (mean over {} replicates), at", n) : ", at");
    for (const auto& [setting, value] : best.at("settings").items())
        html += fmt::format("<dt><code>{}</code></dt><dd>{}</dd>\n", escape(setting),
                            escape(value.get<std::string>()));
    html +=
        fmt::format("<dt>point</dt><dd><a href=\"points/{0}/\">{0}</a></dd>\n</dl>\n", escape(id));
    return html + fmt::format("<p>That point alone, from the directory of the sweep:</p>\n<pre>"
                              "<code>lamina run points/{}/spec.resolved.yaml</code></pre>\n",
                              escape(id));
}

/// Where nothing can be drawn over axes: the numbers over everything.
std::string overall_table(const SweepData& sweep, double level) {
    SmallTable table;
    table.caption =
        fmt::format("Mean over all places, with {:g} % intervals over replicates.", 100 * level);
    table.header = {"number", "mean", "unit", "n"};
    for (const SweptNumber& number : sweep.numbers) {
        const Estimate one = means_over(sweep, number, {}, level).front();
        table.rows.push_back({number.path, with_interval(one),
                              number.units == "1" ? "" : number.units, std::to_string(one.n)});
    }
    return table.rows.empty() ? "" : html_table(table);
}

std::string files_words(const SweepData& sweep) {
    std::string html = "<p>Points: <a href=\"cells.csv\">cells.csv</a>, with their numbers "
                       "<a href=\"results.csv\">results.csv</a>, over the axes <a "
                       "href=\"summary.h5\">summary.h5</a>";
    if (count_of(sweep, "failed") > 0) html += ", failed <a href=\"failed.csv\">failed.csv</a>";
    return html + ". Each point's own run is in <a href=\"points/\">points/</a>.</p>\n";
}

/// What is the same everywhere is told and not drawn.
std::string constant_words(const SweepData& sweep) {
    std::string words;
    for (const SweptNumber& number : sweep.numbers)
        if (number.is_constant())
            words += fmt::format("{}{} = {}", words.empty() ? "" : ", ", number.path,
                                 value_words(sweep, number.path, finite(number.values).front()));
    return words.empty() ? ""
                         : "<p>The same wherever there is a value: " + escape(words) + ".</p>\n";
}

std::vector<ReportFigure> sweep_figures(const SweepData& sweep, double level) {
    std::vector<ReportFigure> figures;
    for (const SweptNumber& number : sweep.numbers)
        if (auto figure =
                number.is_constant() ? std::nullopt : sweep_figure(sweep, number, level)) {
            figure->drawing.title = figure->title;
            figure->drawing.description = figure->caption;
            figures.push_back(std::move(*figure));
        }
    return figures;
}

} // namespace

std::vector<ReportFile> render_sweep_report(const SweepData& sweep) {
    const double level = number_member(sweep.run, "spec.analysis.ci", 0.95);
    const std::vector<ReportFigure> figures = sweep_figures(sweep, level);
    std::vector<ReportFile> files;
    std::string drawn;
    int number = 0;
    for (const ReportFigure& figure : figures) {
        files.push_back({"figures/" + figure.file + ".svg", draw(figure.drawing, "fig", true)});
        files.push_back({"figures/" + figure.file + ".csv", figure.csv});
        drawn += figure_html(figure, ++number);
    }
    std::vector<ReportSection> sections;
    const auto add = [&](const char* id, const char* heading, const std::string& html) {
        if (!html.empty()) sections.push_back({id, heading, html});
    };
    add("summary", "What was swept",
        "<div class=\"card\">\n<p>" + escape(what_was_swept(sweep)) + "</p>\n" +
            sweep_tiles(sweep) + warnings_of_sweep(sweep) + "</div>\n" + axes_table(sweep) +
            failures_table(sweep) + expected_table(sweep));
    add("results", "What came out",
        figures.empty() ? overall_table(sweep, level) : drawn + constant_words(sweep));
    add("best", "The best point", best_part(sweep));
    add("reproduce", "How to reproduce", files_words(sweep) + reproduce_part(sweep.run));
    files.push_back({"report.html", report_page(sweep.run, sections)});
    return files;
}

} // namespace lamina::analysis

#include "analysis/report.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "analysis/load_run.hpp"
#include "analysis/report_parts.hpp"
#include "analysis/svg.hpp"
#include "analysis/sweep_report.hpp"
#include "sim/run_file/folder.hpp"

namespace lamina::analysis {
namespace {

FigureContext context_of(const RunData& run) {
    FigureContext context;
    context.design = design_of(run);
    context.confidence.level = number_member(run, "spec.analysis.ci", 0.95);
    context.confidence.resamples =
        static_cast<int>(number_member(run, "spec.analysis.bootstrap", 1000));
    context.published = published_of(run, context.confidence);
    return context;
}

/// Captions say "95 %"; a run that asked for another level is told its own.
void restate_level(ReportFigure& figure, double level) {
    if (level == 0.95) return;
    const std::string words = fmt::format("{:g} %", 100 * level);
    const auto restate = [&](std::string& text) {
        for (std::size_t at = 0; (at = text.find("95 %", at)) != std::string::npos;
             at += words.size())
            text.replace(at, 4, words);
    };
    restate(figure.caption);
    if (figure.table) restate(figure.table->caption);
    for (Panel& panel : figure.drawing.panels)
        for (Points& points : panel.points) restate(points.label);
}

std::vector<ReportFigure> make_figures(const RunData& run, const FigureContext& context) {
    std::vector<ReportFigure> figures;
    for (const MakeFigure make : figure_catalogue())
        if (auto figure = make(run, context)) {
            restate_level(*figure, context.confidence.level);
            if (figure->drawing.title.empty()) figure->drawing.title = figure->title;
            if (figure->drawing.description.empty()) figure->drawing.description = figure->caption;
            figures.push_back(std::move(*figure));
        }
    std::stable_sort(figures.begin(), figures.end(),
                     [](const auto& a, const auto& b) { return a.section < b.section; });
    return figures;
}

/// The parts of the page, in order; those without data stay empty and are left out.
std::vector<ReportSection> sections_of(const RunData& run, const ReportOptions& options) {
    const FigureContext context = context_of(run);
    const std::vector<ReportFigure> figures = make_figures(run, context);
    int number = 0;
    const auto drawn = [&](Section section) {
        std::string html;
        for (const ReportFigure& figure : figures)
            if (figure.section == section) html += figure_html(figure, ++number);
        return html;
    };
    std::vector<ReportSection> sections;
    const auto add = [&](const char* id, const char* heading, const std::string& html) {
        if (!html.empty()) sections.push_back({id, heading, html});
    };
    add("summary", "What was run and what came out",
        summary_card(run, context.published) + expectations_table(run) + drawn(Section::overview));
    add("behaviour", "Task and behaviour", drawn(Section::behaviour));
    add("activity", "Activity by layer", drawn(Section::activity) + trace_part(run));
    add("attention", "Attention and its reference", drawn(Section::attention));
    add("loop", "The PV loop and its laws", drawn(Section::loop));
    add("mechanism", "One mechanism alone", drawn(Section::mechanism));
    add("fit", "Fit to data", drawn(Section::fit));
    add("variants", "Across variants", drawn(Section::variants));
    add("representations", "Representations", drawn(Section::representations));
    const nlohmann::ordered_json& predictions =
        options.predictions ? *options.predictions : member(run, "predictions");
    add("predictions", "Predictions", predictions_part(predictions));
    add("methods", "Methods", methods_part(run));
    add("reproduce", "How to reproduce", reproduce_part(run));
    return sections;
}

} // namespace

std::vector<ReportFigure> figures_of(const RunData& run) {
    return make_figures(run, context_of(run));
}

std::vector<ReportFile> render_report(const RunData& run, const ReportOptions& options) {
    std::vector<ReportFile> files;
    for (const ReportFigure& figure : figures_of(run)) {
        files.push_back({"figures/" + figure.file + ".svg", draw(figure.drawing, "fig", true)});
        files.push_back({"figures/" + figure.file + ".csv", figure.csv});
    }
    files.push_back({"report.html", report_page(run, sections_of(run, options))});
    return files;
}

std::vector<std::string> write_report(const std::filesystem::path& directory,
                                      const ReportOptions& options) {
    const RunDirectory opened = RunDirectory::open(directory);
    const bool is_sweep = opened.run().value("kind", "") == "sweep";
    const Folder folder = Folder::open(directory);
    std::vector<std::string> names;
    for (const ReportFile& file : is_sweep ? render_sweep_report(load_sweep(opened))
                                           : render_report(load_run(opened), options)) {
        folder.write(file.name, file.text);
        names.push_back(file.name);
    }
    return names;
}

} // namespace lamina::analysis

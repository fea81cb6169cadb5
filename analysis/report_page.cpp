/// The page around the parts of a report, and the small pieces that parts are made of.
#include <fmt/format.h>

#include "analysis/report_parts.hpp"
#include "analysis/svg.hpp"

namespace lamina::analysis {

std::string report_page(const RunData& run, const std::vector<ReportSection>& sections) {
    const std::string name = text_member(run, "name", run.name);
    const std::string title = text_member(run, "title", "");
    const std::string question = text_member(run, "question", "");
    std::string html = fmt::format(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
        "<meta name=\"color-scheme\" content=\"light dark\"/>\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
        "'unsafe-inline'; script-src 'unsafe-inline'; img-src data:\"/>\n"
        "<title>{} \u2014 Lamina</title>\n<style>\n{}{}</style>\n</head>\n<body>\n"
        "<a class=\"skip\" href=\"#main\">Skip to content</a>\n<header>\n"
        "<p class=\"kicker\">Lamina \u00b7 {}</p>\n<h1>{}</h1>\n",
        escape(title.empty() ? name : title), report_style(), figure_style(), escape(name),
        escape(title.empty() ? name : title));
    if (!question.empty()) html += "<p class=\"question\">" + escape(question) + "</p>\n";
    html += "<nav aria-label=\"Sections\"><ul>\n";
    for (const ReportSection& section : sections)
        html += fmt::format("<li><a href=\"#{}\">{}</a></li>\n", section.id, section.heading);
    html += "</ul></nav>\n</header>\n<main id=\"main\">\n";
    for (const ReportSection& section : sections)
        html += fmt::format("<section id=\"{0}\" aria-labelledby=\"{0}-h\">\n<h2 id=\"{0}-h\">{1}"
                            "</h2>\n{2}</section>\n",
                            section.id, section.heading, section.html);
    html += "</main>\n<footer><p>Made by Lamina from the files of this run directory. Nothing in "
            "this page comes from the network.</p></footer>\n";
    const bool has_trace = html.find("id=\"trace-data\"") != std::string::npos;
    if (has_trace) html += "<script>\n" + report_script() + "</script>\n";
    return html + "</body>\n</html>\n";
}

std::string figure_html(const ReportFigure& figure, int number) {
    std::string html =
        fmt::format("<figure id=\"figure-{0}\">\n<div class=\"plot\" tabindex=\"0\">\n{1}</div>\n"
                    "<figcaption><strong>Figure {0}. {2}.</strong> {3} <span class=\"links\">"
                    "<a href=\"figures/{4}.svg\">SVG</a> <a href=\"figures/{4}.csv\">CSV</a></span>"
                    "</figcaption>\n",
                    number, draw(figure.drawing, fmt::format("fig{}", number), false),
                    escape(figure.title), escape(figure.caption), figure.file);
    if (figure.table) html += html_table(*figure.table);
    return html + "</figure>\n";
}

std::string tile(const std::string& value, const std::string& what) {
    return fmt::format("<div class=\"tile\"><b>{}</b><span>{}</span></div>\n", escape(value),
                       escape(what));
}

std::string as_written(std::string relation) {
    if (relation.rfind(">=", 0) == 0) relation.replace(0, 2, "\u2265");
    if (relation.rfind("<=", 0) == 0) relation.replace(0, 2, "\u2264");
    return relation;
}

} // namespace lamina::analysis

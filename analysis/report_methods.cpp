/// Methods tables: populations with their equations, parameters with units; and how to get the same
/// run again.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "analysis/equations.hpp"
#include "analysis/report_parts.hpp"
#include "analysis/svg.hpp"
#include "sim/run_file/json.hpp"

namespace lamina::analysis {
namespace {

std::string populations_table(const RunData& run) {
    const Column* recorded = run.find("rates", "population");
    const Json& tau = member(run, "spec.column.tau");
    const Json& of_cells = member(run, "spec.column.spiking");
    if (!recorded && !tau.is_object()) return "";
    std::string html = "<h3>Populations</h3>\n<div class=\"scroll\"><table "
                       "class=\"words\">\n<thead><tr><th>name</th>"
                       "<th>layer</th><th>holds</th><th>equation</th><th>\u03c4</th></tr></thead>\n"
                       "<tbody>\n";
    for (const PopulationEquation& row : population_equations()) {
        // only those this run had, when it says which
        if (recorded &&
            std::none_of(recorded->words.begin(), recorded->words.end(),
                         [&](const std::string& name) { return equation_of(name) == &row; }))
            continue;
        // a run without the column names the time constants that it used
        if (!recorded && !tau.contains(row.tau_key)) continue;
        std::string time;
        for (const Json* of : {&tau, &of_cells})
            if (of->is_object() && of->contains(row.tau_key)) {
                const Json& value = (*of)[row.tau_key];
                time = value.is_string() ? value.get<std::string>() : value.dump() + " ms";
            }
        html +=
            fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td><td class=\"eq\">{}</td>"
                        "<td style=\"white-space:nowrap\">{}</td>"
                        "</tr>\n",
                        row.name, row.layer, row.holds, equation_html(row.equation), escape(time));
    }
    return html + "</tbody></table></div>\n";
}

std::string equations(const RunData& run) {
    const std::string rule = text_member(run, "spec.column.inhibition.type",
                                         text_member(run, "spec.column.inhibition", ""));
    if (rule.empty()) return "";
    const auto eq = [](const std::string& text) {
        return "<span class=\"eq\">" + equation_html(text) + "</span>";
    };
    const std::string mechanism =
        text_member(run, "spec.column.score.type", text_member(run, "spec.column.score", ""));
    const InhibitionLaw& law = inhibition_law(rule);
    const std::string inhibition =
        by_fast_weights(run)
            ? fmt::format("Inhibition of the dendrites that fast weights reach, {}, with A_i for "
                          "the sum over keys: {}.",
                          escape(rule), eq(law.equation))
            : fmt::format("Inhibition of the gates, {}: {}; {}.", escape(rule), eq(law.equation),
                          law.means);
    if (!run.find("comparison", "trial"))
        return fmt::format("<h3>Equations</h3>\n<p>{}</p>\n", inhibition);
    std::string pairs;
    if (text_member(run, "spec.column.dale", "") == "true")
        pairs = fmt::format(
            "<p>Dale\u2019s law: each number is r\u207a \u2212 r\u207b, each rate has an "
            "interneuron u (above); {}, I\u207b mirrored; {}; balance \u03b2 = {}.</p>\n",
            eq(dale_input), eq(dale_rates), text_member(run, "spec.column.dale_balance", "1"));
    std::string neurons;
    if (of_neurons(run)) {
        const auto key = [&](const std::string& name) -> std::string {
            const Json& vary = member(run, "spec.vary");
            if (vary.is_object() && vary.contains("column.spiking." + name)) return "(varied)";
            return escape(text_member(run, "spec.column.spiking." + name, "?"));
        };
        const bool some_fast = mechanism == "linear" && key("fast_weights") == "(varied)";
        const bool all_fast = mechanism == "linear" && by_fast_weights(run);
        const std::string matching =
            mechanism == "apical"
                ? fmt::format("Queries meet keys in {} bursting cells for each sign of a key, a "
                              "query and their dimension; a gate adds up their bursts, {}. ",
                              key("match_neurons"), eq(equation_of("L5match")->equation))
            : mechanism == "additive_exponential"
                ? fmt::format("Queries meet keys in the hidden cells of each gate, which adds up "
                              "their spikes, {}. ",
                              eq(equation_of("L5hidden")->equation))
            : all_fast || some_fast
                ? fmt::format("Fast weights stand in for the gates{}, {}; cells of features fire "
                              "at r* = \u03c6. ",
                              some_fast ? " where column.spiking.fast_weights says so" : "",
                              eq(equation_of("L5fast")->equation))
                : "";
        const std::string gates =
            all_fast ? ""
                     : fmt::format("A gate is n neurons with the hazard {}{}. ", eq(gate_hazard),
                                   key("gate_rate") == "?" ? "" : ", R_g = " + key("gate_rate"));
        const std::string background =
            key("background") == "microcircuit" || key("background") == "(varied)"
                ? fmt::format("{}ells lie in the microcircuit of Potjans and Diesmann (2014), at a "
                              "scale of {}: each hears as many of its neurons as one of its layer "
                              "does, and has no other noise. ",
                              key("background") == "(varied)"
                                  ? "Where column.spiking.background is microcircuit, c"
                                  : "C",
                              key("background_scale") == "?" ? "0.1" : key("background_scale"))
                : "";
        neurons = fmt::format(
            "<p>Neurons: each number is r\u207a \u2212 r\u207b, each rate n = {} cells ({}) that "
            "are "
            "driven to fire at R r*, R = {}, {}, where u is the input in the equation above; "
            "others "
            "know their filtered spikes, {}, after {}; a cell hears K = {} of the n cells of a "
            "rate, or "
            "all where there are no more. {}{}{}The PV pool of a row is {} fast-spiking cells. "
            "Compared with the block are "
            "means over the last {} of a presentation, or half of it if that is shorter.</p>\n",
            key("neurons"), key("cell"), key("rate"), eq(cell_rates), eq(filtered_spikes),
            key("delay"), key("in_degree"), background, matching, gates, key("PV_neurons"),
            key("window"));
    }
    return fmt::format(
        "<h3>Equations</h3>\n<p>Scores: {}. {} Reference block: {}, "
        "in double precision from the same weights.</p>\n{}{}<p>Measures: output relative error "
        "{}; "
        "divergence {}, mean over rows and heads; settling time: from when on {} for every head "
        "until the presentation ends.</p>\n",
        eq(score_equation(mechanism)), inhibition, eq(block_equation), pairs, neurons,
        eq(output_error), eq(attention_kl), eq(settled_when));
}

/// Every leaf of the resolved spec as path and value.
void flatten(const Json& node, const std::string& path,
             std::vector<std::pair<std::string, std::string>>& rows) {
    if (node.is_object()) {
        for (const auto& [key, value] : node.items())
            flatten(value, path.empty() ? key : path + "." + key, rows);
        return;
    }
    const std::string text = node.is_string() ? node.get<std::string>() : node.dump();
    rows.emplace_back(path, text);
}

std::string parameters_table(const RunData& run) {
    const Json& spec = member(run, "spec");
    if (!spec.is_object() || spec.empty()) return "";
    std::vector<std::pair<std::string, std::string>> rows;
    flatten(spec, "", rows);
    std::string html = fmt::format(
        "<details><summary>All {} parameters, with units</summary>\n<div "
        "class=\"scroll\"><table class=\"words\">\n<thead><tr><th>parameter</th><th>value"
        "</th></tr></thead>\n<tbody>\n",
        rows.size());
    for (const auto& [path, value] : rows) {
        if (path == "title" || path == "question" || path == "source" || path == "name") continue;
        html += fmt::format("<tr><td><code>{}</code></td><td>{}</td></tr>\n", escape(path),
                            escape(value));
    }
    return "<h3>Parameters</h3>\n" + html + "</tbody></table></div></details>\n";
}

/// An argument as a shell would need it.
std::string quoted(const std::string& word) {
    const bool plain = !word.empty() &&
                       word.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                              "0123456789_-./=:,+@%") == std::string::npos;
    if (plain) return word;
    std::string safe = "'";
    for (const char c : word) safe += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return safe + "'";
}

} // namespace

std::string html_table(const SmallTable& table, const std::string& classes) {
    std::string html;
    if (!table.caption.empty()) html += "<p class=\"note\">" + escape(table.caption) + "</p>\n";
    html += "<div class=\"scroll\"><table";
    if (!classes.empty()) html += " class=\"" + classes + "\"";
    if (!table.caption.empty()) html += " aria-label=\"" + escape(table.caption) + "\"";
    html += ">\n";
    html += "<thead><tr>";
    for (const std::string& word : table.header)
        html += "<th scope=\"col\">" + escape(word) + "</th>";
    html += "</tr></thead>\n<tbody>\n";
    for (const auto& row : table.rows) {
        html += "<tr>";
        for (const std::string& cell : row) html += "<td>" + escape(cell) + "</td>";
        html += "</tr>\n";
    }
    return html + "</tbody></table></div>\n";
}

std::string methods_part(const RunData& run) {
    // a fit runs no circuit
    const bool ran = !run.has("fit/conditions");
    std::string html = (ran ? populations_table(run) + equations(run) : "") + parameters_table(run);
    const std::string source = text_member(run, "source", "");
    if (!source.empty()) html += "<h3>Sources</h3>\n<p>" + escape(source) + "</p>\n";
    return html;
}

std::string reproduce_part(const RunData& run) {
    std::string html;
    const Json& argv = member(run, "argv");
    if (argv.is_array() && !argv.empty()) {
        std::string command;
        for (const Json& word : argv)
            command += (command.empty() ? "" : " ") +
                       quoted(word.is_string() ? word.get<std::string>() : word.dump());
        html += "<pre><code>" + escape(command) + "</code></pre>\n";
    }
    const bool is_sweep = text_member(run, "kind", "") == "sweep";
    html += is_sweep
                ? "<p>The same plan, build and device give the same bytes in summary.h5 and "
                  "results.csv for any number of workers and any order of points.</p>\n<dl>\n"
                : "<p>The same spec, seed, build and device give the same bytes in results.h5 for "
                  "any number of threads.</p>\n<dl>\n";
    for (const auto& [key, name] : std::initializer_list<std::pair<const char*, const char*>>{
             {"seed", "seed"},
             {"version", "version"},
             {"git", "commit"},
             {"compiler", "compiler"},
             {"flags", "flags"},
             {"device", "device"},
             {"threads", "threads"},
             {"host", "host"},
             {"started", "started"},
             {"weights_sha256", "weights SHA-256"}}) {
        const std::string value = text_member(run, key, "");
        if (!value.empty()) html += fmt::format("<dt>{}</dt><dd>{}</dd>\n", name, escape(value));
    }
    html += "</dl>\n";
    const Json& files = member(run, "files");
    if (files.is_object() && !files.empty()) {
        html += "<div class=\"scroll\"><table>\n<thead><tr><th>file</th><th>bytes</th><th>SHA-256"
                "</th></tr></thead>\n<tbody>\n";
        for (const auto& [name, file] : files.items()) {
            // a page cannot hold its own hash, and figures follow from the rest
            if (name == "report.html" || name.rfind("figures/", 0) == 0) continue;
            html += fmt::format("<tr><td>{}</td><td>{}</td><td><code>{}</code></td></tr>\n",
                                escape(name), file.value("bytes", std::int64_t{0}),
                                escape(file.value("sha256", "")));
        }
        html += "</tbody></table></div>\n";
    }
    if (!run.spec_text.empty())
        html += fmt::format("<details><summary>{}</summary>\n<pre><code>",
                            is_sweep ? "The experiment file" : "The resolved spec") +
                escape(run.spec_text) + "</code></pre></details>\n";
    return html;
}

} // namespace lamina::analysis

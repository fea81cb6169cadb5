/// Methods tables: populations with their equations, parameters with units; and how to get the same
/// run again.
#include <algorithm>
#include <cctype>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "analysis/report_parts.hpp"
#include "analysis/svg.hpp"

namespace lamina::analysis {
namespace {

using Json = nlohmann::ordered_json;

struct PopulationRow {
    const char *name, *layer, *holds, *equation, *tau_key;
};

// the equations of docs/model.md, "The rate column"
constexpr PopulationRow population_rows[] = {
    {"L5apical", "5, tuft in 1", "queries (context, feedback)",
     "\u03c4 dq/dt = \u2212q + G\u03b2(t)(W_Q n + b_Q)", "L5apical"},
    {"SST", "1, 2/3", "mask and apical gain", "\u03c4 dr/dt = \u2212r + r_in", "SST"},
    {"L23E", "2/3", "keys", "\u03c4 dk/dt = \u2212k + G\u03b3(t)(W_K n + b_K)", "L23E"},
    {"L23mlp", "2/3", "feed-forward layer",
     "\u03c4 df/dt = \u2212f + \u03c6(W_1 n + b_1); \u03c4 dz/dt = \u2212z + y + W_2 f + b_2",
     "L23mlp"},
    {"L4I", "4", "first layer norm",
     "\u03c4 d\u03bc/dt = \u2212\u03bc + mean(x); \u03c4 d\u03bd/dt = \u2212\u03bd + mean((x "
     "\u2212 \u03bc)\u00b2)",
     "L4I"},
    {"L4E", "4", "values", "\u03c4 dv/dt = \u2212v + G\u03b3(t)(W_V n + b_V)", "L4E"},
    {"L5gate", "5", "attention weights (bursts)",
     "\u03c4 da_ij/dt = \u2212a_ij + min(D_ij exp(\u2212p_i), a_max), D = exp(s)", "gate"},
    {"PV", "5", "log normaliser", "\u03c4 dp_i/dt = \u03c8(\u03a3_j a_ij), \u03c8(1) = 0", "PV"},
    {"L5E", "5", "routed values", "\u03c4 do_i/dt = \u2212o_i + \u03a3_j a_ij v_j", "L5E"},
    {"L6E", "6", "residual stream, to thalamus",
     "\u03c4 dy/dt = \u2212y + x + W_O concat_h o + b_O", "L6E"},
    {"L6I", "6", "second layer norm", "as L4I, on y", "L6I"}};

/// An equation as HTML: "_x" becomes a subscript. Our own text only.
std::string equation_html(const std::string& text) {
    std::string html;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '_') {
            html += text[i];
            continue;
        }
        std::size_t end = i + 1;
        while (end < text.size() && std::isalnum(static_cast<unsigned char>(text[end]))) ++end;
        html += "<sub>" + text.substr(i + 1, end - i - 1) + "</sub>";
        i = end - 1;
    }
    return html;
}

std::string populations_table(const RunData& run) {
    const Column* recorded = run.find("rates", "population");
    const Json& tau = member(run, "spec.column.tau");
    if (!recorded && !tau.is_object()) return "";
    std::string html = "<h3>Populations</h3>\n<div class=\"scroll\"><table "
                       "class=\"words\">\n<thead><tr><th>name</th>"
                       "<th>layer</th><th>holds</th><th>equation</th><th>\u03c4</th></tr></thead>\n"
                       "<tbody>\n";
    for (const PopulationRow& row : population_rows) {
        // only those this run had, when it says which
        if (recorded &&
            std::none_of(recorded->words.begin(), recorded->words.end(),
                         [&](const std::string& name) { return name.rfind(row.name, 0) == 0; }))
            continue;
        // a run without the column names the time constants that it used
        if (!recorded && !tau.contains(row.tau_key)) continue;
        std::string time;
        if (tau.is_object() && tau.contains(row.tau_key))
            time = tau[row.tau_key].is_string() ? tau[row.tau_key].get<std::string>()
                                                : tau[row.tau_key].dump() + " ms";
        html +=
            fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td><td class=\"eq\">{}</td><td>{}</td>"
                        "</tr>\n",
                        row.name, row.layer, row.holds, equation_html(row.equation), escape(time));
    }
    return html + "</tbody></table></div>\n";
}

std::string equations(const RunData& run) {
    const std::string rule = text_member(run, "spec.column.inhibition.type",
                                         text_member(run, "spec.column.inhibition", ""));
    if (rule.empty()) return "";
    const auto law = [&]() -> std::string {
        if (rule == "pv_log")
            return "\u03c8(A) = log((\u03b5 + A)/(\u03b5 + 1)), so that p settles at log \u03a3 "
                   "exp s "
                   "and a at softmax(s)";
        if (rule == "pv_linear") return "\u03c8(A) = A \u2212 1; the same fixed point as pv_log";
        if (rule == "pv_finite")
            return "\u03c4 dp/dt = \u03c8(A) \u2212 p/\u03ba: \u03a3a = Z^(1/(1 + \u03ba)), p = "
                   "\u03ba/(1 + \u03ba) log Z";
        if (rule == "pv_divisive")
            return "\u03c4 da/dt = \u2212a + D\u207f/(\u03c3\u207f + P\u207f), \u03c4 dP/dt = "
                   "\u2212P + \u03a3 D";
        if (rule == "oracle") return "p = log \u03a3 exp s at every instant";
        return "no inhibition: a relaxes to exp s, not normalised";
    }();
    const auto eq = [](const std::string& text) {
        return "<span class=\"eq\">" + equation_html(text) + "</span>";
    };
    if (!run.find("comparison", "trial"))
        return fmt::format("<h3>Equations</h3>\n<p>Inhibition of the gates, {}: {}.</p>\n",
                           escape(rule), eq(law));
    std::string pairs;
    if (text_member(run, "spec.column.dale", "") == "true")
        pairs = fmt::format(
            "<p>Dale\u2019s law: each number is r\u207a \u2212 r\u207b, each rate has an "
            "interneuron u; {}; {}; balance \u03b2 = {}.</p>\n",
            eq("I\u207a = W\u207ar\u207a + W\u207br\u207b \u2212 \u03b2(W\u207au\u207b + "
               "W\u207bu\u207a), I\u207b mirrored"),
            eq("\u03c4 dr\u00b1/dt = \u2212r\u00b1 + r_0 + [I\u00b1]\u208a, \u03c4_I "
               "du\u00b1/dt = \u2212u\u00b1 + r\u00b1"),
            text_member(run, "spec.column.dale_balance", "1"));
    return fmt::format(
        "<h3>Equations</h3>\n<p>Scores: {}. Inhibition of the gates, {}: {}. Reference block: {}, "
        "in double precision from the same weights.</p>\n{}<p>Measures: output relative error {}; "
        "divergence {}, mean over rows and heads; settling time: from when on {} for every head "
        "until the presentation ends.</p>\n",
        eq("s_ij = \u03bb(1 \u2212 r) q_i\u00b7k_j / \u221ad_head + m_ij"), escape(rule), eq(law),
        eq("a = softmax(s), o_i = \u03a3_j a_ij v_j, y = x + W_O concat(o) + b_O, z = y + FFN(y)"),
        pairs, eq("\u2016z \u2212 z_ref\u2016 / \u2016z_ref\u2016"),
        eq("\u03a3 a_ref log\u2082(a_ref / \u00e3), \u00e3 = a / \u03a3a"),
        eq("\u2016a \u2212 a_ref\u2016 / \u2016a_ref\u2016 \u2264 0.01"));
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
    std::string html = populations_table(run) + equations(run) + parameters_table(run);
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
    html += "<p>The same spec, seed, build and device give the same bytes in results.h5 for any "
            "number of threads.</p>\n<dl>\n";
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
        html += "<details><summary>The resolved spec</summary>\n<pre><code>" +
                escape(run.spec_text) + "</code></pre></details>\n";
    return html;
}

} // namespace lamina::analysis

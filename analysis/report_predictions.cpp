/// Ranked predictions: what to measure, what to expect, how many, and what would refute it.
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "analysis/report_parts.hpp"
#include "analysis/svg.hpp"
#include "sim/run_file/json.hpp"

namespace lamina::analysis {
namespace {

std::string words(const Json& entry, const char* key) {
    if (!entry.is_object() || !entry.contains(key) || entry[key].is_null()) return "";
    const Json& value = entry[key];
    if (value.is_string()) return value.get<std::string>();
    if (value.is_number()) return readable(value.get<double>());
    return value.dump();
}

/// "0.31 [0.22, 0.40] ms" from {value, low, high, unit}, or plain words.
std::string effect_words(const Json& entry) {
    if (!entry.contains("effect")) return "";
    const Json& effect = entry["effect"];
    if (!effect.is_object()) return words(entry, "effect");
    const auto number = [&](const char* key) {
        return effect.contains(key) && effect[key].is_number() ? effect[key].get<double>() : NAN;
    };
    const double value = std::isnan(number("value")) ? number("mean") : number("value");
    const double low = std::isnan(number("low")) ? number("ci_low") : number("low");
    const double high = std::isnan(number("high")) ? number("ci_high") : number("high");
    std::string text = with_interval({value, low, high, 0});
    const std::string unit = words(effect, "unit"), name = words(effect, "name");
    if (!unit.empty() && unit != "1") text += " " + unit;
    return name.empty() ? text : name + " = " + text;
}

std::string line(const char* term, const std::string& what) {
    if (what.empty()) return "";
    return fmt::format("<dt>{}</dt><dd>{}</dd>\n", term, escape(what));
}

} // namespace

std::string predictions_part(const nlohmann::ordered_json& predictions) {
    if (!predictions.is_array() || predictions.empty()) return "";
    std::string html = "<p class=\"note\">Ranked by how well a measurement would separate the "
                       "account simulated here from its rivals; sample sizes are for 80 % power at "
                       "\u03b1 = 0.05, two-sided.</p>\n";
    int rank = 0;
    for (const Json& entry : predictions) {
        if (!entry.is_object()) continue;
        ++rank;
        std::string n = words(entry, "needed_n");
        const std::string unit = words(entry, "needed_what");
        if (!n.empty() && !unit.empty()) n += " " + unit;
        html += fmt::format("<div class=\"prediction\">\n<h3>{}. {}</h3>\n<dl>\n", rank,
                            escape(words(entry, "statement")));
        html += line("quantity", words(entry, "quantity"));
        html += line("how to measure", words(entry, "measurement"));
        html += line("direction", words(entry, "direction"));
        html += line("effect size", effect_words(entry));
        html += line("needed for 80 % power", n);
        html += line("would falsify it", words(entry, "falsifier"));
        html += line("rival says", words(entry, "rival"));
        html += line("discriminability", words(entry, "score"));
        html += "</dl>\n</div>\n";
    }
    return html;
}

} // namespace lamina::analysis

/// What was run and what came out, in words, before any figure.
#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "analysis/report_parts.hpp"
#include "analysis/svg.hpp"
#include "sim/run_file/json.hpp"

namespace lamina::analysis {
namespace {

/// An entry {mean, ci_low, ci_high, n} of the summary; NaN where it has null.
Estimate summary_estimate(const Json& entry) {
    const auto number = [&](const char* key) {
        return entry.is_object() && entry.contains(key) && entry[key].is_number()
                   ? entry[key].get<double>()
                   : NAN;
    };
    const double n = number("n");
    return {number("mean"), number("ci_low"), number("ci_high"),
            std::isnan(n) ? 0 : static_cast<std::int64_t>(n)};
}

Estimate summary_of(const RunData& run, const std::string& path) {
    return summary_estimate(member(run, "summary." + path));
}

/// A fraction in per cent with its interval.
std::string percent(const Estimate& e) {
    return with_interval({100 * e.value, 100 * e.low, 100 * e.high, e.n}) + " %";
}

/// What a field was, or that it was varied and over what.
std::string field_words(const RunData& run, const Design& design, const std::string& path,
                        const std::string& otherwise) {
    for (const Factor& factor : design.factors) {
        if (factor.path != path && factor.path != path + ".type") continue;
        std::string words = "varied (";
        for (std::size_t i = 0; i < factor.levels.size(); ++i)
            words += (i == 0 ? "" : ", ") + factor.levels[i];
        return words + ")";
    }
    // a factor of named levels, each of which sets some paths
    for (const auto& [factor, levels] : member(run, "spec.vary").items())
        for (const auto& [level, settings] : levels.items())
            if (settings.is_object())
                for (const auto& setting : settings.items())
                    if (setting.key() == path || setting.key().rfind(path + ".", 0) == 0)
                        return fmt::format("varied (by {})", factor);
    // "score: pv_log" or "score: {type: pv_log, ...}"
    return text_member(run, "spec." + path + ".type", text_member(run, "spec." + path, otherwise));
}

std::string interval_words(const Estimate& e, const std::string& unit, const std::string& what) {
    std::string text = what;
    if (!std::isnan(e.low))
        text += fmt::format(", {} to {}{}{}", readable(e.low, 2), readable(e.high, 2),
                            unit.empty() ? "" : " ", unit);
    if (e.n > 0) text += fmt::format(" (n = {})", e.n);
    return text;
}

/// A circuit on its own, or several.
std::string circuit_words(const RunData& run) {
    const Json& variants = member(run, "summary.variants");
    const std::string model = text_member(run, "spec.circuit.model", "of the experiment file");
    const double seconds = number_member(run, "spec.task.duration", NAN) * 1e-3;
    if (variants.is_array())
        return fmt::format("The circuit {} ran on its own in {} variants, one after the other from "
                           "the same seed; {:g} s of each were recorded.",
                           model, variants.size(), seconds);
    return fmt::format("The circuit {} ran on its own: {:.0f} spiking neurons with {:.0f} "
                       "synapses, recorded for "
                       "{:g} s.",
                       model, number_member(run, "summary.network.neurons", NAN),
                       number_member(run, "summary.network.synapses", NAN), seconds);
}

/// What ran in a study, which has no column; null: the task is none.
const char* words_of_study(const std::string& task) {
    static const std::pair<const char*, const char*> words[] = {
        {"softmax_loop", "Gates of layer 5 and the PV cells that inhibit them were simulated alone "
                         "and compared with closed forms."},
        {"hopfield", "Gates of layer 5 and the PV cells that inhibit them weighed stored patterns, "
                     "and what they routed was the next query."},
        {"match_and_control",
         "A cell and its keys fired spike trains, one of them in common; keys whose spikes had "
         "come with the cell's were followed in the control phase."},
        {"linear_attention",
         "A memory added up products of values and keys and was read by queries; what it gave, and "
         "its gradient, were compared with sums over keys and with finite differences, and the "
         "weights with those of softmax."},
        {"normalization",
         "An attention field multiplied the drive of neurons before a pool of them divided it; "
         "responses to contrast with and without attention were fitted and compared."},
        {"exponential_spikes",
         "Cells whose hazard is exponential in query plus key fired, and the scatter of what their "
         "spikes tell of exp(q.k) was compared with its law."}};
    for (const auto& [name, said] : words)
        if (task == name) return said;
    return nullptr;
}

/// What the circuit and the task were, from the resolved spec.
std::string what_was_run(const RunData& run) {
    if (run.has("fit/conditions") || run.has("set_size/accounts"))
        return "Laws of recall were fitted to what people did; no trial of the circuit was run. "
               "The "
               "circuit's fixed point is the block, and the laws are what its memory says of every "
               "trial.";
    if (run.has("populations")) return circuit_words(run);
    const Design design = design_of(run);
    const std::string task = text_member(run, "spec.task.type", "");
    std::string words = task.empty() ? "a run" : task;
    std::replace(words.begin(), words.end(), '_', ' ');
    words[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(words[0])));
    std::string text;
    if (run.find("trials", "load")) {
        double least = 1e9, most = 0;
        for (const double load : design.loads)
            least = std::min(least, load), most = std::max(most, load);
        text = words + " with " +
               (least == most ? counted(std::size_t(most), "item")
                              : fmt::format("{:.0f} to {:.0f} items", least, most));
    } else {
        text = words;
    }
    const Column* trial = run.find("trials", "variant");
    if (trial) text += fmt::format(", {} trials", trial->numbers.size());
    if (design.variants.size() > 1) text += fmt::format(" in {} variants", design.variants.size());
    text += ". ";
    const char* const alone = words_of_study(task);
    if (alone) text += alone;
    const double columns = number_member(run, "spec.column.columns", NAN);
    if (!std::isnan(columns) && !alone)
        text += fmt::format(
            "The circuit has {} with {} (d_model {:.0f}, d_head {:.0f}); score: {}; inhibition of "
            "the {}: {}; norm: {}. ",
            counted(std::size_t(columns), "column"),
            counted(std::size_t(number_member(run, "spec.column.heads", 1)), "attention head"),
            number_member(run, "spec.column.d_model", NAN),
            number_member(run, "spec.column.d_head", NAN),
            field_words(run, design, "column.score", "multiplicative"),
            by_fast_weights(run) ? "dendrites that fast weights reach" : "gates",
            field_words(run, design, "column.inhibition", "pv_log"),
            field_words(run, design, "column.norm", "none"));
    if (run.has("comparison"))
        text += "A transformer block with the same weights received the same input in the same "
                "program, and the two were compared at the end of every presentation.";
    return text;
}

/// Spread of reported angles at the least and the greatest load.
std::string recall_words(const RunData& run, const std::vector<PublishedComparison>& published) {
    const Design design = design_of(run);
    if (!run.find("behaviour", "circular_sd_deg") || design.loads.empty()) return "";
    const auto [least, most] = std::minmax_element(design.loads.begin(), design.loads.end());
    const auto spread = [&](auto at) {
        return with_interval(behaviour_estimate(run, "circular_sd_deg", 0,
                                                std::size_t(at - design.loads.begin()))) +
               " deg";
    };
    std::string text = fmt::format("Reported angles had a circular SD of {} at load {:.0f}",
                                   spread(least), *least);
    if (*most > *least) text += fmt::format(" and {} at load {:.0f}", spread(most), *most);
    text += ".";
    for (const PublishedComparison& comparison : published)
        for (const SeriesComparison& series : comparison.series)
            if (series.quantity == "circular_sd_deg")
                text += fmt::format(" It differs from that of \u201c{}\u201d by {} deg (root mean "
                                    "square over {} load(s) in common).",
                                    comparison.data.title, readable(series.rmse, 2),
                                    series.distances.size());
    return text;
}

/// Accuracy at the least and the greatest load.
std::string behaviour_words(const RunData& run, const std::vector<PublishedComparison>& published) {
    std::vector<BehaviourRow> rows;
    for (const BehaviourRow& row : behaviour_by_load_of(run, {}))
        if (row.variant == 0 && row.n > 0) rows.push_back(row);
    if (rows.empty()) return recall_words(run, published);
    const auto by_load = [](const BehaviourRow& a, const BehaviourRow& b) {
        return a.load < b.load;
    };
    std::stable_sort(rows.begin(), rows.end(), by_load);
    const BehaviourRow &first = rows.front(), &last = rows.back();
    std::string text;
    if (rows.size() == 1) {
        text = fmt::format("The column answered {} of the trials correctly (load {}, n = {})",
                           percent(first.accuracy), first.load, first.n);
    } else {
        text = fmt::format(
            "The column answered {} of the trials correctly at load {} and {} at load {}; it held "
            "K = {} items at load {}. Median reaction time went from {} to {} ms",
            percent(first.accuracy), first.load, percent(last.accuracy), last.load,
            with_interval(last.K, 2), last.load, readable(first.rt_median_ms.value),
            readable(last.rt_median_ms.value));
    }
    text += ".";
    for (const PublishedComparison& comparison : published)
        for (const SeriesComparison& series : comparison.series)
            if (series.quantity == "accuracy")
                text += fmt::format(
                    " Accuracy differs from that of \u201c{}\u201d by {} (root mean square over {} "
                    "in common).",
                    comparison.data.title, readable(series.rmse, 2),
                    counted(series.distances.size(), "load"));
    return text;
}

std::string fidelity_words(const RunData& run) {
    const Estimate error = summary_of(run, "comparison.output_relative_error");
    if (std::isnan(error.value)) return "";
    const Estimate kl = summary_of(run, "comparison.attention_kl_bits");
    const Estimate top = summary_of(run, "comparison.attention_top1_agreement");
    const Estimate settle = summary_of(run, "comparison.settle_time_ms");
    const std::vector<double>& each = run.numbers("comparison", "settle_time_ms");
    const auto never = each.size() - finite(each).size();
    std::string text = fmt::format(
        "Against the reference block, the output differed by a relative error of {} (mean over {} "
        "presentations) and the attention weights by {} bit from softmax; the most attended key "
        "was "
        "the same in {} of the rows.",
        with_interval(error, 2), error.n, with_interval(kl, 2), percent(top));
    if (!std::isnan(settle.value))
        text += fmt::format(
            " Attention stayed within 1 % of softmax from {} ms after onset{}.",
            with_interval(settle),
            never > 0 ? fmt::format("; in {} of {} presentations it never did", never, each.size())
                      : std::string());
    const Json& variants = member(run, "summary.variants");
    if (variants.is_array() && variants.size() > 1) {
        // the best and the worst of the crossed variants
        std::size_t best = 0, worst = 0;
        const auto value = [&](std::size_t i) {
            const Json& v = variants[i];
            return v.contains("comparison") && v["comparison"].contains("output_relative_error")
                       ? summary_estimate(v["comparison"]["output_relative_error"]).value
                       : NAN;
        };
        for (std::size_t i = 0; i < variants.size(); ++i) {
            if (value(i) < value(best)) best = i;
            if (value(i) > value(worst)) worst = i;
        }
        text += fmt::format(" Over the variants the error ran from {} ({}) to {} ({}).",
                            readable(value(best), 2), variants[best].value("label", "?"),
                            readable(value(worst), 2), variants[worst].value("label", "?"));
    }
    return text;
}

/// The loop alone: what it computes, how it rings, how long it takes.
std::string loop_words(const RunData& run) {
    const std::vector<double>& a_error = run.numbers("loop/fixed_point", "a_error");
    const std::vector<double>& hertz = run.numbers("loop/ringing", "frequency_Hz");
    const std::vector<double>& law = run.numbers("loop/ringing", "law_frequency_Hz");
    const Column* settle = run.find("loop/settling", "settle_time_ms");
    const Column* rules = run.find("loop/settling", "rule");
    const std::vector<double>& score_sd = run.numbers("loop/settling", "score_sd");
    std::string text;
    if (!finite(a_error).empty())
        text +=
            fmt::format("With scores held constant, no weight came to rest further than {} from "
                        "softmax.",
                        readable(quantile(a_error, 1), 2));
    if (!hertz.empty() && !law.empty() && hertz[0] > 0 && law[0] > 0)
        text +=
            fmt::format(" After a small kick the loop rang at {} Hz; the linear law says {} Hz.",
                        readable(hertz[0]), readable(law[0]));
    if (settle && rules && !rules->words.empty() && !score_sd.empty()) {
        const auto n = static_cast<std::ptrdiff_t>(settle->length("draw"));
        const auto of = [&](std::size_t s) {
            const auto from = settle->numbers.begin() + static_cast<std::ptrdiff_t>(s) * n;
            return readable(mean({from, from + n}));
        };
        const std::size_t last = score_sd.size() - 1;
        text += fmt::format(" Under {} attention took {} ms to come within 1 % at a score SD of "
                            "{:g}, and {} ms at {:g}.",
                            rules->words[0], of(0), score_sd[0], of(last), score_sd[last]);
    }
    const Column* winners = run.find("loop/winners", "total_variation");
    if (winners && winners->numbers.size() > 0) {
        const auto n = static_cast<std::ptrdiff_t>(winners->length("draw"));
        const auto own = winners->numbers.begin() + n; // the second is the spec's own inhibition
        text += fmt::format("The shares of the gates' spikes were {} from softmax (total "
                            "variation, mean over draws).",
                            readable(mean({own, own + n}), 2));
    }
    return text;
}

std::string tiles(const RunData& run) {
    std::string html;
    const std::string over = design_of(run).variants.size() > 1 ? ", all variants" : "";
    const Estimate accuracy = summary_of(run, "behaviour.all.accuracy");
    if (!std::isnan(accuracy.value)) {
        const Estimate e{100 * accuracy.value, 100 * accuracy.low, 100 * accuracy.high, accuracy.n};
        html += tile(readable(e.value) + " %", interval_words(e, "%", "correct, all loads"));
    }
    const Estimate error = summary_of(run, "comparison.output_relative_error");
    if (!std::isnan(error.value))
        html += tile(readable(error.value, 2),
                     interval_words(error, "", "output relative error" + over));
    const Estimate kl = summary_of(run, "comparison.attention_kl_bits");
    if (!std::isnan(kl.value))
        html += tile(readable(kl.value, 2) + " bit",
                     interval_words(kl, "bit", "KL from softmax" + over));
    const Estimate settle = summary_of(run, "comparison.settle_time_ms");
    if (!std::isnan(settle.value))
        html += tile(readable(settle.value) + " ms",
                     interval_words(settle, "ms", "time to attend" + over));
    return html.empty() ? "" : "<div class=\"tiles\">\n" + html + "</div>\n";
}

std::string warnings_and_cost(const RunData& run) {
    std::string html;
    const Json& warnings = member(run, "warnings");
    if (warnings.is_array() && !warnings.empty()) {
        html += "<p><span class=\"warning\">Warnings.</span></p>\n<ul>\n";
        for (const Json& warning : warnings)
            html += "<li><pre>" +
                    escape(warning.is_string() ? warning.get<std::string>() : warning.dump()) +
                    "</pre></li>\n";
        html += "</ul>\n";
    } else if (warnings.is_array()) {
        html += "<p>The experiment file gave no warnings.";
    }
    const double seconds = number_member(run, "seconds", NAN);
    std::string cost;
    if (!std::isnan(seconds)) {
        cost = fmt::format("Cost: {} s on {}", readable(seconds),
                           counted(std::size_t(number_member(run, "threads", 1)), "thread"));
        const double per_trial = number_member(run, "cost.seconds_per_trial", NAN);
        if (run.has("populations"))
            cost += fmt::format(", {} s per biological second, construction included",
                                readable(1e3 * seconds / double(design_of(run).variants.size()) /
                                         (number_member(run, "spec.task.duration", NAN) +
                                          number_member(run, "spec.task.discard", 0))));
        else if (!std::isnan(per_trial))
            cost += fmt::format(", {} thread seconds per {}", readable(per_trial, 2),
                                run.find("trials", "variant") ? "trial" : "measurement");
        cost += ".";
    }
    const bool open = html.rfind("<p>The", 0) == 0;
    if (open) return html + " " + escape(cost) + "</p>\n";
    return cost.empty() ? html : html + "<p>" + escape(cost) + "</p>\n";
}

} // namespace

std::string summary_card(const RunData& run, const std::vector<PublishedComparison>& published) {
    std::string html = "<div class=\"card\">\n<p>" + escape(what_was_run(run)) + "</p>\n";
    html += tiles(run);
    for (const std::string& words :
         {behaviour_words(run, published), fidelity_words(run), loop_words(run), fit_words(run)})
        if (!words.empty()) html += "<p>" + escape(words) + "</p>\n";
    for (const PublishedComparison& comparison : published)
        if (!comparison.data.found)
            html += "<p class=\"note\">" + escape(comparison.data.note) + ".</p>\n";
    return html + warnings_and_cost(run) + "</div>\n";
}

std::string expectations_table(const RunData& run) {
    const Json& expect = member(run, "expect");
    if (!expect.is_array() || expect.empty()) return "";
    std::string html =
        "<h3>Expectations</h3>\n<div class=\"scroll\"><table>\n<thead><tr><th>quantity"
        "</th><th>expected</th><th>found</th><th>outcome</th></tr></thead>\n<tbody>\n";
    for (const Json& line : expect) {
        const bool met = line.value("met", false);
        const bool known = line.contains("value") && line["value"].is_number();
        html += fmt::format(
            "<tr><td><code>{}</code></td><td>{}</td><td>{}</td><td class=\"{}\">{}"
            "</td></tr>\n",
            escape(line.value("path", "")), escape(as_written(line.value("relation", ""))),
            known ? escape(readable(line["value"].get<double>())) : "no such number",
            met ? "pass" : "surprise",
            met     ? "pass"
            : known ? "surprise"
                    : "unknown");
    }
    return html + "</tbody></table></div>\n";
}

} // namespace lamina::analysis

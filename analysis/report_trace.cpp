/// One trial step by step: layers as heat strips, the gates' weights beside softmax, PV, evidence,
/// all at the moment of a slider.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "analysis/plot_layout.hpp"
#include "analysis/report_parts.hpp"
#include "analysis/svg.hpp"

namespace lamina::analysis {
namespace {

constexpr std::size_t most_frames = 260; // of the slider; keeps the page below a few megabytes

std::string base64(const std::vector<std::uint8_t>& bytes) {
    static const char* digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::size_t n = std::min<std::size_t>(3, bytes.size() - i);
        std::uint32_t three = 0;
        for (std::size_t k = 0; k < 3; ++k) three = three << 8 | (k < n ? bytes[i + k] : 0u);
        for (std::size_t k = 0; k < 4; ++k)
            text += k <= n ? digits[three >> (18 - 6 * k) & 63] : '=';
    }
    return text;
}

std::uint8_t level(double value, double low, double high) {
    if (std::isnan(value)) return 0;
    const double u = high > low ? (value - low) / (high - low) : 0;
    return static_cast<std::uint8_t>(std::lround(255 * std::clamp(u, 0.0, 1.0)));
}

std::string ramp_bytes(Ramp ramp) {
    std::vector<std::uint8_t> bytes;
    for (int i = 0; i < 256; ++i) {
        const std::string colour = ramp_colour(ramp, i / 255.0);
        for (int k = 0; k < 3; ++k)
            bytes.push_back(static_cast<std::uint8_t>(
                std::stoi(colour.substr(static_cast<std::size_t>(1 + 2 * k), 2), nullptr, 16)));
    }
    return base64(bytes);
}

/// One population as a strip of [rows, columns] cells at every frame: heads by columns where it has
/// them, the root mean square over everything else.
struct Strip {
    std::string name;
    std::size_t rows = 1, columns = 1;
    double high = 0;
    std::vector<double> values; ///< [frame, rows, columns]
};

Strip strip_of(const std::string& name, const Column& column,
               const std::vector<std::size_t>& frames, std::size_t n_heads) {
    Strip strip;
    strip.name = name;
    std::size_t row_axis = 0, column_axis = 0;
    for (std::size_t d = 1; d < column.dims.size(); ++d) {
        // the units of a column are its heads, one after the other
        const bool by_head = column.dims[d] == "unit" && column.shape[d] % n_heads == 0;
        if (column.dims[d] == "head" || by_head) row_axis = d;
        if (column.dims[d] == "column" || column.dims[d] == "query") column_axis = d;
    }
    if (row_axis) strip.rows = column.dims[row_axis] == "unit" ? n_heads : column.shape[row_axis];
    if (column_axis) strip.columns = column.shape[column_axis];
    std::size_t inner = 1;
    for (std::size_t d = 1; d < column.shape.size(); ++d) inner *= column.shape[d];
    const double pooled =
        static_cast<double>(inner) / static_cast<double>(strip.rows * strip.columns);

    for (const std::size_t frame : frames) {
        std::vector<double> squares(strip.rows * strip.columns);
        for (std::size_t i = 0; i < inner; ++i) {
            // where this unit lies along the two axes
            std::size_t rest = i, row = 0, place = 0;
            for (std::size_t d = column.shape.size(); d-- > 1;) {
                const std::size_t index = rest % column.shape[d];
                rest /= column.shape[d];
                if (d == row_axis && row_axis) row = index * strip.rows / column.shape[d];
                if (d == column_axis && column_axis) place = index;
            }
            const double value = column.numbers[frame * inner + i];
            if (!std::isnan(value)) squares[row * strip.columns + place] += value * value;
        }
        for (const double sum : squares) {
            strip.values.push_back(std::sqrt(sum / pooled));
            strip.high = std::max(strip.high, strip.values.back());
        }
    }
    return strip;
}

/// [frame, head, query, key] as bytes of [0, 1].
std::string matrix_bytes(const Column& column, const std::vector<std::size_t>& frames) {
    std::size_t inner = 1;
    for (std::size_t d = 1; d < column.shape.size(); ++d) inner *= column.shape[d];
    std::vector<std::uint8_t> bytes;
    bytes.reserve(frames.size() * inner);
    for (const std::size_t frame : frames)
        for (std::size_t i = 0; i < inner; ++i)
            bytes.push_back(level(column.numbers[frame * inner + i], 0, 1));
    return base64(bytes);
}

/// Evidence, the two accumulators and mean PV over the trial, with a cursor for the slider.
Figure courses(const RunData& run, const Group& trace, const std::vector<double>& time_ms) {
    Figure figure;
    figure.title = "Time courses of the traced trial";
    figure.description = "Evidence, accumulators and PV activity over one trial; the vertical line "
                         "is the moment chosen with the slider.";
    figure.letters = false;
    figure.shared_legend = true;
    figure.row_gap_px = 6;
    const std::size_t stride = std::max<std::size_t>(1, time_ms.size() / 800);
    const auto panel_of = [&](const std::string& name, const std::string& note) {
        Panel panel;
        panel.row_name = name;
        panel.row_note = note;
        panel.height_px = 62;
        panel.spans = epoch_spans(run);
        panel.y.ticks = 3;
        panel.x.low = time_ms.front(), panel.x.high = time_ms.back();
        panel.x.tick_labels = false;
        return panel;
    };
    const auto add = [&](Panel& panel, const std::string& label, int colour, auto value) {
        Line line;
        line.label = label;
        line.colour = Colour::category(colour);
        for (std::size_t t = 0; t < time_ms.size(); t += stride)
            line.x.push_back(time_ms[t]), line.y.push_back(value(t));
        panel.lines.push_back(line);
    };
    const auto evidence = trace.find("evidence"), rates = trace.find("decision_rate_Hz"),
               pv = trace.find("PV");
    if (pv != trace.end()) {
        Panel panel = panel_of("PV", "mean p");
        const std::size_t inner = pv->second.numbers.size() / time_ms.size();
        add(panel, "", 3, [&](std::size_t t) {
            const auto from = pv->second.numbers.begin() + static_cast<std::ptrdiff_t>(t * inner);
            return mean({from, from + static_cast<std::ptrdiff_t>(inner)});
        });
        figure.panels.push_back(panel);
    }
    if (evidence != trace.end() && !finite(evidence->second.numbers).empty()) {
        Panel panel = panel_of("evidence", "for a match");
        add(panel, "", 2, [&](std::size_t t) { return evidence->second.numbers[t]; });
        figure.panels.push_back(panel);
    }
    if (rates != trace.end() && !finite(rates->second.numbers).empty()) {
        Panel panel = panel_of("decision", "rates (Hz)");
        const std::size_t n = rates->second.numbers.size() / time_ms.size();
        for (std::size_t i = 0; i < std::min<std::size_t>(n, 2); ++i)
            add(panel, i == 0 ? "match" : "non-match", i == 0 ? 0 : 1,
                [&](std::size_t t) { return rates->second.numbers[t * n + i]; });
        figure.panels.push_back(panel);
    }
    if (figure.panels.empty()) return figure;
    for (Panel& panel : figure.panels) panel.name_spans = &panel == &figure.panels.front();
    figure.panels.back().x.tick_labels = true;
    figure.panels.back().x.label = "time in the trial (ms)";
    return figure;
}

std::string epoch_at(const std::vector<Epoch>& epochs, double ms) {
    for (const Epoch& epoch : epochs)
        if (ms >= epoch.from_ms && ms <= epoch.to_ms) return epoch.name;
    return "";
}

} // namespace

std::string trace_part(const RunData& run) {
    const auto group = run.trace.find("trace");
    if (group == run.trace.end()) return "";
    const Group& trace = group->second;
    const auto time = trace.find("time");
    if (time == trace.end() || time->second.numbers.size() < 2) return "";
    const std::vector<double>& time_ms = time->second.numbers;

    // frames of the slider, evenly over the trial
    const std::size_t n_frames = std::min(most_frames, time_ms.size());
    std::vector<std::size_t> frames;
    for (std::size_t f = 0; f < n_frames; ++f)
        frames.push_back(f * (time_ms.size() - 1) / (n_frames - 1));
    nlohmann::ordered_json data;
    const std::vector<Epoch> epochs = epochs_of(run);
    const auto evidence = trace.find("evidence");
    for (const std::size_t frame : frames) {
        data["time"].push_back(std::round(10 * time_ms[frame]) / 10);
        data["epoch"].push_back(epoch_at(epochs, time_ms[frame]));
        if (evidence != trace.end()) {
            const double e = evidence->second.numbers[frame];
            data["evidence"].push_back(std::isnan(e) ? 0 : std::round(1e4 * e) / 1e4);
        }
    }
    // opens at the end of the last thing that was shown
    double end_ms = time_ms.back();
    for (const Epoch& epoch : epochs)
        if (epoch.shows) end_ms = epoch.to_ms;
    std::size_t start = 0;
    for (std::size_t f = 0; f < frames.size(); ++f)
        if (time_ms[frames[f]] <= end_ms) start = f;
    data["start"] = start;
    data["sequential"] = ramp_bytes(Ramp::sequential);
    data["diverging"] = ramp_bytes(Ramp::diverging);

    // the populations, from the surface down
    std::vector<const std::pair<const std::string, Column>*> populations;
    for (const auto& variable : trace) {
        const bool known = !layer_of(variable.first).empty();
        if (known && variable.second.dims.size() > 1 && variable.second.dims[0] == "time")
            populations.push_back(&variable);
    }
    std::stable_sort(populations.begin(), populations.end(), [](const auto* a, const auto* b) {
        return depth_of(a->first) < depth_of(b->first);
    });
    const char* const weights = trace.count("L5implied") ? "L5implied" : "L5gate";
    const auto gate = trace.find(weights), reference = trace.find("reference");
    const std::size_t n_heads =
        gate != trace.end() ? std::max<std::size_t>(1, gate->second.length("head")) : 1;
    std::string strips;
    data["populations"] = nlohmann::ordered_json::array();
    for (std::size_t i = 0; i < populations.size(); ++i) {
        const auto& [name, column] = *populations[i];
        if (name == weights) continue; // shown as a matrix
        const Strip strip = strip_of(name, column, frames, n_heads);
        std::vector<std::uint8_t> bytes;
        for (const double value : strip.values) bytes.push_back(level(value, 0, strip.high));
        const std::string id = fmt::format("trace-p{}", i);
        data["populations"].push_back({{"id", id},
                                       {"rows", strip.rows},
                                       {"columns", strip.columns},
                                       {"data", base64(bytes)}});
        const std::string role = role_of(name);
        strips += fmt::format(
            "<div><b>{}</b> {}<small>{}, up to {}</small></div><canvas id=\"{}\" role=\"img\" "
            "aria-label=\"{}: activity of each column at the chosen moment\" "
            "style=\"height:{}px\"></canvas>\n",
            escape(name), escape(layer_of(name)), escape(role), readable(strip.high), id,
            escape(name), strip.rows > 1 ? 30 : 16);
    }

    // the weights and the softmax of the same input
    std::string matrices, heads;
    if (gate != trace.end() && reference != trace.end() && gate->second.shape.size() == 4 &&
        gate->second.shape == reference->second.shape) {
        data["heads"] = gate->second.shape[1];
        data["queries"] = gate->second.shape[2];
        data["keys"] = gate->second.shape[3];
        data["weights"] = matrix_bytes(gate->second, frames);
        data["reference"] = matrix_bytes(reference->second, frames);
        struct Shown {
            const char *id, *words;
        };
        const std::string of_weights = fmt::format("weights a_ij ({})", weights);
        for (const Shown shown :
             {Shown{"trace-a", of_weights.c_str()}, Shown{"trace-r", "softmax of the block"},
              Shown{"trace-d", "difference"}})
            matrices +=
                fmt::format("<div>{1}<canvas id=\"{0}\" role=\"img\" aria-label=\"{1}: query "
                            "by key at the chosen moment\" style=\"aspect-ratio:{2}/{3}\">"
                            "</canvas></div>\n",
                            shown.id, shown.words, gate->second.shape[3], gate->second.shape[2]);
        for (std::size_t h = 0; h < gate->second.shape[1]; ++h)
            heads += fmt::format("<option value=\"{}\">head {}</option>", h, h + 1);
    }

    // the courses with a cursor at the slider's moment
    const Figure figure = courses(run, trace, time_ms);
    std::string plot;
    if (!figure.panels.empty()) {
        const Layout layout = lay_out(figure);
        const PlacedPanel &first = layout.panels.front(), &last = layout.panels.back();
        data["plot_left"] = first.left;
        data["plot_width"] = first.width;
        data["plot_from"] = first.x.low;
        data["plot_to"] = first.x.high;
        plot = draw(figure, "trace", false);
        const std::string cursor = fmt::format(
            "<line id=\"trace-cursor\" x1=\"{0}\" x2=\"{0}\" y1=\"{1}\" y2=\"{2}\" class=\"sk\" "
            "stroke-width=\"1.2\"/>\n</svg>",
            pixels(first.left), pixels(first.top), pixels(last.top + last.height));
        plot.replace(plot.rfind("</svg>"), 6, cursor);
    }

    // JSON inside HTML: no "</" may appear
    std::string json = data.dump();
    for (std::size_t at = 0; (at = json.find("</", at)) != std::string::npos; at += 3)
        json.replace(at, 2, "<\\/");
    return fmt::format(
        "<h3>One trial, step by step</h3>\n<noscript><p class=\"note\">The slider over the traced "
        "trial needs JavaScript; the figures above and below do not.</p></noscript>\n"
        "<div id=\"trace\" class=\"trace\" hidden>\n<div class=\"control\"><button type=\"button\" "
        "id=\"trace-play\">Play</button><label for=\"trace-slider\">time</label><input "
        "type=\"range\" id=\"trace-slider\" min=\"0\" max=\"{}\" value=\"0\"/>{}<output "
        "id=\"trace-time\" for=\"trace-slider\"></output></div>\n<div class=\"strips\">\n{}</div>\n"
        "<div class=\"matrices\">\n{}</div>\n<div class=\"plot\">{}</div>\n"
        "<p class=\"note\">Strips: root mean square over the units of each column (left to right) "
        "and head (top to bottom), dark is high, each on its own scale. Matrices: queries from top "
        "to bottom, keys from left to right, weights from 0 to 1; difference from \u22121 (blue) "
        "to "
        "1 (red).</p>\n</div>\n<script type=\"application/json\" id=\"trace-data\">{}</script>\n",
        frames.size() - 1,
        heads.empty() ? "" : "<select id=\"trace-head\" aria-label=\"head\">" + heads + "</select>",
        strips, matrices, plot, json);
}

} // namespace lamina::analysis

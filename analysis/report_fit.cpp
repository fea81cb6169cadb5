/// What a fit found, in words.
#include <cmath>

#include <fmt/format.h>

#include "analysis/figures/figure.hpp"
#include "analysis/report_parts.hpp"
#include "sim/run_file/json.hpp"

namespace lamina::analysis {
namespace {

std::string words_of_fit(const RunData& run) {
    const Json& fit = member(run, "summary.fit");
    if (!fit.is_object()) return "";
    std::string text = fmt::format("Fitted to {} under the account {}: ", fit.value("source", ""),
                                   fit.value("account", ""));
    bool first = true;
    for (const auto& [name, value] : fit["values"].items()) {
        const auto number = [&, &entry = value](const char* key) {
            return entry[key].is_number() ? entry[key].get<double>() : NAN;
        };
        const std::string unit = value.value("unit", "1");
        text += fmt::format("{}{} = {}{}", first ? "" : ", ", value.value("path", name),
                            with_interval({number("mean"), number("ci_low"), number("ci_high"), 0}),
                            unit == "1" ? "" : " " + unit);
        first = false;
    }
    text += fmt::format(". The misfit is G\u00b2 = {} with {:.0f} degrees of freedom",
                        readable(number_member(run, "summary.fit.G2", NAN)),
                        number_member(run, "summary.fit.df", NAN));
    const double p = number_member(run, "summary.fit.p_bootstrap", NAN);
    text += std::isnan(p) ? "." : fmt::format(" (simulated data: p = {}).", readable(p, 2));
    const double sd = number_member(run, "summary.fit.held_out.largest_relative_sd_error", NAN);
    if (!std::isnan(sd))
        text += fmt::format(" The set sizes that were not fitted are foretold to {} % of the "
                            "circular SD, or better.",
                            readable(100 * sd, 2));
    const double accuracy = number_member(run, "summary.fit.held_out.largest_accuracy_error", NAN);
    if (!std::isnan(accuracy))
        text += fmt::format(
            " The set sizes that were not fitted are foretold to {} in accuracy and "
            "{} in K, or better.",
            readable(accuracy, 2),
            readable(number_member(run, "summary.fit.held_out.largest_K_error", NAN), 2));
    for (const Json& warning : fit["warnings"])
        text += " Warning: " + warning.get<std::string>() + ".";
    return text;
}

std::string words_of_set_size(const RunData& run) {
    const Json& found = member(run, "summary.set_size");
    if (!found.is_object()) return "";
    std::string best = found.value("best_held_out", "");
    std::string text = fmt::format(
        "Of three accounts fitted to the same set sizes, {} makes the others most likely.", best);
    for (const auto& [name, account] : found["accounts"].items())
        text +=
            fmt::format(" {}: circular SD off by {} % at most, G\u00b2 = {} with {} degrees of "
                        "freedom.",
                        name, readable(100 * account["largest_relative_sd_error"].get<double>(), 2),
                        readable(account["G2"].get<double>()), account["df"].get<int>());
    return text;
}

} // namespace

std::string fit_words(const RunData& run) { return words_of_fit(run) + words_of_set_size(run); }

} // namespace lamina::analysis

#include "experiments/fit/conditions.hpp"

#include <cmath>

#include <fmt/format.h>

#include "experiments/summary.hpp"

namespace lamina {
namespace {

/// SD of errors, or K of answers: what the scatter of people is given for.
double figure_of(const FitCondition& condition, FitKind kind) {
    return kind == FitKind::errors ? circular_sd_deg(condition.cells[0])
                                   : answer_rates(condition).K(condition.load);
}

analysis::Estimate figure_with_interval(const FitData& data, std::size_t i,
                                        const FitOptions& options) {
    const FitCondition& condition = data.conditions[i];
    const double value = figure_of(condition, data.kind);
    if (data.n_subjects > 1) {
        const double half = analysis::student_quantile(options.level, data.n_subjects - 1) *
                            data.subject_sd[i] / std::sqrt(double(data.n_subjects));
        return {value, value - half, value + half, data.n_subjects};
    }
    FitData alone = data;
    alone.conditions = {condition};
    std::vector<double> drawn;
    for (std::uint32_t r = 0; r < 400; ++r)
        drawn.push_back(figure_of(resampled_data(alone, options.seed, r).conditions[0], data.kind));
    return {value, analysis::quantile(drawn, (1 - options.level) / 2),
            analysis::quantile(drawn, (1 + options.level) / 2),
            static_cast<std::int64_t>(condition.n())};
}

} // namespace

std::vector<ConditionFit> unfitted_conditions(const FitSetup& setup) {
    std::vector<ConditionFit> out;
    for (const FitCondition& condition : setup.data.conditions) {
        ConditionFit fit;
        fit.load = condition.load;
        fit.n = condition.n();
        for (const FitCondition& fitted : setup.fitted.conditions)
            fit.fitted |= fitted.load == condition.load;
        out.push_back(fit);
    }
    return out;
}

std::vector<ConditionFit> condition_fits(const FitSetup& setup, const std::vector<double>& values,
                                         const FitOptions& options) {
    const LawValues v = setup.problem.with(values);
    std::vector<ConditionFit> out = unfitted_conditions(setup);
    for (std::size_t i = 0; i < out.size(); ++i) {
        const FitCondition& condition = setup.data.conditions[i];
        ConditionFit& fit = out[i];
        fit.not_held = setup.law->not_held(v, condition.load);
        if (setup.data.kind == FitKind::errors) {
            fit.sd_deg = figure_with_interval(setup.data, i, options);
            fit.law_sd_deg = circular_sd_deg(setup.law->error_moments(v, condition.load));
        } else {
            fit.K = figure_with_interval(setup.data, i, options);
            fit.data = answer_rates(condition);
            const ChangeRates rates = setup.law->change_rates(v, condition.load);
            fit.law = {rates.hit, rates.false_alarm};
        }
        fit.expected = setup.law->probabilities(v, condition.load);
        for (std::size_t c = 0; c < fit.expected.size(); ++c)
            for (double& p : fit.expected[c]) p *= condition.cells[c].n();
    }
    return out;
}

nlohmann::ordered_json condition_summary(const ConditionFit& c, FitKind kind) {
    nlohmann::ordered_json json = {{"fitted", c.fitted}, {"n", c.n}, {"not_held", c.not_held}};
    if (kind == FitKind::errors) {
        json["sd_deg"] = summary_entry(c.sd_deg);
        json["law_sd_deg"] = c.law_sd_deg;
        json["relative_error"] = c.sd_deg.value > 0
                                     ? nlohmann::ordered_json(c.law_sd_deg / c.sd_deg.value - 1)
                                     : nlohmann::ordered_json();
        return json;
    }
    json["hit_rate"] = c.data.hit;
    json["law_hit_rate"] = c.law.hit;
    json["false_alarm_rate"] = c.data.false_alarm;
    json["law_false_alarm_rate"] = c.law.false_alarm;
    json["accuracy"] = c.data.accuracy();
    json["law_accuracy"] = c.law.accuracy();
    json["accuracy_error"] = c.law.accuracy() - c.data.accuracy();
    json["K"] = summary_entry(c.K);
    json["law_K"] = c.law.K(c.load);
    json["K_error"] = c.law.K(c.load) - c.K.value;
    return json;
}

void add_conditions(Image& image, const std::vector<ConditionFit>& fits, const FitData& data) {
    const bool errors = data.kind == FitKind::errors;
    std::vector<std::int64_t> load;
    std::vector<std::uint8_t> fitted;
    std::vector<double> n, not_held, value, low, high, law_sd, hit, law_hit, alarm, law_alarm, K,
        counts, expected;
    for (std::size_t i = 0; i < fits.size(); ++i) {
        const ConditionFit& c = fits[i];
        const analysis::Estimate& e = errors ? c.sd_deg : c.K;
        load.push_back(c.load);
        fitted.push_back(c.fitted);
        n.push_back(c.n);
        not_held.push_back(c.not_held);
        value.push_back(e.value), low.push_back(e.low), high.push_back(e.high);
        law_sd.push_back(c.law_sd_deg);
        hit.push_back(c.data.hit), law_hit.push_back(c.law.hit);
        alarm.push_back(c.data.false_alarm), law_alarm.push_back(c.law.false_alarm);
        K.push_back(c.law.K(c.load));
        const auto& measured = data.conditions[i].cells[0].counts;
        counts.insert(counts.end(), measured.begin(), measured.end());
        expected.insert(expected.end(), c.expected[0].begin(), c.expected[0].end());
    }
    const std::string g = "fit/conditions";
    const std::vector<std::string> rows = {"load"};
    image.coordinate(g, "load", load, "1", "items shown");
    image.flags(g, "fitted", rows, fitted, {0, 1}, {"held_out", "fitted"}, "use of the set size");
    image.variable(g, "n", rows, n, "1", "trials");
    image.variable(g, "not_held", rows, not_held, "1", "law: share of items that are not held");
    if (errors) {
        image.variable(g, "sd", rows, value, "deg", "data: circular SD of the errors");
        image.variable(g, "sd_low", rows, low, "deg", "lower end of its interval");
        image.variable(g, "sd_high", rows, high, "deg", "upper end of its interval");
        image.variable(g, "law_sd", rows, law_sd, "deg", "law: circular SD of the errors");
        std::vector<double> bin;
        for (int i = 0; i < n_error_bins; ++i)
            bin.push_back(360.0 * (i + 0.5) / n_error_bins - 180);
        image.coordinate("fit/errors", "load", load, "1", "items shown");
        image.coordinate("fit/errors", "error", bin, "deg", "middle of the bin");
        image.variable("fit/errors", "count", {"load", "error"}, counts, "1", "data: trials");
        image.variable("fit/errors", "expected", {"load", "error"}, expected, "1",
                       "law: trials expected");
        return;
    }
    image.variable(g, "K", rows, value, "1", "data: K = N (hit - false alarm)");
    image.variable(g, "K_low", rows, low, "1", "lower end of its interval");
    image.variable(g, "K_high", rows, high, "1", "upper end of its interval");
    image.variable(g, "law_K", rows, K, "1", "law: K");
    image.variable(g, "hit_rate", rows, hit, "1", "data: changed probes called changed");
    image.variable(g, "law_hit_rate", rows, law_hit, "1", "law: the same");
    image.variable(g, "false_alarm_rate", rows, alarm, "1", "data: same probes called changed");
    image.variable(g, "law_false_alarm_rate", rows, law_alarm, "1", "law: the same");
}

std::string conditions_text(const std::vector<ConditionFit>& fits, FitKind kind) {
    std::string out =
        kind == FitKind::errors
            ? "set size             data SD [95 %]            law     off     not held\n"
            : "set size             hit   law    false alarm law    accuracy law    K     law\n";
    for (const ConditionFit& c : fits) {
        const char* use = c.fitted ? "fitted" : "held out";
        if (kind == FitKind::errors)
            out += fmt::format(
                "{:>8}  {:<9} {:6.1f} [{:.1f}, {:.1f}] deg  {:6.1f}  {:>7}  {:6.3f}\n", c.load, use,
                c.sd_deg.value, c.sd_deg.low, c.sd_deg.high, c.law_sd_deg,
                c.sd_deg.value > 0
                    ? fmt::format("{:+.1f} %", 100 * (c.law_sd_deg / c.sd_deg.value - 1))
                    : "-",
                c.not_held);
        else
            out += fmt::format("{:>8}  {:<9} {:.3f} {:.3f}  {:.3f}       {:.3f}  {:.3f}    {:.3f}  "
                               "{:.2f}  {:.2f}\n",
                               c.load, use, c.data.hit, c.law.hit, c.data.false_alarm,
                               c.law.false_alarm, c.data.accuracy(), c.law.accuracy(), c.K.value,
                               c.law.K(c.load));
    }
    return out;
}

} // namespace lamina

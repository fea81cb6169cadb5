#include "experiments/fit/run_fit.hpp"

#include <cmath>
#include <memory>

#include <fmt/format.h>

#include "experiments/fields.hpp"
#include "experiments/fit/change_probability.hpp"
#include "experiments/fit/conditions.hpp"
#include "experiments/quantities.hpp"
#include "experiments/read_spec.hpp"
#include "experiments/resolved_spec.hpp"
#include "experiments/summary.hpp"
#include "sim/run_file/json.hpp"

namespace lamina {
namespace {

/// All that came out.
struct FoundFit {
    FitSetup setup;
    FitOptions options;
    Fit fit;
    std::vector<ConditionFit> conditions;
    std::vector<CriterionByProbability> criteria;
    double held_out_G2 = 0, held_out_log_likelihood = 0; ///< the latter in each trial, nats
};

Json values_summary(const Fit& fit) {
    Json json = Json::object();
    for (const FittedValue& v : fit.values)
        json[v.parameter->name] = {{"mean", v.value},
                                   {"ci_low", number_or_null(v.low)},
                                   {"ci_high", number_or_null(v.high)},
                                   {"standard_error", number_or_null(v.standard_error)},
                                   {"unit", v.parameter->unit},
                                   {"path", v.parameter->path},
                                   {"at_bound", v.at_bound},
                                   {"open", v.open_low || v.open_high}};
    return json;
}

/// How well the law foretells the set sizes it has not seen.
Json held_out_summary(const FoundFit& found) {
    const FitSetup& setup = found.setup;
    double worst = 0, worst_K = 0;
    Json json = Json::object();
    for (const ConditionFit& c : found.conditions) {
        // one bin holds all errors: no spread to be off from
        if (c.fitted || (setup.data.kind == FitKind::errors && !(c.sd_deg.value > 0))) continue;
        worst = std::max(worst, setup.data.kind == FitKind::errors
                                    ? std::abs(c.law_sd_deg / c.sd_deg.value - 1)
                                    : std::abs(c.law.accuracy() - c.data.accuracy()));
        worst_K = std::max(worst_K, std::abs(c.law.K(c.load) - c.K.value));
    }
    if (setup.data.kind == FitKind::errors) {
        json["largest_relative_sd_error"] = worst;
    } else {
        json["largest_accuracy_error"] = worst;
        json["largest_K_error"] = worst_K;
    }
    json["G2"] = found.held_out_G2;
    json["log_likelihood_per_trial"] = found.held_out_log_likelihood;
    return json;
}

Json fit_summary(const FoundFit& found) {
    const Fit& fit = found.fit;
    double largest_correlation = 0;
    const std::size_t n = fit.values.size();
    for (std::size_t i = 0; i < fit.correlation.size(); ++i)
        if (i / n != i % n)
            largest_correlation = std::max(largest_correlation, std::abs(fit.correlation[i]));
    Json json = {{"data", found.setup.data.name},
                 {"source", found.setup.data.source},
                 {"account", found.setup.law->account().name},
                 {"values", values_summary(fit)},
                 {"G2", fit.G2},
                 {"df", fit.df},
                 {"G2_per_df", fit.df > 0 ? Json(fit.G2 / fit.df) : Json(nullptr)},
                 {"p_chi2", number_or_null(fit.p_chi2)},
                 {"p_bootstrap", number_or_null(fit.p_bootstrap)},
                 {"condition_number", number_or_null(fit.condition_number)},
                 {"largest_correlation", number_or_null(largest_correlation)},
                 {"warnings", identification_warnings(fit)}};
    for (const ConditionFit& c : found.conditions)
        json["set_size_" + std::to_string(c.load)] = condition_summary(c, found.setup.data.kind);
    if (!found.setup.held_out.conditions.empty()) json["held_out"] = held_out_summary(found);
    if (!found.criteria.empty()) json["change_probability"] = criteria_summary(found.criteria);
    return json;
}

void add_values(Image& image, const Fit& fit) {
    std::vector<std::string> name, path, unit, symbol;
    std::vector<double> value, low, high, error, at, rise, drawn;
    std::vector<std::uint8_t> open, bound;
    for (const FittedValue& v : fit.values) {
        name.push_back(v.parameter->name), path.push_back(v.parameter->path);
        unit.push_back(v.parameter->unit), symbol.push_back(v.parameter->symbol);
        value.push_back(v.value), low.push_back(v.low), high.push_back(v.high);
        error.push_back(v.standard_error);
        open.push_back(v.open_low || v.open_high), bound.push_back(v.at_bound);
        at.insert(at.end(), v.profile_at.begin(), v.profile_at.end());
        rise.insert(rise.end(), v.profile_deviance.begin(), v.profile_deviance.end());
    }
    for (const std::vector<double>& values : fit.bootstrap)
        drawn.insert(drawn.end(), values.begin(), values.end());
    const std::string g = "fit/values";
    const std::vector<std::string> rows = {"value"};
    image.coordinate(g, "value", name, "1", "free value");
    image.variable(g, "path", rows, path, "1", "key of the experiment file");
    image.variable(g, "unit", rows, unit, "1", "unit of the numbers in this group");
    image.variable(g, "symbol", rows, symbol, "1", "symbol in docs/model.md");
    image.variable(g, "estimate", rows, value, "1", "maximum likelihood, in `unit`");
    image.variable(g, "low", rows, low, "1", "lower end of the profile interval, in `unit`");
    image.variable(g, "high", rows, high, "1", "upper end of the profile interval, in `unit`");
    image.variable(g, "standard_error", rows, error, "1", "SD over the bootstrap, in `unit`");
    image.flags(g, "at_bound", rows, bound, {0, 1}, {"inside", "on_bound"}, "where it lies");
    image.flags(g, "open", rows, open, {0, 1}, {"closed", "open"},
                "whether the interval ends at a bound");
    if (!fit.values.empty()) {
        image.dimension(g, "point", fit.values[0].profile_at.size());
        image.variable(g, "profile_at", {"value", "point"}, at, "1", "held there, in `unit`");
        image.variable(g, "profile_deviance", {"value", "point"}, rise, "1",
                       "deviance above the least, the others fitted again");
        const std::vector<std::string> square = {"value", "other"};
        image.dimension(g, "other", fit.values.size());
        image.variable(g, "correlation", square, fit.correlation, "1",
                       "of the estimates, from the curvature");
    }
    if (fit.bootstrap.empty()) return;
    image.dimension(g, "replicate", fit.bootstrap.size());
    image.variable(g, "bootstrap", {"replicate", "value"}, drawn, "1",
                   "estimates from simulated data, in `unit`");
}

/// "17.9", "11.9 deg": three digits beyond what the interval says would mean nothing.
std::string yaml_value(const FittedValue& v) {
    const std::string number = fmt::format("{:.6g}", v.value);
    return v.parameter->unit == "1" ? number : number + " " + v.parameter->unit;
}

std::string fitted_yaml(const ExperimentSpec& spec, const Fit& fit) {
    ExperimentSpec fitted = spec;
    std::string head = "# fitted by `lamina fit`:\n";
    for (const FittedValue& v : fit.values) {
        fitted = with_override(fitted, v.parameter->path, yaml_value(v));
        head += fmt::format("#   {} = {}, interval {:.4g} to {:.4g}\n", v.parameter->path,
                            yaml_value(v), v.low, v.high);
    }
    return head + resolved_spec(fitted);
}

std::string fitted_text(const FoundFit& found) {
    const Fit& fit = found.fit;
    std::string out =
        fmt::format("{}\naccount {}: {}\n\n", found.setup.data.source,
                    found.setup.law->account().name, found.setup.law->account().meaning);
    for (const FittedValue& v : fit.values)
        out += fmt::format("{:<26} {:.4g} [{:.4g}, {:.4g}] {}{}\n", v.parameter->path, v.value,
                           v.low, v.high, v.parameter->unit == "1" ? "" : v.parameter->unit,
                           std::isnan(v.standard_error)
                               ? ""
                               : fmt::format("  bootstrap SE {:.2g}", v.standard_error));
    out += fmt::format("\nG2 {:.1f}, df {}{}{}\n", std::max(0.0, fit.G2), fit.df,
                       fit.df > 0 ? fmt::format(", p {:.3g}", fit.p_chi2)
                                  : ": as many values as data, nothing is left to test",
                       std::isnan(fit.p_bootstrap) || fit.df <= 0
                           ? ""
                           : fmt::format(" (simulated data: p {:.3g})", fit.p_bootstrap));
    out += std::isnan(fit.condition_number)
               ? "condition number of the correlations not known: a value lies near its bound\n"
               : fmt::format("condition number of the correlations {:.3g}\n", fit.condition_number);
    for (const std::string& warning : identification_warnings(fit))
        out += "warning: " + warning + "\n";
    out += "\n" + conditions_text(found.conditions, found.setup.data.kind);
    if (!found.criteria.empty()) out += "\n" + criteria_text(found.criteria);
    return out;
}

} // namespace

nlohmann::ordered_json fit_summary_unfitted(const ExperimentSpec& spec) {
    FoundFit found;
    found.setup = fit_setup(spec);
    found.fit = unfitted(found.setup.problem);
    found.conditions = unfitted_conditions(found.setup);
    found.criteria = unfitted_criteria(found.setup);
    return {{"fit", fit_summary(found)}};
}

std::int64_t fit_items(const ExperimentSpec& spec) { return spec.fit.bootstrap + 1; }

FitRun run_fit(const ExperimentSpec& spec, int threads, const std::function<void()>& progress,
               const std::atomic<bool>& stop) {
    const auto found = std::make_shared<FoundFit>();
    found->setup = fit_setup(spec);
    FitOptions& options = found->options;
    options.starts = spec.fit.starts;
    options.bootstrap = spec.fit.bootstrap;
    options.level = spec.analysis.ci;
    options.seed = spec.seed;
    options.threads = threads;
    options.progress = progress;
    options.stop = &stop;
    found->fit = fit_law(found->setup.problem, found->setup.fitted, options);
    options.progress = nullptr; // it belongs to the caller
    FitRun run;
    if (stop) return run;
    found->conditions = condition_fits(found->setup, found->fit.estimates(), options);
    found->criteria = criteria_by_probability(found->setup, found->fit.estimates());
    const FitSetup& setup = found->setup;
    const std::vector<double> values = found->fit.estimates();
    found->held_out_G2 = deviance(setup.problem, values, setup.held_out);
    found->held_out_log_likelihood =
        log_likelihood_per_trial(setup.problem, values, setup.held_out);
    progress();

    run.summary["fit"] = fit_summary(*found);
    run.fitted_yaml = fitted_yaml(spec, found->fit);
    run.text = fitted_text(*found);
    run.add_groups = [found](Image& image) {
        add_values(image, found->fit);
        add_conditions(image, found->conditions, found->setup.data);
        add_criteria(image, found->criteria);
        image.attribute("fit", "data", found->setup.data.name);
        image.attribute("fit", "source", found->setup.data.source);
        image.attribute("fit", "account", found->setup.law->account().name);
        image.attribute("fit", "kind",
                        found->setup.data.kind == FitKind::errors ? "errors" : "changes");
        image.attribute("fit", "G2", found->fit.G2);
        image.attribute("fit", "df", found->fit.df);
    };
    return run;
}

} // namespace lamina

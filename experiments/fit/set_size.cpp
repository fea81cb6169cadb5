#include "experiments/fit/set_size.hpp"

#include <algorithm>
#include <cmath>
#include <memory>

#include <fmt/format.h>

#include "analysis/statistics.hpp"
#include "experiments/fit/conditions.hpp"
#include "experiments/fit/separation.hpp"
#include "experiments/summary.hpp"
#include "models/capacity/account_catalogue.hpp"
#include "sim/run_file/json.hpp"

namespace lamina {
namespace {

constexpr std::size_t n_accounts = std::size(accounts);
constexpr double most_recovery_trials = 20000; ///< per set size, that a recovery simulates

/// One account: how it was fitted, and what it foretells.
struct Contender {
    FitSetup setup;
    Fit fit;
    std::vector<ConditionFit> conditions;
    double held_out = 0;                ///< log likelihood of the held-out trials, nats
    std::vector<double> held_out_again; ///< [replicates] of the data drawn again
    double largest_sd_error = 0;        ///< relative, at the set sizes held out
    FittedAccount fitted() const { return {&setup.problem, fit.estimates()}; }
};

struct Pair {
    std::size_t a, b;
    std::vector<Separation> separations; ///< the most telling first
    double needed_ab, needed_ba;         ///< trials per set size when a, or b, is true
};

struct FoundAccounts {
    std::vector<Contender> contenders;
    std::vector<Pair> pairs;
    int trials = 0, recoveries = 0; ///< per set size; experiments of each account
    std::vector<int> wins;          ///< [true account][account with the largest likelihood]
    FitOptions options;
};

double log_likelihood(const FitProblem& problem, const std::vector<double>& values,
                      const FitData& data) {
    double n = 0;
    for (const FitCondition& condition : data.conditions) n += condition.n();
    return n * log_likelihood_per_trial(problem, values, data);
}

Contender contend(const ExperimentSpec& spec, const Account& account, const FitOptions& options) {
    Contender c;
    c.setup = fit_setup(spec, &account);
    c.fit = fit_law(c.setup.problem, c.setup.fitted, options);
    c.conditions = condition_fits(c.setup, c.fit.estimates(), options);
    c.held_out = log_likelihood(c.setup.problem, c.fit.estimates(), c.setup.held_out);
    for (const ConditionFit& condition : c.conditions)
        if (!condition.fitted)
            c.largest_sd_error = std::max(
                c.largest_sd_error, std::abs(condition.law_sd_deg / condition.sd_deg.value - 1));
    return c;
}

/// The held-out likelihood of data drawn again, all trials, with the fit done again.
void draw_again(const ExperimentSpec& spec, FoundAccounts& found, int n) {
    for (Contender& c : found.contenders) c.held_out_again.resize(std::size_t(n));
    const FitData& data = found.contenders[0].setup.data;
#pragma omp parallel for schedule(dynamic) num_threads(found.options.threads)
    for (int r = 0; r < n; ++r) {
        if (*found.options.stop) continue;
        const FitData drawn = resampled_data(data, spec.seed, std::uint32_t(r));
        const FitData fitted = fitted_part(drawn, spec.fit.conditions);
        const FitData held_out = held_out_part(drawn, spec.fit.conditions);
        for (Contender& c : found.contenders) {
            const auto values = estimates(c.setup.problem, fitted, c.fit.estimates(), 1, spec.seed);
            c.held_out_again[std::size_t(r)] = log_likelihood(c.setup.problem, values, held_out);
        }
        found.options.progress();
    }
}

/// The data with `trials` at each set size, to be filled.
FitData with_trials(const FitData& data, double trials) {
    FitData out = data;
    for (FitCondition& condition : out.conditions) {
        std::fill(condition.cells[0].counts.begin(), condition.cells[0].counts.end(), 0);
        condition.cells[0].counts[0] = trials;
    }
    return out;
}

/// The account with the largest likelihood, less one for each free value.
std::size_t winner(const FoundAccounts& found, const FitData& data, std::uint64_t seed) {
    std::size_t best = 0;
    double least = 0;
    for (std::size_t i = 0; i < n_accounts; ++i) {
        const FitProblem& problem = found.contenders[i].setup.problem;
        const auto values =
            estimates(problem, data, found.contenders[i].fit.estimates(), recovery_starts, seed);
        const double criterion = deviance(problem, values, data) + 2 * double(values.size());
        if (i > 0 && criterion >= least) continue;
        least = criterion;
        best = i;
    }
    return best;
}

void recover(const ExperimentSpec& spec, FoundAccounts& found) {
    const FitData like = with_trials(found.contenders[0].setup.data, found.trials);
    const int n = found.recoveries;
    std::vector<std::size_t> won(n_accounts * std::size_t(n));
#pragma omp parallel for schedule(dynamic) num_threads(found.options.threads)
    for (int r = 0; r < int(won.size()); ++r) {
        if (*found.options.stop) continue;
        const Contender& truth = found.contenders[std::size_t(r / n)];
        const FitData drawn = simulated_data(truth.setup.problem, truth.fit.estimates(), like,
                                             spec.seed + 1, std::uint32_t(r));
        won[std::size_t(r)] = winner(found, drawn, spec.seed);
        found.options.progress();
    }
    found.wins.assign(n_accounts * n_accounts, 0);
    for (std::size_t r = 0; r < won.size(); ++r)
        ++found.wins[r / std::size_t(n) * n_accounts + won[r]];
}

// ------------------------------------------------------------------------------ what is written

analysis::Estimate interval_of_draws(double value, std::vector<double> again, double level) {
    return {value, analysis::quantile(again, (1 - level) / 2),
            analysis::quantile(again, (1 + level) / 2), std::int64_t(again.size())};
}

/// Held-out log likelihood of one account less that of another.
analysis::Estimate advantage(const Contender& a, const Contender& b, double level) {
    std::vector<double> again;
    for (std::size_t r = 0; r < a.held_out_again.size(); ++r)
        again.push_back(a.held_out_again[r] - b.held_out_again[r]);
    return interval_of_draws(a.held_out - b.held_out, again, level);
}

std::string account_name(const Contender& c) { return c.setup.law->account().name; }

std::size_t best_of(const FoundAccounts& found) {
    std::size_t best = 0;
    for (std::size_t i = 1; i < n_accounts; ++i)
        if (found.contenders[i].held_out > found.contenders[best].held_out) best = i;
    return best;
}

Json account_summary(const Contender& c, double level) {
    Json json = {{"G2", c.fit.G2}, {"df", c.fit.df}};
    for (const FittedValue& v : c.fit.values)
        json["values"][v.parameter->name] = {
            {"mean", v.value}, {"ci_low", v.low}, {"ci_high", v.high}, {"unit", v.parameter->unit}};
    json["held_out_G2"] = deviance(c.setup.problem, c.fit.estimates(), c.setup.held_out);
    json["held_out_log_likelihood"] =
        summary_entry(interval_of_draws(c.held_out, c.held_out_again, level));
    json["largest_relative_sd_error"] = c.largest_sd_error;
    for (const ConditionFit& condition : c.conditions)
        json["law_sd_deg"]["set_size_" + std::to_string(condition.load)] = condition.law_sd_deg;
    return json;
}

Json accounts_summary(const FoundAccounts& found) {
    const double level = found.options.level;
    Json json = {{"data", found.contenders[0].setup.data.name},
                 {"best_held_out", account_name(found.contenders[best_of(found)])}};
    for (const Contender& c : found.contenders)
        json["accounts"][account_name(c)] = account_summary(c, level);
    for (const Pair& pair : found.pairs) {
        const Contender &a = found.contenders[pair.a], &b = found.contenders[pair.b];
        const Separation& best = pair.separations[0];
        json["pairs"][account_name(a) + "_or_" + account_name(b)] = {
            {"held_out_advantage", summary_entry(advantage(a, b, level))},
            {"observable", best.observable->name},
            {"set_size", best.load},
            {"first", best.mean_a},
            {"second", best.mean_b},
            {"d_prime", best.d_prime},
            {"needed_trials", best.needed_trials},
            {"needed_per_set_size", std::max(pair.needed_ab, pair.needed_ba)}};
    }
    json["recovery"] = {{"trials_per_set_size", found.trials}, {"experiments", found.recoveries}};
    double least = 1;
    for (std::size_t i = 0; i < n_accounts; ++i) {
        const int right = found.wins[i * n_accounts + i];
        json["recovery"][accounts[i].name] =
            summary_entry(analysis::proportion(right, found.recoveries, found.options.level));
        least = std::min(least, double(right) / found.recoveries);
    }
    json["recovery"]["least_correct"] = least;
    return json;
}

void add_accounts(Image& image, const FoundAccounts& found) {
    std::vector<std::string> names;
    std::vector<double> held, low, high, G2, sd_error, sd, data, data_low, data_high, expected,
        counts;
    std::vector<std::int64_t> df, load, n_free;
    std::vector<std::uint8_t> fitted;
    const std::size_t best = best_of(found);
    for (const Contender& c : found.contenders) {
        // relative to the best: the likelihoods themselves share what the data scatter
        const auto e = advantage(c, found.contenders[best], found.options.level);
        names.push_back(account_name(c));
        held.push_back(e.value), low.push_back(e.low), high.push_back(e.high);
        G2.push_back(c.fit.G2), df.push_back(c.fit.df);
        n_free.push_back(std::int64_t(c.fit.values.size()));
        sd_error.push_back(c.largest_sd_error);
        for (const ConditionFit& condition : c.conditions) {
            sd.push_back(condition.law_sd_deg);
            expected.insert(expected.end(), condition.expected[0].begin(),
                            condition.expected[0].end());
        }
    }
    for (std::size_t i = 0; i < found.contenders[0].conditions.size(); ++i) {
        const ConditionFit& condition = found.contenders[0].conditions[i];
        load.push_back(condition.load);
        fitted.push_back(condition.fitted);
        data.push_back(condition.sd_deg.value);
        data_low.push_back(condition.sd_deg.low), data_high.push_back(condition.sd_deg.high);
        const auto& measured = found.contenders[0].setup.data.conditions[i].cells[0].counts;
        counts.insert(counts.end(), measured.begin(), measured.end());
    }
    std::vector<double> bin;
    for (int i = 0; i < n_error_bins; ++i) bin.push_back(360.0 * (i + 0.5) / n_error_bins - 180);

    const std::string g = "set_size/accounts";
    const std::vector<std::string> rows = {"account"}, both = {"account", "load"};
    image.coordinate(g, "account", names, "1", "account of capacity");
    image.coordinate(g, "load", load, "1", "items shown");
    image.coordinate(g, "error", bin, "deg", "middle of the bin");
    image.variable(g, "held_out_advantage", rows, held, "1",
                   "log likelihood of the held-out trials less that of the best account, nats");
    image.variable(g, "held_out_advantage_low", rows, low, "1", "lower end of its interval");
    image.variable(g, "held_out_advantage_high", rows, high, "1", "upper end of its interval");
    image.variable(g, "G2", rows, G2, "1", "deviance of the fitted set sizes");
    image.variable(g, "df", rows, df, "1", "its degrees of freedom");
    image.variable(g, "free_values", rows, n_free, "1", "values that were fitted");
    image.variable(g, "largest_relative_sd_error", rows, sd_error, "1", "over held-out set sizes");
    image.variable(g, "law_sd", both, sd, "deg", "circular SD by the account");
    image.variable(g, "expected", {"account", "load", "error"}, expected, "1", "trials expected");
    image.variable(g, "count", {"load", "error"}, counts, "1", "data: trials");
    image.flags(g, "fitted", {"load"}, fitted, {0, 1}, {"held_out", "fitted"},
                "use of the set size");
    image.variable(g, "sd", {"load"}, data, "deg", "data: circular SD");
    image.variable(g, "sd_low", {"load"}, data_low, "deg", "lower end of its interval");
    image.variable(g, "sd_high", {"load"}, data_high, "deg", "upper end of its interval");
}

void add_separations(Image& image, const FoundAccounts& found) {
    std::vector<std::string> pair, observable, meaning;
    std::vector<std::int64_t> load;
    std::vector<double> first, second, d, needed, measured;
    const FitData& data = found.contenders[0].setup.data;
    for (const Pair& p : found.pairs)
        for (const Separation& s : p.separations) {
            pair.push_back(account_name(found.contenders[p.a]) + " or " +
                           account_name(found.contenders[p.b]));
            observable.push_back(s.observable->name);
            meaning.push_back(s.observable->meaning);
            load.push_back(s.load);
            first.push_back(s.mean_a), second.push_back(s.mean_b);
            d.push_back(s.d_prime), needed.push_back(s.needed_trials);
            measured.push_back(NAN);
            for (const FitCondition& condition : data.conditions)
                if (condition.load == s.load)
                    measured.back() = moments_of(*s.observable, condition.cells[0]).mean;
        }
    const std::string g = "set_size/separation";
    const std::vector<std::string> rows = {"row"};
    image.dimension(g, "row", pair.size());
    image.variable(g, "pair", rows, pair, "1", "the two accounts");
    image.variable(g, "observable", rows, observable, "1", "what is measured");
    image.variable(g, "meaning", rows, meaning, "1", "the same in words");
    image.variable(g, "load", rows, load, "1", "items shown");
    image.variable(g, "first", rows, first, "1", "by the first account; angles in deg");
    image.variable(g, "second", rows, second, "1", "by the second account; angles in deg");
    image.variable(g, "measured", rows, measured, "1", "in the data, NaN where there are none");
    image.variable(g, "d_prime", rows, d, "1", "difference over the SD of one trial");
    image.variable(g, "needed_trials", rows, needed, "1", "trials for 80 % power at alpha 0.05");

    std::vector<std::string> names;
    std::vector<double> share;
    for (std::size_t i = 0; i < n_accounts; ++i) names.push_back(accounts[i].name);
    for (const int wins : found.wins) share.push_back(double(wins) / found.recoveries);
    const std::string r = "set_size/recovery";
    image.coordinate(r, "truth", names, "1", "account that was simulated");
    image.coordinate(r, "winner", names, "1", "account with the largest likelihood");
    image.variable(r, "share", {"truth", "winner"}, share, "1", "of the simulated experiments");
    image.attribute(r, "trials_per_set_size", found.trials);
    image.variable(r, "trials_per_set_size", {}, std::vector<double>{double(found.trials)}, "1",
                   "simulated trials at each set size");
    image.variable(r, "experiments", {}, std::vector<double>{double(found.recoveries)}, "1",
                   "simulated experiments of each account");
}

std::string accounts_text(const FoundAccounts& found) {
    const std::size_t best = best_of(found);
    std::string out = found.contenders[0].setup.data.source + "\n\n";
    out +=
        "account     free   G2 (df)         held out: log likelihood less the best's   largest SD "
        "error\n";
    for (const Contender& c : found.contenders) {
        const auto e = advantage(c, found.contenders[best], found.options.level);
        out += fmt::format("{:<11} {:>4}   {:.1f} ({})     {:+.1f} [{:+.1f}, {:+.1f}]   {:.1f} %\n",
                           account_name(c), c.fit.values.size(), c.fit.G2, c.fit.df, e.value, e.low,
                           e.high, 100 * c.largest_sd_error);
        for (const FittedValue& v : c.fit.values)
            out +=
                fmt::format("    {:<24} {:.4g} [{:.4g}, {:.4g}] {}\n", v.parameter->path, v.value,
                            v.low, v.high, v.parameter->unit == "1" ? "" : v.parameter->unit);
    }
    out += "\nwhat tells two accounts apart, and trials for 80 % power\n";
    for (const Pair& p : found.pairs) {
        const Separation& s = p.separations[0];
        out += fmt::format(
            "{} or {}: {} at set size {}, {:.3g} or {:.3g}: {:.0f} trials there; {:.0f} "
            "at each set size for the likelihood\n",
            account_name(found.contenders[p.a]), account_name(found.contenders[p.b]),
            s.observable->meaning, s.load, s.mean_a, s.mean_b, s.needed_trials,
            std::max(p.needed_ab, p.needed_ba));
    }
    out += fmt::format("\n{} simulated experiments of each account, {} trials at each set size: "
                       "account that wins\n{:<12}",
                       found.recoveries, found.trials, "truth");
    for (const Account& account : accounts) out += fmt::format("{:>10}", account.name);
    for (std::size_t i = 0; i < n_accounts; ++i) {
        out += fmt::format("\n{:<12}", accounts[i].name);
        for (std::size_t j = 0; j < n_accounts; ++j)
            out += fmt::format("{:>10}", found.wins[i * n_accounts + j]);
    }
    return out + "\n\n";
}

} // namespace

nlohmann::ordered_json set_size_summary_unfitted(const ExperimentSpec& spec) {
    FoundAccounts found;
    found.recoveries = 1;
    found.wins.assign(n_accounts * n_accounts, 0);
    for (const Account& account : accounts) {
        Contender c;
        c.setup = fit_setup(spec, &account);
        c.fit = unfitted(c.setup.problem);
        c.conditions = unfitted_conditions(c.setup);
        c.held_out_again = {0, 0};
        found.contenders.push_back(std::move(c));
    }
    for (std::size_t a = 0; a < n_accounts; ++a)
        for (std::size_t b = a + 1; b < n_accounts; ++b)
            found.pairs.push_back({a, b, {{&observables()[0], 1, 0, 0, 0, 0}}, 0, 0});
    return {{"set_size", accounts_summary(found)}};
}

std::int64_t set_size_items(const ExperimentSpec& spec) {
    return std::int64_t(n_accounts) + std::max(2, spec.fit.bootstrap) +
           std::int64_t(n_accounts) * spec.task.recoveries;
}

SetSizeRun run_set_size(const ExperimentSpec& spec, int threads,
                        const std::function<void()>& progress, const std::atomic<bool>& stop) {
    const auto found = std::make_shared<FoundAccounts>();
    FitOptions& options = found->options;
    options.starts = spec.fit.starts;
    options.bootstrap = 0;
    options.level = spec.analysis.ci;
    options.seed = spec.seed;
    options.threads = threads;
    options.stop = &stop;
    for (const Account& account : accounts) {
        found->contenders.push_back(contend(spec, account, options));
        progress();
    }
    options.progress = progress;
    draw_again(spec, *found, std::max(2, spec.fit.bootstrap));

    // how much is needed to tell them apart, and whether that is so
    double needed = 1;
    for (std::size_t a = 0; a < n_accounts; ++a)
        for (std::size_t b = a + 1; b < n_accounts; ++b) {
            const FittedAccount first = found->contenders[a].fitted(),
                                second = found->contenders[b].fitted();
            const FitData& data = found->contenders[a].setup.data;
            found->pairs.push_back({a, b, separations(first, second),
                                    needed_per_set_size(first, second, data),
                                    needed_per_set_size(second, first, data)});
            needed =
                std::max({needed, found->pairs.back().needed_ab, found->pairs.back().needed_ba});
        }
    found->recoveries = spec.task.recoveries;
    found->trials = int(std::min(most_recovery_trials, needed));
    recover(spec, *found);
    options.progress = nullptr; // it belongs to the caller
    SetSizeRun run;
    if (stop) return run;

    run.summary["set_size"] = accounts_summary(*found);
    run.text = accounts_text(*found);
    run.add_groups = [found](Image& image) {
        add_accounts(image, *found);
        add_separations(image, *found);
    };
    return run;
}

} // namespace lamina

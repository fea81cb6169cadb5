#include "experiments/fit/change_probability.hpp"

#include <cmath>

#include <fmt/format.h>

#include "analysis/published_tables.hpp"
#include "experiments/fit/search.hpp"

namespace lamina {
namespace {

constexpr double lowest = -0.9, highest = 0.99; ///< of the criterion

double least_at(const std::function<double(double)>& f) {
    // rates have plateaus: a grid first, then the search from its best point
    double best = lowest;
    for (int i = 0; i <= 60; ++i) {
        const double x = lowest + (highest - lowest) * i / 60;
        if (f(x) < f(best)) best = x;
    }
    return least([&](const std::vector<double>& x) { return f(x[0]); }, {lowest}, {highest}, {best},
                 1, 0)
        .at[0];
}

/// The answers at one share of change trials, as counts.
FitData answers_at(double p_change) {
    FitData data;
    data.kind = FitKind::changes;
    for (const analysis::ChangeByProbability& row : analysis::change_by_probability) {
        if (row.p_change != p_change) continue;
        double n = 0;
        for (const analysis::ChangeTable& table : analysis::change_by_set_size)
            if (table.set_size == row.set_size) n = table.n_trials / 3.0;
        const double change = std::round(n * p_change), same = std::round(n) - change;
        const double hits = row.hit_rate * change, alarms = row.false_alarm_rate * same;
        data.conditions.push_back(
            {row.set_size, {{{hits, change - hits}}, {{alarms, same - alarms}}}});
    }
    return data;
}

std::vector<AnswerRates> law_rates(const FitSetup& setup, const LawValues& v,
                                   const std::vector<int>& load) {
    std::vector<AnswerRates> out;
    for (const int l : load) {
        const ChangeRates rates = setup.law->change_rates(v, l);
        out.push_back({rates.hit, rates.false_alarm});
    }
    return out;
}

} // namespace

std::vector<CriterionByProbability> unfitted_criteria(const FitSetup& setup) {
    std::vector<CriterionByProbability> out;
    if (setup.data.name != "rouder_2008_change_detection") return out;
    for (const double p_change : {0.3, 0.5, 0.7}) {
        CriterionByProbability c;
        c.p_change = p_change;
        const FitData data = answers_at(p_change);
        for (const FitCondition& condition : data.conditions) {
            c.load.push_back(condition.load);
            c.data.push_back(answer_rates(condition));
        }
        c.law.resize(c.load.size()), c.at_best.resize(c.load.size());
        out.push_back(c);
    }
    return out;
}

std::vector<CriterionByProbability> criteria_by_probability(const FitSetup& setup,
                                                            const std::vector<double>& values) {
    std::vector<CriterionByProbability> out = unfitted_criteria(setup);
    for (CriterionByProbability& c : out) {
        const double p_change = c.p_change;
        const FitData data = answers_at(p_change);
        FitProblem problem{setup.law.get(), setup.problem.with(values), {}};
        LawValues& v = problem.fixed;
        c.fitted = least_at([&](double criterion) {
            v.criterion = criterion;
            return deviance(problem, {}, data);
        });
        c.best = least_at([&](double criterion) {
            v.criterion = criterion;
            double wrong = 0;
            for (const AnswerRates& r : law_rates(setup, v, c.load))
                wrong += p_change * (1 - r.hit) + (1 - p_change) * r.false_alarm;
            return wrong;
        });
        v.criterion = c.fitted;
        c.law = law_rates(setup, v, c.load);
        v.criterion = c.best;
        c.at_best = law_rates(setup, v, c.load);
    }
    return out;
}

bool rates_rise(const std::vector<CriterionByProbability>& criteria,
                std::vector<AnswerRates> CriterionByProbability::*rates) {
    for (std::size_t i = 1; i < criteria.size(); ++i)
        for (std::size_t l = 0; l < criteria[i].load.size(); ++l) {
            const AnswerRates &now = (criteria[i].*rates)[l], &before = (criteria[i - 1].*rates)[l];
            if (now.hit <= before.hit || now.false_alarm <= before.false_alarm) return false;
        }
    return true;
}

nlohmann::ordered_json criteria_summary(const std::vector<CriterionByProbability>& criteria) {
    nlohmann::ordered_json json = {
        {"law_rises_at_every_set_size", rates_rise(criteria, &CriterionByProbability::law)},
        {"best_rises_at_every_set_size", rates_rise(criteria, &CriterionByProbability::at_best)},
        {"data_rise_at_every_set_size", rates_rise(criteria, &CriterionByProbability::data)}};
    for (const CriterionByProbability& c : criteria)
        json[fmt::format("p_{:.0f}", 100 * c.p_change)] = {{"criterion", c.fitted},
                                                           {"best_criterion", c.best}};
    return json;
}

void add_criteria(Image& image, const std::vector<CriterionByProbability>& criteria) {
    if (criteria.empty()) return;
    std::vector<double> p, fitted, best, hit, alarm, law_hit, law_alarm, best_hit, best_alarm;
    for (const CriterionByProbability& c : criteria) {
        p.push_back(c.p_change), fitted.push_back(c.fitted), best.push_back(c.best);
        for (std::size_t l = 0; l < c.load.size(); ++l) {
            hit.push_back(c.data[l].hit), alarm.push_back(c.data[l].false_alarm);
            law_hit.push_back(c.law[l].hit), law_alarm.push_back(c.law[l].false_alarm);
            best_hit.push_back(c.at_best[l].hit), best_alarm.push_back(c.at_best[l].false_alarm);
        }
    }
    const std::string g = "fit/change_probability";
    const std::vector<std::string> cells = {"p_change", "load"};
    image.coordinate(g, "p_change", p, "1", "share of change trials in a block");
    image.coordinate(g, "load",
                     std::vector<std::int64_t>(criteria[0].load.begin(), criteria[0].load.end()),
                     "1", "items shown");
    image.variable(g, "criterion", {"p_change"}, fitted, "1", "c_0 fitted to the answers");
    image.variable(g, "best_criterion", {"p_change"}, best, "1", "c_0 with most correct answers");
    image.variable(g, "hit_rate", cells, hit, "1", "data: changed probes called changed");
    image.variable(g, "false_alarm_rate", cells, alarm, "1", "data: same probes called changed");
    image.variable(g, "law_hit_rate", cells, law_hit, "1", "law at `criterion`");
    image.variable(g, "law_false_alarm_rate", cells, law_alarm, "1", "law at `criterion`");
    image.variable(g, "best_hit_rate", cells, best_hit, "1", "law at `best_criterion`");
    image.variable(g, "best_false_alarm_rate", cells, best_alarm, "1", "law at `best_criterion`");
}

std::string criteria_text(const std::vector<CriterionByProbability>& criteria) {
    std::string out =
        "share of changes  criterion  best    set size: hit (law), false alarm (law)\n";
    for (const CriterionByProbability& c : criteria) {
        out += fmt::format("{:>16.1f}  {:>9.3f}  {:.3f} ", c.p_change, c.fitted, c.best);
        for (std::size_t l = 0; l < c.load.size(); ++l)
            out += fmt::format("  {}: {:.3f} ({:.3f}), {:.3f} ({:.3f})", c.load[l], c.data[l].hit,
                               c.law[l].hit, c.data[l].false_alarm, c.law[l].false_alarm);
        out += "\n";
    }
    return out;
}

} // namespace lamina

#include "experiments/fit/fit_cost.hpp"

#include <algorithm>
#include <ctime>

#include "experiments/fit/set_size.hpp"
#include "experiments/fit/setup.hpp"
#include "models/capacity/account_catalogue.hpp"

namespace lamina {
namespace {

double core_seconds() { return double(std::clock()) / CLOCKS_PER_SEC; }

constexpr int n_tried = 5; ///< simulated data sets that are searched, to know what one takes

/// One account: its tables, and one search from one point.
struct Searched {
    double setup_seconds = 0, evaluations = 0, seconds = 0;
    double n_values = 0;
    double all = 1; ///< set sizes of the data, for each that is fitted
};

Searched search_once(const ExperimentSpec& spec, const Account* account) {
    Searched out;
    const double start = core_seconds();
    const FitSetup setup = fit_setup(spec, account);
    const double ready = core_seconds();
    const FitProblem& problem = setup.problem;
    // where the law is much like the data, evaluations cost what they will cost
    const std::vector<double> truth =
        estimates(problem, setup.fitted, starting_values(problem), 1, spec.seed);
    const double found = core_seconds();
    double evaluations = 0;
    for (int r = 0; r < n_tried; ++r) {
        const FitData drawn =
            simulated_data(problem, truth, setup.fitted, spec.seed, std::uint32_t(r));
        // from one point, and once more from where that ended: two searches
        evaluations += best_fit(problem, drawn, truth, 1, spec.seed).evaluations;
    }
    out.setup_seconds = ready - start;
    out.n_values = double(problem.free.size());
    out.all = double(setup.data.conditions.size()) / double(setup.fitted.conditions.size());
    out.evaluations = evaluations / (2.0 * n_tried);
    out.seconds = (core_seconds() - found) / (2.0 * n_tried);
    return out;
}

/// Profiles of all values, in searches: at each end a bound, some five steps outwards and twenty
/// halvings, and the points of the curve; each is a search, and its refinement, over one value
/// less, which takes less by that share.
double profile_searches(const Searched& one) {
    const double points = 2 * (1 + 5 + 20) + n_profile_points;
    return one.n_values * points * 2 * (one.n_values - 1) / one.n_values;
}

void add_cost(FitCost& cost, const Searched& one, double alone, double shared) {
    cost.evaluations += (alone + shared) * one.evaluations;
    cost.alone_seconds += one.setup_seconds + alone * one.seconds;
    cost.shared_seconds += shared * one.seconds;
}

} // namespace

FitCost predict_fit_cost(const ExperimentSpec& spec) {
    FitCost cost;
    const double search = spec.fit.starts + 1;
    if (spec.task.type != "set_size") {
        const Searched one = search_once(spec, nullptr);
        cost.fits = 1 + spec.fit.bootstrap;
        add_cost(cost, one, search + profile_searches(one), 2.0 * spec.fit.bootstrap);
        return cost;
    }
    // every account is fitted to the data, to the data drawn again, and to what each would produce
    const int again = std::max(2, spec.fit.bootstrap);
    const int recovered = int(std::size(accounts)) * spec.task.recoveries;
    cost.fits = int(std::size(accounts)) * (1 + again + recovered);
    for (const Account& account : accounts) {
        const Searched one = search_once(spec, &account);
        add_cost(cost, one, search + profile_searches(one),
                 2.0 * again + (recovery_starts + 1.0) * recovered * one.all);
    }
    return cost;
}

} // namespace lamina

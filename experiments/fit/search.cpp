#include "experiments/fit/search.hpp"

#include <algorithm>
#include <memory>

#include <nlopt.h>

#include "models/draws.hpp"

namespace lamina {
namespace {

constexpr std::uint32_t starting_points = 1; ///< item within Stream::bootstrap

struct Search {
    const std::function<double(const std::vector<double>&)>* f;
    Optimum best;
};

double evaluate(unsigned n, const double* at, double*, void* data) {
    Search& search = *static_cast<Search*>(data);
    const std::vector<double> x(at, at + n);
    const double value = (*search.f)(x);
    ++search.best.evaluations;
    if (search.best.at.empty() || value < search.best.value) {
        search.best.value = value;
        search.best.at = x;
    }
    return value;
}

} // namespace

Optimum least(const std::function<double(const std::vector<double>&)>& f,
              const std::vector<double>& low, const std::vector<double>& high,
              const std::vector<double>& start, int n_starts, std::uint64_t seed,
              std::uint32_t key) {
    Search search{&f, {}};
    if (low.empty()) {
        search.best.value = f({});
        return search.best;
    }
    const std::unique_ptr<nlopt_opt_s, void (*)(nlopt_opt)> subplex(
        nlopt_create(NLOPT_LN_SBPLX, static_cast<unsigned>(low.size())), nlopt_destroy);
    if (!subplex) throw std::bad_alloc();
    nlopt_set_lower_bounds(subplex.get(), low.data());
    nlopt_set_upper_bounds(subplex.get(), high.data());
    nlopt_set_min_objective(subplex.get(), evaluate, &search);
    nlopt_set_xtol_rel(subplex.get(), 1e-7);
    nlopt_set_maxeval(subplex.get(), 3000);
    const auto run = [&](std::vector<double> x, double step_share) {
        std::vector<double> step;
        for (std::size_t i = 0; i < x.size(); ++i) {
            x[i] = std::min(std::max(x[i], low[i]), high[i]);
            step.push_back(step_share * (high[i] - low[i]));
        }
        nlopt_set_initial_step(subplex.get(), step.data());
        // however it ends, the best point so far is kept by `evaluate`
        double value = 0;
        nlopt_optimize(subplex.get(), x.data(), &value);
    };
    run(start, 0.1);
    for (int i = 1; i < n_starts; ++i) {
        Draws draws(seed, key + static_cast<std::uint32_t>(i), Stream::bootstrap, starting_points);
        std::vector<double> x;
        for (std::size_t j = 0; j < low.size(); ++j)
            x.push_back(low[j] + draws.uniform() * (high[j] - low[j]));
        run(x, 0.1);
    }
    run(search.best.at, 0.01);
    return search.best;
}

} // namespace lamina

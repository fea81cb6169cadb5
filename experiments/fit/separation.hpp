/// What tells two accounts of capacity apart, and how many trials it takes.
#pragma once

#include <string>
#include <vector>

#include "experiments/fit/setup.hpp"

namespace lamina {

/// A fitted account: its problem and the values found.
struct FittedAccount {
    const FitProblem* problem;
    std::vector<double> values;
};

/// Something that can be measured from the errors at one set size, as a mean over trials.
struct Observable {
    const char* name;    ///< in results.h5
    const char* meaning; ///< in words
    double (*of_error)(double error_rad);
};
const std::vector<Observable>& observables();

/// Mean and variance over trials, of a law or of binned data (bins count as their middles).
struct Moments {
    double mean, variance;
};
Moments moments_of(const Observable&, const FittedAccount&, int load);
Moments moments_of(const Observable&, const FitCell&);

/// One observable at one set size for two accounts:
///
///     d' = |mean_a - mean_b| / sqrt((variance_a + variance_b) / 2),  n = ((z_0.975 + z_0.8) /
///     d')^2
///
/// n trials at that set size reject one account in 80 % of experiments when the other is true
/// (two-sided test at 0.05, both accounts as fitted).
struct Separation {
    const Observable* observable;
    int load;
    double mean_a, mean_b, d_prime, needed_trials;
};
/// Every observable at set sizes 1 to 8, 10, 12 and 16, the most telling first.
std::vector<Separation> separations(const FittedAccount& a, const FittedAccount& b);

/// Trials at each of the set sizes of `like` after which the likelihood, less one for each free
/// value (Akaike 1974), favours account a over b in 80 % of experiments that a describes. The
/// log-likelihood ratio is taken as normal with mean N D and variance 2 N D, D the information in
/// nats of one trial at each set size between a and the best fit of b to it.
double needed_per_set_size(const FittedAccount& a, const FittedAccount& b, const FitData& like);

} // namespace lamina

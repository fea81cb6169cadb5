/// Maximum likelihood of a law, and how sure one can be of it.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <vector>

#include "experiments/fit/data.hpp"
#include "experiments/fit/law.hpp"
#include "experiments/fit/search.hpp"

namespace lamina {

struct FreeValue {
    const FitParameter* parameter;
    double low, high, start;
};

/// A law, the values that stay as they are, and those that are free.
struct FitProblem {
    const FitLaw* law;
    LawValues fixed;
    std::vector<FreeValue> free;

    LawValues with(const std::vector<double>& values) const;
};

/// Deviance of multinomial counts n_i from probabilities p_i, over all cells:
///
///     G^2 = 2 sum_i n_i log(n_i / (N p_i))
///
/// Its least value is the maximum of the likelihood.
double deviance(const FitProblem&, const std::vector<double>& values, const FitData&);

/// Log likelihood in each trial of the data, in nats, without the multinomial coefficient.
double log_likelihood_per_trial(const FitProblem&, const std::vector<double>& values,
                                const FitData&);

/// Data drawn from the law with the trial numbers of `like`; keyed by (seed, replicate).
FitData simulated_data(const FitProblem&, const std::vector<double>& values, const FitData& like,
                       std::uint64_t seed, std::uint32_t replicate);

/// The data with every cell drawn again from its own frequencies.
FitData resampled_data(const FitData&, std::uint64_t seed, std::uint32_t replicate);

/// One free value with its uncertainty.
struct FittedValue {
    const FitParameter* parameter;
    double value;
    double low, high;         ///< profile-likelihood interval
    bool open_low, open_high; ///< the profile ends at the bound before it has risen enough
    bool at_bound;            ///< the estimate itself lies on a bound
    double standard_error;    ///< SD over the bootstrap, NaN without
    std::vector<double> profile_at, profile_deviance; ///< deviance above the least
};

struct Fit {
    std::vector<FittedValue> values;
    double G2 = 0;
    int df = 0;
    double p_chi2 = 0;      ///< of G^2 by its asymptotic distribution
    double p_bootstrap = 0; ///< share of simulated data sets that fit worse; NaN without
    std::vector<std::vector<double>> bootstrap; ///< [replicates][values]

    /// Of the curvature of half the deviance: correlation of the estimates [values][values], and
    /// ratio of the largest to the least eigenvalue of that matrix. 1: independent. NaN where a
    /// value lies so near to a bound that there is no curvature to take.
    std::vector<double> correlation;
    double condition_number = 1;

    std::vector<double> estimates() const;
};

/// How a fit is done.
struct FitOptions {
    int starts = 8, bootstrap = 200;
    double level = 0.95;
    bool profiles = true; ///< intervals and curves; without: estimates and deviance alone
    std::uint64_t seed = 1;
    int threads = 1;
    std::function<void()> progress; ///< after each replicate
    const std::atomic<bool>* stop = nullptr;
};

/// Free values at their start, and nothing known about them: what a summary needs for its keys.
Fit unfitted(const FitProblem&);

Fit fit_law(const FitProblem&, const FitData&, const FitOptions&);

constexpr int n_profile_points = 25; ///< of the curve of each value

/// Where the search begins, unless it begins at random.
std::vector<double> starting_values(const FitProblem&);

/// Only where the likelihood is largest, and the search that found it.
Optimum best_fit(const FitProblem&, const FitData&, const std::vector<double>& start, int n_starts,
                 std::uint64_t seed);
std::vector<double> estimates(const FitProblem&, const FitData&, const std::vector<double>& start,
                              int n_starts, std::uint64_t seed);

/// What is wrong with the identification of the values, in words; empty when nothing is.
std::vector<std::string> identification_warnings(const Fit&);

} // namespace lamina

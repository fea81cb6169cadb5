/// The statistics behind every number and error bar of a report. All of it is deterministic: a
/// bootstrap draws from a generator with a fixed seed through our own bounded integers, so equal
/// data give equal bytes on every machine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace lamina::analysis {

/// A closed interval; NaN at both ends when it cannot be computed.
struct Interval {
    double low, high;
};

/// A number with its confidence interval and the sample it rests on.
struct Estimate {
    double value, low, high;
    std::int64_t n;
};

/// How intervals are made: level in (0, 1), number of bootstrap resamples >= 1.
struct Confidence {
    double level = 0.95;
    int resamples = 1000;
};

/// The values that are not NaN, in order. Every function below that takes a sample ignores NaN
/// through this; an empty sample gives NaN.
std::vector<double> finite(const std::vector<double>& values);

double mean(const std::vector<double>& values);

/// Sample standard deviation, divided by n - 1; NaN for n < 2.
double standard_deviation(const std::vector<double>& values);

/// Quantile of order p in [0, 1], linear between order statistics at (n - 1) p.
/// @source Hyndman & Fan (1996), definition 7
double quantile(std::vector<double> values, double p);
double median(const std::vector<double>& values);

/// Any statistic of one sample with its percentile bootstrap interval (fixed seed).
/// @source Efron & Tibshirani (1993), chapter 13
Estimate bootstrap(const std::vector<double>& values,
                   const std::function<double(const std::vector<double>&)>& statistic,
                   const Confidence& confidence = {});
Estimate mean_with_interval(const std::vector<double>& values, const Confidence& confidence = {});
Estimate median_with_interval(const std::vector<double>& values, const Confidence& confidence = {});

/// Proportion k/n with the Wilson score interval; n = 0 gives NaN.
/// @source Wilson (1927), doi:10.1080/01621459.1927.10502953
Estimate proportion(std::int64_t k, std::int64_t n, double level = 0.95);

/// Difference k1/n1 - k2/n2 with Newcombe's interval built from the two Wilson intervals.
/// @source Newcombe (1998), method 10
Estimate difference_of_proportions(std::int64_t k1, std::int64_t n1, std::int64_t k2,
                                   std::int64_t n2, double level = 0.95);

/// Direction and spread of angles in rad: R = |mean exp(i angle)|, SD = sqrt(-2 ln R) in rad.
struct Circular {
    double mean_rad, resultant, sd_rad;
    std::int64_t n;
};
Circular circular(const std::vector<double>& angles_rad);

/// Ranks 1..n, ties sharing the mean of their ranks.
std::vector<double> average_ranks(const std::vector<double>& values);

/// Correlations over the pairs in which neither value is NaN; NaN for fewer than 3 pairs or a
/// constant column. The intervals are Fisher's (Spearman: with the variance 1.06 / (n - 3)).
Estimate pearson(const std::vector<double>& x, const std::vector<double>& y, double level = 0.95);
Estimate spearman(const std::vector<double>& x, const std::vector<double>& y, double level = 0.95);

/// Differences x - y of paired values: mean with Student's interval, d = mean / SD, t, two-sided p.
struct Paired {
    Estimate difference;
    double cohen_d, t, p;
};
Paired paired(const std::vector<double>& x, const std::vector<double>& y, double level = 0.95);

/// Ordinary least squares y = intercept + slope x over pairs without NaN.
struct LineFit {
    double intercept, slope;
    Interval slope_interval; ///< Student, n - 2 degrees of freedom
    std::int64_t n;
};
LineFit fit_line(const std::vector<double>& x, const std::vector<double>& y, double level = 0.95);

/// Standard normal distribution function and its inverse (p in (0, 1)).
double normal_cdf(double z);
double normal_quantile(double p);

/// Chi square with `df` > 0 degrees of freedom: probability of more than `value`, and the value
/// that is not passed with probability p in (0, 1).
double chi_squared_p(double value, double df);
double chi_squared_quantile(double p, double df);

/// Student's t that is not passed on either side with probability `level`.
double student_quantile(double level, double freedom);

/// Sample sizes by the two-sided z-test at significance alpha; infinite for an effect of zero.
/// The effect is d = mean / SD for one sample (or pairs), difference / SD between groups.
struct Power {
    double power = 0.8, alpha = 0.05;
};
double needed_n_one_sample(double d, const Power& = {});
double needed_n_per_group(double d, const Power& = {});
double needed_n_proportions(double p1, double p2, const Power& = {}); ///< per group
double needed_n_correlation(double r, const Power& = {});             ///< Fisher's z

/// d' and criterion with the log-linear correction: rates (k + 1/2) / (n + 1), so that neither is
/// infinite. c > 0: reluctant to say yes.
/// @source Hautus (1995), doi:10.3758/BF03203619
struct Sensitivity {
    double d_prime, criterion;
};
Sensitivity sensitivity(std::int64_t hits, std::int64_t n_signal, std::int64_t false_alarms,
                        std::int64_t n_noise);

} // namespace lamina::analysis

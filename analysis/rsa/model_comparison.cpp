#include "analysis/rsa/model_comparison.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "analysis/resampling.hpp"

namespace lamina::analysis {
namespace {

/// [models] likeness to the RDMs of people in one sample of stimuli and subjects.
struct Likeness {
    std::vector<double> mean, pooled;
};

/// @param times   [rdms] how often each RDM of people counts
Likeness likeness(RdmMeasure measure, const std::vector<ComparableRdm>& models,
                  const MeasuredRdms& measured, const std::vector<double>& times,
                  const PairCounts& counts) {
    const double n = std::accumulate(times.begin(), times.end(), 0.0);
    const ComparableRdm pool(pooled(measure, measured.rdms, times, counts));
    Likeness found;
    for (const ComparableRdm& model : models)
        found.pooled.push_back(compare(measure, model, pool, counts));
    if (measure == RdmMeasure::kendall_tau_a) {
        for (const ComparableRdm& model : models) {
            double sum = 0;
            for (std::size_t k = 0; k < times.size(); ++k)
                if (times[k] > 0)
                    sum += times[k] * compare(measure, model, measured.rdms[k], counts);
            found.mean.push_back(sum / n);
        }
        return found;
    }
    // likeness is a product of unit vectors, so its mean is the product with their mean
    Rdm people(measured.rdms.front().values().size(), 0);
    for (std::size_t k = 0; k < times.size(); ++k) {
        if (times[k] == 0) continue;
        const Rdm one = unit_vector(measure, measured.rdms[k], counts);
        for (std::size_t pair = 0; pair < people.size(); ++pair)
            people[pair] += times[k] / n * one[pair];
    }
    for (const ComparableRdm& model : models)
        found.mean.push_back(product(unit_vector(measure, model, counts), people, counts));
    return found;
}

/// Bootstrap samples of what `likeness` gives, [models][resamples].
struct Samples {
    std::vector<std::vector<double>> mean, pooled;
};

Samples resample(RdmMeasure measure, const std::vector<ComparableRdm>& models,
                 const MeasuredRdms& measured, bool stimuli, bool subjects, int resamples,
                 const std::atomic<bool>* stop) {
    Samples samples;
    samples.mean.resize(models.size());
    samples.pooled.resize(models.size());
    Resampling draws;
    const auto n_subjects = std::size_t(measured.n_subjects());
    for (int round = 0; round < resamples && !(stop && stop->load()); ++round) {
        const PairCounts counts =
            stimuli ? pair_counts(draws.counts(measured.n_stimuli())) : PairCounts();
        const std::vector<double> drawn =
            subjects ? draws.counts(n_subjects) : std::vector<double>(n_subjects, 1);
        std::vector<double> times;
        for (const int who : measured.subject) times.push_back(drawn[std::size_t(who)]);
        const Likeness found = likeness(measure, models, measured, times, counts);
        for (std::size_t m = 0; m < models.size(); ++m) {
            samples.mean[m].push_back(found.mean[m]);
            samples.pooled[m].push_back(found.pooled[m]);
        }
    }
    return samples;
}

Interval interval_of(const std::vector<double>& samples, double level) {
    const double tail = 0.5 * (1 - level);
    return {quantile(samples, tail), quantile(samples, 1 - tail)};
}

Estimate estimate_with_interval(double value, const std::vector<double>& samples, double level,
                                std::size_t n) {
    const Interval interval = interval_of(samples, level);
    return {value, interval.low, interval.high, std::int64_t(n)};
}

double two_sided_p(const std::vector<double>& samples) {
    double below = 1, above = 1, n = 1;
    for (const double x : samples)
        if (!std::isnan(x)) below += x <= 0, above += x >= 0, ++n;
    return n > 1 ? std::min(1.0, 2 * std::min(below, above) / n)
                 : std::numeric_limits<double>::quiet_NaN();
}

std::vector<double> difference_of(const std::vector<double>& a, const std::vector<double>& b) {
    std::vector<double> difference(a.size());
    std::transform(a.begin(), a.end(), b.begin(), difference.begin(), std::minus<>());
    return difference;
}

} // namespace

ModelComparison compare_models(RdmMeasure measure, const std::vector<ModelRdm>& models,
                               const MeasuredRdms& measured, const Confidence& confidence,
                               const std::atomic<bool>* stop) {
    std::vector<ComparableRdm> sorted;
    for (const ModelRdm& model : models) sorted.emplace_back(model.rdm);
    const Likeness found =
        likeness(measure, sorted, measured, std::vector<double>(measured.rdms.size(), 1), {});
    const auto samples = [&](bool stimuli, bool subjects) {
        return resample(measure, sorted, measured, stimuli, subjects, confidence.resamples, stop);
    };
    const Samples both = samples(true, true), stimuli = samples(true, false),
                  subjects = samples(false, true);

    ModelComparison comparison;
    comparison.measure = measure;
    comparison.n_stimuli = measured.n_stimuli();
    comparison.n_rdms = measured.rdms.size();
    comparison.n_subjects = measured.n_subjects();
    comparison.ceiling = noise_ceiling(measure, measured, false);
    comparison.subjects_ceiling = noise_ceiling(measure, measured, true);
    const double level = confidence.level;
    const std::size_t n = comparison.n_rdms;
    for (std::size_t m = 0; m < models.size(); ++m)
        comparison.models.push_back(
            {models[m].name, estimate_with_interval(found.mean[m], both.mean[m], level, n),
             interval_of(stimuli.mean[m], level), interval_of(subjects.mean[m], level),
             estimate_with_interval(found.pooled[m], both.pooled[m], level, n),
             two_sided_p(both.mean[m])});
    for (std::size_t a = 0; a < models.size(); ++a)
        for (std::size_t b = a + 1; b < models.size(); ++b) {
            const std::vector<double> mean = difference_of(both.mean[a], both.mean[b]);
            const std::vector<double> pool = difference_of(both.pooled[a], both.pooled[b]);
            comparison.differences.push_back(
                {a, b, estimate_with_interval(found.mean[a] - found.mean[b], mean, level, n),
                 estimate_with_interval(found.pooled[a] - found.pooled[b], pool, level, n),
                 two_sided_p(mean), two_sided_p(pool)});
        }
    return comparison;
}

Estimate likeness_of(RdmMeasure measure, const Rdm& a, const Rdm& b, const Confidence& confidence) {
    const ComparableRdm x(a), y(b);
    const std::size_t n = n_stimuli_of(a.size());
    std::vector<double> samples;
    Resampling draws;
    for (int round = 0; round < confidence.resamples; ++round)
        samples.push_back(compare(measure, x, y, pair_counts(draws.counts(n))));
    return estimate_with_interval(compare(measure, x, y), samples, confidence.level, n);
}

std::vector<double> holm(const std::vector<double>& p) {
    std::vector<std::size_t> order(p.size());
    std::iota(order.begin(), order.end(), std::size_t(0));
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t i, std::size_t j) { return p[i] < p[j]; });
    std::vector<double> corrected(p.size());
    double least = 0;
    for (std::size_t i = 0; i < order.size(); ++i) {
        least = std::max(least, std::min(1.0, double(p.size() - i) * p[order[i]]));
        corrected[order[i]] = least;
    }
    return corrected;
}

} // namespace lamina::analysis

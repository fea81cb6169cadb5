#include "analysis/spike_counts.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "analysis/statistics.hpp"
#include "sim/run_file/not_known.hpp"

namespace lamina::analysis {
namespace {

/// Trials of every group with two trials or more.
std::vector<std::vector<std::size_t>> repeated(const std::vector<std::int64_t>& group) {
    std::map<std::int64_t, std::vector<std::size_t>> trials;
    for (std::size_t t = 0; t < group.size(); ++t)
        if (group[t] >= 0) trials[group[t]].push_back(t);
    std::vector<std::vector<std::size_t>> found;
    for (auto& [number, of_group] : trials)
        if (of_group.size() >= 2) found.push_back(std::move(of_group));
    return found;
}

/// Trials of every class, in turn to folds.
struct Folds {
    std::vector<std::vector<std::size_t>> of_class;
    std::size_t n_trials = 0;

    explicit Folds(const std::vector<std::int64_t>& label) : of_class(repeated(label)) {
        for (const auto& trials : of_class) n_trials += trials.size();
    }
    template <class See> void each(int fold, int n_folds, bool tested, See see) const {
        for (std::size_t c = 0; c < of_class.size(); ++c)
            for (std::size_t i = 0; i < of_class[c].size(); ++i)
                if ((int(i % std::size_t(n_folds)) == fold) == tested) see(c, of_class[c][i]);
    }
};

/// Scores of patterns by class: weights and a constant each, trained at one time of one fold.
struct Decoder {
    std::size_t n_units;
    std::vector<float> weight, constant; ///< [classes, units], [classes]

    Decoder(const TimedCounts& data, const Folds& folds, int fold, int n_folds, std::size_t time)
        : n_units(data.n_units), weight(folds.of_class.size() * n_units),
          constant(folds.of_class.size()) {
        const std::size_t n_classes = folds.of_class.size();
        std::vector<double> sum(n_units), squares(n_units), pattern(n_classes * n_units),
            of_class(n_classes);
        double n = 0;
        folds.each(fold, n_folds, false, [&](std::size_t c, std::size_t trial) {
            const float* const x = &data.counts[(trial * data.n_times + time) * n_units];
            for (std::size_t u = 0; u < n_units; ++u) {
                sum[u] += x[u], squares[u] += double(x[u]) * x[u];
                pattern[c * n_units + u] += x[u];
            }
            of_class[c] += 1, n += 1;
        });
        std::vector<double> mean(n_units), per_sd(n_units);
        for (std::size_t u = 0; u < n_units; ++u) {
            mean[u] = sum[u] / n;
            const double variance = squares[u] / n - mean[u] * mean[u];
            per_sd[u] = variance > 1e-12 ? 1 / std::sqrt(variance) : 0;
        }
        for (std::size_t c = 0; c < n_classes; ++c) {
            double* const p = &pattern[c * n_units];
            double middle = 0, length = 0;
            for (std::size_t u = 0; u < n_units; ++u) {
                p[u] = of_class[c] > 0 ? (p[u] / of_class[c] - mean[u]) * per_sd[u] : 0;
                middle += p[u] / double(n_units);
            }
            for (std::size_t u = 0; u < n_units; ++u) p[u] -= middle, length += p[u] * p[u];
            const double scale = length > 1e-12 ? 1 / std::sqrt(length) : 0;
            for (std::size_t u = 0; u < n_units; ++u) {
                weight[c * n_units + u] = float(p[u] * scale * per_sd[u]);
                constant[c] -= float(p[u] * scale * per_sd[u] * mean[u]);
            }
        }
    }

    /// 1 for the right class, a share of it where several tie.
    double right(const float* x, std::size_t truth) const {
        float best = 0, of_truth = 0;
        std::size_t n_best = 0;
        for (std::size_t c = 0; c < constant.size(); ++c) {
            float score = constant[c];
            const float* const w = &weight[c * n_units];
            for (std::size_t u = 0; u < n_units; ++u) score += w[u] * x[u];
            if (c == truth) of_truth = score;
            if (c == 0 || score > best) best = score, n_best = 0;
            n_best += score == best;
        }
        return of_truth == best ? 1 / double(n_best) : 0;
    }
};

} // namespace

std::vector<double> fano_factors(const RepeatedCounts& data) {
    const auto groups = repeated(data.group);
    std::vector<double> factors(data.n_units, nan);
    for (std::size_t unit = 0; unit < data.n_units; ++unit) {
        double squares = 0, expected = 0;
        for (const auto& trials : groups) {
            double mean = 0;
            for (const std::size_t t : trials)
                mean += data.counts[t * data.n_units + unit] / double(trials.size());
            for (const std::size_t t : trials) {
                const double off = data.counts[t * data.n_units + unit] - mean;
                squares += off * off;
            }
            expected += double(trials.size() - 1) * mean;
        }
        if (expected > 0) factors[unit] = squares / expected;
    }
    return factors;
}

double noise_correlation(const RepeatedCounts& data) {
    const auto groups = repeated(data.group);
    std::vector<std::vector<double>> off; ///< [units that vary][trials], of length 1
    std::size_t n_trials = 0;
    for (const auto& trials : groups) n_trials += trials.size();
    if (n_trials < groups.size() + 3) return nan;
    for (std::size_t unit = 0; unit < data.n_units; ++unit) {
        std::vector<double> of_unit;
        double squares = 0;
        for (const auto& trials : groups) {
            double mean = 0;
            for (const std::size_t t : trials)
                mean += data.counts[t * data.n_units + unit] / double(trials.size());
            for (const std::size_t t : trials) {
                of_unit.push_back(data.counts[t * data.n_units + unit] - mean);
                squares += of_unit.back() * of_unit.back();
            }
        }
        if (!(squares > 0)) continue;
        for (double& x : of_unit) x /= std::sqrt(squares);
        off.push_back(std::move(of_unit));
    }
    double sum = 0, n_pairs = 0;
    for (std::size_t i = 0; i < off.size(); ++i)
        for (std::size_t j = i + 1; j < off.size(); ++j) {
            for (std::size_t t = 0; t < n_trials; ++t) sum += off[i][t] * off[j][t];
            n_pairs += 1;
        }
    return n_pairs > 0 ? sum / n_pairs : nan;
}

CrossDecoding cross_temporal_decoding(const TimedCounts& data, int n_folds) {
    const Folds folds(data.label);
    CrossDecoding found;
    found.n_times = data.n_times;
    found.n_classes = folds.of_class.size(), found.n_trials = folds.n_trials;
    if (found.n_classes < 2) return found;
    const std::size_t n = data.n_times;
    found.accuracy.assign(n * n, 0);
    for (int fold = 0; fold < n_folds; ++fold)
        for (std::size_t train = 0; train < n; ++train) {
            const Decoder decoder(data, folds, fold, n_folds, train);
            folds.each(fold, n_folds, true, [&](std::size_t c, std::size_t trial) {
                for (std::size_t test = 0; test < n; ++test)
                    found.accuracy[train * n + test] +=
                        decoder.right(&data.counts[(trial * n + test) * data.n_units], c) /
                        double(folds.n_trials);
            });
        }
    return found;
}

double persistence_index(const CrossDecoding& decoding, std::size_t from, std::size_t to) {
    if (decoding.accuracy.empty() || to > decoding.n_times || to < from + 2) return nan;
    double on = 0, off = 0;
    for (std::size_t train = from; train < to; ++train)
        for (std::size_t test = from; test < to; ++test)
            (train == test ? on : off) += decoding.accuracy[train * decoding.n_times + test];
    const double n = double(to - from), chance = decoding.chance();
    on = on / n - chance, off = off / (n * (n - 1)) - chance;
    const double error = std::sqrt(chance * (1 - chance) / double(decoding.n_trials));
    return on > 2 * error ? off / on : nan;
}

} // namespace lamina::analysis

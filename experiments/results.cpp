#include "experiments/results.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "experiments/results_parts.hpp"
#include "experiments/spike_measures.hpp"
#include "sim/run_file/not_known.hpp"

namespace lamina {

namespace {

// ------------------------------------------------------------------------------ /comparison

void add_comparison(Image& image, const std::vector<VariantRun>& runs,
                    const Conditions& conditions) {
    std::vector<std::int64_t> trial, variant, condition;
    std::vector<std::string> name;
    std::vector<double> time, kl, top1, sum, output, cosine, settle, o, y;
    std::size_t heads = 0;
    for (const VariantRun& run : runs)
        heads = std::max(heads, std::size_t(run.variant.spec.area.heads));
    for_each_trial(runs, [&](std::int64_t v, const TrialRecord& record) {
        for (const PresentationRecord& shown : record.presentations) {
            const Fidelity& f = shown.fidelity;
            trial.push_back(record.trial.number);
            variant.push_back(v);
            condition.push_back(conditions.of(record));
            name.push_back(shown.name);
            time.push_back(shown.time_ms);
            kl.push_back(f.attention_kl_bits);
            top1.push_back(f.attention_top1_agreement);
            sum.push_back(f.attention_sum_error);
            output.push_back(f.output_relative_error);
            cosine.push_back(f.output_cosine);
            settle.push_back(f.settle_time_ms);
            y.push_back(f.y_relative_error);
            for (std::size_t head = 0; head < heads; ++head)
                o.push_back(head < f.o_relative_error.size() ? f.o_relative_error[head] : nan);
        }
    });
    if (trial.empty()) return;
    const std::string g = "comparison";
    const std::vector<std::string> rows = {"presentation"};
    image.dimension(g, "presentation", trial.size());
    image.dimension(g, "head", heads);
    image.variable(g, "trial", rows, trial, "1", "number of the trial within its variant");
    image.variable(g, "variant", rows, variant, "1", "row of /variants");
    image.variable(g, "condition", rows, condition, "1", "number of the condition");
    image.variable(g, "name", rows, name, "1", "what was presented");
    image.variable(g, "time_ms", rows, time, "ms", "when column and block were compared");
    image.variable(g, "attention_kl_bits", rows, kl, "bit",
                   "Kullback-Leibler divergence from softmax");
    image.variable(g, "attention_top1_agreement", rows, top1, "1",
                   "rows with the same largest weight");
    image.variable(g, "attention_sum_error", rows, sum, "1", "largest |sum of weights - 1|");
    image.variable(g, "output_relative_error", rows, output, "1",
                   "relative error of z over all tokens");
    image.variable(g, "output_cosine", rows, cosine, "1", "cosine of z with its reference");
    image.variable(g, "settle_time_ms", rows, settle, "ms", "attention within 1 % from here on");
    image.variable(g, "y_relative_error", rows, y, "1", "relative error of the residual stream");
    image.variable(g, "o_relative_error", {"presentation", "head"}, o, "1",
                   "relative error of the routed values");
}

// ------------------------------------------------------------------------------ /rates, /attention

/// Mean over trials of a [time] series per (variant, condition), NaN ignored value by value.
struct MeanSeries {
    std::size_t n_time;
    std::vector<double> sum, squares, n;
    MeanSeries(std::size_t n_variants, std::size_t n_conditions, std::size_t length)
        : n_time(length), sum(n_variants * n_conditions * length), squares(sum), n(sum) {}
    void add(std::size_t row, std::size_t time, double x) {
        if (!(x == x)) return;
        const std::size_t i = row * n_time + time;
        sum[i] += x;
        squares[i] += x * x;
        n[i] += 1;
    }
    std::vector<double> mean() const {
        std::vector<double> out(sum.size());
        for (std::size_t i = 0; i < out.size(); ++i) out[i] = n[i] ? sum[i] / n[i] : nan;
        return out;
    }
    std::vector<double> sem() const {
        std::vector<double> out(sum.size());
        for (std::size_t i = 0; i < out.size(); ++i) {
            const double variance = (squares[i] - sum[i] * sum[i] / n[i]) / (n[i] - 1);
            out[i] = n[i] > 1 ? std::sqrt(std::max(0.0, variance) / n[i]) : nan;
        }
        return out;
    }
};

void add_axes(Image& image, const std::string& g, const std::vector<VariantRun>& runs,
              const Conditions& conditions, std::size_t n_time, double every_ms) {
    std::vector<double> time;
    for (std::size_t i = 0; i < n_time; ++i) time.push_back(double(i + 1) * every_ms);
    image.dimension(g, "variant", runs.size());
    image.coordinate(g, "condition", conditions.labels, "1", "task condition");
    image.coordinate(g, "time", time, "ms", "time since the trial began");
}

void add_rates(Image& image, const std::vector<VariantRun>& runs, const Conditions& conditions) {
    // the first variant's populations; variants that have others share those
    const ExperimentSpec& spec = runs.front().variant.spec;
    std::vector<std::string> names;
    for (const PopulationInfo& population : runs.front().populations)
        names.push_back(population.name);
    std::size_t n_time = 0;
    for_each_trial(runs, [&](std::int64_t v, const TrialRecord& record) {
        n_time = std::max(n_time, record.rate_rms.size() / runs[std::size_t(v)].populations.size());
    });
    if (n_time == 0) return;
    const std::size_t n_pop = names.size();
    MeanSeries mean(runs.size(), conditions.size(), n_time * n_pop), rms = mean, both = mean;
    bool paired = false;
    for_each_trial(runs, [&](std::int64_t v, const TrialRecord& record) {
        const std::size_t row =
            std::size_t(v) * conditions.size() + std::size_t(conditions.of(record));
        const auto& populations = runs[std::size_t(v)].populations;
        for (std::size_t p = 0; p < populations.size(); ++p) {
            const auto at = std::find(names.begin(), names.end(), populations[p].name);
            if (at == names.end()) continue;
            for (std::size_t t = 0; t * populations.size() < record.rate_rms.size(); ++t) {
                const std::size_t to = t * n_pop + std::size_t(at - names.begin());
                mean.add(row, to, record.rate_mean[t * populations.size() + p]);
                rms.add(row, to, record.rate_rms[t * populations.size() + p]);
                if (record.coactivation.empty()) continue;
                both.add(row, to, record.coactivation[t * populations.size() + p]);
                paired = true;
            }
        }
    });
    const std::string g = "rates";
    const std::vector<std::string> dims = {"variant", "condition", "time", "population"};
    const double every_ms =
        double(steps_of(spec.record.rates_every_ms, spec.area.dt_ms)) * spec.area.dt_ms;
    add_axes(image, g, runs, conditions, n_time, every_ms);
    image.coordinate(g, "population", names, "1", "population");
    image.variable(g, "mean", dims, mean.mean(), "1", "mean over units and trials");
    image.variable(g, "rms", dims, rms.mean(), "1",
                   "root mean square over units, mean over trials");
    image.variable(g, "sem", dims, rms.sem(), "1", "standard error of rms over trials");
    if (!paired) return;
    image.variable(g, "coactivation", dims, both.mean(), "1",
                   "mean of min(r+, r-) - r_0 over units and trials");
    image.variable(g, "coactivation_sem", dims, both.sem(), "1",
                   "standard error of coactivation over trials");
}

void add_attention(Image& image, const std::vector<VariantRun>& runs,
                   const Conditions& conditions) {
    std::size_t n_time = 0;
    for_each_trial(runs, [&](std::int64_t, const TrialRecord& record) {
        n_time = std::max(n_time, record.attention.size());
    });
    if (n_time == 0) return;
    enum class Only { any, with_target, yes, no };
    struct Quantity {
        const char *name, *unit, *meaning;
        double AttentionSample::*member;
        Only only;
    };
    const Quantity quantities[] = {
        {"target", "1", "weight of the item that is asked for", &AttentionSample::target,
         Only::any},
        {"other", "1", "mean weight of another item, where one is asked for",
         &AttentionSample::other, Only::with_target},
        {"reference_target", "1", "softmax weight of that item for the same input",
         &AttentionSample::reference_target, Only::any},
        {"sum", "1", "sum of weights", &AttentionSample::sum, Only::any},
        {"entropy_bits", "bit", "entropy of the normalised weights", &AttentionSample::entropy_bits,
         Only::any},
        {"evidence_match", "1", "evidence for yes where yes is right", &AttentionSample::evidence,
         Only::yes},
        {"evidence_nonmatch", "1", "evidence for yes where no is right", &AttentionSample::evidence,
         Only::no},
        {"PV", "1", "mean PV activity p", &AttentionSample::PV, Only::any},
        {"log_normaliser", "1", "log of the sum of exponentials of the same scores",
         &AttentionSample::log_normaliser, Only::any}};
    const ExperimentSpec& spec = runs.front().variant.spec;
    const std::string g = "attention";
    const double every_ms =
        double(steps_of(spec.record.attention_every_ms, spec.area.dt_ms)) * spec.area.dt_ms;
    add_axes(image, g, runs, conditions, n_time, every_ms);
    for (const Quantity& quantity : quantities) {
        MeanSeries series(runs.size(), conditions.size(), n_time);
        for_each_trial(runs, [&](std::int64_t v, const TrialRecord& record) {
            const Trial& trial = record.trial;
            const bool chooses = trial.asks && trial.question.answer == Answer::choice;
            const bool yes = chooses && trial.question.yes;
            // "other" needs a target: an item that is asked for, or no question at all
            if (quantity.only == Only::with_target ? trial.asks && trial.target_column < 0
                : quantity.only == Only::yes       ? !yes
                : quantity.only == Only::no        ? !chooses || yes
                                                   : false)
                return;
            const std::size_t row =
                std::size_t(v) * conditions.size() + std::size_t(conditions.of(record));
            for (std::size_t t = 0; t < record.attention.size(); ++t)
                series.add(row, t, record.attention[t].*quantity.member);
        });
        image.variable(g, quantity.name, {"variant", "condition", "time"}, series.mean(),
                       quantity.unit, quantity.meaning);
    }
}

// ------------------------------------------------------------------------------ /example

void add_example(Image& image, const std::vector<VariantRun>& runs, const Conditions& conditions) {
    const AreaSpec& area = runs.front().variant.spec.area;
    for (const VariantRun& run : runs)
        if (run.variant.spec.area.columns != area.columns ||
            run.variant.spec.area.heads != area.heads)
            return; // sizes differ: no common matrix
    const std::size_t n = std::size_t(area.columns), size = std::size_t(area.heads) * n * n;
    const std::size_t rows = runs.size() * conditions.size();
    std::vector<double> weights(rows * size, nan), reference(rows * size, nan);
    std::vector<std::int64_t> item(rows * n, -1), trial(rows, -1);
    for_each_trial(runs, [&](std::int64_t v, const TrialRecord& record) {
        const std::size_t row =
            std::size_t(v) * conditions.size() + std::size_t(conditions.of(record));
        if (trial[row] >= 0 || record.weights.empty()) return;
        trial[row] = record.trial.number;
        std::copy(record.weights.begin(), record.weights.end(),
                  weights.begin() + std::ptrdiff_t(row * size));
        std::copy(record.reference.begin(), record.reference.end(),
                  reference.begin() + std::ptrdiff_t(row * size));
        std::copy(record.key_item.begin(), record.key_item.end(),
                  item.begin() + std::ptrdiff_t(row * n));
    });
    const std::string g = "example";
    const std::vector<std::string> dims = {"variant", "condition", "head", "query", "key"};
    image.dimension(g, "variant", runs.size());
    image.coordinate(g, "condition", conditions.labels, "1", "task condition");
    image.dimension(g, "head", std::size_t(area.heads));
    image.dimension(g, "query", n);
    image.dimension(g, "key", n);
    image.variable(g, "weights", dims, weights, "1", "attention weights of the column");
    image.variable(g, "reference", dims, reference, "1", "softmax of the reference block");
    image.variable(g, "key_item", {"variant", "condition", "key"}, item, "1",
                   "item held by each key");
    image.variable(g, "trial", {"variant", "condition"}, trial, "1", "trial shown");
}

// ------------------------------------------------------------------------------ /stimuli

void add_stimuli(Image& image, const VariantRun& run) {
    const Stimuli& stimuli = run.stimuli;
    const std::size_t d = std::size_t(stimuli.d_model);
    const std::string g = "stimuli";
    image.coordinate(g, "stimulus", stimuli.names, "1", "stimulus");
    image.dimension(g, "d_model", d);
    image.variable(g, "vector", {"stimulus", "d_model"}, stimuli.vectors, "1", "thalamic input");
    if (stimuli.circular)
        image.variable(g, "angle_deg", {"stimulus"}, stimuli.angle_deg, "degree", "on the ring");
    if (stimuli.dissimilarity.empty()) return;
    const analysis::Rdm distance =
        analysis::squared_euclidean({std::size_t(stimuli.number), d, stimuli.vectors});
    image.dimension(g, "pair", distance.size());
    image.variable(g, "dissimilarity", {"pair"}, stimuli.dissimilarity, "1",
                   "measured dissimilarity");
    image.variable(g, "squared_distance", {"pair"}, distance, "1",
                   "squared distance of the vectors");
}

} // namespace

void add_results(Image& image, const std::vector<VariantRun>& runs) {
    const Conditions conditions(runs);
    std::vector<Variant> variants;
    for (const VariantRun& run : runs) variants.push_back(run.variant);
    add_variants(image, variants);
    add_trials(image, runs, conditions);
    add_comparison(image, runs, conditions);
    add_rates(image, runs, conditions);
    add_attention(image, runs, conditions);
    add_example(image, runs, conditions);
    add_spike_results(image, runs);
    add_behaviour(image, runs, conditions);
    add_calibration(image, runs);
    if (runs.front().stimuli.number > 0) add_stimuli(image, runs.front());
}

void add_trace(Image& image, const VariantRun& run) {
    const Trace& trace = run.trace;
    const AreaSpec& area = run.variant.spec.area;
    const std::string g = "trace";
    image.coordinate(g, "time", trace.time_ms, "ms", "time since the trial began");
    std::map<std::string, std::size_t> dimensions;
    const auto need = [&](const std::string& name, std::size_t size) {
        if (dimensions.emplace(name, size).second) image.dimension(g, name, size);
    };
    for (std::size_t p = 0; p < run.populations.size(); ++p) {
        const PopulationInfo& population = run.populations[p];
        std::vector<std::string> dims = {"time"};
        for (std::size_t axis = 0; axis < population.shape.size(); ++axis) {
            need(population.dims[axis], std::size_t(population.shape[axis]));
            dims.push_back(population.dims[axis]);
        }
        image.variable(g, population.name, dims, trace.populations[p], "1",
                       population.symbol + ", layer " + population.layer);
    }
    need("head", std::size_t(area.heads));
    need("query", std::size_t(area.columns));
    need("key", std::size_t(area.columns));
    image.variable(g, "reference", {"time", "head", "query", "key"}, trace.reference, "1",
                   "softmax of the reference block for the same input");
    image.variable(g, "evidence", {"time"}, trace.evidence, "1", "evidence for a match");
    need("choice", 2);
    image.variable(g, "decision_rate_Hz", {"time", "choice"}, trace.decision_rate_Hz, "Hz",
                   "filtered rates of the decision network: match, non-match");
}

} // namespace lamina

#include "experiments/representations.hpp"

#include <cmath>

#include "experiments/classical_mds.hpp"
#include "experiments/summary.hpp"

namespace lamina {
namespace {

/// The model that a run is about: what the column would confuse.
constexpr const char* column_model = "confusion";

/// -(m_ij + m_ji) / 2 for every pair of [n][n].
analysis::Rdm negative_mean_of_both_orders(const std::vector<double>& matrix, int n_stimuli) {
    const std::size_t n = std::size_t(n_stimuli);
    analysis::Rdm rdm;
    rdm.reserve(analysis::n_pairs(n));
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = i + 1; j < n; ++j)
            rdm.push_back(-0.5 * (matrix[i * n + j] + matrix[j * n + i]));
    return rdm;
}

std::vector<analysis::ModelRdm> rdms_of(const Stimuli& stimuli, const Probing& probing) {
    const auto patterns = [&](const std::vector<double>& values) {
        return analysis::Patterns{std::size_t(probing.n), std::size_t(probing.d_model), values};
    };
    std::vector<analysis::ModelRdm> rdms;
    if (!stimuli.dissimilarity.empty()) rdms.push_back({"source", stimuli.dissimilarity});
    rdms.push_back({"input", analysis::squared_euclidean(patterns(stimuli.vectors))});
    rdms.push_back({"routed", analysis::squared_euclidean(patterns(probing.routed))});
    rdms.push_back({"attention", negative_mean_of_both_orders(probing.attention, probing.n)});
    rdms.push_back({column_model, negative_mean_of_both_orders(probing.evidence, probing.n)});
    return rdms;
}

PeopleComparison compare_with_people(const Representations& all, const HumanRdms& people,
                                     const std::vector<HumanRdms>& others,
                                     const analysis::Confidence& confidence,
                                     const std::atomic<bool>* stop) {
    constexpr auto measure = analysis::RdmMeasure::spearman;
    PeopleComparison comparison;
    comparison.people = &people;
    comparison.pooled = analysis::pooled(measure, people.measured.rdms);
    std::vector<analysis::ModelRdm> models = all.rdms;
    for (const HumanRdms& other : others) {
        if (&other == &people) continue;
        comparison.from_people.push_back(other.name);
        models.push_back({other.name, analysis::pooled(measure, other.measured.rdms)});
    }
    const auto& foreign = all.run->rdms.models;
    models.insert(models.end(), foreign.begin(), foreign.end());
    comparison.models =
        analysis::compare_models(measure, models, people.measured, confidence, stop);
    return comparison;
}

/// The first two dimensions of an RDM's ranks, taken as distances: [n][2].
std::vector<double> map_of(const analysis::Rdm& rdm) {
    std::vector<double> squared;
    for (const double rank : analysis::ComparableRdm(rdm).ranks()) squared.push_back(rank * rank);
    return classical_scaling(int(analysis::n_stimuli_of(rdm.size())), squared, 2).points;
}

void add_fits(Image& image, const std::string& g, const PeopleComparison& one) {
    using Fit = analysis::ModelFit;
    const auto& fits = one.models.models;
    std::vector<std::string> names;
    for (const Fit& fit : fits) names.push_back(fit.name);
    image.coordinate(g, "model", names, "1", "whose dissimilarities are compared");
    const auto numbers = [&](const char* name, const char* meaning, auto get) {
        std::vector<double> values;
        for (const Fit& fit : fits) values.push_back(get(fit));
        image.variable(g, name, {"model"}, values, "1", meaning);
    };
    numbers("mean_rho", "Spearman with each RDM of people, mean over them",
            [](const Fit& f) { return f.mean.value; });
    numbers("mean_rho_low", "lower end of its interval, stimuli and subjects resampled",
            [](const Fit& f) { return f.mean.low; });
    numbers("mean_rho_high", "upper end", [](const Fit& f) { return f.mean.high; });
    numbers("mean_rho_low_stimuli", "lower end, stimuli resampled alone",
            [](const Fit& f) { return f.mean_stimuli.low; });
    numbers("mean_rho_high_stimuli", "upper end", [](const Fit& f) { return f.mean_stimuli.high; });
    numbers("mean_rho_low_subjects", "lower end, subjects resampled alone",
            [](const Fit& f) { return f.mean_subjects.low; });
    numbers("mean_rho_high_subjects", "upper end",
            [](const Fit& f) { return f.mean_subjects.high; });
    numbers("pooled_rho", "Spearman with the pooled RDM of people",
            [](const Fit& f) { return f.pooled.value; });
    numbers("pooled_rho_low", "lower end of its interval, stimuli and subjects resampled",
            [](const Fit& f) { return f.pooled.low; });
    numbers("pooled_rho_high", "upper end", [](const Fit& f) { return f.pooled.high; });
    numbers("p", "two-sided, of mean_rho = 0", [](const Fit& f) { return f.p; });
}

/// Differences between models as [model][model_b] matrices: row less column.
void add_differences(Image& image, const std::string& g, const analysis::ModelComparison& models) {
    const std::size_t n = models.models.size();
    std::vector<std::string> names;
    for (const auto& fit : models.models) names.push_back(fit.name);
    image.coordinate(g, "model_b", names, "1", "what it is compared with");
    const std::vector<std::string> dims = {"model", "model_b"};
    const auto difference = [&](const std::string& of, auto member) {
        std::vector<double> value(n * n, 0), low(value), high(value);
        for (const analysis::ModelDifference& d : models.differences) {
            const analysis::Estimate& e = d.*member;
            const std::size_t at = d.a * n + d.b, mirrored = d.b * n + d.a;
            value[at] = e.value, low[at] = e.low, high[at] = e.high;
            value[mirrored] = -e.value, low[mirrored] = -e.high, high[mirrored] = -e.low;
        }
        image.variable(g, of + "_difference", dims, value, "1", of + " of row less column");
        image.variable(g, of + "_difference_low", dims, low, "1",
                       "lower end of its interval, stimuli and subjects resampled");
        image.variable(g, of + "_difference_high", dims, high, "1", "upper end");
    };
    const auto significance = [&](const std::string& of, auto member) {
        std::vector<double> p(n * n, 1);
        for (const analysis::ModelDifference& d : models.differences)
            p[d.a * n + d.b] = p[d.b * n + d.a] = d.*member;
        image.variable(g, "p_" + of, dims, p, "1", "two-sided, of that difference, not corrected");
    };
    difference("mean_rho", &analysis::ModelDifference::mean);
    difference("pooled_rho", &analysis::ModelDifference::pooled);
    significance("mean_rho", &analysis::ModelDifference::p_mean);
    significance("pooled_rho", &analysis::ModelDifference::p_pooled);
}

void add_people(Image& image, const PeopleComparison& one) {
    const std::string g = "representations/" + one.people->name;
    const analysis::MeasuredRdms& measured = one.people->measured;
    std::vector<double> values;
    for (const auto& rdm : measured.rdms)
        values.insert(values.end(), rdm.values().begin(), rdm.values().end());
    image.dimension(g, "measurement", measured.rdms.size());
    image.dimension(g, "pair", one.pooled.size());
    image.variable(g, "dissimilarity", {"measurement", "pair"}, values, "1",
                   "dissimilarities of people, as read");
    image.variable(g, "subject", {"measurement"},
                   std::vector<std::int64_t>(measured.subject.begin(), measured.subject.end()), "1",
                   "whose RDM it is");
    image.variable(g, "pooled", {"pair"}, one.pooled, "1", "mean of their ranks");
    image.dimension(g, "stimulus", measured.n_stimuli());
    image.dimension(g, "axis", 2);
    image.variable(g, "map", {"stimulus", "axis"}, map_of(one.pooled), "1",
                   "classical scaling of the ranks of the pooled dissimilarities");
    const auto scalar = [&](const char* name, double value, const char* meaning) {
        image.variable(g, name, {}, std::vector<double>{value}, "1", meaning);
    };
    scalar("ceiling_low", one.models.ceiling.lower, "noise ceiling, one RDM left out at a time");
    scalar("ceiling_high", one.models.ceiling.upper, "noise ceiling, nothing left out");
    scalar("ceiling_low_subjects", one.models.subjects_ceiling.lower,
           "noise ceiling, all RDMs of a subject left out at a time");
    add_fits(image, g, one);
    add_differences(image, g, one.models);
}

nlohmann::ordered_json people_summary(const PeopleComparison& one) {
    const analysis::ModelComparison& models = one.models;
    nlohmann::ordered_json summary = {
        {"n_rdms", models.n_rdms},
        {"n_subjects", models.n_subjects},
        {"ceiling_low", number_or_null(models.ceiling.lower)},
        {"ceiling_high", number_or_null(models.ceiling.upper)},
        {"ceiling_low_subjects", number_or_null(models.subjects_ceiling.lower)}};
    for (const analysis::ModelFit& fit : models.models)
        summary[fit.name] = {{"mean_rho", summary_entry(fit.mean)},
                             {"pooled_rho", summary_entry(fit.pooled)},
                             {"p", number_or_null(fit.p)}};
    // what the column adds to every other model
    for (const analysis::ModelDifference& d : models.differences) {
        const std::string &a = models.models[d.a].name, &b = models.models[d.b].name;
        if (a != column_model && b != column_model) continue;
        const double sign = a == column_model ? 1 : -1;
        const auto signed_entry = [&](analysis::Estimate e) {
            if (sign < 0) e = {-e.value, -e.high, -e.low, e.n};
            return summary_entry(e);
        };
        summary[std::string(column_model) + "_less_" + (sign > 0 ? b : a)] = {
            {"mean_rho", signed_entry(d.mean)},
            {"pooled_rho", signed_entry(d.pooled)},
            {"p_mean_rho", number_or_null(d.p_mean)},
            {"p_pooled_rho", number_or_null(d.p_pooled)}};
    }
    return summary;
}

} // namespace

namespace {

/// From what was probed to what is compared.
void compare(Representations& all, const std::atomic<bool>* stop) {
    const VariantRun& run = *all.run;
    all.rdms = rdms_of(run.stimuli, all.probing);
    const AnalysisSpec& analysis = run.variant.spec.analysis;
    for (const HumanRdms& people : run.rdms.people)
        all.people.push_back(compare_with_people(all, people, run.rdms.people,
                                                 {analysis.ci, analysis.bootstrap}, stop));
}

} // namespace

Representations represent(const VariantRun& run, int threads, const std::atomic<bool>& stop) {
    Representations all;
    all.run = &run;
    if (!is_probed(run)) return all;
    all.probing = probe_all(run, threads, stop);
    if (!stop.load()) compare(all, &stop);
    return all;
}

Representations represent_unprobed(const VariantRun& run) {
    Representations all;
    all.run = &run;
    if (!is_probed(run)) return all;
    const std::size_t n = std::size_t(run.stimuli.number);
    all.probing.n = run.stimuli.number;
    all.probing.d_model = run.variant.spec.area.d_model;
    all.probing.evidence.assign(n * n, 0);
    all.probing.attention.assign(n * n, 0);
    all.probing.routed.assign(n * std::size_t(all.probing.d_model), 0);
    compare(all, nullptr);
    return all;
}

void add_representations(Image& image, const Representations& all) {
    if (all.rdms.empty()) return;
    const std::string g = "representations";
    const Stimuli& stimuli = all.run->stimuli;
    std::vector<std::string> names;
    std::vector<double> values, maps;
    std::vector<analysis::ModelRdm> rdms = all.rdms;
    rdms.insert(rdms.end(), all.run->rdms.models.begin(), all.run->rdms.models.end());
    for (const analysis::ModelRdm& one : rdms) {
        names.push_back(one.name);
        values.insert(values.end(), one.rdm.begin(), one.rdm.end());
        const std::vector<double> map = map_of(one.rdm);
        maps.insert(maps.end(), map.begin(), map.end());
    }
    image.coordinate(g, "stimulus", stimuli.names, "1", "stimulus");
    if (!stimuli.categories.empty())
        image.variable(g, "category", {"stimulus"}, stimuli.categories, "1",
                       "category of the stimulus");
    image.coordinate(g, "rdm", names, "1", "stage of the column, or model of compare_with");
    image.dimension(g, "pair", rdms.front().rdm.size());
    image.dimension(g, "axis", 2);
    image.variable(g, "dissimilarity", {"rdm", "pair"}, values, "1",
                   "dissimilarities, upper triangle row by row");
    image.variable(
        g, "from_run", {"rdm"},
        [&] {
            std::vector<std::int64_t> from_run(rdms.size(), 0);
            std::fill_n(from_run.begin(), all.rdms.size(), 1);
            return from_run;
        }(),
        "1", "1: made by this run, 0: named in compare_with");
    image.variable(g, "map", {"rdm", "stimulus", "axis"}, maps, "1",
                   "classical scaling of the ranks of the dissimilarities");
    const auto difference = [&](const char* name, double value, const char* meaning) {
        image.variable(g, name, {}, std::vector<double>{value}, "1", meaning);
    };
    difference("evidence_difference", all.probing.evidence_difference,
               "largest difference of the evidence from that of the block");
    difference("attention_difference", all.probing.attention_difference,
               "largest difference of a weight from that of the block");
    difference("routed_difference", all.probing.routed_difference,
               "largest difference of routed content from that of the block");
    for (const PeopleComparison& one : all.people) add_people(image, one);
}

nlohmann::ordered_json representations_summary(const Representations& all) {
    if (all.rdms.empty()) return nullptr;
    nlohmann::ordered_json summary;
    summary["column_less_block"] = {{"evidence", all.probing.evidence_difference},
                                    {"attention", all.probing.attention_difference},
                                    {"routed", all.probing.routed_difference}};
    for (const PeopleComparison& one : all.people) summary[one.people->name] = people_summary(one);
    return summary;
}

} // namespace lamina

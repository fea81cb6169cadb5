#include "analysis/compare.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "analysis/load_run.hpp"
#include "analysis/rsa/model_comparison.hpp"

namespace lamina::analysis {
namespace {

VariableDifference difference(const std::string& name, const Column& a, const Column& b) {
    VariableDifference found{name};
    found.n = static_cast<std::int64_t>(a.size());
    if (a.dims != b.dims || a.shape != b.shape || a.is_text() != b.is_text() ||
        a.size() != b.size()) {
        found.state = VariableDifference::State::other_shape;
        return found;
    }
    for (std::size_t i = 0; i < a.words.size(); ++i) found.n_different += a.words[i] != b.words[i];
    for (std::size_t i = 0; i < a.numbers.size(); ++i) {
        const double x = a.numbers[i], y = b.numbers[i];
        if (x == y || (std::isnan(x) && std::isnan(y))) continue;
        ++found.n_different;
        const double absolute = std::fabs(x - y);
        // a NaN or infinity against a number differs by more than any number
        const double by = std::isfinite(absolute) ? absolute : INFINITY;
        const double size = std::max(std::fabs(x), std::fabs(y));
        found.largest_absolute = std::max(found.largest_absolute, by);
        found.largest_relative =
            std::max(found.largest_relative, std::isfinite(by) ? absolute / size : INFINITY);
    }
    if (found.n_different > 0) found.state = VariableDifference::State::differs;
    return found;
}

/// Whether rows of a group stand for the same trials in both runs.
bool same_rows(const RunData& a, const RunData& b, const std::string& group,
               const std::vector<std::string>& keys) {
    for (const std::string& key : keys) {
        const Column *x = a.find(group, key), *y = b.find(group, key);
        if (!x || !y || x->numbers != y->numbers || x->words != y->words) return false;
    }
    return true;
}

void add_paired(RunComparison& comparison, const RunData& a, const RunData& b,
                const std::string& group, const std::vector<std::string>& quantities) {
    for (const std::string& quantity : quantities) {
        const std::vector<double>&x = a.numbers(group, quantity), &y = b.numbers(group, quantity);
        if (x.empty() || x.size() != y.size()) continue;
        comparison.paired.push_back({group + "/" + quantity, paired(x, y), mean(x), mean(y)});
    }
}

/// Squared distances between all pairs of rows of a [n, d] variable.
Rdm squared_distances(const Column* vectors) {
    if (!vectors || vectors->shape.size() != 2) return {};
    return squared_euclidean({vectors->shape[0], vectors->shape[1], vectors->numbers});
}

/// The RDM of a name among the rows of /representations; empty when there is none.
Rdm rdm_of(const RunData& run, const std::string& name) {
    const Column* names = run.find("representations", "rdm");
    const Column* rdms = run.find("representations", "dissimilarity");
    if (!names || !rdms) return {};
    for (std::size_t row = 0; row < names->words.size(); ++row)
        if (names->words[row] == name) {
            const std::size_t n = rdms->shape[1];
            const auto first = rdms->numbers.begin() + static_cast<std::ptrdiff_t>(row * n);
            return {first, first + static_cast<std::ptrdiff_t>(n)};
        }
    return {};
}

/// Likeness of the RDMs that both runs have, stage by stage.
void add_representations(RunComparison& comparison, const RunData& a, const RunData& b) {
    const Column* names = a.find("representations", "rdm");
    if (!names) return;
    for (const std::string& name : names->words) {
        const Rdm x = rdm_of(a, name), y = rdm_of(b, name);
        if (!x.empty() && x.size() == y.size())
            comparison.similarity.emplace_back("RDM of " + name,
                                               likeness_of(RdmMeasure::spearman, x, y));
    }
}

std::string state_words(VariableDifference::State state) {
    switch (state) {
    case VariableDifference::State::equal:
        return "equal";
    case VariableDifference::State::differs:
        return "differs";
    case VariableDifference::State::other_shape:
        return "other shape";
    case VariableDifference::State::only_a:
        return "only in A";
    case VariableDifference::State::only_b:
        return "only in B";
    }
    return "";
}

nlohmann::ordered_json number(double x) {
    return std::isfinite(x) ? nlohmann::ordered_json(x) : nlohmann::ordered_json(nullptr);
}

/// The estimate with its interval, or why there is none.
std::string spearman_words(const Estimate& e) {
    if (e.n < 3) return "undefined, fewer than three pairs have both values";
    if (std::isnan(e.value)) return "undefined, one of the two does not vary";
    if (std::isnan(e.low)) return fmt::format("{:.4f}, too few pairs for an interval", e.value);
    return fmt::format("{:.4f} [{:.4f}, {:.4f}]", e.value, e.low, e.high);
}

} // namespace

RunComparison compare_runs(const RunData& a, const RunData& b) {
    RunComparison comparison;
    comparison.name_a = a.name, comparison.name_b = b.name;

    // every variable of either
    std::set<std::pair<std::string, std::string>> names;
    for (const RunData* run : {&a, &b})
        for (const auto& [group, variables] : run->groups)
            for (const auto& variable : variables) names.insert({group, variable.first});
    comparison.equal = true;
    for (const auto& [group, variable] : names) {
        const Column *x = a.find(group, variable), *y = b.find(group, variable);
        const std::string name = group.empty() ? variable : group + "/" + variable;
        VariableDifference found{name};
        if (x && y)
            found = difference(name, *x, *y);
        else
            found.state = x ? VariableDifference::State::only_a : VariableDifference::State::only_b;
        comparison.equal = comparison.equal && found.state == VariableDifference::State::equal;
        comparison.variables.push_back(found);
    }

    // pairs, where the rows are the same trials
    if (same_rows(a, b, "trials", {"variant", "condition"}))
        add_paired(comparison, a, b, "trials",
                   {"correct", "reaction_time_ms", "evidence", "evidence_end"});
    if (same_rows(a, b, "comparison", {"variant", "condition", "trial", "name"}))
        add_paired(comparison, a, b, "comparison",
                   {"output_relative_error", "attention_kl_bits", "attention_sum_error",
                    "settle_time_ms"});

    // representations
    const std::vector<double> u = squared_distances(a.find("stimuli", "vector")),
                              w = squared_distances(b.find("stimuli", "vector"));
    if (!u.empty() && u.size() == w.size())
        comparison.similarity.emplace_back("distances between stimuli", spearman(u, w));
    const Column *e = a.find("confusion", "evidence"), *f = b.find("confusion", "evidence");
    if (e && f && e->shape == f->shape)
        comparison.similarity.emplace_back("evidence by pair of stimuli",
                                           spearman(e->numbers, f->numbers));
    add_representations(comparison, a, b);
    return comparison;
}

RunComparison compare_runs(const std::filesystem::path& a, const std::filesystem::path& b) {
    const RunDirectory first = RunDirectory::open(a), second = RunDirectory::open(b);
    RunComparison comparison = compare_runs(load_run(first), load_run(second));
    comparison.name_a = a.string(), comparison.name_b = b.string();
    const auto hash = [](const RunDirectory& directory) {
        for (const ListedFile& file : directory.files())
            if (file.name == results_file(directory)) return file.sha256;
        return std::string();
    };
    comparison.equal = hash(first) == hash(second);
    return comparison;
}

std::string comparison_text(const RunComparison& comparison) {
    std::string text = fmt::format("A  {}\nB  {}\n\n", comparison.name_a, comparison.name_b);
    std::size_t n_equal = 0, width = 8;
    for (const VariableDifference& one : comparison.variables) {
        width = std::max(width, one.name.size());
        n_equal += one.state == VariableDifference::State::equal;
    }
    if (n_equal < comparison.variables.size()) {
        text += fmt::format("{:<{}}  {:<11}  {:>17}  {:>12}  {:>12}\n", "variable", width, "state",
                            "different", "max |A-B|", "max relative");
        for (const VariableDifference& one : comparison.variables) {
            if (one.state == VariableDifference::State::equal) continue;
            text +=
                fmt::format("{:<{}}  {:<11}  {:>17}  {:>12.4g}  {:>12.4g}\n", one.name, width,
                            state_words(one.state), fmt::format("{}/{}", one.n_different, one.n),
                            one.largest_absolute, one.largest_relative);
        }
        text += "\n";
    }
    if (!comparison.paired.empty() && !comparison.equal) {
        text += fmt::format("{:<34}  {:>11}  {:>11}  {:>34}  {:>8}  {:>7}\n", "paired, A - B",
                            "mean A", "mean B", "difference [95 % interval]", "Cohen d", "n");
        for (const PairedDifference& one : comparison.paired) {
            const Estimate& d = one.statistics.difference;
            text += fmt::format("{:<34}  {:>11.4g}  {:>11.4g}  {:>34}  {:>8.3f}  {:>7}\n", one.name,
                                one.mean_a, one.mean_b,
                                fmt::format("{:.4g} [{:.4g}, {:.4g}]", d.value, d.low, d.high),
                                one.statistics.cohen_d, d.n);
        }
        text += "\n";
    }
    for (const auto& [name, e] : comparison.similarity)
        text += fmt::format("Spearman, {}: {}, n = {}\n", name, spearman_words(e), e.n);
    text += comparison.equal ? fmt::format("equal: all {} variables, the same bytes\n",
                                           comparison.variables.size())
                             : fmt::format("different: {} of {} variables are equal\n", n_equal,
                                           comparison.variables.size());
    return text;
}

nlohmann::ordered_json comparison_json(const RunComparison& comparison) {
    nlohmann::ordered_json json = {{"a", comparison.name_a},
                                   {"b", comparison.name_b},
                                   {"equal", comparison.equal},
                                   {"variables", nlohmann::ordered_json::object()},
                                   {"paired", nlohmann::ordered_json::object()},
                                   {"similarity", nlohmann::ordered_json::object()}};
    for (const VariableDifference& one : comparison.variables)
        json["variables"][one.name] = {{"state", state_words(one.state)},
                                       {"n", one.n},
                                       {"n_different", one.n_different},
                                       {"largest_absolute", number(one.largest_absolute)},
                                       {"largest_relative", number(one.largest_relative)}};
    for (const PairedDifference& one : comparison.paired)
        json["paired"][one.name] = {{"mean_a", number(one.mean_a)},
                                    {"mean_b", number(one.mean_b)},
                                    {"difference", number(one.statistics.difference.value)},
                                    {"ci_low", number(one.statistics.difference.low)},
                                    {"ci_high", number(one.statistics.difference.high)},
                                    {"cohen_d", number(one.statistics.cohen_d)},
                                    {"t", number(one.statistics.t)},
                                    {"p", number(one.statistics.p)},
                                    {"n", one.statistics.difference.n}};
    for (const auto& [name, e] : comparison.similarity)
        json["similarity"][name] = {{"spearman", number(e.value)},
                                    {"ci_low", number(e.low)},
                                    {"ci_high", number(e.high)},
                                    {"n", e.n}};
    return json;
}

} // namespace lamina::analysis

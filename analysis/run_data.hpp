/// A run as the figures see it: named columns of numbers and words from results.h5 (and trace.h5),
/// and run.json. Plain data, so that a test can make one without a file.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace lamina::analysis {

/// One variable: numbers (every numeric type, as double) or words, slowest dimension first.
struct Column {
    std::vector<std::string> dims;
    std::vector<std::size_t> shape;
    std::vector<double> numbers;
    std::vector<std::string> words; ///< filled instead of numbers for text
    std::string units = "1", long_name;
    std::size_t place = 0;   ///< in its group, in the order of writing
    bool is_integer = false; ///< -1 stands for missing
    /// Of small codes: what each means, in words.
    std::map<double, std::string> meanings;

    bool is_text() const { return !words.empty(); }
    std::size_t size() const { return is_text() ? words.size() : numbers.size(); }
    /// Length of a dimension by name; 0 when it has no such dimension.
    std::size_t length(const std::string& dim) const;
    /// The number at an index of every dimension.
    double at(std::initializer_list<std::size_t> index) const;
};

/// The variables of one group, by name; a dimension's coordinate is a variable of its name.
using Group = std::map<std::string, Column>;

struct RunData {
    std::string name;                                  ///< of the directory
    std::shared_ptr<const nlohmann::ordered_json> run; ///< run.json; never null
    std::map<std::string, Group> groups; ///< of results.h5: "trials", "comparison", ...
    std::map<std::string, Group> trace;  ///< of trace.h5, empty without
    std::string spec_text;               ///< spec.resolved.yaml, or spec.yaml

    /// A variable, or nullptr when the run does not have it.
    const Column* find(const std::string& group, const std::string& variable) const;
    bool has(const std::string& group) const { return groups.count(group) > 0; }
    /// Numbers of a variable; empty when there is none.
    const std::vector<double>& numbers(const std::string& group, const std::string& variable) const;
};

/// A factor of `vary:`: its value in every variant.
struct Factor {
    std::string name, units;
    std::string path; ///< of the field that was varied, e.g. "column.inhibition"
    bool numeric = false;
    std::vector<double> numbers;    ///< [n_variants] when numeric
    std::vector<std::string> words; ///< [n_variants] always, as written in labels
    std::vector<std::string>
        levels; ///< distinct words, numbers rising, else in order of appearance
    std::size_t level_of(std::size_t variant) const;
};

/// What the run crossed: variants (of vary:) and conditions (loads).
struct Design {
    std::vector<std::string> variants;    ///< labels as stored, at least one
    std::vector<std::string> short_names; ///< of variants: their values, e.g. "pv_log, kappa 2"
    std::vector<Factor> factors;          ///< those with more than one level
    std::vector<std::string> conditions;  ///< labels, e.g. "load 3"
    std::vector<double> loads;            ///< per condition; 0 when it has none
    /// The variant shown where only one can be: that of the spec's own values, else the first.
    std::size_t shown = 0;
};
Design design_of(const RunData& run);

/// The value of a factor in a variant, with the factor's name when the value is a number.
std::string words_of(const Factor& factor, std::size_t variant);

/// One part of a trial and when it was.
struct Epoch {
    std::string name;
    double from_ms, to_ms;
    bool shows; ///< something is presented
};
/// The epochs of a task that remembers, from task.timing; empty for other tasks.
std::vector<Epoch> epochs_of(const RunData& run);

/// A member of run.json by a path of keys ("spec.task.type"); null when absent.
const nlohmann::ordered_json& member(const RunData& run, const std::string& path);
/// The same as text or number ("300 ms" is 300, "1 s" is 1000), with what stands when absent.
std::string text_member(const RunData& run, const std::string& path, const std::string& otherwise);
/// Is it of a column made of neurons?
bool of_neurons(const RunData& run);
/// Whose linear attention is kept by fast weights in all variants, without gates.
bool by_fast_weights(const RunData& run);
double number_member(const RunData& run, const std::string& path, double otherwise);

/// Layer of a population by its name ("L5gate" is "L5"; PV "L5", SST "L1"), and its place from the
/// pial surface down; names that are not known come last.
std::string layer_of(const std::string& population);
int depth_of(const std::string& population);
/// What the population holds, in a few words; empty when not known.
std::string role_of(const std::string& population);

} // namespace lamina::analysis

/// The field table: every key of an experiment file with its member of ExperimentSpec, kind, unit,
/// range, meaning and source. It drives reading, checking, `lamina explain`, the JSON Schema, the
/// reference page and spec.resolved.yaml, so that none of them can disagree.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

#include "experiments/spec.hpp"

namespace lamina {

using FieldValue = std::variant<bool, std::int64_t, std::uint64_t, double, std::string,
                                std::vector<int>, std::vector<double>>;

struct Choice {
    std::string name, meaning;
    bool later = false; ///< known, but not in this version
};

struct Range {
    double low = -std::numeric_limits<double>::infinity();
    double high = std::numeric_limits<double>::infinity();
    bool above = false; ///< low itself is out
    bool below = false; ///< high itself is out

    bool holds(double value) const {
        return (above ? value > low : value >= low) && (below ? value < high : value <= high);
    }
    std::string text() const; ///< "> 0", "0 to 1", "any"
};

enum class FieldKind {
    boolean,
    integer,
    natural, ///< 0 to 2^64 - 1
    number,
    quantity,
    choice,
    text,
    name,         ///< becomes part of file names
    file,         ///< an input file, relative to the experiment file
    integers,     ///< one whole number or a list
    numbers,      ///< one number or a list
    comparisons,  ///< compare_with
    expectations, ///< expect
    factors,      ///< vary
    data_set,     ///< fit.to
    paths,        ///< fit.free
    bounds,       ///< fit.bounds
    arrays,       ///< column.weights.values
    words,        ///< one name or a list
    spikes,       ///< circuit.populations.NAME.spikes
    tabled,       ///< a number with the unit that a model's table says
    windows,      ///< task.windows
    variables,    ///< record.variables
    selection,    ///< record.spikes: none, all or a list of populations
    sweep,        ///< sweep/read_sweep.hpp
    none          ///< only `none` or an empty list in this version
};

/// One key. Built by the chain of calls in fields.cpp.
struct Field {
    std::string path;
    FieldKind kind = FieldKind::text;
    std::string unit;      ///< quantity: of the member; a value may carry any unit of its dimension
    std::string zero_word; ///< quantity: written for 0, "none"
    Range range;
    std::vector<Choice> choices;
    std::string symbol, meaning, source, example;
    std::string standard; ///< of a key without a member: what holds when it is not written
    bool required = false;
    std::function<FieldValue(const ExperimentSpec&)> get; ///< none for lists and maps
    std::function<void(ExperimentSpec&, const FieldValue&)> set;
    /// Why the key changes nothing in this spec, "" when it does.
    std::function<std::string(const ExperimentSpec&)> idle;

    /// The unit a value must have in this spec; differs from `unit` for memory.diffusion alone.
    std::function<std::string(const ExperimentSpec&)> unit_due;

    std::vector<std::string> words() const; ///< names of the choices that can be used
    bool applies(const ExperimentSpec& spec) const { return !idle || idle(spec).empty(); }
    std::string unit_in(const ExperimentSpec& spec) const {
        return unit_due ? unit_due(spec) : unit;
    }
};

/// A map of keys. `short_key`: written as one word, the word stands for this key of the map.
struct Section {
    std::string path, meaning, short_key;
    bool listed = false; ///< or a list of such maps
    bool required = false;
};

const std::vector<Field>& fields();
const std::vector<Section>& sections();
/// A spec in which nothing is written.
const ExperimentSpec& default_spec();

/// Also of a path into the tables of a circuit (experiments/circuits/circuit_fields.hpp).
const Field* find_field(const std::string& path);
const Section* find_section(const std::string& path);

/// Keys that can stand in a section ("" is the whole file), in the order of the table.
std::vector<std::string> keys_of(const std::string& section);

/// A value as it is written in YAML, with its unit: "0.1 ms", "true", "[1, 2, 4]", "pv_log".
std::string yaml_text(const Field&, const ExperimentSpec&);

} // namespace lamina

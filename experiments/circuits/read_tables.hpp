/// Reads circuit.populations and circuit.projections.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "experiments/circuits/model_tables.hpp"
#include "experiments/spec_reader.hpp"

namespace lamina {

/// Fills spec.circuit from what SpecReader has collected. Leaves the tables empty when anything in
/// them is wrong.
class CircuitReader {
  public:
    CircuitReader(SpecReader& reader, SpecReading& out) : reader_(reader), out_(out) {}
    void read(const YamlNode& root);

  private:
    using Parameters = std::vector<NeuronParameter>;

    using Row = void (CircuitReader::*)(const YamlNode&, const std::string& name,
                                        const std::string& path);
    void table(const YamlNode& circuit, const char* key, Row);
    void population(const YamlNode&, const std::string& name, const std::string& path);
    void drive(PopulationTable&, const NeuronModelEntry&, const YamlNode&, const std::string& path);
    void window(PopulationTable&, const NeuronModelEntry&, const YamlNode&,
                const std::string& path);
    void spikes(PopulationTable&, const std::string& path);
    void spike(PopulationTable&, const YamlNode&, const std::string& path);
    void projection(const YamlNode&, const std::string& name, const std::string& path);
    void rule(ProjectionTable&, const YamlNode&, const std::string& path);
    void synapse(ProjectionTable&, const std::string& path, const std::string& weight_unit);
    std::vector<std::string> populations(const YamlNode&, const std::string& path);
    std::optional<std::string> weight_unit(ProjectionTable&, const std::string& path);
    /// A word of `channels`; "" where none is written.
    std::optional<std::string> input(const std::string& path,
                                     const std::vector<std::string>& channels);

    /// The items of a list of maps, or the one map in its place: their nodes and paths.
    std::vector<std::pair<const YamlNode*, std::string>> items(const YamlNode& owner,
                                                               const std::string& path);
    /// Values of a model's parameters below `map`; the keys of rows of their own are passed over.
    std::map<std::string, double> parameters(const YamlNode* map, const std::string& path,
                                             const Parameters&, const std::string& model, bool all);
    bool interval(const std::string& path, double& from_ms, double& to_ms);
    std::optional<ValueLaw> law(const std::string& path, const std::string& unit);
    void law_ends(const std::string& path, const ValueLaw&);

    /// The value of a row: read, or complained about; nothing where it is not written.
    template <class T> std::optional<T> value(const std::string& path);
    std::optional<double> number(const std::string& path, const std::string& unit);
    const YamlNode* given(const std::string& path) const;
    std::optional<FieldValue> read_row(Field row, const std::string& path);
    void missing(const std::string& path, const YamlNode& at, const std::string& example);
    void unknown(const YamlEntry&, const std::string& section, const std::string& model,
                 const std::vector<std::string>& known);

    SpecReader& reader_;
    SpecReading& out_;
    std::map<std::string, std::string> model_of_; ///< by population
};

} // namespace lamina

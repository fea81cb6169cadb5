/// How a tree becomes a spec: inner header of read_spec.cpp and of the other read_*.cpp.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "experiments/fields.hpp"
#include "experiments/fit/parameters.hpp"
#include "experiments/read_spec.hpp"
#include "experiments/scalars.hpp"

namespace lamina {

class SpecReader {
  public:
    explicit SpecReader(SpecReading& out) : out_(out) {}

    /// Finds which keys are given, complains about the others.
    void collect(const YamlNode& section, const std::string& path);
    /// Reads every given field into the spec, in the order of the table.
    void fill(const Yaml& root);

    // lists and maps (read_lists.cpp, read_rdm_set.cpp)
    void comparisons(const Field&, const YamlNode&);
    void expectations(const Field&, const YamlNode&);
    void factors(const Field&, const YamlNode&); ///< read_factors.cpp
    void fit_data(const Field&, const YamlNode&);
    void fit_paths(const Field&, const YamlNode&);
    void fit_bounds(const Field&, const YamlNode&);
    void arrays(const Field&, const YamlNode&);  ///< read_arrays.cpp
    void windows(const Field&, const YamlNode&); ///< read_recording.cpp, and the next two
    void selection(const Field&, const YamlNode&);
    void variables(const Field&, const YamlNode&);

    Problem& error(const char* id, const std::string& message, const YamlNode& at);
    void wrong_kind(const std::string& path, const YamlNode&, const std::string& due);
    /// One value as the row says, or a complaint.
    std::optional<FieldValue> value_of(const Field&, const YamlNode&);

  private:
    void unknown_key(const YamlEntry&, const std::string& section);
    void field(const Field&, const GivenKey&);
    void scalar(const Field&, const YamlNode&);
    void missing(const Field&, const YamlNode& root);
    template <class T, class Read>
    void list(const Field&, const YamlNode&, const std::string& due, Read);
    bool in_range(const Field&, const YamlNode&, double value);
    void section_of(const YamlEntry&, const std::string& path);
    void bad_name(const YamlEntry&, const std::string& table);
    void finish_oscillation(const Yaml& root);
    void finish_weights();
    bool not_an_array(const std::string& path, const YamlNode&, const std::string& due);
    bool numbers_below(const std::string& path, const YamlNode&, std::size_t axis, NamedArray&);
    bool one_data_set(const std::string& key, const YamlNode&,
                      const std::vector<std::string>& known, const std::string& example,
                      ComparisonDataSpec&);
    bool rdm_set(const std::string& key, const YamlNode&, ComparisonDataSpec&);
    bool rdm_set_key(const std::string& key, const YamlEntry&,
                     const std::vector<std::string>& known, ComparisonDataSpec&);
    Problem& refuse_factor(const YamlEntry&, const std::string& message, const std::string& help);
    bool is_factor_path(const YamlEntry&);
    void listed_values(const YamlEntry&, VaryFactor&);
    void named_levels(const YamlEntry&, VaryFactor&);
    bool recorded_variable(const std::string& path, const YamlNode&, RecordedVariable&);
    const FitParameter* fit_parameter(const std::string& path, const Source&, const Mark&);
    /// Reports a misread value, or stores it.
    template <class T> bool take(const YamlNode& node, Read<T> read, T& value) {
        if (const auto* misread = std::get_if<Misread>(&read)) {
            Problem& problem = error(misread->id.c_str(), misread->message, node);
            if (!misread->help.empty()) problem.help.push_back(misread->help);
            return false;
        }
        value = std::get<T>(std::move(read));
        return true;
    }

    SpecReading& out_;
};

/// "section.key", or the key alone where there is no section.
inline std::string key_path(const std::string& section, const std::string& key) {
    return section.empty() ? key : section + "." + key;
}

/// The key that a word stands for where a map is due, "" when none.
std::string short_key_of(const std::string& section);

/// Whether `vary:` may name this path: a key with a value, or a section that can be written short.
bool can_be_varied(const std::string& path);

/// Splits the path of an override into keys of the tree. Empty, with `message` and `help` set, when
/// no such key exists.
std::vector<std::string> keys_of_path(const std::string& path, std::string& message,
                                      std::string& help);

} // namespace lamina

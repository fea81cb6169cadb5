/// From an experiment file to an ExperimentSpec. Everything goes through one door: keys of the
/// file, overrides of the command line, values of `vary:`.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "experiments/problems.hpp"
#include "experiments/spec.hpp"
#include "experiments/yaml_tree.hpp"

namespace lamina {

/// The override that takes `sweep:` away: one point of it, or none, is another experiment's spec.
constexpr const char* without_sweep = "~sweep";

/// Reads an experiment file.
/// @param overrides  "path.to.key=value" with units, as written in YAML; a later one wins
/// @throws SpecError    with every problem of the file and the overrides as printed text
/// @throws DeviceError  when the only problem is something known that is not in this version
ExperimentSpec read_spec(const std::string& file, const std::vector<std::string>& overrides = {});

/// The same from text. `file` is its name in messages, `folder` where its input files lie.
ExperimentSpec read_spec_text(const std::string& text, const std::string& file,
                              const std::string& folder,
                              const std::vector<std::string>& overrides = {});

/// The same experiment with one more override; reads spec.text and spec.overrides again.
/// @throws SpecError  as read_spec
ExperimentSpec with_override(const ExperimentSpec& spec, const std::string& path,
                             const std::string& value);

/// The same with all that a value of a factor of `vary:` sets.
ExperimentSpec with_level(const ExperimentSpec& spec, const VaryFactor& factor, std::size_t value);

/// A key that stands in the file or on the command line.
struct GivenKey {
    Yaml value;
    std::shared_ptr<const Source> source; ///< of the key
    Mark mark;                            ///< of the key
};

/// A reading that does not stop at problems, for the checker and for spec.resolved.yaml.
struct SpecReading {
    ExperimentSpec spec;
    ProblemList problems;
    std::map<std::string, GivenKey> given; ///< by path of the field
    std::shared_ptr<const Source> source;  ///< the file
    std::set<std::string> misread;         ///< paths of fields whose value could not be taken
    std::set<std::string> doubtful;        ///< sections with a key that is not known
    std::map<std::string, std::string>
        idle; ///< keys of a circuit's tables that change nothing: why

    /// May the value of this field not be what was meant? Then no rule is told that involves it.
    bool in_doubt(const std::string& path) const;
};
SpecReading read_everything(const std::string& text, const std::string& file,
                            const std::string& folder, const std::vector<std::string>& overrides,
                            bool with_variants = true);

/// The same of a file. @throws SpecError when it cannot be read
SpecReading read_all_of(const std::string& file, const std::vector<std::string>& overrides);

/// Throws SpecError, or DeviceError when nothing but the version is in the way, if there is an
/// error.
void throw_if_errors(const ProblemList&);

/// The text of a file. @throws SpecError when it cannot be read or is longer than 16 MB
std::string read_experiment_file(const std::string& file);

/// Names that compare_with knows.
const std::vector<std::string>& published_data_sets();

/// Names that fit.to knows.
const std::vector<std::string>& fit_data_sets();

} // namespace lamina

/// A range of `sweep:`: {from: 1 ms, to: 16 ms, n: 5, scale: log}, and what reading it has to say.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "experiments/yaml_tree.hpp"

namespace lamina {

/// What `sweep:` and the ranges in it say of broken lines.
class SweepComplaints {
  public:
    explicit SweepComplaints(ProblemList& problems) : problems_(problems) {}

    Problem& error(const char* id, const std::string& message, const YamlNode& at);
    void wrong_kind(const std::string& path, const YamlNode&, const std::string& due);
    void unknown(const std::string& section, const YamlEntry&,
                 const std::vector<std::string>& known);
    void refuse(const YamlEntry& at, const std::string& message, const std::string& help);
    /// 1 to most_sweep_points; 0 when it was told why not.
    std::int64_t count(const std::string& name, const YamlNode&);

  private:
    ProblemList& problems_;
};

/// Two ends in one unit, and how it is gone through.
struct SweepRange {
    double from = 0, to = 0, step = 0; ///< step: 0 when not given
    std::int64_t n = 0;                ///< 0 when not given
    bool log = false;
    std::string unit;     ///< with a space before it, "" without
    bool integer = false; ///< whole numbers alone
    Yaml node;

    /// The value at a share of the way, 0 to 1, on the grid of `step` where there is one.
    double at(double share) const;
    /// The value as text, with so many digits, where the range is written.
    Yaml value(double x, int digits) const;
};
constexpr int digits_of_a_draw = 6;

bool is_range(const YamlNode&);

/// @param name  of the range in messages   @param entry  its key is the path that it is for
std::optional<SweepRange> read_range(const std::string& name, const YamlEntry& entry,
                                     SweepComplaints&);

/// Its n values, or one every step.
std::vector<Yaml> values_of(const SweepRange&, const std::string& name, SweepComplaints&);

} // namespace lamina

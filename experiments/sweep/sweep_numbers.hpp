/// The numbers that the points of a sweep came to, as columns over points.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace lamina {

/// One number of the summaries. Of an entry {mean, ci_low, ci_high, n} the mean goes by the
/// entry's own path, as in `expect:`, and the others are parts of it.
struct SweepNumber {
    std::string path;        ///< comparison.output_relative_error, or this with .ci_low of a part
    std::string name;        ///< the path as a name in a file: comparison_output_relative_error
    std::string units = "1"; ///< as the name of the number says
    bool is_part = false;    ///< an end of an interval, or its n
    std::vector<double> values; ///< [points]; NaN where a point does not have it
};

class SweepNumbers {
  public:
    /// @param taken  names that no number may have
    SweepNumbers(std::int64_t n_points, const std::vector<std::string>& taken);

    /// What the summary of a point has. Points are added as they are numbered.
    void add(std::int64_t point, const nlohmann::ordered_json& summary);

    const std::vector<SweepNumber>& all() const { return numbers_; }
    /// nullptr when no point has it.
    const SweepNumber* find(const std::string& path) const;

  private:
    SweepNumber& number_of(const std::string& path);

    std::size_t n_points_;
    std::map<std::string, int> used_;          ///< names, and how often they were wanted
    std::map<std::string, std::size_t> place_; ///< by the path in a summary
    std::vector<SweepNumber> numbers_;
};

} // namespace lamina

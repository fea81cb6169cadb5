#include "experiments/sweep/sweep_numbers.hpp"

#include <algorithm>
#include <cctype>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "experiments/summary_paths.hpp"

namespace lamina {
namespace {

std::string last_word_of(const std::string& path) { return path.substr(path.rfind('.') + 1); }
std::string without_last_word(const std::string& path) {
    return path.substr(0, std::min(path.rfind('.'), path.size()));
}

/// "settle_time_ms" is in ms.
std::string units_in_name(const std::string& path) {
    static const std::pair<const char*, const char*> endings[] = {
        {"ms", "ms"}, {"s", "s"},   {"Hz", "Hz"}, {"deg", "deg"},
        {"mV", "mV"}, {"pA", "pA"}, {"nS", "nS"}, {"bits", "bit"}};
    const std::string word = last_word_of(path);
    const std::size_t line = word.rfind('_');
    if (line == std::string::npos) return "1";
    for (const auto& [ending, unit] : endings)
        if (word.compare(line + 1, std::string::npos, ending) == 0) return unit;
    return "1";
}

std::string name_of_path(const std::string& path) {
    std::string name;
    for (const char c : path) name += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
    if (name.empty() || std::isdigit(static_cast<unsigned char>(name[0]))) name = "_" + name;
    return name;
}

} // namespace

SweepNumbers::SweepNumbers(std::int64_t n_points, const std::vector<std::string>& taken)
    : n_points_(std::size_t(n_points)) {
    for (const std::string& name : taken) used_[name] = 1;
}

SweepNumber& SweepNumbers::number_of(const std::string& path) {
    const auto [known, is_new] = place_.emplace(path, numbers_.size());
    if (!is_new) return numbers_[known->second];

    SweepNumber number;
    number.path = path;
    const std::string entry = without_last_word(path), part = last_word_of(path);
    if (part == "mean") number.path = entry;
    number.is_part =
        (part == "ci_low" || part == "ci_high" || part == "n") && place_.count(entry + ".mean") > 0;
    if (part != "n" || !number.is_part)
        number.units = units_in_name(number.is_part ? entry : number.path);
    number.name = name_of_path(number.path);
    if (const int before = used_[number.name]++; before > 0)
        number.name += fmt::format("_{}", before + 1);
    number.values.assign(n_points_, std::numeric_limits<double>::quiet_NaN());
    numbers_.push_back(std::move(number));
    return numbers_.back();
}

void SweepNumbers::add(std::int64_t point, const nlohmann::ordered_json& summary) {
    for_each_number(summary, [&](const std::string& path, const nlohmann::ordered_json& value) {
        SweepNumber& number = number_of(path);
        if (value.is_number()) number.values.at(std::size_t(point)) = value.get<double>();
    });
}

const SweepNumber* SweepNumbers::find(const std::string& path) const {
    for (const SweepNumber& number : numbers_)
        if (number.path == path) return &number;
    return nullptr;
}

} // namespace lamina

#include "experiments/quantities.hpp"

#include <charconv>
#include <cmath>
#include <stdexcept>

#include <fmt/format.h>

namespace lamina {
namespace {

constexpr double radians_per_degree = 0.017453292519943295;

/// A decimal text as a double, never silently 0 or infinite.
double parse(const std::string& decimal) {
    double value = 0;
    const auto [end, error] =
        std::from_chars(decimal.data(), decimal.data() + decimal.size(), value);
    if (error == std::errc::result_out_of_range || !std::isfinite(value))
        throw std::out_of_range(decimal);
    return value;
}

} // namespace

const std::vector<Unit>& units() {
    static const std::vector<Unit> table = {
        {"ms", "time", 1, -3},
        {"s", "time", 1, 0},
        {"us", "time", 1, -6},
        {"min", "time", 60, 0},
        {"Hz", "rate", 1, 0},
        {"kHz", "rate", 1, 3},
        {"1/s", "rate", 1, 0},
        {"1/ms", "rate", 1, 3},
        {"mV", "voltage", 1, -3},
        {"V", "voltage", 1, 0},
        {"uV", "voltage", 1, -6},
        {"mV/ms", "slope of a voltage", 1, 0},
        {"V/s", "slope of a voltage", 1, 0},
        {"nA", "current", 1, -9},
        {"pA", "current", 1, -12},
        {"uA", "current", 1, -6},
        {"nS", "conductance", 1, -9},
        {"pS", "conductance", 1, -12},
        {"pF", "capacitance", 1, -12},
        {"nF", "capacitance", 1, -9},
        {"deg", "angle", radians_per_degree, 0},
        {"rad", "angle", 1, 0},
        {"deg2/s", "growth of angular variance", radians_per_degree * radians_per_degree, 0},
        {"rad2/s", "growth of angular variance", 1, 0},
        {"mm", "length", 1, -3},
        {"um", "length", 1, -6},
        {"m", "length", 1, 0},
    };
    return table;
}

const Unit* find_unit(std::string_view name) {
    for (const Unit& unit : units())
        if (name == unit.name) return &unit;
    return nullptr;
}

std::vector<std::string> units_of(std::string_view dimension) {
    std::vector<std::string> names;
    for (const Unit& unit : units())
        if (dimension == unit.dimension) names.emplace_back(unit.name);
    return names;
}

std::string with_article(const std::string& dimension) {
    return (std::string("aeiou").find(dimension.at(0)) == std::string::npos ? "a " : "an ") +
           dimension;
}

double convert_decimal(const std::string& decimal, const Unit& from, const Unit& to) {
    // move the power of ten into the text, so that it is rounded once
    const std::size_t e = decimal.find_first_of("eE");
    int exponent = from.power - to.power;
    if (e != std::string::npos) {
        int written = 0;
        const char* first = decimal.data() + e + 1;
        if (*first == '+') ++first;
        const auto [end, error] = std::from_chars(first, decimal.data() + decimal.size(), written);
        if (error != std::errc() || std::abs(written) > 100000) throw std::out_of_range(decimal);
        exponent += written;
    }
    const double value = parse(decimal.substr(0, e) + "e" + std::to_string(exponent));
    if (from.factor == to.factor) return value;
    const double scaled = value * (from.factor / to.factor);
    if (!std::isfinite(scaled)) throw std::out_of_range(decimal);
    return scaled;
}

std::string number_text(double value) { return fmt::format("{}", value); }

} // namespace lamina

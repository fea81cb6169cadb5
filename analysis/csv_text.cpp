#include "analysis/csv_text.hpp"

#include <cmath>

#include <fmt/format.h>

namespace lamina::analysis {

Csv::Csv(const std::vector<std::string>& header) {
    for (const std::string& name : header) *this << name;
    end_row();
}

Csv& Csv::operator<<(double value) {
    if (!first_) text_ += ',';
    first_ = false;
    if (!std::isnan(value)) text_ += fmt::format("{}", value);
    return *this;
}

Csv& Csv::operator<<(const std::string& word) {
    if (!first_) text_ += ',';
    first_ = false;
    if (word.find_first_of(",\"\n\r") == std::string::npos) {
        text_ += word;
        return *this;
    }
    text_ += '"';
    for (const char c : word) text_ += c == '"' ? std::string("\"\"") : std::string(1, c);
    text_ += '"';
    return *this;
}

void Csv::end_row() {
    text_ += '\n';
    first_ = true;
}

} // namespace lamina::analysis

#include "experiments/csv.hpp"

#include <charconv>
#include <cmath>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "experiments/data_path.hpp"
#include "sim/errors.hpp"

namespace lamina {

namespace {

std::optional<double> number_of_field(const std::string& field) {
    const auto first = field.find_first_not_of(" \t");
    if (first == std::string::npos) return std::nullopt;
    const auto last = field.find_last_not_of(" \t");
    const char* begin = field.data() + first + (field[first] == '+' ? 1 : 0);
    double value = 0;
    const auto [end, error] = std::from_chars(begin, field.data() + last + 1, value);
    if (error != std::errc() || end != field.data() + last + 1 || !std::isfinite(value))
        return std::nullopt;
    return value;
}

} // namespace

CsvTable parse_csv(const std::string& text, const std::string& name) {
    CsvTable table;
    table.name = name;
    int line = 1;
    const auto fail = [&](const std::string& reason) {
        throw SpecError(fmt::format("{}:{}: {}", name, line, reason));
    };
    std::size_t at = text.compare(0, 3, "\xef\xbb\xbf") == 0 ? 3 : 0;
    const auto at_line_end = [&] {
        return at == text.size() || text[at] == '\n' ||
               (text[at] == '\r' && at + 1 < text.size() && text[at + 1] == '\n');
    };
    const auto pass_line_end = [&] {
        if (at < text.size()) at += text[at] == '\r' ? 2 : 1;
        ++line;
    };
    if (text.find('\0') != std::string::npos) fail("holds a null byte; save the table as text");

    while (at < text.size()) {
        if (text[at] == '#')
            while (!at_line_end()) ++at;
        if (at_line_end()) {
            pass_line_end();
            continue;
        }
        const int first_line = line;
        std::vector<std::string> row;
        for (bool more = true; more;) {
            std::string field;
            if (at < text.size() && text[at] == '"') {
                for (++at;; ++at) {
                    if (at == text.size()) {
                        line = first_line;
                        fail("a quote opens here and never closes; add the closing quote");
                    }
                    if (text[at] == '\n') ++line;
                    if (text[at] == '"') {
                        if (at + 1 == text.size() || text[at + 1] != '"') break;
                        ++at; // a doubled quote stands for one
                    }
                    field += text[at];
                }
                ++at;
                if (!at_line_end() && text[at] != ',')
                    fail("text follows a closing quote; double a quote inside a quoted field");
            } else {
                while (!at_line_end() && text[at] != ',') field += text[at++];
            }
            row.push_back(std::move(field));
            more = at < text.size() && text[at] == ',';
            if (more) ++at;
        }
        if (!table.rows.empty() && row.size() != table.rows.front().size())
            fail(fmt::format("has {} fields and the first line has {}; give every line as many",
                             row.size(), table.rows.front().size()));
        table.rows.push_back(std::move(row));
        table.lines.push_back(first_line);
        pass_line_end();
    }
    if (table.rows.empty()) fail("holds no line of data");
    return table;
}

CsvTable read_csv(const std::filesystem::path& path) {
    return parse_csv(read_input_file(path), path.string());
}

std::size_t column_of(const CsvTable& table, const std::string& column) {
    const std::vector<std::string>& header = table.rows.front();
    for (std::size_t i = 0; i < header.size(); ++i)
        if (header[i] == column) return i;
    throw SpecError(fmt::format("{}:{}: there is no column '{}'; there are {}", table.name,
                                table.lines.front(), column, fmt::join(header, ", ")));
}

double number_at(const CsvTable& table, std::size_t row, std::size_t column) {
    const std::string& field = table.rows[row][column];
    if (const auto value = number_of_field(field)) return *value;
    throw SpecError(
        fmt::format("{}:{}: field {} is '{}', not a finite number; write for example 0.5",
                    table.name, table.lines[row], column + 1, field));
}

bool all_numbers(const std::vector<std::string>& row) {
    for (const std::string& field : row)
        if (!number_of_field(field)) return false;
    return true;
}

} // namespace lamina

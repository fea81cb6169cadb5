/// Reading comma-separated files: fields and the lines they stand on.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace lamina {

struct CsvTable {
    std::string name;                           ///< of the file, for messages
    std::vector<std::vector<std::string>> rows; ///< all of equal length; a header is the first
    std::vector<int> lines;                     ///< [rows] line in the file, from 1
};

/// Fields are separated by commas; a field in double quotes may hold commas, line ends and doubled
/// quotes (RFC 4180). Lines end in LF or CRLF. A byte order mark, empty lines, and lines whose
/// first character is # are passed over.
/// @throws SpecError naming file and line: rows of different length, a quote that never closes,
/// text
///         after a closing quote, a null byte
CsvTable read_csv(const std::filesystem::path&);
CsvTable parse_csv(const std::string& text, const std::string& name);

/// The place of a column in the header (row 0). @throws SpecError naming the columns there are
std::size_t column_of(const CsvTable&, const std::string& column);

/// A finite number, spaces around it allowed; decimal point whatever the locale.
/// @throws SpecError naming file, line and what stands there
double number_at(const CsvTable&, std::size_t row, std::size_t column);

/// Is every field of the row a number? A first row that is not is a header.
bool all_numbers(const std::vector<std::string>& row);

} // namespace lamina

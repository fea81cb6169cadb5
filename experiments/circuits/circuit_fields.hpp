/// The keys of circuit.populations and circuit.projections, as rows like those of the field table.
/// A row's path has * where a name stands that is the user's own, or a parameter's.
#pragma once

#include <string>
#include <vector>

#include "experiments/fields.hpp"

namespace lamina {

/// Rows without members: `standard` says what holds when a key is not written.
const std::vector<Field>& circuit_fields();

/// The path of the row for a path into the tables: names become *, places in lists are left out.
///
///     circuit.populations.E.drive.0.rate  ->  circuit.populations.*.drive.rate
///
/// Any other path stays as it is.
std::string circuit_row(const std::string& path);

/// nullptr when the path is not one into the tables.
const Field* find_circuit_field(const std::string& path);

/// Is it circuit.populations.NAME..., or circuit.projections.NAME...?
bool is_in_circuit_tables(const std::string& path);

/// Letters, digits and _, a letter first.
bool is_word(const std::string&);

/// The words of a path between its points.
std::vector<std::string> words_of_path(const std::string& path);

} // namespace lamina

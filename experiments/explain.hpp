/// `lamina explain`, and the reference pages made from the same tables.
#pragma once

#include <string>

namespace lamina {

/// The text on a key ("column.tau.gate", or "gate" where that is the only one), a section
/// ("column",
/// "" for the whole file) or a problem ("L0204").
/// @throws SpecError  with the nearest names, when there is no such thing
std::string explain(const std::string& key_or_id);

/// docs/reference/fields.md: every key with unit, default, range, meaning and source.
std::string fields_page();

/// docs/reference/errors.md: every problem with reason and remedy.
std::string errors_page();

} // namespace lamina

/// The JSON Schema (draft-07) of an experiment file, for editors: completion, help and checking
/// while one types. Made from the field table; what it accepts, read_spec accepts as far as one
/// value goes.
#pragma once

#include <nlohmann/json.hpp>

namespace lamina {

nlohmann::ordered_json schema();

} // namespace lamina

/// Every kind of maintenance that a spec can name, one line each.
#pragma once

#include <string>

#include "models/memory/persistent.hpp"

namespace lamina {

inline constexpr Maintenance maintenance_kinds[] = {
    {"persistent", "recurrent excitation holds the rates; what they stand for diffuses",
     persistent::angles, persistent::vectors},
};

/// "persistent", ...: for messages.
inline std::string maintenance_names() {
    std::string names;
    for (const Maintenance& kind : maintenance_kinds)
        names += (names.empty() ? "" : ", ") + std::string(kind.name);
    return names;
}

/// nullptr when no kind has this name.
inline const Maintenance* find_maintenance(const std::string& name) {
    for (const Maintenance& kind : maintenance_kinds)
        if (name == kind.name) return &kind;
    return nullptr;
}

} // namespace lamina

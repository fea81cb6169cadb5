/// `lamina explain` and `lamina schema`: the field table, for people and for editors.
#include "experiments/explain.hpp"

#include <cstdio>

#include "experiments/commands/commands.hpp"
#include "experiments/schema.hpp"

namespace lamina::commands {

int explain(const std::string& what) {
    std::printf("%s", lamina::explain(what).c_str());
    return 0;
}

int schema() {
    std::printf("%s\n", lamina::schema().dump(2).c_str());
    return 0;
}

} // namespace lamina::commands

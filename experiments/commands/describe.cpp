/// `lamina describe`: the tables of a model, for a Methods section.
#include "experiments/describe.hpp"

#include <cstdio>

#include "experiments/check_spec.hpp"
#include "experiments/commands/commands.hpp"

namespace lamina::commands {

int describe(const std::string& file, const std::vector<std::string>& overrides,
             const std::string& format) {
    const ExperimentSpec spec = read_checked_spec(file, overrides);
    const std::vector<DescribedTable> tables = lamina::describe(spec);
    std::printf("%s", (format == "tex" ? describe_tex : describe_markdown)(spec, tables).c_str());
    return 0;
}

} // namespace lamina::commands

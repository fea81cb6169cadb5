/// `lamina compare`: how two runs differ.
#include "analysis/compare.hpp"

#include <cstdio>

#include <nlohmann/json.hpp>

#include "experiments/commands/commands.hpp"

namespace lamina::commands {

int compare(const std::string& run_a, const std::string& run_b, bool json) {
    const analysis::RunComparison found = analysis::compare_runs(run_a, run_b);
    std::printf("%s\n",
                (json ? analysis::comparison_json(found).dump(2) : analysis::comparison_text(found))
                    .c_str());
    return found.equal ? 0 : 5;
}

} // namespace lamina::commands

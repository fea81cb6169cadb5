/// `lamina verify`: every hash of a run directory, recomputed.
#include "experiments/commands/commands.hpp"

#include <cstdio>
#include <filesystem>

#include <nlohmann/json.hpp>

#include "sim/errors.hpp"
#include "sim/run_file/run_directory.hpp"

namespace lamina::commands {

int verify(const std::string& directory, bool json) {
    if (!std::filesystem::is_directory(directory))
        throw SpecError("error: there is no folder " + directory +
                        "\n  = help: give a run directory");
    const Verification found = lamina::verify(directory);
    if (json) {
        const nlohmann::ordered_json result = {{"directory", directory},
                                               {"files", found.n_files},
                                               {"problems", found.problems},
                                               {"notes", found.notes}};
        std::printf("%s\n", result.dump(2).c_str());
    } else {
        for (const std::string& problem : found.problems)
            std::printf("damaged  %s\n", problem.c_str());
        for (const std::string& note : found.notes) std::printf("note     %s\n", note.c_str());
        std::printf("%zu files checked, %zu problem%s\n", found.n_files, found.problems.size(),
                    found.problems.size() == 1 ? "" : "s");
    }
    return found.problems.empty() ? 0 : 5;
}

} // namespace lamina::commands

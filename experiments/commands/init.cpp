/// `lamina init`: an experiment to start from, with the schema that editors read.
#include "experiments/commands/commands.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>

#include "experiments/schema.hpp"
#include "experiments/shipped.hpp"
#include "sim/errors.hpp"
#include "sim/run_file/folder.hpp"

namespace lamina::commands {

namespace fs = std::filesystem;

int init(const std::string& directory, const std::string& name) {
    const std::string text = shipped_experiment(name);
    const fs::path file = fs::path(directory) / (name + ".yaml");
    if (fs::exists(file))
        throw SpecError(fmt::format("error[L0721]: {} exists, and init never replaces a file\n"
                                    "  = help: give another directory",
                                    file.string()));
    std::error_code ignored;
    fs::create_directories(directory, ignored);
    const Folder folder = Folder::open(directory);
    folder.write(name + ".yaml", text);
    folder.write("lamina.schema.json", lamina::schema().dump(2) + "\n");
    std::printf("%s\nnext: lamina check %s && lamina run %s\n", file.c_str(), file.c_str(),
                file.c_str());
    return 0;
}

} // namespace lamina::commands

/// `lamina completion` and `lamina manual`: the commands, for shells and for readers.
#include <cstdio>
#include <filesystem>

#include "experiments/command_help.hpp"
#include "experiments/commands/commands.hpp"
#include "sim/run_file/folder.hpp"

namespace lamina::commands {

int completion(const std::vector<CommandHelp>& all, const std::string& shell) {
    std::printf("%s", completion_script(all, shell).c_str());
    return 0;
}

int manual(const std::vector<CommandHelp>& all, const std::string& command,
           const std::string& into) {
    if (into.empty()) {
        std::printf("%s", manual_page(all, command).c_str());
        return 0;
    }
    std::error_code ignored; // opening the folder says what is wrong
    std::filesystem::create_directories(into, ignored);
    const Folder folder = Folder::open(into);
    for (const CommandHelp& one : all) {
        const std::string name = one.name.empty() ? "lamina.1" : "lamina-" + one.name + ".1";
        folder.write(name, manual_page(all, one.name));
        std::printf("%s\n", (folder.path() / name).string().c_str());
    }
    return 0;
}

} // namespace lamina::commands

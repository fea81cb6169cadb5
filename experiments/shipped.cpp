#include "experiments/shipped.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <filesystem>

#include "experiments/suggest.hpp"
#include "sim/errors.hpp"
#include "sim/run_file/atomic_file.hpp"

namespace lamina {

namespace fs = std::filesystem;

namespace {

/// Folder of the running program, "" when the system does not tell.
fs::path program_folder() {
    char path[PATH_MAX];
    const ssize_t n = readlink("/proc/self/exe", path, sizeof path);
    return n > 0 ? fs::path(std::string(path, std::size_t(n))).parent_path() : fs::path();
}

/// Beside the sources of a build (build/release/lamina), or in the share of an installation.
fs::path experiments_folder() {
    const fs::path program = program_folder();
    for (const fs::path& folder :
         {program / "../../experiments", program / "../share/lamina/experiments"})
        if (fs::exists(folder / "dms.yaml")) return folder.lexically_normal();
    return {};
}

/// The value of a top-level `title:` line.
std::string title_in(const std::string& text) {
    const std::string key = "\ntitle: ";
    const auto at = text.find(key);
    if (at == std::string::npos) return "";
    const auto from = at + key.size();
    return text.substr(from, text.find('\n', from) - from);
}

} // namespace

std::vector<ShippedExperiment> shipped_experiments() {
    std::vector<ShippedExperiment> found;
    const fs::path folder = experiments_folder();
    if (folder.empty()) return found;
    for (const auto& entry : fs::directory_iterator(folder))
        if (entry.path().extension() == ".yaml")
            found.push_back({entry.path().stem().string(), title_in(read_whole_text(entry.path())),
                             entry.path().string()});
    std::sort(found.begin(), found.end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
    return found;
}

std::string shipped_experiment(const std::string& name) {
    std::vector<std::string> names;
    for (const ShippedExperiment& experiment : shipped_experiments()) {
        if (experiment.name == name) return read_whole_text(experiment.file);
        names.push_back(experiment.name);
    }
    std::string message = fmt::format("error[L0403]: there is no experiment '{}'", name);
    if (const std::string near = nearest_word(name, names); !near.empty())
        message += fmt::format("\n  = help: did you mean '{}'?", near);
    message += fmt::format("\n  = note: shipped: {}", fmt::join(names, ", "));
    throw SpecError(message);
}

} // namespace lamina

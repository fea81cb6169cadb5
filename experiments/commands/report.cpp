/// `lamina report`: report.html and figures, made again from the run files.
#include "experiments/commands/commands.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>

#include "experiments/run_record.hpp"

namespace lamina::commands {

namespace {

/// Hands the page to the desktop's opener, without a shell.
void open_in_browser(const std::string& page) {
    const pid_t child = fork();
    if (child == 0) {
        execlp("xdg-open", "xdg-open", page.c_str(), static_cast<char*>(nullptr));
        _exit(127);
    }
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) < 0 || !WIFEXITED(status) ||
        WEXITSTATUS(status) != 0)
        std::fprintf(stderr, "no browser could be started; open %s yourself\n", page.c_str());
}

} // namespace

int report(const std::string& directory, bool open) {
    write_report_and_seal(directory);
    const std::string page = (std::filesystem::path(directory) / "report.html").string();
    std::printf("%s\n", page.c_str());
    if (open) open_in_browser(page);
    return 0;
}

} // namespace lamina::commands

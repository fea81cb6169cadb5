/// `lamina inspect`: what stands in a file.
#include "experiments/inspect.hpp"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <functional>
#include <string>

#include "experiments/commands/commands.hpp"
#include "sim/errors.hpp"
#include "sim/run_file/io_error.hpp"

namespace lamina::commands {

namespace {

/// Does something with a file that nobody vouches for in a process of its own, with limits on time
/// and memory: what crashes there is a damaged file here.
int in_a_child(const std::string& file, const std::function<int()>& work) {
    std::fflush(stdout);
    const pid_t child = fork();
    if (child < 0) throw IoError(errno, "no process could be made to read " + file);
    if (child == 0) {
        const rlimit seconds = {20, 20}, none = {0, 0};
        [[maybe_unused]] const rlimit bytes = {rlim_t(4) << 30, rlim_t(4) << 30};
        setrlimit(RLIMIT_CPU, &seconds);
#ifndef __SANITIZE_ADDRESS__ // whose shadow takes terabytes of addresses
        setrlimit(RLIMIT_AS, &bytes);
#endif
        setrlimit(RLIMIT_CORE, &none);
        int code = 5;
        try {
            code = work();
        } catch (const SpecError& error) {
            std::fprintf(stderr, "%s\n", error.what());
            code = 2;
        } catch (const std::exception& error) { std::fprintf(stderr, "error: %s\n", error.what()); }
        std::fflush(stdout);
        _exit(code);
    }
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {}
    if (WIFEXITED(status)) return WEXITSTATUS(status);
    throw DamagedFile(file +
                      " cannot be read: the HDF5 library gave up on it; it is damaged, or made "
                      "to do harm\n  = help: take it from its source again");
}

} // namespace

int inspect(const std::string& argument, bool trust) {
    const InspectedPlace place = place_of(argument);
    const auto show = [&] {
        std::printf("%s", lamina::inspect(place).c_str());
        return 0;
    };
    if (!needs_trust(place.file)) return show();
    if (!trust)
        throw SpecError(
            "error[L0601]: nothing vouches for " + place.file.string() +
            ": no run.json beside it has its SHA-256, and the HDF5 library is not made for damaged "
            "or hostile files\n  = help: --trust reads it in a process of its own, with limits");
    return in_a_child(place.file.string(), show);
}

} // namespace lamina::commands

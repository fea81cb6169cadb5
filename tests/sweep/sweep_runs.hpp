/// Sweeps that a test runs from outside, and what they leave.
#pragma once

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include <nlohmann/json.hpp>

#include "sim/run_file/journal.hpp"
#include "support/process.hpp"
#include "sweep/small_sweep.hpp"

namespace lamina::test {

namespace fs = std::filesystem;

/// results.h5 of every point that is done, by its id; none where there is no sweep yet.
inline std::map<std::string, std::string> results_of(const fs::path& sweep) {
    std::map<std::string, std::string> results;
    if (!fs::exists(sweep / "points")) return results;
    for (const auto& entry : fs::directory_iterator(sweep / "points"))
        if (entry.path().extension() != ".part" && fs::exists(entry.path() / "run.json"))
            results[entry.path().filename().string()] = read_file(entry.path() / "results.h5");
    return results;
}

/// How often each point was said to be done.
inline std::map<std::int64_t, int> times_done(const fs::path& sweep) {
    std::map<std::int64_t, int> times;
    for (const auto& entry : fs::directory_iterator(sweep / "journal"))
        for (const auto& record : journal_records(read_file(entry.path()), "journal"))
            if (record["event"] == "done") ++times[record["point"].get<std::int64_t>()];
    return times;
}

struct Scratch {
    TemporaryDirectory folder;
    fs::path file;
    explicit Scratch(const std::string& sweep) : file(folder.path() / "small.yaml") {
        write_file(file, small_sweep(sweep));
    }
    ProcessResult run(const std::string& out, std::vector<std::string> more = {}) const {
        std::vector<std::string> words = {
            "sweep", "run", file.string(), "-o", path(out).string(), "--no-collect"};
        words.insert(words.end(), more.begin(), more.end());
        return run_lamina(words, {folder.path(), "", {}, 200});
    }
    fs::path path(const std::string& out) const { return folder.path() / out; }
};

/// Starts `lamina` and does not wait.
inline pid_t start_lamina(const std::vector<std::string>& words) {
    std::vector<std::string> all = {LAMINA_BINARY};
    all.insert(all.end(), words.begin(), words.end());
    std::vector<char*> argv;
    for (std::string& word : all) argv.push_back(word.data());
    argv.push_back(nullptr);
    const pid_t pid = ::fork();
    if (pid == 0) {
        const int null = ::open("/dev/null", O_RDWR);
        ::dup2(null, 1);
        ::dup2(null, 2);
        ::execv(argv[0], argv.data());
        ::_exit(127);
    }
    return pid;
}

/// The first child of a process; 0 without one.
inline pid_t child_of(pid_t pid) {
    const std::string number = std::to_string(pid);
    std::ifstream numbers("/proc/" + number + "/task/" + number + "/children");
    pid_t child = 0;
    return numbers >> child ? child : 0;
}

/// Asks every 10 ms, for some seconds.
template <class What> bool comes_true(What what, double seconds = 20) {
    for (int i = 0; i < int(seconds * 100); ++i) {
        if (what()) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return what();
}

inline int end_of(pid_t pid) {
    int status = 0;
    ::waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

} // namespace lamina::test

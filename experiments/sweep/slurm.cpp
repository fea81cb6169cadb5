#include "experiments/sweep/slurm.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>

#include "experiments/doctor.hpp"
#include "sim/errors.hpp"
#include "sim/run_file/io_error.hpp"

namespace lamina {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

/// Nothing in it comes from a user. $1 is a file name of ours; `.` is the sweep's directory.
constexpr const char* array_script = R"(#!/bin/bash
srun --ntasks=1 --cpus-per-task="${SLURM_CPUS_PER_TASK:-1}" ./slurm/lamina sweep run . --tasks "$1" --task "$SLURM_ARRAY_TASK_ID" --no-collect
code=$?
if [ "$code" -eq 75 ]; then
    scontrol requeue "$SLURM_JOB_ID"
    sleep 60 # until Slurm ends this one
fi
exit "$code"
)";
constexpr const char* collect_script = R"(#!/bin/bash
exec ./slurm/lamina sweep collect .
)";

struct Said {
    int exit_code = 127;
    std::string out, err;
};

/// Runs a program with these very arguments and hears it out.
Said hear(const std::vector<std::string>& words) {
    int out[2], err[2];
    if (::pipe2(out, O_CLOEXEC) != 0 || ::pipe2(err, O_CLOEXEC) != 0)
        throw IoError(errno, "cannot start " + words[0]);
    std::vector<char*> argv;
    for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    const pid_t pid = ::fork();
    if (pid < 0) throw IoError(errno, "cannot start " + words[0]);
    if (pid == 0) {
        ::dup2(out[1], STDOUT_FILENO);
        ::dup2(err[1], STDERR_FILENO);
        ::execvp(argv[0], argv.data());
        ::_exit(127);
    }
    ::close(out[1]);
    ::close(err[1]);
    Said said;
    // both at once: neither pipe may fill
    pollfd from[] = {{out[0], POLLIN, 0}, {err[0], POLLIN, 0}};
    std::string* const text[] = {&said.out, &said.err};
    for (int n_open = 2; n_open > 0;) {
        if (::poll(from, 2, -1) < 0 && errno != EINTR) break;
        for (int i = 0; i < 2; ++i) {
            if (from[i].fd < 0 || from[i].revents == 0) continue;
            std::array<char, 4096> bytes{};
            const ssize_t n = ::read(from[i].fd, bytes.data(), bytes.size());
            if (n > 0) text[i]->append(bytes.data(), std::size_t(n));
            if (n > 0 || (n < 0 && errno == EINTR)) continue;
            from[i].fd = -1;
            --n_open;
        }
    }
    ::close(out[0]);
    ::close(err[0]);
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {}
    said.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return said;
}

/// The largest number of tasks of an array here.
std::int64_t most_tasks() {
    const Said said = hear({"scontrol", "show", "config"});
    const std::size_t at = said.out.find("MaxArraySize");
    if (at == std::string::npos) return 1000; // Slurm's own default less one
    const std::size_t equals = said.out.find('=', at);
    const std::int64_t n = std::strtoll(said.out.c_str() + equals + 1, nullptr, 10);
    return std::max<std::int64_t>(1, n - 1);
}

bool all_of_these(const std::string& text, const char* allowed) {
    return !text.empty() && text.find_first_not_of(allowed) == std::string::npos;
}

/// Writes what the tasks read; returns the file's name in the sweep's directory.
std::string write_tasks(const SweepDirectory& sweep, const std::vector<std::int64_t>& points,
                        std::int64_t chunk) {
    Json tasks = Json::array();
    for (std::size_t from = 0; from < points.size(); from += std::size_t(chunk))
        tasks.push_back(std::vector<std::int64_t>(
            points.begin() + std::ptrdiff_t(from),
            points.begin() + std::ptrdiff_t(std::min(points.size(), from + std::size_t(chunk)))));
    // a name that is ours alone, whoever submits at the same time
    std::string name;
    for (int k = 1;; ++k) {
        name = fmt::format("slurm/tasks-{}.json", k);
        const int taken = sweep.folder().open_new(name);
        if (taken >= 0) {
            const OpenFile closed(taken);
            break;
        }
        if (taken != -EEXIST)
            throw IoError(-taken, fmt::format("cannot write {}/{}: {}", sweep.path().string(), name,
                                              std::strerror(-taken)));
    }
    sweep.folder().write(name, Json{{"tasks", tasks}}.dump() + "\n");
    sweep.folder().write("slurm/array.sh", std::string(array_script));
    sweep.folder().write("slurm/collect.sh", std::string(collect_script));
    // this very program, whatever is in the path of the nodes
    std::error_code none;
    const fs::path program = fs::read_symlink("/proc/self/exe", none), link = "slurm/lamina";
    if (fs::read_symlink(sweep.path() / link, none) != program) {
        fs::remove(sweep.path() / link, none);
        sweep.folder().claim(link.string(), program.string());
    }
    return name;
}

/// "--exclusive" where it has no value.
std::string option_of_sbatch(const std::string& name, const std::string& value) {
    return value.empty() ? "--" + name : fmt::format("--{}={}", name, value);
}

std::string submitted(const std::vector<std::string>& command) {
    const Said said = hear(command);
    const std::string number = said.out.substr(0, said.out.find_first_of(";\n"));
    if (said.exit_code == 0 && all_of_these(number, "0123456789")) return number;
    throw SpecError(fmt::format("error[L0415]: Slurm does not take the job: {}\n"
                                "  = help: give its options behind `lamina sweep submit`, for "
                                "example --slurm partition=NAME --slurm time=2:00:00\n",
                                said.err.empty() ? said.out : said.err));
}

} // namespace

void check_slurm_option(const std::string& name, const std::string& value) {
    const auto refuse = [&](const std::string& why, const std::string& help) {
        throw SpecError(fmt::format("error[L0416]: --slurm {}: {}\n  = help: {}",
                                    name.substr(0, 60), why, help));
    };
    for (const char* ours : {"array", "chdir", "output", "error", "signal", "requeue", "no-requeue",
                             "dependency", "parsable", "export", "wrap", "job-name", "open-mode"})
        if (std::string(ours).rfind(name, 0) == 0) // sbatch takes a beginning for the whole
            refuse("lamina decides about this one",
                   "leave it out; --chunk, --throttle and --signal-before set what can be set");
    if (name.size() > 40 || !all_of_these(name, "abcdefghijklmnopqrstuvwxyz-") || name[0] == '-')
        refuse("no option of sbatch has such a name",
               "write the long name without dashes: --slurm partition=NAME");
    if (value.size() > 256 ||
        !all_of_these(value + "x", "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                   "_.,:@=+%/&|[]!*-"))
        refuse("its value has other characters than letters, digits and _ . , : @ = + % / & | [ ] "
               "! * -",
               "write a value that Slurm knows");
}

SlurmJobs submit_points(const SweepDirectory& sweep, const std::vector<std::int64_t>& points,
                        const SlurmOptions& options) {
    if (find_program("sbatch").empty() && !options.dry)
        throw DeviceError("error[L0503]: there is no Slurm here: `sbatch` is not in PATH\n"
                          "  = help: submit where jobs are submitted, or use `lamina sweep run`");
    for (const auto& [name, value] : options.job) check_slurm_option(name, value);
    const std::int64_t most = options.dry ? 1000 : most_tasks();
    const auto n = std::int64_t(points.size());
    const std::int64_t chunk = std::max(options.chunk, (n + most - 1) / most);
    SlurmJobs jobs;
    jobs.n_points = n;
    jobs.n_tasks = (n + chunk - 1) / chunk;
    const std::string tasks = write_tasks(sweep, points, chunk);

    const std::string where = fs::absolute(sweep.path()).lexically_normal().string();
    const std::string name = "lamina-" + sweep.plan().base().name;
    std::string array = fmt::format("--array=0-{}", jobs.n_tasks - 1);
    if (options.throttle > 0) array += fmt::format("%{}", options.throttle);
    jobs.command = {"sbatch",
                    "--parsable",
                    array,
                    "--chdir=" + where,
                    "--job-name=" + name,
                    "--output=slurm/%A_%a.log",
                    "--open-mode=append",
                    "--requeue",
                    fmt::format("--signal=USR1@{}", options.signal_s)};
    for (const auto& [key, value] : options.job)
        jobs.command.push_back(option_of_sbatch(key, value));
    std::vector<std::string> collect = {"sbatch", "--parsable", "--chdir=" + where,
                                        "--job-name=" + name + "-collect",
                                        "--output=slurm/collect-%j.log"};
    for (const auto& [key, value] : options.job)
        if (key == "partition" || key == "account" || key == "qos" || key == "time" ||
            key == "reservation" || key == "clusters")
            collect.push_back(option_of_sbatch(key, value));
    const std::string scripts = (fs::path(where) / "slurm").string();
    jobs.command.insert(jobs.command.end(), {scripts + "/array.sh", tasks});
    if (options.dry) return jobs;
    jobs.array_job = submitted(jobs.command);
    collect.push_back("--dependency=afterany:" + jobs.array_job);
    collect.push_back(scripts + "/collect.sh");
    try {
        jobs.collect_job = submitted(collect);
    } catch (const SpecError& error) {
        throw SpecError(fmt::format("{}  = note: the array is submitted as job {}; collect by hand "
                                    "when it has ended: lamina sweep collect {}",
                                    error.what(), jobs.array_job, where));
    }
    return jobs;
}

std::vector<std::int64_t> points_of_task(const SweepDirectory& sweep, const std::string& file,
                                         std::int64_t task) {
    const auto bytes = sweep.folder().read(file);
    const Json json =
        Json::parse(reinterpret_cast<const char*>(bytes.data()),
                    reinterpret_cast<const char*>(bytes.data()) + bytes.size(), nullptr, false);
    const auto refuse = [&](const std::string& why) {
        throw SpecError(fmt::format("error[L0417]: {}/{}: {}\n  = help: submit again: lamina sweep "
                                    "submit {}",
                                    sweep.path().string(), file, why, sweep.path().string()));
    };
    if (!json.is_object() || !json.contains("tasks") || !json["tasks"].is_array())
        refuse("this is no list of tasks");
    if (task < 0 || task >= std::int64_t(json["tasks"].size()))
        refuse(fmt::format("it has {} tasks, and none is number {}", json["tasks"].size(), task));
    std::vector<std::int64_t> points;
    for (const Json& one : json["tasks"][std::size_t(task)]) {
        if (!one.is_number_integer() || one.get<std::int64_t>() < 0 ||
            one.get<std::int64_t>() >= sweep.plan().n_points())
            refuse("a task has a number that is no point");
        points.push_back(one.get<std::int64_t>());
    }
    return points;
}

} // namespace lamina

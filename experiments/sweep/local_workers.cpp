#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "experiments/sweep/worker_pool.hpp"
#include "sim/run_file/io_error.hpp"

namespace lamina {
namespace {

using Json = nlohmann::ordered_json;

[[noreturn]] void no_process(int error) {
    throw IoError(error, fmt::format("cannot start a worker process: {}; use fewer --workers",
                                     std::strerror(error)));
}

/// One process and the two pipes to it.
struct Worker {
    pid_t pid = -1;
    int to = -1, from = -1;
    bool ready = false, at_work = false;
    PointTask task;
    std::string heard; ///< of a line that has not ended

    void close() {
        if (to >= 0) ::close(to);
        if (from >= 0) ::close(from);
        to = from = -1;
    }
};

/// Pointers to words, as exec takes them. Made before the fork: a rank of MPI has threads.
std::vector<char*> pointers_to(std::vector<std::string>& words) {
    std::vector<char*> pointers;
    for (std::string& word : words) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    return pointers;
}

/// Our variables, without those that would make a worker a rank, or give it other threads.
std::vector<std::string> environment_of_workers() {
    std::vector<std::string> kept;
    for (char** one = environ; *one; ++one) {
        const std::string variable = *one, name = variable.substr(0, variable.find('='));
        if (name != "OMPI_COMM_WORLD_SIZE" && name != "PMI_SIZE" && name != "PMIX_RANK" &&
            name != "OMP_NUM_THREADS")
            kept.push_back(variable);
    }
    return kept;
}

Worker start_worker(const WorkerOptions& options) {
    int down[2], up[2];
    if (::pipe2(down, O_CLOEXEC) != 0) no_process(errno);
    if (::pipe2(up, O_CLOEXEC) != 0) no_process(errno);
    const std::string threads = std::to_string(options.threads);
    std::vector<std::string> words = {"lamina", "sweep-worker", options.directory, "--threads",
                                      threads};
    if (!options.device.empty()) words.insert(words.end(), {"--device", options.device});
    if (options.reports) words.emplace_back("--reports");
    std::vector<std::string> variables = environment_of_workers();
    const std::vector<char*> argv = pointers_to(words), envp = pointers_to(variables);

    const pid_t parent = ::getpid();
    const pid_t pid = ::fork();
    if (pid < 0) no_process(errno);
    if (pid == 0) {
        // it ends with us; signals of the terminal are ours to pass on
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::getppid() != parent) ::_exit(1);
        ::setpgid(0, 0);
        for (const int signal : {SIGINT, SIGTERM, SIGUSR1, SIGHUP, SIGUSR2, SIGPIPE})
            std::signal(signal, SIG_DFL);
        ::dup2(down[0], STDIN_FILENO);
        ::dup2(up[1], STDOUT_FILENO);
        ::execve("/proc/self/exe", argv.data(), envp.data());
        ::_exit(127);
    }
    ::close(down[0]);
    ::close(up[1]);
    Worker worker;
    worker.pid = pid;
    worker.to = down[1];
    worker.from = up[0];
    return worker;
}

/// How a process ended, in words.
std::string end_in_words(int status) {
    if (WIFSIGNALED(status)) {
        const int signal = WTERMSIG(status);
        return fmt::format(
            "its process was ended by signal {} ({}){}", signal, ::strsignal(signal),
            signal == SIGKILL ? "; was memory short? `lamina check` predicts the need" : "");
    }
    return fmt::format("its process ended with exit code {}", WEXITSTATUS(status));
}

class LocalWorkers final : public WorkerPool {
  public:
    LocalWorkers(const WorkerOptions& options, int n_workers) : options_(options) {
        std::signal(SIGPIPE, SIG_IGN); // one that has died is seen when it is listened to
        for (int i = 0; i < n_workers; ++i) workers_.push_back(start_worker(options_));
    }
    ~LocalWorkers() override {
        for (Worker& worker : workers_) {
            if (worker.pid < 0) continue;
            if (worker.at_work) ::kill(worker.pid, SIGKILL);
            worker.close(); // the end of its input
            int status = 0;
            while (::waitpid(worker.pid, &status, 0) < 0 && errno == EINTR) {}
        }
    }
    LocalWorkers(const LocalWorkers&) = delete;
    LocalWorkers& operator=(const LocalWorkers&) = delete;

    int n_workers() const override { return int(workers_.size()); }
    bool has_idle() const override {
        return std::any_of(workers_.begin(), workers_.end(), is_idle);
    }
    int n_at_work() const override {
        return int(std::count_if(workers_.begin(), workers_.end(),
                                 [](const Worker& worker) { return worker.at_work; }));
    }

    void give(const PointTask& task) override {
        for (Worker& worker : workers_) {
            if (!is_idle(worker)) continue;
            worker.at_work = true;
            worker.task = task;
            const std::string line = fmt::format("{} {}\n", task.point, task.claim);
            // one that died meanwhile is found by wait()
            if (::write(worker.to, line.data(), line.size()) < 0 && errno != EPIPE)
                throw IoError(errno, "cannot reach a worker process");
            return;
        }
    }

    std::vector<PointEnd> wait(int milliseconds) override {
        std::vector<pollfd> waiting;
        for (const Worker& worker : workers_) waiting.push_back({worker.from, POLLIN, 0});
        if (::poll(waiting.data(), waiting.size(), milliseconds) <= 0) return {};
        std::vector<PointEnd> ends;
        for (std::size_t i = 0; i < workers_.size(); ++i)
            if (waiting[i].revents != 0) listen(workers_[i], ends);
        return ends;
    }

    void stop() override {
        stopping_ = true;
        for (const Worker& worker : workers_)
            if (worker.at_work) ::kill(worker.pid, SIGUSR2); // point_run.cpp
    }

  private:
    /// One that has not begun yet finds its task in the pipe.
    static bool is_idle(const Worker& worker) { return !worker.at_work; }

    void listen(Worker& worker, std::vector<PointEnd>& ends) {
        char bytes[4096];
        const ssize_t n = ::read(worker.from, bytes, sizeof bytes);
        if (n < 0 && (errno == EINTR || errno == EAGAIN)) return;
        if (n <= 0) return bury(worker, ends);
        worker.heard.append(bytes, std::size_t(n));
        for (std::size_t end = worker.heard.find('\n'); end != std::string::npos;
             end = worker.heard.find('\n')) {
            const Json line = Json::parse(worker.heard.substr(0, end), nullptr, false);
            worker.heard.erase(0, end + 1);
            if (!worker.ready && line.is_object() && line.contains("ready")) {
                worker.ready = true;
                continue;
            }
            worker.at_work = false;
            ends.push_back(PointEnd::from(line));
        }
    }

    /// Its point is lost, and another takes its place.
    void bury(Worker& worker, std::vector<PointEnd>& ends) {
        int status = 0;
        while (::waitpid(worker.pid, &status, 0) < 0 && errno == EINTR) {}
        worker.close();
        worker.pid = -1;
        // a point is not to blame where none was given yet
        if (!worker.ready)
            throw std::runtime_error("a worker cannot begin: " + end_in_words(status) +
                                     "; what it said stands above");
        if (std::exchange(worker.at_work, false)) {
            PointEnd end;
            end.task = worker.task;
            end.kind = stopping_ ? PointEnd::Kind::stopped : PointEnd::Kind::failed;
            end.reason = end_in_words(status);
            ends.push_back(std::move(end));
        }
        worker = start_worker(options_);
    }

    WorkerOptions options_;
    std::vector<Worker> workers_;
    bool stopping_ = false;
};

} // namespace

Json PointEnd::json() const {
    const char* const kinds[] = {"done", "failed", "refused", "no_device", "stopped"};
    return {{"point", task.point}, {"claim", task.claim}, {"kind", kinds[std::size_t(kind)]},
            {"reason", reason},    {"sha256", sha256},    {"seconds", seconds}};
}

PointEnd PointEnd::from(const Json& json) {
    PointEnd end;
    if (!json.is_object()) {
        end.reason = "its process said what nobody understands";
        return end;
    }
    end.task = {json.value("point", std::int64_t(-1)), json.value("claim", 0)};
    const std::string kind = json.value("kind", "");
    end.kind = kind == "done"        ? Kind::done
               : kind == "refused"   ? Kind::refused
               : kind == "no_device" ? Kind::no_device
               : kind == "stopped"   ? Kind::stopped
                                     : Kind::failed;
    end.reason = json.value("reason", "");
    end.sha256 = json.value("sha256", "");
    end.seconds = json.value("seconds", 0.0);
    return end;
}

std::unique_ptr<WorkerPool> make_local_workers(const WorkerOptions& options, int n_workers) {
    return std::make_unique<LocalWorkers>(options, n_workers);
}

} // namespace lamina

/// One point after another, in a process that does nothing else: curves and weights that points
/// share are made once.
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <new>

#include <fmt/format.h>

#include "experiments/check_spec.hpp"
#include "experiments/run_experiment.hpp"
#include "experiments/sweep/sweep_directory.hpp"
#include "experiments/sweep/worker_pool.hpp"
#include "sim/errors.hpp"
#include "sim/run_file/io_error.hpp"
#include "sim/run_file/run_directory.hpp"
#include "sim/run_file/sha256.hpp"

namespace lamina {
namespace {

namespace fs = std::filesystem;

/// Asked for by the process that gives out the points, and by no signal that others send as well.
constexpr int stop_signal_of_workers = SIGUSR2;
std::atomic<bool> worker_must_stop{false};
extern "C" void on_worker_signal(int) { worker_must_stop = true; }

std::string hash_of_run_json(const fs::path& run) {
    return sha256_of(Folder::open(run).read("run.json"));
}

/// What those left who are gone. The point is there, so nothing of it can take its name any more.
void remove_parts(const SweepDirectory& sweep, const SweepPoint& point, int last_claim) {
    std::error_code none;
    for (int claim = 1; claim <= last_claim; ++claim)
        fs::remove_all(sweep.part_of(point, claim), none);
}

PointEnd run_point(const SweepDirectory& sweep, const WorkerOptions& options, const PointTask& task,
                   const std::atomic<bool>& stop) {
    PointEnd end;
    end.task = task;
    end.kind = PointEnd::Kind::done;
    const SweepPoint point = sweep.plan().point(task.point);
    const fs::path place = sweep.run_of(point);
    std::error_code none;
    if (fs::exists(place, none)) {
        // done already, by somebody who could not say so any more
        const Verification found = verify(place);
        if (!found.problems.empty())
            throw FormatError(
                fmt::format("{}; move {} away, then run again", found.problems[0], place.string()));
        end.sha256 = hash_of_run_json(place);
        remove_parts(sweep, point, task.claim);
        return end;
    }

    fs::remove_all(sweep.part_of(point, task.claim), none); // ours alone
    const ExperimentSpec& base = sweep.plan().base();
    std::vector<Problem> warnings;
    const ExperimentSpec spec = read_checked_text(base.text, base.file, base.folder,
                                                  sweep.plan().overrides_of(point), &warnings);
    RunOptions run;
    run.out = sweep.part_of(point, task.claim).string();
    run.called = point.id;
    run.threads = options.threads;
    run.on = device_of_run(spec, options.device);
    run.no_report = !options.reports;
    run.quiet = true;
    run.argv = sweep.facts()["argv"].get<std::vector<std::string>>();
    if (!run_experiment(spec, warnings, run, stop)) {
        end.kind = PointEnd::Kind::stopped;
        return end;
    }
    const std::string part = "points/" + fs::path(run.out).filename().string();
    if (!sweep.folder().rename(part, "points/" + point.id))
        fs::remove_all(run.out, none); // another was faster, with the same bytes
    remove_parts(sweep, point, task.claim - 1);
    end.sha256 = hash_of_run_json(place);
    return end;
}

} // namespace

PointEnd run_task(const SweepDirectory& sweep, const WorkerOptions& options, const PointTask& task,
                  const std::atomic<bool>& stop) {
    const auto start = std::chrono::steady_clock::now();
    PointEnd end;
    end.task = task;
    try {
        end = run_point(sweep, options, task, stop);
    } catch (const IoError& error) {
        end.kind = PointEnd::Kind::refused;
        end.reason = error.what();
    } catch (const DeviceError& error) {
        end.kind = PointEnd::Kind::no_device;
        end.reason = error.what();
    } catch (const std::bad_alloc&) {
        end.reason = "out of memory";
    } catch (const std::exception& error) { end.reason = error.what(); }
    if (end.kind != PointEnd::Kind::done) {
        std::error_code none;
        fs::remove_all(sweep.part_of(sweep.plan().point(task.point), task.claim), none);
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    end.seconds = took.count();
    return end;
}

int work_on_points(const WorkerOptions& options) {
    for (const int signal : {SIGINT, SIGTERM, SIGUSR1, SIGHUP}) std::signal(signal, SIG_IGN);
    std::signal(stop_signal_of_workers, on_worker_signal);
    const SweepDirectory sweep = SweepDirectory::open(options.directory);
    std::printf("{\"ready\":true}\n");
    if (std::fflush(stdout) != 0) return 1;
    PointTask task;
    while (std::cin >> task.point >> task.claim) {
        const std::string line =
            run_task(sweep, options, task, worker_must_stop)
                .json()
                .dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
        std::printf("%s\n", line.c_str());
        if (std::fflush(stdout) != 0) return 1; // nobody listens any more
    }
    return 0;
}

} // namespace lamina

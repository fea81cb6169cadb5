/// `lamina sweep run|collect` and `lamina resume`: the points that are not done, and what they came
/// to.
#include "experiments/commands/sweep_parts.hpp"

#include <algorithm>
#include <cstdio>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "experiments/exit_codes.hpp"
#include "experiments/run_device.hpp"
#include "experiments/stop_signal.hpp"
#include "experiments/sweep/collect.hpp"
#include "experiments/sweep/ranks.hpp"
#include "experiments/sweep/slurm.hpp"
#include "experiments/sweep/sweep_words.hpp"
#include "experiments/threads.hpp"
#include "experiments/version.hpp"

namespace lamina::commands {
namespace {

/// @param ranks  null: not under MPI
int run_points(const SweepArguments& arguments, Ranks* ranks) {
    const SweepDirectory sweep = directory_of(arguments);
    const int cores = ranks && arguments.threads == 0 ? cores_of_rank(thread_count(0))
                                                      : thread_count(arguments.threads);
    // before anything begins: what was asked for is not here
    const RunDevice on = device_of_run(sweep.plan().base(), arguments.device);
    SweepShare share;
    share.failed_only = arguments.failed;
    share.order = arguments.order;
    if (!arguments.tasks.empty())
        share.only = points_of_task(sweep, arguments.tasks, arguments.task);
    if (sweep.facts()["git"] != build_info().git)
        std::fprintf(stderr,
                     "warning: the sweep was planned by %s, and this is %s; do not mix releases in "
                     "one sweep\n",
                     sweep.facts()["git"].get<std::string>().c_str(), build_info().git.c_str());

    // points before threads: what is left over goes to the threads of each
    WorkerOptions workers;
    workers.directory = std::filesystem::absolute(sweep.path()).lexically_normal().string();
    workers.device = arguments.device;
    workers.reports = arguments.reports;
    const std::int64_t n_points =
        share.only.empty() ? sweep.plan().n_points() : std::int64_t(share.only.size());
    // one process has a device to itself
    const int most = arguments.workers > 0                    ? arguments.workers
                     : ranks || on.device.kind != Device::cpu ? 1
                                                              : cores;
    const int n_workers = int(std::max<std::int64_t>(1, std::min<std::int64_t>(most, n_points)));
    workers.threads = std::max(1, cores / n_workers);

    const StopOnSignal stop;
    Ledger ledger(sweep.path());
    ledger.join();
    const auto pool =
        ranks ? ranks->workers(workers, n_workers) : make_local_workers(workers, n_workers);
    std::fprintf(stderr, "sweep   %s: %lld points, %d worker%s with %d thread%s%s\n",
                 sweep.path().c_str(), static_cast<long long>(sweep.plan().n_points()),
                 pool->n_workers(), pool->n_workers() == 1 ? "" : "s", workers.threads,
                 workers.threads == 1 ? "" : "s",
                 ranks ? fmt::format(", {} ranks", ranks->n_ranks()).c_str() : "");
    const SweepCounts counts = run_sweep(sweep, ledger, *pool, share, stop.requested());
    ledger.leave();
    print_failures(sweep, points_of(sweep, ledger));
    const bool is_whole = counts.waiting + counts.running == 0;
    if (is_whole && !arguments.no_collect) {
        collect_sweep(sweep, ledger);
        std::fprintf(stderr, "report  %s/report.html\n", sweep.path().c_str());
    }
    if (arguments.json)
        std::printf("%s\n", counts_json(sweep, counts).dump().c_str());
    else
        std::printf("%s\n%s\n", counts_text(counts).c_str(), sweep.path().c_str());
    if (stop.requested() && !is_whole) {
        std::fprintf(stderr, "stopped by a signal; go on with: lamina resume %s\n",
                     sweep.path().c_str());
        return 75;
    }
    return counts.failed > 0 ? 3 : 0;
}

} // namespace

int sweep_run(const SweepArguments& arguments) {
    if (ranks_of_launcher() <= 1) return run_points(arguments, nullptr);
    const std::unique_ptr<Ranks> ranks = join_ranks();
    if (ranks->number() > 0) return ranks->serve();
    try {
        const int exit_code = run_points(arguments, ranks.get());
        ranks->end(exit_code);
        return exit_code;
    } catch (const std::exception& error) {
        ranks->end(exit_code_of(error)); // told once, by this rank; the same code from all
        throw;
    }
}

int sweep_collect(const SweepArguments& arguments) {
    const SweepDirectory sweep = SweepDirectory::open(arguments.where);
    const SweepCounts counts = collect_sweep(sweep, Ledger(sweep.path()));
    if (arguments.json)
        std::printf("%s\n", counts_json(sweep, counts).dump().c_str());
    else
        std::printf("%s\n%s\n%s\n", counts_text(counts).c_str(),
                    (sweep.path() / "summary.h5").c_str(), (sweep.path() / "report.html").c_str());
    return 0;
}

int sweep_worker(const WorkerOptions& options) { return work_on_points(options); }

int resume(const SweepArguments& arguments) {
    if (!SweepDirectory::is_one(arguments.where))
        SweepDirectory::open(arguments.where); // says why not
    return sweep_run(arguments);
}

} // namespace lamina::commands

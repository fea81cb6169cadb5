/// `lamina sweep plan|run|status|collect` and `lamina resume`: many runs of one file.
#include "experiments/commands/commands.hpp"

#include <cstdio>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "experiments/check_spec.hpp"
#include "experiments/cost.hpp"
#include "experiments/progress.hpp"
#include "experiments/run_device.hpp"
#include "experiments/stop_signal.hpp"
#include "experiments/sweep/collect.hpp"
#include "experiments/sweep/ranks.hpp"
#include "experiments/sweep/run_sweep.hpp"
#include "experiments/sweep/slurm.hpp"
#include "experiments/sweep/sweep_directory.hpp"
#include "experiments/sweep/sweep_plan.hpp"
#include "experiments/threads.hpp"
#include "experiments/version.hpp"
#include "sim/errors.hpp"
#include "sim/run_file/io_error.hpp"

namespace lamina::commands {
namespace {

using Json = nlohmann::ordered_json;

SweepPlan plan_of(const SweepArguments& arguments) {
    std::vector<std::string> overrides = arguments.overrides;
    if (!arguments.seed.empty()) overrides.push_back("seed=" + arguments.seed);
    return SweepPlan(read_checked_spec(arguments.where, overrides));
}

std::vector<InvalidPoints> invalid_points(const SweepPlan& plan, const SweepArguments& arguments) {
    Progress progress("points checked", plan.n_points(), plan.n_points() < 2000);
    return check_points(plan, thread_count(arguments.threads), [&] { progress.tick(); });
}

/// "3 of 221 points: 116, 117, 118".
std::string numbers_text(const std::vector<std::int64_t>& numbers, std::int64_t n_points) {
    constexpr std::size_t most = 8;
    std::string out =
        fmt::format("{} of {} point{}: ", numbers.size(), n_points, n_points == 1 ? "" : "s");
    for (std::size_t i = 0; i < std::min(most, numbers.size()); ++i)
        out += fmt::format("{}{}", i == 0 ? "" : ", ", numbers[i]);
    return out + (numbers.size() > most ? ", ..." : "");
}

std::string settings_text(const SweepPoint& point) {
    std::string out;
    for (const Setting& one : point.settings)
        out += fmt::format("{}{}={}", out.empty() ? "" : " ", one.path, one.value);
    return out.empty() ? "the base point" : out;
}

/// What is wrong with which points, to be thrown or printed.
std::string invalid_text(const SweepPlan& plan, const std::vector<InvalidPoints>& invalid) {
    std::string out;
    std::size_t n = 0;
    for (const InvalidPoints& one : invalid) {
        n += one.numbers.size();
        out += fmt::format("error[L0410]: {}\n  = note: the first is {}\n{}\n",
                           numbers_text(one.numbers, plan.n_points()),
                           settings_text(plan.point(one.numbers.front())), one.problem);
    }
    std::set<std::string> places;
    for (const SweepAxis& axis : plan.base().sweep.axes)
        places.insert(fmt::format("{} ({})", axis.name, axis.place));
    for (const std::string& place : places) out += "  = note: axis " + place + "\n";
    return out + fmt::format("  = help: mend the axes, or --skip-invalid runs the other {}",
                             plan.n_points() - std::int64_t(n));
}

/// What all points will take, from a few of them.
struct SweepCost {
    double core_seconds = 0, disk_bytes = 0, memory_bytes = 0;
    std::int64_t n_looked_at = 0;
};

SweepCost cost_of_points(const SweepPlan& plan, const std::vector<InvalidPoints>& invalid) {
    constexpr std::int64_t most = 16;
    std::set<std::int64_t> bad;
    for (const InvalidPoints& one : invalid) bad.insert(one.numbers.begin(), one.numbers.end());
    SweepCost cost;
    const ExperimentSpec& base = plan.base();
    const std::int64_t n = std::min(most, plan.n_points());
    for (std::int64_t i = 0; i < n; ++i) {
        // evenly, both ends among them
        const std::int64_t number = n == 1 ? 0 : i * (plan.n_points() - 1) / (n - 1);
        if (bad.count(number)) continue;
        const ExperimentSpec spec = read_checked_text(base.text, base.file, base.folder,
                                                      plan.overrides_of(plan.point(number)));
        const Cost one = predict_cost(spec, 1);
        cost.core_seconds += one.seconds_on(1);
        cost.disk_bytes += one.disk_bytes + 60e3; // the other files of a run
        cost.memory_bytes = std::max(cost.memory_bytes, one.memory_bytes);
        ++cost.n_looked_at;
    }
    if (cost.n_looked_at == 0) return cost;
    const double share =
        double(plan.n_points() - std::int64_t(bad.size())) / double(cost.n_looked_at);
    cost.core_seconds *= share;
    cost.disk_bytes *= share;
    return cost;
}

void print_plan(const SweepPlan& plan, const std::vector<InvalidPoints>& invalid,
                const SweepArguments& arguments) {
    const SweepCost cost = cost_of_points(plan, invalid);
    const int cores = thread_count(arguments.threads);
    if (arguments.json) {
        Json points = Json::array();
        for (std::int64_t n = 0; n < plan.n_points(); ++n) {
            const SweepPoint point = plan.point(n);
            Json one = {{"number", n},
                        {"id", point.id},
                        {"replicate", point.replicate},
                        {"seed", point.seed}};
            for (std::size_t i = 0; i < plan.columns().size(); ++i)
                one["values"][plan.columns()[i]] = point.labels[i];
            points.push_back(std::move(one));
        }
        std::printf("%s\n", Json{{"points", points},
                                 {"cost",
                                  {{"core_seconds", cost.core_seconds},
                                   {"disk_bytes", cost.disk_bytes},
                                   {"memory_bytes_of_a_point", cost.memory_bytes},
                                   {"points_looked_at", cost.n_looked_at}}}}
                                .dump()
                                .c_str());
        return;
    }
    for (const SweepAxis& axis : plan.base().sweep.axes)
        std::printf("axis    %s: %zu values, %s to %s\n", axis.name.c_str(), axis.steps.size(),
                    axis.steps.front().labels.front().c_str(),
                    axis.steps.back().labels.front().c_str());
    const SweepSpec& sweep = plan.base().sweep;
    std::printf("seeds   %d replicate%s, %s\n", sweep.replicates, sweep.replicates == 1 ? "" : "s",
                sweep.seeds == SweepSeeds::common
                    ? "each with the same seed at every place (common random numbers)"
                    : "a seed of its own for every point");
    constexpr std::int64_t most = 12;
    for (std::int64_t n = 0; n < plan.n_points(); ++n) {
        if (n == most - 1 && plan.n_points() > most) {
            std::printf("  ...\n");
            n = plan.n_points() - 1;
        }
        const SweepPoint point = plan.point(n);
        std::printf("  %s  %s\n", point.id.c_str(), settings_text(point).c_str());
    }
    std::printf("%lld points; about %s on %d core%s and %s of disk, memory of a point %s "
                "(predicted from %lld of them)\n",
                static_cast<long long>(plan.n_points()),
                duration_text(cost.core_seconds / cores).c_str(), cores, cores == 1 ? "" : "s",
                readable_bytes(std::uint64_t(cost.disk_bytes)).c_str(),
                readable_bytes(std::uint64_t(cost.memory_bytes)).c_str(),
                static_cast<long long>(cost.n_looked_at));
}

/// A directory that is there, or the one that a file makes.
SweepDirectory directory_of(const SweepArguments& arguments) {
    if (SweepDirectory::is_one(arguments.where)) {
        if (!arguments.overrides.empty() || !arguments.seed.empty() || !arguments.out.empty())
            throw SpecError(fmt::format("error[L0413]: {} is a planned sweep, and nothing can be "
                                        "set in it any more\n"
                                        "  = help: give the experiment file and another -o",
                                        arguments.where));
        return SweepDirectory::open(arguments.where);
    }
    std::error_code none;
    if (std::filesystem::is_directory(arguments.where, none))
        return SweepDirectory::open(arguments.where); // says what it is not
    const SweepPlan plan = plan_of(arguments);
    std::vector<InvalidPoints> invalid = invalid_points(plan, arguments);
    if (!invalid.empty() && !arguments.skip_invalid) throw SpecError(invalid_text(plan, invalid));
    return SweepDirectory::make(plan, arguments.out, {arguments.argv, std::move(invalid)});
}

void print_failures(const SweepDirectory& sweep, const std::vector<PointBooks>& books) {
    constexpr int most = 10;
    int n = 0;
    for (std::size_t i = 0; i < books.size(); ++i) {
        if (books[i].state != PointState::failed || ++n > most) continue;
        const SweepPoint point = sweep.plan().point(std::int64_t(i));
        std::fprintf(stderr, "failed  %s  %s\n        %s\n", point.id.c_str(),
                     settings_text(point).c_str(),
                     books[i].reason.substr(0, books[i].reason.find('\n')).c_str());
    }
    if (n > most)
        std::fprintf(stderr, "        and %d more: lamina sweep status %s --json\n", n - most,
                     sweep.path().c_str());
}

Json counts_json(const SweepDirectory& sweep, const SweepCounts& counts) {
    return {{"directory", sweep.path().string()},
            {"points", counts.n_points},
            {"done", counts.done},
            {"running", counts.running},
            {"failed", counts.failed},
            {"waiting", counts.waiting},
            {"invalid", counts.invalid}};
}

std::string counts_text(const SweepCounts& counts) {
    std::string out = fmt::format("{} of {} points are done", counts.done, counts.n_points);
    const auto add = [&](std::int64_t n, const char* what) {
        if (n > 0) out += fmt::format(", {} {}", n, what);
    };
    add(counts.running, "running");
    add(counts.failed, "failed");
    add(counts.waiting, "waiting");
    add(counts.invalid, "invalid and left out");
    return out;
}

} // namespace

int sweep_plan(const SweepArguments& arguments) {
    const SweepPlan plan = SweepDirectory::is_one(arguments.where)
                               ? SweepDirectory::open(arguments.where).plan()
                               : plan_of(arguments);
    const std::vector<InvalidPoints> invalid = invalid_points(plan, arguments);
    print_plan(plan, invalid, arguments);
    if (invalid.empty()) return 0;
    std::fprintf(stderr, "%s\n", invalid_text(plan, invalid).c_str());
    return arguments.skip_invalid ? 0 : 2;
}

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

/// As lamina.cpp maps them.
int exit_code_of(const std::exception& error) {
    const auto is = [&](auto* type) { return dynamic_cast<decltype(type)>(&error) != nullptr; };
    if (is(static_cast<const SpecError*>(nullptr)) || is(static_cast<const FormatError*>(nullptr)))
        return 2;
    if (is(static_cast<const DeviceError*>(nullptr))) return 4;
    return is(static_cast<const DamagedFile*>(nullptr)) ? 5 : 1;
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

int sweep_status(const SweepArguments& arguments) {
    const SweepDirectory sweep = SweepDirectory::open(arguments.where);
    const std::vector<PointBooks> books = points_of(sweep, Ledger(sweep.path()));
    const SweepCounts counts = count_points(sweep, books);
    double seconds = 0;
    for (const PointBooks& one : books)
        if (one.state == PointState::done) seconds += one.seconds;
    const double each_s = counts.done > 0 ? seconds / double(counts.done) : 0;
    const double left_s = each_s * double(counts.waiting + counts.running);
    if (arguments.json) {
        Json json = counts_json(sweep, counts);
        if (counts.done > 0) json["seconds_per_point"] = each_s;
        if (counts.done > 0) json["worker_seconds_left"] = left_s;
        json["list"] = Json::array();
        for (std::size_t i = 0; i < books.size(); ++i) {
            const SweepPoint point = sweep.plan().point(std::int64_t(i));
            Json one = {
                {"number", i},
                {"id", point.id},
                {"state", sweep.is_invalid(std::int64_t(i)) ? "invalid" : name_of(books[i].state)}};
            if (books[i].n_claims > 0) one["claims"] = books[i].n_claims;
            if (!books[i].writer.empty()) one["writer"] = books[i].writer;
            if (!books[i].reason.empty()) one["reason"] = books[i].reason;
            json["list"].push_back(std::move(one));
        }
        std::printf("%s\n", json.dump().c_str());
        return 0;
    }
    std::printf("%s\n", counts_text(counts).c_str());
    if (counts.done > 0)
        std::printf("a point takes %s%s\n", duration_text(each_s).c_str(),
                    left_s > 0 ? fmt::format("; those left take {} of one worker's time",
                                             duration_text(left_s))
                                     .c_str()
                               : "");
    for (std::size_t i = 0; i < books.size(); ++i)
        if (books[i].state == PointState::running)
            std::printf("running %s by %s\n", sweep.plan().point(std::int64_t(i)).id.c_str(),
                        books[i].writer.c_str());
    print_failures(sweep, books);
    if (counts.waiting > 0) std::printf("go on with: lamina sweep run %s\n", sweep.path().c_str());
    return 0;
}

int sweep_submit(const SweepArguments& arguments, const SlurmOptions& given,
                 const std::vector<std::string>& job) {
    SlurmOptions options = given;
    for (const std::string& one : job) {
        const std::size_t equals = std::min(one.find('='), one.size());
        const std::string value = equals < one.size() ? one.substr(equals + 1) : "";
        check_slurm_option(one.substr(0, equals), value);
        options.job.emplace_back(one.substr(0, equals), value);
    }
    const SweepDirectory sweep = directory_of(arguments);
    const std::vector<PointBooks> books = points_of(sweep, Ledger(sweep.path()));
    std::vector<std::int64_t> points;
    for (std::size_t n = 0; n < books.size(); ++n) {
        const PointState state = books[n].state;
        const bool open = arguments.failed
                              ? state == PointState::failed
                              : state != PointState::done && state != PointState::running;
        if (open && !sweep.is_invalid(std::int64_t(n))) points.push_back(std::int64_t(n));
    }
    if (points.empty()) {
        std::fprintf(stderr, "nothing to submit: %s\n",
                     counts_text(count_points(sweep, books)).c_str());
        return 0;
    }
    const SlurmJobs jobs = submit_points(sweep, points, options);
    if (arguments.json) {
        std::printf("%s\n", Json{{"directory", sweep.path().string()},
                                 {"points", jobs.n_points},
                                 {"tasks", jobs.n_tasks},
                                 {"array_job", jobs.array_job},
                                 {"collect_job", jobs.collect_job},
                                 {"command", jobs.command}}
                                .dump()
                                .c_str());
        return 0;
    }
    if (options.dry) {
        for (const std::string& word : jobs.command) std::printf("%s\n", word.c_str());
        return 0;
    }
    std::printf("%lld points in %lld tasks: job %s, collected by job %s\n%s\n",
                static_cast<long long>(jobs.n_points), static_cast<long long>(jobs.n_tasks),
                jobs.array_job.c_str(), jobs.collect_job.c_str(), sweep.path().c_str());
    std::fprintf(stderr, "look at it with: lamina sweep status %s\n", sweep.path().c_str());
    return 0;
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

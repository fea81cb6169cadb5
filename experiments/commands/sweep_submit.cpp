/// `lamina sweep submit`: the points that are not done, as an array of Slurm.
#include "experiments/commands/sweep_parts.hpp"

#include <algorithm>
#include <cstdio>

#include <nlohmann/json.hpp>

#include "experiments/sweep/slurm.hpp"
#include "experiments/sweep/sweep_words.hpp"

namespace lamina::commands {

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
        std::printf("%s\n", nlohmann::ordered_json{{"directory", sweep.path().string()},
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

} // namespace lamina::commands

/// `lamina sweep plan`: points, cost and disk, before anything runs.
#include "experiments/commands/sweep_parts.hpp"

#include <algorithm>
#include <cstdio>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "experiments/check_spec.hpp"
#include "experiments/cost.hpp"
#include "experiments/progress.hpp"
#include "experiments/sweep/sweep_words.hpp"
#include "experiments/threads.hpp"
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

} // namespace

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

} // namespace lamina::commands

/// `lamina check`: every problem of each file at once, and what its run would cost.
#include "experiments/commands/commands.hpp"

#include <fmt/format.h>

#include <cstdio>

#include "experiments/check_spec.hpp"
#include "experiments/cost.hpp"
#include "experiments/memory_need.hpp"
#include "experiments/problems.hpp"
#include "experiments/progress.hpp"
#include "experiments/threads.hpp"
#include "sim/errors.hpp"
#include "sim/run_file/io_error.hpp"

namespace lamina::commands {
namespace {

const char* plural(double n) { return n == 1 ? "" : "s"; }

/// What will be done, and for how long.
std::string cost_text(const Cost& cost, int threads) {
    if (cost.fits == 0 && cost.trials == 0)
        return "measurements without trials; their cost is not predicted";
    const std::string time =
        fmt::format("about {} on {} thread{}", duration_text(cost.seconds_on(threads)), threads,
                    plural(threads));
    if (cost.fits > 0)
        return fmt::format("{} fit{} to data and simulated data, some {:.2g} evaluations of the "
                           "law, no trials; {}",
                           cost.fits, plural(double(cost.fits)), cost.evaluations, time);
    const std::string synapses =
        cost.synapses > 0 ? fmt::format(", {:.0f} synapses", cost.synapses) : "";
    const std::string network =
        cost.neurons > 0 ? fmt::format("{:.0f} neurons{}; ", cost.neurons, synapses) : "";
    const std::string device =
        cost.device_bytes > 0
            ? fmt::format(" (on a device {})", readable_bytes(std::uint64_t(cost.device_bytes)))
            : "";
    return fmt::format("{}{} trial{} in {} variant{}, {:.3g} steps; memory {}{}, results up to {}, "
                       "{}",
                       network, cost.trials, plural(double(cost.trials)), cost.variants,
                       plural(double(cost.variants)), double(cost.steps),
                       readable_bytes(std::uint64_t(cost.memory_bytes)), device,
                       readable_bytes(std::uint64_t(cost.disk_bytes)), time);
}

} // namespace

int check(const std::vector<std::string>& files, const std::vector<std::string>& overrides,
          bool json) {
    const int threads = thread_count(0);
    nlohmann::ordered_json all = nlohmann::ordered_json::array();
    int exit_code = 0;
    for (const std::string& file : files) {
        nlohmann::ordered_json entry = {{"file", file}, {"valid", true}};
        try {
            std::vector<Problem> warnings;
            const ExperimentSpec spec = read_checked_spec(file, overrides, &warnings);
            entry["warnings"] = nlohmann::ordered_json::array();
            for (const Problem& warning : warnings)
                entry["warnings"].push_back(format_problem(warning));
            const Cost cost = predict_cost(spec, threads);
            entry["cost"] = to_json(cost);
            if (cost.memory_bytes > available_memory_bytes())
                throw SpecError(fmt::format(
                    "error[L0350]: {}: the records of {} trials need {}, and {} are free\n"
                    "  = help: lower task.trials.per_condition, or lengthen record.rates.every",
                    file, cost.trials, readable_bytes(std::uint64_t(cost.memory_bytes)),
                    readable_bytes(std::uint64_t(available_memory_bytes()))));
            std::fprintf(stderr, "%s", format_problems(warnings).c_str());
            if (!json)
                std::printf("%s: no problems, %zu warning%s\n  %s\n", file.c_str(), warnings.size(),
                            warnings.size() == 1 ? "" : "s", cost_text(cost, threads).c_str());
        } catch (const SpecError& error) {
            entry["valid"] = false;
            entry["problems"] = error.what();
            std::fprintf(stderr, "%s\n", error.what());
            exit_code = 2;
        }
        all.push_back(entry);
    }
    if (json) std::printf("%s\n", all.dump(2).c_str());
    return exit_code;
}

} // namespace lamina::commands

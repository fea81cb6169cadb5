/// `lamina run` and `lamina fit`: the file and its overrides, signals, and what is printed.
#include "experiments/commands/commands.hpp"

#include <cstdio>
#include <optional>

#include <fmt/format.h>

#include "experiments/check_spec.hpp"
#include "experiments/read_spec.hpp"
#include "experiments/run_experiment.hpp"
#include "experiments/run_record.hpp"
#include "experiments/stop_signal.hpp"
#include "experiments/sweep/ranks.hpp"
#include "experiments/threads.hpp"
#include "sim/errors.hpp"
#include "sim/run_file/folder.hpp"

namespace lamina::commands {

namespace {

ExperimentSpec read_for_run(const RunArguments& arguments, std::vector<Problem>& warnings) {
    std::vector<std::string> overrides = arguments.overrides;
    if (!arguments.seed.empty()) overrides.push_back("seed=" + arguments.seed);
    if (arguments.ignore_sweep) overrides.emplace_back(without_sweep);
    ExperimentSpec spec = read_checked_spec(arguments.file, overrides, &warnings);
    if (spec.sweep.given)
        throw SpecError(
            fmt::format("error[L0401]: {} has a `sweep:` section, and `lamina run` runs one point\n"
                        "  = help: `lamina sweep run {}` runs all; `lamina run --ignore-sweep {}` "
                        "runs the base "
                        "point",
                        arguments.file, arguments.file, arguments.file));
    return spec;
}

/// What came out, in words: on stdout, because it is the result.
void print_summary(const nlohmann::ordered_json& run, const std::string& folder,
                   const std::string& text, const nlohmann::ordered_json& profile) {
    std::printf("%s", text.c_str());
    const auto& summary = run["summary"];
    const auto number = [](const nlohmann::ordered_json& x) {
        return x.is_null() ? std::string("unknown") : fmt::format("{:.3g}", x.get<double>());
    };
    const auto entry = [&](const nlohmann::ordered_json& e) {
        if (e["mean"].is_null()) return std::string("not reached");
        if (e["ci_low"].is_null()) return number(e["mean"]); // one value has no interval
        return fmt::format("{} [{}, {}]", number(e["mean"]), number(e["ci_low"]),
                           number(e["ci_high"]));
    };
    if (summary.contains("comparison"))
        for (const auto& [name, value] : summary["comparison"].items())
            std::printf("%-26s %s\n", name.c_str(), entry(value).c_str());
    if (summary.contains("spikes"))
        std::printf("%-26s %s, by %s neurons\n", "spikes_per_token",
                    entry(summary["spikes"]["per_token"]).c_str(),
                    number(summary["spikes"]["neurons"]).c_str());
    if (summary.contains("behaviour"))
        for (const auto& [name, value] : summary["behaviour"].items())
            for (const char* quantity : {"accuracy", "circular_sd_deg"})
                if (value.contains(quantity))
                    std::printf("%-26s %s\n", (quantity + (" " + name)).c_str(),
                                entry(value[quantity]).c_str());
    if (summary.contains("representations"))
        for (const auto& [name, value] : summary["representations"].items())
            if (value.contains("confusion"))
                std::printf("%-26s %s, noise ceiling %s to %s\n", ("rho " + name).c_str(),
                            entry(value["confusion"]["mean_rho"]).c_str(),
                            number(value["ceiling_low"]).c_str(),
                            number(value["ceiling_high"]).c_str());
    for (const auto& expectation : run["expect"])
        std::printf("%-8s %s %s\n",
                    expectation["value"].is_null()   ? "unknown"
                    : expectation["met"].get<bool>() ? "pass"
                                                     : "surprise",
                    expectation["path"].get<std::string>().c_str(),
                    expectation["relation"].get<std::string>().c_str());
    if (!profile.is_null()) std::printf("%s", profile_text(profile).c_str());
    std::printf("%s\n", folder.c_str());
}

} // namespace

int run(const RunArguments& arguments) {
    if (ranks_of_launcher() > 1)
        throw DeviceError(fmt::format(
            "error[L0502]: {} ranks were started, and `lamina run` is one process\n"
            "  = note: they would all do the same work\n"
            "  = help: start one, which uses all cores; `lamina sweep run` shares points out to "
            "ranks",
            ranks_of_launcher()));
    std::optional<RunProfile> measured;
    if (arguments.profile) measured.emplace();
    std::vector<Problem> warnings;
    const ExperimentSpec spec = read_for_run(arguments, warnings);
    RunOptions options;
    options.out = arguments.out;
    options.force = arguments.force;
    options.threads = thread_count(arguments.threads);
    options.on = device_of_run(spec, arguments.device, arguments.fit);
    options.fit = arguments.fit;
    options.no_report = arguments.no_report;
    options.trace = arguments.trace;
    options.argv = arguments.argv;
    options.profile = measured ? &*measured : nullptr;

    std::optional<RunOutcome> outcome;
    {
        const StopOnSignal stop;
        outcome = run_experiment(spec, warnings, options, stop.requested());
        if (!outcome) {
            std::fprintf(stderr, "stopped by a signal: no results were written\n");
            return 128 + stop.signal();
        }
    }

    nlohmann::ordered_json where_time_went;
    if (measured) {
        where_time_went = profile_json(*measured, options.threads);
        Folder::open(outcome->folder).write("profile.json", where_time_went.dump(2) + "\n");
        seal_with(outcome->folder, {"profile.json"});
    }

    // what came out, to be read
    if (arguments.json) {
        nlohmann::ordered_json told = {{"run_dir", outcome->folder},
                                       {"summary", outcome->record["summary"]}};
        if (measured) told["profile"] = where_time_went;
        std::printf("%s\n", told.dump().c_str());
    } else
        print_summary(outcome->record, outcome->folder, outcome->text, where_time_went);
    if (arguments.strict)
        for (const auto& expectation : outcome->record["expect"])
            if (!expectation["met"].get<bool>()) return 5;
    return 0;
}

} // namespace lamina::commands

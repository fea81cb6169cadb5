/// `lamina run`: what happens, from a file to a run directory.
#include "experiments/commands/commands.hpp"

#include <fmt/format.h>

#include <csignal>
#include <cstdio>

#include "experiments/check_spec.hpp"
#include "experiments/problems.hpp"
#include "experiments/progress.hpp"
#include "experiments/resolved_spec.hpp"
#include "experiments/results.hpp"
#include "experiments/run_record.hpp"
#include "experiments/summary.hpp"
#include "experiments/threads.hpp"
#include "experiments/version.hpp"
#include "sim/errors.hpp"
#include "sim/run_file/sha256.hpp"

namespace lamina::commands {

namespace {

std::atomic<bool> stop_requested{false};
volatile std::sig_atomic_t stop_signal = 0;

/// The first signal ends the run after the trials in flight; a second one ends it at once.
extern "C" void on_signal(int signal) {
    if (stop_requested.exchange(true)) {
        std::signal(signal, SIG_DFL);
        std::raise(signal);
    }
    stop_signal = signal;
}

ExperimentSpec read(const RunArguments& arguments, std::vector<Problem>& warnings) {
    std::vector<std::string> overrides = arguments.overrides;
    if (arguments.seed) overrides.push_back("seed=" + std::to_string(*arguments.seed));
    if (!arguments.device.empty()) overrides.push_back("simulation.device=" + arguments.device);
    ExperimentSpec spec = read_checked_spec(arguments.file, overrides, &warnings);
    if (spec.has_sweep && !arguments.ignore_sweep)
        throw SpecError(fmt::format(
            "error[L0401]: {} has a `sweep:` section, and `lamina run` runs one point\n"
            "  = note: `lamina sweep run` is for sweeps, and is not in this version\n"
            "  = help: `lamina run --ignore-sweep {}` runs the base point; `vary:` crosses a few "
            "factors within one run",
            arguments.file, arguments.file));
    if (spec.device.rfind("cuda", 0) == 0)
        throw DeviceError(
            fmt::format("error[L0501]: device `{}` is not available: this version computes "
                        "rates on the CPU only\n  = help: write `device: cpu`, or leave it out",
                        spec.device));
    return spec;
}

std::int64_t count_trials(const std::vector<VariantRun>& runs) {
    std::int64_t n = 0;
    for (const VariantRun& run : runs) n += run.task->n_trials();
    return n;
}

void say_what_will_run(RunLog& log, const ExperimentSpec& spec, const std::vector<VariantRun>& runs,
                       int threads) {
    const AreaSpec& area = spec.area;
    log.say(fmt::format("{}  {}  seed {}  cpu, {} thread{}", version_text(), spec.file, spec.seed,
                        threads, threads == 1 ? "" : "s"));
    log.say(fmt::format("column  {} columns, {} heads, d_model {}, d_head {}; {}, {}; dt {:g} ms",
                        area.columns, area.heads, area.d_model, area.d_head, area.score,
                        area.inhibition, area.dt_ms));
    log.say(fmt::format("task    {}, {} trials{}", spec.task.type, count_trials(runs),
                        runs.size() > 1 ? fmt::format(" in {} variants", runs.size()) : ""));
}

/// The root attributes of results.h5: what makes this run this run, and no time of day.
void add_provenance(Image& image, const ExperimentSpec& spec, const std::string& weights_sha256) {
    image.attribute("", "title", spec.title.empty() ? spec.name : spec.title);
    image.attribute("", "Conventions", "CF-1.10");
    image.attribute("", "lamina_format", 1);
    image.attribute("", "lamina_version", build_info().version);
    image.attribute("", "spec", resolved_json(spec).dump());
    image.attribute("", "spec_sha256", sha256_of(resolved_json(spec).dump()));
    image.attribute("", "seed", std::uint64_t(spec.seed));
    image.attribute("", "weights_sha256", weights_sha256);
}

/// What came out, in words: on stdout, because it is the result.
void print_summary(const nlohmann::ordered_json& run, const std::string& folder) {
    const auto& summary = run["summary"];
    const auto entry = [](const nlohmann::ordered_json& e) {
        if (e["mean"].is_null()) return std::string("not reached");
        return fmt::format("{:.3g} [{:.3g}, {:.3g}]", e["mean"].get<double>(),
                           e["ci_low"].get<double>(), e["ci_high"].get<double>());
    };
    if (summary.contains("comparison"))
        for (const auto& [name, value] : summary["comparison"].items())
            std::printf("%-26s %s\n", name.c_str(), entry(value).c_str());
    if (summary.contains("behaviour"))
        for (const auto& [name, value] : summary["behaviour"].items())
            std::printf("%-26s %s\n", ("accuracy " + name).c_str(),
                        entry(value["accuracy"]).c_str());
    for (const auto& expectation : run["expect"])
        std::printf("%-8s %s %s\n", expectation["met"].get<bool>() ? "pass" : "surprise",
                    expectation["path"].get<std::string>().c_str(),
                    expectation["relation"].get<std::string>().c_str());
    std::printf("%s\n", folder.c_str());
}

} // namespace

int run(const RunArguments& arguments) {
    // the file, and everything that it spans
    RunLog log;
    std::vector<Problem> problems;
    const ExperimentSpec spec = read(arguments, problems);
    std::vector<std::string> warnings;
    for (const Problem& problem : problems) warnings.push_back(format_problem(problem));
    const int threads = thread_count(arguments.threads);
    std::vector<VariantRun> runs;
    for (const Variant& variant : variants_of(spec)) runs.push_back(prepare(variant));
    if (arguments.trace >= runs.front().task->n_trials())
        throw SpecError(fmt::format("error[L0402]: --trace {}: the run has trials 0 to {}\n"
                                    "  = help: give one of these",
                                    arguments.trace, runs.front().task->n_trials() - 1));
    RunWriter writer(make_run_folder(spec, arguments.out, arguments.force));
    const std::string folder = writer.folder().path().string();
    say_what_will_run(log, spec, runs, threads);
    for (const std::string& warning : warnings) log.say(warning);
    if (spec.device == "auto") log.say("device  auto: cpu, the only one in this version");
    log.say("output  " + folder);
    log.event("start", {{"trials", count_trials(runs)}, {"variants", runs.size()}});

    // the trials
    std::signal(SIGINT, on_signal);
    std::signal(SIGTERM, on_signal);
    RunFacts facts;
    {
        Progress progress("trials", count_trials(runs));
        for (VariantRun& run : runs) {
            run_variant(
                run, threads, &run == &runs.front() ? arguments.trace : -1,
                [&] { progress.tick(); }, stop_requested);
            log.event("variant", {{"label", run.variant.label}, {"trials", run.records.size()}});
        }
        facts.seconds = progress.seconds();
    }
    if (stop_requested) {
        std::fprintf(stderr, "stopped by a signal: no results were written to %s\n",
                     folder.c_str());
        return 128 + stop_signal;
    }

    // what came out, as files; run.json last
    const nlohmann::ordered_json summary = summary_of(runs);
    facts.argv = arguments.argv;
    facts.warnings = warnings;
    facts.threads = threads;
    facts.weights_sha256 = weights_hash(runs.front().weights);
    facts.cost = {{"trials", count_trials(runs)},
                  {"seconds_per_trial", facts.seconds * threads / double(count_trials(runs))}};
    log.say(
        fmt::format("done    {} trials in {}", count_trials(runs), duration_text(facts.seconds)));
    log.event("done");
    Image results;
    add_provenance(results, spec, facts.weights_sha256);
    add_results(results, runs);
    writer.write("results.h5", results.finish());
    if (arguments.trace >= 0) {
        Image trace;
        add_provenance(trace, spec, facts.weights_sha256);
        add_trace(trace, runs.front());
        writer.write("trace.h5", trace.finish());
    }
    writer.write("spec.yaml", spec.text);
    writer.write("spec.resolved.yaml", resolved_spec(spec));
    writer.write("README.txt", readme_text(spec, folder));
    writer.write("run.log", log.text());
    writer.write("events.jsonl", log.events());
    const nlohmann::ordered_json record = run_json(spec, log, facts, summary);
    writer.finish(record);
    if (!arguments.no_report) write_report_and_seal(folder);

    // what came out, to be read
    if (arguments.json)
        std::printf(
            "%s\n",
            nlohmann::ordered_json{{"run_dir", folder}, {"summary", summary}}.dump().c_str());
    else
        print_summary(record, folder);
    if (arguments.strict)
        for (const auto& expectation : record["expect"])
            if (!expectation["met"].get<bool>()) return 5;
    return 0;
}

} // namespace lamina::commands

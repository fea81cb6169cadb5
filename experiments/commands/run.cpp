/// `lamina run` and `lamina fit`: what happens, from a file to a run directory.
#include "experiments/commands/commands.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <functional>
#include <optional>

#include "experiments/check_spec.hpp"
#include "experiments/circuits/resting_state.hpp"
#include "experiments/column_spikes.hpp"
#include "experiments/fit/run_fit.hpp"
#include "experiments/fit/set_size.hpp"
#include "experiments/input_files.hpp"
#include "experiments/problems.hpp"
#include "experiments/progress.hpp"
#include "experiments/representations.hpp"
#include "experiments/resolved_spec.hpp"
#include "experiments/results.hpp"
#include "experiments/run_device.hpp"
#include "experiments/run_profile.hpp"
#include "experiments/run_record.hpp"
#include "experiments/studies.hpp"
#include "experiments/summary.hpp"
#include "experiments/threads.hpp"
#include "experiments/version.hpp"
#include "sim/area.hpp"
#include "sim/column_cells.hpp"
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

ExperimentSpec read_for_run(const RunArguments& arguments, std::vector<Problem>& warnings) {
    std::vector<std::string> overrides = arguments.overrides;
    if (!arguments.seed.empty()) overrides.push_back("seed=" + arguments.seed);
    ExperimentSpec spec = read_checked_spec(arguments.file, overrides, &warnings);
    if (spec.has_sweep && !arguments.ignore_sweep)
        throw SpecError(fmt::format(
            "error[L0401]: {} has a `sweep:` section, and `lamina run` runs one point\n"
            "  = note: `lamina sweep run` is for sweeps, and is not in this version\n"
            "  = help: `lamina run --ignore-sweep {}` runs the base point; `vary:` crosses a few "
            "factors within one run",
            arguments.file, arguments.file));
    return spec;
}

void turn_to(RunProfile* profile, RunPhase phase) {
    if (profile) profile->clock.turn_to(phase);
}

/// What a run computes: trials of the column beside its block, or the PV loop alone.
struct Work {
    std::string what;           ///< one line about the task
    std::int64_t n_items = 0;   ///< how often the progress bar moves
    std::string weights_sha256; ///< "" when there are none
    std::function<nlohmann::ordered_json(const std::function<void()>& progress)>
        compute; ///< summary
    std::function<void(Image&)> add_groups;
    std::function<void(Image&)> add_trace;
    using NamedImages = std::vector<std::pair<std::string, std::function<void(Image&)>>>;
    std::function<NamedImages()> spike_files; ///< asked for after compute
    std::function<std::string()> text;        ///< for stdout, beside the summary
    std::string file;                         ///< name of one more file, "" without
    std::function<std::string()> file_text;
    const char* items = "trials";
    std::vector<ResultsGroup> groups;       ///< of results.h5, for README.txt
    RunPhase phase = RunPhase::integrating; ///< what compute begins with
};

/// What the trials of one variant took: its neurons, 0 when it has rates, and processor seconds.
nlohmann::ordered_json cost_of(const VariantRun& run, double processor_seconds) {
    const ExperimentSpec& spec = run.variant.spec;
    std::int64_t n_neurons = 0, n_synapses = 0;
    if (spec.area.spiking.on) {
        for (const PopulationSpikes& one : spiking_populations(spec.area))
            n_neurons += one.n_neurons;
        for (const ColumnSynapses& one : column_synapses(spec.area)) n_synapses += one.n;
    }
    return {{"label", run.variant.label},
            {"neurons", n_neurons},
            {"synapses", n_synapses},
            {"processor_seconds_per_trial",
             processor_seconds / double(std::max<std::size_t>(1, run.records.size()))}};
}

/// @param runs, representations  kept by the caller; prepared here, run by compute
/// @param costs                  filled by compute, of each variant when there are several
/// @param profile                if given, compute tells what it does
Work trials_of(const ExperimentSpec& spec, const RunArguments& arguments, int threads,
               const Device& device, std::vector<VariantRun>& runs,
               Representations& representations, nlohmann::ordered_json& costs, RunLog& log,
               RunProfile* profile) {
    for (const Variant& variant : variants_of(spec)) runs.push_back(prepare(variant));
    const std::int64_t n_first = runs.front().task->n_trials();
    if (arguments.trace >= n_first)
        throw SpecError(fmt::format("error[L0402]: --trace {}: the run has trials 0 to {}\n"
                                    "  = help: give one of these",
                                    arguments.trace, n_first - 1));
    const AreaSpec& area = spec.area;
    Work work;
    for (const VariantRun& run : runs) work.n_items += run.task->n_trials();
    work.what = fmt::format("column  {} columns, {} heads, d_model {}, d_head {}; {}, {}; dt {:g} "
                            "ms\ntask    {}, {} trials{}",
                            area.columns, area.heads, area.d_model, area.d_head, area.score,
                            area.inhibition, area.dt_ms, spec.task.type, work.n_items,
                            runs.size() > 1 ? fmt::format(" in {} variants", runs.size()) : "");
    work.weights_sha256 = weights_hash(runs.front().weights);
    work.groups = {{"comparison", "column against block"}, {"rates", "activity by population"}};
    if (runs.front().task->trial(0).asks)
        work.groups.push_back({"trials", "what was shown and answered"});
    work.compute = [&runs, &representations, &costs, &log, &arguments, &device, threads,
                    profile](const std::function<void()>& progress) {
        for (VariantRun& run : runs) {
            const std::clock_t start = std::clock();
            run_variant(run, threads, device, &run == &runs.front() ? arguments.trace : -1,
                        progress, stop_requested, profile ? &profile->steps : nullptr);
            if (runs.size() > 1)
                costs.push_back(cost_of(run, double(std::clock() - start) / CLOCKS_PER_SEC));
            log.event("variant", {{"label", run.variant.label}, {"trials", run.records.size()}});
        }
        turn_to(profile, RunPhase::representing);
        representations = represent(runs.front(), threads, stop_requested);
        if (stop_requested) return nlohmann::ordered_json();
        turn_to(profile, RunPhase::summarising);
        nlohmann::ordered_json summary = summary_of(runs);
        if (auto found = representations_summary(representations); !found.is_null())
            summary["representations"] = std::move(found);
        return summary;
    };
    work.add_groups = [&runs, &representations](Image& image) {
        add_results(image, runs);
        add_representations(image, representations);
    };
    work.spike_files = [&runs] { return column_spike_files(runs); };
    if (arguments.trace >= 0)
        work.add_trace = [&runs](Image& image) { add_trace(image, runs.front()); };
    return work;
}

Work study_work(const Study& study, const ExperimentSpec& spec, const RunArguments& arguments,
                int threads, StudyRun& found) {
    if (arguments.trace >= 0)
        throw SpecError(fmt::format(
            "error[L0402]: --trace: {} has no trials\n  = help: leave --trace out", study.task));
    Work work;
    work.items = "measurements";
    work.groups = study.groups;
    work.n_items = study_items(study, spec);
    work.what =
        fmt::format("task    {}, {}: {} measurements", study.task, study.alone, work.n_items);
    work.compute = [&study, &spec, &found, threads](const std::function<void()>& progress) {
        found = run_study(study, spec, threads, progress, stop_requested);
        return found.summary;
    };
    work.add_groups = [&found](Image& image) { found.add_groups(image); };
    return work;
}

Work fit_of(const ExperimentSpec& spec, const RunArguments& arguments, int threads, FitRun& fit) {
    if (!spec.fit.given())
        throw SpecError(
            fmt::format("error[L0375]: {} has no `fit:`, so there is nothing to fit\n"
                        "  = help: write fit: {{to: van_den_berg_2012_colour, conditions: [1, 4, "
                        "8], free: [memory.encoding.counts, memory.motor_noise]}}",
                        arguments.file));
    if (spec.task.type == "set_size")
        throw SpecError(fmt::format("error[L0375]: {} compares accounts, and fits them itself\n"
                                    "  = help: lamina run {}",
                                    arguments.file, arguments.file));
    if (!spec.vary.empty())
        throw SpecError("error[L0375]: `lamina fit` fits one spec, and this one has `vary:`\n"
                        "  = help: remove `vary:`, and give its values as overrides, one fit each");
    Work work;
    work.phase = RunPhase::fitting;
    work.items = "fits";
    work.n_items = fit_items(spec);
    work.groups = {{"fit/values", "what was found, with intervals"},
                   {"fit/conditions", "people and law by set size"}};
    work.what = fmt::format("fit     {} free value{}, account {}, {} simulated data sets",
                            spec.fit.free.size(), spec.fit.free.size() == 1 ? "" : "s",
                            spec.fit.account, spec.fit.bootstrap);
    work.compute = [&spec, &fit, threads](const std::function<void()>& progress) {
        fit = run_fit(spec, threads, progress, stop_requested);
        return fit.summary;
    };
    work.add_groups = [&fit](Image& image) { fit.add_groups(image); };
    work.text = [&fit] { return fit.text; };
    work.file = "fitted.yaml";
    work.file_text = [&fit] { return fit.fitted_yaml; };
    return work;
}

Work set_size_of(const ExperimentSpec& spec, const RunArguments& arguments, int threads,
                 SetSizeRun& found) {
    if (arguments.trace >= 0 || !spec.vary.empty())
        throw SpecError("error[L0402]: set_size runs no trials: there is nothing to trace or vary\n"
                        "  = help: leave --trace and `vary:` out");
    Work work;
    work.phase = RunPhase::fitting;
    work.items = "fits";
    work.n_items = set_size_items(spec);
    work.groups = {{"set_size/accounts", "how each account fits and foretells"},
                   {"set_size/separation", "what tells them apart"}};
    work.what =
        fmt::format("task    set_size, three accounts of capacity, {} simulated experiments "
                    "of each",
                    spec.task.recoveries);
    work.compute = [&spec, &found, threads](const std::function<void()>& progress) {
        found = run_set_size(spec, threads, progress, stop_requested);
        return found.summary;
    };
    work.add_groups = [&found](Image& image) { found.add_groups(image); };
    work.text = [&found] { return found.text; };
    return work;
}

Work resting_state_of(const ExperimentSpec& spec, const RunArguments& arguments, int threads,
                      const Device& device, RestingStateRun& rest) {
    if (arguments.trace >= 0)
        throw SpecError(
            "error[L0402]: --trace: resting_state has no trials\n  = help: leave --trace out");
    Work work;
    work.items = "pieces of 100 ms";
    work.n_items = resting_state_items(spec);
    work.what = resting_state_words(spec);
    work.compute = [&spec, &rest, &device, threads](const std::function<void()>& progress) {
        rest = run_resting_state(spec, threads, device, progress, stop_requested);
        return rest.summary;
    };
    work.add_groups = [&rest](Image& image) { rest.add_groups(image); };
    work.spike_files = [&rest] { return rest.spike_files; };
    work.text = [&rest] { return rest.text; };
    return work;
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
    if (!weights_sha256.empty()) image.attribute("", "weights_sha256", weights_sha256);
}

void remove_if_empty(const std::string& folder) {
    std::error_code kept; // not empty, or gone already
    std::filesystem::remove(folder, kept);
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
    // the file, and everything that it spans
    RunLog log;
    std::optional<RunProfile> measured;
    if (arguments.profile) measured.emplace();
    RunProfile* const profile = measured ? &*measured : nullptr;
    std::vector<Problem> problems;
    const ExperimentSpec spec = read_for_run(arguments, problems);
    std::vector<std::string> warnings;
    for (const Problem& problem : problems) warnings.push_back(format_problem(problem));
    const int threads = thread_count(arguments.threads);
    const RunDevice on = device_of_run(spec, arguments.device, arguments.fit);
    turn_to(profile, RunPhase::preparing);
    std::vector<VariantRun> runs;
    Representations representations;
    nlohmann::ordered_json costs; // of each variant
    StudyRun studied;
    const Study* const study = study_of(spec);
    FitRun fit;
    SetSizeRun set_size;
    RestingStateRun rest;
    const Work work = arguments.fit ? fit_of(spec, arguments, threads, fit)
                      : spec.task.type == "set_size"
                          ? set_size_of(spec, arguments, threads, set_size)
                      : spec.task.type == "resting_state"
                          ? resting_state_of(spec, arguments, threads, on.device, rest)
                      : study ? study_work(*study, spec, arguments, threads, studied)
                              : trials_of(spec, arguments, threads, on.device, runs,
                                          representations, costs, log, profile);
    RunFacts facts;
    facts.device = on.words;
    facts.inputs = inputs_json(spec);
    // from the folder on, a signal ends the run in order
    const int stopping[] = {SIGINT, SIGTERM, SIGUSR1, SIGHUP};
    for (const int signal : stopping) std::signal(signal, on_signal);
    RunWriter writer(make_run_folder(spec, arguments.out, arguments.force));
    const std::string folder = writer.folder().path().string();
    log.say(fmt::format("{}  {}  seed {}  {}, {} thread{}", version_text(), spec.file, spec.seed,
                        on.words, threads, threads == 1 ? "" : "s"));
    log.say(work.what);
    for (const std::string& warning : warnings) log.say(warning);
    if (!on.note.empty()) log.say(on.note);
    log.say("output  " + folder);
    log.event("start", {{"items", work.n_items}});

    // the trials
    nlohmann::ordered_json summary;
    {
        Progress progress(work.items, work.n_items);
        turn_to(profile, work.phase);
        try {
            summary = work.compute([&] { progress.tick(); });
        } catch (...) {
            remove_if_empty(folder);
            throw;
        }
        facts.seconds = progress.seconds();
    }
    for (const int signal : stopping) std::signal(signal, SIG_DFL);
    if (stop_requested) {
        remove_if_empty(folder);
        std::fprintf(stderr, "stopped by a signal: no results were written\n");
        return 128 + stop_signal;
    }

    // what came out, as files; run.json last
    turn_to(profile, RunPhase::writing);
    facts.argv = arguments.argv;
    facts.warnings = warnings;
    facts.threads = threads;
    facts.weights_sha256 = work.weights_sha256;
    facts.cost = {{"items", work.n_items},
                  {"seconds_per_trial", facts.seconds * threads / double(work.n_items)}};
    if (!costs.is_null()) facts.cost["variants"] = costs;
    log.say(
        fmt::format("done    {} {} in {}", work.n_items, work.items, duration_text(facts.seconds)));
    log.event("done");
    const auto write_results = [&](const std::vector<Prediction>& predictions) {
        Image results;
        add_provenance(results, spec, facts.weights_sha256);
        work.add_groups(results);
        add_predictions(results, predictions);
        writer.write("results.h5", results.finish());
    };
    try {
        write_results({});
    } catch (...) {
        remove_if_empty(folder);
        throw;
    }
    if (work.add_trace) {
        Image trace;
        add_provenance(trace, spec, facts.weights_sha256);
        work.add_trace(trace);
        writer.write("trace.h5", trace.finish());
    }
    for (const auto& [name, add_spikes] :
         work.spike_files ? work.spike_files() : Work::NamedImages()) {
        Image spikes;
        add_spikes(spikes);
        writer.write(name, spikes.finish());
    }
    if (work.file_text) writer.write(work.file, work.file_text());
    writer.write("spec.yaml", spec.text);
    writer.write("spec.resolved.yaml", resolved_spec(spec));
    writer.write("README.txt",
                 readme_text(spec, folder, arguments.fit ? "fit" : "run", work.groups));
    writer.write("run.log", log.text());
    writer.write("events.jsonl", log.events());
    nlohmann::ordered_json record = run_json(spec, log, facts, summary);
    writer.finish(record);
    if (spec.analysis.predict) {
        // predictions look at the finished run, and then become part of it
        std::fprintf(stderr, "predictions are simulated\n");
        turn_to(profile, RunPhase::predicting);
        const std::vector<Prediction> predictions = predict(RunDirectory::open(folder), threads);
        write_results(predictions);
        record["predictions"] = predictions_json(predictions);
        writer.finish(record);
    }
    if (!arguments.no_report) {
        turn_to(profile, RunPhase::reporting);
        write_report_and_seal(folder);
        std::fprintf(stderr, "report  %s/report.html\n", folder.c_str());
    }

    nlohmann::ordered_json where_time_went;
    if (profile) {
        where_time_went = profile_json(*profile, threads);
        Folder::open(folder).write("profile.json", where_time_went.dump(2) + "\n");
        seal_with(folder, {"profile.json"});
    }

    // what came out, to be read
    if (arguments.json) {
        nlohmann::ordered_json told = {{"run_dir", folder}, {"summary", summary}};
        if (profile) told["profile"] = where_time_went;
        std::printf("%s\n", told.dump().c_str());
    } else
        print_summary(record, folder, work.text ? work.text() : "", where_time_went);
    if (arguments.strict)
        for (const auto& expectation : record["expect"])
            if (!expectation["met"].get<bool>()) return 5;
    return 0;
}

} // namespace lamina::commands

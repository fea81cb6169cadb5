#include "experiments/run_experiment.hpp"

#include <algorithm>
#include <ctime>
#include <filesystem>

#include <fmt/format.h>

#include "experiments/circuits/resting_state.hpp"
#include "experiments/column_spikes.hpp"
#include "experiments/experiment.hpp"
#include "experiments/fit/run_fit.hpp"
#include "experiments/fit/set_size.hpp"
#include "experiments/input_files.hpp"
#include "experiments/progress.hpp"
#include "experiments/representations.hpp"
#include "experiments/resolved_spec.hpp"
#include "experiments/results.hpp"
#include "experiments/run_record.hpp"
#include "experiments/studies.hpp"
#include "experiments/summary.hpp"
#include "experiments/version.hpp"
#include "sim/column_cells.hpp"
#include "sim/errors.hpp"
#include "sim/run_file/sha256.hpp"

namespace lamina {
namespace {

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

/// One experiment while it runs, and what came out of it.
class ExperimentRun {
  public:
    ExperimentRun(const ExperimentSpec& spec, const RunOptions& options,
                  const std::atomic<bool>& stop)
        : spec_(spec), options_(options), stop_(stop), log_(options.quiet), study_(study_of(spec)) {
    }

    std::optional<RunOutcome> go(const std::vector<Problem>& problems);

  private:
    Work prepare_work() {
        if (options_.fit) return fits();
        if (spec_.task.type == "set_size") return accounts();
        if (spec_.task.type == "resting_state") return resting();
        return study_ ? measurements() : trials();
    }
    Work trials();
    Work measurements(); ///< of a study
    Work fits();
    Work accounts(); ///< of capacity, each fitted
    Work resting();

    void write_results(RunWriter&, const Work&, const std::vector<Prediction>&);
    void write_files(RunWriter&, const Work&);
    nlohmann::ordered_json write_record(RunWriter&, const Work&, RunFacts&,
                                        const nlohmann::ordered_json& summary);
    void turn_to(RunPhase phase) {
        if (options_.profile) options_.profile->clock.turn_to(phase);
    }

    const ExperimentSpec& spec_;
    const RunOptions& options_;
    const std::atomic<bool>& stop_;
    RunLog log_;
    const Study* study_;
    std::vector<VariantRun> runs_;
    Representations representations_;
    nlohmann::ordered_json costs_; ///< of each variant when there are several
    StudyRun studied_;
    FitRun fit_;
    SetSizeRun set_size_;
    RestingStateRun rest_;
};

Work ExperimentRun::trials() {
    for (const Variant& variant : variants_of(spec_)) runs_.push_back(prepare(variant));
    const std::int64_t n_first = runs_.front().task->n_trials();
    if (options_.trace >= n_first)
        throw SpecError(fmt::format("error[L0402]: --trace {}: the run has trials 0 to {}\n"
                                    "  = help: give one of these",
                                    options_.trace, n_first - 1));
    const AreaSpec& area = spec_.area;
    Work work;
    for (const VariantRun& run : runs_) work.n_items += run.task->n_trials();
    work.what = fmt::format("column  {} columns, {} heads, d_model {}, d_head {}; {}, {}; dt {:g} "
                            "ms\ntask    {}, {} trials{}",
                            area.columns, area.heads, area.d_model, area.d_head, area.score,
                            area.inhibition, area.dt_ms, spec_.task.type, work.n_items,
                            runs_.size() > 1 ? fmt::format(" in {} variants", runs_.size()) : "");
    work.weights_sha256 = weights_hash(runs_.front().weights);
    work.groups = {{"comparison", "column against block"}, {"rates", "activity by population"}};
    if (runs_.front().task->trial(0).asks)
        work.groups.push_back({"trials", "what was shown and answered"});
    work.compute = [this](const std::function<void()>& progress) {
        for (VariantRun& run : runs_) {
            const std::clock_t start = std::clock();
            run_variant(run, options_.threads, options_.on.device,
                        &run == &runs_.front() ? options_.trace : -1, progress, stop_,
                        options_.profile ? &options_.profile->steps : nullptr);
            if (runs_.size() > 1)
                costs_.push_back(cost_of(run, double(std::clock() - start) / CLOCKS_PER_SEC));
            log_.event("variant", {{"label", run.variant.label}, {"trials", run.records.size()}});
        }
        turn_to(RunPhase::representing);
        representations_ = represent(runs_.front(), options_.threads, stop_);
        if (stop_) return nlohmann::ordered_json();
        turn_to(RunPhase::summarising);
        nlohmann::ordered_json summary = summary_of(runs_);
        if (auto found = representations_summary(representations_); !found.is_null())
            summary["representations"] = std::move(found);
        return summary;
    };
    work.add_groups = [this](Image& image) {
        add_results(image, runs_);
        add_representations(image, representations_);
    };
    work.spike_files = [this] { return column_spike_files(runs_); };
    if (options_.trace >= 0)
        work.add_trace = [this](Image& image) { add_trace(image, runs_.front()); };
    return work;
}

Work ExperimentRun::measurements() {
    if (options_.trace >= 0)
        throw SpecError(fmt::format(
            "error[L0402]: --trace: {} has no trials\n  = help: leave --trace out", study_->task));
    Work work;
    work.items = "measurements";
    work.groups = study_->groups;
    work.n_items = study_items(*study_, spec_);
    work.what =
        fmt::format("task    {}, {}: {} measurements", study_->task, study_->alone, work.n_items);
    work.compute = [this](const std::function<void()>& progress) {
        studied_ = run_study(*study_, spec_, options_.threads, progress, stop_);
        return studied_.summary;
    };
    work.add_groups = [this](Image& image) { studied_.add_groups(image); };
    return work;
}

Work ExperimentRun::fits() {
    if (!spec_.fit.given())
        throw SpecError(
            fmt::format("error[L0375]: {} has no `fit:`, so there is nothing to fit\n"
                        "  = help: write fit: {{to: van_den_berg_2012_colour, conditions: [1, 4, "
                        "8], free: [memory.encoding.counts, memory.motor_noise]}}",
                        spec_.file));
    if (spec_.task.type == "set_size")
        throw SpecError(fmt::format("error[L0375]: {} compares accounts, and fits them itself\n"
                                    "  = help: lamina run {}",
                                    spec_.file, spec_.file));
    if (!spec_.vary.empty())
        throw SpecError("error[L0375]: `lamina fit` fits one spec, and this one has `vary:`\n"
                        "  = help: remove `vary:`, and give its values as overrides, one fit each");
    Work work;
    work.phase = RunPhase::fitting;
    work.items = "fits";
    work.n_items = fit_items(spec_);
    work.groups = {{"fit/values", "what was found, with intervals"},
                   {"fit/conditions", "people and law by set size"}};
    work.what = fmt::format("fit     {} free value{}, account {}, {} simulated data sets",
                            spec_.fit.free.size(), spec_.fit.free.size() == 1 ? "" : "s",
                            spec_.fit.account, spec_.fit.bootstrap);
    work.compute = [this](const std::function<void()>& progress) {
        fit_ = run_fit(spec_, options_.threads, progress, stop_);
        return fit_.summary;
    };
    work.add_groups = [this](Image& image) { fit_.add_groups(image); };
    work.text = [this] { return fit_.text; };
    work.file = "fitted.yaml";
    work.file_text = [this] { return fit_.fitted_yaml; };
    return work;
}

Work ExperimentRun::accounts() {
    if (options_.trace >= 0 || !spec_.vary.empty())
        throw SpecError("error[L0402]: set_size runs no trials: there is nothing to trace or vary\n"
                        "  = help: leave --trace and `vary:` out");
    Work work;
    work.phase = RunPhase::fitting;
    work.items = "fits";
    work.n_items = set_size_items(spec_);
    work.groups = {{"set_size/accounts", "how each account fits and foretells"},
                   {"set_size/separation", "what tells them apart"}};
    work.what =
        fmt::format("task    set_size, three accounts of capacity, {} simulated experiments "
                    "of each",
                    spec_.task.recoveries);
    work.compute = [this](const std::function<void()>& progress) {
        set_size_ = run_set_size(spec_, options_.threads, progress, stop_);
        return set_size_.summary;
    };
    work.add_groups = [this](Image& image) { set_size_.add_groups(image); };
    work.text = [this] { return set_size_.text; };
    return work;
}

Work ExperimentRun::resting() {
    if (options_.trace >= 0)
        throw SpecError(
            "error[L0402]: --trace: resting_state has no trials\n  = help: leave --trace out");
    Work work;
    work.items = "pieces of 100 ms";
    work.n_items = resting_state_items(spec_);
    work.what = resting_state_words(spec_);
    work.compute = [this](const std::function<void()>& progress) {
        rest_ = run_resting_state(spec_, options_.threads, options_.on.device, progress, stop_);
        return rest_.summary;
    };
    work.add_groups = [this](Image& image) { rest_.add_groups(image); };
    work.spike_files = [this] { return rest_.spike_files; };
    work.text = [this] { return rest_.text; };
    return work;
}

std::optional<RunOutcome> ExperimentRun::go(const std::vector<Problem>& problems) {
    turn_to(RunPhase::preparing);
    const Work work = prepare_work();
    RunFacts facts;
    for (const Problem& problem : problems) facts.warnings.push_back(format_problem(problem));
    facts.device = options_.on.words;
    facts.inputs = inputs_json(spec_);
    facts.argv = options_.argv;
    facts.threads = options_.threads;
    facts.weights_sha256 = work.weights_sha256;
    if (stop_) return std::nullopt;

    RunWriter writer(make_run_folder(spec_, options_.out, options_.force));
    const std::string folder = writer.folder().path().string();
    log_.say(fmt::format("{}  {}  seed {}  {}, {} thread{}", version_text(), spec_.file, spec_.seed,
                         options_.on.words, options_.threads, options_.threads == 1 ? "" : "s"));
    log_.say(work.what);
    for (const std::string& warning : facts.warnings) log_.say(warning);
    if (!options_.on.note.empty()) log_.say(options_.on.note);
    log_.say("output  " + (options_.called.empty() ? folder : options_.called));
    log_.event("start", {{"items", work.n_items}});

    // the trials
    nlohmann::ordered_json summary;
    {
        Progress progress(work.items, work.n_items, options_.quiet);
        turn_to(work.phase);
        try {
            summary = work.compute([&] { progress.tick(); });
        } catch (...) {
            remove_if_empty(folder);
            throw;
        }
        facts.seconds = progress.seconds();
    }
    if (stop_) {
        remove_if_empty(folder);
        return std::nullopt;
    }

    // what came out, as files; run.json last
    turn_to(RunPhase::writing);
    log_.say(
        fmt::format("done    {} {} in {}", work.n_items, work.items, duration_text(facts.seconds)));
    log_.event("done");
    try {
        write_results(writer, work, {});
    } catch (...) {
        remove_if_empty(folder);
        throw;
    }
    write_files(writer, work);
    nlohmann::ordered_json record = write_record(writer, work, facts, summary);
    if (!options_.no_report) {
        turn_to(RunPhase::reporting);
        write_report_and_seal(folder);
        if (!options_.quiet) std::fprintf(stderr, "report  %s/report.html\n", folder.c_str());
    }
    return RunOutcome{folder, std::move(record), work.text ? work.text() : ""};
}

void ExperimentRun::write_results(RunWriter& writer, const Work& work,
                                  const std::vector<Prediction>& predictions) {
    Image results;
    add_provenance(results, spec_, work.weights_sha256);
    work.add_groups(results);
    add_predictions(results, predictions);
    writer.write("results.h5", results.finish());
}

void ExperimentRun::write_files(RunWriter& writer, const Work& work) {
    if (work.add_trace) {
        Image trace;
        add_provenance(trace, spec_, work.weights_sha256);
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
    writer.write("spec.yaml", spec_.text);
    writer.write("spec.resolved.yaml", resolved_spec(spec_));
    const std::string called =
        options_.called.empty() ? writer.folder().path().string() : options_.called;
    writer.write("README.txt",
                 readme_text(spec_, called, options_.fit ? "fit" : "run", work.groups));
    writer.write("run.log", log_.text());
    writer.write("events.jsonl", log_.events());
}

nlohmann::ordered_json ExperimentRun::write_record(RunWriter& writer, const Work& work,
                                                   RunFacts& facts,
                                                   const nlohmann::ordered_json& summary) {
    facts.cost = {{"items", work.n_items},
                  {"seconds_per_trial", facts.seconds * options_.threads / double(work.n_items)}};
    if (!costs_.is_null()) facts.cost["variants"] = costs_;
    nlohmann::ordered_json record = run_json(spec_, log_, facts, summary);
    writer.finish(record);
    if (!spec_.analysis.predict) return record;

    // predictions look at the finished run, and then become part of it
    if (!options_.quiet) std::fprintf(stderr, "predictions are simulated\n");
    turn_to(RunPhase::predicting);
    const std::vector<Prediction> predictions =
        predict(RunDirectory::open(writer.folder().path()), options_.threads);
    write_results(writer, work, predictions);
    record["predictions"] = predictions_json(predictions);
    writer.finish(record);
    return record;
}

} // namespace

std::optional<RunOutcome> run_experiment(const ExperimentSpec& spec,
                                         const std::vector<Problem>& warnings,
                                         const RunOptions& options, const std::atomic<bool>& stop) {
    return ExperimentRun(spec, options, stop).go(warnings);
}

} // namespace lamina

#include "experiments/check_spec.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "experiments/circuits/circuit_fields.hpp"
#include "experiments/circuits/circuit_problems.hpp"
#include "experiments/data_path.hpp"
#include "experiments/fields.hpp"
#include "experiments/fit/setup.hpp"
#include "experiments/given_weights.hpp"
#include "experiments/input_files.hpp"
#include "experiments/laws/loop_problems.hpp"
#include "experiments/memory_need.hpp"
#include "experiments/quantities.hpp"
#include "experiments/read_spec.hpp"
#include "experiments/spiking_problems.hpp"
#include "experiments/studies.hpp"
#include "experiments/suggest.hpp"
#include "experiments/summary_paths.hpp"
#include "experiments/task_catalogue.hpp"
#include "sim/area_layout.hpp"
#include "sim/area_odeint.hpp"
#include "sim/errors.hpp"

namespace lamina {
namespace {

/// Walks the rules for one spec. Places are those of the file, whatever the spec has become since.
class Rules {
  public:
    Rules(const ExperimentSpec& spec, const SpecReading& reading, ProblemList& problems)
        : spec_(spec), reading_(reading), problems_(problems) {}

    void check_all() {
        if (!circuit()) return;
        multiples_of_dt();
        if (spec_.task.type == "resting_state") return;
        step_size();
        integrator();
        tell(loop_problems(spec_));
        tell(spiking_problems(spec_, available_memory_bytes()));
        items();
        weights();
        files();
        memory();
        steps();
        fit();
    }

  private:
    /// A problem at the first of these keys that is written in the file. It is not told when one of
    /// them was misread: then the rule is about another value than the file's.
    Problem& at(const char* id, const std::string& message, const std::vector<std::string>& paths,
                bool warning = false) {
        for (const std::string& path : paths)
            if (reading_.in_doubt(path)) return untold_ = Problem();
        Mark mark;
        const Source* source = reading_.source.get();
        for (const std::string& path : paths) {
            const auto given = reading_.given.find(path);
            if (given == reading_.given.end()) continue;
            source = given->second.value->source.get();
            mark = given->second.value->mark;
            break;
        }
        return warning ? problems_.warning(id, message, *source, mark)
                       : problems_.error(id, message, *source, mark);
    }

    double value_ms(const Field& field) const { return std::get<double>(field.get(spec_)); }

    void multiples_of_dt() {
        const double dt = spec_.area.dt_ms;
        for (const Field& field : fields()) {
            const bool is_time = field.kind == FieldKind::quantity && field.unit == "ms";
            const bool is_rate_constant =
                field.path.rfind("column.tau.", 0) == 0 || field.path == "column.spiking.PV_tau" ||
                field.path == "column.spiking.fast_tau" || field.path == "column.spiking.match_tau";
            if (!is_time || is_rate_constant || field.path == "simulation.dt" ||
                !field.applies(spec_))
                continue;
            // reaction times are not counted in steps, and intervals only compared
            if (field.path == "task.decision.non_decision_time" ||
                field.path == "task.burst_interval")
                continue;
            const double value = value_ms(field), steps = value / dt;
            // a decimal and its quotient are each rounded once: 4 eps, with room for a decimal dt
            if (std::abs(steps - std::round(steps)) <= 1e-12 * std::max(1.0, steps)) continue;
            const auto multiple = [&](double n) { return fmt::format("{:.12g} ms", n * dt); };
            const std::string lower = multiple(std::floor(steps)),
                              upper = multiple(std::ceil(steps));
            std::string help =
                std::floor(steps) > 0 ? fmt::format("use {} or {}", lower, upper) : "use " + upper;
            for (const double divisor : {2.0, 5.0, 10.0, 20.0, 50.0, 100.0}) {
                const double fine = steps * divisor;
                if (std::abs(fine - std::round(fine)) > 1e-9 * fine) continue;
                help += fmt::format(", or set simulation.dt: {:.12g} ms", dt / divisor);
                break;
            }
            at("L0310",
               fmt::format("`{}` = {} ms is not a multiple of dt = {} ms", field.path,
                           number_text(value), number_text(dt)),
               {field.path, "simulation.dt"})
                .help.push_back(help);
        }
    }

    /// The fastest population that is integrated.
    std::pair<std::string, double> fastest() const {
        std::pair<std::string, double> result{"", 1e300};
        for (const Field& field : fields()) {
            if (field.path.rfind("column.tau.", 0) != 0 || !field.applies(spec_)) continue;
            const bool without_PV =
                spec_.area.inhibition == "oracle" || spec_.area.inhibition == "none";
            if (without_PV && field.path.rfind("column.tau.PV", 0) == 0) continue;
            const double tau = value_ms(field);
            if (tau > 0 && tau < result.second) result = {field.path, tau};
        }
        return result;
    }

    void step_size() {
        const double dt = spec_.area.dt_ms;
        const bool euler = spec_.area.integrator == Integrator::euler;
        // the exponential steps are exact between gates and PV, not within their loop
        const double loop = std::min(spec_.area.tau.PV_ms, spec_.area.tau.gate_ms);
        if (spec_.area.integrator == Integrator::exponential && dt > loop)
            at("L0312",
               fmt::format("dt = {} ms is coarse for the loop of gates and PV, whose fastest time "
                           "constant is {} ms",
                           number_text(dt), number_text(loop)),
               {"simulation.dt", "column.tau.PV", "column.tau.gate"}, true)
                .help.push_back(fmt::format("use dt: {:.3g} ms or less", loop / 2));
        if (!euler && spec_.area.integrator != Integrator::rk4) return;
        // the interval of absolute stability on the negative real axis
        const double limit = euler ? 2.0 : 2.785;
        const auto [path, tau] = fastest();
        const char* name = euler ? "euler" : "rk4";
        if (dt >= limit * tau)
            at("L0311",
               fmt::format("{} is unstable: dt = {} ms is not below {} * {} = {:.6g} ms", name,
                           number_text(dt), number_text(limit), path, limit * tau),
               {"simulation.dt", "simulation.integrator", path})
                .help.push_back(
                    fmt::format("use dt: {:.3g} ms, or integrator: exponential", tau / 10));
        else if (dt > tau / 10)
            at("L0312",
               fmt::format("dt = {} ms is coarse for {}: a tenth of {} is {:.6g} ms",
                           number_text(dt), name, path, tau / 10),
               {"simulation.dt", "simulation.integrator", path}, true)
                .help.push_back(
                    fmt::format("use dt: {:.3g} ms, or integrator: exponential", tau / 10));
    }

    bool is_noisy() const {
        for (const Field& field : fields())
            if (field.path.rfind("column.noise.", 0) == 0 && std::get<double>(field.get(spec_)) > 0)
                return true;
        return false;
    }

    void integrator() {
        const Integrator method = spec_.area.integrator;
        if (method != Integrator::exponential && spec_.area.PV_delay_ms > 0)
            at("L0330",
               "a PV delay needs the past, which the integrators of ordinary equations do not have",
               {"column.PV_delay", "simulation.integrator"})
                .help.emplace_back(
                    "use integrator: exponential, or column.tau.PV_lag instead of the delay");
        rosenbrock();
        if (is_noisy() && method != Integrator::exponential && method != Integrator::euler)
            at("L0331",
               "rk4, dopri5 and rosenbrock4 assume smooth slopes and lose their order with noise",
               {"column.noise.gate", "column.noise.PV", "column.noise.L4E", "column.noise.L23E",
                "column.noise.L5apical", "column.noise.L5E", "column.noise.L6E",
                "column.noise.L23mlp", "simulation.integrator"})
                .help.emplace_back("use integrator: exponential or euler");
    }

    void rosenbrock() {
        if (spec_.area.integrator != Integrator::rosenbrock4) return;
        // the values alone tell of a large column; only a small one is laid out
        const AreaSpec& area = spec_.area;
        const double n_values = double(area.columns) * area.heads * area.d_head;
        const bool many = n_values > double(most_rosenbrock_variables);
        const std::size_t n = many ? 0 : AreaLayout(area).size;
        if (many || n > most_rosenbrock_variables)
            at("L0333",
               fmt::format("rosenbrock4 takes at most {} variables; this column has {}",
                           most_rosenbrock_variables,
                           many ? fmt::format("{:.0f} values alone", n_values) : std::to_string(n)),
               {"simulation.integrator", "column.columns", "column.heads", "column.d_head",
                "column.d_model", "column.d_ff", "column.dale", "column.coding"})
                .help.emplace_back("use a smaller column, or integrator: exponential");
        if (spec_.area.precision != Precision::float64)
            at("L0334", "rosenbrock4 computes in double precision",
               {"simulation.precision", "simulation.integrator"})
                .help.emplace_back("use precision: float64");
    }

    void items() {
        if (!task_has(spec_, remembers)) return;
        const int most = *std::max_element(spec_.task.load.begin(), spec_.task.load.end());
        if (most > spec_.area.columns - 1)
            at("L0320",
               fmt::format("load {} needs {} columns, one for each item and one for the read-out; "
                           "there are {}",
                           most, most + 1, spec_.area.columns),
               {"task.load", "column.columns"})
                .help.push_back(fmt::format("use column.columns: {} or loads up to {}", most + 1,
                                            spec_.area.columns - 1));
        places(most);
        const bool changes = spec_.task.type == "change_detection";
        if (spec_.task.type != "delayed_match_to_sample" && !changes) return;
        const std::string& kind = spec_.task.stimuli.kind;
        const int needed = most + (changes || spec_.task.match_fraction < 1 ? 1 : 0);
        if ((kind == "ring" || kind == "random") && needed > spec_.task.stimuli.number)
            at("L0321",
               fmt::format("load {} needs {} different stimuli{}; there are {}", most, needed,
                           changes         ? ", the changed one among them"
                           : needed > most ? ", the probe of a non-match trial among them"
                                           : "",
                           spec_.task.stimuli.number),
               {"task.load", "task.stimuli.number"})
                .help.push_back(
                    fmt::format("use task.stimuli.number: {} or smaller loads", needed));
    }

    void places(int most) {
        if (task_has(spec_, reports) && spec_.task.stimuli.kind != "ring")
            at("L0323",
               fmt::format("{} reports an angle, and stimuli of kind {} have none", spec_.task.type,
                           spec_.task.stimuli.kind),
               {"task.stimuli.kind", "task.type"})
                .help.emplace_back("use task.stimuli.kind: ring");
        if (!task_has(spec_, by_place)) return;
        const PlacesSpec& places = spec_.task.places;
        if (most > places.number)
            at("L0324",
               fmt::format("load {} needs as many places; there are {}", most, places.number),
               {"task.load", "task.places.number"})
                .help.push_back(fmt::format("use task.places.number: {} or loads up to {}", most,
                                            places.number));
        if (n_stimulus_units(spec_) < 1)
            at("L0325",
               fmt::format("{} units for places leave none for the stimulus; d_model is {}",
                           places.units, spec_.area.d_model),
               {"task.places.units", "column.d_model"})
                .help.push_back(fmt::format("use task.places.units: {} or d_model: {}",
                                            std::max(1, spec_.area.d_model / 2), 2 * places.units));
    }

    void weights() {
        const AreaSpec& area = spec_.area;
        if (gives_weights(spec_)) return given_weights();
        if (study_of(spec_)) return; // it has weights of its own, or none
        if (spec_.weights.kind != "matched" ||
            std::int64_t(area.heads) * area.d_head == area.d_model)
            return;
        Problem& problem =
            at("L0322",
               fmt::format("matched weights need heads * d_head = d_model; {} * {} is not {}",
                           area.heads, area.d_head, area.d_model),
               {"column.d_head", "column.heads", "column.d_model", "column.weights.kind"});
        if (area.d_model % area.heads == 0)
            problem.help.push_back(
                fmt::format("use d_head: {}, or weights: random", area.d_model / area.heads));
        else
            problem.help.push_back(fmt::format("use d_model: {}, or weights: random",
                                               std::int64_t(area.heads) * area.d_head));
    }

    /// The arrays of a file, or those written in values, against the column.
    void given_weights() {
        const bool from_file = spec_.weights.kind == "file";
        const char* const path = from_file ? "column.weights.file" : "column.weights.values";
        if (from_file && !is_there(spec_.weights_file)) return; // files() tells
        NamedArrays arrays;
        try {
            arrays = weights_given(spec_);
        } catch (const SpecError& error) {
            // what is wrong, and behind the last semicolon what to do
            const std::string why = error.what();
            const std::size_t end = why.rfind("; ");
            at("L0342", fmt::format("`{}`: {}", path, why.substr(0, end)), {path})
                .help.push_back(end == std::string::npos ? "name another file"
                                                         : why.substr(end + 2));
            return;
        }
        const auto given = reading_.given.find(path);
        for (const WeightsComplaint& complaint : weights_complaints(spec_.area, arrays)) {
            const std::string from = from_file ? spec_.weights_file + ": " : "";
            Problem& problem = at(complaint.only_unused ? "L0360" : "L0326",
                                  fmt::format("`column.weights`: {}{}", from, complaint.message),
                                  {path, "column.weights.kind"}, complaint.only_unused);
            problem.help.push_back(complaint.help);
            // of values, the array itself
            if (from_file || given == reading_.given.end() || problem.at.empty()) continue;
            if (const YamlEntry* entry = given->second.value->find(complaint.array))
                problem.at[0] = snippet(*entry->key_source, entry->key_mark);
        }
    }

    bool is_there(const std::string& name) const {
        std::error_code error;
        try {
            return std::filesystem::is_regular_file(input_path(name, spec_.folder), error);
        } catch (const SpecError&) { return false; }
    }

    void files() {
        const std::string& kind = spec_.task.stimuli.kind;
        if ((kind == "vectors" || kind == "rdm") && spec_.task.stimuli.file.empty())
            at("L0203",
               fmt::format(
                   "stimuli of kind {} come from a file, and `task.stimuli.file` is missing", kind),
               {"task.stimuli.kind", "task.stimuli.file"})
                .help.emplace_back("write task.stimuli.file: the name of a .npy or .csv file");
        if (spec_.weights.kind == "file" && spec_.weights_file.empty())
            at("L0203",
               "weights of kind file come from a file, and `column.weights.file` is missing",
               {"column.weights.kind", "column.weights.file"})
                .help.emplace_back(
                    "write column.weights.file: the name of a .npz or .safetensors file");
        ExperimentSpec spec = spec_;
        for (const InputFile& input : input_files(spec))
            if (find_field(input.path)->applies(spec) && input.path != "fit.to")
                file(*input.name, input.path);
    }

    void fit() {
        // a key that is not written stands for its section
        for (const FitComplaint& complaint : fit_complaints(spec_))
            at(complaint.id, complaint.message,
               {complaint.path, "fit.to", "fit.free", "fit.conditions"}, complaint.warning)
                .help.push_back(complaint.help);
        if (spec_.fit.given() || spec_.fit.free.empty()) return;
        at("L0203", "`fit.to` is missing: there is nothing to fit to", {"fit.free", "fit.to"})
            .help.emplace_back("write fit.to: van_den_berg_2012_colour, or a file of your own");
    }

    void file(const std::string& name, const std::string& path) {
        if (name.empty()) return;
        std::filesystem::path full;
        try {
            full = input_path(name, spec_.folder);
        } catch (const SpecError& why) {
            const bool ours = name.find("${LAMINA_DATA}") != std::string::npos;
            at("L0341", fmt::format("`{}`: {}", path, why.what()), {path})
                .help.push_back(ours ? "export LAMINA_DATA=FOLDER"
                                     : "write the name without a variable");
            return;
        }
        std::error_code error;
        if (std::filesystem::is_regular_file(full, error)) return;
        std::vector<std::string> names;
        for (auto entry = std::filesystem::directory_iterator(full.parent_path(), error);
             !error && entry != std::filesystem::directory_iterator(); entry.increment(error))
            names.push_back(entry->path().filename().string());
        const std::string near = nearest_word(full.filename().string(), names);
        at("L0340", fmt::format("`{}`: there is no file {}", path, full.string()), {path})
            .help.push_back(near.empty() ? "names are relative to the experiment file"
                                         : fmt::format("did you mean `{}`?", near));
    }

    void memory() {
        const double available = available_memory_bytes();
        // one thread must fit; more are a choice
        const double needed = predicted_memory_bytes(spec_, 1);
        if (needed <= available) return;
        constexpr double GiB = 1024.0 * 1024 * 1024;
        const bool spikes = spec_.area.spiking.on;
        at("L0350",
           fmt::format("weights, state and the inputs of a trial need {:.3g} GiB; this machine has "
                       "{:.3g} GiB free",
                       needed / GiB, available / GiB),
           spikes
               ? std::vector<std::string>{"column.spiking.match_neurons", "column.spiking.neurons",
                                          "column.columns", "column.score.units", "column.d_model",
                                          "column.d_ff", "column.heads"}
               : std::vector<std::string>{"column.columns", "column.score.units", "column.d_model",
                                          "column.d_ff", "column.heads"})
            .help.push_back(spikes ? "lower column.columns, heads, d_model, d_ff, score.units, or "
                                     "spiking.neurons and spiking.match_neurons"
                                   : "lower column.columns, heads, d_model, d_ff or score.units");
    }

    /// Moves the place of a problem from a key's value to a part of it, as far as it is written.
    void point_inside(Problem& problem, const std::string& key,
                      const std::vector<std::string>& inside) const {
        const auto given = reading_.given.find(key);
        if (given == reading_.given.end() || problem.at.empty() || inside.empty()) return;
        const YamlNode* at = given->second.value.get();
        for (const std::string& word : inside) {
            const YamlEntry* below = at->find(word);
            if (at->is_list() && std::stoul(word) < at->entries.size())
                below = &at->entries[std::stoul(word)];
            if (!below) break;
            at = below->value.get();
        }
        problem.at[0] = snippet(*at->source, at->mark);
    }

    /// What is wrong with a spiking circuit; false when mode, circuit and task do not go together.
    bool circuit() { return tell(circuit_problems(spec_, available_memory_bytes())); }

    /// @return whether there are warnings only
    bool tell(const std::vector<FoundProblem>& all) {
        bool good = true;
        for (const FoundProblem& found : all) {
            Problem& problem = at(found.id, found.message, found.keys, found.warning);
            problem.help.push_back(found.help);
            point_inside(problem, found.keys[0], found.inside);
            good = good && found.warning;
        }
        return good;
    }

    void steps() {
        const TimingSpec& t = spec_.task.timing;
        const bool memory = task_has(spec_, remembers);
        const double trial_ms =
            memory ? t.fixation_ms + t.sample_ms + t.delay_ms + t.test_ms + t.response_ms
                   : spec_.task.duration_ms;
        const double n_trials = memory ? double(spec_.task.per_condition) *
                                             double(spec_.task.load.size()) *
                                             double(spec_.task.change_probability.size())
                                       : double(spec_.task.n_presentations);
        const double n_steps = trial_ms / spec_.area.dt_ms * n_trials;
        if (n_steps < 9007199254740992.0) return; // 2^53: doubles count to here
        at("L0351", fmt::format("{:.3g} steps; a run has 9e15 at most", n_steps),
           {"simulation.dt", "task.trials.per_condition"})
            .help.emplace_back("lengthen simulation.dt, or run fewer or shorter trials");
    }

    const ExperimentSpec& spec_;
    const SpecReading& reading_;
    ProblemList& problems_;
    Problem untold_;
};

/// Each value of each factor alone, beside the base: pairs of "path = value" and spec.
std::vector<std::pair<std::string, ExperimentSpec>> specs_of_variants(const ExperimentSpec& spec) {
    std::vector<std::pair<std::string, ExperimentSpec>> variants;
    for (const VaryFactor& factor : spec.vary)
        for (std::size_t value = 0; value < factor.values.size(); ++value) {
            try {
                variants.emplace_back(factor.path + " = " + factor.values[value],
                                      with_level(spec, factor, value));
            } catch (const std::runtime_error&) { // reading has told about it
            }
        }
    return variants;
}

void warn_of_idle_keys(const ExperimentSpec& spec, const SpecReading& reading,
                       const std::vector<std::pair<std::string, ExperimentSpec>>& variants,
                       ProblemList& problems) {
    for (const auto& [path, given] : reading.given) {
        const auto idle = reading.idle.find(path);
        if (idle != reading.idle.end())
            problems
                .warning("L0360", fmt::format("`{}` changes nothing: {}", path, idle->second),
                         *given.source, given.mark)
                .help.emplace_back("delete the key, or select what it belongs to");
        if (is_in_circuit_tables(path) || !find_field(path)) continue;
        const Field& field = *find_field(path);
        if (field.applies(spec)) continue;
        const bool used = std::any_of(variants.begin(), variants.end(), [&](const auto& variant) {
            return field.applies(variant.second);
        });
        if (used) continue;
        problems
            .warning("L0360", fmt::format("`{}` changes nothing: {}", path, field.idle(spec)),
                     *given.source, given.mark)
            .help.emplace_back("delete the key, or select what it belongs to");
    }
    const auto vary = reading.given.find("vary");
    for (const VaryFactor& factor : spec.vary) {
        const Field* const field = factor.levels.empty() ? find_field(factor.path) : nullptr;
        if (!field || vary == reading.given.end() || variants.empty()) continue;
        const bool used = std::any_of(variants.begin(), variants.end(), [&](const auto& variant) {
            return field->applies(variant.second);
        });
        const YamlEntry* const entry = vary->second.value->find(factor.path);
        if (used || !entry) continue;
        problems
            .warning("L0360",
                     fmt::format("`vary`: `{}` changes nothing: {}", factor.path,
                                 field->idle(variants.front().second)),
                     *entry->key_source, entry->key_mark)
            .help.emplace_back("delete the factor, or select what it belongs to");
    }
    if (!reading.given.count("seed"))
        problems.warning("L0361", "no `seed:` is written; seed 1 is used", *reading.source, Mark{})
            .help.emplace_back("write `seed: 1`, so that a reader sees it");
}

/// Expectations about numbers that the run will not have. Told only when nothing else is wrong: the
/// summary is made by what would run.
void unknown_expectations(const ExperimentSpec& spec, const SpecReading& reading,
                          ProblemList& problems) {
    const auto given = reading.given.find("expect");
    if (given == reading.given.end() || spec.expect.empty()) return;
    nlohmann::ordered_json summary;
    try {
        summary = summary_without_run(spec);
    } catch (const std::runtime_error&) { return; } // the run will say why it cannot be
    for (const Expectation& expectation : spec.expect) {
        const PathComplaint complaint = path_complaint(expectation.path, summary);
        const YamlEntry* entry = given->second.value->find(expectation.path);
        if (complaint.message.empty() || !entry) continue;
        // an override may take away what the file expects: a smaller run, and no mistake
        const bool narrowed = !spec.overrides.empty() && entry->key_source == reading.source;
        const std::string message = "`expect`: " + complaint.message;
        Problem& problem =
            narrowed ? problems.warning("L0224", message, *entry->key_source, entry->key_mark)
                     : problems.error("L0224", message, *entry->key_source, entry->key_mark);
        problem.notes.push_back(complaint.note);
        problem.help.push_back(complaint.help);
    }
}

} // namespace

std::vector<Problem> check_spec(const ExperimentSpec& spec) {
    const SpecReading reading =
        read_everything(spec.text, spec.file, spec.folder, spec.overrides, false);
    ProblemList problems;
    Rules(spec, reading, problems).check_all();

    // what only a variant breaks
    const auto variants = specs_of_variants(spec);
    std::map<std::string, bool> said;
    for (const Problem& problem : problems.all()) said[problem.id + problem.message] = true;
    for (const auto& [name, variant] : variants) {
        const SpecReading varied =
            read_everything(variant.text, variant.file, variant.folder, variant.overrides, false);
        ProblemList of_variant;
        Rules(variant, varied, of_variant).check_all();
        for (Problem problem : of_variant.all()) {
            if (!said.emplace(problem.id + problem.message, true).second) continue;
            problem.notes.push_back("with the value `" + name + "` of vary");
            problems.add(std::move(problem));
        }
    }
    warn_of_idle_keys(spec, reading, variants, problems);
    if (problems.n_errors() == 0) unknown_expectations(spec, reading, problems);
    return problems.all();
}

namespace {

ExperimentSpec checked_reading(SpecReading reading, std::vector<Problem>* warnings) {
    if (reading.problems.n_errors() > 0) {
        // what the rules have to say of the keys that could be read, in the same pass
        if (!reading.given.empty()) Rules(reading.spec, reading, reading.problems).check_all();
        throw_if_errors(reading.problems);
    }
    const ExperimentSpec spec = std::move(reading.spec);
    ProblemList list;
    for (Problem& problem : check_spec(spec)) {
        if (problem.warning && warnings) warnings->push_back(problem);
        list.add(std::move(problem));
    }
    throw_if_errors(list);
    return spec;
}

} // namespace

ExperimentSpec read_checked_spec(const std::string& file, const std::vector<std::string>& overrides,
                                 std::vector<Problem>* warnings) {
    return checked_reading(read_all_of(file, overrides), warnings);
}

ExperimentSpec read_checked_text(const std::string& text, const std::string& file,
                                 const std::string& folder,
                                 const std::vector<std::string>& overrides,
                                 std::vector<Problem>* warnings) {
    return checked_reading(read_everything(text, file, folder, overrides), warnings);
}

} // namespace lamina

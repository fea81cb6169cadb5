#include "experiments/read_spec.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

#include "experiments/circuits/circuit_paths.hpp"
#include "experiments/spec_reader.hpp"
#include "experiments/suggest.hpp"
#include "experiments/sweep/read_sweep.hpp"
#include "sim/errors.hpp"

namespace lamina {
namespace {

/// The tree with one override applied; `root` itself when the override is wrong.
Yaml apply_override(const Yaml& root, const std::string& text, ProblemList& problems) {
    const std::size_t equals = text.find('=');
    auto source = std::make_shared<Source>(Source{"command line", text, 0});
    if (text == without_sweep) return without_key(root, "sweep");
    if (text.find('\n') != std::string::npos) {
        problems.error("L0219", "an override holds a line break", *source, {1, 1, 1})
            .help.emplace_back("write one override per argument, on one line");
        return root;
    }
    if (equals == std::string::npos || equals == 0) {
        problems
            .error("L0219", fmt::format("`{}` is not an override", text.substr(0, 80)), *source,
                   {1, 1, 1})
            .help.emplace_back("write path.to.key=value, for example simulation.dt=\"0.05 ms\"");
        return root;
    }
    std::string message, help;
    const std::string path = text.substr(0, equals);
    const std::vector<std::string> keys = keys_of_path(path, message, help);
    if (keys.empty()) {
        problems.error("L0204", message, *source, {1, 1, static_cast<int>(equals)})
            .help.push_back(help);
        return root;
    }
    source->first_byte = equals + 1;
    if (text.find_first_not_of(" \t", equals + 1) == std::string::npos) {
        problems
            .error("L0219", fmt::format("override `{}` has no value", path), *source,
                   {1, static_cast<int>(equals) + 2, 1})
            .help.emplace_back("write the value behind the equals sign, with its unit");
        return root;
    }
    const std::size_t n_before = problems.n_errors();
    const Yaml value = parse_yaml(source, problems);
    if (!value || problems.n_errors() > n_before) return root;
    const Yaml changed = with_value_at(root, keys, value, message, help);
    if (changed) return changed;
    problems.error("L0204", message, *source, {1, 1, static_cast<int>(equals)})
        .help.push_back(help);
    return root;
}

bool same_place(const Snippet& a, const Snippet& b) {
    return a.file == b.file && a.line == b.line && a.column == b.column;
}

/// What one value of a factor, or one step of an axis, sets: paths and the nodes behind them. Empty
/// for what factors() has refused.
using Settings = std::vector<std::pair<std::string, Yaml>>;
std::vector<Settings> settings_of(const YamlEntry& factor) {
    std::vector<Settings> values;
    if (factor.value->is_list())
        for (const YamlEntry& value : factor.value->entries)
            values.push_back({{factor.key, value.value}});
    else if (factor.value->is_map())
        for (const YamlEntry& level : factor.value->entries) {
            Settings settings;
            for (const YamlEntry& setting : level.value->entries)
                settings.emplace_back(setting.key, setting.value);
            values.push_back(std::move(settings));
        }
    return values;
}

/// The values put in their places and read again: what is new is wrong with them.
/// @param section  vary or sweep   @param note  whose values these are
void check_settings(SpecReading& out, const Yaml& root, const Settings& settings,
                    const std::string& section, const std::string& note) {
    SpecReading changed_reading;
    changed_reading.spec.file = out.spec.file;
    Yaml changed = root;
    std::vector<Snippet> places;
    for (const auto& [path, value] : settings) {
        std::string message, help;
        if (!can_be_varied(path)) continue; // reported by factors() or read_sweep()
        const std::vector<std::string> keys = keys_of_path(path, message, help);
        if (keys.empty()) continue; // so was this
        const Yaml next = with_value_at(changed, keys, value, message, help);
        if (!next) {
            out.problems
                .error("L0221", fmt::format("`{}`: {}", section, message), *value->source,
                       value->mark)
                .help.push_back(help);
            continue;
        }
        changed = next;
        places.push_back(snippet(*value->source, value->mark));
    }
    SpecReader reader(changed_reading);
    reader.collect(*changed, "");
    reader.fill(changed);
    // only complaints about these values; others are the base's
    for (Problem problem : changed_reading.problems.all()) {
        const bool about_value =
            !problem.at.empty() &&
            std::any_of(places.begin(), places.end(),
                        [&](const Snippet& place) { return same_place(problem.at[0], place); });
        if (!about_value) continue;
        problem.notes.push_back(note);
        out.problems.add(std::move(problem));
    }
}

/// Every value of every factor of `vary:`.
void check_variants(SpecReading& out, const Yaml& root) {
    const YamlEntry* vary = root->find("vary");
    if (!vary || !vary->value->is_map()) return;
    for (const YamlEntry& factor : vary->value->entries)
        for (const Settings& settings : settings_of(factor))
            check_settings(out, root, settings, "vary",
                           fmt::format("a value of the factor `{}` of vary", factor.key));
}

/// Every value of every axis of `sweep:`. Long axes are looked at for a while only: each point is
/// read before a sweep begins.
void check_axes(SpecReading& out, const Yaml& root) {
    const YamlEntry* sweep = root->find("sweep");
    if (!sweep || !out.spec.sweep.given) return;
    constexpr std::size_t most_steps = 200;
    ProblemList told; // when `out` was filled
    const SweepTree tree = read_sweep(*sweep, {out.spec.seed, out.spec.folder}, told);
    const Yaml base = without_key(root, "sweep");
    for (std::size_t i = 0; i < tree.settings.size(); ++i) {
        const SweepAxis& axis = tree.spec.axes[i];
        const std::string note = fmt::format(
            "a value of the axis `{}` of sweep; {:.0f} of {:.0f} points have it", axis.name,
            n_points_of(tree.spec) / double(axis.steps.size()), n_points_of(tree.spec));
        for (std::size_t step = 0; step < std::min(most_steps, axis.steps.size()); ++step)
            check_settings(out, base, tree.settings[i][step], "sweep", note);
    }
}

} // namespace

std::string read_experiment_file(const std::string& file) {
    const Source source{file, "", 0};
    ProblemList problems;
    const auto give_up = [&](const std::string& why, const std::string& help) {
        problems.error("L0101", fmt::format("cannot read {}: {}", file, why), source, Mark{})
            .help.push_back(help);
        throw_if_errors(problems);
    };

    std::error_code error;
    const auto status = std::filesystem::status(file, error);
    if (status.type() == std::filesystem::file_type::not_found) {
        // a file of nearly the same name in the same folder?
        std::vector<std::string> names;
        const std::filesystem::path path(file);
        const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
        for (auto entry = std::filesystem::directory_iterator(folder, error);
             !error && entry != std::filesystem::directory_iterator(); entry.increment(error))
            names.push_back(entry->path().filename().string());
        const std::string near = nearest_word(path.filename().string(), names);
        give_up("there is no such file",
                near.empty()
                    ? "check the name and the folder"
                    : fmt::format("did you mean `{}`?", (path.parent_path() / near).string()));
    }
    if (status.type() == std::filesystem::file_type::directory)
        give_up("it is a folder", "name a .yaml file in it");
    std::ifstream stream(file, std::ios::binary);
    if (!stream) give_up(std::strerror(errno), "check the permissions");

    std::string text(max_yaml_bytes + 1, '\0');
    stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (stream.bad()) give_up("reading failed", "check the disk");
    text.resize(static_cast<std::size_t>(stream.gcount()));
    if (text.size() > max_yaml_bytes) {
        problems
            .error("L0102", fmt::format("{} is longer than {} bytes", file, max_yaml_bytes), source,
                   Mark{})
            .help.emplace_back("keep tables in a file of their own and name it here");
        throw_if_errors(problems);
    }
    return text;
}

bool SpecReading::in_doubt(const std::string& path) const {
    if (misread.count(path)) return true;
    if (given.count(path)) return false;
    // a key that is not known may stand for any that is not written beside or below it
    return std::any_of(doubtful.begin(), doubtful.end(), [&](const std::string& section) {
        return section.empty() || path.rfind(section + ".", 0) == 0;
    });
}

SpecReading read_everything(const std::string& text, const std::string& file,
                            const std::string& folder, const std::vector<std::string>& overrides,
                            bool with_variants) {
    SpecReading out;
    out.spec.file = file;
    out.spec.text = text;
    out.spec.folder = folder;
    out.spec.overrides = overrides;
    out.source = std::make_shared<Source>(Source{file, text, 0});

    Yaml root = parse_yaml(out.source, out.problems);
    if (!root) return out;
    if (!root->is_map()) {
        out.problems
            .error("L0202", "an experiment file is a map of keys", *root->source, root->mark)
            .help.emplace_back("begin with `lamina: 1` and `name: my_experiment`");
        return out;
    }
    for (const std::string& override_text : overrides)
        root = apply_override(root, override_text, out.problems);

    // what a broken line would have said is not known
    if (out.problems.n_errors() > 0) out.doubtful.insert("");
    SpecReader reader(out);
    reader.collect(*root, "");
    reader.fill(root);
    if (!with_variants) return out;
    check_variants(out, root);
    check_axes(out, root);
    return out;
}

void throw_if_errors(const ProblemList& problems) {
    if (problems.n_errors() == 0) return;
    bool only_version = problems.n_left_off() == 0;
    for (const Problem& problem : problems.all())
        if (!problem.warning && problem.id != "L0217") only_version = false;
    const std::string text = format_problems(problems.all(), problems.n_left_off());
    if (only_version) throw DeviceError(text);
    throw SpecError(text);
}

ExperimentSpec read_spec_text(const std::string& text, const std::string& file,
                              const std::string& folder,
                              const std::vector<std::string>& overrides) {
    SpecReading reading = read_everything(text, file, folder, overrides);
    throw_if_errors(reading.problems);
    return std::move(reading.spec);
}

SpecReading read_all_of(const std::string& file, const std::vector<std::string>& overrides) {
    const std::string folder = std::filesystem::path(file).parent_path().string();
    return read_everything(read_experiment_file(file), file, folder.empty() ? "." : folder,
                           overrides);
}

ExperimentSpec read_spec(const std::string& file, const std::vector<std::string>& overrides) {
    SpecReading reading = read_all_of(file, overrides);
    throw_if_errors(reading.problems);
    return std::move(reading.spec);
}

ExperimentSpec with_override(const ExperimentSpec& spec, const std::string& path,
                             const std::string& value) {
    return with_level(spec, {path, {value}, {}}, 0);
}

ExperimentSpec with_level(const ExperimentSpec& spec, const VaryFactor& factor, std::size_t value) {
    std::vector<std::string> overrides = spec.overrides;
    for (const Setting& setting : factor.settings(value))
        overrides.push_back(setting.path + "=" + setting.value);
    SpecReading reading = read_everything(spec.text, spec.file, spec.folder, overrides, false);
    throw_if_errors(reading.problems);
    return std::move(reading.spec);
}

} // namespace lamina

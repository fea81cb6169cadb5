/// What of a resting state is looked at apart and kept: task.windows, record.spikes,
/// record.variables.
#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "experiments/spec_reader.hpp"
#include "experiments/suggest.hpp"

namespace lamina {
namespace {

/// Names that stand in results.h5 and in paths into the summary.
bool is_plain_name(const std::string& name) {
    return !name.empty() && name.size() <= 64 &&
           std::all_of(name.begin(), name.end(),
                       [](unsigned char c) { return c < 0x80 && (std::isalnum(c) || c == '_'); });
}

} // namespace

/// `{cue: [2 s, 2.35 s]}`
void SpecReader::windows(const Field& entry, const YamlNode& node) {
    if (!node.is_map()) return wrong_kind(entry.path, node, "a map of names and [from, to]");
    for (const YamlEntry& item : node.entries) {
        const std::string path = entry.path + "." + item.key.substr(0, 60);
        if (!is_plain_name(item.key)) {
            out_.problems
                .error("L0221", fmt::format("`{}` cannot name a window", item.key.substr(0, 60)),
                       *item.key_source, item.key_mark)
                .help.emplace_back("use letters, digits and _");
            continue;
        }
        const std::vector<YamlEntry>& ends = item.value->entries;
        if (!item.value->is_list() || ends.size() != 2 || !ends[0].value->is_scalar() ||
            !ends[1].value->is_scalar()) {
            wrong_kind(path, *item.value, "[from, to]");
            continue;
        }
        TimeWindow window{item.key, 0, 0};
        bool read = true;
        for (int end = 0; end < 2; ++end) {
            const YamlNode& value = *ends[std::size_t(end)].value;
            read &= take(value, read_quantity(value, "`" + path + "`", "ms"),
                         end == 0 ? window.from_ms : window.to_ms);
        }
        if (read) out_.spec.task.windows.push_back(window);
    }
}

/// `none`, `all`, or a list of populations.
void SpecReader::selection(const Field& entry, const YamlNode& node) {
    RecordSpec& record = out_.spec.record;
    if (node.is_scalar()) {
        take(node, read_choice(node, "`" + entry.path + "`", {"none", "all"}), record.spikes);
        return;
    }
    if (!node.is_list() || node.entries.empty())
        return wrong_kind(entry.path, node, "none, all, or a list of populations");
    for (const YamlEntry& item : node.entries) {
        std::string name;
        if (!item.value->is_scalar()) {
            wrong_kind(entry.path, *item.value, "the name of a population");
            continue;
        }
        if (!take(*item.value, read_text(*item.value, "`" + entry.path + "`"), name)) continue;
        if (std::find(record.spike_populations.begin(), record.spike_populations.end(), name) !=
            record.spike_populations.end())
            error("L0222", fmt::format("`{}` names {} twice", entry.path, name), *item.value)
                .help.emplace_back("remove one");
        record.spike_populations.push_back(name);
    }
    record.spikes = "some";
}

/// One entry of record.variables; false when it cannot be read.
bool SpecReader::recorded_variable(const std::string& path, const YamlNode& node,
                                   RecordedVariable& out) {
    if (!node.is_map()) {
        wrong_kind(path, node, "{population: ..., variable: ...}");
        return false;
    }
    const std::vector<std::string> known = {"population", "variable", "neurons", "every"};
    bool read = true;
    for (const YamlEntry& part : node.entries) {
        const std::string what = "`" + path + "." + part.key.substr(0, 60) + "`";
        const YamlNode& value = *part.value;
        if (std::find(known.begin(), known.end(), part.key) == known.end()) {
            const std::string near = nearest_word(part.key, known);
            out_.problems
                .error("L0204",
                       fmt::format("unknown key `{}` in `{}`", part.key.substr(0, 60), path),
                       *part.key_source, part.key_mark)
                .help.push_back(near.empty() ? "known here: " + quoted_list(known, "and")
                                             : fmt::format("did you mean `{}`?", near));
            read = false;
        } else if (!value.is_scalar()) {
            wrong_kind(path + "." + part.key, value, "one value");
            read = false;
        } else if (part.key == "population" || part.key == "variable") {
            read &= take(value, read_text(value, what),
                         part.key == "population" ? out.population : out.variable);
        } else if (part.key == "neurons") {
            std::int64_t n = 0;
            const bool taken = take(value, read_integer(value, what), n);
            if (taken && (n < 1 || n > 100000))
                error("L0206", fmt::format("{} = {} must be >= 1 and <= 100000", what, n), value)
                    .help.emplace_back("write for example neurons: 10");
            read &= taken && n >= 1 && n <= 100000;
            out.neurons = int(n);
        } else {
            const bool taken = take(value, read_quantity(value, what, "ms"), out.every_ms);
            if (taken && !(out.every_ms > 0 && out.every_ms <= 1e6))
                error("L0206", fmt::format("{} = {} must be > 0 and <= 1e+06 ms", what, value.text),
                      value)
                    .help.emplace_back("write for example every: 1 ms");
            read &= taken && out.every_ms > 0;
        }
    }
    for (const char* due : {"population", "variable"})
        if (!node.find(due)) {
            error("L0203", fmt::format("`{}`: `{}` is missing", path, due), node)
                .help.emplace_back("write {population: L5E, variable: V}");
            read = false;
        }
    return read;
}

void SpecReader::variables(const Field& entry, const YamlNode& node) {
    if (!node.is_list())
        return wrong_kind(entry.path, node, "a list of {population: ..., variable: ...}");
    for (const YamlEntry& item : node.entries) {
        RecordedVariable variable;
        if (!recorded_variable(entry.path, *item.value, variable)) continue;
        std::vector<RecordedVariable>& all = out_.spec.record.variables;
        const bool twice = std::any_of(all.begin(), all.end(), [&](const RecordedVariable& other) {
            return other.population == variable.population && other.variable == variable.variable;
        });
        if (twice)
            error("L0222",
                  fmt::format("`{}` names {} of {} twice", entry.path, variable.variable,
                              variable.population),
                  *item.value)
                .help.emplace_back("remove one");
        all.push_back(variable);
    }
}

} // namespace lamina

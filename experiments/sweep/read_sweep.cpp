#include "experiments/sweep/read_sweep.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "experiments/circuits/circuit_fields.hpp"
#include "experiments/csv.hpp"
#include "experiments/data_path.hpp"
#include "experiments/scalars.hpp"
#include "experiments/spec_reader.hpp"
#include "experiments/sweep/sweep_range.hpp"
#include "kernels/philox.hpp"
#include "sim/errors.hpp"
#include "sim/run_file/sha256.hpp"

namespace lamina {
namespace {

using NodeSettings = std::vector<std::pair<std::string, Yaml>>;

/// How a value is called: one word without the quotes that it may be written in.
std::string label_of(const YamlNode& value) {
    return value.is_scalar() ? value.text : flow_text(value);
}

class SweepReader : private SweepComplaints {
  public:
    SweepReader(const SweepContext& context, ProblemList& problems)
        : SweepComplaints(problems), context_(context), problems_(problems) {}

    SweepTree read(const YamlEntry& sweep) {
        out_.spec.given = true;
        if (!sweep.value->is_map()) {
            wrong_kind("sweep", *sweep.value, "a map of keys");
            return std::move(out_);
        }
        const std::vector<std::string> known = {"grid",   "zip",        "random", "lhs",
                                                "points", "replicates", "seeds"};
        for (const YamlEntry& entry : sweep.value->entries) {
            if (entry.key == "grid")
                grid(entry);
            else if (entry.key == "zip")
                zip(entry);
            else if (entry.key == "random" || entry.key == "lhs")
                draws(entry);
            else if (entry.key == "points")
                points(entry);
            else if (entry.key == "replicates")
                replicates(entry);
            else if (entry.key == "seeds")
                seeds(entry);
            else
                unknown("sweep", entry, known);
        }
        const bool repeats = out_.spec.replicates > 1 || out_.spec.seeds == SweepSeeds::independent;
        if (taken_.count("seed") && repeats)
            problems_
                .error("L0221", "`sweep` sets `seed` and repeats places under seeds of its own",
                       *sweep.key_source, sweep.key_mark)
                .help.emplace_back("leave seed out, or replicates and seeds");
        if (n_points_of(out_.spec) > double(most_sweep_points))
            problems_
                .error("L0226",
                       fmt::format("`sweep` has {:.6g} points; {} at most", n_points_of(out_.spec),
                                   most_sweep_points),
                       *sweep.key_source, sweep.key_mark)
                .help.emplace_back("draw places with `random` or `lhs` instead of crossing all");
        return std::move(out_);
    }

  private:
    // ------------------------------------------------------------------------- what is wrong

    /// Whether a key of an axis is a path that can be set, and of no other axis.
    bool is_free_path(const std::string& name, const YamlEntry& at) {
        std::string message, help;
        if (keys_of_path(at.key, message, help).empty()) {
            refuse(at, fmt::format("`{}`: {}", name, message), help);
            return false;
        }
        if (!can_be_varied(at.key)) {
            refuse(at, fmt::format("`{}`: `{}` cannot be swept", name, shortened(at.key)),
                   "name one key with one value, for example column.inhibition");
            return false;
        }
        return take_path(name, at.key, at);
    }
    bool take_path(const std::string& name, const std::string& path, const YamlEntry& at) {
        if (taken_.insert(path).second) return true;
        refuse(at, fmt::format("`{}`: `{}` is set twice in `sweep`", name, path),
               "leave it to one axis");
        return false;
    }
    // ------------------------------------------------------------------------- axes

    static SweepAxis axis_at(const std::string& name, const YamlEntry& entry) {
        return {name,
                fmt::format("{}:{}:{}", entry.key_source->name, entry.key_mark.line,
                            entry.key_mark.column),
                {},
                {}};
    }
    /// @param labels  of the steps, as many as settings
    void add(SweepAxis axis, const std::vector<std::vector<std::string>>& labels,
             std::vector<NodeSettings> settings) {
        if (settings.empty()) return;
        for (std::size_t i = 0; i < settings.size(); ++i) {
            SweepStep step{labels[i], {}};
            for (const auto& [path, value] : settings[i])
                step.settings.push_back({path, flow_text(*value)});
            axis.steps.push_back(std::move(step));
        }
        out_.spec.axes.push_back(std::move(axis));
        out_.settings.push_back(std::move(settings));
    }

    void grid(const YamlEntry& entry) {
        if (!entry.value->is_map())
            return wrong_kind("sweep.grid", *entry.value, "a map of paths and values");
        for (const YamlEntry& one : entry.value->entries) {
            std::string message, help;
            const bool is_path = !keys_of_path(one.key, message, help).empty();
            if (!is_path && one.value->is_map() && is_word(one.key) && !is_range(*one.value)) {
                named_steps(one);
                continue;
            }
            if (!is_free_path("sweep.grid", one)) continue;
            std::vector<NodeSettings> settings;
            std::vector<std::vector<std::string>> labels;
            for (const Yaml& value : values_of("sweep.grid." + one.key, one)) {
                labels.push_back({label_of(*value)});
                settings.push_back({{one.key, value}});
            }
            SweepAxis axis = axis_at("grid." + one.key, one);
            axis.columns = {one.key};
            add(std::move(axis), labels, std::move(settings));
        }
    }

    /// `regime: {SR: {circuit.g: 3}, AI: {circuit.g: 5}}`
    void named_steps(const YamlEntry& entry) {
        std::vector<NodeSettings> settings;
        std::vector<std::vector<std::string>> labels;
        std::set<std::string> paths;
        for (const YamlEntry& level : entry.value->entries) {
            if (!level.value->is_map()) {
                wrong_kind("sweep.grid." + entry.key + "." + level.key, *level.value,
                           "a map of paths and values");
                return;
            }
            NodeSettings here;
            for (const YamlEntry& setting : level.value->entries) {
                if (paths.insert(setting.key).second && !is_free_path("sweep.grid", setting))
                    return;
                here.emplace_back(setting.key, setting.value);
            }
            labels.push_back({level.key});
            settings.push_back(std::move(here));
        }
        SweepAxis axis = axis_at("grid." + entry.key, entry);
        axis.columns = {entry.key};
        add(std::move(axis), labels, std::move(settings));
    }

    void zip(const YamlEntry& entry) {
        if (!entry.value->is_map())
            return wrong_kind("sweep.zip", *entry.value, "a map of paths and values");
        SweepAxis axis = axis_at("zip", entry);
        std::vector<std::vector<std::string>> labels;
        std::vector<NodeSettings> settings;
        for (const YamlEntry& one : entry.value->entries) {
            if (!is_free_path("sweep.zip", one)) return;
            const std::vector<Yaml> values = values_of("sweep.zip." + one.key, one);
            if (values.empty()) return;
            if (axis.columns.empty()) labels.resize(values.size()), settings.resize(values.size());
            if (values.size() != settings.size()) {
                error("L0222",
                      fmt::format("`sweep.zip.{}` has {} values, `{}` has {}; they step together",
                                  one.key, values.size(), axis.columns[0], settings.size()),
                      *one.value)
                    .help.emplace_back("give all paths of zip as many values");
                return;
            }
            axis.columns.push_back(one.key);
            for (std::size_t i = 0; i < values.size(); ++i) {
                labels[i].push_back(label_of(*values[i]));
                settings[i].emplace_back(one.key, values[i]);
            }
        }
        add(std::move(axis), labels, std::move(settings));
    }

    /// random and lhs: places are drawn, each path by itself.
    void draws(const YamlEntry& entry) {
        const bool latin = entry.key == "lhs";
        const std::string name = "sweep." + entry.key;
        if (!entry.value->is_map()) return wrong_kind(name, *entry.value, "{n: ..., over: {...}}");
        std::int64_t n = 0;
        const YamlEntry* over = nullptr;
        for (const YamlEntry& one : entry.value->entries) {
            if (one.key == "n")
                n = count(name + ".n", *one.value);
            else if (one.key == "over")
                over = &one;
            else
                unknown(name, one, {"n", "over"});
        }
        if (!over || !over->value->is_map() || over->value->entries.empty() ||
            !entry.value->find("n")) {
            error("L0225", fmt::format("`{}` needs n and over", name), *entry.value)
                .help.push_back(fmt::format(
                    "write {}: {{n: 64, over: {{column.tau.gate: {{from: 2 ms, to: 20 ms}}}}}}",
                    entry.key));
            return;
        }
        if (n == 0) return; // told

        SweepAxis axis = axis_at(entry.key, entry);
        std::vector<std::vector<std::string>> labels(static_cast<std::size_t>(n));
        std::vector<NodeSettings> settings(static_cast<std::size_t>(n));
        // each path has a stream of its own: another path beside it changes nothing
        for (const YamlEntry& one : over->value->entries) {
            if (!is_free_path(name, one)) return;
            std::vector<double> shares(static_cast<std::size_t>(n));
            if (latin) {
                // one draw in each of n equal parts, in an order of its own
                std::vector<std::size_t> part(shares.size());
                std::iota(part.begin(), part.end(), std::size_t(0));
                for (std::size_t i = part.size(); i > 1; --i) {
                    const double other = draw(entry.key, one.key, i, 1) * double(i);
                    std::swap(part[i - 1], part[std::min(i - 1, std::size_t(other))]);
                }
                for (std::size_t i = 0; i < part.size(); ++i)
                    shares[i] = (double(part[i]) + draw(entry.key, one.key, i, 0)) / double(n);
            } else {
                for (std::size_t i = 0; i < shares.size(); ++i)
                    shares[i] = draw(entry.key, one.key, i, 0);
            }
            std::vector<Yaml> values;
            if (!drawn(name + ".over." + one.key, one, shares, values)) return;
            axis.columns.push_back(one.key);
            for (std::size_t i = 0; i < values.size(); ++i) {
                labels[i].push_back(label_of(*values[i]));
                settings[i].emplace_back(one.key, values[i]);
            }
        }
        add(std::move(axis), labels, std::move(settings));
    }

    /// Uniform in (0, 1): number i of the draws of a path, whatever is drawn for others.
    double draw(const std::string& kind, const std::string& path, std::size_t i,
                std::uint32_t which) const {
        const std::string hash = sha256_of(kind + ":" + path);
        const auto of_path = std::uint32_t(std::stoul(hash.substr(0, 8), nullptr, 16));
        return uniform(philox(context_.seed, of_path, Stream::sweep, std::uint32_t(i), 0, which),
                       0);
    }

    bool drawn(const std::string& name, const YamlEntry& entry, const std::vector<double>& shares,
               std::vector<Yaml>& out) {
        const YamlNode& node = *entry.value;
        if (node.is_list() && !node.entries.empty()) {
            const std::size_t n = node.entries.size();
            for (const double share : shares)
                out.push_back(node.entries[std::min(n - 1, std::size_t(share * double(n)))].value);
            return true;
        }
        if (!is_range(node)) {
            wrong_kind(name, node, "a list, or a range {from: ..., to: ...}");
            return false;
        }
        const std::optional<SweepRange> range = read_range(name, entry, *this);
        if (!range) return false;
        if (range->n > 0) {
            error("L0225",
                  fmt::format("`{}`: a range that is drawn from has no n of its own", name), node)
                .help.emplace_back("leave n to random or lhs; `step` makes the draws multiples");
            return false;
        }
        for (const double share : shares)
            out.push_back(range->value(range->at(share), digits_of_a_draw));
        return true;
    }

    /// A CSV with a path over each column and one place in each line.
    void points(const YamlEntry& entry) {
        if (!entry.value->is_scalar())
            return wrong_kind("sweep.points", *entry.value, "the name of a CSV file");
        out_.spec.points_file = entry.value->text;
        CsvTable table;
        std::shared_ptr<const Source> source;
        try {
            const auto path = input_path(entry.value->text, context_.folder);
            source = std::make_shared<const Source>(
                Source{entry.value->text, read_input_file(path, max_yaml_bytes), 0});
            table = parse_csv(source->text, entry.value->text);
        } catch (const SpecError& failed) {
            error("L0342", fmt::format("`sweep.points`: {}", failed.what()), *entry.value)
                .help.emplace_back("save it as CSV: paths in the first line, one place in each "
                                   "line below");
            return;
        }
        if (table.rows.size() < 2) {
            error("L0222", fmt::format("`sweep.points`: {} has no places", entry.value->text),
                  *entry.value)
                .help.emplace_back("write paths in the first line, one place in each line below");
            return;
        }
        SweepAxis axis = axis_at("points", entry);
        for (const std::string& path : table.rows[0]) {
            YamlEntry at;
            at.key = path;
            at.key_source = source;
            at.key_mark = {table.lines[0], 1, 1};
            if (!is_free_path("sweep.points", at)) return;
            axis.columns.push_back(path);
        }
        std::vector<std::vector<std::string>> labels;
        std::vector<NodeSettings> settings;
        for (std::size_t row = 1; row < table.rows.size(); ++row) {
            NodeSettings here;
            for (std::size_t c = 0; c < axis.columns.size(); ++c) {
                YamlNode value;
                value.text = table.rows[row][c];
                value.source = source;
                value.mark = {table.lines[row], 1, 1};
                here.emplace_back(axis.columns[c],
                                  std::make_shared<const YamlNode>(std::move(value)));
            }
            labels.push_back(table.rows[row]);
            settings.push_back(std::move(here));
        }
        add(std::move(axis), labels, std::move(settings));
    }

    // ------------------------------------------------------------------------- values

    /// A list as it is written, or a range made one.
    std::vector<Yaml> values_of(const std::string& name, const YamlEntry& entry) {
        const YamlNode& node = *entry.value;
        std::vector<Yaml> values;
        if (node.is_list() && !node.entries.empty()) {
            std::set<std::string> seen;
            const bool may_repeat = name.rfind("sweep.zip", 0) == 0;
            for (const YamlEntry& item : node.entries) {
                const std::string text = flow_text(*item.value);
                if (!seen.insert(text).second && !may_repeat)
                    error("L0222", fmt::format("`{}` names {} twice", name, shortened(text)),
                          *item.value)
                        .help.emplace_back("each value is one place; repeat all with `replicates`");
                values.push_back(item.value);
            }
            return values;
        }
        if (!is_range(node)) {
            wrong_kind(name, node, "a list, or a range {from: ..., to: ..., n: ...}");
            return {};
        }
        const std::optional<SweepRange> range = read_range(name, entry, *this);
        if (!range) return {};
        return lamina::values_of(*range, name, *this);
    }

    void replicates(const YamlEntry& entry) {
        if (const std::int64_t n = count("sweep.replicates", *entry.value))
            out_.spec.replicates = int(n);
    }

    void seeds(const YamlEntry& entry) {
        const YamlNode& node = *entry.value;
        if (!node.is_scalar()) return wrong_kind("sweep.seeds", node, "common or independent");
        const Read<std::string> read =
            read_choice(node, "`sweep.seeds`", {"common", "independent"});
        if (const auto* misread = std::get_if<Misread>(&read)) {
            error(misread->id.c_str(), misread->message, node)
                .help.emplace_back("common: a replicate has the same seed at every place; "
                                   "independent: every point has its own");
            return;
        }
        if (std::get<std::string>(read) == "independent") out_.spec.seeds = SweepSeeds::independent;
    }

    const SweepContext& context_;
    ProblemList& problems_;
    SweepTree out_;
    std::set<std::string> taken_; ///< paths that an axis sets
};

} // namespace

SweepTree read_sweep(const YamlEntry& sweep, const SweepContext& context, ProblemList& problems) {
    return SweepReader(context, problems).read(sweep);
}

double n_points_of(const SweepSpec& spec) {
    double n = spec.replicates;
    for (const SweepAxis& axis : spec.axes) n *= double(axis.steps.size());
    return n;
}

} // namespace lamina

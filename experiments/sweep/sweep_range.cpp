#include "experiments/sweep/sweep_range.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "experiments/fields.hpp"
#include "experiments/scalars.hpp"
#include "experiments/suggest.hpp"
#include "experiments/sweep/read_sweep.hpp"

namespace lamina {
namespace {

constexpr int digits_of_a_range = 12;
constexpr std::int64_t most_steps_of_a_range = most_sweep_points;

/// A number, with the unit that the other ends have.
bool read_end(const std::string& name, const YamlEntry& entry, SweepComplaints& say, double& value,
              std::optional<std::string>& unit) {
    YamlNode number = *entry.value;
    std::string here;
    if (number.is_scalar()) {
        const std::size_t space = number.text.find(' ');
        if (space != std::string::npos) {
            here = number.text.substr(space);
            here.erase(1, here.find_first_not_of(' ') - 1);
            number.text.resize(space);
        }
    }
    const std::string what = fmt::format("`{}.{}`", name, entry.key);
    if (!number.is_scalar()) {
        say.wrong_kind(name + "." + entry.key, number, "a number with its unit");
        return false;
    }
    const Read<double> read = read_number(number, what);
    if (const auto* misread = std::get_if<Misread>(&read)) {
        say.error(misread->id.c_str(), misread->message, *entry.value)
            .help.push_back(misread->help);
        return false;
    }
    value = std::get<double>(read);
    if (unit && *unit != here) {
        say.error("L0225", fmt::format("{} has another unit than the rest of its range", what),
                  *entry.value)
            .help.emplace_back("write all of a range in the same unit");
        return false;
    }
    unit = here;
    return true;
}

bool read_scale(const std::string& name, const YamlNode& node, SweepComplaints& say, bool& log) {
    const Read<std::string> read =
        node.is_scalar() ? read_choice(node, "`" + name + ".scale`", {"linear", "log"})
                         : Read<std::string>(Misread{"L0205", "`scale` is one word", ""});
    if (const auto* misread = std::get_if<Misread>(&read)) {
        say.error(misread->id.c_str(), misread->message, node)
            .help.emplace_back("write linear or log");
        return false;
    }
    log = std::get<std::string>(read) == "log";
    return true;
}

} // namespace

Problem& SweepComplaints::error(const char* id, const std::string& message, const YamlNode& at) {
    return problems_.error(id, message, *at.source, at.mark);
}
void SweepComplaints::wrong_kind(const std::string& path, const YamlNode& node,
                                 const std::string& due) {
    error("L0202", fmt::format("`{}` is {}; {} is due", path, kind_of(node), due), node)
        .help.emplace_back("docs/sweeps.md shows each form");
}
void SweepComplaints::unknown(const std::string& section, const YamlEntry& entry,
                              const std::vector<std::string>& known) {
    Problem& problem = problems_.error(
        "L0204", fmt::format("unknown key `{}` in `{}`", shortened(entry.key), section),
        *entry.key_source, entry.key_mark);
    const std::string near = nearest_word(entry.key, known);
    problem.help.push_back(near.empty() ? "known here: " + quoted_list(known, "and")
                                        : fmt::format("did you mean `{}`?", near));
}
void SweepComplaints::refuse(const YamlEntry& at, const std::string& message,
                             const std::string& help) {
    problems_.error("L0221", message, *at.key_source, at.key_mark).help.push_back(help);
}

std::int64_t SweepComplaints::count(const std::string& name, const YamlNode& node) {
    if (!node.is_scalar()) {
        wrong_kind(name, node, "a whole number");
        return 0;
    }
    const Read<std::int64_t> read = read_integer(node, "`" + name + "`");
    if (const auto* misread = std::get_if<Misread>(&read)) {
        error(misread->id.c_str(), misread->message, node).help.push_back(misread->help);
        return 0;
    }
    const std::int64_t n = std::get<std::int64_t>(read);
    if (n >= 1 && n <= most_sweep_points) return n;
    error("L0206", fmt::format("`{}` = {} must be 1 to {}", name, n, most_sweep_points), node)
        .help.emplace_back("write for example n: 64");
    return 0;
}

double SweepRange::at(double share) const {
    double x = log ? std::exp(std::log(from) + share * (std::log(to) - std::log(from)))
                   : from + share * (to - from);
    if (step > 0) x = from + std::round((x - from) / step) * step;
    if (integer) x = std::round(x);
    return std::min(std::max(x, std::min(from, to)), std::max(from, to));
}
Yaml SweepRange::value(double x, int digits) const {
    YamlNode out = *node;
    out.kind = YamlNode::Kind::scalar;
    out.entries.clear();
    out.plain = true;
    out.text = fmt::format("{:.{}g}{}", x, digits, unit);
    return std::make_shared<const YamlNode>(std::move(out));
}

bool is_range(const YamlNode& node) { return node.is_map() && node.find("from"); }

std::optional<SweepRange> read_range(const std::string& name, const YamlEntry& entry,
                                     SweepComplaints& say) {
    const YamlNode& node = *entry.value;
    SweepRange range;
    range.node = entry.value;
    const Field* const field = find_field(entry.key);
    range.integer =
        field && (field->kind == FieldKind::integer || field->kind == FieldKind::natural ||
                  field->kind == FieldKind::integers);
    bool fine = true;
    std::optional<std::string> unit;
    for (const YamlEntry& one : node.entries) {
        if (one.key == "from")
            fine &= read_end(name, one, say, range.from, unit);
        else if (one.key == "to")
            fine &= read_end(name, one, say, range.to, unit);
        else if (one.key == "step")
            fine &= read_end(name, one, say, range.step, unit);
        else if (one.key == "n")
            fine &= (range.n = say.count(name + ".n", *one.value)) > 0;
        else if (one.key == "scale")
            fine &= read_scale(name, *one.value, say, range.log);
        else
            say.unknown(name, one, {"from", "to", "step", "n", "scale"}), fine = false;
    }
    if (!fine) return std::nullopt;
    range.unit = *unit;
    const auto refuse = [&](const std::string& why, const std::string& help) {
        say.error("L0225", fmt::format("`{}`: {}", name, why), node).help.push_back(help);
        return std::nullopt;
    };
    if (!node.find("to")) return refuse("a range without `to`", "write {from: ..., to: ...}");
    if (range.from == range.to) return refuse("both ends are the same", "write [value]");
    if (range.log && !(range.from > 0 && range.to > 0))
        return refuse("a range on a log scale begins and ends above 0",
                      "take another `from`, or scale: linear");
    if (node.find("step") && !(range.step > 0))
        return refuse("the step must be positive", "a range may run down: from 9 to 1");
    if (range.log && range.step > 0 && range.n == 0 && name.find(".over.") == std::string::npos)
        return refuse("steps on a log scale are not equal", "write n instead of step");
    return range;
}

std::vector<Yaml> values_of(const SweepRange& range, const std::string& name,
                            SweepComplaints& say) {
    std::vector<Yaml> values;
    std::int64_t n = range.n;
    if ((n > 0) == (range.step > 0)) {
        say.error("L0225", fmt::format("`{}`: a range has either n or step", name), *range.node)
            .help.emplace_back("write {from: 1 ms, to: 9 ms, n: 5} or {from: 1 ms, to: 9 ms, "
                               "step: 2 ms}");
        return {};
    }
    if (n == 0) {
        // the last one is in where it lies on the grid, up to rounding
        const double steps = std::fabs(range.to - range.from) / range.step;
        if (steps > double(most_steps_of_a_range))
            n = most_steps_of_a_range + 1;
        else
            n = std::int64_t(std::floor(steps + 1e-9)) + 1;
    }
    if (n > most_steps_of_a_range) {
        say.error("L0226", fmt::format("`{}` has more than {} values", name, most_steps_of_a_range),
                  *range.node)
            .help.emplace_back("take a larger step");
        return {};
    }
    std::set<std::string> seen;
    for (std::int64_t i = 0; i < n; ++i) {
        const double sign = range.to < range.from ? -1 : 1;
        const double x = range.step > 0 ? range.from + sign * double(i) * range.step
                                        : range.at(n == 1 ? 0 : double(i) / double(n - 1));
        const Yaml value = range.value(x, digits_of_a_range);
        if (seen.insert(value->text).second) values.push_back(value);
    }
    if (std::int64_t(values.size()) < n) {
        say.error("L0225",
                  fmt::format("`{}`: {} values, but only {} different ones between {} and {}", name,
                              n, values.size(), values.front()->text, values.back()->text),
                  *range.node)
            .help.push_back(fmt::format("write n: {}", values.size()));
        return {};
    }
    return values;
}

} // namespace lamina

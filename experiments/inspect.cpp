#include "experiments/inspect.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>

#include "experiments/check_spec.hpp"
#include "experiments/csv.hpp"
#include "experiments/data_path.hpp"
#include "experiments/fields.hpp"
#include "experiments/npy.hpp"
#include "experiments/resolved_spec.hpp"
#include "experiments/suggest.hpp"
#include "sim/errors.hpp"
#include "sim/run_file/io_error.hpp"
#include "sim/run_file/json.hpp"
#include "sim/run_file/run_directory.hpp"

namespace lamina {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t largest_bytes = std::uintmax_t(1) << 31; // what is read into memory here
constexpr int deepest_level = 64;                                 // of JSON

[[noreturn]] void nothing_there(const InspectedPlace& place,
                                const std::vector<std::string>& names) {
    const std::string near = nearest_word(place.inside, names);
    throw SpecError(fmt::format("error[L0403]: {} has no `{}`\n  = help: {}", place.file.string(),
                                place.inside.substr(0, 80),
                                !near.empty() ? fmt::format("did you mean `{}`?", near)
                                : names.empty() || names.size() > 40
                                    ? "`lamina inspect` with the file alone shows what it has"
                                    : "it has " + quoted_list(names, "and")));
}

/// A long text, cut at a character.
std::string one_line(const std::string& text, std::size_t most = 72) {
    std::string line = text;
    std::replace(line.begin(), line.end(), '\n', ' ');
    if (line.size() <= most) return line;
    std::size_t end = most;
    while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xC0) == 0x80) --end;
    return line.substr(0, end) + " ...";
}

/// What a list of numbers holds, in one line. NaN is a missing value.
std::string spread_of(const std::vector<double>& values) {
    double low = INFINITY, high = -INFINITY, sum = 0;
    std::size_t n = 0;
    for (const double value : values) {
        if (std::isnan(value)) continue;
        low = std::min(low, value), high = std::max(high, value), sum += value, ++n;
    }
    if (n == 0) return values.empty() ? "no values" : "all missing";
    std::string text = fmt::format("{:.6g} to {:.6g}, mean {:.6g}", low, high, sum / double(n));
    if (n < values.size()) text += fmt::format(", {} missing", values.size() - n);
    return text;
}

// ---- HDF5

std::string named_shape_text(const std::vector<std::string>& names,
                             const std::vector<std::size_t>& shape) {
    std::string text;
    for (std::size_t axis = 0; axis < shape.size(); ++axis)
        text += fmt::format("{}{} {}", axis ? ", " : "",
                            names[axis].empty() ? "(unnamed)" : names[axis], shape[axis]);
    return "[" + text + "]";
}

std::string variable_kind_text(VariableInfo::Kind kind) {
    return kind == VariableInfo::Kind::real   ? "real"
           : kind == VariableInfo::Kind::text ? "text"
                                              : "integer";
}

std::string attribute_text(const ResultsReader& file, const std::string& object,
                           const std::string& name) {
    try {
        return one_line(file.text_attribute(object, name));
    } catch (const FormatError&) {
        std::string text;
        for (const double number : file.number_attribute(object, name))
            text += fmt::format("{}{:g}", text.empty() ? "" : ", ", number);
        return text;
    }
}

std::string attributes_text(const ResultsReader& file, const std::string& object, int indent) {
    std::string out;
    for (const std::string& name : file.attributes(object)) {
        // written by the dimension scales, and of no meaning to a reader
        if (name == "CLASS" || name == "NAME" || name == "REFERENCE_LIST" ||
            name == "DIMENSION_LIST")
            continue;
        std::string value = "(not shown)";
        try {
            value = attribute_text(file, object, name);
        } catch (const FormatError&) {}
        out += fmt::format("{:{}}@{} = {}\n", "", indent, name, value);
    }
    return out;
}

/// A group and everything below it.
void add_group(const ResultsReader& file, const std::string& group, std::string& out) {
    if (!group.empty()) out += "/" + group + "\n";
    out += attributes_text(file, group, group.empty() ? 0 : 4);
    for (const std::string& name : file.variables(group)) {
        const VariableInfo info = file.describe(group, name);
        out += fmt::format("    {:<26} {:<8} {:<6} {}\n", name, variable_kind_text(info.kind),
                           info.units.empty() ? "" : info.units,
                           named_shape_text(info.dimensions, info.shape));
        if (!info.long_name.empty()) out += fmt::format("    {:<26}   {}\n", "", info.long_name);
    }
    for (const std::string& name : file.groups(group))
        add_group(file, group.empty() ? name : group + "/" + name, out);
}

std::string variable_text(const ResultsReader& file, const std::string& group,
                          const std::string& name) {
    const VariableInfo info = file.describe(group, name);
    const std::string object = group.empty() ? name : group + "/" + name;
    std::string out = fmt::format("/{}  {}  {}\n{}", object, variable_kind_text(info.kind),
                                  named_shape_text(info.dimensions, info.shape),
                                  attributes_text(file, object, 4));
    std::string first;
    constexpr std::size_t n_shown = 10;
    if (info.kind == VariableInfo::Kind::text) {
        const std::vector<std::string> words = file.text(group, name);
        for (std::size_t i = 0; i < std::min(n_shown, words.size()); ++i)
            first += fmt::format("{}{}", i ? ", " : "", one_line(words[i], 30));
    } else {
        const std::vector<double> values = file.numbers(group, name);
        out += "    values     " + spread_of(values) + "\n";
        for (std::size_t i = 0; i < std::min(n_shown, values.size()); ++i)
            first += fmt::format("{}{:.6g}", i ? ", " : "", values[i]);
    }
    return out + "    first      " + first + "\n";
}

void add_objects(const ResultsReader& file, const std::string& group,
                 std::vector<std::string>& names) {
    if (!group.empty()) names.push_back(group);
    for (const std::string& name : file.variables(group))
        names.push_back(group.empty() ? name : group + "/" + name);
    for (const std::string& name : file.groups(group))
        add_objects(file, group.empty() ? name : group + "/" + name, names);
}

/// The run directory that lists this file; its name there.
bool listed_in_a_run(const fs::path& file) {
    try {
        const fs::path folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
        return RunDirectory::open(folder).has(file.filename().string());
    } catch (const std::exception&) { return false; }
}

std::string hdf5_text(const InspectedPlace& place) {
    const fs::path folder = place.file.has_parent_path() ? place.file.parent_path() : fs::path(".");
    const bool listed = listed_in_a_run(place.file);
    std::vector<std::byte> bytes;
    if (listed) {
        bytes = RunDirectory::open(folder).read(place.file.filename().string());
    } else {
        const std::string text = read_input_file(place.file, largest_bytes);
        const auto* begin = reinterpret_cast<const std::byte*>(text.data());
        bytes.assign(begin, begin + text.size());
    }
    const std::size_t size = bytes.size();
    const ResultsReader file(std::move(bytes), place.file.string());
    if (place.inside.empty()) {
        std::string out =
            fmt::format("{}: HDF5, {}, {}\n", place.file.string(), readable_bytes(size),
                        listed ? "SHA-256 as in run.json" : "on trust");
        add_group(file, "", out);
        return out;
    }
    std::string inside = place.inside;
    while (!inside.empty() && inside.front() == '/') inside.erase(0, 1);
    while (!inside.empty() && inside.back() == '/') inside.pop_back();
    std::vector<std::string> names;
    add_objects(file, "", names);
    if (std::count(names.begin(), names.end(), inside) == 0) nothing_there(place, names);
    std::string out;
    if (file.has_group(inside)) {
        add_group(file, inside, out);
        return out;
    }
    const std::size_t slash = inside.rfind('/');
    return slash == std::string::npos
               ? variable_text(file, "", inside)
               : variable_text(file, inside.substr(0, slash), inside.substr(slash + 1));
}

// ---- JSON and experiment files: paths joined by points

void add_leaves(const Json& node, const std::string& path, int level,
                std::vector<std::pair<std::string, std::string>>& rows) {
    if (level > deepest_level) throw FormatError("more than 64 levels of JSON are not shown");
    const bool list_of_objects =
        node.is_array() && !node.empty() && (node[0].is_object() || node[0].is_array());
    if (node.is_object())
        for (const auto& [key, value] : node.items())
            add_leaves(value, path.empty() ? key : path + "." + key, level + 1, rows);
    else if (list_of_objects)
        for (std::size_t i = 0; i < node.size(); ++i)
            add_leaves(node[i], fmt::format("{}.{}", path, i), level + 1, rows);
    else
        rows.emplace_back(path, node.is_string() ? node.get<std::string>() : node.dump());
}

/// Rows at and below the path; units and meanings come from the field table where it has the key.
std::string tree_text(const Json& tree, const InspectedPlace& place, bool is_spec) {
    std::vector<std::pair<std::string, std::string>> rows;
    add_leaves(tree, "", 0, rows);
    std::string out;
    std::vector<std::string> names;
    for (const auto& [path, value] : rows) {
        names.push_back(path);
        const std::string below = place.inside + ".";
        if (!place.inside.empty() && path != place.inside && path.rfind(below, 0) != 0) continue;
        const Field* field = is_spec ? find_field(path) : nullptr;
        out += fmt::format("{:<36}  {}", path, one_line(value, field ? 40 : 100));
        out += field ? fmt::format("{:{}}  {}\n", "", value.size() < 16 ? 16 - value.size() : 0,
                                   field->meaning)
                     : std::string("\n");
    }
    if (out.empty()) nothing_there(place, names);
    return out;
}

std::string json_text(const InspectedPlace& place) {
    Json tree;
    try {
        tree = Json::parse(read_input_file(place.file, largest_bytes));
    } catch (const Json::exception&) { throw FormatError(place.file.string() + " is not JSON"); }
    return tree_text(tree, place, false);
}

std::string run_text(const InspectedPlace& place) {
    const RunDirectory run = RunDirectory::open(place.file);
    if (!place.inside.empty()) return tree_text(run.run(), place, false);
    std::string out =
        fmt::format("{}: a {}, lamina_format {}\n", place.file.string(),
                    run.run().value("kind", "finished run"), run.run().value("lamina_format", 0));
    for (const char* key : {"name", "title", "version", "git", "seed", "threads", "started"})
        if (run.run().contains(key)) {
            const Json& value = run.run()[key];
            out +=
                fmt::format("    {:<10} {}\n", key,
                            one_line(value.is_string() ? value.get<std::string>() : value.dump()));
        }
    for (const ListedFile& file : run.files())
        out += fmt::format("    {:<36} {:>10}\n", file.name, readable_bytes(file.bytes));
    return out + fmt::format("`lamina inspect {}:summary` shows what came out, "
                             "`lamina inspect {}/{}` the data\n",
                             place.file.string(), place.file.string(), results_file(run));
}

// ---- tables of numbers

std::string npy_text(const InspectedPlace& place) {
    const NpyArray array = read_npy(place.file);
    return fmt::format("{}: npy, shape [{}]\n    values     {}\n", place.file.string(),
                       fmt::join(array.shape, ", "), spread_of(array.values));
}

std::string csv_text(const InspectedPlace& place) {
    const CsvTable table = read_csv(place.file);
    const bool header = !table.rows.empty() && !all_numbers(table.rows[0]);
    const std::size_t first = header ? 1 : 0, n_rows = table.rows.size() - first;
    const std::size_t n_columns = table.rows.empty() ? 0 : table.rows[0].size();
    std::string out;
    std::vector<std::string> names;
    for (std::size_t column = 0; column < n_columns; ++column) {
        names.push_back(header ? table.rows[0][column] : fmt::format("{}", column + 1));
        if (!place.inside.empty() && place.inside != names.back()) continue;
        std::vector<double> numbers;
        bool numeric = true;
        for (std::size_t row = first; row < table.rows.size() && numeric; ++row) {
            const std::string& text = table.rows[row][column];
            numeric = text.empty() || text == "nan" || all_numbers({text});
            if (numeric)
                numbers.push_back(text.empty() || text == "nan" ? NAN
                                                                : number_at(table, row, column));
        }
        out += fmt::format("    {:<26} {}\n", names.back(),
                           numeric || n_rows == 0
                               ? spread_of(numbers)
                               : "text, first: " + one_line(table.rows[first][column], 40));
    }
    if (!place.inside.empty()) {
        if (out.empty()) nothing_there(place, names);
        return out;
    }
    return fmt::format("{}: csv, {} rows of {} columns{}\n{}", place.file.string(), n_rows,
                       n_columns, header ? "" : ", without names", out);
}

} // namespace

InspectedPlace place_of(const std::string& argument) {
    std::error_code unreadable;
    const auto exists = [&](const std::string& name) { return fs::exists(name, unreadable); };
    const std::size_t colon = argument.rfind(':');
    InspectedPlace place = {argument, ""};
    if (!exists(argument) && colon != std::string::npos)
        place = {argument.substr(0, colon), argument.substr(colon + 1)};
    const fs::file_status status = fs::status(place.file, unreadable);
    if (fs::is_regular_file(status) || fs::is_directory(status)) return place;
    if (fs::exists(status))
        throw SpecError(
            fmt::format("error[L0101]: cannot read {}: it is neither a plain file nor a "
                        "folder\n  = help: name a file or a run directory",
                        place.file.string()));
    throw SpecError(fmt::format("error[L0101]: cannot read {}: there is no such file\n"
                                "  = help: write FILE, or FILE:path for a part of it",
                                argument.substr(0, colon)));
}

namespace {

std::string first_bytes(const fs::path& file) {
    std::string bytes(8, '\0');
    std::ifstream stream(file, std::ios::binary);
    stream.read(bytes.data(), std::streamsize(bytes.size()));
    bytes.resize(std::size_t(stream.gcount()));
    return bytes;
}

bool is_hdf5(const fs::path& file) {
    return file.extension() == ".h5" || first_bytes(file) == "\x89HDF\r\n\x1a\n";
}

} // namespace

bool needs_trust(const fs::path& file) {
    return fs::is_regular_file(file) && is_hdf5(file) && !listed_in_a_run(file);
}

std::string inspect(const InspectedPlace& place) {
    const std::string ending = place.file.extension().string();
    if (fs::is_directory(place.file)) return run_text(place);
    if (is_hdf5(place.file)) return hdf5_text(place);
    if (ending == ".npy") return npy_text(place);
    if (ending == ".csv") return csv_text(place);
    if (ending == ".json") return json_text(place);
    if (ending == ".yaml" || ending == ".yml")
        return tree_text(resolved_json(read_checked_spec(place.file.string())), place, true);
    if (!place.inside.empty()) nothing_there(place, {});
    const std::string text = read_input_file(place.file, largest_bytes);
    const auto n_lines = std::count(text.begin(), text.end(), '\n');
    const bool binary = text.find('\0') != std::string::npos;
    return fmt::format("{}: {}, {}\n", place.file.string(), readable_bytes(text.size()),
                       binary ? "none of the formats that Lamina writes or reads"
                              : fmt::format("text of {} lines", n_lines));
}

} // namespace lamina

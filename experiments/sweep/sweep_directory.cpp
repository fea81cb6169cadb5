#include "experiments/sweep/sweep_directory.hpp"

#include <cerrno>
#include <chrono>
#include <system_error>
#include <thread>
#include <unistd.h>

#include <fmt/format.h>

#include "experiments/data_path.hpp"
#include "experiments/input_files.hpp"
#include "experiments/read_spec.hpp"
#include "experiments/run_log.hpp"
#include "experiments/version.hpp"
#include "sim/errors.hpp"
#include "sim/run_file/io_error.hpp"
#include "sim/run_file/run_directory.hpp"
#include "sim/run_file/sha256.hpp"

namespace lamina {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

std::string text_of(const std::vector<std::byte>& bytes) {
    return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

/// Files that all points read, with their hashes.
Json inputs_of(const SweepPlan& plan) {
    const ExperimentSpec& base = plan.base();
    Json inputs = inputs_json(base);
    if (base.sweep.points_file.empty()) return inputs;
    const std::string bytes = read_input_file(input_path(base.sweep.points_file, base.folder));
    inputs.push_back({{"key", "sweep.points"},
                      {"file", base.sweep.points_file},
                      {"sha256", sha256_of(bytes)},
                      {"bytes", bytes.size()}});
    return inputs;
}

Json facts_of(const SweepPlan& plan, const SweepFacts& facts) {
    const ExperimentSpec& base = plan.base();
    Json axes = Json::array();
    for (const SweepAxis& axis : base.sweep.axes)
        axes.push_back(
            {{"name", axis.name}, {"columns", axis.columns}, {"steps", axis.steps.size()}});
    Json invalid = Json::array();
    for (const InvalidPoints& one : facts.invalid)
        invalid.push_back({{"points", one.numbers}, {"problem", one.problem}});
    const fs::path folder = fs::absolute(base.folder.empty() ? "." : base.folder);
    return {{"lamina_format", 1},
            {"kind", "sweep"},
            {"name", base.name},
            {"title", base.title},
            {"question", base.question},
            {"version", build_info().version},
            {"git", build_info().git},
            {"argv", facts.argv},
            {"created", now_utc()},
            {"file", base.file},
            {"spec_folder", folder.lexically_normal().string()},
            {"spec_sha256", sha256_of(base.text)},
            {"overrides", base.overrides},
            {"inputs", inputs_of(plan)},
            {"plan_sha256", plan.sha256()},
            {"points", plan.n_points()},
            {"axes", axes},
            {"replicates", base.sweep.replicates},
            {"seeds", base.sweep.seeds == SweepSeeds::common ? "common" : "independent"},
            {"invalid", invalid}};
}

/// Beside its place, whole, then there: two that make it at once cannot mix.
void write_directory(const SweepPlan& plan, const SweepFacts& facts, const fs::path& path) {
    const Json json = facts_of(plan, facts);
    fs::path beside = path;
    beside.replace_filename(fmt::format(".{}.tmp.{}", path.filename().string(), ::getpid()));
    std::error_code none;
    fs::remove_all(beside, none); // of a process of our number that died here
    const Folder folder = Folder::create(beside);
    try {
        folder.write("spec.yaml", plan.base().text);
        folder.write("cells.csv", plan.cells_csv());
        for (const char* sub : {"claims", "journal", "points"}) folder.make_subfolder(sub);
        write_sealed(folder, "sweep.json", json);
        fs::rename(beside, path);
    } catch (const fs::filesystem_error&) {
        fs::remove_all(beside, none); // another made it meanwhile; what it is will be seen
    } catch (...) {
        fs::remove_all(beside, none);
        throw;
    }
}

[[noreturn]] void not_a_sweep(const fs::path& path) {
    throw SpecError(
        fmt::format("error[L0412]: {} is not a directory of a sweep\n"
                    "  = help: `lamina sweep run FILE -o {}` makes one of an experiment "
                    "file with `sweep:`",
                    path.string(), path.string()));
}

} // namespace

SweepDirectory::SweepDirectory(Folder folder, SweepPlan plan, Json json)
    : folder_(std::move(folder)), plan_(std::move(plan)), json_(std::move(json)),
      invalid_(std::size_t(plan_.n_points())) {
    for (const Json& one : json_["invalid"])
        for (const Json& number : one["points"]) invalid_.at(number.get<std::size_t>()) = 1;
}

bool SweepDirectory::is_one(const fs::path& path) {
    std::error_code none;
    return fs::is_regular_file(path / "sweep.json", none);
}

SweepDirectory SweepDirectory::make(const SweepPlan& plan, const std::string& out,
                                    const SweepFacts& facts) {
    fs::path path = out.empty()
                        ? fs::path("runs") / (plan.base().name + "-" + plan.sha256().substr(0, 8))
                        : fs::path(out).lexically_normal();
    if (!path.has_filename()) path = path.parent_path(); // "runs/first/"
    std::error_code none;
    const bool is_free =
        !fs::exists(path, none) || (fs::is_directory(path, none) && fs::is_empty(path, none));
    if (is_free) write_directory(plan, facts, path);
    if (!is_one(path)) not_a_sweep(path);
    SweepDirectory there = open(path);
    if (there.plan().sha256() == plan.sha256()) return there;
    throw SpecError(fmt::format("error[L0413]: {} holds another sweep: {} points of {}\n"
                                "  = help: give another -o, or go on with that one: lamina sweep "
                                "run {}",
                                path.string(), there.plan().n_points(),
                                there.facts()["file"].get<std::string>(), path.string()));
}

SweepDirectory SweepDirectory::open(const fs::path& path) {
    if (!is_one(path)) not_a_sweep(path);
    Folder folder = Folder::open(path);
    const std::string text = text_of(folder.read("sweep.json"));
    const std::string shown = (path / "sweep.json").string();
    if (!seal_holds(text))
        throw DamagedFile(
            fmt::format("{} was changed after it was sealed; plan the sweep anew", shown));
    Json json = Json::parse(text);
    if (json.value("kind", "") != "sweep") not_a_sweep(path);
    const std::string spec_text = text_of(folder.read("spec.yaml"));
    if (sha256_of(spec_text) != json["spec_sha256"])
        throw DamagedFile(fmt::format("{} was changed after the sweep was planned: its SHA-256 is "
                                      "{}, {} has {}",
                                      (path / "spec.yaml").string(), sha256_of(spec_text), shown,
                                      json["spec_sha256"].get<std::string>()));
    SweepPlan plan(read_spec_text(spec_text, (path / "spec.yaml").string(), json["spec_folder"],
                                  json["overrides"]));
    const Json inputs = inputs_of(plan);
    if (inputs != json["inputs"] || plan.sha256() != json["plan_sha256"])
        throw SpecError(fmt::format(
            "error[L0414]: a file that {} reads has changed since the sweep was planned\n"
            "  = help: put it back, or plan the sweep anew in another directory",
            (path / "spec.yaml").string()));
    return {std::move(folder), std::move(plan), std::move(json)};
}

bool SweepDirectory::is_invalid(std::int64_t point) const {
    return invalid_.at(std::size_t(point)) != 0;
}

fs::path SweepDirectory::part_of(const SweepPoint& point, int claim) const {
    return path() / "points" / fmt::format("{}.{}.part", point.id, claim);
}

} // namespace lamina

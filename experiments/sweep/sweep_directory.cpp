#include "experiments/sweep/sweep_directory.hpp"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>

#include <fmt/format.h>

#include "experiments/data_path.hpp"
#include "experiments/input_files.hpp"
#include "experiments/read_spec.hpp"
#include "experiments/run_log.hpp"
#include "experiments/version.hpp"
#include "sim/errors.hpp"
#include "sim/run_file/atomic_file.hpp"
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

/// The plan, in an empty folder; sweep.json last.
void write_plan(const SweepPlan& plan, const Json& json, const Folder& folder) {
    folder.write("spec.yaml", plan.base().text);
    folder.write("cells.csv", plan.cells_csv());
    for (const char* sub : {"claims", "journal", "points"}) folder.make_subfolder(sub);
    write_sealed(folder, "sweep.json", json);
}

/// Removes what a process that died while it made this directory has left beside it.
void remove_stale(const fs::path& above, const std::string& name) {
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(above, none)) {
        const std::string here = entry.path().filename().string();
        long pid = 0;
        if (here.rfind("." + name + ".tmp.", 0) != 0 || !is_temporary(here, pid)) continue;
        // on a shared disk a number says nothing: only what has lain for long
        const auto age = fs::file_time_type::clock::now() - fs::last_write_time(entry, none);
        if (::kill(pid_t(pid), 0) != 0 && errno == ESRCH && age > std::chrono::minutes(10))
            fs::remove_all(entry.path(), none);
    }
}

/// Beside its place, whole, then there: two that make it at once cannot mix.
void write_directory(const SweepPlan& plan, const Json& json, const fs::path& path) {
    const fs::path above = path.has_parent_path() ? path.parent_path() : fs::path(".");
    const std::string name = path.filename().string();
    remove_stale(above, name);
    const std::string temporary = fmt::format(".{}.tmp.{}", name, ::getpid());
    std::error_code none;
    fs::remove_all(above / temporary, none); // of a process of our number that died here
    try {
        write_plan(plan, json, Folder::create(above / temporary));
        const OpenFile parent(uninterrupted([&] {
            return vfs().open(Vfs::any_folder, above.string(), O_RDONLY | O_DIRECTORY, 0);
        }));
        int error = parent.get() < 0 ? parent.get() : 0;
        if (error == 0)
            error = uninterrupted([&] { return vfs().rename(parent.get(), temporary, name); });
        if (error == 0) error = uninterrupted([&] { return vfs().sync(parent.get()); });
        if (error < 0 && error != -EEXIST && error != -ENOTEMPTY)
            throw IoError(-error, fmt::format("cannot make {}: {}; choose another output folder",
                                              path.string(), std::strerror(-error)));
    } catch (...) {
        fs::remove_all(above / temporary, none);
        throw;
    }
    // where another made it meanwhile; what it is will be seen
    fs::remove_all(above / temporary, none);
}

/// Whether a folder that is there may become a sweep's: it holds nothing but empty folders, as
/// workflow tools make them, and what we had begun to write.
bool may_begin_in(const fs::path& path) {
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(path, none)) {
        const std::string name = entry.path().filename().string();
        if (name == "spec.yaml" || name == "cells.csv" || name == "claims" || name == "journal")
            continue;
        if (!entry.is_directory(none)) return false;
        for (const auto& below : fs::recursive_directory_iterator(entry.path(), none))
            if (!below.is_directory(none)) return false;
    }
    return true;
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
    if (!fs::exists(path, none))
        write_directory(plan, facts_of(plan, facts), path);
    else if (!is_one(path) && fs::is_directory(path, none) && may_begin_in(path))
        write_plan(plan, facts_of(plan, facts), Folder::open(path));
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

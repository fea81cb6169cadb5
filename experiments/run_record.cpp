#include "experiments/run_record.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include "analysis/report.hpp"
#include "experiments/resolved_spec.hpp"
#include "experiments/summary.hpp"
#include "experiments/version.hpp"
#include "sim/errors.hpp"
#include "sim/run_file/io_error.hpp"
#include "sim/run_file/sha256.hpp"

namespace lamina {

namespace fs = std::filesystem;

Folder make_run_folder(const ExperimentSpec& spec, const std::string& out, bool force) {
    if (out.empty()) {
        const std::string hash = sha256_of(resolved_json(spec).dump()).substr(0, 8);
        return Folder::create_unused(fs::path("runs") / (spec.name + "-" + hash));
    }
    try {
        return Folder::create(out);
    } catch (const IoError& error) {
        if (error.code().value() != EEXIST) throw;
    }
    // an existing folder is taken only when it is empty, or a run of ours and with --force
    std::error_code unreadable;
    if (fs::is_directory(out, unreadable) && fs::is_empty(out, unreadable))
        return Folder::open(out);
    bool ours = false;
    try {
        const RunDirectory there = RunDirectory::open(out);
        ours = there.run().contains("lamina_format") && !there.run().contains("kind");
    } catch (const std::exception&) {}
    if (!force || !ours)
        throw SpecError(fmt::format(
            "error[L0721]: output directory {} exists{}\n  = help: {}", out,
            ours ? " and holds a finished run" : " and is not a finished run of Lamina",
            ours ? "give another -o, or --force to replace that run"
                 : "give another -o; a directory that Lamina did not write is never replaced"));
    return Folder::open(out);
}

nlohmann::ordered_json run_json(const ExperimentSpec& spec, const RunLog& log,
                                const RunFacts& facts, const nlohmann::ordered_json& summary) {
    const BuildInfo& build = build_info();
    char host[256] = "unknown";
    gethostname(host, sizeof host - 1);
    nlohmann::ordered_json expectations = nlohmann::ordered_json::array();
    for (const ExpectationResult& result : judge_expectations(spec.expect, summary))
        expectations.push_back(
            {{"path", result.expectation.path},
             {"relation",
              fmt::format("{} {:g}", result.expectation.relation, result.expectation.bound)},
             {"value", result.known ? nlohmann::ordered_json(result.value) : nullptr},
             {"met", result.met}});
    return {{"lamina_format", 1},
            {"state", "complete"},
            {"name", spec.name},
            {"title", spec.title},
            {"question", spec.question},
            {"source", spec.source},
            {"version", build.version},
            {"git", build.git},
            {"compiler", build.compiler},
            {"flags", build.flags},
            {"argv", facts.argv},
            {"seed", spec.seed},
            {"threads", facts.threads},
            {"device", facts.device},
            {"host", host},
            {"started", log.started()},
            {"seconds", facts.seconds},
            {"cost", facts.cost},
            {"weights_sha256", facts.weights_sha256},
            {"inputs", facts.inputs},
            {"spec_folder",
             fs::absolute(spec.folder.empty() ? "." : spec.folder).lexically_normal().string()},
            {"spec", resolved_json(spec)},
            {"summary", summary},
            {"expect", expectations},
            {"warnings", facts.warnings}};
}

std::string readme_text(const ExperimentSpec& spec, const std::string& folder,
                        const std::string& command, const std::vector<ResultsGroup>& groups) {
    std::string open;
    for (const ResultsGroup& group : groups)
        open +=
            fmt::format("    {:<61} # {}\n",
                        fmt::format("xr.open_dataset(\"results.h5\", group=\"{}\")", group.name),
                        group.meaning);
    return fmt::format(
        "{}\n{}\n\n"
        "A run of Lamina, the cortical column as an attention engine beside its transformer "
        "block.\n"
        "Open report.html in a browser. In Python:\n\n"
        "    import xarray as xr\n{}\n"
        "Run again:  lamina {} spec.resolved.yaml   (same bytes in results.h5 for any number of "
        "threads)\n"
        "Check:      lamina verify {}\n",
        spec.title.empty() ? spec.name : spec.title, spec.question, open, command,
        fs::path(folder).filename().string());
}

void seal_with(const std::string& folder, const std::vector<std::string>& added) {
    const RunDirectory before = RunDirectory::open(folder);
    nlohmann::ordered_json run = before.run();
    const auto is_added = [&](const std::string& name) {
        return std::find(added.begin(), added.end(), name) != added.end();
    };
    RunWriter writer(Folder::open(folder));
    for (const ListedFile& file : before.files()) {
        if (is_added(file.name)) continue;
        before.read(file.name); // a damaged file is not sealed again
        writer.adopt(file.name);
    }
    for (const std::string& name : added) writer.adopt(name);
    run.erase("files");
    run.erase("seal");
    writer.finish(run);
}

void refuse_sweep(const RunDirectory& run, const std::string& command) {
    if (run.run().value("kind", "") != "sweep") return;
    // "HASH  points/ID/run.json"
    const std::string runs = run.has("runs.sha256") ? run.read_text("runs.sha256") : "";
    const std::size_t from = std::min(runs.find("points/"), runs.size());
    const std::string point = runs.substr(from, runs.find("/run.json") - from);
    throw SpecError(fmt::format("error[L0404]: {} is a sweep, and `lamina {}` takes one run\n"
                                "  = help: name one of its points: {}",
                                run.path().string(), command,
                                (run.path() / (point.empty() ? "points/ID" : point)).string()));
}

void write_report_and_seal(const std::string& folder) {
    const RunDirectory before = RunDirectory::open(folder);
    for (const ListedFile& file : before.files()) before.read(file.name); // nor drawn
    seal_with(folder, analysis::write_report(folder));
}

} // namespace lamina

/// `lamina export`: a run in the format of another program.
#include <algorithm>
#include <cstdio>

#include <fmt/format.h>

#include "analysis/load_run.hpp"
#include "experiments/commands/commands.hpp"
#include "experiments/exports/exports.hpp"
#include "experiments/run_record.hpp"
#include "experiments/suggest.hpp"
#include "sim/errors.hpp"
#include "sim/run_file/sha256.hpp"

namespace lamina {

const std::vector<ExportFormat>& export_formats() {
    static const std::vector<ExportFormat> formats = {
        {"csv", "csv/: tables of trials, items, conditions and the summary, for pandas or R",
         export_csv},
        {"rsatoolbox", "rdms.h5: dissimilarities of the run, of models and of people",
         export_rsatoolbox},
        {"safetensors", "weights.safetensors: the weights of column and block", export_safetensors},
    };
    return formats;
}

namespace {

const ExportFormat& format_named(const std::string& name) {
    std::vector<std::string> names;
    std::string list;
    for (const ExportFormat& format : export_formats()) {
        if (format.name == name) return format;
        names.emplace_back(format.name);
        list += (list.empty() ? "" : ", ") + names.back();
    }
    const std::string near = nearest_word(name, names);
    throw SpecError(fmt::format(
        "error[L0403]: `--to {}`: there is no such format\n  = help: {}", name.substr(0, 60),
        near.empty() ? "known: " + list : fmt::format("did you mean `{}`?", near)));
}

/// What lies there must be what an export left, or what is written now.
void refuse_to_overwrite(const RunDirectory& run, const Folder& folder, const ExportedFile& file) {
    const std::vector<std::string> there = folder.files();
    if (std::find(there.begin(), there.end(), file.name) == there.end()) return;
    const std::string sha256 = sha256_of(folder.read(file.name));
    if (sha256 == sha256_of(file.bytes)) return;
    for (const ListedFile& listed : run.files())
        if (listed.name == file.name && listed.sha256 == sha256) return;
    throw SpecError(
        fmt::format("error[L0721]: {} is there already, and no export left it as it is\n"
                    "  = help: move it out of the run directory, or delete it, and export again",
                    (run.path() / file.name).string()));
}

} // namespace

namespace commands {

int export_run(const std::string& directory, const std::string& format) {
    const ExportFormat& chosen = format_named(format);
    const RunDirectory run = RunDirectory::open(directory);
    refuse_sweep(run, "export");
    const std::vector<ExportedFile> files = chosen.make(analysis::load_run(run));
    const Folder folder = Folder::open(directory);
    std::vector<std::string> names;
    for (const ExportedFile& file : files) refuse_to_overwrite(run, folder, file);
    for (const ExportedFile& file : files) {
        folder.write(file.name, file.bytes);
        names.push_back(file.name);
    }
    seal_with(directory, names);
    for (const std::string& name : names) std::printf("%s\n", (run.path() / name).string().c_str());
    return 0;
}

} // namespace commands
} // namespace lamina

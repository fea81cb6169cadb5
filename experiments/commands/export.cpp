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

namespace lamina {

const std::vector<ExportFormat>& export_formats() {
    static const std::vector<ExportFormat> formats = {
        {"rsatoolbox", "rdms.h5: dissimilarities of the run, of models and of people",
         export_rsatoolbox},
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

} // namespace

namespace commands {

int export_run(const std::string& directory, const std::string& format) {
    const ExportFormat& chosen = format_named(format);
    const RunDirectory run = RunDirectory::open(directory);
    const std::vector<ExportedFile> files = chosen.make(analysis::load_run(run));
    const Folder folder = Folder::open(directory);
    std::vector<std::string> names;
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

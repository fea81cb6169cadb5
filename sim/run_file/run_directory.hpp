/// The directory that a run leaves: its files, and run.json, which is written last, lists the
/// SHA-256 of every other file and carries a seal of itself.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "sim/run_file/folder.hpp"
#include "sim/run_file/reader.hpp"

namespace lamina {

struct ListedFile {
    std::string name, sha256;
    std::uint64_t bytes = 0;
};

/// Writes the files of one run, and run.json at the end.
class RunWriter {
  public:
    explicit RunWriter(Folder folder) : folder_(std::move(folder)) {}

    const Folder& folder() const { return folder_; }

    /// Writes a file whole or not at all, and lists it. Writing it again replaces it.
    void write(const std::string& name, const void* bytes, std::size_t n);
    void write(const std::string& name, const std::vector<std::byte>& bytes);
    void write(const std::string& name, const std::string& text);
    /// Lists a file that is there already (a log that was appended to).
    void adopt(const std::string& name);

    /// Writes run.json: `run` with `files` and `seal` added. Nothing is written to listed files
    /// afterwards. @throws FormatError if two names differ by case only
    void finish(const nlohmann::ordered_json& run);

  private:
    void list(ListedFile file);

    Folder folder_;
    std::vector<ListedFile> files_;
};

/// Writes `run`, an object, as run.json, with the seal as its last field. The seal is the SHA-256
/// of the whole text with the seal's own 64 digits replaced by zeros.
void write_run_json(const Folder& folder, const nlohmann::ordered_json& run);
/// The same under another name.
void write_sealed(const Folder& folder, const std::string& name, const nlohmann::ordered_json&);

/// Whether a text is a run.json, or another sealed file, whose seal is right.
bool seal_holds(const std::string& run_json_text);

/// A finished run, opened by its run.json.
class RunDirectory {
  public:
    /// @throws FormatError if there is no run.json; DamagedFile if its seal is wrong
    static RunDirectory open(const std::filesystem::path& path);

    const std::filesystem::path& path() const { return folder_.path(); }
    const nlohmann::ordered_json& run() const { return *run_; }
    /// run.json's `summary`. @throws FormatError if it has none
    const nlohmann::ordered_json& summary() const;
    /// What run.json lists, in its order.
    const std::vector<ListedFile>& files() const { return files_; }
    bool has(const std::string& name) const;

    /// The bytes of a listed file. @throws DamagedFile with both hashes if it was changed
    std::vector<std::byte> read(const std::string& name) const;
    std::string read_text(const std::string& name) const;
    ResultsReader results(const std::string& name = "results.h5") const;

  private:
    explicit RunDirectory(Folder folder) : folder_(std::move(folder)) {}

    Folder folder_;
    std::shared_ptr<const nlohmann::ordered_json> run_;
    std::vector<ListedFile> files_;
};

/// What a check of a run directory found, one sentence each, beginning with the file.
struct Verification {
    std::vector<std::string> problems; ///< damaged, missing or not to be trusted
    std::vector<std::string> notes;    ///< files that run.json does not list
    std::size_t n_files = 0;           ///< files recomputed, run.json included
};

/// Recomputes run.json's seal and the size and SHA-256 of every listed file. Any changed byte of
/// any of them is a problem. Of a sweep it does so for the run of every point as well. Never throws
/// for what it finds in the directory.
Verification verify(const std::filesystem::path& run_directory);

/// results.h5, or summary.h5 of a sweep.
std::string results_file(const RunDirectory&);

} // namespace lamina

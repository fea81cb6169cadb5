#include "sim/run_file/run_directory.hpp"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "sim/run_file/atomic_file.hpp"
#include "sim/run_file/io_error.hpp"
#include "sim/run_file/sha256.hpp"

namespace lamina {
namespace {

using nlohmann::ordered_json;

const std::string seal_begins = "\n  \"seal\": \"";
const std::string seal_ends = "\"\n}\n";
constexpr std::size_t n_digits = 64;
const char* const runs_list = "runs.sha256"; ///< of a sweep: the hash of each run.json

/// Where the seal's digits begin in a text that ends as write_run_json ends it; npos if it does
/// not.
std::size_t seal_position(const std::string& text) {
    const std::size_t n = seal_begins.size() + n_digits + seal_ends.size();
    if (text.size() < n) return std::string::npos;
    const std::size_t from = text.size() - n;
    if (text.compare(from, seal_begins.size(), seal_begins) != 0) return std::string::npos;
    if (text.compare(text.size() - seal_ends.size(), seal_ends.size(), seal_ends) != 0)
        return std::string::npos;
    return from + seal_begins.size();
}

std::string as_text(const std::vector<std::byte>& bytes) {
    return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

bool is_sha256(const std::string& text) {
    return text.size() == n_digits && text.find_first_not_of("0123456789abcdef") == text.npos;
}

/// run.json's `files`. @throws FormatError for anything that is not a list of files beneath
std::vector<ListedFile> listed_files(const ordered_json& run, const std::string& shown) {
    const auto files = run.find("files");
    if (files == run.end() || !files->is_object())
        throw FormatError(shown + " has no `files`; was it written by another version?");
    std::vector<ListedFile> listed;
    for (const auto& [name, entry] : files->items()) {
        check_file_name(name);
        const bool good = entry.is_object() && entry.contains("sha256") &&
                          entry["sha256"].is_string() && entry.contains("bytes") &&
                          entry["bytes"].is_number_unsigned() &&
                          is_sha256(entry["sha256"].get<std::string>());
        if (!good)
            throw FormatError(fmt::format("{}: files.{} has no sha256 and bytes; was it written by "
                                          "another version?",
                                          shown, name));
        listed.push_back(
            {name, entry["sha256"].get<std::string>(), entry["bytes"].get<std::uint64_t>()});
    }
    return listed;
}

/// Why these bytes are not the listed file; empty if they are.
std::string difference(const ListedFile& listed, const std::vector<std::byte>& bytes) {
    if (bytes.size() != listed.bytes)
        return fmt::format("has {} bytes, run.json has {}", bytes.size(), listed.bytes);
    const std::string found = sha256_of(bytes);
    if (found != listed.sha256)
        return fmt::format("its SHA-256 is {}, run.json has {}", found, listed.sha256);
    return "";
}

} // namespace

void RunWriter::list(ListedFile file) {
    const auto same = std::find_if(files_.begin(), files_.end(), [&](const ListedFile& other) {
        return other.name == file.name;
    });
    if (same != files_.end())
        *same = std::move(file);
    else
        files_.push_back(std::move(file));
}

void RunWriter::write(const std::string& name, const void* bytes, std::size_t n) {
    // hashed from memory: what the disk makes of it is then found by verify
    folder_.write(name, bytes, n);
    list({name, sha256_of(bytes, n), n});
}

void RunWriter::write(const std::string& name, const std::vector<std::byte>& bytes) {
    write(name, bytes.data(), bytes.size());
}

void RunWriter::write(const std::string& name, const std::string& text) {
    write(name, text.data(), text.size());
}

void RunWriter::adopt(const std::string& name) {
    const std::vector<std::byte> bytes = folder_.read(name);
    list({name, sha256_of(bytes), bytes.size()});
}

void RunWriter::finish(const ordered_json& run) {
    // names that differ by case only would be one file on some machines
    std::set<std::string> folded;
    for (const ListedFile& file : files_) {
        std::string lower = file.name;
        for (char& c : lower) c = char(std::tolower((unsigned char)c));
        if (!folded.insert(lower).second)
            throw FormatError(fmt::format("file name {} differs from another one by case only; "
                                          "give it another name",
                                          file.name));
    }
    ordered_json whole = run;
    ordered_json& files = whole["files"] = ordered_json::object();
    for (const ListedFile& file : files_)
        files[file.name] = {{"sha256", file.sha256}, {"bytes", file.bytes}};
    write_run_json(folder_, whole);
}

void write_run_json(const Folder& folder, const ordered_json& run) {
    write_sealed(folder, "run.json", run);
}

void write_sealed(const Folder& folder, const std::string& name, const ordered_json& object) {
    if (!object.is_object()) throw std::invalid_argument(name + " is a JSON object");
    ordered_json unsealed = object;
    unsealed.erase("seal");
    if (unsealed.empty()) throw std::invalid_argument(name + " is not empty");

    // text that is not UTF-8 (a path in argv, say) must not keep the run from being finished
    std::string text = unsealed.dump(2, ' ', false, ordered_json::error_handler_t::replace);
    text.resize(text.size() - 2); // "\n}"
    text += "," + seal_begins;
    const std::size_t at = text.size();
    text += std::string(n_digits, '0') + seal_ends;
    const std::string seal = sha256_of(text);
    text.replace(at, n_digits, seal);
    folder.write(name, text);
}

bool seal_holds(const std::string& text) {
    const std::size_t at = seal_position(text);
    if (at == std::string::npos) return false;
    std::string with_zeros = text;
    with_zeros.replace(at, n_digits, n_digits, '0');
    return text.compare(at, n_digits, sha256_of(with_zeros)) == 0;
}

RunDirectory RunDirectory::open(const std::filesystem::path& path) {
    RunDirectory directory(Folder::open(path));
    const std::string shown = (path / "run.json").string();
    std::string text;
    try {
        text = as_text(directory.folder_.read("run.json"));
    } catch (const IoError& error) {
        if (error.code().value() != ENOENT) throw;
        std::error_code none;
        if (std::filesystem::is_regular_file(path / "sweep.json", none))
            throw FormatError(fmt::format("{0} is absent: {1} is a sweep whose results were not "
                                          "put together; run `lamina sweep collect {1}`",
                                          shown, path.string()));
        throw FormatError(fmt::format("{} is absent: {} is no run directory, or its run has not "
                                      "finished; run the experiment again",
                                      shown, path.string()));
    }
    if (!seal_holds(text))
        throw DamagedFile(fmt::format("{} is damaged or was changed: its seal does not match its "
                                      "text; run the experiment again",
                                      shown));
    ordered_json run = ordered_json::parse(text, nullptr, false);
    if (!run.is_object()) throw FormatError(shown + " is not a JSON object");
    directory.files_ = listed_files(run, shown);
    directory.run_ = std::make_shared<const ordered_json>(std::move(run));
    return directory;
}

const ordered_json& RunDirectory::summary() const {
    const auto found = run_->find("summary");
    if (found == run_->end() || !found->is_object())
        throw FormatError((path() / "run.json").string() +
                          " has no `summary`; was it written by another version?");
    return *found;
}

bool RunDirectory::has(const std::string& name) const {
    return std::any_of(files_.begin(), files_.end(),
                       [&](const ListedFile& file) { return file.name == name; });
}

std::vector<std::byte> RunDirectory::read(const std::string& name) const {
    for (const ListedFile& file : files_) {
        if (file.name != name) continue;
        std::vector<std::byte> bytes = folder_.read(name);
        const std::string why = difference(file, bytes);
        if (!why.empty())
            throw DamagedFile(fmt::format("{} is damaged or was changed: {}; nothing was read from "
                                          "it; run the experiment again",
                                          (path() / name).string(), why));
        return bytes;
    }
    throw FormatError(fmt::format("{} lists no file {}; run the experiment again to have it",
                                  (path() / "run.json").string(), name));
}

std::string RunDirectory::read_text(const std::string& name) const { return as_text(read(name)); }

ResultsReader RunDirectory::results(const std::string& name) const {
    return ResultsReader(read(name), (path() / name).string());
}

namespace {

/// Lines of a list of hashes as sha256sum writes it: "HASH  NAME".
std::vector<std::pair<std::string, std::string>> hash_lines(const std::string& text) {
    std::vector<std::pair<std::string, std::string>> lines;
    for (std::size_t from = 0; from < text.size();) {
        const std::size_t end = std::min(text.find('\n', from), text.size());
        const std::string line = text.substr(from, end - from);
        if (line.size() > n_digits + 2)
            lines.emplace_back(line.substr(0, n_digits), line.substr(n_digits + 2));
        from = end + 1;
    }
    return lines;
}

/// The runs of a sweep: each is the one that was collected, and whole.
/// @param seen  gets the folders of those that are known
void verify_runs(const RunDirectory& sweep, Verification& found, std::set<std::string>& seen) {
    for (const auto& [hash, name] : hash_lines(sweep.read_text(runs_list))) {
        check_file_name(name);
        const std::string folder = name.substr(0, name.rfind('/'));
        seen.insert(folder);
        const std::filesystem::path path = sweep.path() / folder;
        try {
            const std::string now = sha256_of_file(sweep.path() / name);
            if (now != hash)
                found.problems.push_back(
                    fmt::format("{}: its SHA-256 is {}, {} has {}", name, now, runs_list, hash));
        } catch (const IoError& error) {
            found.problems.push_back(
                name + ": " + (error.code().value() == ENOENT ? "is missing" : error.what()));
            continue;
        }
        const Verification run = verify(path);
        for (const std::string& one : run.problems) found.problems.push_back(folder + "/" + one);
        for (const std::string& one : run.notes) found.notes.push_back(folder + "/" + one);
        found.n_files += run.n_files;
    }
}

/// Files of a sweep that no run.json lists: its books, and what a worker is writing now.
bool is_of_the_books(const std::string& name) {
    return name.rfind("claims/", 0) == 0 || name.rfind("journal/", 0) == 0 ||
           (name.rfind("points/", 0) == 0 && name.find(".part/") != std::string::npos);
}

} // namespace

Verification verify(const std::filesystem::path& path) {
    Verification found;
    std::set<std::string> listed = {"run.json"};
    try {
        const RunDirectory directory = RunDirectory::open(path);
        found.n_files = 1;
        const Folder folder = Folder::open(path);
        for (const ListedFile& file : directory.files()) {
            listed.insert(file.name);
            try {
                const std::string why = difference(file, folder.read(file.name));
                if (!why.empty()) found.problems.push_back(file.name + ": " + why);
                ++found.n_files;
            } catch (const IoError& error) {
                const bool missing = error.code().value() == ENOENT;
                found.problems.push_back(file.name + ": " +
                                         (missing ? "is missing" : error.what()));
            } catch (const FormatError& error) {
                found.problems.push_back(file.name + ": " + error.what());
            }
        }
        std::set<std::string> runs; ///< whose own run.json lists what is in them
        const bool is_sweep = directory.has(runs_list);
        if (is_sweep) verify_runs(directory, found, runs);
        for (const std::string& name : folder.files()) {
            if (listed.count(name) || (is_sweep && is_of_the_books(name))) continue;
            const std::size_t second = std::min(name.find('/', name.find('/') + 1), name.size());
            if (runs.count(name.substr(0, second))) continue;
            found.notes.push_back(name + ": is not listed in run.json");
        }
    } catch (const std::runtime_error& error) {
        // no run.json to go by: nothing in the directory can be vouched for
        found.problems.push_back(std::string("run.json: ") + error.what());
    }
    return found;
}

std::string results_file(const RunDirectory& run) {
    return run.run().value("kind", "") == "sweep" ? "summary.h5" : "results.h5";
}

} // namespace lamina

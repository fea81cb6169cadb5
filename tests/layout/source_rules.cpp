#include "layout/source_rules.hpp"

#include <algorithm>
#include <functional>
#include <regex>
#include <set>
#include <sstream>
#include <tuple>

#include "support/process.hpp"

namespace lamina::test {
namespace {

using Path = std::string;

bool starts_with(const std::string& text, const std::string& head) {
    return text.compare(0, head.size(), head) == 0;
}

bool ends_with(const std::string& text, const std::string& tail) {
    return text.size() >= tail.size() &&
           text.compare(text.size() - tail.size(), tail.size(), tail) == 0;
}

bool is_source(const Path& file) {
    for (const char* ending : {".cpp", ".hpp", ".cu", ".cuh", ".h", ".c"})
        if (ends_with(file, ending)) return true;
    return false;
}

/// The folder that stands for a layer: sim/run_file is one of its own.
std::string layer_of(const Path& file) {
    if (starts_with(file, "sim/run_file/")) return "sim/run_file";
    return file.substr(0, file.find('/'));
}

/// Is `file` in one of these places? A place that ends in '/' is a folder, one that ends in '*' the
/// beginning of a name, any other a file.
bool is_in(const Path& file, const std::vector<std::string>& places) {
    for (const std::string& place : places) {
        if (place.back() == '*'   ? starts_with(file, place.substr(0, place.size() - 1))
            : place.back() == '/' ? starts_with(file, place)
                                  : file == place)
            return true;
    }
    return false;
}

// ---- arrows: layer -> what its files may include of ours

struct Arrow {
    std::string layer;
    std::vector<std::string> may_include;
};

const std::vector<Arrow>& arrows() {
    static const std::vector<Arrow> table = {
        {"kernels", {"kernels/"}},
        {"models",
         {"models/", "kernels/portable.hpp", "kernels/math.hpp", "kernels/view.hpp",
          "kernels/vec.hpp", "kernels/philox.hpp", "kernels/normal.hpp", "kernels/lanes.hpp",
          "kernels/soa.hpp", "kernels/normal_quantile.hpp"}},
        {"sim/run_file", {"sim/run_file/"}},
        {"sim", {"sim/", "models/", "kernels/"}},
        // a trial is a pure function of the seed, so tasks draw numbers as the models do
        {"experiments",
         {"experiments/", "sim/", "models/", "analysis/", "kernels/philox.hpp",
          "kernels/normal.hpp", "kernels/portable.hpp", "generated/"}},
        {"analysis", {"analysis/", "sim/run_file/"}},
    };
    return table;
}

void check_arrow(const Path& file, const std::string& target, int line,
                 std::vector<Violation>& found) {
    const std::string layer = layer_of(file);
    if (layer == "tests") return; // tests may include everything
    for (const Arrow& arrow : arrows()) {
        if (arrow.layer != layer) continue;
        if (!is_in(target, arrow.may_include))
            found.push_back({file, line, layer + " may not include \"" + target + "\""});
        return;
    }
}

// ---- outside libraries: header -> where it may appear

struct Library {
    std::string name;
    std::regex header;
    std::vector<std::string> places;
};

const std::vector<Library>& libraries() {
    static const std::vector<Library> table = {
        {"CUDA",
         std::regex(
             "(cuda|cooperative_groups|thrust/|cub/|cublas|curand|nv|mma\\.h|vector_types).*"),
         {"kernels/cuda/", "sim/backend_cuda.cu"}},
        {"HDF5",
         std::regex("(hdf5.*|H5.*)"),
         {"sim/run_file/image.cpp", "sim/run_file/reader.cpp"}},
        {"vector intrinsics", std::regex("immintrin\\.h"), {"kernels/cpu/"}},
        {"libyaml", std::regex("(yaml\\.h|yaml-cpp/.*)"), {"experiments/yaml_events.cpp"}},
        {"OpenMP", std::regex("omp\\.h"), {"kernels/cpu/", "sim/", "experiments/"}},
        {"MPI", std::regex("mpi.*"), {"experiments/sweep/ranks.cpp"}},
        {"Random123", std::regex("Random123/.*"), {"kernels/philox.hpp"}},
        {"odeint",
         std::regex("boost/numeric/odeint.*"),
         {"sim/area_odeint*", "sim/bench*", "experiments/bench*", "experiments/commands/bench*"}},
        {"Boost.CRC", std::regex("boost/crc\\.hpp"), {"experiments/npz.cpp"}},
        {"Boost.Math", std::regex("boost/math/.*"), {"analysis/", "sim/"}},
        {"Boost.Random", std::regex("boost/random/.*"), {"experiments/fit/"}},
        {"Eigen",
         std::regex("Eigen/.*"),
         {"kernels/cpu/", "sim/", "experiments/classical_mds.cpp", "experiments/fit/",
          "experiments/mechanisms/naka_rushton.cpp"}},
        {"NLopt", std::regex("nlopt\\.h"), {"experiments/fit/"}},
        {"CLI11", std::regex("CLI/.*"), {"experiments/"}},
        {"nlohmann-json",
         std::regex("nlohmann/.*"),
         {"sim/run_file/", "analysis/", "experiments/"}},
        {"fmt", std::regex("fmt/.*"), {"sim/", "analysis/", "experiments/"}},
        {"Catch2", std::regex("catch2/.*"), {}},
        {"POSIX",
         std::regex("((sys|linux|sanitizer)/.*|(dirent|dlfcn|fcntl|langinfo|poll|pwd|sched|termios|"
                    "ucontext|unistd)\\.h)"),
         {"sim/", "experiments/", "kernels/emulated/"}},
    };
    return table;
}

void check_library(const Path& file, const std::string& header, int line,
                   std::vector<Violation>& found) {
    for (const Library& library : libraries()) {
        if (!std::regex_match(header, library.header)) continue;
        if (layer_of(file) != "tests" && !is_in(file, library.places))
            found.push_back({file, line, library.name + " may not appear here: <" + header + ">"});
        return;
    }
    // what is left must be the language's own: <vector>, <cstdint>
    if (layer_of(file) != "tests" && !std::regex_match(header, std::regex("[a-z_0-9]+")))
        found.push_back({file, line, "no library of ours has <" + header + ">"});
}

void check_includes(const Path& file, const std::string& code, std::vector<Violation>& found) {
    static const std::regex include("\\s*#\\s*include\\s*([\"<])([^\">]+)[\">].*");
    std::istringstream lines(code);
    std::string text;
    for (int line = 1; std::getline(lines, text); ++line) {
        std::smatch part;
        if (!std::regex_match(text, part, include)) continue;
        if (part[1] == "<")
            check_library(file, part[2], line, found);
        else
            check_arrow(file, part[2], line, found);
    }
}

// ---- words that no source contains

struct Word {
    std::string why;
    std::regex pattern;                      ///< searched in code_only()
    std::function<bool(const Path&)> exempt; ///< files that may
};

const std::vector<Word>& forbidden_words() {
    const auto is_test = [](const Path& f) { return starts_with(f, "tests/"); };
    const auto nobody = [](const Path&) { return false; };
    static const std::vector<Word> table = {
        {"a shell is never started: use fork and exec with an argument list",
         std::regex("\\b(system|popen)\\s*\\("), is_test},
        {"std:: distributions differ between C++ libraries: use kernels/normal.hpp",
         std::regex("\\bstd::(\\w+_distribution|random_device|default_random_engine)\\b"), nobody},
        // the engine itself is the same everywhere; analysis, which sees no kernels, resamples by
        // it
        {"a simulation draws by kernels/philox.hpp, which has no hidden state",
         std::regex("\\bstd::(mt19937\\w*|minstd_rand\\w*|ranlux\\w*)\\b"),
         [is_test](const Path& f) { return is_test(f) || starts_with(f, "analysis/"); }},
        {"rand() has hidden state: use kernels/philox.hpp",
         std::regex("(^|[^\\w:.>])(std::)?s?rand\\s*\\("), nobody},
        {"OpenMP belongs to kernels/cpu and to the loops of sim and experiments",
         std::regex("#\\s*pragma\\s+omp\\b"),
         [is_test](const Path& f) {
             return is_test(f) || is_in(f, {"kernels/cpu/", "sim/", "experiments/"});
         }},
        {"an unordered OpenMP reduction gives other bits with other numbers of threads",
         std::regex("#\\s*pragma\\s+omp\\b.*\\breduction\\s*\\("), nobody},
    };
    return table;
}

void check_words(const Path& file, const std::string& code, std::vector<Violation>& found) {
    std::istringstream lines(code);
    std::string text;
    for (int line = 1; std::getline(lines, text); ++line)
        for (const Word& word : forbidden_words())
            if (!word.exempt(file) && std::regex_search(text, word.pattern))
                found.push_back({file, line, word.why});
}

// ---- bytes: sources are ASCII and short; no text of ours names a machine or a registry

constexpr int longest_source_lines = 600;

/// Spelled in halves, or this file would break its own rule.
const std::vector<std::string>& foreign_places() {
    static const std::vector<std::string> table = {"/wo"
                                                   "rk/",
                                                   "/tm"
                                                   "p/",
                                                   "/ro"
                                                   "ot/",
                                                   "/fa"
                                                   "rm/",
                                                   "/ho"
                                                   "me/",
                                                   "deb.deb"
                                                   "ian.org",
                                                   "py"
                                                   "pi.org",
                                                   "files.python"
                                                   "hosted",
                                                   "registry.npm"
                                                   "js",
                                                   "proxy.go"
                                                   "lang",
                                                   "crates"
                                                   ".io",
                                                   "../sha"
                                                   "red"};
    return table;
}

void check_bytes(const Path& file, const std::string& bytes, std::vector<Violation>& found) {
    const bool source = is_source(file);
    int line = 0;
    std::istringstream lines(bytes);
    for (std::string text; std::getline(lines, text);) {
        ++line;
        if (source && std::any_of(text.begin(), text.end(),
                                  [](char c) { return static_cast<unsigned char>(c) > 126; }))
            found.push_back({file, line, "sources are ASCII"});
        for (const std::string& place : foreign_places()) {
            // the check-in script is the one place that knows where its data lie
            if (file == ".ci/run" && starts_with(place, "..")) continue;
            if (text.find(place) != std::string::npos)
                found.push_back({file, line, "names a place outside the repository: " + place});
        }
    }
    if (source && line > longest_source_lines)
        found.push_back({file, 0, "longer than 600 lines: one file tells one story"});
}

} // namespace

std::string to_string(const Violation& violation) {
    return violation.file + ":" + std::to_string(violation.line) + ": " + violation.what;
}

std::string code_only(const std::string& source) {
    static const std::regex include("\\s*#\\s*include\\b");
    std::string code = source;
    const auto blank = [&](std::size_t from, std::size_t to) {
        for (std::size_t i = from; i < std::min(to, code.size()); ++i)
            if (code[i] != '\n') code[i] = ' ';
    };
    // one pass; at every step, what begins here?
    for (std::size_t i = 0; i < source.size();) {
        const std::size_t line_start = source.rfind('\n', i) + 1;
        std::size_t end = i + 1;
        if (source.compare(i, 2, "//") == 0) {
            end = source.find('\n', i);
            blank(i, end);
        } else if (source.compare(i, 2, "/*") == 0) {
            end = source.find("*/", i + 2);
            end = end == std::string::npos ? end : end + 2;
            blank(i, end);
        } else if (source.compare(i, 2, "R\"") == 0) {
            const std::size_t open = source.find('(', i);
            const std::string close = ")" + source.substr(i + 2, open - i - 2) + "\"";
            end = source.find(close, open);
            end = end == std::string::npos ? end : end + close.size();
            blank(i, end);
        } else if (source[i] == '"' || (source[i] == '\'' && (i == 0 || !isalnum(source[i - 1])))) {
            while (end < source.size() && source[end] != source[i] && source[end] != '\n')
                end += source[end] == '\\' ? 2 : 1;
            ++end;
            if (!std::regex_search(source.begin() + static_cast<std::ptrdiff_t>(line_start),
                                   source.begin() + static_cast<std::ptrdiff_t>(i), include))
                blank(i, end);
        }
        i = std::min(end, source.size());
    }
    return code;
}

std::vector<std::string> files_of(const std::filesystem::path& root) {
    namespace fs = std::filesystem;
    std::vector<std::string> files;
    for (auto entry = fs::recursive_directory_iterator(root);
         entry != fs::recursive_directory_iterator(); ++entry) {
        const std::string name = entry->path().filename();
        if (entry->is_directory()) {
            const bool hidden = name[0] == '.' && name != ".ci";
            const bool made = name == "build" || name == "runs" || name == "__pycache__";
            if (hidden || made) entry.disable_recursion_pending();
        } else if (entry->is_regular_file() && !entry->is_symlink() && name != ".git") {
            files.push_back(entry->path().lexically_relative(root).generic_string());
        }
    }
    std::sort(files.begin(), files.end());
    return files;
}

std::vector<Violation> check_tree(const std::filesystem::path& root) {
    std::vector<Violation> found;
    for (const std::string& file : files_of(root)) {
        const std::string bytes = read_file(root / file);
        if (bytes.find('\0') != std::string::npos) continue; // a picture or a data file
        check_bytes(file, bytes, found);
        if (!is_source(file)) continue;
        const std::string code = code_only(bytes);
        check_includes(file, code, found);
        check_words(file, code, found);
    }
    std::stable_sort(found.begin(), found.end(), [](const Violation& a, const Violation& b) {
        return std::tie(a.file, a.line) < std::tie(b.file, b.line);
    });
    return found;
}

} // namespace lamina::test

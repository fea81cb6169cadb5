/// Without root: the libraries unpacked into a folder (scripts/prefix-packages, docs/installing.md)
/// are those that are compiled and linked, also where the system has its own.
#include <catch2/catch.hpp>

#include <regex>
#include <sstream>

#include "support/process.hpp"
#include "support/skip.hpp"
#include "support/source_tree.hpp"

using namespace lamina::test;
namespace fs = std::filesystem;

namespace {

/// Unpacked once, beside the build of these tests. Empty when the packages cannot be fetched.
fs::path unpacked_prefix() {
    const fs::path prefix = fs::path(LAMINA_BINARY).parent_path() / "prefix";
    const auto done =
        run_process({(source_tree / "scripts/prefix-packages").string(), prefix.string()});
    INFO(done.err);
    if (done.exit_code == 4) {
        skip("the packages of the prefix cannot be fetched");
        return {};
    }
    REQUIRE(done.exit_code == 0);
    return prefix;
}

/// The build folder of the page's recipe.
fs::path configured_with(const fs::path& prefix) {
    const fs::path build = prefix.parent_path() / "with-prefix";
    const auto done =
        run_process({"cmake", "-S", source_tree.string(), "-B", build.string(), "-G", "Ninja",
                     "-DCMAKE_BUILD_TYPE=Release", "-DLAMINA_TESTS=OFF", "-DLAMINA_CUDA=OFF",
                     "-DLAMINA_MPI=OFF", // no part of the prefix
                     "-DCMAKE_PREFIX_PATH=" + (prefix / "usr").string()});
    INFO(done.out << done.err);
    REQUIRE(done.exit_code == 0);
    return build;
}

std::string output_of(const std::vector<std::string>& command) {
    ProcessOptions options;
    options.timeout_s = 3000;
    const auto done = run_process(command, options);
    INFO(done.out << done.err);
    REQUIRE(done.exit_code == 0);
    return done.out;
}

/// Every match of the first group of `pattern`.
std::vector<std::string> matches(const std::string& text, const std::string& pattern) {
    std::vector<std::string> found;
    const std::regex expression(pattern);
    for (auto match = std::sregex_iterator(text.begin(), text.end(), expression);
         match != std::sregex_iterator(); ++match)
        found.push_back((*match)[1]);
    return found;
}

} // namespace

TEST_CASE("libraries under a prefix are compiled and linked, not those of the system", "[slow]") {
    const fs::path prefix = unpacked_prefix();
    if (prefix.empty()) return;
    const fs::path build = configured_with(prefix);

    // every folder of headers, and every library of the program
    const std::string commands =
        output_of({"ninja", "-C", build.string(), "-t", "commands", "lamina"});
    const auto folders = matches(commands, "-isystem (\\S+)");
    CHECK(folders.size() > 100);
    for (const std::string& folder : folders)
        if (folder.rfind(prefix.string(), 0) != 0) FAIL_CHECK("headers of " + folder);
    const std::string link = commands.substr(commands.rfind("-o lamina "));
    for (const char* library : {"libhdf5.so", "libhdf5_hl.so", "libyaml.so", "libfmt.so"}) {
        INFO(library);
        const auto linked = matches(link, "(\\S*" + std::string(library) + ")");
        REQUIRE(linked.size() >= 1);
        for (const std::string& path : linked) CHECK(path.rfind(prefix.string(), 0) == 0);
    }

    // and what the compiler then reads: one source for each library
    std::vector<std::string> compile = {"ninja", "-C", build.string()};
    for (const char* object :
         {"run_file.dir/sim/run_file/image", "experiments.dir/experiments/yaml_events",
          "experiments.dir/experiments/command_help", "experiments.dir/experiments/classical_mds",
          "experiments.dir/experiments/version", "sim.dir/sim/weights",
          "analysis.dir/analysis/statistics"})
        compile.push_back("CMakeFiles/lamina_" + std::string(object) + ".cpp.o");
    output_of(compile);
    const std::string read = output_of({"ninja", "-C", build.string(), "-t", "deps"});
    for (const char* header : {"hdf5.h", "yaml.h", "CLI/CLI.hpp", "Eigen/Core", "nlohmann/json.hpp",
                               "Random123/philox.h", "boost/version.hpp", "fmt/core.h"}) {
        INFO(header);
        const auto paths = matches(read, "\n +(\\S*/" + std::string(header) + ")\n");
        CHECK(paths.size() >= 1);
        // ccache may have made them relative to the build folder
        for (const std::string& path : paths)
            CHECK(fs::weakly_canonical(build / path).string().rfind(prefix.string(), 0) == 0);
    }
}

TEST_CASE("a whole lamina from unpacked packages runs on their libraries", "[.][prefix]") {
    const fs::path prefix = unpacked_prefix();
    if (prefix.empty()) return;
    const fs::path build = configured_with(prefix);
    output_of({"ninja", "-C", build.string(), "lamina"});
    ProcessOptions options;
    options.environment = {{"LD_LIBRARY_PATH", (prefix / "usr/lib/x86_64-linux-gnu").string()}};
    const std::string program = (build / "lamina").string();
    const auto libraries = run_process({"ldd", program}, options);
    for (const char* library : {"libhdf5_serial.so", "libyaml-0.so", "libfmt.so"}) {
        INFO(libraries.out);
        const auto paths = matches(libraries.out, "(" + std::string(library) + "\\S* => \\S+)");
        REQUIRE(paths.size() == 1);
        CHECK(paths[0].find(prefix.string()) != std::string::npos);
    }
    const auto checked =
        run_process({program, "check", (source_tree / "experiments/dms.yaml").string()}, options);
    INFO(checked.err);
    CHECK(checked.exit_code == 0);
    // the same numbers as the program of these tests
    const TemporaryDirectory folder;
    std::vector<std::string> run = {program,
                                    "run",
                                    (source_tree / "experiments/dms.yaml").string(),
                                    "task.load=1",
                                    "task.trials.per_condition=1",
                                    "analysis.predict=false",
                                    "--no-report",
                                    "-o",
                                    (folder.path() / "a").string()};
    CHECK(run_process(run, options).exit_code == 0);
    run.erase(run.begin());
    run.back() = (folder.path() / "b").string();
    CHECK(run_lamina(run).exit_code == 0);
    CHECK(read_file(folder.path() / "a/results.h5") == read_file(folder.path() / "b/results.h5"));
}

/// `cmake --install` into an empty folder: what lies there works from there.
#include <catch2/catch.hpp>

#include "support/process.hpp"
#include "support/source_tree.hpp"

using namespace lamina::test;
namespace fs = std::filesystem;

namespace {

/// A prefix with an installed Lamina, and a way to run programs there that knows nothing of ours.
struct Installation {
    TemporaryDirectory folder;
    fs::path prefix = fs::canonical(folder.path());
    ProcessOptions there;

    Installation() {
        const fs::path build = fs::path(LAMINA_BINARY).parent_path();
        const auto done =
            run_process({"cmake", "--install", build.string(), "--prefix", prefix.string()});
        INFO(done.out << done.err);
        REQUIRE(done.exit_code == 0);
        there.directory = prefix;
        there.environment = {{"PYTHONPATH", (prefix / "share/lamina/python").string()},
                             {"PYTHONDONTWRITEBYTECODE", "1"},
                             {"LAMINA_PROGRAM", std::nullopt}};
    }
    ProcessResult run(const std::vector<std::string>& words) const {
        return run_process(words, there);
    }
};

} // namespace

TEST_CASE("an installed lamina is the built one, with its experiments, their schema, lamina.py") {
    const Installation installed;
    const auto version = installed.run({"bin/lamina", "--version"});
    CHECK(version.exit_code == 0);
    CHECK(version.out == run_lamina({"--version"}).out);
    CHECK(version.out.find("lamina ") == 0);

    // it finds the experiments that were installed with it, not those of the source tree
    const fs::path data = installed.prefix / "share/lamina";
    CHECK(read_file(data / "experiments/dms.yaml") ==
          read_file(source_tree / "experiments/dms.yaml"));
    const auto listed = installed.run({"bin/lamina", "list", "experiments"});
    CHECK(listed.out.find((data / "experiments/dms.yaml").string()) != std::string::npos);
    CHECK(listed.out.find(source_tree.string()) == std::string::npos);
    CHECK(installed.run({"bin/lamina", "init", "study", "--template", "dms"}).exit_code == 0);
    CHECK(installed.run({"bin/lamina", "check", "study/dms.yaml"}).exit_code == 0);
    CHECK(read_file(data / "lamina.schema.json") == run_lamina({"schema"}).out);

    // what shells and man look for
    const fs::path share = installed.prefix / "share";
    CHECK(read_file(share / "bash-completion/completions/lamina") ==
          run_lamina({"completion", "bash"}).out);
    CHECK(read_file(share / "zsh/site-functions/_lamina") == run_lamina({"completion", "zsh"}).out);
    CHECK(read_file(share / "fish/vendor_completions.d/lamina.fish") ==
          run_lamina({"completion", "fish"}).out);
    CHECK(read_file(share / "man/man1/lamina-run.1") == run_lamina({"manual", "run"}).out);
    CHECK(fs::exists(share / "man/man1/lamina.1"));

    // lamina.py finds the program beside it, whatever else is in PATH
    const auto found =
        installed.run({"/usr/bin/python3", "-c", "import lamina; print(lamina.program())"});
    INFO(found.err);
    CHECK(found.out == (installed.prefix / "bin/lamina").string() + "\n");
}

TEST_CASE("a program outside of the tree steps an area and has the block: find_package(Lamina)",
          "[slow]") {
    const Installation installed;
    const std::string build = (installed.prefix / "consumer").string();
    const auto configured = installed.run({"cmake", "-S", (source_tree / "tests/consumer").string(),
                                           "-B", build, "-DCMAKE_BUILD_TYPE=Release",
                                           "-DCMAKE_PREFIX_PATH=" + installed.prefix.string()});
    INFO(configured.out << configured.err);
    REQUIRE(configured.exit_code == 0);
    const auto built = installed.run({"cmake", "--build", build});
    INFO(built.out << built.err);
    REQUIRE(built.exit_code == 0);

    // the program itself ends with 1 unless column and block agree
    const auto ran = installed.run({build + "/consumer"});
    INFO(ran.out << ran.err);
    CHECK(ran.exit_code == 0);
    CHECK(ran.out.find("output_relative_error") == 0);

    // the package names no folder of the tree or the build: it may be moved to another machine
    for (const auto& entry : fs::recursive_directory_iterator(installed.prefix))
        if (entry.path().extension() == ".cmake" &&
            entry.path().string().find("/consumer/") == std::string::npos) {
            INFO(entry.path());
            CHECK(read_file(entry.path()).find(source_tree.string()) == std::string::npos);
        }
}

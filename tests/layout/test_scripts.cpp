/// The scripts a newcomer types, run in a copy of the tree's scripts with stand-ins for the
/// programs they call: no package is installed and nothing is compiled here.
#include <catch2/catch.hpp>

#include <sstream>

#include "support/contains.hpp"
#include "support/process.hpp"

using namespace lamina::test;
namespace fs = std::filesystem;

namespace {

/// A tree with our scripts, an empty build, and a folder of stand-ins that comes first in PATH.
struct Workshop {
    TemporaryDirectory folder;
    fs::path tree = folder.path() / "tree", stand_ins = folder.path() / "bin";
    ProcessOptions options;

    Workshop() {
        fs::create_directories(tree);
        for (const char* name : {"scripts", ".ci"})
            fs::copy(fs::path(LAMINA_SOURCE_DIR) / name, tree / name, fs::copy_options::recursive);
        // nothing is installed, we are not root, sudo asks for a password, cmake and apt-get do
        // nothing
        program("dpkg-query", "exit 1");
        program("id", "echo 1000");
        program("sudo", "exit 1");
        program("apt-get", "echo \"apt-get $*\" >> \"$CALLS\"");
        program("cmake", "exit 0");
        program("clang-format", "exit 0");
        options.environment = {{"PATH", stand_ins.string() + ":/usr/bin:/bin"},
                               {"CALLS", (folder.path() / "calls").string()},
                               {"LAMINA_DATA", std::nullopt}};
        write_file(folder.path() / "calls", "");
    }

    /// A stand-in: the body of a shell script.
    void program(const std::string& name, const std::string& body) {
        write_program(stand_ins / name, body);
    }
    /// A test program of the build: the body of a shell script.
    void test_program(const std::string& name, const std::string& body,
                      const std::string& preset = "release") {
        const fs::path build = tree / "build" / preset;
        write_file(build / "build.ninja", "");
        write_program(build / "tests" / ("test_" + name), body);
        names[preset] += name + "\n";
        write_file(build / "tests" / "programs.txt", names[preset]);
    }
    /// Every package is installed.
    void install_all() {
        program("dpkg-query", "shift 2; for p in \"$@\"; do echo \"$p installed\"; done");
    }

    ProcessResult run(std::vector<std::string> words) {
        words[0] = (tree / words[0]).string();
        return run_process(words, options);
    }
    std::string calls() const { return read_file(folder.path() / "calls"); }

  private:
    std::map<std::string, std::string> names;
};

std::string last_line(const std::string& text) {
    const std::size_t end = text.find_last_not_of('\n');
    return text.substr(text.rfind('\n', end) + 1, end - text.rfind('\n', end));
}

} // namespace

TEST_CASE("bootstrap: with everything installed it says nothing and calls nothing") {
    Workshop workshop;
    workshop.install_all();
    const auto result = workshop.run({"scripts/bootstrap", "--tests"});
    CHECK(result.exit_code == 0);
    CHECK(result.out + result.err == "");
    CHECK(workshop.calls() == "");
}

TEST_CASE("bootstrap: without the right to install, it prints what to type and ends with 2") {
    Workshop workshop;
    workshop.program("dpkg-query", "shift 2; for p in \"$@\"; do case $p in "
                                   "cmake) echo \"$p config-files\";; catch2) ;; "
                                   "*) echo \"$p installed\";; esac; done; exit 1");
    const auto result = workshop.run({"scripts/bootstrap"});
    CHECK(result.exit_code == 2);
    CHECK(contains(result.err, "\napt-get install cmake catch2\n"));
    CHECK(workshop.calls() == "");
    // whoever calls it stops as well
    CHECK(workshop.run({"scripts/demo"}).exit_code == 2);
    CHECK(workshop.run({"scripts/test"}).exit_code == 2);
}

TEST_CASE(
    "bootstrap: root installs what is missing; the lists are fetched only when they must be") {
    Workshop workshop;
    workshop.program("id", "echo 0");
    CHECK(workshop.run({"scripts/bootstrap"}).exit_code == 0);
    CHECK(contains(workshop.calls(), "apt-get install --yes --no-install-recommends g++ cmake"));
    CHECK_FALSE(contains(workshop.calls(), "update"));
    CHECK_FALSE(contains(workshop.calls(), "hdf5-tools")); // a package of the tests

    // absent lists: even simulating fails
    write_file(workshop.folder.path() / "calls", "");
    workshop.program("apt-get", "echo \"apt-get $*\" >> \"$CALLS\"; grep -q update \"$CALLS\" || "
                                "[ \"$1\" = update ] || exit 100");
    CHECK(workshop.run({"scripts/bootstrap", "--tests"}).exit_code == 0);
    CHECK(contains(workshop.calls(), "apt-get update\napt-get install --yes"));
    CHECK(contains(workshop.calls(), "hdf5-tools"));

    // a failure to install is not hidden
    workshop.program("apt-get", "exit 100");
    CHECK(workshop.run({"scripts/bootstrap"}).exit_code != 0);
}

TEST_CASE("bootstrap: password-less sudo is used where there is one") {
    Workshop workshop;
    workshop.program("sudo", "[ \"$1\" = -n ] && shift && echo sudo >> \"$CALLS\" && exec \"$@\"");
    CHECK(workshop.run({"scripts/bootstrap"}).exit_code == 0);
    CHECK(contains(workshop.calls(), "sudo\napt-get install --yes"));
}

TEST_CASE("test: the last line sums over all programs, also beyond a failing one") {
    Workshop workshop;
    workshop.install_all();
    workshop.test_program("kernels",
                          "echo skipped: a: no CUDA device; echo 3 passed, 0 failed, 1 skipped");
    workshop.test_program("models", "echo 12 passed, 0 failed, 0 skipped; echo All tests passed");
    auto result = workshop.run({"scripts/test"});
    CHECK(last_line(result.out) == "15 passed, 0 failed, 1 skipped");
    CHECK(result.exit_code == 0);
    CHECK(contains(result.out, "skipped: a: no CUDA device\n"));

    workshop.test_program("sim", "echo the reason; echo 1 passed, 2 failed, 0 skipped; exit 1");
    workshop.test_program("analysis", "echo 4 passed, 0 failed, 0 skipped");
    result = workshop.run({"scripts/test"});
    CHECK(last_line(result.out) == "20 passed, 2 failed, 1 skipped");
    CHECK(result.exit_code == 1);
    CHECK(contains(result.out, "the reason\n"));
}

TEST_CASE("test: a program that crashes counts as a failure, whatever it printed before") {
    Workshop workshop;
    workshop.install_all();
    workshop.test_program("kernels", "echo 3 passed, 0 failed, 0 skipped");
    SECTION("without a count") {
        workshop.test_program("sim", "printf 'half a line'; kill -SEGV $$");
    }
    SECTION("with a good count, but another end") {
        workshop.test_program("sim", "echo 0 passed, 0 failed, 0 skipped; kill -ABRT $$");
    }
    SECTION("silent success is none") { workshop.test_program("sim", "exit 0"); }
    const auto result = workshop.run({"scripts/test"});
    CHECK(last_line(result.out) == "3 passed, 1 failed, 0 skipped");
    CHECK(result.exit_code == 1);
}

TEST_CASE("test: a build that fails is a failure, without any count") {
    Workshop workshop;
    workshop.install_all();
    workshop.test_program("kernels", "echo 3 passed, 0 failed, 0 skipped");
    workshop.program("cmake", "echo 'a.cpp:1:1: error: expected'; exit 1");
    const auto result = workshop.run({"scripts/test"});
    CHECK(result.exit_code != 0);
    CHECK_FALSE(contains(result.out, "passed"));
    CHECK(contains(result.err, "a.cpp:1:1: error: expected\n"));
}

TEST_CASE("test: --quick and --filter reach every program as one Catch2 selection") {
    Workshop workshop;
    workshop.install_all();
    workshop.test_program("sim",
                          "printf '<%s>' \"$@\" >> $CALLS; echo 1 passed, 0 failed, 0 skipped");
    CHECK(workshop.run({"scripts/test"}).exit_code == 0);
    CHECK(workshop.run({"scripts/test", "--quick"}).exit_code == 0);
    CHECK(workshop.run({"scripts/test", "--filter", "one, two"}).exit_code == 0);
    CHECK(workshop.run({"scripts/test", "--quick", "--filter", "[a],b"}).exit_code == 0);
    CHECK(workshop.calls() == "<><~[slow]~[.]><one, two><[a]~[slow]~[.],b~[slow]~[.]>");
    CHECK(workshop.run({"scripts/test", "--filter"}).exit_code != 0);
    CHECK(workshop.run({"scripts/test", "--wrong"}).exit_code == 2);
}

TEST_CASE("test: --only builds and runs the programs that it names") {
    Workshop workshop;
    workshop.install_all();
    workshop.program("cmake", "echo \"cmake $*\" >> $CALLS");
    for (const char* const name : {"kernels", "models", "sim"})
        workshop.test_program(name, std::string("echo ran ") + name +
                                        " >> $CALLS; echo 1 passed, 0 failed, 0 skipped");
    const auto result = workshop.run({"scripts/test", "--only", "kernels,sim"});
    CHECK(last_line(result.out) == "2 passed, 0 failed, 0 skipped");
    CHECK(contains(workshop.calls(), "--target test_kernels test_sim\n"));
    CHECK(contains(workshop.calls(), "ran kernels\nran sim\n"));
    CHECK_FALSE(contains(workshop.calls(), "ran models"));
    CHECK(workshop.run({"scripts/test", "--only"}).exit_code != 0);
}

TEST_CASE("test: a selection in which nothing runs is no success") {
    Workshop workshop;
    workshop.install_all();
    workshop.test_program("sim", "echo 0 passed, 0 failed, 0 skipped");
    const auto result = workshop.run({"scripts/test", "--filter", "nonesuch"});
    CHECK(last_line(result.out) == "0 passed, 1 failed, 0 skipped");
    CHECK(result.exit_code == 1);
    CHECK(contains(result.err, "nonesuch"));
}

TEST_CASE("the check-in script: one closing line over all stages; data if they are there") {
    Workshop workshop;
    workshop.install_all();
    workshop.test_program("kernels", "echo 2 passed, 0 failed, 1 skipped");
    workshop.test_program("kernels", "echo 2 passed, 0 failed, 1 skipped", "asan");
    workshop.test_program("sim", "echo 3 passed, 0 failed, 0 skipped", "asan");
    auto result = workshop.run({".ci/run"});
    // two test cases, layout, sanitizers of two groups of libraries
    CHECK(last_line(result.out) == "5 passed, 0 failed, 1 skipped");
    CHECK(result.exit_code == 0);

    // a sanitizer's report
    workshop.test_program("sim", "echo AddressSanitizer; exit 1", "asan");
    result = workshop.run({".ci/run"});
    CHECK(last_line(result.out) == "4 passed, 1 failed, 1 skipped");
    CHECK(result.exit_code == 1);

    // the data beside the repository are found from any folder
    workshop.test_program("sim", "echo LAMINA_DATA=${LAMINA_DATA-none}; exit 1");
    CHECK(contains(workshop.run({".ci/run"}).out, "LAMINA_DATA=none\n"));
    const fs::path data = workshop.folder.path() / "shared" / "data";
    fs::create_directories(data);
    CHECK(contains(workshop.run({".ci/run"}).out, "LAMINA_DATA=" + data.string() + "\n"));
}

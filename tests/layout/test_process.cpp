#include <catch2/catch.hpp>

#include <csignal>

#include "support/process.hpp"

using namespace lamina::test;

TEST_CASE("run_process: stdout, stderr and exit code come back apart") {
    const auto result = run_process({"/bin/sh", "-c", "printf out; printf err >&2; exit 7"});
    CHECK(result.out == "out");
    CHECK(result.err == "err");
    CHECK(result.exit_code == 7);
}

TEST_CASE("run_process: arguments reach the program untouched by any shell") {
    const std::string hostile = "$(exit 3) `x` \"'; *\n?";
    CHECK(run_process({"printf", "%s", hostile}).out == hostile);
}

TEST_CASE("run_process: input and output beyond a pipe's buffer do not block") {
    ProcessOptions options;
    options.input = std::string(3000000, 'x');
    CHECK(run_process({"cat"}, options).out == options.input);
    // a child that never reads is no error
    CHECK(run_process({"true"}, options).exit_code == 0);
}

TEST_CASE("run_process: directory and environment are the child's alone") {
    const TemporaryDirectory directory;
    ProcessOptions options;
    options.directory = directory.path();
    options.environment = {{"LAMINA_TEST_SET", "yes"}, {"HOME", std::nullopt}};
    const auto result =
        run_process({"/bin/sh", "-c", "pwd -P; echo $LAMINA_TEST_SET ${HOME-none}"}, options);
    CHECK(result.out == std::filesystem::canonical(directory.path()).string() + "\nyes none\n");
    CHECK(std::getenv("LAMINA_TEST_SET") == nullptr);
}

TEST_CASE("run_process: a signal counts as 128 + its number, a missing program as 127") {
    CHECK(run_process({"/bin/sh", "-c", "kill -SEGV $$"}).exit_code == 128 + SIGSEGV);
    CHECK(run_process({"no-such-program-anywhere"}).exit_code == 127);
}

TEST_CASE("run_process: a child that hangs is killed with its children") {
    ProcessOptions options;
    options.timeout_s = 0.2;
    const auto result = run_process({"/bin/sh", "-c", "sleep 60 & sleep 60"}, options);
    CHECK(result.timed_out);
    CHECK(result.exit_code == 128 + SIGKILL);
    // also when it closed its output first
    CHECK(run_process({"/bin/sh", "-c", "exec >&- 2>&-; sleep 60"}, options).timed_out);
}

TEST_CASE("TemporaryDirectory: it is gone afterwards, with what was in it") {
    std::filesystem::path kept;
    {
        const TemporaryDirectory directory;
        kept = directory.path();
        write_file(kept / "deep" / "file", std::string("a\0b", 3));
        CHECK(read_file(kept / "deep" / "file") == std::string("a\0b", 3));
    }
    CHECK_FALSE(std::filesystem::exists(kept));
    CHECK_THROWS_WITH(read_file(kept / "file"), Catch::Contains("file"));
}

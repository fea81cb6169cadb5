#include <catch2/catch.hpp>

#include "support/process.hpp"

using namespace lamina::test;
namespace fs = std::filesystem;

TEST_CASE(
    "an installed lamina is the built one, with its experiments and the schema of their files") {
    const TemporaryDirectory prefix;
    const fs::path build = fs::path(LAMINA_BINARY).parent_path();
    const auto installed =
        run_process({"cmake", "--install", build.string(), "--prefix", prefix.path().string()});
    INFO(installed.out << installed.err);
    REQUIRE(installed.exit_code == 0);

    // it runs from anywhere
    ProcessOptions elsewhere;
    elsewhere.directory = prefix.path();
    const auto version = run_process({"bin/lamina", "--version"}, elsewhere);
    CHECK(version.exit_code == 0);
    CHECK(version.out == run_lamina({"--version"}).out);
    CHECK(version.out.find("lamina ") == 0);

    // beside it, lamina.py finds it, whatever else is in PATH
    elsewhere.environment = {{"PYTHONPATH", (prefix.path() / "share/lamina/python").string()},
                             {"PYTHONDONTWRITEBYTECODE", "1"},
                             {"LAMINA_PROGRAM", std::nullopt}};
    const auto found = run_process(
        {"/usr/bin/python3", "-c", "import lamina; print(lamina.program())"}, elsewhere);
    INFO(found.err);
    CHECK(found.out == fs::canonical(prefix.path() / "bin/lamina").string() + "\n");

    const fs::path data = prefix.path() / "share" / "lamina";
    CHECK(read_file(data / "lamina.schema.json") == run_lamina({"schema"}).out);
    CHECK(read_file(data / "experiments" / "dms.yaml") ==
          read_file(fs::path(LAMINA_SOURCE_DIR) / "experiments" / "dms.yaml"));
}

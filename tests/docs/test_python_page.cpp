/// docs/python.md does what it says under /usr/bin/python3, and the example script runs.
#include <catch2/catch.hpp>

#include "docs/page.hpp"
#include "support/skip.hpp"
#include "support/source_tree.hpp"

using namespace lamina::test;
namespace fs = std::filesystem;

namespace {

bool python_can_open_runs() {
    if (run_process({"/usr/bin/python3", "-c", "import xarray, h5netcdf, h5py"}).exit_code == 0)
        return true;
    skip("/usr/bin/python3 has no xarray with h5netcdf");
    return false;
}

ProcessOptions inside(const TemporaryDirectory& folder) {
    ProcessOptions options;
    options.directory = folder.path();
    options.environment = {{"PYTHONPATH", (source_tree / "python").string()},
                           {"PYTHONDONTWRITEBYTECODE", "1"},
                           {"LAMINA_PROGRAM", LAMINA_BINARY}};
    return options;
}

} // namespace

TEST_CASE("docs/python.md: all its Python runs as one script, and prints what the page prints",
          "[slow]") {
    if (!python_can_open_runs()) return;
    std::string script, printed;
    for (const Block& block : blocks_of(read_file(source_tree / "docs/python.md"))) {
        REQUIRE((block.kind == "python" || block.kind == "text"));
        (block.kind == "python" ? script : printed) += block.text;
    }
    REQUIRE(lines_of(script).size() > 10);
    const TemporaryDirectory scratch;
    const auto done = run_process({"/usr/bin/python3", "-c", script}, inside(scratch));
    INFO(done.err << done.out);
    REQUIRE(done.exit_code == 0);
    // the same lines in the same order, but for numbers
    const auto due = lines_of(printed), came = lines_of(done.out);
    REQUIRE(came.size() == due.size());
    for (std::size_t line = 0; line < due.size(); ++line) {
        INFO("the page says: " << due[line]);
        CHECK(without_numbers(came[line]) == without_numbers(due[line]));
    }
}

TEST_CASE("python/rivals.py: an intact circuit is the block, a finite one is not", "[slow]") {
    if (!python_can_open_runs()) return;
    const TemporaryDirectory scratch;
    const auto done = run_process(
        {"/usr/bin/python3", (source_tree / "python/rivals.py").string(), "1"}, inside(scratch));
    INFO(done.err << done.out);
    REQUIRE(done.exit_code == 0);
    // inhibition, time to settle, its unit or "never", error of the output, accuracy, report
    std::map<std::string, double> error;
    std::smatch row;
    for (const std::string& line : lines_of(done.out))
        if (std::regex_match(line, row, std::regex("(\\w+) +(?:[\\d.]+ ms|never) +(\\S+) +.*")))
            error[row[1]] = std::stod(row[2]);
    REQUIRE(error.size() == 3);
    CHECK(error.at("pv_log") < 1e-6);
    CHECK(error.at("pv_linear") < 1e-6);
    CHECK(error.at("pv_finite") > 1e-3);
}

/// lamina.py under every Python that is supported: the one of Debian, and an environment with the
/// newest xarray. What is checked stands in check_lamina.py.
#include <catch2/catch.hpp>

#include <regex>

#include "support/process.hpp"
#include "support/skip.hpp"

using namespace lamina::test;
namespace fs = std::filesystem;

namespace {

const fs::path root = LAMINA_SOURCE_DIR;

/// @param shipped  "all": every shipped experiment is run; "few": one of each kind of results
void check_with(const std::string& python, const char* shipped) {
    ProcessOptions options;
    options.timeout_s = 1200; // on machines that are busy as well
    options.environment = {{"PYTHONPATH", (root / "python").string()},
                           {"PYTHONDONTWRITEBYTECODE", "1"},
                           {"LAMINA_SHIPPED", shipped},
                           {"LAMINA_PROGRAM", LAMINA_BINARY}};
    const auto done =
        run_process({python, (root / "tests/python/check_lamina.py").string()}, options);
    INFO(done.err);
    CHECK(done.exit_code == 0);
    std::smatch part;
    // unittest says how many ran: a file that was not read as tests must not pass
    REQUIRE(std::regex_search(done.err, part, std::regex("Ran (\\d+) tests")));
    CHECK(std::stoi(part[1]) >= 16);
    if (std::regex_search(done.err, part, std::regex("skipped=\\d+")))
        skip("part of it, without LAMINA_DATA: " + part[0].str());
}

} // namespace

TEST_CASE("lamina.py works with the Python of Debian 12", "[slow]") {
    const std::string python = "/usr/bin/python3";
    if (run_process({python, "-c", "import xarray, h5netcdf, h5py"}).exit_code != 0) {
        skip("/usr/bin/python3 has no xarray with h5netcdf");
        return;
    }
    check_with(python, "all");
}

TEST_CASE("lamina.py works in a virtual environment with the newest xarray", "[slow]") {
    const fs::path environment = fs::path(LAMINA_BINARY).parent_path() / "python";
    const auto made =
        run_process({(root / "scripts/python-environment").string(), environment.string()});
    INFO(made.err);
    if (made.exit_code == 4) {
        skip("the packages of the environment cannot be fetched");
        return;
    }
    REQUIRE(made.exit_code == 0);
    check_with((environment / "bin/python3").string(), "few");
}

/// docs/spikes.md: the circuit of the page is one that runs, with the overrides of the page.
#include <catch2/catch.hpp>

#include <nlohmann/json.hpp>

#include "docs/page.hpp"

using namespace lamina::test;
namespace fs = std::filesystem;

TEST_CASE("docs/spikes.md: a circuit of your own runs as the page has it") {
    const TemporaryDirectory folder;
    const std::string page = read_file(fs::path(LAMINA_SOURCE_DIR) / "docs/spikes.md");
    int n_files = 0;
    for (const Block& block : blocks_of(page))
        if (block.kind == "yaml") {
            write_file(folder.path() / "balanced.yaml", block.text);
            ++n_files;
        }
    REQUIRE(n_files == 1);
    ProcessOptions here;
    here.directory = folder.path();
    // no warning either
    const auto checked = run_lamina({"check", "balanced.yaml"}, here);
    CHECK(checked.exit_code == 0);
    CHECK(checked.out.find("no problems, 0 warnings") != std::string::npos);
    const auto done = run_lamina({"run", "balanced.yaml", "-o", "out"}, here);
    INFO(done.err);
    REQUIRE(done.exit_code == 0);
    const auto run = nlohmann::json::parse(read_file(folder.path() / "out/run.json"));
    CHECK(run["summary"]["network"]["neurons"] == 500);
    CHECK(run["summary"]["network"]["synapses"] == 500 * 50);
    // the question of the page: a Poisson process has a CV of 1, a clock of 0; seeds 1 to 3 gave
    // 0.58
    CHECK(run["summary"]["populations"]["E"]["cv_isi"].get<double>() > 0.5);

    // every command of the page is one, in a tenth of the time
    int n_commands = 0;
    for (std::string line : lines_of(page)) {
        const std::string command = "    lamina run balanced.yaml ";
        if (line.rfind(command, 0) != 0) continue;
        line = line.substr(command.size());
        const auto ran = run_process({"/bin/sh", "-c",
                                      std::string(LAMINA_BINARY) +
                                          " run balanced.yaml 'task.duration=50 ms' --no-report " +
                                          "-o out" + std::to_string(n_commands) + " " + line},
                                     here);
        INFO(ran.err);
        CHECK(ran.exit_code == 0);
        ++n_commands;
    }
    CHECK(n_commands == 2);
}

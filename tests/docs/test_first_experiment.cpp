/// docs/first-experiment.md does what it says: every command is run, in the order of the page, and
/// what is printed there is what comes out, but for the numbers.
#include <catch2/catch.hpp>

#include "docs/page.hpp"
#include "support/skip.hpp"

using namespace lamina::test;
namespace fs = std::filesystem;

namespace {

/// A folder that looks like the repository after a build.
void furnish(const fs::path& folder) {
    fs::create_directories(folder / "build/release");
    fs::create_symlink(LAMINA_BINARY, folder / "build/release/lamina");
    fs::create_directory_symlink(fs::path(LAMINA_SOURCE_DIR) / "experiments",
                                 folder / "experiments");
}

/// The same command in a fraction of the time: a coarser step, and two trials of each load. A run
/// from a resolved spec stays as it is, since that is its point.
std::string quick(std::string line) {
    const bool runs = line.find("lamina run") != std::string::npos;
    if (!runs || line.find("spec.resolved") != std::string::npos) return line;
    line.insert(line.find(".yaml") + 5, " 'simulation.dt=0.5 ms'");
    return std::regex_replace(line, std::regex("per_condition=\\d+"), "per_condition=2");
}

/// "# exit code 2" behind a command says what it ends with; else 0.
int expected_exit_code(const std::string& line) {
    std::smatch code;
    return std::regex_search(line, code, std::regex("# exit code (\\d+)")) ? std::stoi(code[1]) : 0;
}

bool python_has_xarray() {
    return run_process({"/usr/bin/python3", "-c", "import xarray"}).exit_code == 0;
}

/// Runs a page in `folder`. Returns how many commands it has.
int run_page(const std::string& name, const fs::path& folder) {
    furnish(folder);
    ProcessOptions here;
    here.directory = folder;
    std::string output; // of the block before
    int n_commands = 0;
    for (const Block& block : blocks_of(read_file(fs::path(LAMINA_SOURCE_DIR) / "docs" / name))) {
        INFO("docs/" << name << ":" << block.line);
        if (block.kind == "sh") {
            output.clear();
            for (const std::string& line : lines_of(block.text)) {
                INFO(quick(line));
                const auto done = run_process({"/bin/sh", "-c", quick(line)}, here);
                INFO(done.err);
                CHECK(done.exit_code == expected_exit_code(line));
                output += done.err + done.out;
                ++n_commands;
            }
        } else if (block.kind == "python") {
            if (!python_has_xarray()) {
                skip("python3 has no xarray: the Python lines of the page were not run");
                return n_commands;
            }
            const auto done = run_process({"/usr/bin/python3", "-c", block.text}, here);
            INFO(done.err);
            CHECK(done.exit_code == 0);
            output = done.out;
        } else {
            REQUIRE(block.kind == "text");
            INFO("came out:\n" << output);
            for (const std::string& line : lines_of(block.text)) {
                INFO("the page says: " << line);
                CHECK((without_numbers(line).empty() || has_line_like(output, line)));
            }
        }
    }
    return n_commands;
}

} // namespace

TEST_CASE("docs/first-experiment.md: every command runs, and prints what the page prints",
          "[slow]") {
    const TemporaryDirectory scratch;
    const std::string page = read_file(fs::path(LAMINA_SOURCE_DIR) / "docs/first-experiment.md");
    // the page was found and read as what it is; without xarray it ends where Python begins
    const int n_commands = run_page("first-experiment.md", scratch.path());
    if (!python_has_xarray()) return;
    CHECK(n_commands > 15);

    // sections of the report that the page names are there
    const std::string report = read_file(scratch.path() / "runs/first/report.html");
    int n_sections = 0;
    bool in_report = false;
    for (const std::string& line : lines_of(page)) {
        if (line.rfind("## ", 0) == 0) in_report = line == "## The report";
        std::smatch cell;
        if (!in_report || !std::regex_search(line, cell, std::regex("^\\| (\\w[^|]*) \\|")))
            continue;
        if (cell[1] == "section") continue;
        ++n_sections;
        INFO(cell[1]);
        CHECK(report.find(">" + cell[1].str() + "<") != std::string::npos);
    }
    CHECK(n_sections >= 6);
}

TEST_CASE("docs/commands.md: every command runs, and prints what the page prints", "[slow]") {
    const TemporaryDirectory scratch;
    CHECK(run_page("commands.md", scratch.path()) >= 10);
}

TEST_CASE("a page is compared with what comes out by its words, not by its numbers") {
    CHECK(has_line_like("done 8 trials in 4.3 s\n", "done 16 trials in 2 s"));
    CHECK(has_line_like("a [1, 2] nan\n", "a [3, 4] 5"));
    CHECK(has_line_like("lamina 0.1.0 (abc, GNU) x seed 7\n", "lamina ... x seed 9"));
    CHECK_FALSE(has_line_like("done 8 trials in 4.3 s\n", "finished 8 trials in 4.3 s"));
    CHECK_FALSE(has_line_like("accuracy load_1 1 [0, 1] more\n", "accuracy load_1 1 [0, 1]"));
    const auto blocks = blocks_of("a\n```sh\nls\n```\nb\n```text\nx\ny\n```\n");
    REQUIRE(blocks.size() == 2);
    CHECK(blocks[0].kind == "sh");
    CHECK(blocks[0].text == "ls\n");
    CHECK(blocks[1].text == "x\ny\n");
    CHECK(blocks[1].line == 6);
}

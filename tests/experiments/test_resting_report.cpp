/// What the report of a circuit at rest shows of it.
#include <catch2/catch.hpp>

#include <algorithm>
#include <sstream>

#include "support/process.hpp"

using namespace lamina::test;
namespace fs = std::filesystem;

namespace {

/// Neurons that all begin at rest, and so spike together.
const char* const clocks = R"(lamina: 1
name: clocks
question: q
seed: 1
simulation: {mode: spiking, dt: 0.1 ms}
circuit:
  populations: {E: {model: lif_exp, n: 30, parameters: {I_bias: 390 pA}}}
task: {type: resting_state, duration: 1 s, discard: 100 ms}
)";

fs::path reported(const fs::path& folder, const std::vector<std::string>& overrides = {}) {
    write_file(folder / "a.yaml", clocks);
    std::vector<std::string> words = {"run", (folder / "a.yaml").string(), "-o",
                                      (folder / "run").string()};
    words.insert(words.end(), overrides.begin(), overrides.end());
    const ProcessResult done = run_lamina(words);
    INFO(done.err);
    REQUIRE(done.exit_code == 0);
    return folder / "run";
}

/// Time between the first and the last dot of a variant.
double length_ms(const std::string& csv, const std::string& variant) {
    std::istringstream lines(csv);
    std::string line;
    double first = 1e300, last = -1e300;
    while (std::getline(lines, line)) {
        if (line.rfind(variant + ",", 0) != 0) continue;
        const double t = std::stod(line.substr(variant.size() + 1));
        first = std::min(first, t), last = std::max(last, t);
    }
    return last - first;
}

} // namespace

TEST_CASE("report at rest: fast populations have a short raster, and oscillations that bins hide "
          "are told") {
    const TemporaryDirectory scratch;
    const fs::path run = reported(
        scratch.path(), {"vary={circuit.populations.E.parameters.I_bias: [390 pA, 6 nA]}"});
    const std::string page = read_file(run / "report.html"),
                      raster = read_file(run / "figures" / "raster.csv");
    CHECK(length_ms(raster, "0") > 250);
    CHECK(length_ms(raster, "1") > 60);
    CHECK(length_ms(raster, "1") < 150);
    CHECK_THAT(page, Catch::Contains("Where a population fires fast the time axis is shorter."));
    CHECK_THAT(page, Catch::Contains("look slower than they are."));
    // nobody has published rates of this circuit
    CHECK_THAT(page, !Catch::Contains("published (Hz)"));
    CHECK_THAT(page, Catch::Contains(">synchrony</th>"));
}

TEST_CASE(
    "report at rest: windows are named where they are narrow, and told apart where they meet") {
    const TemporaryDirectory scratch;
    const fs::path run =
        reported(scratch.path(), {"task.windows={before: [100 ms, 500 ms], flash: [500 ms, 520 "
                                  "ms], after: [700 ms, 1100 ms]}"});
    const std::string raster = read_file(run / "figures" / "raster.svg");
    for (const char* name : {">before<", ">flash<", ">after<"})
        CHECK_THAT(raster, Catch::Contains(name));
    const auto count = [&](const std::string& words) {
        int n = 0;
        for (std::size_t at = raster.find(words); at != std::string::npos;
             at = raster.find(words, at + 1))
            ++n;
        return n;
    };
    CHECK(count("\"fk e1\"") == 2);
    CHECK(count("\"fk e2\"") == 1); // the one that begins where another ends
    const std::string page = read_file(run / "report.html");
    CHECK_THAT(page, !Catch::Contains("time axis is shorter"));
    CHECK_THAT(page, !Catch::Contains("look slower than they are"));
}

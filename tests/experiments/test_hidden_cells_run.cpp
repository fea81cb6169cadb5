/// A column whose queries meet keys in hidden cells, run as a user runs it.
#include <catch2/catch.hpp>

#include "sim/run_file/json.hpp"
#include "support/process.hpp"

using namespace lamina;
using namespace lamina::test;

TEST_CASE("a column with hidden cells runs, and its file does not depend on threads") {
    TemporaryDirectory scratch;
    const auto yaml = scratch.path() / "hidden.yaml";
    write_file(yaml, R"(lamina: 1
name: hidden
seed: 3
simulation: {mode: spiking, dt: 0.5 ms}
column:
  columns: 4
  heads: 1
  d_model: 4
  d_head: 4
  score: {type: additive_exponential, units: 32}
  spiking: {neurons: 5, PV_neurons: 20}
  weights: {kind: random, score_sd: 0.5}
task: {type: presentation, stimuli: {kind: random}, duration: 200 ms, trials: {per_condition: 3}}
record: {rates: {every: 10 ms}}
)");
    std::string files[2];
    Json told;
    for (const int n_threads : {1, 2}) {
        const auto folder = scratch.path() / std::to_string(n_threads);
        const ProcessResult done = run_lamina({"run", yaml.string(), "-o", folder.string(),
                                               "--json", "--threads", std::to_string(n_threads)});
        INFO(done.err);
        REQUIRE(done.exit_code == 0);
        files[n_threads - 1] = read_file(folder / "results.h5");
        told = Json::parse(done.out);
        // the report says what the cells do
        CHECK(read_file(folder / "report.html").find("hidden cells of each gate") !=
              std::string::npos);
    }
    CHECK((files[0] == files[1])); // without printing them
    // 32 cells of 16 gates, near R = 40 Hz times the mean of exp(q.k)
    const Json& hidden = told["summary"]["spikes"]["populations"]["L5hidden"];
    const double Hz = hidden["rate_Hz"]["mean"].get<double>();
    CAPTURE(hidden.dump());
    CHECK(Hz > 20);
    CHECK(Hz < 200);

    // one cell of 40 Hz for each gate, remembered for 1 ms: most gates have heard none, and rows
    // attend all the same
    const auto folder = scratch.path() / "silent";
    const ProcessResult silent = run_lamina(
        {"run", yaml.string(), "-o", folder.string(), "--json", "--no-report",
         "column.score.units=1", "column.spiking.neurons=20", "column.spiking.match_tau=1 ms"});
    INFO(silent.err);
    REQUIRE(silent.exit_code == 0);
    const Json few = Json::parse(silent.out);
    CHECK(few["summary"]["rates"]["L5gate"]["mean"].get<double>() > 0.1);
}

/// A clamp of the apical dendrites takes the choice among keys and nothing of their drive, as the
/// shipped experiment finds it.
#include <catch2/catch.hpp>

#include "sim/run_file/json.hpp"
#include "support/process.hpp"

using namespace lamina;
using namespace lamina::test;

TEST_CASE("an apical clamp makes attention uniform, and leaves layers 4 and 2/3 as they were") {
    TemporaryDirectory scratch;
    const ProcessResult done =
        run_lamina({"run", LAMINA_SOURCE_DIR "/experiments/apical_clamp.yaml", "-o",
                    (scratch.path() / "run").string(), "--no-report", "--json",
                    "task.trials.per_condition=1", "task.duration=300 ms", "simulation.dt=0.5 ms",
                    "column.spiking.neurons=20", "column.spiking.PV_neurons=100"});
    INFO(done.err);
    REQUIRE(done.exit_code == 0);
    const Json told = Json::parse(done.out);
    const Json& variants = told["summary"]["variants"];
    REQUIRE(variants.size() == 10);
    const auto rate = [&](int variant, const char* population) {
        return variants[std::size_t(variant)]["rates"][population]["mean"].get<double>();
    };
    // rates: eight keys, 1/8 each; 150 ms and more after the onset the loop is within exp(-15) of
    // its fixed point; layers 4 and 2/3 do not hear the gates
    CHECK(rate(0, "L5gate") > 0.2);
    CHECK(rate(4, "L5gate") == Approx(0.125).epsilon(1e-5));
    CHECK(rate(4, "L4E") == rate(0, "L4E"));
    CHECK(rate(4, "L23E") == rate(0, "L23E"));
    // neurons: what they ask for is the same, and so are their draws
    for (const char* population : {"L4E", "L23E"})
        CHECK(rate(9, population) == rate(5, population));
    CHECK(rate(9, "L5gate") < rate(5, "L5gate"));

    // what each variant is made of stands in run.json
    const Json record = Json::parse(read_file((scratch.path() / "run" / "run.json").string()));
    const Json& costs = record["cost"]["variants"];
    REQUIRE(costs.size() == 10);
    CHECK(costs[0]["neurons"] == 0);
    // pairs of v, k, q, o, y and z in 8 columns of 8, gates, pools
    CHECK(costs[5]["neurons"] == 20 * (2 * 6 * 64 + 64) + 100 * 8);
}

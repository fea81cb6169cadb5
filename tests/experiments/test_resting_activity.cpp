/// What a run at rest says of its bursts, regimes and windows, against its own spikes.
#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>

#include "analysis/regime.hpp"
#include "analysis/statistics.hpp"
#include "experiments/resting_run.hpp"
#include "sim/run_file/run_directory.hpp"

using namespace lamina;
using namespace lamina::test;
namespace fs = std::filesystem;

TEST_CASE("bursts and regimes in the results are those of the spikes in the file") {
    const TemporaryDirectory folder;
    const fs::path run =
        run_small(folder.path() / "run", {"circuit.scale=0.1", "record.spikes=all",
                                          "task.burst_interval=40 ms", "--no-report"});
    const json summary = summary_of(run)["populations"];
    const auto results = RunDirectory::open(run).results(),
               sonata = RunDirectory::open(run).results("spikes.h5");
    const auto names = results.text("populations", "population"),
               regimes = results.text("populations", "regime");
    const auto n = results.integers("populations", "n_neurons");
    REQUIRE(names.size() == 8);
    double n_bursts = 0;
    for (std::size_t g = 0; g < 8; ++g) {
        INFO(names[g]);
        analysis::SpikeTrains trains{std::uint32_t(n[g]), 7000, 0.1, {}, {}};
        for (const double t_ms : sonata.numbers("spikes/" + names[g], "timestamps"))
            trains.step.push_back(std::llround(t_ms / 0.1) - 1 - 2000); // an end, from 200 ms on
        for (const std::int64_t id : sonata.integers("spikes/" + names[g], "node_ids")) {
            REQUIRE(id < n[g]);
            trains.neuron.push_back(std::uint32_t(id));
        }
        const auto is = [&](const char* name, double value) {
            INFO(name);
            CHECK(results.numbers("populations", name)[g] == Approx(value));
            CHECK(summary[names[g]][name].get<double>() == Approx(value));
        };
        const analysis::Bursts bursts = analysis::bursts(trains, 40);
        is("event_rate_Hz", bursts.event_rate_Hz);
        is("burst_rate_Hz", bursts.burst_rate_Hz);
        is("burst_probability", bursts.probability);
        n_bursts += bursts.bursts;
        const analysis::Modulation modulation = analysis::modulation(trains, 0.5);
        const double cv = analysis::mean(analysis::finite(analysis::interval_cv(trains, 10)));
        const analysis::Regime regime = analysis::regime_of(modulation, cv);
        is("modulation", modulation.depth());
        CHECK(regimes[g] == regime.words());
        CHECK(summary[names[g]]["regime"] == regime.words());
        const auto told = [](analysis::Answer answer) {
            return answer == analysis::Answer::unknown ? json() : json(int(answer) - 1);
        };
        CHECK(summary[names[g]]["synchronous"] == told(regime.synchronous));
        CHECK(summary[names[g]]["regular"] == told(regime.regular));
    }
    CHECK(n_bursts > 100);
}

TEST_CASE("the raster shows all windows, with a tenth of their length around them") {
    const TemporaryDirectory folder;
    const fs::path run = run_small(
        folder.path() / "run", {"task.windows={early: [250 ms, 300 ms], late: [330 ms, 350 ms]}",
                                "circuit.scale=0.1", "--no-report"});
    const auto results = RunDirectory::open(run).results();
    CHECK(results.number_attribute("raster", "from_ms").at(0) == Approx(240));
    CHECK(results.number_attribute("raster", "to_ms").at(0) == Approx(360));
    const auto time = results.numbers("raster", "time_ms");
    CHECK(*std::min_element(time.begin(), time.end()) == Approx(240).margin(5));
    CHECK(*std::max_element(time.begin(), time.end()) == Approx(360).margin(5));
}

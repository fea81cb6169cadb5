/// What a summary says of spikes and rates, from records that are written by hand.
#include <catch2/catch.hpp>

#include "experiments/check_spec.hpp"
#include "experiments/summary.hpp"
#include "sim/column_cells.hpp"

using namespace lamina;

namespace {

/// Two trials of two presentations each in four columns, 2000 steps of 0.5 ms.
VariantRun two_trials() {
    VariantRun run;
    AreaSpec& area = run.variant.spec.area;
    area.columns = 4, area.dt_ms = 0.5;
    for (const char* name : {"L4E", "L23E", "L5apical", "L5gate", "L5E", "L6E"})
        run.populations.push_back({name, "", "", {}, {}, 0, false});
    for (const std::int64_t spikes : {100, 300}) {
        TrialRecord record;
        record.trial.n_steps = 2000;
        record.presentations.resize(2);
        record.spikes = {{"L4E", 10, spikes}, {"L5gate", 30, 60}};
        // four samples of each population: 1, 2, 3, 4 times its number
        for (int time = 1; time <= 4; ++time)
            for (int p = 1; p <= 6; ++p) record.rate_rms.push_back(double(time * p));
        run.records.push_back(record);
    }
    return run;
}

} // namespace

TEST_CASE("spikes are told by token, rates over the whole trial") {
    std::vector<VariantRun> runs;
    runs.push_back(two_trials());
    const auto summary = summary_of(runs);
    const auto& spikes = summary["spikes"];
    CHECK(spikes["neurons"] == 40);
    std::int64_t synapses = 0;
    for (const ColumnSynapses& one : column_synapses(runs[0].variant.spec.area)) synapses += one.n;
    CHECK(spikes["synapses"] == synapses);
    CHECK(synapses > 0);
    // (160 + 360) / 2 spikes over 4 columns and 2 presentations
    CHECK(spikes["per_token"]["mean"] == Approx(32.5));
    // 10 neurons for a second
    CHECK(spikes["populations"]["L4E"]["rate_Hz"]["mean"] == Approx(20));
    CHECK(spikes["populations"]["L5gate"]["rate_Hz"]["mean"] == Approx(2));

    // a trial in which nothing spiked counts
    for (PopulationSpikes& one : runs[0].records[0].spikes) one.n_spikes = 0;
    CHECK(summary_of(runs)["spikes"]["per_token"]["mean"] == Approx(22.5));
    // and rates have no spikes
    for (TrialRecord& record : runs[0].records) record.spikes.clear();
    CHECK_FALSE(summary_of(runs).contains("spikes"));
}

TEST_CASE("activity is that of the second half of the samples") {
    std::vector<VariantRun> runs;
    runs.push_back(two_trials());
    const auto rates = summary_of(runs)["rates"];
    CHECK(rates["L4E"]["mean"] == Approx(3.5));
    CHECK(rates["L5gate"]["mean"] == Approx(14));
    for (TrialRecord& record : runs[0].records) record.trial.asks = true, record.choice = 1;
    CHECK_FALSE(summary_of(runs).contains("rates"));
}

TEST_CASE("the neurons of a column are counted without making it") {
    AreaSpec spec;
    spec.columns = 8, spec.heads = 1, spec.d_model = 8, spec.d_head = 8;
    spec.spiking.on = true;
    spec.spiking.n_neurons = 20, spec.spiking.PV_neurons = 100;
    std::int64_t n = 0;
    // pairs of v, k, q, o, y and z, gates, pools
    for (const PopulationSpikes& one : spiking_populations(spec)) n += one.n_neurons;
    CHECK(n == 20 * (2 * 6 * 64 + 64) + 100 * 8);
    spec.score = "apical", spec.spiking.match_neurons = 3;
    for (const PopulationSpikes& one : spiking_populations(spec)) n -= one.n_neurons;
    CHECK(n == -3 * 4 * 8 * 8 * 8);
    for (const PopulationSpikes& one : spiking_populations(spec)) n += one.n_neurons;
    CHECK(n == 20 * (2 * 6 * 64 + 64) + 100 * 8);
    spec.score = "additive_exponential", spec.score_units = 32;
    for (const PopulationSpikes& one : spiking_populations(spec)) n -= one.n_neurons;
    CHECK(n == -32 * 8 * 8);
}

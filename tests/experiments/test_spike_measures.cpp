/// What a summary says of a column's spikes: from counts that are written by hand, and of a run.
#include <catch2/catch.hpp>

#include <cmath>
#include <filesystem>
#include <limits>

#include <nlohmann/json.hpp>

#include "experiments/spike_measures.hpp"
#include "experiments/summary.hpp"
#include "sim/column_cells.hpp"
#include "sim/run_file/run_directory.hpp"
#include "support/process.hpp"

using namespace lamina;
using namespace lamina::test;
namespace fs = std::filesystem;

namespace {

struct TwoStimuli final : Task {
    std::int64_t n_trials() const override { return 4; }
    Trial trial(std::int64_t) const override { return {}; }
    const std::vector<double>& stimuli() const override { return some; }
    std::vector<std::string> stimulus_names() const override { return {"a", "b"}; }
    std::vector<double> some = {1, 2};
};

/// Four trials of 600 ms: 100 ms of nothing, 200 ms of an item, 200 ms of delay, 100 ms of test.
/// All counts are 0.
VariantRun four_trials() {
    VariantRun run;
    AreaSpec& area = run.variant.spec.area;
    area.columns = 2, area.heads = 1, area.d_model = area.d_head = 2, area.dt_ms = 1;
    area.spiking.on = true, area.spiking.n_neurons = 3;
    area.score = "apical", area.spiking.match_neurons = 2;
    run.task = std::make_unique<TwoStimuli>();
    const auto units = units_to_count(run.variant.spec);
    for (int t = 0; t < 4; ++t) {
        TrialRecord record;
        record.trial.number = t, record.trial.n_steps = 600;
        record.trial.presentations = {{"sample", 100, 300}, {"test", 500, 600}};
        record.trial.asks = true, record.choice = 1;
        record.trial.items = {t / 2, -1};
        record.presentations.resize(2);
        record.presentations[0].attended_bits = 1, record.presentations[1].attended_bits = 3;
        record.spikes = spiking_populations(area);
        for (const CountedUnits& one : units) {
            SpikeCounts counts;
            counts.of_neurons.resize(12 * one.neurons.size());
            counts.of_numbers.resize(12 * one.numbers.size());
            counts.intervals.resize(one.neurons.size());
            counts.interval_sum = counts.interval_squares = counts.intervals;
            record.spike_counts.push_back(counts);
        }
        run.records.push_back(record);
    }
    return run;
}

std::size_t place_of(const VariantRun& run, const std::string& name) {
    const auto all = spiking_populations(run.variant.spec.area);
    for (std::size_t i = 0; i < all.size(); ++i)
        if (all[i].name == name) return i;
    return all.size();
}

nlohmann::ordered_json summarised(VariantRun run) {
    std::vector<VariantRun> runs;
    runs.push_back(std::move(run));
    return summary_of(runs)["spikes"];
}

} // namespace

TEST_CASE("bytes of counts and of what is made of them are foretold") {
    const VariantRun run = four_trials();
    const ExperimentSpec& spec = run.variant.spec;
    double bytes = 0, pairs = 0;
    for (const SpikeCounts& one : run.records[0].spike_counts) {
        bytes += 2 * double(one.of_neurons.size() + one.of_numbers.size()) +
                 8 * 3 * double(one.intervals.size());
        pairs += one.of_numbers.empty() ? 0 : 1;
    }
    CHECK(bytes > 0);
    CHECK(count_bytes(spec, run.records[0].trial) == bytes);
    // 12 bins of every population; 12 x 12 of those that are decoded
    const double n = double(run.records[0].spike_counts.size());
    CHECK(decoding_bytes(spec, run.records[0].trial) == 8 * (2 * n * 12 + pairs * 144));
    Trial silent = run.records[0].trial;
    silent.asks = false;
    CHECK(decoding_bytes(spec, silent) == 8 * 2 * n * 12);
}

TEST_CASE("counted are neurons over all of a population, and the numbers of its first column") {
    ExperimentSpec spec;
    spec.area.columns = 4, spec.area.heads = 2, spec.area.d_model = 100, spec.area.d_head = 8;
    spec.area.spiking.on = true, spec.area.spiking.n_neurons = 5;
    const auto units = units_to_count(spec);
    const auto names = spiking_populations(spec.area);
    REQUIRE(units.size() == names.size());
    for (std::size_t i = 0; i < units.size(); ++i) {
        INFO(names[i].name);
        const bool gates = names[i].name == "L5gate";
        const auto n = std::uint32_t(gates ? 2 * 4 * 4 : names[i].n_neurons);
        CHECK(units[i].neurons.size() == std::min(n, 100u));
        CHECK(units[i].neurons[1] == n / units[i].neurons.size());
        CHECK(units[i].neurons.back() >= n - n / units[i].neurons.size() - 1);
    }
    // L4E: 64 numbers of 5 neurons; 16 of the first column, r- behind all of r+
    CHECK(names[0].name == "L4E");
    REQUIRE(units[0].numbers.size() == 32);
    CHECK(units[0].n_each == 5);
    CHECK(units[0].numbers[15] == 75);
    CHECK(units[0].numbers[16] == 64 * 5);
    // of the output's 100 units, 64 with both signs
    CHECK(units[names.size() - 3].numbers.size() == 128);
    spec.area.spiking.on = false;
    CHECK(units_to_count(spec).empty());
}

TEST_CASE("each measure by hand") {
    VariantRun run = four_trials();
    const std::size_t L4E = place_of(run, "L4E"), match = place_of(run, "L5match");
    const std::size_t n = run.records[0].spike_counts[L4E].intervals.size();
    // during the sample, bins 2 to 5: 2 and 4 spikes of one item, 4 and 8 of the other
    const int spikes[] = {2, 4, 4, 8};
    for (int t = 0; t < 4; ++t) {
        SpikeCounts& counts = run.records[std::size_t(t)].spike_counts[L4E];
        counts.of_neurons[2 * n] = std::uint16_t(spikes[t] - 1), counts.of_neurons[5 * n] = 1;
        counts.of_neurons[1 * n] = counts.of_neurons[6 * n] = std::uint16_t(50 * t); // outside
        // three intervals of 1 and three of 3 steps
        counts.intervals[0] = 6, counts.interval_sum[0] = 12, counts.interval_squares[0] = 30;
        PopulationSpikes& cells = run.records[std::size_t(t)].spikes[match];
        cells.n_spikes = 200, cells.n_events = 100, cells.n_bursts = 25;
    }
    const auto spikes_of = summarised(std::move(run));
    const auto& entry = spikes_of["populations"]["L4E"];
    CHECK(entry["fano"]["mean"] == Approx((2.0 + 8) / (3 + 6)));
    CHECK(entry["noise_correlation"].is_null()); // of one that varies there is no pair
    CHECK(entry["cv"]["mean"] == Approx(0.5));
    const auto& cells = spikes_of["populations"]["L5match"];
    const double cell_seconds = 4 * 2 * 2 * 2 * 2 * 0.6;
    CHECK(cells["event_rate_Hz"]["mean"] == Approx(100 / cell_seconds));
    CHECK(cells["burst_rate_Hz"]["mean"] == Approx(25 / cell_seconds));
    CHECK(cells["burst_fraction"]["mean"] == Approx(0.25));
    CHECK_FALSE(spikes_of["populations"]["L5gate"].contains("cv"));
    CHECK_FALSE(entry.contains("burst_fraction"));
    // 200 spikes over 2 columns and 2 presentations, at 2 bits
    CHECK(spikes_of["per_token"]["mean"] == Approx(50));
    CHECK(spikes_of["attended_bits"]["mean"] == Approx(2));
    CHECK(spikes_of["per_attended_bit"] == Approx(25));
}

TEST_CASE("an item that other units tell in the delay than in the sample") {
    VariantRun run = four_trials();
    const std::size_t L4E = place_of(run, "L4E");
    const std::size_t n = run.records[0].spike_counts[L4E].of_numbers.size() / 12;
    for (std::size_t t = 0; t < 4; ++t)
        for (std::size_t bin = 6; bin < 10; ++bin) // the delay: one code
            run.records[t].spike_counts[L4E].of_numbers[bin * n + t / 2] = 9;
    const auto entry = summarised(std::move(run))["populations"]["L4E"];
    CHECK(entry["decoding_accuracy"] == Approx(1));
    // of four trials chance has a standard error of 0.25, and 1 is two above it at most
    CHECK(entry["persistence_index"].is_null());
}

TEST_CASE("a code that moves is told at its own time alone") {
    VariantRun run = four_trials();
    const std::size_t L4E = place_of(run, "L4E");
    const std::size_t n = run.records[0].spike_counts[L4E].of_numbers.size() / 12;
    REQUIRE(n >= 4);
    for (std::size_t t = 0; t < 4; ++t)
        for (std::size_t bin = 6; bin < 10; ++bin) // the units of the two items change places
            run.records[t].spike_counts[L4E].of_numbers[bin * n + (t / 2 + bin) % 2] = 9;
    const auto entry = summarised(std::move(run))["populations"]["L4E"];
    CHECK(entry["decoding_accuracy"] == Approx(1));
}

TEST_CASE("spikes by bit are those of trials whose bits are known") {
    VariantRun run = four_trials();
    const std::size_t match = place_of(run, "L5match");
    for (std::size_t t = 0; t < 4; ++t) run.records[t].spikes[match].n_spikes = t == 0 ? 400 : 8000;
    for (std::size_t t = 1; t < 4; ++t)
        run.records[t].presentations[1].attended_bits = std::numeric_limits<double>::quiet_NaN();
    // 400 spikes over 2 columns and 2 presentations, at 2 bits
    CHECK(summarised(std::move(run))["per_attended_bit"] == Approx(50));
}

TEST_CASE("a task that shows nothing twice has no measure over trials that show the same") {
    VariantRun run = four_trials();
    run.task.reset();
    const auto entry = summarised(std::move(run))["populations"]["L4E"];
    CHECK(entry.contains("cv"));
    for (const char* key : {"fano", "noise_correlation", "decoding_accuracy", "persistence_index"})
        CHECK_FALSE(entry.contains(key));
}

TEST_CASE("a small memory task by neurons: the item is told from spikes, the summary is foretold, "
          "threads change nothing") {
    const TemporaryDirectory folder;
    write_file(folder.path() / "dms.yaml", R"(lamina: 1
name: small
seed: 3
simulation: {mode: spiking, dt: 0.5 ms}
column: {columns: 3, heads: 1, d_model: 8, d_head: 8, weights: matched, spiking: {neurons: 10, PV_neurons: 50}}
task:
  type: delayed_match_to_sample
  stimuli: {kind: ring, number: 3}
  load: [1]
  timing: {fixation: 100 ms, sample: 200 ms, delay: 200 ms, test: 200 ms, response: 200 ms}
  trials: {per_condition: 24}
expect:
  spikes.populations.L4E.persistence_index: "> 0.5"
  spikes.populations.L4E.fano: "< 2"
)");
    const auto run_on = [&](const char* threads) {
        const fs::path out = folder.path() / (std::string("out") + threads);
        const auto done = run_lamina({"run", (folder.path() / "dms.yaml").string(), "--threads",
                                      threads, "-o", out.string()},
                                     {folder.path(), "", {}, 120});
        INFO(done.err);
        REQUIRE(done.exit_code == 0);
        return out;
    };
    const fs::path one = run_on("1"), three = run_on("3");
    CHECK(read_file(one / "results.h5") == read_file(three / "results.h5"));
    CHECK(fs::exists(one / "figures" / "spike_decoding.svg"));
    const auto results = RunDirectory::open(one).results();
    const auto names = results.text("spike_decoding", "population");
    const std::size_t n = results.dimension("spike_decoding", "test_time");
    CHECK(n == 18);
    const auto accuracy = results.numbers("spike_decoding", "accuracy");
    REQUIRE(accuracy.size() == names.size() * n * n);
    CHECK(results.numbers("spike_decoding", "n_trials")[0] > 0);
    CHECK(results.numbers("spike_decoding", "chance")[0] == Approx(1.0 / 3));
    REQUIRE(names[0] == "L4E");
    // of 24 trials chance is known to 0.096: before the item no more, in the delay more
    CHECK(accuracy[0] < 1.0 / 3 + 4 * 0.096);
    CHECK(accuracy[7 * n + 7] > 1.0 / 3 + 4 * 0.096);
    const auto summary = nlohmann::json::parse(read_file(one / "run.json"))["summary"];
    const auto& entry = summary["spikes"]["populations"]["L4E"];
    CHECK(entry["decoding_accuracy"].get<double>() > 1.0 / 3 + 4 * 0.096);
    CHECK(entry["persistence_index"].get<double>() > 0.8); // persistent memory: one code
    CHECK(std::fabs(entry["noise_correlation"].get<double>()) < 0.1);
}

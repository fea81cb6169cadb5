/// record.spikes of a column of neurons, from YAML to spikes.h5.
#include <catch2/catch.hpp>

#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "sim/run_file/run_directory.hpp"
#include "support/process.hpp"

using namespace lamina;
using namespace lamina::test;
namespace fs = std::filesystem;
using nlohmann::json;

namespace {

const char* const small_column = R"(lamina: 1
name: small
seed: 3
simulation: {mode: spiking, dt: 0.2 ms}
column: {columns: 3, heads: 1, d_model: 4, d_head: 4, weights: {kind: random}, spiking: {neurons: 3, PV_neurons: 5}}
task: {type: presentation, stimuli: {kind: random}, duration: 60 ms, trials: {per_condition: 3}}
)";

ProcessResult lamina_on_column(const fs::path& folder, const std::string& command,
                               const std::vector<std::string>& more) {
    write_file(folder / "small.yaml", small_column);
    std::vector<std::string> arguments = {command, (folder / "small.yaml").string()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_lamina(arguments, {folder, "", {}, 120});
}

fs::path run_column(const fs::path& folder, const std::string& name,
                    std::vector<std::string> more) {
    const fs::path out = folder / name;
    more.insert(more.end(), {"-o", out.string(), "--no-report"});
    const auto done = lamina_on_column(folder, "run", more);
    INFO(done.err);
    REQUIRE(done.exit_code == 0);
    return out;
}

json summary_at(const fs::path& run) { return json::parse(read_file(run / "run.json"))["summary"]; }

} // namespace

TEST_CASE("a column's spikes.h5: SONATA with trials, the same bytes from any number of threads") {
    const TemporaryDirectory folder;
    const fs::path one = run_column(folder.path(), "one", {"record.spikes=all", "--threads", "1"}),
                   three =
                       run_column(folder.path(), "three", {"record.spikes=all", "--threads", "3"}),
                   without = run_column(folder.path(), "without", {});
    for (const char* name : {"spikes.h5", "results.h5", "spec.resolved.yaml"})
        CHECK(read_file(one / name) == read_file(three / name));
    CHECK(run_lamina({"verify", one.string()}).exit_code == 0);
    CHECK_FALSE(fs::exists(without / "spikes.h5"));
    const json summary = summary_at(one);
    CHECK(summary == summary_at(without));

    const auto sonata = RunDirectory::open(one).results("spikes.h5");
    CHECK(sonata.number_attribute("", "magic") == std::vector<double>{0x0A7A});
    const auto& populations = summary["spikes"]["populations"];
    CHECK(sonata.groups("spikes").size() == populations.size());
    for (const auto& [name, entry] : populations.items()) {
        INFO(name);
        const std::string group = "spikes/" + name;
        const auto times = sonata.numbers(group, "timestamps");
        const auto ids = sonata.integers(group, "node_ids"),
                   trial = sonata.integers(group, "trial");
        CHECK(sonata.text_attribute(group + "/timestamps", "units") == "ms");
        REQUIRE(ids.size() == times.size());
        REQUIRE(trial.size() == times.size());
        const double neurons = entry["neurons"].get<double>();
        // all of them: neurons x rate x time
        CHECK(double(times.size()) ==
              Approx(neurons * entry["rate_Hz"]["mean"].get<double>() * 3 * 0.06));
        std::int64_t highest = 0;
        for (std::size_t i = 0; i < times.size(); ++i) {
            CHECK((times[i] > 0 && times[i] <= 60 + 1e-9));
            highest = std::max(highest, ids[i]);
            if (i == 0) continue;
            const bool later =
                trial[i] > trial[i - 1] ||
                (trial[i] == trial[i - 1] &&
                 (times[i] > times[i - 1] || (times[i] == times[i - 1] && ids[i] >= ids[i - 1])));
            CHECK(later);
        }
        // a gate's three neurons are not told apart
        CHECK(double(highest) < (name == "L5gate" ? neurons / 3 : neurons));
        CHECK(trial.back() == 2);
    }
}

TEST_CASE("of a column, the populations that are listed are kept, of the neurons asked for") {
    const TemporaryDirectory folder;
    const fs::path run = run_column(folder.path(), "run",
                                    {"record.spikes=[L5gate, L4E]", "record.spike_sample=4",
                                     "vary={simulation.mode: [rate, spiking]}"});
    CHECK_FALSE(fs::exists(run / "spikes_0.h5"));
    const auto sonata = RunDirectory::open(run).results("spikes_1.h5");
    CHECK(sonata.groups("spikes") == std::vector<std::string>{"L4E", "L5gate"});
    for (const std::int64_t id : sonata.integers("spikes/L4E", "node_ids")) CHECK(id < 4);
}

TEST_CASE("spikes that a column cannot keep are told before it runs") {
    const TemporaryDirectory folder;
    const struct {
        std::vector<std::string> overrides;
        int exit_code;
        const char* words;
    } cases[] = {
        {{"record.spikes=[L4e]"},
         2,
         "error[L0355]: `record.spikes`: the column has no spiking population `L4e`"},
        {{"record.spikes=[L4e]"}, 2, "did you mean `L4E`?"},
        {{"record.spikes=[SST]"}, 2, "write one of `L4E`, `L23E`,"},
        {{"record.spikes=[L5match]"}, 2, "no spiking population `L5match`"},
        {{"record.spikes=[L5match]", "vary={column.score.type: [multiplicative, apical]}"}, 0, ""},
        {{"record.spikes=[L4E]", "simulation.mode=rate"}, 0, "`record.spikes` changes nothing"},
        {{"record.spikes=all", "task.trials.per_condition=100000", "task.duration=1000 s"},
         2,
         "error[L0350]: `record.spikes`: some"}};
    for (const auto& c : cases) {
        INFO(c.overrides.back());
        const auto done = lamina_on_column(folder.path(), "check", c.overrides);
        CHECK(done.exit_code == c.exit_code);
        CHECK_THAT(done.err + done.out, Catch::Contains(c.words));
    }
}

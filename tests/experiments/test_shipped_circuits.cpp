/// The shipped experiments on spiking circuits, against what their files say would be a surprise.
#include <catch2/catch.hpp>

#include <nlohmann/json.hpp>

#include "support/process.hpp"

using namespace lamina;
using namespace lamina::test;
using nlohmann::json;

namespace {

/// The summary of a shipped experiment in which no expectation was missed.
json summary_of_shipped(const std::string& name, std::vector<std::string> more = {}) {
    const TemporaryDirectory folder;
    std::vector<std::string> arguments = {
        "run",         LAMINA_SOURCE_DIR "/experiments/" + name + ".yaml",
        "-o",          (folder.path() / "run").string(),
        "--no-report", "--strict"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const auto done = run_lamina(arguments);
    INFO(done.out << done.err);
    CHECK(done.exit_code == 0);
    return json::parse(read_file(folder.path() / "run" / "run.json"))["summary"];
}

double rate_Hz(const json& variant, const char* window, const char* population) {
    return variant["windows"][window][population]["rate_Hz"];
}

} // namespace

TEST_CASE("shipped circuits give what their files expect", "[slow]") {
    for (const char* name : {"brunel", "vogels_abbott", "bursting", "fi_curves"}) {
        INFO(name);
        const json summary = summary_of_shipped(name);
        CHECK(summary.size() > 0);
    }
}

// Mongillo, Barak & Tsodyks (2008): three regimes in order of the background, for any seed. Bounds
// are half-way, in the logarithm, between what an independent program finds on either side of them:
// 0.3 Hz in silence; 3 Hz and more where population spikes go on by themselves.
TEST_CASE("memory in facilitated synapses: silent, speaking, abolished", "[slow]") {
    for (const char* seed : {"1", "2", "3"}) {
        INFO("seed " << seed);
        const json variants = summary_of_shipped(
            "facilitation_memory",
            {std::string("seed=") + seed, "record.variables=[]", "--threads", "2"})["variants"];
        REQUIRE(variants.size() == 4);
        const json &silent = variants[0], &spikes = variants[1], &elevated = variants[2],
                   &abolished = variants[3];
        // nobody fires more than before the cue, yet the pulse wakes the cued memory and no other
        CHECK(rate_Hz(silent, "delay", "M1") < 1);
        for (const char* other : {"M2", "M3", "M4", "M5"}) {
            CHECK(rate_Hz(silent, "pulse", other) < 1);
            CHECK(rate_Hz(silent, "pulse", "M1") > 4 * rate_Hz(silent, "pulse", other));
        }
        // with more background the memory speaks by itself
        CHECK(rate_Hz(spikes, "delay", "M1") > 1);
        CHECK(rate_Hz(spikes, "delay", "M1") > 3 * rate_Hz(spikes, "before", "M1"));
        CHECK(rate_Hz(elevated, "delay", "M1") > rate_Hz(spikes, "delay", "M1"));
        // facilitation that decays in 50 ms holds nothing
        CHECK(rate_Hz(abolished, "pulse", "M1") < 1);
    }
}

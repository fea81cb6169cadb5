/// The paths of a summary are known before the run: those that were foretold are those that came.
#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdlib>

#include "experiments/check_spec.hpp"
#include "experiments/summary_paths.hpp"
#include "sim/errors.hpp"
#include "sim/run_file/json.hpp"
#include "support/process.hpp"
#include "support/skip.hpp"

using namespace lamina;
using namespace lamina::test;
namespace fs = std::filesystem;

namespace {

/// Overrides that make any experiment short, as far as it accepts them.
std::vector<std::string> shortening_overrides(const std::string& file) {
    std::vector<std::string> taken;
    for (const char* shorter :
         {"task.trials.per_condition=2", "task.presentations=2", "simulation.dt=0.5 ms",
          "task.loop.draws=2", "task.loop.recordings=2", "task.loop.units=[64, 256]",
          "task.set_size.recoveries=1", "fit.starts=1", "fit.bootstrap=2", "analysis.predict=false",
          "analysis.bootstrap=20", "task.duration=20 ms", "task.discard=10 ms",
          "circuit.scale=0.02"}) {
        std::vector<std::string> tried = taken;
        tried.emplace_back(shorter);
        try {
            read_checked_spec(file, tried);
            taken = tried;
        } catch (const SpecError&) {}
    }
    return taken;
}

std::vector<std::string> sorted_paths(const Json& summary) {
    std::vector<std::string> paths = paths_of(summary);
    std::sort(paths.begin(), paths.end());
    return paths;
}

/// What one list has and the other has not.
std::vector<std::string> only_in(const std::vector<std::string>& a,
                                 const std::vector<std::string>& b) {
    std::vector<std::string> out;
    std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(out));
    return out;
}

void compare(const std::string& command, const std::string& file,
             const std::vector<std::string>& overrides, Json foretold) {
    TemporaryDirectory scratch;
    std::vector<std::string> words = {command, file};
    words.insert(words.end(), overrides.begin(), overrides.end());
    words.insert(words.end(), {"--no-report", "--json", "-o", (scratch.path() / "run").string()});
    const ProcessResult done = run_lamina(words);
    INFO(done.err);
    REQUIRE(done.exit_code == 0);
    const auto came = sorted_paths(Json::parse(done.out)["summary"]), due = sorted_paths(foretold);
    CHECK(came.size() > 5);
    CHECK(only_in(came, due) == std::vector<std::string>());
    CHECK(only_in(due, came) == std::vector<std::string>());
}

/// The part that a command finds, of a file that is meant for two.
Json part(const Json& foretold, bool of_fit) {
    Json out = Json::object();
    for (const auto& [key, value] : foretold.items())
        if ((key == "fit") == of_fit) out[key] = value;
    return out;
}

} // namespace

TEST_CASE("every shipped experiment finds the numbers that are foretold, and no others", "[slow]") {
    const bool data = std::getenv("LAMINA_DATA") != nullptr;
    int n_files = 0;
    for (const auto& entry : fs::directory_iterator(LAMINA_SOURCE_DIR "/experiments")) {
        const std::string file = entry.path().string();
        if (entry.path().extension() != ".yaml") continue;
        if (!data && read_file(file).find("LAMINA_DATA") != std::string::npos) {
            skip(entry.path().filename().string() + " needs LAMINA_DATA");
            continue;
        }
        INFO(file);
        const std::vector<std::string> overrides = shortening_overrides(file);
        const ExperimentSpec spec = read_checked_spec(file, overrides);
        const Json foretold = summary_without_run(spec);
        const bool both = spec.fit.given() && spec.task.type != "set_size";
        compare("run", file, overrides, both ? part(foretold, false) : foretold);
        if (both) compare("fit", file, overrides, part(foretold, true));
        ++n_files;
    }
    CHECK(n_files >= 10);
}

TEST_CASE(
    "so do columns of pairs, several conditions of a load, and factors that change the task") {
    TemporaryDirectory scratch;
    const std::string head =
        "lamina: 1\nname: a\nseed: 1\nsimulation: {dt: 1 ms}\nanalysis: {bootstrap: 20}\n";
    const std::string small = "columns: 6, heads: 1, d_model: 8, d_head: 8";
    const std::string timing =
        "timing: {fixation: 10 ms, sample: 20 ms, delay: 20 ms, test: 50 ms, "
        "response: 100 ms}";
    int n = 0;
    for (const std::string& text :
         {head + "column: {" + small +
              ", dale: true}\ntask: {type: presentation, presentations: 2, "
              "duration: 20 ms}\n",
          head + "column: {" + small +
              ", coding: opponent}\nrecord: {rates: none}\ntask: {type: "
              "presentation, presentations: 2, duration: 20 ms}\n",
          head +
              "column: {columns: 6, heads: 1, d_model: 16, d_head: 16}\ntask: {type: "
              "change_detection, places: {units: 8}, load: [1, 3], change_probability: [0.3, 0.7], "
              "trials: {per_condition: 4}, " +
              timing + "}\n",
          head + "column: {" + small +
              "}\ntask: {type: delayed_match_to_sample, load: 2, trials: "
              "{per_condition: 4}, " +
              timing +
              "}\nvary: {task.load: [1, 3], column.coding: "
              "[signed, opponent]}\n"}) {
        INFO(text);
        const std::string file = (scratch.path() / (std::to_string(n++) + ".yaml")).string();
        write_file(file, text);
        compare("run", file, {}, summary_without_run(read_checked_spec(file)));
    }
}

TEST_CASE("a path is complained of when it leads to no number") {
    const Json summary = {
        {"comparison", {{"error", {{"mean", 1.0}, {"ci_low", nullptr}, {"n", 3}}}}},
        {"loop", {{"f", 40.0}, {"name", "text"}}},
        {"variants", {{{"error", 1.0}}, {{"error", 2.0}}}}};
    for (const char* right :
         {"comparison.error", "comparison.error.ci_low", "loop.f", "variants.1.error"})
        CHECK(path_complaint(right, summary).message.empty());
    for (const char* wrong : {"comparison", "comparison.eror", "loop.name", "loop.f.mean",
                              "variants.2.error", "variants.x"})
        CHECK_FALSE(path_complaint(wrong, summary).message.empty());
    CHECK(path_complaint("comparison.eror", summary).help == "did you mean `comparison.error`?");
    CHECK(path_complaint("loop.error", summary).help.find("`comparison.error`") !=
          std::string::npos);
    CHECK(paths_of(summary) == std::vector<std::string>{"comparison.error.mean",
                                                        "comparison.error.ci_low",
                                                        "comparison.error.n", "loop.f",
                                                        "variants.0.error", "variants.1.error"});
}

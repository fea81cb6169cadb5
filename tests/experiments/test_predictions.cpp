/// Predictions: complete, ranked, and about the right numbers.
#include <catch2/catch.hpp>

#include <cmath>
#include <filesystem>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "experiments/predictions/prediction.hpp"
#include "experiments/predictions/sessions.hpp"
#include "experiments/read_spec.hpp"
#include "experiments/resolved_spec.hpp"
#include "sim/errors.hpp"
#include "sim/run_file/folder.hpp"
#include "sim/run_file/image.hpp"
#include "sim/run_file/run_directory.hpp"

using namespace lamina;
namespace fs = std::filesystem;

namespace {

/// A run directory with two loads whose match evidence is known: 1 +- 0.1 and 0.8 +- 0.1.
class SmallRun {
  public:
    SmallRun() {
        path_ = fs::temp_directory_path() / ("lamina-predictions-" + std::to_string(getpid()));
        const ExperimentSpec spec = read_spec_text(
            // slower time constants and a coarser step: the same laws in a fifth of the time
            "lamina: 1\nname: small\nseed: 3\nsimulation: {dt: 0.5 ms}\n"
            "column: {columns: 4, tau: {gate: 10 ms, PV: 5.4 ms}}\n"
            "task: {type: delayed_match_to_sample, load: [1, 3], stimuli: {kind: ring, number: "
            "16}}\n",
            "small.yaml", ".");
        RunWriter writer(Folder::create(path_));
        Image image;
        std::vector<std::int64_t> variant, load, condition;
        std::vector<std::uint8_t> answer;
        std::vector<double> evidence;
        for (int trial = 0; trial < 80; ++trial) {
            variant.push_back(0), condition.push_back(trial % 2), load.push_back(trial % 2 ? 3 : 1);
            answer.push_back(trial % 4 < 2);
            // a non-match has evidence against it
            evidence.push_back(answer.back() ? (trial % 2 ? 0.8 : 1) + (trial % 8 < 4 ? 0.1 : -0.1)
                                             : -1);
        }
        image.dimension("trials", "trial", evidence.size());
        image.variable("trials", "variant", {"trial"}, variant, "1", "variant");
        image.variable("trials", "condition", {"trial"}, condition, "1", "condition");
        image.variable("trials", "load", {"trial"}, load, "1", "load");
        image.variable("trials", "answer", {"trial"}, answer, "1", "match");
        image.variable("trials", "evidence", {"trial"}, evidence, "1", "evidence");
        writer.write("results.h5", image.finish());
        writer.write("spec.resolved.yaml", resolved_spec(spec));
        writer.finish({{"lamina_format", 1}, {"summary", nlohmann::ordered_json::object()}});
    }
    ~SmallRun() { fs::remove_all(path_); }
    const fs::path& path() const { return path_; }

  private:
    fs::path path_;
};

const Prediction& named(const std::vector<Prediction>& all, const std::string& id) {
    for (const Prediction& prediction : all)
        if (prediction.id == id) return prediction;
    throw std::runtime_error("no prediction " + id);
}

} // namespace

TEST_CASE("predictions are complete, ranked, and about the right numbers") {
    const SmallRun run;
    const std::vector<Prediction> all = predict(RunDirectory::open(run.path()));
    REQUIRE(all.size() == 6);
    for (std::size_t i = 0; i < all.size(); ++i) {
        const Prediction& p = all[i];
        INFO(p.id);
        for (const std::string* text :
             {&p.statement, &p.quantity, &p.measurement, &p.direction, &p.rival, &p.needed_what,
              &p.falsifier, &p.assumption, &p.source, &p.effect.unit})
            CHECK(!text->empty());
        CHECK(p.effect.low <= p.effect.value);
        CHECK(p.effect.value <= p.effect.high);
        CHECK((std::isfinite(p.d_prime) && p.d_prime > 0));
        CHECK((p.trial_s > 0.1 && p.trial_s < 600));
        CHECK(p.needed_n >= 2);
        if (i > 0) CHECK(all[i - 1].d_prime_per_hour() >= p.d_prime_per_hour());
    }
    const laws::LoopTimes times{10, 5.4}, slow{10, 8.1};
    // d' is 1 to 5 per trial: the mean of 16 trials is within 3 SD / 4 of the law
    const Prediction& shift = named(all, "ringing_shift");
    const double law_Hz = laws::ringing_Hz(slow) - laws::ringing_Hz(times);
    CHECK(shift.effect.value ==
          Approx(law_Hz).margin(0.75 * std::fabs(shift.effect.value) / shift.d_prime + 0.3));
    const Prediction& apart = named(all, "separate_peaks");
    CHECK(apart.effect.value == Approx(laws::spike_peak_Hz(times) - laws::PV_peak_Hz(times))
                                    .margin(0.75 * apart.effect.value / apart.d_prime + 0.3));
    // 4 keys of score SD 1: log Z = log 4 + 0.4, times 1/6 - 1/11
    const Prediction& weak = named(all, "weakened_PV");
    CHECK((weak.effect.value > 0.1 && weak.effect.value < 0.35));
    CHECK(weak.rival_value == 1);
    CHECK(named(all, "contrast_latency").rival_value > named(all, "contrast_latency").effect.value);

    // evidence 1 against 0.8 with SD 0.1: d' = 2 sqrt(19 / 20), n = 2 (2.802 / d')^2 = 4.13
    const Prediction& load = named(all, "load_dilutes");
    CHECK(load.effect.value == Approx(0.2));
    CHECK(load.d_prime == Approx(2).epsilon(0.03));
    CHECK(load.needed_n == 5);

    // the text and the JSON name all of them
    const auto json = nlohmann::ordered_json::parse(predictions_json(all).dump());
    const std::string text = predictions_text(all);
    REQUIRE(json.size() == all.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
        for (const char* key : {"statement", "quantity", "measurement", "direction", "needed_n",
                                "needed_what", "falsifier", "rival", "score", "assumption"})
            CHECK(json[i].contains(key));
        for (const char* key : {"value", "low", "high", "unit"})
            CHECK(json[i]["effect"].contains(key));
        CHECK(text.find(std::to_string(i + 1) + ". " + all[i].id) != std::string::npos);
    }
}

TEST_CASE("a prediction is the same with any number of threads, and a noisier run needs more") {
    ExperimentSpec spec;
    spec.area.columns = 4, spec.area.dt_ms = 0.5;
    predictions::Sessions sessions = predictions::sessions_of(spec);
    const auto one = predictions::weakened_PV(sessions, 10);
    sessions.lab.threads = 3;
    const auto three = predictions::weakened_PV(sessions, 10);
    CHECK(predictions_json(one).dump() == predictions_json(three).dump());
    // 10 times the noise of counting, on each of 4 gates
    spec.area.noise.gate = 10 * sessions.sum_sigma / 2;
    const auto noisy = predictions::weakened_PV(predictions::sessions_of(spec), 10);
    CHECK(noisy[0].d_prime < one[0].d_prime);
    CHECK(noisy[0].assumption.find("column.noise.gate") != std::string::npos);
}

TEST_CASE("a judged prediction knows its effect, its rival and how many trials it needs") {
    Prediction p;
    laws::Laboratory lab;
    predictions::judge(p, {1, 2, 3, 4, 5}, 1, lab);
    CHECK(p.effect.value == Approx(3));
    CHECK(p.d_prime == Approx(2 / std::sqrt(2.5)));
    // ((1.960 + 0.842) / 1.265)^2 = 4.9
    CHECK(p.needed_n == 5);
    p.trial_s = 36;
    CHECK(p.d_prime_per_hour() == Approx(10 * p.d_prime));
}

TEST_CASE("the frequency of a noisy ringing is found") {
    const laws::LoopTimes times{5, 2.7};
    std::vector<double> x;
    for (int n = 0; n < 800; ++n) {
        const double t = 0.1 * n;
        x.push_back(std::exp(-t / 10) * std::cos(2 * pi * 0.0403 * t) +
                    0.02 * std::sin(12.9898 * n * n));
    }
    // the search steps by a factor 2^(1/40), 1.7 %; scatter of 1.4 % of the start adds some 1 %
    CHECK(predictions::ringing_of(x, 0.1, times) == Approx(40.3).epsilon(0.04));
}

/// Representations of a run: the column probed without sampling, people's RDMs, export.
#include <catch2/catch.hpp>

#include <atomic>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "experiments/read_spec.hpp"
#include "experiments/representations.hpp"
#include "sim/errors.hpp"
#include "sim/run_file/run_directory.hpp"
#include "support/process.hpp"
#include "support/skip.hpp"

using namespace lamina;
using Catch::Matchers::Contains;

namespace {

const std::atomic<bool> go_on{false};

/// Six stimuli on a ring, held in a column of four: two presentations for each.
ExperimentSpec small_ring(std::vector<std::string> overrides = {}) {
    overrides.insert(overrides.begin(), "simulation.dt=0.5 ms");
    return read_spec_text(
        "lamina: 1\nname: a\nseed: 3\ncolumn: {columns: 4, heads: 2, d_model: 16, "
        "d_head: 8}\ntask:\n  type: delayed_match_to_sample\n  stimuli: {kind: "
        "ring, number: 6, kappa: 1}\n  load: [1]\n  trials: {per_condition: 2}\n",
        "a.yaml", ".", overrides);
}

VariantRun prepared(const ExperimentSpec& spec) { return prepare(variants_of(spec).front()); }

double cosine(const Stimuli& s, int i, int j) {
    double ij = 0, ii = 0, jj = 0;
    for (int k = 0; k < s.d_model; ++k) {
        const double a = s.vectors[std::size_t(i * s.d_model + k)],
                     b = s.vectors[std::size_t(j * s.d_model + k)];
        ij += a * b, ii += a * a, jj += b * b;
    }
    return ij / std::sqrt(ii * jj);
}

/// A .npy of doubles.
void write_npy(const std::filesystem::path& path, const std::vector<std::size_t>& shape,
               const std::vector<double>& values) {
    std::string header = "{'descr': '<f8', 'fortran_order': False, 'shape': (";
    for (const std::size_t n : shape) header += std::to_string(n) + ",";
    header += ")}";
    header.resize(118, ' ');
    std::string bytes = std::string("\x93NUMPY\x01\x00", 8) + char(118) + '\0' + header;
    bytes.append(reinterpret_cast<const char*>(values.data()), 8 * values.size());
    test::write_file(path, bytes);
}

/// RDMs of two people, two each, over the six stimuli.
std::vector<double> four_rdms() {
    std::vector<double> values;
    for (int rdm = 0; rdm < 4; ++rdm)
        for (int pair = 0; pair < 15; ++pair) values.push_back((7 * pair + 3 * rdm * rdm) % 11);
    return values;
}

bool no_data() {
    return std::getenv("LAMINA_DATA") == nullptr && test::skip("LAMINA_DATA is not set");
}

} // namespace

TEST_CASE("one item held: the evidence is the gain times the cosine above the criterion") {
    const VariantRun run = prepared(small_ring({"task.decision.gain=1.5"}));
    const Probing found = probe_all(run, 2, go_on);
    REQUIRE(found.evidence.size() == 36);
    for (int i = 0; i < 6; ++i)
        for (int j = 0; j < 6; ++j) {
            // one key has all the weight, and matched weights give back what was stored
            const double expected = 1.5 * (cosine(run.stimuli, i, j) - 0.5);
            CHECK(std::fabs(found.evidence[std::size_t(6 * i + j)] - expected) < 1e-9);
        }
    CHECK(found.evidence_difference < 1e-9);
    CHECK(found.attention_difference < 1e-9);
    CHECK(found.routed_difference < 1e-9);
}

TEST_CASE("all items held: weights are softmax, largest for the item that is the probe") {
    const VariantRun run = prepared(small_ring({"column.attention=causal"}));
    const Probing found = probe_all(run, 1, go_on);
    for (int i = 0; i < 6; ++i) {
        double sum = 0;
        for (int j = 0; j < 6; ++j) {
            sum += found.attention[std::size_t(6 * i + j)];
            CHECK(found.attention[std::size_t(6 * i + j)] <=
                  found.attention[std::size_t(6 * i + i)]);
        }
        CHECK(std::fabs(sum - 1) < 1e-9);
    }
}

TEST_CASE(
    "probing does not depend on threads, noise or seed of the trials; a rhythm is told apart") {
    const Probing one = probe_all(prepared(small_ring()), 1, go_on),
                  four = probe_all(prepared(small_ring()), 4, go_on),
                  noisy = probe_all(prepared(small_ring({"column.noise.gate=0.3"})), 2, go_on);
    CHECK(one.evidence == four.evidence);
    CHECK(one.routed == four.routed);
    CHECK(one.attention == noisy.attention);
    const Probing linear = probe_all(prepared(small_ring({"column.inhibition=none"})), 2, go_on);
    CHECK(linear.attention_difference > 0.1); // no softmax: the block is somewhere else
}

TEST_CASE(
    "RDMs of a run: stages, in the order of the run file, with nothing to say about few stimuli") {
    const VariantRun run = prepared(small_ring());
    const Representations found = represent(run, 2, go_on);
    REQUIRE(found.rdms.size() == 4);
    CHECK(found.rdms[0].name == "input");
    CHECK(found.rdms[3].name == "confusion");
    // on a ring the neighbour (0,1) is nearer than the one opposite (0,3), at every stage
    for (const analysis::ModelRdm& stage : found.rdms) {
        INFO(stage.name);
        CHECK(stage.rdm[0] < stage.rdm[2]);
    }
    // all neighbours alike, where heads do not look at different parts of the code
    for (const std::size_t stage : {0u, 3u})
        CHECK(std::fabs(found.rdms[stage].rdm[0] - found.rdms[stage].rdm[5]) < 1e-9);
    CHECK(represent(prepared(small_ring({"task.stimuli.number=2"})), 1, go_on).rdms.empty());
    CHECK(representations_summary(Representations()).is_null());
}

TEST_CASE("RDMs of people are read with the spec; what does not fit is refused by name") {
    const test::TemporaryDirectory folder;
    write_npy(folder.path() / "four.npy", {4, 15}, four_rdms());
    write_npy(folder.path() / "ten.npy", {10}, std::vector<double>(10, 1));
    std::vector<double> holes = four_rdms();
    holes[17] = std::nan("");
    write_npy(folder.path() / "holes.npy", {4, 15}, holes);
    test::write_file(folder.path() / "two.csv", "name\nfirst one\nsecond\n");
    const auto with = [&](const std::string& entry) {
        ExperimentSpec spec = small_ring({"compare_with=[" + entry + "]", "analysis.bootstrap=20"});
        spec.folder = folder.path().string();
        return spec;
    };
    const VariantRun run =
        prepared(with("{rdm: four.npy, name: people, per_subject: 2}, {models: four.npy}"));
    REQUIRE(run.rdms.people.size() == 1);
    CHECK(run.rdms.people[0].measured.subject == std::vector<int>{0, 0, 1, 1});
    REQUIRE(run.rdms.models.size() == 4);
    CHECK(run.rdms.models[3].name == "four_3");

    const nlohmann::ordered_json summary =
        representations_summary(represent(run, 1, go_on))["people"];
    CHECK(summary["n_subjects"] == 2);
    CHECK(summary["confusion"]["mean_rho"]["n"] == 4);
    CHECK(summary["confusion_less_input"]["pooled_rho"]["mean"].is_number());

    const auto refused = [&](const std::string& entry, const std::string& reason) {
        INFO(entry);
        CHECK_THROWS_AS(prepared(with(entry)), SpecError);
        CHECK_THROWS_WITH(prepared(with(entry)), Contains(reason));
    };
    refused("{rdm: ten.npy, name: people}", "is of 5 stimuli and the task has 6");
    refused("{rdm: holes.npy, name: people}", "value 17 is nan");
    refused("{rdm: four.npy, name: people, per_subject: 3}", "cannot be 3 of each subject");
    refused("{models: four.npy, names: two.csv}", "names 2 RDMs");
    refused("{rdm: absent.npy, name: people}", "no such file");
}

TEST_CASE("objects92: what the column would confuse against what people judge alike", "[slow]") {
    if (no_data()) return;
    const ExperimentSpec spec =
        read_spec_text(test::read_file(LAMINA_SOURCE_DIR "/experiments/objects.yaml"),
                       "objects.yaml", ".", {"simulation.dt=0.5 ms", "analysis.bootstrap=1"});
    const VariantRun run = prepared(spec);
    const Representations found = represent(run, 2, go_on);
    CHECK(found.probing.evidence_difference < 1e-9);
    CHECK(found.probing.attention_difference < 1e-9);
    const nlohmann::ordered_json summary = representations_summary(found);
    const auto rho = [&](const char* people, const char* model, const char* which) {
        return summary[people][model][which]["mean"].get<double>();
    };
    std::printf(
        "objects92: with pooled judgement: confusion %.4f, human IT %.4f; mean over "
        "subjects %.4f, %.4f\n",
        rho("judgement", "confusion", "pooled_rho"), rho("judgement", "human_IT", "pooled_rho"),
        rho("judgement", "confusion", "mean_rho"), rho("judgement", "human_IT", "mean_rho"));
    // cosines of the scaled vectors in NumPy and SciPy, ranks averaged
    CHECK(std::fabs(rho("judgement", "confusion", "pooled_rho") - 0.4186287) < 1e-6);
    CHECK(std::fabs(rho("judgement", "confusion", "mean_rho") - 0.2947281) < 1e-6);
    CHECK(std::fabs(rho("judgement", "human_IT", "pooled_rho") - 0.4001612) < 1e-6);
    CHECK(std::fabs(rho("human_IT", "animacy", "mean_rho") - 0.3106) < 0.5e-4);
    CHECK(std::fabs(summary["judgement"]["ceiling_high"].get<double>() - 0.5767) < 0.5e-4);
}

TEST_CASE("export: rsatoolbox loads our RDMs and finds the same likeness and the same ceilings",
          "[slow]") {
    const test::TemporaryDirectory folder;
    std::vector<double> tied = four_rdms();
    write_npy(folder.path() / "four.npy", {4, 15}, tied);
    test::write_file(folder.path() / "a.yaml",
                     "lamina: 1\nname: a\nseed: 3\nsimulation: {dt: 0.5 ms}\ncolumn: {columns: 4, "
                     "heads: 2, d_model: 16, d_head: 8}\ntask:\n  type: delayed_match_to_sample\n"
                     "  stimuli: {kind: random, number: 6}\n  load: [1]\n  trials: {per_condition: "
                     "2}\n  timing: {delay: 20 ms}\nanalysis: {bootstrap: 20}\nmemory: {diffusion: "
                     "0.05 1/s}\ncompare_with: [{rdm: four.npy, name: people, per_subject: 2}]\n");
    const std::string run = (folder.path() / "run").string();
    const test::ProcessResult made =
        test::run_lamina({"run", (folder.path() / "a.yaml").string(), "-o", run, "--no-report"});
    INFO(made.err);
    REQUIRE(made.exit_code == 0);
    const test::ProcessResult exported = test::run_lamina({"export", run, "--to", "rsatoolbox"});
    INFO(exported.err);
    REQUIRE(exported.exit_code == 0);
    CHECK(exported.out == run + "/rdms.h5\n");
    CHECK(test::run_lamina({"verify", run}).exit_code == 0);
    // once more gives the same bytes
    const std::string bytes = test::read_file(run + "/rdms.h5");
    REQUIRE(test::run_lamina({"export", run, "--to", "rsatoolbox"}).exit_code == 0);
    CHECK(test::read_file(run + "/rdms.h5") == bytes);
    CHECK(test::run_lamina({"export", run, "--to", "rsa"}).exit_code == 2);

    const std::string environment = LAMINA_SOURCE_DIR "/build/rsatoolbox";
    if (test::run_process({LAMINA_SOURCE_DIR "/scripts/python-environment", environment,
                           "rsatoolbox==0.3.2", "h5py"})
            .exit_code != 0) {
        test::skip("rsatoolbox cannot be installed here");
        return;
    }
    const std::string program = environment + "/bin/python3";
    const test::ProcessResult judged =
        test::run_process({program, LAMINA_SOURCE_DIR "/tests/tools/check_rsatoolbox.py", run});
    INFO(judged.out << judged.err);
    CHECK(judged.exit_code == 0);

    if (no_data()) return;
    const std::string objects = (folder.path() / "objects").string();
    REQUIRE(test::run_lamina({"run", LAMINA_SOURCE_DIR "/experiments/objects.yaml", "-o", objects,
                              "--no-report", "simulation.dt=0.5 ms", "analysis.bootstrap=1",
                              "task.trials.per_condition=1", "record.rates=none",
                              "record.attention=none"})
                .exit_code == 0);
    REQUIRE(test::run_lamina({"export", objects, "--to", "rsatoolbox"}).exit_code == 0);
    const test::ProcessResult all =
        test::run_process({program, LAMINA_SOURCE_DIR "/tests/tools/check_rsatoolbox.py", objects});
    std::printf("%s", all.out.c_str());
    INFO(all.out << all.err);
    CHECK(all.exit_code == 0);
}

TEST_CASE("a run without representations has nothing to export, and says what would") {
    const test::TemporaryDirectory folder;
    test::write_file(folder.path() / "a.yaml",
                     "lamina: 1\nname: a\nseed: 1\ncolumn: {columns: 3, heads: 1, d_model: 4, "
                     "d_head: 4}\ntask: {type: presentation, duration: 5 ms, presentations: 1}\n");
    const std::string run = (folder.path() / "run").string();
    REQUIRE(test::run_lamina({"run", (folder.path() / "a.yaml").string(), "-o", run, "--no-report"})
                .exit_code == 0);
    const test::ProcessResult exported = test::run_lamina({"export", run, "--to", "rsatoolbox"});
    CHECK(exported.exit_code == 2);
    CHECK(exported.err.find("L0404") != std::string::npos);
    CHECK(exported.err.find("= help:") != std::string::npos);
}

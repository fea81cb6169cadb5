/// The worked examples of docs/extending.md: they are what the page prints, they compile against
/// the contracts as the catalogues would instantiate them, and they keep their closed forms.
#include <catch2/catch.hpp>

#include <cmath>

#include "docs/examples/anchored.hpp"
#include "docs/examples/cosine.hpp"
#include "docs/examples/pv_sqrt.hpp"
#include "docs/examples/simultaneous_match.hpp"
#include "docs/page.hpp"
#include "kernels/cpu/exec.hpp"
#include "kernels/gate_rows.hpp"
#include "kernels/inhibit_rows.hpp"
#include "kernels/score_rows.hpp"
#include "models/catalogue.hpp"
#include "sim/run.hpp"
#include "sim/weights.hpp"
#include "support/source_tree.hpp"

using namespace lamina;
using namespace lamina::test;
namespace fs = std::filesystem;

namespace {

/// One row of gates under an inhibition, stage by stage as sim/gate_stage.cpp runs its bodies.
template <class Inhibition> struct OneRow {
    std::vector<double> score;
    double dt_ms;
    InhibitionParameters par;
    std::vector<double> gate = std::vector<double>(score.size(), 0.0);
    std::vector<double> drive = gate;
    double p = 0, log_divisor = 0, gate_sum = 0, drive_sum = 0;
    unsigned char open = 1;

    void run(double duration_ms) {
        const double tau_gate_ms = 5, log_limit = std::log(20.0);
        const auto constants = Inhibition::template prepare<double>(par, dt_ms);
        const auto lag = Relaxation::over(dt_ms, tau_gate_ms);
        const int n = int(score.size());
        DriveRows<double>{score.data(), &log_divisor, gate.data(), drive.data(),
                          &gate_sum,    &drive_sum,   n,           log_limit}(0, OneLane{});
        for (int step = 0; step < int(duration_ms / dt_ms + 0.5); ++step) {
            InhibitRows<Inhibition, double>{&p,      &gate_sum, &drive_sum, nullptr,  nullptr,
                                            nullptr, nullptr,   &open,      lag.leak, constants}(0);
            DivisorRows<Inhibition, double>{&p, nullptr, &log_divisor, &open, constants}(0);
            GateRows<double>{score.data(), &log_divisor, gate.data(),   drive.data(),
                             &gate_sum,    &drive_sum,   nullptr,       n,
                             lag.leak,     lag.from_now, lag.from_next, log_limit}(0, OneLane{});
        }
    }
};

std::vector<double> softmax(const std::vector<double>& score) {
    double sum = 0;
    std::vector<double> weight;
    for (const double s : score) sum += std::exp(s);
    for (const double s : score) weight.push_back(std::exp(s) / sum);
    return weight;
}

/// Score of every pair of one head, [n][n], through a mechanism's own functions.
template <class Mechanism>
std::vector<double> scores_of(const std::vector<std::vector<double>>& vectors, double gain) {
    const int n = int(vectors.size()), d = int(vectors[0].size());
    ScoreParameters par;
    par.d_head = d;
    std::vector<double> projections, query, key(std::size_t(n * d)), one(std::size_t(d), 0.0);
    const auto constants = Mechanism::template prepare<double>(par, 1, projections);
    std::vector<double> query_log, key_log;
    for (int j = 0; j < n; ++j) {
        query_log.push_back(Mechanism::encode(vectors[std::size_t(j)].data(), gain, one.data(),
                                              constants, 0, Role::query, OneLane{}));
        query.insert(query.end(), one.begin(), one.end());
        key_log.push_back(Mechanism::encode(vectors[std::size_t(j)].data(), 1.0, one.data(),
                                            constants, 0, Role::key, OneLane{}));
        for (int f = 0; f < d; ++f) key[std::size_t(f * n + j)] = one[std::size_t(f)];
    }
    const std::vector<double> mask(std::size_t(n * n), 0.0);
    std::vector<double> out(std::size_t(n * n));
    const ScoreRows<Mechanism, double> rows{query.data(),
                                            key.data(),
                                            query_log.data(),
                                            key_log.data(),
                                            mask.data(),
                                            out.data(),
                                            n,
                                            n,
                                            d,
                                            constants};
    for (int i = 0; i < n; ++i) rows(std::size_t(i), OneLane{});
    return out;
}

} // namespace

TEST_CASE("docs/extending.md prints its examples as they are, and where their lines go") {
    const std::string page = read_file(source_tree / "docs/extending.md");
    const std::vector<Block> blocks = blocks_of(page);
    int n_examples = 0, n_places = 0;
    for (const auto& entry : fs::directory_iterator(source_tree / "tests/docs/examples")) {
        const std::string source = read_file(entry.path());
        INFO(entry.path().filename());
        CHECK(page.find("tests/docs/examples/" + entry.path().filename().string()) !=
              std::string::npos);
        bool printed = false;
        for (const Block& block : blocks)
            printed = printed || (block.kind == "cpp" && block.text == source);
        CHECK(printed);
        ++n_examples;
    }
    CHECK(n_examples == 4);

    // a diff names a file, and its unchanged lines stand there, one below the other
    for (const Block& block : blocks) {
        if (block.kind != "diff") continue;
        INFO("docs/extending.md:" << block.line);
        const std::vector<std::string> lines = lines_of(block.text);
        REQUIRE(lines[0].rfind("+++ ", 0) == 0);
        const std::string file = read_file(source_tree / lines[0].substr(4));
        std::size_t from = 0;
        for (std::size_t i = 1; i < lines.size(); ++i) {
            if (lines[i][0] == '+' || lines[i] == " ...") continue;
            INFO(lines[i]);
            const std::size_t place = file.find(lines[i].substr(1) + "\n", from);
            CHECK(place != std::string::npos);
            if (place != std::string::npos) from = place + lines[i].size();
            ++n_places;
        }
    }
    CHECK(n_places > 8);
}

TEST_CASE("the examples have what the catalogues ask for, in both precisions") {
    using List = ModelList<PvSqrt>;
    CHECK(entries(List{})[0].name == "pv_sqrt");
    bool used = false;
    CHECK(with_model(List{}, "pv_sqrt", [&](auto tag) {
        using Model = typename decltype(tag)::type;
        const auto constants = Model::template prepare<float>({}, 0.1);
        used = Model::advance(0.0f, 1.0f, 1.0f, 0.0f, 0.0f, constants) == 0.0f;
    }));
    CHECK(used);
    CHECK(entries(ModelList<Cosine>{})[0].name == "cosine");
    const float unit[] = {3, 4};
    float features[2];
    std::vector<float> none;
    const auto constants = Cosine::prepare<float>({1, 2}, 1, none);
    Cosine::encode(unit, 1.0f, features, constants, 0, Role::key, OneLane{});
    CHECK(features[0] == Approx(0.6f));
    // none of the names is taken
    CHECK_FALSE(with_model(Inhibitions{}, "pv_sqrt", [](auto) {}));
    CHECK_FALSE(with_model(ScoreMechanisms{}, "cosine", [](auto) {}));
    const Maintenance kind = {"anchored", "", anchored::angles, anchored::vectors};
    CHECK(kind.angles != nullptr);
}

TEST_CASE("pv_sqrt: the gates come to softmax and PV to the log-normaliser, at any step") {
    const std::vector<double> score = {1.5, -0.5, 3, 0, -2, 1};
    double log_sum = 0;
    for (const double s : score) log_sum += std::exp(s);
    log_sum = std::log(log_sum);
    for (const double dt_ms : {0.1, 0.5, 1.0}) {
        INFO("dt " << dt_ms << " ms");
        OneRow<PvSqrt> row{score, dt_ms, {}};
        row.run(600);
        // the slowest mode decays with 2 tau_gate = 10 ms: exp(-600 / 10) is far below rounding
        for (std::size_t j = 0; j < score.size(); ++j)
            CHECK(std::fabs(row.gate[j] - softmax(score)[j]) < 1e-14);
        CHECK(std::fabs(row.p - log_sum) < 1e-13);
    }
}

TEST_CASE("pv_sqrt: a step is of second order, and its slope is the one the judges integrate") {
    // gates 20 ms after an even start; halving the step quarters the error. (From rest the root has
    // no slope, and the first step is of order 1.5.)
    const auto gates = [](double dt_ms) {
        OneRow<PvSqrt> row{{1.5, -0.5, 3}, dt_ms, {}};
        row.gate.assign(3, 1.0 / 3);
        row.run(20);
        return row.gate[2];
    };
    const double exact = gates(0.1 / 64);
    const double order = std::log2((gates(0.2) - exact) / (gates(0.1) - exact));
    INFO("order " << order);
    CHECK(std::fabs(order - 2) < 0.2); // the next order's share at dt / tau_p = 0.07
    const double tiny_ms = 1e-6;
    const auto constants = PvSqrt::prepare<double>({}, tiny_ms);
    for (const double sum : {0.0, 0.3, 1.0, 5.0}) {
        const double step = PvSqrt::advance(0.0, sum, sum, 0.0, 0.0, constants) / tiny_ms;
        CHECK(step == Approx(PvSqrt::slope_per_ms(0.0, sum, 0.0, constants)).margin(1e-12));
    }
}

TEST_CASE("cosine: only directions count, and the apical gain scales the score") {
    const std::vector<std::vector<double>> vectors = {
        {3, 4, 0, 0}, {30, 40, 0, 0}, {-4, 3, 0, 0}, {-3, -4, 0, 0}, {0, 0, 0, 0}};
    const auto s = scores_of<Cosine>(vectors, 1);
    const double sqrt_d = 2;
    const double expected[5][5] = {
        {1, 1, 0, -1, 0}, {1, 1, 0, -1, 0}, {0, 0, 1, 0, 0}, {-1, -1, 0, 1, 0}, {0, 0, 0, 0, 0}};
    const auto gained = scores_of<Cosine>(vectors, 0.25);
    for (std::size_t i = 0; i < 5; ++i)
        for (std::size_t j = 0; j < 5; ++j) {
            // a handful of roundings of numbers below 2
            CHECK(std::fabs(s[i * 5 + j] - sqrt_d * expected[i][j]) < 1e-14);
            CHECK(std::fabs(gained[i * 5 + j] - 0.25 * s[i * 5 + j]) < 1e-15);
        }
}

TEST_CASE("anchored: the variance of what is held is that of an Ornstein-Uhlenbeck process") {
    const MaintenanceParameters p; // 20 deg^2/s, 0.05 /s
    const std::vector<double> time_ms = {0, 100, 1000, 4000}, x = {3, -4, 0, 12}; // |x| = 13
    const int n = 10000;
    std::vector<double> squares(time_ms.size(), 0), vector_squares(time_ms.size(), 0);
    for (int i = 0; i < n; ++i) {
        const MemorySlot who{21, std::uint32_t(i), 2};
        std::vector<double> angle;
        std::vector<std::vector<double>> held;
        anchored::angles(1.0, p, time_ms, who, angle);
        anchored::vectors(x, 13, p, time_ms, who, held);
        for (std::size_t k = 0; k < time_ms.size(); ++k) {
            const double deg = (angle[k] - 1.0) * 180 / 3.14159265358979323846;
            squares[k] += deg * deg / n;
            for (std::size_t u = 0; u < x.size(); ++u)
                vector_squares[k] += (held[k][u] - x[u]) * (held[k][u] - x[u]) / (4 * n);
        }
    }
    CHECK(squares[0] == 0);
    for (std::size_t k = 1; k < time_ms.size(); ++k) {
        INFO("after " << time_ms[k] << " ms");
        const double grown_s = 0.5 * (1 - std::exp(-2e-3 * time_ms[k]));
        // five standard errors sqrt(2 / n) of a variance; vectors average four units
        CHECK(std::fabs(squares[k] / (20 * grown_s) - 1) < 0.07);
        CHECK(std::fabs(vector_squares[k] / (0.05 * 169 / 4 * grown_s) - 1) < 0.035);
    }
}

TEST_CASE("simultaneous_match: trials are what they say, and the column answers them") {
    ExperimentSpec spec;
    spec.area.columns = 5, spec.area.heads = 2, spec.area.d_model = 16, spec.area.d_head = 8;
    spec.area.dt_ms = 0.5;
    spec.task.stimuli.number = 8;
    spec.task.load = {1, 3};
    spec.task.per_condition = 20;
    const SimultaneousMatch task(spec, make_stimuli(spec.task.stimuli, 16, "", 1), 7);
    REQUIRE(task.n_trials() == 40);
    int matches = 0;
    for (std::int64_t n = 0; n < task.n_trials(); ++n) {
        const Trial trial = task.trial(n);
        matches += trial.question.yes;
        CHECK(std::count(trial.items.begin(), trial.items.end(), -1) == 5 - trial.load);
        // the right answer can be read from the trial: the probe is there, or it is not
        CHECK(bool(std::count(trial.items.begin(), trial.items.end(), trial.probe)) ==
              trial.question.yes);
        CHECK(task.trial(n).items == trial.items);
    }
    // 40 trials at one half: 20 +- 3.2, five of them
    CHECK(std::abs(matches - 20) <= 16);

    // nothing is remembered, so one item is told from any probe whose code is not like its own
    const AttentionWeights weights = matched_weights(spec.area, {}, task.stimuli(), 1);
    RunPlan plan;
    plan.area = &spec.area, plan.weights = &weights, plan.task = &task;
    const std::atomic<bool> stop{false};
    const auto records = run_trials(
        plan, 2, [] {}, stop);
    REQUIRE(records.size() == 40);
    int n_alike = 0;
    for (std::size_t n = 0; n < 20; ++n) {
        // neighbours on the ring, 45 deg apart, have cosine I_0(8 cos 22.5 deg) / I_0(8) = 0.57,
        // just beyond the criterion of 0.5: either answer is right
        const int apart = std::abs(records[n].trial.probe - records[n].trial.items[0]);
        const bool alike = apart == 1 || apart == 7;
        n_alike += alike;
        CHECK((records[n].correct || alike));
    }
    CHECK(n_alike < 10);

    // and a file that cannot be run is refused with its reason
    spec.task.load = {8};
    CHECK_THROWS_WITH(SimultaneousMatch(spec, make_stimuli(spec.task.stimuli, 16, "", 1), 7),
                      Catch::Contains("task.load = 8"));
}

/// Tasks that ask for an item by its place: attention goes by place alone, and what is reported is
/// what was held there.
#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>

#include "analysis/recall.hpp"
#include "analysis/statistics.hpp"
#include "experiments/column_of.hpp"
#include "experiments/read_spec.hpp"
#include "experiments/task_catalogue.hpp"
#include "experiments/tasks/item_code.hpp"
#include "models/angle.hpp"
#include "models/capacity/account_catalogue.hpp"
#include "models/recall/change_judgement.hpp"
#include "models/recall/recall_error.hpp"
#include "sim/errors.hpp"
#include "sim/readout.hpp"
#include "sim/reference_block.hpp"

namespace lamina {
namespace {

using test::column_of;

/// One head and the gain of the shipped experiment.
ExperimentSpec places_spec(const char* type) {
    ExperimentSpec spec;
    spec.task.type = type;
    spec.area.columns = 9;
    spec.area.heads = 1;
    spec.area.d_head = 64;
    spec.area.dt_ms = 1;
    spec.weights.match_gain = 30;
    spec.task.load = {1, 4, 8};
    spec.task.per_condition = 200;
    spec.task.timing.delay_ms = 100;
    return spec;
}

/// What the reference block routes to the read-out column in the test, and with which weights.
struct Routed {
    std::vector<double> content, weights;
};
Routed routed(const ExperimentSpec& spec, const AttentionWeights& weights, const Trial& trial) {
    const Segment& test = trial.segments.back();
    const ReferenceResult r = reference_block(spec.area, weights, test.x, test.c, test.masked);
    const int n = spec.area.columns, d = spec.area.d_model;
    return {routed_content(weights, {r.z_heads.end() - d, r.z_heads.end()}),
            {r.pattern.end() - n, r.pattern.end()}};
}

/// The angle that a column holds in the test, by the population vector of its colour.
double held_deg(const ExperimentSpec& spec, const Trial& trial, int column) {
    ReadoutSpec exact;
    exact.motor_noise_deg = 0;
    const auto x = column_of(trial.segments.back().x, column, spec.area.d_model);
    return reported_angle(exact, trial.question, x, 1, 0) * deg_per_rad;
}

} // namespace

TEST_CASE("an item is its place and its stimulus, a cue the place alone") {
    const ExperimentSpec spec = places_spec("delayed_estimation");
    const ItemCode code = coded_with_places(spec, task_stimuli(spec, 1));
    CHECK(code.first_unit() == 32);
    CHECK(code.n_units() == 32);
    const std::vector<double> item = code.item({5, 3}), cue = code.cue(3);
    REQUIRE(item.size() == 64);
    REQUIRE(cue.size() == 64);
    CHECK(std::equal(item.begin(), item.begin() + 32, cue.begin()));
    CHECK(std::all_of(cue.begin() + 32, cue.end(), [](double x) { return x == 0; }));
    CHECK(std::vector<double>(item.begin() + 32, item.end()) == code.stimulus(5));
    // place 3 of 8 is 135 deg: unit 12 of 32
    CHECK(std::max_element(cue.begin(), cue.end()) - cue.begin() == 12);
    CHECK(code.all_items().size() == 16 * 64);
}

TEST_CASE("delayed estimation: every phase shows what it should, and an angle is asked for") {
    const ExperimentSpec spec = places_spec("delayed_estimation");
    const auto task = make_task(spec, 7);
    REQUIRE(task->n_trials() == 600);
    const ItemCode code = coded_with_places(spec, task_stimuli(spec, 7));
    for (std::int64_t n = 0; n < 600; n += 37) {
        const Trial trial = task->trial(n);
        INFO("trial " << n << ", " << trial.condition);
        const int load = trial.load, target = trial.target_column;
        REQUIRE(target >= 0);
        REQUIRE(target < load);
        CHECK(trial.question.answer == Answer::angle);

        // items at different places, and the sample shows them there
        std::vector<int> places(trial.places.begin(), trial.places.begin() + load);
        for (int column = 0; column < load; ++column)
            CHECK(column_of(trial.segments[1].x, column, 64) ==
                  code.item({trial.items[std::size_t(column)], places[std::size_t(column)]}));
        const int asked_place = places[std::size_t(target)];
        std::sort(places.begin(), places.end());
        CHECK(std::unique(places.begin(), places.end()) == places.end());

        // the cue is the context of the read-out column; the report is due when the test ends
        const Segment& test = trial.segments.back();
        CHECK(column_of(test.c, 8, 64) == code.cue(asked_place));
        CHECK(test.masked[8] == 1);
        CHECK(trial.n_steps == trial.question.from_step + 500);
        CHECK(trial.question.to_step == trial.n_steps);
        const double angle_deg =
            code.stimuli().angle_deg[std::size_t(trial.items[std::size_t(target)])];
        CHECK(trial.question.right_rad * deg_per_rad == Approx(angle_deg).margin(1e-12));
    }
}

TEST_CASE("attention goes to the item at the cued place, and its colour is reported") {
    ExperimentSpec spec = places_spec("delayed_estimation");
    spec.memory.counts = 1000; // every item is stored
    const auto task = make_task(spec, 3);
    const AttentionWeights weights = matched_weights(spec.area, spec.weights, task->stimuli(), 3);
    ReadoutSpec exact;
    exact.motor_noise_deg = 0;
    double least_weight = 1, worst_deg = 0;
    for (std::int64_t n = 0; n < 600; n += 5) {
        const Trial trial = task->trial(n);
        const Routed r = routed(spec, weights, trial);
        least_weight = std::min(least_weight, r.weights[std::size_t(trial.target_column)]);
        const double reported =
            reported_angle(exact, trial.question, r.content, 3, std::uint32_t(n)) * deg_per_rad;
        worst_deg =
            std::max(worst_deg, std::fabs(analysis::wrapped_deg(
                                    reported - held_deg(spec, trial, trial.target_column))));
    }
    // the cue's score with its own place is half the item's, m = 15, and with a neighbour 0.566 m:
    // of eight items the two neighbours have exp(-6.5) each, 0.003 in all. They pull the population
    // vector by at most that share of its length, 0.17 deg
    CHECK(least_weight > 0.996);
    CHECK(worst_deg < 0.2);
}

TEST_CASE("when nothing of the cued item was stored, the nearest place is attended to instead") {
    ExperimentSpec spec = places_spec("delayed_estimation");
    spec.task.load = {4};
    spec.task.timing.delay_ms = 10;
    const auto task = make_task(spec, 5);
    const AttentionWeights weights = matched_weights(spec.area, spec.weights, task->stimuli(), 5);
    ReadoutSpec exact;
    exact.motor_noise_deg = 0;
    int n_unstored = 0, n_swaps = 0;
    for (std::int64_t n = 0; n < 200; ++n) {
        const Trial trial = task->trial(n);
        const auto target = std::size_t(trial.target_column);
        if (trial.stored[target] > 0) continue;
        ++n_unstored;
        const auto away = [&](std::size_t column) {
            const int turn = std::abs(trial.places[column] - trial.places[target]);
            return std::min(turn, 8 - turn);
        };
        int nearest = 8;
        for (std::size_t column = 0; column < 4; ++column)
            if (trial.stored[column] > 0) nearest = std::min(nearest, away(column));
        if (nearest == 8) continue; // nothing at all: a guess
        const Routed r = routed(spec, weights, trial);
        const auto top = std::max_element(r.weights.begin(), r.weights.end()) - r.weights.begin();
        CHECK(away(std::size_t(top)) == nearest);

        // two items equally near are mixed; one that is alone is reported as it is held
        if (!(r.weights[std::size_t(top)] > 0.99)) continue;
        ++n_swaps;
        const double reported =
            reported_angle(exact, trial.question, r.content, 5, std::uint32_t(n)) * deg_per_rad;
        CHECK(std::fabs(analysis::wrapped_deg(reported - held_deg(spec, trial, int(top)))) < 1);
    }
    // exp(-18 / (2 + 8)) = 0.165 of 200 trials, 33 +- 5.3; with three others at seven places, the
    // nearest is alone and a neighbour, or at 90 deg with nobody there, in about half of them
    CHECK(std::abs(n_unstored - 33) < 22);
    CHECK(n_swaps > 5);
}

TEST_CASE("motor noise has its spread, and a report of nothing is a uniform guess") {
    const ExperimentSpec spec = places_spec("delayed_estimation");
    const ItemCode code = coded_with_places(spec, task_stimuli(spec, 1));
    const Trial trial = make_task(spec, 1)->trial(0);
    ReadoutSpec readout;
    readout.motor_noise_deg = 11.9;
    const std::vector<double> held = code.item({4, 0}), nothing(64, 0.0); // 4 of 16: 90 deg
    std::vector<double> reports, guesses;
    for (std::uint32_t n = 0; n < 10000; ++n) {
        reports.push_back(reported_angle(readout, trial.question, held, 2, n));
        guesses.push_back(reported_angle(readout, trial.question, nothing, 2, n));
    }
    // a normal SD of 10000 draws is known to 1 / sqrt(20000) = 0.7 %: five of them
    const analysis::Circular c = analysis::circular(reports);
    CHECK(c.sd_rad * deg_per_rad == Approx(11.9).epsilon(0.035));
    CHECK(c.mean_rad * deg_per_rad == Approx(90).margin(5 * 0.119));
    // the resultant of uniform angles: R^2 n is exponential with mean 1; exp(-16) = 1e-7
    CHECK(analysis::circular(guesses).resultant < 4 / std::sqrt(10000.0));
    for (const double angle : guesses) CHECK(std::fabs(angle) <= pi);
}

TEST_CASE("tasks by place refuse what they cannot show, all reasons at once") {
    ExperimentSpec spec = places_spec("delayed_estimation");
    spec.task.load = {9};
    spec.task.stimuli.kind = "random";
    CHECK_THROWS_WITH(make_task(spec, 1), Catch::Contains("needs 10 columns") &&
                                              Catch::Contains("task.places.number = 8") &&
                                              Catch::Contains("must be a ring"));
    spec = places_spec("delayed_estimation");
    spec.task.places.units = 64;
    CHECK_THROWS_WITH(make_task(spec, 1), Catch::Contains("leaves no unit for the stimulus"));
}

TEST_CASE("change detection: changes are exact in number, to a colour that was not shown") {
    ExperimentSpec spec = places_spec("change_detection");
    spec.task.load = {2, 5};
    spec.task.change_probability = {0.3, 0.7};
    spec.task.stimuli.number = 10;
    spec.task.per_condition = 50;
    spec.task.timing.delay_ms = 10;
    const auto task = make_task(spec, 7);
    REQUIRE(task->n_trials() == 200);
    CHECK(task->answers().first == "change");
    int changes[4] = {}, wrong = 0;
    for (std::int64_t n = 0; n < 200; ++n) {
        const Trial trial = task->trial(n);
        const auto& q = trial.question;
        changes[n / 50] += q.yes;
        const bool shown =
            std::count(trial.items.begin(), trial.items.begin() + trial.load, trial.probe) > 0;
        wrong += shown == q.yes;
        const int probed = trial.items[std::size_t(trial.target_column)];
        wrong += (probed == trial.probe) == q.yes;
        wrong += trial.load != (n < 100 ? 2 : 5);
        wrong += !q.unlike;
        // c_0 = 0.5, s = 0.265: the more likely a change, the higher a cosine still counts as one
        const double p = n / 50 % 2 == 0 ? 0.3 : 0.7;
        wrong += trial.change_probability != p;
        CHECK(q.criterion == Approx(0.5 + 0.265 * std::log(p / (1 - p))).epsilon(1e-12));
        // the context is the place alone: the probe's colour is no query
        const auto cue = column_of(trial.segments.back().c, 8, 64);
        wrong += !std::all_of(cue.begin() + 32, cue.end(), [](double x) { return x == 0; });
    }
    CHECK(wrong == 0);
    CHECK(changes[0] == 15);
    CHECK(changes[1] == 35);
    CHECK(changes[2] == 15);
    CHECK(changes[3] == 35);
    CHECK(task->trial(0).condition == "load 2, p(change) 0.3");
}

TEST_CASE("the criterion moves by what log odds are worth at five items, in three digits") {
    const ExperimentSpec spec = read_spec(LAMINA_SOURCE_DIR "/experiments/change_detection.yaml");
    ChangeParameters p;
    p.capacity.counts = spec.memory.counts;
    p.diffusion_deg2_per_s = spec.memory.diffusion_deg2_per_s;
    p.delay_s = spec.task.timing.delay_ms * 1e-3;
    p.n_colours = spec.task.stimuli.number;
    const CountDirections directions(spec.task.stimuli.kappa, 80);
    double before = 0;
    for (const int load : {1, 2, 5, 8}) {
        const double worth = criterion_per_log_odds(*find_account("divisive"), p, load, directions);
        std::printf("load %d: the log ratio falls by %.2f per unit of cosine; log odds of 1 are "
                    "worth %.3f\n",
                    load, 1 / worth, worth);
        CHECK(worth > before);
        before = worth;
        if (load == 5) CHECK(std::abs(worth - spec.task.decision.criterion_shift) <= 0.0005);
    }
}

TEST_CASE("hits and false alarms rise with the probability of a change, at every set size") {
    // read by the reference block, and answered by the sign of the evidence
    ExperimentSpec spec = places_spec("change_detection");
    spec.task.load = {2, 5, 8};
    spec.task.change_probability = {0.3, 0.7};
    spec.task.stimuli.number = 10;
    spec.task.per_condition = 800;
    spec.task.timing.delay_ms = 1000;
    spec.memory.update_ms = 1000;
    const auto task = make_task(spec, 7);
    const AttentionWeights weights = matched_weights(spec.area, spec.weights, task->stimuli(), 7);
    const ReadoutSpec readout;
    double yes[6][2] = {}, all[6][2] = {};
    for (std::int64_t n = 0; n < task->n_trials(); ++n) {
        const Trial trial = task->trial(n);
        const bool says_yes =
            evidence(readout, trial.question, routed(spec, weights, trial).content,
                     trial.question.target) > 0;
        yes[n / 800][trial.question.yes] += says_yes;
        all[n / 800][trial.question.yes] += 1;
    }
    double last_accuracy = 1.1;
    for (int load = 0; load < 3; ++load) {
        INFO("load " << spec.task.load[std::size_t(load)]);
        for (const int changed : {0, 1}) {
            const double rare = yes[2 * load][changed] / all[2 * load][changed];
            const double often = yes[2 * load + 1][changed] / all[2 * load + 1][changed];
            CHECK(often > rare);
        }
        const double accuracy =
            (yes[2 * load][1] / all[2 * load][1] + 1 - yes[2 * load][0] / all[2 * load][0]) / 2;
        CHECK(accuracy < last_accuracy);
        CHECK(accuracy > 0.5);
        last_accuracy = accuracy;
    }
}

TEST_CASE("dual delayed match: the second test comes after the first, about the item cued last") {
    ExperimentSpec spec = places_spec("dual_delayed_match");
    spec.task.per_condition = 60;
    spec.task.timing = {100, 500, 400, 500, 500};
    spec.memory.counts = 1000;
    const auto task = make_task(spec, 7);
    REQUIRE(task->n_trials() == 120);
    int other_item = 0;
    for (std::int64_t n = 0; n < 60; ++n) {
        const Trial first = task->trial(n), second = task->trial(n + 60);
        CHECK(first.items == second.items);
        CHECK(first.places == second.places);
        CHECK(first.condition == "test 1");
        CHECK(second.condition == "test 2");
        other_item += first.target_column != second.target_column;
        // 100 + 500 + 400 + cue 500 ms; then test 500, delay 400 and cue 500 ms more
        CHECK(first.question.from_step == 1500);
        CHECK(second.question.from_step == 2900);
        REQUIRE(second.presentations.size() == 3);
        CHECK(second.presentations[1].name == "test 1");
        CHECK(second.presentations[1].from_step == 1500);
        for (const Trial* trial : {&first, &second}) {
            const int target = trial->items[std::size_t(trial->target_column)];
            CHECK((trial->probe == target) == trial->question.yes);
            // what is held does not change while a test is compared with the block
            for (std::size_t k = 1; k < trial->segments.size(); ++k)
                for (const Presentation& shown : trial->presentations)
                    CHECK(!(trial->segments[k].first_step > shown.from_step &&
                            trial->segments[k].first_step < shown.to_step));
        }
    }
    // the other item is cued in half of the trials: 30 +- 3.9, four of them
    CHECK(std::abs(other_item - 30) < 16);
}

TEST_CASE("match to category: the answer is whether both lie on the same side") {
    ExperimentSpec spec = places_spec("match_to_category");
    spec.task.stimuli.number = 12;
    spec.task.boundary_deg = 45;
    spec.task.per_condition = 40;
    const auto task = make_task(spec, 7);
    REQUIRE(task->n_trials() == 120); // 15, 45 and 75 deg from the boundary
    const auto category = [](int direction) {
        const double beyond = std::fmod(30.0 * direction - 45 + 360, 360);
        return beyond < 180 ? 1 : 2;
    };
    const AttentionWeights weights = matched_weights(spec.area, spec.weights, task->stimuli(), 7);
    const ReadoutSpec readout;
    int matches = 0;
    for (std::int64_t n = 0; n < 120; ++n) {
        const Trial trial = task->trial(n);
        matches += trial.question.yes;
        CHECK((category(trial.items[0]) == category(trial.probe)) == trial.question.yes);
        // a sample that is held exactly is always judged rightly
        const auto x = column_of(trial.segments[1].x, 0, 64);
        CHECK((evidence(readout, trial.question, x, trial.question.target) > 0) ==
              trial.question.yes);
    }
    CHECK(matches == 60);
    CHECK(task->trial(0).condition == "15 deg from boundary");
    spec.task.boundary_deg = 60;
    CHECK_THROWS_WITH(make_task(spec, 1), Catch::Contains("the direction 60 deg lies on it"));
}

TEST_CASE("delayed comparison: pairs in both orders, and evidence has the sign of the difference") {
    ExperimentSpec spec = places_spec("delayed_comparison");
    spec.task.per_condition = 20;
    const auto task = make_task(spec, 7);
    REQUIRE(task->n_trials() == 100); // five pairs
    CHECK(task->stimulus_names().front() == "10 Hz");
    CHECK(task->stimulus_names().back() == "34 Hz");
    const ReadoutSpec readout;
    int higher = 0;
    for (std::int64_t n = 0; n < 100; ++n) {
        const Trial trial = task->trial(n);
        higher += trial.question.yes;
        CHECK((trial.probe > trial.items[0]) == trial.question.yes);
        const auto x = column_of(trial.segments[1].x, 0, 64);
        CHECK((evidence(readout, trial.question, x, trial.question.target) > 0) ==
              trial.question.yes);
    }
    CHECK(higher == 50);
    CHECK(task->trial(0).condition == "10 and 18 Hz");
    spec.task.comparison.degrees_per_Hz = 10;
    CHECK_THROWS_WITH(make_task(spec, 1), Catch::Contains("240 degrees of the ring"));
}

TEST_CASE("delayed comparison: memory alone errs as often as the law says, in both orders") {
    // one item is held, so what is routed is what is held: read it by the sign of the evidence.
    // P("higher") = 1/2 + 2/pi sum over odd k of rho_k sin(k d) / k, d the difference as an angle
    ExperimentSpec spec = places_spec("delayed_comparison");
    spec.task.comparison.difference_Hz = {2, 4, 8};
    spec.task.per_condition = 400;
    spec.task.timing.delay_ms = 1000;
    spec.memory.update_ms = 1000;
    const auto task = make_task(spec, 7);
    const CountDirections directions(spec.task.stimuli.kappa, 80);
    RecallParameters p;
    p.capacity.counts = spec.memory.counts;
    p.diffusion_deg2_per_s = spec.memory.diffusion_deg2_per_s;
    p.delay_s = 1;
    p.motor_noise_deg = 0;
    const auto moments = recall_moments(*find_account("divisive"), p, 1, directions);

    std::map<int, std::pair<double, double>> answers; // by difference: "higher", all
    for (std::int64_t n = 0; n < task->n_trials(); ++n) {
        const Trial trial = task->trial(n);
        const std::vector<std::string> names = task->stimulus_names();
        const auto Hz = [&](int stimulus) { return std::stoi(names[std::size_t(stimulus)]); };
        const double e = evidence({}, trial.question, column_of(trial.segments.back().x, 0, 64),
                                  trial.question.target);
        auto& [higher, all] = answers[Hz(trial.probe) - Hz(trial.items[0])];
        higher += e > 0 ? 1 : e == 0 ? 0.5 : 0;
        ++all;
    }
    REQUIRE(answers.size() == 6);
    for (const auto& [difference_Hz, answer] : answers) {
        const double d = difference_Hz * spec.task.comparison.degrees_per_Hz * rad_per_deg;
        double law = 0.5;
        for (std::size_t k = 1; k < moments.size(); k += 2)
            law += 2 / pi * moments[k] * std::sin(double(k) * d) / double(k);
        const double share = answer.first / answer.second;
        std::printf("%+d Hz: \"higher\" %.3f of %.0f, law %.3f\n", difference_Hz, share,
                    answer.second, law);
        // four standard errors, six times: a false alarm once in 2600 seeds
        CHECK(std::abs(share - law) < 4 * std::sqrt(law * (1 - law) / answer.second));
    }
}

} // namespace lamina

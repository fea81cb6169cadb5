/// Tasks describe trials: what is shown when, what is asked, and that a trial depends on nothing
/// but the seed and its number. No circuit is needed.
#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <set>

#include "experiments/column_of.hpp"
#include "experiments/task_catalogue.hpp"
#include "sim/errors.hpp"

namespace lamina {
namespace {

using test::column_of;

ExperimentSpec dms_spec() {
    ExperimentSpec spec;
    spec.task.type = "delayed_match_to_sample";
    spec.task.load = {1, 3, 8};
    spec.task.per_condition = 30;
    return spec;
}

bool same(const Trial& a, const Trial& b) {
    if (a.segments.size() != b.segments.size() || a.items != b.items || a.stored != b.stored ||
        a.probe != b.probe || a.question.target != b.question.target ||
        a.question.yes != b.question.yes)
        return false;
    for (std::size_t k = 0; k < a.segments.size(); ++k)
        if (a.segments[k].x != b.segments[k].x || a.segments[k].c != b.segments[k].c ||
            a.segments[k].masked != b.segments[k].masked ||
            a.segments[k].first_step != b.segments[k].first_step)
            return false;
    return true;
}

std::vector<double> stimulus_of(const Task& task, int stimulus, int d_model) {
    return column_of(task.stimuli(), stimulus, d_model);
}

bool all_zero(const std::vector<double>& x) {
    return std::all_of(x.begin(), x.end(), [](double value) { return value == 0; });
}

} // namespace

TEST_CASE("every task of the catalogue is made by its name, and an unknown name is told") {
    for (const TaskKind& kind : task_kinds()) {
        INFO(kind.name);
        CHECK(!kind.meaning.empty());
        CHECK(!kind.source.empty());
        ExperimentSpec spec;
        spec.task.type = kind.name;
        CHECK(make_task(spec, 1)->n_trials() > 0);
    }
    ExperimentSpec spec;
    spec.task.type = "mind_reading";
    CHECK_THROWS_AS(make_task(spec, 1), SpecError);
    CHECK_THROWS_WITH(make_task(spec, 1), Catch::Contains("presentation"));
}

TEST_CASE("a trial is a pure function of seed and number, whatever was asked before") {
    for (const char* type : {"delayed_match_to_sample", "presentation"}) {
        for (const char* kind : {"ring", "random"}) {
            INFO(type << ", stimuli " << kind);
            ExperimentSpec spec = dms_spec();
            spec.task.type = type;
            spec.task.stimuli.kind = kind;
            const auto forwards = make_task(spec, 5), backwards = make_task(spec, 5);
            std::vector<Trial> trials;
            for (std::int64_t n = 0; n < forwards->n_trials(); ++n)
                trials.push_back(forwards->trial(n));
            bool equal = true;
            for (std::int64_t n = backwards->n_trials() - 1; n >= 0; --n)
                equal = equal && same(backwards->trial(n), trials[std::size_t(n)]);
            CHECK(equal);
        }
    }
    ExperimentSpec spec = dms_spec();
    CHECK(!same(make_task(spec, 5)->trial(0), make_task(spec, 6)->trial(0)));
}

TEST_CASE("delayed match to sample: every phase shows what it should, when it should") {
    const ExperimentSpec spec = dms_spec();
    const int d = spec.area.d_model, readout = spec.area.columns - 1;
    const auto task = make_task(spec, 7);
    for (std::int64_t n = 0; n < task->n_trials(); n += 7) {
        const Trial trial = task->trial(n);
        INFO("trial " << n << ", " << trial.condition);
        CHECK(trial.condition == "load " + std::to_string(trial.load));

        // 300, 500, 1000, 500, 900 ms at 0.1 ms, as whole steps
        CHECK(trial.n_steps == 32000);
        REQUIRE(trial.presentations.size() == 2);
        CHECK(trial.presentations[0].name == "sample");
        CHECK(trial.presentations[0].from_step == 3000);
        CHECK(trial.presentations[0].to_step == 8000);
        CHECK(trial.presentations[1].name == "test");
        CHECK(trial.presentations[1].from_step == 18000);
        CHECK(trial.presentations[1].to_step == 23000);
        CHECK(trial.asks);
        CHECK(trial.question.from_step == 18000);
        CHECK(trial.question.to_step == 32000);
        CHECK(trial.question.column == readout);

        // fixation, sample, 100 updates of the delay, test
        REQUIRE(trial.segments.size() == 103);
        for (std::size_t k = 1; k < trial.segments.size(); ++k)
            CHECK(trial.segments[k].first_step > trial.segments[k - 1].first_step);
        const Segment &fixation = trial.segments[0], &sample = trial.segments[1];
        CHECK(fixation.first_step == 0);
        CHECK(all_zero(fixation.x));
        CHECK(std::count(fixation.masked.begin(), fixation.masked.end(), 1) == spec.area.columns);

        // sample: the items, and only they are keys
        CHECK(sample.first_step == 3000);
        CHECK(sample.c.empty());
        for (int column = 0; column < spec.area.columns; ++column) {
            const bool holds = column < trial.load;
            CHECK((trial.items[std::size_t(column)] >= 0) == holds);
            CHECK(sample.masked[std::size_t(column)] == (holds ? 0 : 1));
            const std::vector<double> x = column_of(sample.x, column, d);
            CHECK(all_zero(x) == !holds);
            if (holds) CHECK(x == stimulus_of(*task, trial.items[std::size_t(column)], d));
        }

        // delay and test: exactly the stored items are keys
        for (std::size_t k = 2; k < trial.segments.size(); ++k) {
            const Segment& held = trial.segments[k];
            bool keys = true, values = true;
            for (int column = 0; column < spec.area.columns; ++column) {
                const bool stored = trial.stored[std::size_t(column)] > 0;
                keys = keys && held.masked[std::size_t(column)] == (stored ? 0 : 1);
                values = values && all_zero(column_of(held.x, column, d)) == !stored;
            }
            CHECK(keys);
            CHECK(values);
        }
        CHECK(trial.segments[2].first_step == 8000);

        // test: the read-out column has the probe as its context; the others have their own input
        const Segment& test = trial.segments.back();
        CHECK(test.first_step == 18000);
        CHECK(test.masked[std::size_t(readout)] == 1);
        CHECK(column_of(test.c, readout, d) == trial.question.target);
        CHECK(trial.question.target == stimulus_of(*task, trial.probe, d));
        for (int column = 0; column < readout; ++column)
            CHECK(column_of(test.c, column, d) == column_of(test.x, column, d));
    }
}

TEST_CASE("delayed match to sample: matches are exact in number, and the probe fits the answer") {
    for (const char* nonmatch : {"farthest", "any"}) {
        for (const double fraction : {0.0, 0.3, 0.5, 1.0}) {
            INFO(nonmatch << ", match fraction " << fraction);
            ExperimentSpec spec = dms_spec();
            spec.task.nonmatch = nonmatch;
            spec.task.match_fraction = fraction;
            spec.task.timing.delay_ms = 10;
            const auto task = make_task(spec, 3);
            REQUIRE(task->n_trials() == 90);
            int matches[3] = {0, 0, 0}, wrong = 0;
            for (std::int64_t n = 0; n < 90; ++n) {
                const Trial trial = task->trial(n);
                const auto& items = trial.items;
                const std::set<int> different(items.begin(), items.begin() + trial.load);
                wrong += int(different.size()) != trial.load;
                const bool shown = different.count(trial.probe) == 1;
                wrong += shown != trial.question.yes;
                wrong += (trial.target_column >= 0) != trial.question.yes;
                if (trial.target_column >= 0)
                    wrong += items[std::size_t(trial.target_column)] != trial.probe;
                wrong += trial.load != spec.task.load[std::size_t(n / 30)];
                matches[n / 30] += trial.question.yes;
            }
            CHECK(wrong == 0);
            for (const int m : matches) CHECK(m == std::lround(30 * fraction));
        }
    }
}

TEST_CASE("delayed match to sample: matches, items and target columns are evenly spread") {
    // null: each of 16 stimuli equally likely in each place, 3000 trials of load 3; chi^2 with 15
    // degrees of freedom exceeds 44.3 with probability 1e-4. Would see a bias of 25 % on one item
    ExperimentSpec spec = dms_spec();
    spec.task.load = {3};
    spec.task.per_condition = 3000;
    spec.task.timing.delay_ms = 0;
    const auto task = make_task(spec, 4);
    double seen[3][16] = {}, target[3] = {}, first_half = 0;
    for (std::int64_t n = 0; n < 3000; ++n) {
        const Trial trial = task->trial(n);
        for (int column = 0; column < 3; ++column)
            seen[column][trial.items[std::size_t(column)]] += 1;
        if (trial.target_column >= 0) target[trial.target_column] += 1;
        if (n < 1500) first_half += trial.question.yes;
    }
    for (const auto& place : seen) {
        double chi2 = 0;
        for (const double s : place) chi2 += (s - 187.5) * (s - 187.5) / 187.5;
        CHECK(chi2 < 44.3);
    }
    double chi2 = 0; // 2 degrees of freedom: 18.4 at 1e-4
    for (const double t : target) chi2 += (t - 500) * (t - 500) / 500;
    CHECK(chi2 < 18.4);
    // matches in the first half of an exact shuffle: hypergeometric, SD sqrt(3000) / 4 = 13.7
    CHECK(std::abs(first_half - 750) < 4 * 13.7);
}

TEST_CASE("farthest: the opposite stimulus at load 1, and never a nearer one than need be") {
    ExperimentSpec spec = dms_spec();
    spec.task.load = {1, 4};
    spec.task.per_condition = 100;
    spec.task.match_fraction = 0;
    spec.task.timing.delay_ms = 0;
    const auto task = make_task(spec, 8);
    const auto ring_distance = [](int a, int b) {
        return std::min((a - b + 16) % 16, (b - a + 16) % 16);
    };
    for (std::int64_t n = 0; n < 200; ++n) {
        const Trial trial = task->trial(n);
        const auto nearest = [&](int probe) {
            int distance = 16;
            for (int column = 0; column < trial.load; ++column)
                distance =
                    std::min(distance, ring_distance(probe, trial.items[std::size_t(column)]));
            return distance;
        };
        if (trial.load == 1) CHECK(nearest(trial.probe) == 8);
        int best = 0;
        for (int s = 0; s < 16; ++s) best = std::max(best, nearest(s));
        CHECK(nearest(trial.probe) == best);
    }

    // with 15 stimuli two are equally far from each one: both must come up for every one (400
    // trials; that one of the 30 pairs is missing by chance has probability 30 (29 / 30)^400 =
    // 4e-5)
    spec.task.load = {1};
    spec.task.stimuli.number = 15;
    spec.task.per_condition = 400;
    const auto odd = make_task(spec, 8);
    std::set<int> pairs;
    for (std::int64_t n = 0; n < 400; ++n) {
        const Trial trial = odd->trial(n);
        const int turn = (trial.probe - trial.items[0] + 15) % 15;
        CHECK((turn == 7 || turn == 8));
        pairs.insert(trial.items[0] * 15 + turn);
    }
    CHECK(pairs.size() == 30);
}

TEST_CASE("delayed match to sample: an item is stored with C / (sigma^n + L^n) counts on average") {
    // null: Poisson counts of that mean; 200 trials of L items each, five standard errors of the
    // mean (false alarm 6e-7 per load)
    ExperimentSpec spec = dms_spec();
    spec.task.per_condition = 200;
    spec.task.timing.delay_ms = 0;
    const auto task = make_task(spec, 6);
    for (std::int64_t condition = 0; condition < 3; ++condition) {
        const int load = spec.task.load[std::size_t(condition)];
        INFO("load " << load);
        double sum = 0;
        for (std::int64_t n = 200 * condition; n < 200 * (condition + 1); ++n) {
            const Trial trial = task->trial(n);
            for (int column = 0; column < load; ++column) sum += trial.stored[std::size_t(column)];
        }
        const double expected = 18 / (2 + std::pow(load, 1.5)), n_items = 200.0 * load;
        CHECK(std::abs(sum / n_items - expected) < 5 * std::sqrt(expected / n_items));
    }
}

TEST_CASE("delayed match to sample: held items drift at each update, and not otherwise") {
    for (const char* kind : {"ring", "random"}) {
        for (const bool drifts : {false, true}) {
            INFO(kind << (drifts ? ", drifting" : ", not drifting"));
            ExperimentSpec spec = dms_spec();
            spec.task.stimuli.kind = kind;
            spec.task.timing.delay_ms = 25; // two updates of 10 ms and one of 5 ms, at its end
            spec.memory.counts = 1000;      // so that every item is stored
            if (!drifts) spec.memory.diffusion_deg2_per_s = spec.memory.diffusion_per_s = 0;
            const auto task = make_task(spec, 9);
            for (const std::int64_t n : {0, 40, 80}) {
                const Trial trial = task->trial(n);
                REQUIRE(trial.segments.size() == 6);
                for (std::size_t k = 2; k < 5; ++k) {
                    const Segment &now = trial.segments[k], &next = trial.segments[k + 1];
                    CHECK(now.first_step == 8000 + 100 * std::int64_t(k - 2));
                    for (int column = 0; column < trial.load; ++column)
                        CHECK((column_of(now.x, column, 64) != column_of(next.x, column, 64)) ==
                              drifts);
                }
                CHECK(trial.segments[5].first_step == 8250);
            }
        }
    }
}

TEST_CASE("delayed match to sample: what cannot be run is refused, all reasons at once") {
    ExperimentSpec spec = dms_spec();
    spec.task.load = {16};
    spec.memory.maintenance = "eternal";
    spec.task.nonmatch = "none";
    CHECK_THROWS_WITH(make_task(spec, 1), Catch::Contains("needs 17 columns") &&
                                              Catch::Contains("needs 17 different stimuli") &&
                                              Catch::Contains("known: persistent") &&
                                              Catch::Contains("known: farthest, any"));
    // all 16 stimuli may be shown when no non-match is ever asked for
    spec = dms_spec();
    spec.task.load = {16};
    spec.area.columns = 17;
    spec.task.match_fraction = 1;
    CHECK(make_task(spec, 1)->trial(0).load == 16);
}

TEST_CASE("delayed match to sample: phases of no length leave no segment behind") {
    ExperimentSpec spec = dms_spec();
    spec.task.timing = {0, 500, 0, 500, 0};
    const Trial trial = make_task(spec, 1)->trial(0);
    REQUIRE(trial.segments.size() == 2);
    CHECK(trial.segments[0].first_step == 0);
    CHECK(trial.segments[1].first_step == 5000);
    CHECK(trial.n_steps == 10000);
    CHECK(trial.question.to_step == 10000);
}

TEST_CASE("durations become the nearest whole number of steps, also where binary fractions fail") {
    // 0.3 / 0.1 is 2.9999999999999996 in double
    ExperimentSpec spec = dms_spec();
    spec.task.timing = {0.3, 0.7, 1.1, 2.3, 0.6};
    const Trial trial = make_task(spec, 1)->trial(0);
    CHECK(trial.presentations[0].from_step == 3);
    CHECK(trial.presentations[0].to_step == 10);
    CHECK(trial.presentations[1].from_step == 21);
    CHECK(trial.presentations[1].to_step == 44);
    CHECK(trial.n_steps == 50);
}

TEST_CASE("presentation: random tokens are N(0, 1), each trial's own, with their own context") {
    ExperimentSpec spec;
    spec.task.type = "presentation";
    spec.task.stimuli.kind = "random";
    spec.task.start = "settled";
    spec.area.attention = Attention::cross;
    spec.task.n_presentations = 20;
    const auto task = make_task(spec, 2);
    CHECK(task->stimuli().empty());
    double sum = 0, squares = 0, with_context = 0, with_next = 0;
    const double n = 20 * 16 * 64;
    for (std::int64_t i = 0; i < 20; ++i) {
        const Trial trial = task->trial(i);
        CHECK(trial.condition == "tokens");
        CHECK(!trial.asks);
        CHECK(trial.start_settled);
        CHECK(trial.n_steps == 10000);
        REQUIRE(trial.segments.size() == 1);
        REQUIRE(trial.presentations.size() == 1);
        CHECK(trial.presentations[0].name == "tokens");
        const Segment &here = trial.segments[0], next = task->trial(i + 1).segments[0];
        REQUIRE(here.c.size() == here.x.size());
        for (std::size_t u = 0; u < here.x.size(); ++u) {
            sum += here.x[u];
            squares += here.x[u] * here.x[u];
            with_context += here.x[u] * here.c[u];
            with_next += here.x[u] * next.x[u];
        }
    }
    // standard errors of mean, products 1 / sqrt(n) = 0.007, of the variance sqrt(2 / n); four each
    CHECK(std::abs(sum / n) < 4 / std::sqrt(n));
    CHECK(std::abs(squares / n - 1) < 4 * std::sqrt(2 / n));
    CHECK(std::abs(with_context / n) < 4 / std::sqrt(n));
    CHECK(std::abs(with_next / n) < 4 / std::sqrt(n));

    spec.area.attention = Attention::self;
    CHECK(make_task(spec, 2)->trial(0).segments[0].c.empty());
}

TEST_CASE("presentation: given stimuli come in order, round and round") {
    ExperimentSpec spec;
    spec.task.type = "presentation";
    spec.task.stimuli.number = 10;
    const auto task = make_task(spec, 2);
    const int d = spec.area.d_model;
    for (std::int64_t n = 0; n < 3; ++n) {
        const Trial trial = task->trial(n);
        CHECK(trial.segments[0].c.empty());
        for (int column = 0; column < 16; ++column) {
            const int stimulus = int(n * 16 + column) % 10;
            CHECK(trial.items[std::size_t(column)] == stimulus);
            CHECK(column_of(trial.segments[0].x, column, d) == stimulus_of(*task, stimulus, d));
        }
    }
}

} // namespace lamina

/// task.type set_size: accounts fitted alike, judged by what they have not seen, and told apart.
#include <catch2/catch.hpp>

#include <cmath>

#include "experiments/check_spec.hpp"
#include "experiments/fit/separation.hpp"
#include "experiments/fit/set_size.hpp"
#include "experiments/read_spec.hpp"
#include "models/capacity/account_catalogue.hpp"

using namespace lamina;

namespace {

ExperimentSpec set_size_spec(int recoveries) {
    return read_spec_text("lamina: 1\nname: a\nseed: 1\n"
                          "task: {type: set_size, set_size: {recoveries: " +
                              std::to_string(recoveries) +
                              "}}\n"
                              "fit: {to: van_den_berg_2012_colour, conditions: [1, 4, 8], "
                              "bootstrap: 10}\n",
                          "a.yaml", ".");
}

} // namespace

TEST_CASE("observables: means and variances are those of errors drawn from the law") {
    const FitSetup setup = fit_setup(set_size_spec(1), find_account("divisive"));
    const FittedAccount account{&setup.problem, {17, 11}};
    FitData like = setup.data;
    like.conditions = {{5, {{std::vector<double>(n_error_bins, 0)}}}};
    like.conditions[0].cells[0].counts[0] = 200000;
    const FitData drawn = simulated_data(setup.problem, account.values, like, 1, 1);
    for (const Observable& observable : observables()) {
        INFO(observable.name);
        const Moments law = moments_of(observable, account, 5);
        const Moments data = moments_of(observable, drawn.conditions[0].cells[0]);
        // four standard errors, and what bins of 12 degrees cost: a mean moves by up to w^2 / 24 of
        // its second derivative; shares are cut at bins' edges but for 20 degrees
        const double noise = 4 * std::sqrt(law.variance / 200000);
        const double bins = std::string(observable.name) == "share_within_20"       ? 0.1
                            : std::string(observable.name) == "mean_absolute_error" ? 0.6
                                                                                    : 0.01;
        CHECK(std::abs(law.mean - data.mean) < noise + bins);
    }
}

TEST_CASE("separation: the trials that power asks for give it, in simulated experiments") {
    // divisive against slots, by the share of errors beyond 90 degrees at set size 3
    const FitSetup divisive = fit_setup(set_size_spec(1), find_account("divisive"));
    const FitSetup slots = fit_setup(set_size_spec(1), find_account("slots"));
    const FittedAccount a{&divisive.problem, {17.1, 10.3}}, b{&slots.problem, {3.37, 18.7, 16.9}};
    const Separation best = separations(a, b)[0];
    CHECK(best.d_prime > 0.2);
    CHECK(best.needed_trials == std::ceil(std::pow((1.959964 + 0.841621) / best.d_prime, 2)));

    // z-tests of a's experiments against b's mean, with the pooled SD of the definition
    const double sd = std::abs(best.mean_a - best.mean_b) / best.d_prime;
    FitData like = divisive.data;
    like.conditions = {{best.load, {{std::vector<double>(n_error_bins, 0)}}}};
    like.conditions[0].cells[0].counts[0] = best.needed_trials;
    int rejected = 0;
    for (std::uint32_t r = 0; r < 1000; ++r) {
        const FitData drawn = simulated_data(divisive.problem, a.values, like, 2, r);
        const double mean = moments_of(*best.observable, drawn.conditions[0].cells[0]).mean;
        rejected += std::abs(mean - best.mean_b) > 1.959964 * sd / std::sqrt(best.needed_trials);
    }
    // the SD of a's own errors is not the pooled one, and counts are not normal: within 0.1 of 0.8
    CHECK(rejected > 700);
    CHECK(rejected < 900);
}

TEST_CASE("set_size: slots are told from counts, and the result is the same for any threads") {
    const ExperimentSpec spec = set_size_spec(6);
    CHECK(check_spec(spec).empty());
    const std::atomic<bool> stop{false};
    std::atomic<int> ticks{0};
    const SetSizeRun one = run_set_size(
        spec, 1, [&] { ++ticks; }, stop);
    CHECK(ticks == set_size_items(spec));
    const SetSizeRun three = run_set_size(
        spec, 3, [] {}, stop);
    CHECK(one.summary == three.summary);
    CHECK(one.text == three.text);

    const auto& found = one.summary["set_size"];
    CHECK(found["best_held_out"] == "divisive");
    CHECK(found["accounts"]["divisive"]["largest_relative_sd_error"].get<double>() < 0.1);
    CHECK(found["accounts"]["slots"]["largest_relative_sd_error"].get<double>() > 0.15);
    CHECK(found["recovery"]["slots"]["mean"] == 1.0);
    // the two accounts of counts need far more trials than either against slots
    CHECK(found["pairs"]["divisive_or_null_key"]["needed_per_set_size"].get<double>() >
          10 * found["pairs"]["divisive_or_slots"]["needed_per_set_size"].get<double>());
}

TEST_CASE("set_size: each account is recovered from experiments of the size foretold", "[slow]") {
    const std::atomic<bool> stop{false};
    const SetSizeRun run = run_set_size(
        set_size_spec(100), 2, [] {}, stop);
    std::printf("%s", run.text.c_str());
    // foretold: 80 %; of 100 experiments fewer than 68 succeed once in 500 times
    CHECK(run.summary["set_size"]["recovery"]["least_correct"].get<double>() >= 0.68);
}

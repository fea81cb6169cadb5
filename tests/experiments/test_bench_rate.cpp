/// The benchmark measures what it says: its gates are settled attention, its steppers solve the
/// lag, and its figures agree with each other. Speeds themselves are no test: they belong to a
/// machine.
#include <catch2/catch.hpp>

#include <cmath>

#include "experiments/bench_history.hpp"
#include "experiments/bench_rate.hpp"
#include "support/process.hpp"

using namespace lamina;

TEST_CASE("bench rate: settled gates, solved lags, figures that agree") {
    const RateBenchmark b = bench_rate(true);
    REQUIRE(b.peaks.size() == 2);
    REQUIRE(b.steps.size() == 4);
    for (const GateStepSpeed& s : b.steps) {
        INFO("N = " << s.n_columns << (s.precision == Precision::float64 ? ", double" : ", float"));
        CHECK(std::isfinite(s.worst_row_sum));
        // 60 steps of 2 ms leave 0.827^60 = 1e-5 of a transient that was some ten at most
        CHECK(s.worst_row_sum < 1e-4);
        CHECK(s.blocked.least_s > 0);
        CHECK(s.blocked.least_s <= s.blocked.median_s);
        // GFLOP/s times time is the work, 4 N^2 d
        CHECK(s.blocked_GFLOP_per_s * s.blocked.least_s ==
              Approx(4e-9 * s.n_columns * s.n_columns * s.d_head));
        CHECK(s.blocked_percent_of_peak > 0);
        // nothing is faster than registers alone; a tenth for the clock's own changes
        CHECK(s.blocked_percent_of_peak < 110);
    }
    // exact up to 100 roundings of 2^-53; rk4 has (dt / tau)^4 / 120 = 8e-11; dopri5 its tolerance
    CHECK(b.relaxation.exponential_error < 100 * 0x1p-53);
    CHECK(b.relaxation.rk4_error < 8e-11);
    CHECK(b.relaxation.dopri5_error < 1e-6);
    CHECK(b.relaxation.rk4_over_exponential ==
          Approx(b.relaxation.rk4_ns / b.relaxation.exponential_ns));

    CHECK(b.relaxation.rk4_over_linear ==
          Approx(b.relaxation.rk4_ns / b.relaxation.exponential_linear_ns));

    const auto json = bench_rate_json(b);
    CHECK(json["attention_step"].size() == 4);
    CHECK(json["relaxation"]["variables"] == 65536);
    CHECK(bench_rate_table(b).find("odeint rk4") != std::string::npos);

    // a history grows by one whole line of JSON
    const test::TemporaryDirectory folder;
    const auto file = folder.path() / "rate.jsonl";
    append_bench_history(file.string(), json);
    append_bench_history(file.string(), json);
    const std::string text = test::read_file(file);
    CHECK(std::count(text.begin(), text.end(), '\n') == 2);
    const auto line = nlohmann::ordered_json::parse(text.substr(0, text.find('\n')));
    for (const char* name : {"commit", "processor", "date", "peak", "relaxation"})
        CHECK(line.contains(name));
    CHECK_THROWS_AS(append_bench_history((folder.path() / "no" / "where").string(), json),
                    std::system_error);
}

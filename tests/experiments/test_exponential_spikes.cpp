/// The scatter of what exponential cells tell, against the law of total variance.
#include <catch2/catch.hpp>

#include <cmath>

#include "experiments/mechanisms/mechanisms.hpp"

using namespace lamina;
using namespace lamina::laws;

namespace {

ExperimentSpec exponential_spec() {
    ExperimentSpec spec;
    spec.task.type = "exponential_spikes";
    spec.area.d_head = 8;
    spec.task.exponential.score_sd = {0.05, 0.15};
    spec.task.exponential.units = {8, 40};
    spec.task.exponential.windows_ms = {5, 100};
    spec.task.exponential.draws = 2000;
    spec.seed = 9;
    return spec;
}

/// Mean, variance and fourth central moment of a Poisson count whose mean is lognormal, `count`
/// exp(sqrt(s) z - s / 2), by the trapezoid over z and the sum over counts.
struct Moments4 {
    double mean, variance, fourth;
};
Moments4 moments_of_a_cell(double s, double count) {
    const double dz = 0.1; // exact to e^(-2 pi^2 / dz^2)
    std::vector<double> probability(20000, 0.0);
    for (double z = -9; z <= 9; z += dz) {
        const double density = std::exp(-z * z / 2) / std::sqrt(2 * 3.14159265358979323846) * dz;
        const double mean = count * std::exp(std::sqrt(s) * z - s / 2);
        for (std::size_t n = 0; n < probability.size(); ++n)
            probability[n] +=
                density * std::exp(double(n) * std::log(mean) - mean - std::lgamma(double(n) + 1));
    }
    Moments4 out{0, 0, 0};
    for (std::size_t n = 0; n < probability.size(); ++n) out.mean += probability[n] * double(n);
    for (std::size_t n = 0; n < probability.size(); ++n) {
        const double away = double(n) - out.mean;
        out.variance += probability[n] * away * away;
        out.fourth += probability[n] * std::pow(away, 4);
    }
    return out;
}

} // namespace

TEST_CASE("exponential_spikes: the estimate is unbiased and scatters as the law of total variance "
          "says") {
    const ExponentialSpikes found = measure_exponential_spikes(laboratory_of(exponential_spec()));
    REQUIRE(found.variance.size() == 8);
    for (std::size_t condition = 0; condition < 8; ++condition) {
        const std::size_t sd = condition / 4;
        const double units = condition / 2 % 2 ? 40 : 8, window_ms = condition % 2 ? 100 : 5;
        INFO("score SD " << found.score_sd[sd] << ", " << units << " cells, " << window_ms
                         << " ms");
        const double s = found.square[sd], mu = std::exp(found.product[sd]);
        const double law = (std::exp(s) - 1) / units + 1 / (units * 100 * window_ms * 1e-3 * mu);
        CHECK(found.law_variance[condition] == Approx(law));
        // of 8 variances and 8 means one lies beyond 4.5 standard errors in 1e4 runs
        CHECK(std::fabs(found.variance[condition] / law - 1) < 4.5 * found.ratio_error[condition]);
        const auto first = found.estimate.begin() + std::ptrdiff_t(condition * 2000);
        CHECK(std::fabs(analysis::mean({first, first + 2000}) - 1) < 4.5 * std::sqrt(law / 2000));
        // either part alone would be refuted
        const double alone =
            condition % 2 ? law - (std::exp(s) - 1) / units : (std::exp(s) - 1) / units;
        CHECK(std::fabs(found.variance[condition] / alone - 1) > 10 * found.ratio_error[condition]);
        CHECK(found.ratio_low[condition] < 1);
        CHECK(found.ratio_high[condition] > 1);
    }
}

TEST_CASE("exponential_spikes: the error of a variance is that of the cells' fourth moment") {
    ExperimentSpec spec = exponential_spec();
    spec.task.exponential.draws = 100;
    const ExponentialSpikes found = measure_exponential_spikes(laboratory_of(spec));
    for (std::size_t condition = 0; condition < 8; ++condition) {
        const std::size_t sd = condition / 4;
        const double units = condition / 2 % 2 ? 40 : 8, window_ms = condition % 2 ? 100 : 5;
        const Moments4 cell =
            moments_of_a_cell(found.square[sd], 0.1 * window_ms * std::exp(found.product[sd]));
        CHECK(cell.variance / (cell.mean * cell.mean) / units ==
              Approx(found.law_variance[condition]).epsilon(1e-6));
        const double excess = cell.fourth / (cell.variance * cell.variance) - 3;
        CHECK(found.ratio_error[condition] ==
              Approx(std::sqrt((excess / units + 200.0 / 99) / 100)).epsilon(1e-4));
    }
}

TEST_CASE("exponential_spikes: where the fourth moment is too large it says that the law cannot be "
          "seen") {
    ExperimentSpec spec = exponential_spec();
    spec.area.d_head = 16;
    spec.task.exponential.score_sd = {1};
    spec.task.exponential.draws = 300;
    const ExponentialSpikes found = measure_exponential_spikes(laboratory_of(spec));
    for (std::size_t condition = 0; condition < 4; ++condition) {
        CHECK(found.ratio_error[condition] > 1);
        CHECK(std::isnan(found.ratio_low[condition]));
    }
    CHECK(summary_of(found, laboratory_of(spec))["conditions_seen"] == 0);
    // (exp(s) - 1 + 1 / a) / 0.01 cells
    CHECK(found.needed[1] ==
          Approx(100 * (std::expm1(found.square[0]) + 1 / (10 * std::exp(found.product[0])))));
}

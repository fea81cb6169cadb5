/// The normalization model of attention against its law, its limits, and the circuit that computes
/// it where one pool is everyone's.
#include <catch2/catch.hpp>

#include <cmath>

#include "experiments/mechanisms/mechanisms.hpp"
#include "sim/gate_loop.hpp"

using namespace lamina;
using namespace lamina::laws;

namespace {

ExperimentSpec normalization_spec() {
    ExperimentSpec spec;
    spec.task.type = "normalization";
    return spec;
}

/// What attention multiplies, by the fits.
struct Ratios {
    double r_max, c50;
};
Ratios ratios_of(const Normalization& found, std::size_t condition) {
    const NakaRushton &ignored = found.fit[2 * condition], &attended = found.fit[2 * condition + 1];
    return {attended.r_max / ignored.r_max, attended.c50 / ignored.c50};
}

/// c50, attended / c50 of Gaussians: drive of width w, pool p, attention field a.
double law_c50_ratio(double gamma, double w, double p, double a) {
    const double common = 1 / std::sqrt(1 / (a * a) + 1 / (w * w));
    const double seen = w / std::sqrt(w * w + p * p),
                 seen_attended = common / std::sqrt(common * common + p * p);
    return 1 / (1 + (gamma - 1) * seen_attended / seen);
}

} // namespace

TEST_CASE("normalization: contrast gain and response gain are those of Gaussian fields") {
    for (const double gamma : {1.5, 2.0, 4.0}) {
        INFO("gamma = " << gamma);
        ExperimentSpec spec = normalization_spec();
        spec.task.normalization.gamma = gamma;
        const Normalization found = measure_normalization(laboratory_of(spec));
        const double w[] = {std::sqrt(50.0), std::sqrt(425.0)}, a[] = {30, 5};
        for (const std::size_t condition : {0, 1}) {
            const Ratios ratios = ratios_of(found, condition);
            const double law = law_c50_ratio(gamma, w[condition], 20, a[condition]);
            // sums over a grid of step 1, whose narrowest Gaussian has a width of 5
            CHECK(ratios.c50 == Approx(law).epsilon(1e-6));
            CHECK(ratios.r_max == Approx(gamma * law).epsilon(1e-6));
            for (const std::size_t attended : {0, 1})
                CHECK(found.fit[2 * condition + attended].n == Approx(1).epsilon(1e-6));
        }
        // the two signatures
        CHECK(ratios_of(found, 0).r_max < 1.04);
        CHECK(std::log(ratios_of(found, 1).r_max) > 0.5 * std::log(gamma));
    }
}

TEST_CASE("normalization: the effect of a small stimulus in a large field falls from gamma to "
          "nothing, that of a large one in a small field stays") {
    const Normalization found = measure_normalization(laboratory_of(normalization_spec()));
    const std::size_t n = found.contrast.size();
    const auto effect = [&](std::size_t condition, std::size_t contrast) {
        const auto at = [&](std::size_t attended) {
            return found.response[(2 * condition + attended) * n + contrast];
        };
        return at(1) / at(0) - 1;
    };
    REQUIRE_FALSE(found.law_share.empty());
    for (std::size_t i = 0; i < found.law_share.size(); ++i)
        CHECK(found.response_share[i] == Approx(found.law_share[i]).margin(1e-9));
    CHECK(found.contrast.front() == Approx(1e-5));
    CHECK(found.contrast.back() == Approx(1));
    CHECK(effect(0, 0) > 0.95); // published 98 %
    CHECK(effect(0, n - 1) < 0.02);
    for (std::size_t i = 0; i < n; ++i) CHECK(effect(1, i) > 0.5);
    // without orientation in the attention field every neuron's response is scaled alike
    const std::size_t n_theta = found.orientation_deg.size();
    for (std::size_t theta = 0; theta < n_theta; ++theta)
        CHECK(found.tuning[3 * n_theta + theta] / found.tuning[2 * n_theta + theta] ==
              Approx(found.tuning[3 * n_theta] / found.tuning[2 * n_theta]).epsilon(1e-3));
}

TEST_CASE("normalization: an attention field without end is contrast gain, one point is response "
          "gain") {
    ExperimentSpec spec = normalization_spec();
    spec.task.normalization.gamma = 3;
    spec.task.normalization.large_attention = 1000; // A is gamma wherever there is a drive
    spec.task.normalization.small_attention = 0.1;  // and 1 everywhere but at one place
    spec.task.normalization.pool = 100;
    const Normalization found = measure_normalization(laboratory_of(spec));
    CHECK(ratios_of(found, 0).c50 == Approx(1 / 3.0).epsilon(1e-3));
    CHECK(ratios_of(found, 0).r_max == Approx(1).epsilon(1e-3));
    // one of some 50 places that the stimulus drives
    CHECK(ratios_of(found, 1).c50 > 0.95);
    CHECK(ratios_of(found, 1).r_max > 2.85);
}

TEST_CASE("normalization: with one pool for all the circuit's gates are the model, and softmax of "
          "score and log attention with sigma 0") {
    const Numbers E = {0.2, 1, 3, 0.5, 0.02}, A = {1, 1.4, 2, 1.4, 1};
    for (const double sigma : {0.0, 0.3}) {
        GateLoopSpec spec;
        spec.gates.inhibition = "pv_divisive";
        spec.gates.n_rows = 1, spec.gates.n_keys = 5;
        spec.gates.divisive_n = 1, spec.gates.divisive_sigma_n = sigma;
        double pool = sigma;
        for (std::size_t j = 0; j < 5; ++j) {
            spec.scores.push_back(std::log(E[j]) + std::log(A[j]));
            pool += A[j] * E[j];
        }
        GateLoop loop(spec);
        for (int step = 0; step < 3000; ++step) loop.step(0.1);
        for (std::size_t j = 0; j < 5; ++j)
            CHECK(loop.a()[j] == Approx(A[j] * E[j] / pool).epsilon(1e-9));
    }
}

TEST_CASE("a fit of Naka and Rushton finds what made the responses, and the least squares of noisy "
          "ones") {
    Numbers contrast;
    for (int i = 0; i <= 30; ++i) contrast.push_back(std::pow(10, -3 + 0.1 * i));
    for (const NakaRushton made :
         {NakaRushton{30, 0.2, 2.5, 0}, NakaRushton{0.7, 0.01, 1, 0}, NakaRushton{5, 0.9, 4, 0}}) {
        Numbers response, noisy;
        for (std::size_t i = 0; i < contrast.size(); ++i) {
            response.push_back(made.at(contrast[i]));
            noisy.push_back(response.back() * (1 + 0.05 * std::sin(7.0 * double(i * i))));
        }
        const NakaRushton fit = fit_naka_rushton(contrast, response);
        CHECK(fit.r_max == Approx(made.r_max).epsilon(1e-6));
        CHECK(fit.c50 == Approx(made.c50).epsilon(1e-6));
        CHECK(fit.n == Approx(made.n).epsilon(1e-6));
        CHECK(fit.error < 1e-9);

        // a minimum: no step in any direction improves it
        const NakaRushton least = fit_naka_rushton(contrast, noisy);
        const auto misfit = [&](const NakaRushton& curve) {
            double sum = 0;
            for (std::size_t i = 0; i < contrast.size(); ++i)
                sum += std::pow(noisy[i] - curve.at(contrast[i]), 2);
            return sum;
        };
        CHECK(misfit(least) < misfit(made));
        for (const double by : {0.999, 1.001}) {
            CHECK(misfit(least) < misfit({least.r_max * by, least.c50, least.n, 0}));
            CHECK(misfit(least) < misfit({least.r_max, least.c50 * by, least.n, 0}));
            CHECK(misfit(least) < misfit({least.r_max, least.c50, least.n * by, 0}));
        }
    }
    const NakaRushton silent = fit_naka_rushton(contrast, Numbers(contrast.size(), 0.0));
    CHECK(std::isnan(silent.r_max));
}

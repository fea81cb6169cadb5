#include "models/recall/change_judgement.hpp"

#include <cmath>

#include "kernels/portable.hpp"
#include "models/angle.hpp"
#include "models/recall/von_mises.hpp"

namespace lamina {
namespace {

constexpr int n_nodes = 257; ///< 0 .. pi; the network's choice turns within some 3 degrees

/// P("same") against the angle between item held and probe, by its Fourier coefficients.
std::vector<double> same_coefficients(const ChangeParameters& p, const ProbeCircle& circle) {
    std::vector<double> coefficients(circle.n_moments, 0);
    for (std::size_t i = 0; i < circle.similarity.size(); ++i) {
        const double same = p.psychometric(p.gain * (circle.similarity[i] - p.criterion));
        const double* cosine = &circle.cosine[i * circle.n_moments];
        for (std::size_t k = 0; k < circle.n_moments; ++k) coefficients[k] += same * cosine[k];
    }
    return coefficients;
}

/// Where what is held lies, seen from the probe: shares of trials, and the Fourier coefficients of
/// the angle of the probed item where it is held.
struct HeldAngle {
    double probability = 0;            ///< it is held,
    double another = 0, nothing = 0;   ///< another one comes in its place, or none is
    std::vector<double> same, changed; ///< [moments], by the kind of probe
};

HeldAngle held_angle(const Account& account, const ChangeParameters& p, int load,
                     const CountDirections& directions) {
    LAMINA_EXPECT(load >= 1 && p.n_colours >= 2);
    HeldAngle held;
    account.hold(p.capacity, load, directions, held.same);
    held.probability = held.same[0];
    const double another = account.another_held(p.capacity, load);
    held.another = (1 - held.probability) * another;
    held.nothing = (1 - held.probability) * (1 - another);
    const double variance_rad2 = p.diffusion_deg2_per_s * p.delay_s * rad_per_deg * rad_per_deg;
    held.changed = held.same;
    for (std::size_t k = 1; k < held.same.size(); ++k) {
        held.same[k] *= std::exp(-0.5 * static_cast<double>(k * k) * variance_rad2);
        // mean of cos(k 2 pi m / M) over m = 1 .. M - 1
        const bool whole = k % static_cast<std::size_t>(p.n_colours) == 0;
        held.changed[k] = held.same[k] * (whole ? 1 : -1.0 / (p.n_colours - 1));
    }
    return held;
}

} // namespace

ProbeCircle::ProbeCircle(double kappa, int n) : n_moments(static_cast<std::size_t>(n)) {
    for (int i = 0; i < n_nodes; ++i) {
        const double angle = pi * i / (n_nodes - 1);
        similarity.push_back(code_cosine(kappa, angle));
        // the rule of trapezoids over the whole circle, folded: its ends count once
        const double weight = (i == 0 || i == n_nodes - 1 ? 0.5 : 1.0) / (n_nodes - 1);
        for (int k = 0; k < n; ++k) cosine.push_back(weight * std::cos(k * angle));
    }
}

double code_cosine(double kappa, double d_rad) {
    const double x = 2 * kappa * std::abs(std::cos(d_rad / 2));
    return scaled_bessel_i(x, 1)[0] / scaled_bessel_i(2 * kappa, 1)[0] * std::exp(x - 2 * kappa);
}

ChangeRates change_rates(const Account& account, const ChangeParameters& p, int load,
                         const CountDirections& directions, const ProbeCircle& circle) {
    LAMINA_EXPECT(int(circle.n_moments) == directions.n_moments() && p.gain > 0);
    const HeldAngle held = held_angle(account, p, load, directions);
    const std::vector<double> same = same_coefficients(p, circle);

    // the mean of P("same") over the angle between what is held and the probe
    double unchanged = held.probability * same[0], changed = unchanged;
    for (std::size_t k = 1; k < same.size(); ++k) {
        unchanged += 2 * held.same[k] * same[k];
        changed += 2 * held.changed[k] * same[k];
    }
    // not held: another item in its place, or nothing at all
    const double of_another = held.probability > 0 ? changed / held.probability : 0;
    const double otherwise =
        held.another * of_another + held.nothing * p.psychometric(-p.gain * p.criterion);
    return {1 - changed - otherwise, 1 - unchanged - otherwise};
}

double criterion_per_log_odds(const Account& account, const ChangeParameters& p, int load,
                              const CountDirections& directions) {
    const HeldAngle held = held_angle(account, p, load, directions);
    const double swaps = held.another / held.probability;
    const auto log_ratio = [&](double cosine) {
        // the angle of this cosine, by halving
        double near = 0, far = pi;
        for (int i = 0; i < 60; ++i) {
            const double middle = (near + far) / 2;
            (code_cosine(directions.kappa(), middle) > cosine ? near : far) = middle;
        }
        double same = held.probability, changed = same;
        for (std::size_t k = 1; k < held.same.size(); ++k) {
            same += 2 * held.same[k] * std::cos(double(k) * near);
            changed += 2 * held.changed[k] * std::cos(double(k) * near);
        }
        return std::log(changed * (1 + swaps) / (same + swaps * changed));
    };
    constexpr double low = 0.3, high = 0.8;
    return (high - low) / (log_ratio(low) - log_ratio(high));
}

} // namespace lamina

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
    LAMINA_EXPECT(load >= 1 && int(circle.n_moments) == directions.n_moments() &&
                  p.n_colours >= 2 && p.gain > 0);
    std::vector<double> held;
    account.hold(p.capacity, load, directions, held);
    const double variance_rad2 = p.diffusion_deg2_per_s * p.delay_s * rad_per_deg * rad_per_deg;
    const std::vector<double> same = same_coefficients(p, circle);

    // held: the mean of P("same") over the held angle, for both kinds of probe
    double unchanged = held[0] * same[0], changed = unchanged;
    for (std::size_t k = 1; k < held.size(); ++k) {
        const double term =
            2 * held[k] * same[k] * std::exp(-0.5 * static_cast<double>(k * k) * variance_rad2);
        // mean of cos(k 2 pi m / M) over m = 1 .. M - 1
        const bool whole = k % static_cast<std::size_t>(p.n_colours) == 0;
        unchanged += term;
        changed += term * (whole ? 1 : -1.0 / (p.n_colours - 1));
    }
    // not held: another item in its place, or nothing at all
    const double another = account.another_held(p.capacity, load);
    const double of_another = held[0] > 0 ? changed / held[0] : 0;
    const double otherwise =
        (1 - held[0]) *
        (another * of_another + (1 - another) * p.psychometric(-p.gain * p.criterion));
    return {1 - changed - otherwise, 1 - unchanged - otherwise};
}

} // namespace lamina

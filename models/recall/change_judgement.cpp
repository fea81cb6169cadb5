#include "models/recall/change_judgement.hpp"

#include <cmath>

#include "kernels/portable.hpp"
#include "models/recall/von_mises.hpp"

namespace lamina {
namespace {

constexpr double pi = 3.14159265358979323846;
constexpr int n_nodes = 1024; ///< of the angle; the network's choice turns within some 5 degrees

/// The cosines of a code at the nodes, which depend on kappa alone; with the cosines of a circle.
struct Circle {
    double kappa;
    std::vector<double> similarity, cosine;

    explicit Circle(double kappa_) : kappa(kappa_) {
        for (int i = 0; i < n_nodes; ++i) {
            const double angle = 2 * pi * i / n_nodes;
            similarity.push_back(code_cosine(kappa, angle));
            cosine.push_back(std::cos(angle));
        }
    }
};

const Circle& circle_of(double kappa) {
    thread_local Circle circle(kappa);
    if (circle.kappa != kappa) circle = Circle(kappa);
    return circle;
}

/// P("same") against the angle between item held and probe, by its Fourier coefficients.
std::vector<double> same_coefficients(const ChangeParameters& p, double kappa, int n) {
    const Circle& circle = circle_of(kappa);
    std::vector<double> same;
    for (const double c : circle.similarity)
        same.push_back(p.psychometric(p.gain * (c - p.criterion)));
    std::vector<double> coefficients(static_cast<std::size_t>(n), 0);
    for (std::size_t k = 0; k < coefficients.size(); ++k)
        for (std::size_t i = 0; i < same.size(); ++i)
            coefficients[k] += same[i] * circle.cosine[k * i % n_nodes] / n_nodes;
    return coefficients;
}

} // namespace

double code_cosine(double kappa, double d_rad) {
    const double x = 2 * kappa * std::abs(std::cos(d_rad / 2));
    return scaled_bessel_i(x, 1)[0] / scaled_bessel_i(2 * kappa, 1)[0] * std::exp(x - 2 * kappa);
}

ChangeRates change_rates(const Account& account, const ChangeParameters& p, int load,
                         const CountDirections& directions) {
    LAMINA_EXPECT(load >= 1 && p.n_colours >= 2 && p.gain > 0);
    std::vector<double> held;
    account.hold(p.capacity, load, directions, held);
    const double variance_rad2 = p.diffusion_deg2_per_s * p.delay_s * (pi / 180) * (pi / 180);
    const std::vector<double> same =
        same_coefficients(p, directions.kappa(), directions.n_moments());

    // nothing held; then the mean of P("same") over the held angle, for both kinds of probe
    const double nothing = (1 - held[0]) * p.psychometric(-p.gain * p.criterion);
    double unchanged = nothing + held[0] * same[0], changed = unchanged;
    for (std::size_t k = 1; k < held.size(); ++k) {
        const double term =
            2 * held[k] * same[k] * std::exp(-0.5 * static_cast<double>(k * k) * variance_rad2);
        // mean of cos(k 2 pi m / M) over m = 1 .. M - 1
        const bool whole = k % static_cast<std::size_t>(p.n_colours) == 0;
        unchanged += term;
        changed += term * (whole ? 1 : -1.0 / (p.n_colours - 1));
    }
    return {1 - changed, 1 - unchanged};
}

} // namespace lamina

#include "experiments/mechanisms/naka_rushton.hpp"

#include <algorithm>
#include <cmath>

#include <Eigen/Dense>

#include "experiments/laws/closed_forms.hpp"

namespace lamina::laws {
namespace {

using Triple = Eigen::Vector3d;
constexpr int most_rounds = 500;

/// exp(x): R_max, c50, n.
NakaRushton curve_of(const Triple& x) {
    return {std::exp(x[0]), std::exp(x[1]), std::exp(x[2]), none};
}

/// Sum of squared residuals.
double curve_misfit(const NakaRushton& curve, const std::vector<double>& contrast,
                    const std::vector<double>& response) {
    double sum = 0;
    for (std::size_t i = 0; i < contrast.size(); ++i) {
        const double residual = response[i] - curve.at(contrast[i]);
        sum += residual * residual;
    }
    return sum;
}

} // namespace

double NakaRushton::at(double contrast) const { return r_max / (1 + std::pow(c50 / contrast, n)); }

NakaRushton fit_naka_rushton(const std::vector<double>& contrast,
                             const std::vector<double>& response) {
    const double highest = *std::max_element(response.begin(), response.end());
    std::size_t half = 0;
    while (half + 1 < response.size() && response[half] < highest / 2) ++half;
    Triple x(std::log(highest), std::log(contrast[half]), 0);
    double best = curve_misfit(curve_of(x), contrast, response), damping = 1e-3;
    if (!(highest > 0) || std::isnan(best)) return {none, none, none, none};

    for (int round = 0; round < most_rounds && damping < 1e12; ++round) {
        const NakaRushton curve = curve_of(x);
        Eigen::Matrix3d normal = Eigen::Matrix3d::Zero();
        Triple pull = Triple::Zero();
        for (std::size_t i = 0; i < contrast.size(); ++i) {
            // f = R_max u, u = 1 / (1 + (c50 / c)^n)
            const double f = curve.at(contrast[i]), u = f / curve.r_max;
            const double bend = f * (1 - u) * curve.n;
            const Triple slope(f, -bend, bend * std::log(contrast[i] / curve.c50));
            pull += slope * (response[i] - f);
            normal += slope * slope.transpose();
        }
        normal.diagonal() *= 1 + damping;
        const Triple next = x + normal.ldlt().solve(pull);
        const double then = curve_misfit(curve_of(next), contrast, response);
        if (then < best) {
            x = next, best = then, damping = std::max(damping / 10, 1e-12);
        } else {
            damping *= 10;
        }
    }
    NakaRushton fit = curve_of(x);
    fit.error = std::sqrt(best / double(contrast.size())) / fit.r_max;
    return fit;
}

} // namespace lamina::laws

/// Nodes and weights of the Gauss-Legendre rule on (0, 1): sum_i weight_i f(at_i) is the integral
/// of f exactly for polynomials up to degree 2 n - 1.
#pragma once

#include <cmath>
#include <cstddef>
#include <vector>

#include "models/angle.hpp"

namespace lamina {

struct GaussLegendre {
    std::vector<double> at, weight; ///< falling nodes; the weights add up to 1

    /// By Newton's method on P_n from Tricomi's guess. @param n  nodes, >= 1
    explicit GaussLegendre(std::size_t n) : at(n), weight(n) {
        const double order = static_cast<double>(n);
        for (std::size_t i = 0; i < n; ++i) {
            double x = std::cos(pi * (static_cast<double>(i) + 0.75) / (order + 0.5)), slope = 1;
            for (int iteration = 0; iteration < 20; ++iteration) {
                double before = 1, value = x; // Legendre polynomials of degree 0 and 1
                for (double degree = 2; degree <= order; ++degree) {
                    const double next =
                        ((2 * degree - 1) * x * value - (degree - 1) * before) / degree;
                    before = value;
                    value = next;
                }
                slope = order * (x * value - before) / (x * x - 1);
                x -= value / slope;
            }
            at[i] = (1 + x) / 2;
            weight[i] = 1 / ((1 - x * x) * slope * slope); // half of the weight on (-1, 1)
        }
    }
};

} // namespace lamina

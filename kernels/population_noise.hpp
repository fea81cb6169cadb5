/// Body, one item = one number of a population of one trial: its noise in this step.
///
///     noise = scale sum_m keep^(M - 1 - m) z(step M + m),   m = 0 .. M - 1
///
/// z is a function of (seed, trial, place, when), so a trial's noise is the same on every executor
/// and in every company.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/normal.hpp"
#include "kernels/portable.hpp"

namespace lamina {

template <class Real> struct PopulationNoise {
    Real* noise;                  ///< [n_parts][n_trials][n]
    const std::uint32_t* trial;   ///< [n_trials]
    const std::uint64_t* n_steps; ///< steps begun, this one among them
    std::uint64_t seed;
    std::size_t first; ///< place of the population in one trial's state, its parts [n_parts][n]
    std::size_t n;
    int n_trials, fine_steps;
    double keep;
    Real scale;

    LAMINA_FN void operator()(std::size_t item) const {
        const std::size_t part = item / n / n_trials;
        const std::size_t place = first + part * n + item % n;
        const std::uint32_t number = trial[item / n % n_trials];
        Real sum = 0;
        double weight = 1;
        for (int fine = fine_steps - 1; fine >= 0; --fine, weight *= keep) {
            const std::uint64_t when = (*n_steps - 1) * fine_steps + fine;
            sum += Real(weight * lamina::normal(seed, number, Stream::population,
                                                static_cast<std::uint32_t>(place), when));
        }
        noise[item] = sum * scale;
    }
};

/// One item: a step begins.
struct CountStep {
    std::uint64_t* n_steps;
    LAMINA_FN void operator()(std::size_t) const { ++*n_steps; }
};

} // namespace lamina

/// The least of a function within bounds, by NLopt (Johnson, github.com/stevengj/nlopt).
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

namespace lamina {

struct Optimum {
    std::vector<double> at;
    double value = 0;
    int evaluations = 0;
};

/// Subplex (Rowan 1990), which needs no slopes and passes over kinks; from `start` and from
/// `n_starts - 1` points drawn within the bounds, keyed by (seed, key). The best is searched once
/// more from where it ended.
/// @param f  finite within the bounds
Optimum least(const std::function<double(const std::vector<double>&)>& f,
              const std::vector<double>& low, const std::vector<double>& high,
              const std::vector<double>& start, int n_starts, std::uint64_t seed,
              std::uint32_t key = 0);

} // namespace lamina

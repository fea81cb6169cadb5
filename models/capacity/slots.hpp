/// K slots of fixed precision, shared out evenly ("slots + averaging"): an item among L gets s
/// slots,
///
///     s = floor(K / L)  or one more, with mean K / L
///
/// and is not held when s = 0. A slot holds the angle with a wrapped normal error of SD sigma_1;
/// the mean of s slots has sigma_1 / sqrt(s). K need not be whole: people differ, and so may
/// trials. Source: Zhang & Luck (2008), doi:10.1038/nature06860, who write the error of a slot as
/// von Mises; the two differ little at these widths, and a wrapped normal stays one under
/// averaging.
#pragma once

#include <cmath>

#include "models/angle.hpp"
#include "models/capacity/account.hpp"

namespace lamina::slots {

inline double expected(const CapacityParameters&, int) { return 0; }

/// See Account. Who has no slot leaves all to the others; with K < 1 there is one in K of the
/// trials.
inline double another_held(const CapacityParameters& p, int load) {
    if (load == 1) return 0;
    return p.slots >= 1 ? 1 : p.slots * (load - 1) / (load - p.slots);
}

/// See Account.
inline void hold(const CapacityParameters& p, int load, const CountDirections& directions,
                 std::vector<double>& moments) {
    const double share = p.slots / load, whole = std::floor(share);
    const double rad = p.slot_noise_deg * rad_per_deg;
    moments.assign(static_cast<std::size_t>(directions.n_moments()), 0);
    for (const double s : {whole, whole + 1}) {
        const double probability = s > whole ? share - whole : 1 - (share - whole);
        if (s == 0) continue;
        for (std::size_t k = 0; k < moments.size(); ++k)
            moments[k] += probability * std::exp(-0.5 * double(k * k) * rad * rad / s);
    }
}

} // namespace lamina::slots

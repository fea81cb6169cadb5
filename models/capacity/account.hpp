/// What an account of working-memory capacity says: how one item among L is held. A new account is
/// one file with these members and one line in account_catalogue.hpp.
#pragma once

#include <cmath>
#include <vector>

#include "models/recall/count_directions.hpp"

namespace lamina {

/// What the accounts may know; each uses what is its own.
struct CapacityParameters {
    double counts = 18;         ///< C, expected counts of an item of weight 1, > 0
    double encoding_n = 1.5;    ///< exponent of the divisive account
    double sigma_n = 2;         ///< its semi-saturation sigma^n
    double slots = 3;           ///< K, > 0, need not be whole
    double slot_noise_deg = 25; ///< SD of what one slot holds, > 0
};

/// Counts of the items are independent: 1 - exp(-(L - 1) Lambda) hold one of the others.
inline double another_with_counts(double expected, int load) {
    return -std::expm1(-(load - 1) * expected);
}

struct Account {
    const char* name;
    const char* meaning;
    const char* source;
    bool has_slots; ///< its parameters are K and the noise of a slot, instead of C

    /// The distribution of a held item's error before any delay, by its moments: entry 0 is the
    /// probability that the item is held at all, entry k is E cos(k error) over the trials in which
    /// it is.
    /// @param load     L >= 1
    /// @param moments  out: [directions.n_moments()]
    void (*hold)(const CapacityParameters&, int load, const CountDirections&,
                 std::vector<double>& moments);

    /// Largest expected counts of an item at this load, 0 without counts.
    double (*expected)(const CapacityParameters&, int load);

    /// Probability that at least one of the others is held in a trial in which this item is not.
    double (*another_held)(const CapacityParameters&, int load);
};

} // namespace lamina

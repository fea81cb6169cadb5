/// What every mechanism by which queries meet keys offers, and what it is told.
///
/// A mechanism returns a score s (then the gates' drive is exp s) or a drive D >= 0 itself. Both
/// are carried as the logarithm of the drive, so that nothing downstream asks which it was:
///
///     name, summary, source    its word in a spec, one line about it, where it comes from
///     gives_drive              false: a score; true: a drive
///     Constants<Real>          numbers its functions need; if they read the projections, then by
///                              a pointer `projections`, which a device turns to its own copy
///     n_features(par.)         length of what is compared
///     prepare<Real>(par., seed, projections)    Constants; fills the projections, if it has any
///     encode(rate, gain, features, constants, head, role, lanes)   one vector of d_head rates into
///                              its features, each by one lane; returns the logarithm of a factor
///                              they share
///     meet(dot, query_log, key_log, constants)   log drive from the features' dot product
///
/// One whose features do not meet in a dot product says so, and compares each query with each key:
///
///     pairwise = true
///     pair(query, key, constants)   one number from the features of a query and of a key, which
///                                   meet gets in the place of their dot product
///
/// Dot products of all pairs are one matrix product, on a device a part of one pass of attention;
/// pairs are compared one by one, by a body of their own (kernels/score_rows.hpp).
///
/// `gain` is lambda (1 - r), the apical gain of the query's column; it is 1 for keys. A new one is
/// one file like multiplicative.hpp and one line in models/catalogue.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "kernels/math.hpp"
#include "kernels/portable.hpp"

namespace lamina {

struct ScoreParameters {
    int n_heads = 1, d_head = 1;
    int units = 1024;                        ///< M of additive_exponential
    bool orthogonal = false;                 ///< of its projections
    double threshold = 0;                    ///< theta of quarter_square
    double soma_pA = 100, dendrite_pA = 100; ///< J_s, J_d of apical, per unit of a key, of a query
};

enum class Role { query, key };

/// Whether a mechanism declares `pairwise = true`.
template <class Mechanism, class = void> constexpr bool meets_pairwise = false;
template <class Mechanism>
constexpr bool meets_pairwise<Mechanism, std::void_t<decltype(Mechanism::pairwise)>> =
    Mechanism::pairwise;

} // namespace lamina

/// Queries meet keys by their angle: s_ij = lambda (1 - r_i) sqrt(d_head) q_i . k_j / (|q_i|
/// |k_j|).
///
/// As if queries and keys were normalised before they meet, so that how strongly a column is driven
/// does not matter. The factor sqrt(d_head) is the score that two vectors of N(0, 1) entries with
/// the same direction have under `multiplicative`. A vector of length 0 has score 0 with all.
/// Source: Graves, Wayne & Danihelka (2014), arXiv:1410.5401, eqs. 5 and 6, key strength lambda.
#pragma once

#include "models/scores/score.hpp"

namespace lamina {

struct Cosine {
    static constexpr const char* name = "cosine";
    static constexpr const char* summary = "angle between query and key, whatever their lengths";
    static constexpr const char* source = "Graves, Wayne & Danihelka 2014, arXiv:1410.5401";
    static constexpr bool gives_drive = false;

    template <class Real> struct Constants {
        Real sqrt_d;
        int d_head;
    };
    static int n_features(const ScoreParameters& par) { return par.d_head; }
    template <class Real>
    static Constants<Real> prepare(const ScoreParameters& par, std::uint64_t, std::vector<Real>&) {
        return {Real(math::sqrt(double(par.d_head))), par.d_head};
    }

    /// The features are the unit vector; a query's carries the gain.
    template <class Real, class Lanes>
    LAMINA_FN static Real encode(const Real* rate, Real gain, Real* features,
                                 const Constants<Real>& c, int, Role role, Lanes lanes) {
        Real square = 0;
        for (int i = 0; i < c.d_head; ++i) square = fma(rate[i], rate[i], square);
        const Real length = math::sqrt(square);
        const Real scale =
            length > 0 ? (role == Role::query ? gain * c.sqrt_d : Real(1)) / length : Real(0);
        for (int i = lanes.first(); i < c.d_head; i += lanes.count()) features[i] = scale * rate[i];
        return 0;
    }
    template <class Real> LAMINA_FN static Real meet(Real dot, Real, Real, const Constants<Real>&) {
        return dot;
    }
};

} // namespace lamina

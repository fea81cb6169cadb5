/// Linear attention: a drive that is the dot product of positive features of query and key.
///
///     D_ij = phi(lambda (1 - r_i) q_i) . phi(k_j),   phi(x) = elu(x) + 1 = x + 1 (x > 0), exp(x)
///
/// With an inhibition that normalises the gates settle at a_ij = D_ij / sum_j D_ij. With none they
/// settle at D_ij itself, and what is routed is M phi(q_i), where the values are kept in the matrix
/// M = sum_j v_j phi(k_j)^T: a memory that does not grow with the number of keys. D is not divided
/// by d_head: without inhibition the largest rate of a gate, column.inhibition.gate_max, has to lie
/// above it.
///
/// Source: Katharopoulos et al. (2020), arXiv:2006.16236, eq. 7 for phi; Granier & Senn (2025),
/// arXiv:2504.06354, for the unnormalised form in cortex.
#pragma once

#include "models/scores/score.hpp"

namespace lamina {

struct Linear {
    static constexpr const char* name = "linear";
    static constexpr const char* summary = "a drive phi(q).phi(k), phi = elu + 1: linear attention";
    static constexpr const char* source = "Katharopoulos et al. 2020, arXiv:2006.16236";
    static constexpr bool gives_drive = true;

    /// A normal number in either precision.
    static constexpr double least_drive = 1e-37;

    template <class Real> struct Constants { int d_head; };
    static int n_features(const ScoreParameters& par) { return par.d_head; }
    template <class Real>
    static Constants<Real> prepare(const ScoreParameters& par, std::uint64_t, std::vector<Real>&) {
        return {par.d_head};
    }
    template <class Real> LAMINA_FN static Real phi(Real x) { return x > 0 ? x + 1 : math::exp(x); }
    template <class Real, class Lanes>
    LAMINA_FN static Real encode(const Real* rate, Real gain, Real* features,
                                 const Constants<Real>& c, int, Role, Lanes lanes) {
        for (int i = lanes.first(); i < c.d_head; i += lanes.count())
            features[i] = phi(gain * rate[i]);
        return 0;
    }
    template <class Real> LAMINA_FN static Real meet(Real dot, Real, Real, const Constants<Real>&) {
        // where features underflow their product is no drive at all; a row needs some
        const Real least = Real(least_drive);
        return math::log(dot > least ? dot : least);
    }
};

} // namespace lamina

/// Ideal dendritic product: s_ij = lambda (1 - r_i) q_i . k_j / sqrt(d_head). With PV inhibition
/// the gates are softmax attention, exactly. Source: Vaswani et al. (2017), arXiv:1706.03762, eq.
/// 1; docs/model.md, "The rate column".
#pragma once

#include "models/scores/score.hpp"

namespace lamina {

struct Multiplicative {
    static constexpr const char* name = "multiplicative";
    static constexpr const char* summary = "ideal dendritic product q.k / sqrt(d_head)";
    static constexpr const char* source = "Vaswani et al. 2017, arXiv:1706.03762";
    static constexpr bool gives_drive = false;

    template <class Real> struct Constants {
        Real per_sqrt_d;
        int d_head;
    };
    static int n_features(const ScoreParameters& par) { return par.d_head; }
    template <class Real>
    static Constants<Real> prepare(const ScoreParameters& par, std::uint64_t, std::vector<Real>&) {
        return {Real(1 / math::sqrt(double(par.d_head))), par.d_head};
    }
    template <class Real, class Lanes>
    LAMINA_FN static Real encode(const Real* rate, Real gain, Real* features,
                                 const Constants<Real>& c, int, Role role, Lanes lanes) {
        const Real scale = role == Role::query ? gain * c.per_sqrt_d : Real(1);
        for (int i = lanes.first(); i < c.d_head; i += lanes.count()) features[i] = scale * rate[i];
        return 0;
    }
    template <class Real> LAMINA_FN static Real meet(Real dot, Real, Real, const Constants<Real>&) {
        return dot;
    }
};

} // namespace lamina

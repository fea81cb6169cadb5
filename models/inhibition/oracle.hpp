/// Ideal inhibition without dynamics: b = p = log sum_j exp s_j at every moment. The gates then
/// relax to softmax(s) with their own time constant; what PV adds is what differs from this.
/// Source: docs/model.md, "Inhibition of the gate".
#pragma once

#include "models/inhibition/inhibition.hpp"

namespace lamina {

struct Oracle {
    static constexpr const char* name = "oracle";
    static constexpr const char* summary = "the log-normaliser itself, instantaneous";
    static constexpr const char* source = "docs/model.md, Inhibition of the gate";
    static constexpr bool has_loop = false;
    static constexpr bool pools_drive = true;

    template <class Real> struct Constants { Real unused; };
    template <class Real> static Constants<Real> prepare(const InhibitionParameters&, double) {
        return {};
    }
    static double pool_exponent(const InhibitionParameters&) { return 1; }

    template <class Real>
    LAMINA_FN static Real advance(Real, Real, Real, Real, Real pool_ahead, const Constants<Real>&) {
        return pool_ahead;
    }
    template <class Real>
    LAMINA_FN static Real slope_per_ms(Real, Real, Real, const Constants<Real>&) {
        return 0;
    }
    template <class Real>
    LAMINA_FN static Real log_divisor(Real, Real pool, const Constants<Real>&) {
        return pool;
    }
    static double noise_sd(const InhibitionParameters&, double) { return 0; }
};

} // namespace lamina

/// No inhibition: b = 0, the gates relax to min(exp s_j, a_max), unnormalised.
/// Source: docs/model.md, "Inhibition of the gate".
#pragma once

#include "models/inhibition/inhibition.hpp"

namespace lamina {

struct NoInhibition {
    static constexpr const char* name = "none";
    static constexpr const char* summary = "gates follow their drive, unnormalised";
    static constexpr const char* source = "docs/model.md, Inhibition of the gate";
    static constexpr bool has_loop = false;
    static constexpr bool pools_drive = false;

    template <class Real> struct Constants { Real unused; };
    template <class Real> static Constants<Real> prepare(const InhibitionParameters&, double) {
        return {};
    }
    static double pool_exponent(const InhibitionParameters&) { return 1; }

    template <class Real>
    LAMINA_FN static Real advance(Real p, Real, Real, Real, Real, const Constants<Real>&) {
        return p;
    }
    template <class Real>
    LAMINA_FN static Real slope_per_ms(Real, Real, Real, const Constants<Real>&) {
        return 0;
    }
    template <class Real> LAMINA_FN static Real log_divisor(Real, Real, const Constants<Real>&) {
        return 0;
    }
    static double noise_sd(const InhibitionParameters&, double) { return 0; }
};

} // namespace lamina

/// Our own elementary functions: the same bits from every compiler and machine, and loops over them
/// vectorise. Built from fma, +, *, / and bit operations only; no branch, no table, no C library.
///
/// Each function reduces its argument to a short interval and evaluates one minimax polynomial
/// there (scripts/fit_math.py finds the coefficients). Largest errors found by
/// tests/kernels/test_math.cpp against long double (64 bits), in units in the last place
/// (double, float):
///
///     exp, exp_flushed 1.02, 1.00    expm1 1.1, 1.1    log, log1p 0.8, 0.8
///     tanh 2.0, 2.0     erf 1.0, 0.9      sin_turns, cos_turns 0.9, 0.9
///
/// NaN gives NaN; overflow gives infinity; results below the normal range are rounded like others.
/// Rounding to nearest and no flushing of small numbers to zero are assumed.
#pragma once

#include <cstring>
#include <limits>

#include "kernels/portable.hpp"

namespace lamina::math {

// constants, since a device function may not call numeric_limits
template <class Real> constexpr Real infinity = std::numeric_limits<Real>::infinity();
template <class Real> constexpr Real no_number = std::numeric_limits<Real>::quiet_NaN();
template <class Real> constexpr Real least_normal = std::numeric_limits<Real>::min();
template <class Real> constexpr Real epsilon = std::numeric_limits<Real>::epsilon();

namespace detail {

/// How a Real is stored, and its constants for argument reduction.
template <class Real> struct Format;
template <> struct Format<double> {
    using Bits = std::uint64_t;
    static constexpr int fraction_bits = 52;
    static constexpr Bits bias = 1023, sign = Bits(1) << 63, root_half = 0x3fe6a09e667f3bcd;
    static constexpr double whole = 0x1.8p52; ///< adding it rounds to an integer, in the low bits
    // ln 2 = high + low; integer * high is exact for |integer| < 2^11
    static constexpr double ln2_high = 0x1.62e42fefa38p-1, ln2_low = 0x1.ef35793c7673p-45;
    static constexpr double per_ln2 = 0x1.71547652b82fep+0;
    static constexpr double two_pi_high = 0x1.921fb54442d18p+2, two_pi_low = 0x1.1a62633145c07p-52;
    // outside of these exp is 0 or infinity, expm1 is -1 or infinity, tanh is 1, erf is 1
    static constexpr double flushed_least = -709.08956571282407, exp_least = -750, exp_most = 750,
                            expm1_least = -40, expm1_most = 710;
    static constexpr double tanh_most = 20, erf_most = 6;
};
template <> struct Format<float> {
    using Bits = std::uint32_t;
    static constexpr int fraction_bits = 23;
    static constexpr Bits bias = 127, sign = Bits(1) << 31, root_half = 0x3f3504f3;
    static constexpr float whole = 0x1.8p23f;
    static constexpr float ln2_high = 0x1.62e4p-1f, ln2_low = 0x1.7f7d1cp-20f; // |integer| < 2^8
    static constexpr float per_ln2 = 0x1.715476p+0f;
    static constexpr float two_pi_high = 0x1.921fb6p+2f, two_pi_low = -0x1.777a5cp-23f;
    static constexpr float flushed_least = -88.029694f, exp_least = -110, exp_most = 100,
                           expm1_least = -20, expm1_most = 89;
    static constexpr float tanh_most = 10, erf_most = 4;
};

template <class Real> LAMINA_FN inline typename Format<Real>::Bits bits_of(Real x) {
    typename Format<Real>::Bits bits;
    std::memcpy(&bits, &x, sizeof bits);
    return bits;
}
template <class Real> LAMINA_FN inline Real from_bits(typename Format<Real>::Bits bits) {
    Real x;
    std::memcpy(&x, &bits, sizeof x);
    return x;
}

template <class Real> LAMINA_FN inline Real absolute(Real x) {
    return from_bits<Real>(bits_of(x) & ~Format<Real>::sign);
}
/// `magnitude` with the sign of `x`; magnitude is positive or NaN.
template <class Real> LAMINA_FN inline Real signed_as(Real magnitude, Real x) {
    return from_bits<Real>(bits_of(magnitude) | (bits_of(x) & Format<Real>::sign));
}
/// x within [least, most]; NaN stays NaN.
template <class Real> LAMINA_FN inline Real clamp(Real x, Real least, Real most) {
    x = x < least ? least : x;
    return x > most ? most : x;
}

/// c + x (c1 + x (c2 + ...)), by Horner's rule.
template <class Real> LAMINA_FN inline Real polynomial(Real, Real c) { return c; }
template <class Real, class... More>
LAMINA_FN inline Real polynomial(Real x, Real c, More... more) {
    return fma(polynomial(x, more...), x, c);
}

// (e^r - 1 - r) / r^2 for |r| <= ln(2) / 2, error relative to e^r: 2^-56.2, 2^-28.0
LAMINA_FN inline double exp_tail(double r) {
    return polynomial(r, 0.500000000000001, 0.16666666666666416, 0.041666666666531404,
                      0.0083333333334933146, 0.0013888888943334975, 0.0001984126950825783,
                      2.4801493380878269e-05, 2.7557585412923663e-06, 2.7630154105631354e-07,
                      2.5000231139722591e-08);
}
LAMINA_FN inline float exp_tail(float r) {
    return polynomial(r, 0.49999994f, 0.166665211f, 0.0416683741f, 0.00836869236f, 0.0013815175f);
}

// the same with the error relative to e^r - 1: 2^-59.8, 2^-28.8
LAMINA_FN inline double expm1_tail(double r) {
    return polynomial(r, 0.5, 0.16666666666666677, 0.041666666666666512, 0.0083333333333217088,
                      0.001388888888896216, 0.00019841269885922209, 2.4801587172857843e-05,
                      2.7557244419720806e-06, 2.755740243551091e-07, 2.5108962460025706e-08,
                      2.0875376897293067e-09);
}
LAMINA_FN inline float expm1_tail(float r) {
    return polynomial(r, 0.5f, 0.166666657f, 0.0416663624f, 0.00833338965f, 0.00139406091f,
                      0.000198459165f);
}

// (2 atanh(s) / s - 2) / z, z = s^2, for s <= (sqrt 2 - 1) / (sqrt 2 + 1): 2^-59.5, 2^-30.2
LAMINA_FN inline double log_tail(double z) {
    return polynomial(z, 0.66666666666667329, 0.39999999999422553, 0.285714287409016,
                      0.22222198707775187, 0.18183557996961638, 0.15314199585429389,
                      0.14794560273790344);
}
LAMINA_FN inline float log_tail(float z) {
    return polynomial(z, 0.666667759f, 0.399775833f, 0.298708022f);
}

// erf(x) / x - 1, z = x^2 <= 1: 2^-56.3, 2^-29.4
LAMINA_FN inline double erf_near(double z) {
    return polynomial(z, 0.12837916709551259, -0.37612638903184098, 0.11283791670971098,
                      -0.026866170648031137, 0.0052239776526925453, -0.00085483285358046958,
                      0.00012055386193904889, -1.4926881483865346e-05, 1.6481059290477783e-06,
                      -1.6557135029492882e-07, 1.6013271617929126e-08, -1.6464934598990222e-09,
                      1.4343924749565943e-10);
}
LAMINA_FN inline float erf_near(float z) {
    return polynomial(z, 0.128379166f, -0.37612626f, 0.112835787f, -0.0268533472f, 0.0051871622f,
                      -0.00079978531f, 7.80690389e-05f);
}
// erfc(x) e^(x^2), t = (x - 2) / (x + 2), for x >= 1, error times e^(-x^2): 2^-61.9, 2^-31.5
LAMINA_FN inline double erfc_scaled(double t) {
    return polynomial(t, 0.25539567631050575, -0.42718584741395838, 0.24165819424246637,
                      -0.078978581015733254, 0.0037328924043417088, 0.006997461739303365,
                      -0.000847143251574926, -0.00098197702939147946, 4.3555616649068565e-05,
                      0.00017436114035622094, 2.7525164529727927e-05, -2.7577662961205411e-05,
                      -1.3959829756424643e-05, 1.3638434872173386e-06, 3.6759969243336457e-06,
                      1.2478353353297428e-06);
}
LAMINA_FN inline float erfc_scaled(float t) {
    return polynomial(t, 0.255395681f, -0.427185863f, 0.241657466f, -0.0789813697f, 0.00376726384f,
                      0.00731653068f, 0.000103931037f);
}

// (sin(2 pi r) / r - 2 pi) / z and (cos(2 pi r) - 1) / z, z = r^2 <= 1/64
LAMINA_FN inline double sine_tail(double z) {
    return polynomial(z, -41.341702240399762, 81.60524927607733, -76.705859753999192,
                      42.058694120411744, -15.094658881044351, 3.820664685107436,
                      -0.72788690439940462);
}
LAMINA_FN inline float sine_tail(float z) {
    return polynomial(z, -41.3417015f, 81.6049423f, -76.6682281f, 40.470974f);
}
LAMINA_FN inline double cosine_tail(double z) {
    return polynomial(z, -19.739208802178716, 64.939394022666633, -85.456817205958302,
                      60.244641219373392, -26.426240224797734, 7.9025805397322575,
                      -1.6873088469780608);
}
LAMINA_FN inline float cosine_tail(float z) {
    return polynomial(z, -19.7392082f, 64.9391327f, -85.4216156f, 58.4917374f);
}

/// log(u) + correction, |correction| small against an ulp of u over u.
template <class Real> LAMINA_FN inline Real log_plus(Real u, Real correction) {
    using F = Format<Real>;
    using Bits = typename F::Bits;

    // u = 2^k m, sqrt(1/2) <= m < sqrt(2); numbers below the normal range are lifted into it first
    const bool small = u < least_normal<Real>;
    const Real lift = small ? Real(Bits(1) << (F::fraction_bits + 1)) : Real(1);
    const Real lifted_by = small ? Real(F::fraction_bits + 1) : Real(0);
    const Bits offset = bits_of(u * lift) - F::root_half + (F::bias << F::fraction_bits);
    const Real whole = Real(Bits(1) << F::fraction_bits); // its low bits hold an integer
    const Real biased_k = from_bits<Real>((offset >> F::fraction_bits) | bits_of(whole)) - whole;
    const Real k = biased_k - Real(F::bias) - lifted_by;
    const Bits fraction = offset & ((Bits(1) << F::fraction_bits) - 1);
    const Real m = from_bits<Real>(fraction + F::root_half);

    // log(1 + f) = f - s (f - R(z)), arranged so that f enters exactly
    const Real f = m - 1;
    const Real s = f / (2 + f);
    const Real z = s * s;
    const Real half_square = Real(0.5) * f * f;
    const Real low = fma(k, F::ln2_low, correction);
    const Real tail = fma(s, fma(z, log_tail(z), half_square), low);
    const Real result = fma(k, F::ln2_high, f - (half_square - tail));

    // infinity and NaN are themselves; 0 gives -infinity, negative numbers NaN
    const Real at_most_zero = u == 0 ? -infinity<Real> : no_number<Real>;
    const Real finite = u > 0 ? result : at_most_zero;
    return u < infinity<Real> ? finite : u;
}

} // namespace detail

/// e^x.
template <class Real> LAMINA_FN inline Real exp(Real x) {
    using F = detail::Format<Real>;
    x = detail::clamp(x, F::exp_least, F::exp_most);
    // x = k ln 2 + r; the low bits of `shifted` hold the integer k
    const Real shifted = fma(x, F::per_ln2, F::whole);
    const Real k = shifted - F::whole;
    const Real r = fma(k, -F::ln2_low, fma(k, -F::ln2_high, x));
    const Real e_r = 1 + fma(r * r, detail::exp_tail(r), r);
    // 2^k as two factors, so that the last product rounds once also below the normal range
    const auto both = detail::bits_of(shifted) + 2 * F::bias;
    const auto one = both >> 1;
    const auto other = both - one;
    return e_r * detail::from_bits<Real>(one << F::fraction_bits) *
           detail::from_bits<Real>(other << F::fraction_bits);
}

/// e^x for x <= 88 (float), 709 (double), in two thirds of the operations of exp: the same bits
/// where e^x is a normal number, and 0 where it lies half an octave or more below that range.
template <class Real> LAMINA_FN inline Real exp_flushed(Real x) {
    using F = detail::Format<Real>;
    // at the least argument the exponent field below is 0, and so is the factor it stands for
    x = x < F::flushed_least ? F::flushed_least : x;
    // the bias of the exponent is added along with the rounding
    const Real shifted = fma(x, F::per_ln2, F::whole + Real(F::bias));
    const Real k = shifted - (F::whole + Real(F::bias));
    const Real r = fma(k, -F::ln2_low, fma(k, -F::ln2_high, x));
    const Real e_r = 1 + fma(r * r, detail::exp_tail(r), r);
    return e_r * detail::from_bits<Real>(detail::bits_of(shifted) << F::fraction_bits);
}

/// e^x - 1, without cancellation near 0.
template <class Real> LAMINA_FN inline Real expm1(Real x_given) {
    using F = detail::Format<Real>;
    const Real x = detail::clamp(x_given, F::expm1_least, F::expm1_most);
    const Real shifted = fma(x, F::per_ln2, F::whole);
    const Real k = shifted - F::whole;
    // r and what its rounding lost
    const Real r_high = fma(k, -F::ln2_high, x);
    const Real r = fma(k, -F::ln2_low, r_high);
    const Real r_lost = fma(k, -F::ln2_low, r_high - r);
    // e^r - 1 = r + rest; sum is rounded, `lost` keeps the remainder
    const Real rest = fma(r * r, detail::expm1_tail(r), r_lost);
    const Real sum = r + rest;
    const Real lost = (r - sum) + rest;
    // 2^k (1 + sum) - 1, at half scale because 2^1024 is no number; what rounds off comes last
    const Real half_scale =
        detail::from_bits<Real>((detail::bits_of(shifted) + (F::bias - 1)) << F::fraction_bits);
    const Real whole = half_scale - Real(0.5);
    const Real high = fma(half_scale, sum, whole);
    const Real low = fma(half_scale, sum, whole - high) + ((half_scale - whole) - Real(0.5));
    const Real result = 2 * (high + fma(half_scale, lost, low));
    // a number this small is its own answer, and -0 stays -0
    return detail::absolute(x_given) < epsilon<Real> / 4 ? x_given : result;
}

/// Natural logarithm; -infinity at 0, NaN below.
template <class Real> LAMINA_FN inline Real log(Real x) { return detail::log_plus(x, Real(0)); }

/// log(1 + x), without cancellation near 0.
template <class Real> LAMINA_FN inline Real log1p(Real x) {
    // u = 1 + x rounded; what rounding lost comes back as its first-order term
    const Real u = 1 + x;
    const Real x_in_u = u - 1;
    const Real lost = (1 - (u - x_in_u)) + (x - x_in_u);
    const Real result = detail::log_plus(u, lost / u);
    const Real beyond = x == -1 ? -infinity<Real> : u;
    const Real finite = u < infinity<Real> ? result : u;
    const Real answer = u == 0 ? beyond : finite;
    return x == 0 ? x : answer;
}

/// Hyperbolic tangent, by expm1(2 |x|).
template <class Real> LAMINA_FN inline Real tanh(Real x) {
    const Real most = detail::Format<Real>::tanh_most;
    const Real magnitude = detail::absolute(x);
    const Real e = expm1(2 * (magnitude > most ? most : magnitude));
    return detail::signed_as(e / (e + 2), x);
}

/// Error function, 2/sqrt(pi) times the integral of e^(-t^2) from 0 to x.
template <class Real> LAMINA_FN inline Real erf(Real x) {
    const Real most = detail::Format<Real>::erf_most;
    const Real magnitude = detail::absolute(x);
    const Real far = magnitude > most ? most : magnitude;
    const Real t = (far - 2) / (far + 2);
    const Real one_minus = fma(-exp(-far * far), detail::erfc_scaled(t), Real(1));
    const Real near = fma(magnitude, detail::erf_near(magnitude * magnitude), magnitude);
    return detail::signed_as(magnitude < 1 ? near : one_minus, x);
}

namespace detail {

/// sin(2 pi (turns + quarters / 4)), |turns| < 2^(fraction_bits - 3).
template <class Real> LAMINA_FN inline Real sine_of_turns(Real turns, int quarters) {
    using F = Format<Real>;
    // to the nearest quarter turn, exactly: |r| <= 1/8
    const Real shifted = fma(turns, Real(4), F::whole);
    const Real r = fma(shifted - F::whole, Real(-0.25), turns);
    const Real z = r * r;
    const Real sine = fma(r, F::two_pi_high, r * fma(z, sine_tail(z), F::two_pi_low));
    const Real cosine = fma(z, cosine_tail(z), Real(1));
    // quadrants 0..3: sine, cosine, -sine, -cosine
    const auto quadrant = bits_of(shifted) + static_cast<typename F::Bits>(quarters);
    const Real value = (quadrant & 1) != 0 ? cosine : sine;
    return from_bits<Real>(bits_of(value) ^ ((quadrant & 2) << (8 * sizeof(Real) - 2)));
}

} // namespace detail

/// sin(2 pi turns) and cos(2 pi turns): the argument counts whole turns, so that no digit is lost
/// on 2 pi. |turns| < 2^49 (double), 2^20 (float).
template <class Real> LAMINA_FN inline Real sin_turns(Real turns) {
    return detail::sine_of_turns(turns, 0);
}
template <class Real> LAMINA_FN inline Real cos_turns(Real turns) {
    return detail::sine_of_turns(turns, 1);
}

// correctly rounded by IEEE 754, hence the same everywhere
template <class Real> LAMINA_FN inline Real sqrt(Real x) {
    static_assert(!std::numeric_limits<Real>::is_integer, "the root of an integer is none");
    return std::sqrt(x);
}

} // namespace lamina::math

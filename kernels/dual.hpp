/// A number with its derivative in one direction, so that what is written once for Real also gives
/// its exact Jacobian times a vector (forward accumulation; Griewank & Walther 2008,
/// doi:10.1137/1.9780898717761):
///
///     f(x + e x') = f(x) + e f'(x) x',   e^2 = 0
///
/// It compares as its value. At a corner, where a drive meets its limit or a rate its baseline, the
/// derivative is that of the branch taken.
#pragma once

#include <limits>

#include "kernels/math.hpp"

namespace lamina {

struct Dual {
    double value = 0, slope = 0;

    constexpr Dual() = default;
    constexpr Dual(double value, double slope = 0) : value(value), slope(slope) {} // NOLINT
    explicit constexpr operator double() const { return value; }

    friend constexpr Dual operator+(Dual a, Dual b) {
        return {a.value + b.value, a.slope + b.slope};
    }
    friend constexpr Dual operator-(Dual a, Dual b) {
        return {a.value - b.value, a.slope - b.slope};
    }
    friend constexpr Dual operator*(Dual a, Dual b) {
        return {a.value * b.value, a.value * b.slope + a.slope * b.value};
    }
    friend constexpr Dual operator/(Dual a, Dual b) {
        const double ratio = a.value / b.value;
        return {ratio, (a.slope - ratio * b.slope) / b.value};
    }
    friend constexpr Dual operator-(Dual a) { return {-a.value, -a.slope}; }
    friend constexpr Dual& operator+=(Dual& a, Dual b) { return a = a + b; }
    friend constexpr Dual& operator-=(Dual& a, Dual b) { return a = a - b; }
    friend constexpr Dual& operator*=(Dual& a, Dual b) { return a = a * b; }
    friend constexpr Dual& operator/=(Dual& a, Dual b) { return a = a / b; }

    friend constexpr bool operator<(Dual a, Dual b) { return a.value < b.value; }
    friend constexpr bool operator>(Dual a, Dual b) { return a.value > b.value; }
    friend constexpr bool operator<=(Dual a, Dual b) { return a.value <= b.value; }
    friend constexpr bool operator>=(Dual a, Dual b) { return a.value >= b.value; }
    friend constexpr bool operator==(Dual a, Dual b) { return a.value == b.value; }
    friend constexpr bool operator!=(Dual a, Dual b) { return a.value != b.value; }
};

inline Dual fma(Dual a, Dual b, Dual c) {
    return {std::fma(a.value, b.value, c.value), a.value * b.slope + a.slope * b.value + c.slope};
}

namespace math {

template <> inline Dual exp(Dual x) {
    const double e = exp(x.value);
    return {e, e * x.slope};
}
template <> inline Dual exp_flushed(Dual x) {
    const double e = exp_flushed(x.value);
    return {e, e * x.slope};
}
template <> inline Dual expm1(Dual x) { return {expm1(x.value), exp(x.value) * x.slope}; }
template <> inline Dual log(Dual x) { return {log(x.value), x.slope / x.value}; }
template <> inline Dual sqrt(Dual x) {
    const double root = sqrt(x.value);
    return {root, x.slope / (2 * root)};
}
template <> inline Dual tanh(Dual x) {
    const double t = tanh(x.value);
    return {t, (1 - t * t) * x.slope};
}
template <> inline Dual erf(Dual x) {
    constexpr double two_per_root_pi = 1.1283791670955126;
    return {erf(x.value), two_per_root_pi * exp(-x.value * x.value) * x.slope};
}

} // namespace math
} // namespace lamina

template <> class std::numeric_limits<lamina::Dual> : public std::numeric_limits<double> {
  public:
    static constexpr lamina::Dual infinity() { return std::numeric_limits<double>::infinity(); }
    static constexpr lamina::Dual quiet_NaN() { return std::numeric_limits<double>::quiet_NaN(); }
    static constexpr lamina::Dual min() { return std::numeric_limits<double>::min(); }
    static constexpr lamina::Dual epsilon() { return std::numeric_limits<double>::epsilon(); }
};

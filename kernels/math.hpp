/// Our own elementary functions: the same bits from every compiler and machine, and loops over them
/// vectorise. Built from fma, +, * and bit operations only.
#pragma once

#include <cstring>

#include "kernels/portable.hpp"

namespace lamina::math {

// For now the C library; the names are the contract.
template <class Real>
LAMINA_FN inline Real exp(Real x) { return std::exp(x); }
template <class Real>
LAMINA_FN inline Real log(Real x) { return std::log(x); }
template <class Real>
LAMINA_FN inline Real expm1(Real x) { return std::expm1(x); }
template <class Real>
LAMINA_FN inline Real tanh(Real x) { return std::tanh(x); }
template <class Real>
LAMINA_FN inline Real erf(Real x) { return std::erf(x); }
LAMINA_FN inline double sqrt(double x) { return std::sqrt(x); }
LAMINA_FN inline float sqrt(float x) { return std::sqrt(x); }

} // namespace lamina::math

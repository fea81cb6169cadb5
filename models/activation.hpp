/// Activation functions of the feed-forward layer.
///
///     relu(x) = max(x, 0)      gelu(x) = x/2 (1 + erf(x / sqrt 2))
///     gelu_tanh(x) = x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))
///
/// Source: Hendrycks & Gimpel (2016), arXiv:1606.08415.
#pragma once

#include "kernels/math.hpp"
#include "kernels/portable.hpp"

namespace lamina {

template <class Real> LAMINA_FN inline Real relu(Real x) { return x > 0 ? x : Real(0); }
template <class Real> LAMINA_FN inline Real gelu(Real x) {
    return x / 2 * (1 + math::erf(x * Real(0.70710678118654752)));
}
template <class Real> LAMINA_FN inline Real gelu_tanh(Real x) {
    const Real inner = Real(0.79788456080286536) * fma(Real(0.044715) * x * x, x, x);
    return x / 2 * (1 + math::tanh(inner));
}

// the same as types, for bodies
struct Relu {
    template <class Real> LAMINA_FN static Real of(Real x) { return relu(x); }
};
struct Gelu {
    template <class Real> LAMINA_FN static Real of(Real x) { return gelu(x); }
};
struct GeluTanh {
    template <class Real> LAMINA_FN static Real of(Real x) { return gelu_tanh(x); }
};

} // namespace lamina

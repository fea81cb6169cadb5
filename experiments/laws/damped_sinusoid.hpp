/// A damped sinusoid through equidistant samples, x_n = Re(c z^n) with z = r exp(i theta).
///
/// Such a signal obeys x_{n+1} = 2 r cos(theta) x_n - r^2 x_{n-1} exactly (Prony 1795). The two
/// coefficients are fitted by least squares with every equation divided by its own size, so that
/// early and late cycles count alike; real roots mean that it does not ring.
#pragma once

#include <cstddef>
#include <vector>

namespace lamina::laws {

struct DampedSinusoid {
    double frequency_Hz; ///< NaN: does not ring
    double decay_ms;     ///< to 1 / e; of the slower part when it does not ring
    double cosine, sine; ///< x(t) = exp(-t / decay) (cosine cos(2 pi f t) + sine sin(2 pi f t))

    /// Its value; NaN when it does not ring.
    double at(double t_ms) const;
};

/// Fit to samples [first, last) of x, `every_ms` apart, t = 0 at x[0]; all NaN below 6 samples.
DampedSinusoid fit_damped_sinusoid(const std::vector<double>& x, double every_ms, std::size_t first,
                                   std::size_t last);

} // namespace lamina::laws

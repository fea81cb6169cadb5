#include "experiments/laws/damped_sinusoid.hpp"

#include <cmath>

#include "experiments/laws/closed_forms.hpp"

namespace lamina::laws {
namespace {

/// (a, b) that minimise sum (y - a x_1 - b x_2)^2, from the sums of products.
struct Moments {
    double aa = 0, ab = 0, bb = 0, ay = 0, by = 0;
    void add(double a, double b, double y, double weight) {
        aa += weight * a * a, ab += weight * a * b, bb += weight * b * b;
        ay += weight * a * y, by += weight * b * y;
    }
    double first() const { return (ay * bb - by * ab) / (aa * bb - ab * ab); }
    double second() const { return (aa * by - ab * ay) / (aa * bb - ab * ab); }
};

} // namespace

double DampedSinusoid::at(double t_ms) const {
    const double phase = 2 * pi * frequency_Hz * 1e-3 * t_ms;
    return std::exp(-t_ms / decay_ms) * (cosine * std::cos(phase) + sine * std::sin(phase));
}

DampedSinusoid fit_damped_sinusoid(const std::vector<double>& x, double every_ms, std::size_t first,
                                   std::size_t last) {
    DampedSinusoid fit{none, none, none, none};
    if (last > x.size() || last < first + 6) return fit;

    // the recurrence, every equation divided by its size
    Moments recurrence;
    for (std::size_t n = first + 1; n + 1 < last; ++n) {
        const double size = x[n] * x[n] + x[n - 1] * x[n - 1];
        if (size > 0) recurrence.add(x[n], x[n - 1], x[n + 1], 1 / size);
    }
    const double u = recurrence.first(), v = recurrence.second();
    const double discriminant = u * u + 4 * v;
    if (!(discriminant < 0)) {
        const double root = (u + std::sqrt(discriminant)) / 2;
        fit.decay_ms = root > 0 && root < 1 ? -every_ms / std::log(root) : none;
        return fit;
    }
    const double r = std::sqrt(-v);
    fit.decay_ms = -every_ms / std::log(r);
    fit.frequency_Hz = std::acos(u / (2 * r)) / (2 * pi * every_ms) * 1e3;

    // amplitude and phase, samples divided by the envelope
    Moments shape;
    for (std::size_t n = first; n < last; ++n) {
        const double t_ms = double(n) * every_ms, phase = 2 * pi * fit.frequency_Hz * 1e-3 * t_ms;
        shape.add(std::cos(phase), std::sin(phase), x[n] * std::exp(t_ms / fit.decay_ms), 1);
    }
    fit.cosine = shape.first(), fit.sine = shape.second();
    return fit;
}

} // namespace lamina::laws

#include "analysis/spectrum.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "analysis/angle.hpp"
#include "sim/run_file/not_known.hpp"

namespace lamina::analysis {
namespace {

bool is_power_of_two(std::size_t n) { return n > 0 && (n & (n - 1)) == 0; }

/// Log density averaged over log frequency with a Gaussian window of this width.
double smoothed(const Spectrum& s, double log_Hz, double width) {
    double sum = 0, weights = 0;
    for (std::size_t k = 1; k < s.density.size(); ++k) {
        const double z = (std::log(s.frequency_Hz[k]) - log_Hz) / width;
        if (std::fabs(z) > 4) continue;
        // bins lie denser at high frequencies: 1 / f makes each octave count alike
        const double weight = std::exp(-z * z / 2) / s.frequency_Hz[k];
        sum += weight * std::log(s.density[k]), weights += weight;
    }
    return sum / weights;
}

constexpr int n_coefficients = 6;
using Polynomial = std::array<double, n_coefficients>;

/// Least-squares polynomial through (z, y), |z| <= 1, by the normal equations.
Polynomial polynomial_through(const std::vector<double>& z, const std::vector<double>& y) {
    double m[n_coefficients][n_coefficients + 1] = {};
    for (std::size_t i = 0; i < z.size(); ++i) {
        double power[2 * n_coefficients];
        power[0] = 1;
        for (int order = 1; order < 2 * n_coefficients; ++order)
            power[order] = power[order - 1] * z[i];
        for (int row = 0; row < n_coefficients; ++row) {
            for (int column = 0; column < n_coefficients; ++column)
                m[row][column] += power[row + column];
            m[row][n_coefficients] += power[row] * y[i];
        }
    }
    // Gauss and Jordan; positive definite, so that no rows need exchange
    for (int pivot = 0; pivot < n_coefficients; ++pivot)
        for (int row = 0; row < n_coefficients; ++row) {
            if (row == pivot) continue;
            const double factor = m[row][pivot] / m[pivot][pivot];
            for (int column = pivot; column <= n_coefficients; ++column)
                m[row][column] -= factor * m[pivot][column];
        }
    Polynomial c;
    for (int row = 0; row < n_coefficients; ++row) c[row] = m[row][n_coefficients] / m[row][row];
    return c;
}

double value_at(const Polynomial& c, double z) {
    double value = 0;
    for (int order = n_coefficients; order-- > 0;) value = value * z + c[order];
    return value;
}

} // namespace

void fft(std::vector<std::complex<double>>& x) {
    const std::size_t n = x.size();
    if (!is_power_of_two(n)) throw std::invalid_argument("fft: the length is not a power of two");
    // bit-reversed order
    for (std::size_t i = 1, j = 0; i < n; ++i) {
        std::size_t bit = n >> 1;
        for (; j & bit; bit >>= 1) j ^= bit;
        j |= bit;
        if (i < j) std::swap(x[i], x[j]);
    }
    // roots of unity, each by its own angle: no error accumulates along the row
    std::vector<std::complex<double>> root(n / 2);
    for (std::size_t k = 0; k < n / 2; ++k)
        root[k] = std::polar(1.0, -2 * pi * static_cast<double>(k) / static_cast<double>(n));
    for (std::size_t length = 2; length <= n; length *= 2)
        for (std::size_t first = 0; first < n; first += length)
            for (std::size_t k = 0; k < length / 2; ++k) {
                const std::complex<double> even = x[first + k];
                const std::complex<double> odd = x[first + k + length / 2] * root[k * (n / length)];
                x[first + k] = even + odd;
                x[first + k + length / 2] = even - odd;
            }
}

Spectrum welch(const std::vector<double>& x, double every_ms, std::size_t segment) {
    if (!is_power_of_two(segment) || segment < 4 || segment > x.size())
        throw std::invalid_argument("welch: a window is a power of two and within the signal");
    std::vector<double> window(segment);
    double power = 0;
    for (std::size_t n = 0; n < segment; ++n) {
        window[n] = 0.5 - 0.5 * std::cos(2 * pi * static_cast<double>(n) / double(segment));
        power += window[n] * window[n];
    }
    Spectrum out;
    const double rate_Hz = 1000 / every_ms;
    for (std::size_t k = 0; k <= segment / 2; ++k)
        out.frequency_Hz.push_back(static_cast<double>(k) * rate_Hz / double(segment));
    out.density.assign(segment / 2 + 1, 0);

    std::size_t n_windows = 0;
    std::vector<std::complex<double>> part(segment);
    for (std::size_t first = 0; first + segment <= x.size(); first += segment / 2, ++n_windows) {
        double mean = 0;
        for (std::size_t n = 0; n < segment; ++n) mean += x[first + n] / double(segment);
        for (std::size_t n = 0; n < segment; ++n) part[n] = (x[first + n] - mean) * window[n];
        fft(part);
        for (std::size_t k = 0; k < out.density.size(); ++k) out.density[k] += std::norm(part[k]);
    }
    // negative frequencies are folded onto the positive ones, except at 0 and Nyquist
    for (std::size_t k = 0; k < out.density.size(); ++k)
        out.density[k] *= (k == 0 || k == segment / 2 ? 1 : 2) /
                          (rate_Hz * power * static_cast<double>(n_windows));
    return out;
}

Spectrum mean_of(const std::vector<Spectrum>& spectra) {
    Spectrum out = spectra.at(0);
    for (std::size_t i = 1; i < spectra.size(); ++i)
        for (std::size_t k = 0; k < out.density.size(); ++k)
            out.density[k] += spectra[i].density.at(k);
    for (double& density : out.density) density /= static_cast<double>(spectra.size());
    return out;
}

double peak_Hz(const Spectrum& s, double low_Hz, double high_Hz) {
    // where the smoothed spectrum is highest; at an end of the range there is no maximum inside
    const int n_grid = 200;
    const double low = std::log(low_Hz), high = std::log(high_Hz);
    int best = 0;
    double best_value = -std::numeric_limits<double>::infinity();
    for (int i = 0; i <= n_grid; ++i) {
        const double value = smoothed(s, low + (high - low) * i / n_grid, 0.1);
        if (value > best_value) best_value = value, best = i;
    }
    if (best == 0 || best == n_grid) return nan;

    // twice: the second window is centred on the first answer
    double centre = low + (high - low) * best / n_grid;
    const double reach = std::log(1.6);
    for (int pass = 0; pass < 2; ++pass) {
        std::vector<double> z, y;
        for (std::size_t k = 1; k < s.density.size(); ++k) {
            const double away = (std::log(s.frequency_Hz[k]) - centre) / reach;
            if (std::fabs(away) <= 1) z.push_back(away), y.push_back(std::log(s.density[k]));
        }
        if (z.size() < 2 * n_coefficients) return nan;
        const Polynomial c = polynomial_through(z, y);
        // its highest point, to 1e-3 of the reach; at an end it is none
        const int n_fine = 2000;
        int top = 0;
        for (int i = 1; i <= n_fine; ++i)
            if (value_at(c, 2.0 * i / n_fine - 1) > value_at(c, 2.0 * top / n_fine - 1)) top = i;
        if (top == 0 || top == n_fine) return nan;
        const double z_top = 2.0 * top / n_fine - 1;
        centre += z_top * reach;
    }
    return std::exp(centre);
}

} // namespace lamina::analysis

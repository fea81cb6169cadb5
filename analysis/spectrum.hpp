/// Power spectra of regularly sampled signals, by Welch's method, and where they peak.
#pragma once

#include <complex>
#include <cstddef>
#include <vector>

namespace lamina::analysis {

/// Discrete Fourier transform in place, X_k = sum_n x_n exp(-2 pi i k n / N).
///
/// @param x  any length that is a power of two
/// @throws std::invalid_argument for another length
/// @source  Cooley & Tukey (1965), radix 2
void fft(std::vector<std::complex<double>>& x);

/// One-sided power spectral density: its sum times the bin width is the variance.
struct Spectrum {
    std::vector<double> frequency_Hz; ///< rising from 0 to the Nyquist frequency
    std::vector<double> density;      ///< unit of the signal squared, per Hz
};

/// Mean periodogram of half-overlapping Hann windows, each with its mean removed.
///
/// @param x         samples `every_ms` apart
/// @param segment   length of a window in samples, a power of two, at most x.size()
/// @throws std::invalid_argument when the signal is shorter than a window
/// @source  Welch (1967), doi:10.1109/TAU.1967.1161901
Spectrum welch(const std::vector<double>& x, double every_ms, std::size_t segment);

/// Mean of spectra over the same frequencies.
Spectrum mean_of(const std::vector<Spectrum>& spectra);

/// Frequency of the highest point between two frequencies; NaN when the spectrum has no maximum
/// inside. A single bin scatters by its own chi-squared noise, so that the peak of a broad
/// resonance is read from a cubic in log frequency, fitted to the log density within a factor 1.6
/// of the maximum of the smoothed spectrum.
double peak_Hz(const Spectrum& spectrum, double low_Hz, double high_Hz);

} // namespace lamina::analysis

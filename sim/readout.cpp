#include "sim/readout.hpp"

#include <cmath>

#include "kernels/normal.hpp"
#include "models/angle.hpp"
#include "models/draws.hpp"

namespace lamina {
namespace {

/// The units that count, from and to.
std::pair<std::size_t, std::size_t> counted_units(const Question& question, std::size_t d_model) {
    if (question.n_units == 0) return {0, d_model};
    const auto first = std::size_t(question.first_unit);
    return {first, first + std::size_t(question.n_units)};
}

} // namespace

std::vector<double> routed_content(const AttentionWeights& weights, const std::vector<double>& o) {
    const std::size_t d = std::size_t(weights.d_model), width = o.size();
    std::vector<double> content(d);
    for (std::size_t row = 0; row < d; ++row)
        for (std::size_t i = 0; i < width; ++i) content[row] += weights.W_O[row * width + i] * o[i];
    return content;
}

std::vector<double> match_target(const AreaSpec& area, const AttentionWeights& weights,
                                 const std::vector<double>& target) {
    if (area.norm != Norm::pre) return target;
    const std::size_t d = target.size();
    double mean = 0, variance = 0;
    for (double x : target) mean += x / double(d);
    for (double x : target) variance += (x - mean) * (x - mean) / double(d);
    std::vector<double> n(d);
    for (std::size_t i = 0; i < d; ++i)
        n[i] = weights.g_1[i] * (target[i] - mean) / std::sqrt(variance + area.norm_epsilon) +
               weights.beta_1[i];
    return n;
}

double evidence(const ReadoutSpec& spec, const Question& question,
                const std::vector<double>& content, const std::vector<double>& target) {
    const auto [from, to] = counted_units(question, content.size());
    double ct = 0, cc = 0, tt = 0;
    for (std::size_t i = from; i < to; ++i) {
        ct += content[i] * target[i];
        cc += content[i] * content[i];
        tt += target[i] * target[i];
    }
    const double cosine = cc == 0 || tt == 0 ? 0 : ct / std::sqrt(cc * tt);
    const double likeness = spec.gain * (cosine - question.criterion);
    return question.unlike ? -likeness : likeness;
}

double reported_angle(const ReadoutSpec& spec, const Question& question,
                      const std::vector<double>& content, std::uint64_t seed, std::uint32_t trial) {
    const auto [from, to] = counted_units(question, content.size());
    double x = 0, y = 0, size = 0;
    for (std::size_t i = from; i < to; ++i) {
        const double preferred_rad = 2 * pi * double(i - from) / double(to - from);
        x += content[i] * std::cos(preferred_rad);
        y += content[i] * std::sin(preferred_rad);
        size += std::abs(content[i]);
    }
    // 1e-12: above the rounding of the sum, below any content that points somewhere
    const bool points = std::hypot(x, y) > 1e-12 * size;
    double angle_rad =
        points ? std::atan2(y, x) : 2 * pi * Draws(seed, trial, Stream::motor, 1).uniform();
    angle_rad += spec.motor_noise_deg * rad_per_deg * normal(seed, trial, Stream::motor, 0, 0);
    return std::remainder(angle_rad, 2 * pi);
}

} // namespace lamina

/// Laws from which weights, delays and initial states are drawn, one random word per value.
///
///     constant          mean
///     normal_clipped    N(mean, sd^2), what lies outside [least, most] set to its end
///     normal_redrawn    N(mean, sd^2) given that it lies in [least, most]
///     lognormal         exp(N(m, s^2)) with this mean and SD, times the mean's sign
///     uniform           equally likely in [least, most]
///
/// A value is a function of its word: redrawing is the quantile function between the
/// probabilities of the two ends, which is the same law without a loop.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "kernels/math.hpp"
#include "kernels/normal_quantile.hpp"
#include "kernels/portable.hpp"

namespace lamina {

enum class LawKind { constant, normal_clipped, normal_redrawn, lognormal, uniform };

/// In the unit of what is drawn.
struct ValueLaw {
    LawKind kind = LawKind::constant;
    double mean = 0, sd = 0;
    double least = -std::numeric_limits<double>::infinity();
    double most = std::numeric_limits<double>::infinity();

    /// The ends of what can be drawn: a word gives |z| < 6.34.
    double smallest() const {
        const double reach = largest_normal * sd;
        switch (kind) {
        case LawKind::constant:
            return mean;
        case LawKind::uniform:
            return least;
        case LawKind::lognormal:
            return mean < 0 ? -lognormal_reach() : 0;
        default:
            return std::min(std::max(mean - reach, least), most);
        }
    }
    double largest() const {
        const double reach = largest_normal * sd;
        switch (kind) {
        case LawKind::constant:
            return mean;
        case LawKind::uniform:
            return most;
        case LawKind::lognormal:
            return mean < 0 ? 0 : lognormal_reach();
        default:
            return std::max(std::min(mean + reach, most), least);
        }
    }
    double log_sd() const { return std::sqrt(std::log1p(sd * sd / (mean * mean))); }

  private:
    double lognormal_reach() const {
        const double s = log_sd();
        return std::fabs(mean) * std::exp(s * (largest_normal - 0.5 * s));
    }
};

/// Phi(z), the share of the standard normal law below z.
inline double normal_share_below(double z) { return 0.5 * std::erfc(-z / std::sqrt(2.0)); }

/// Body, one item = one value, in units of `unit`.
template <LawKind kind> struct DrawValue {
    const std::uint32_t* words; ///< [n]
    float* values;              ///< [n]
    float location, scale, least, most;
    std::uint32_t first_word, span; ///< of normal_redrawn

    DrawValue(const ValueLaw& law, double unit, const std::uint32_t* words_, float* values_)
        : words(words_), values(values_), location(float(law.mean / unit)),
          scale(float(law.sd / unit)), least(float(law.least / unit)), most(float(law.most / unit)),
          first_word(0), span(0xffffffffu) {
        if constexpr (kind == LawKind::uniform) location = least, scale = most - least;
        if constexpr (kind == LawKind::lognormal) {
            scale = float(law.log_sd());
            location =
                float(std::log(std::fabs(law.mean) / unit) - 0.5 * law.log_sd() * law.log_sd());
            most = law.mean < 0 ? -1.0f : 1.0f;
        }
        if constexpr (kind == LawKind::normal_redrawn) {
            const double from = normal_share_below((law.least - law.mean) / law.sd);
            const double to = normal_share_below((law.most - law.mean) / law.sd);
            first_word = static_cast<std::uint32_t>(from * 4294967296.0);
            span = static_cast<std::uint32_t>(std::min((to - from) * 4294967296.0, 4294967295.0));
        }
    }

    LAMINA_FN void operator()(std::size_t item) const {
        if constexpr (kind == LawKind::constant) {
            values[item] = location;
            return;
        }
        std::uint32_t word = words[item];
        if constexpr (kind == LawKind::uniform) {
            // 24 bits, so that the largest word stays below the upper end
            values[item] = fma(
                scale, (static_cast<float>(static_cast<std::int32_t>(word >> 8)) + 0.5f) * 0x1p-24f,
                location);
            return;
        }
        if constexpr (kind == LawKind::normal_redrawn)
            word = first_word + static_cast<std::uint32_t>((std::uint64_t(word) * span) >> 32);
        const float x = fma(scale, normal_quantile(word), location);
        if constexpr (kind == LawKind::lognormal) {
            values[item] = most * math::exp(x);
        } else {
            const float above = x < least ? least : x;
            values[item] = above > most ? most : above;
        }
    }
};

} // namespace lamina

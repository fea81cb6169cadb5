#include "analysis/scale.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "analysis/svg.hpp"

namespace lamina::analysis {
namespace {

/// The number with the decimals its step needs, and a true minus sign.
std::string label_of(double value, double step) {
    const double size = std::max(std::fabs(value), step);
    if (size >= 1e6 || step < 2e-4) {
        // digits down to the step, which itself may need two: 2.5e-11
        const auto power = [](double x) { return std::floor(std::log10(x) + 1e-9); };
        const double steps = step / std::pow(10, power(step));
        const double more = std::fabs(steps - std::round(steps)) > 1e-6 ? 1 : 0;
        const double digits = power(size) - power(step) + 1 + more;
        return readable(value, std::clamp(static_cast<int>(digits), 1, 5));
    }
    // 0.25 needs a decimal more than its power of ten says
    int decimals = std::max(0, -static_cast<int>(std::floor(std::log10(step) + 1e-9)));
    const double scaled = step * std::pow(10, decimals);
    if (std::fabs(scaled - std::round(scaled)) > 1e-6) ++decimals;
    std::string text = fmt::format("{:.{}f}", value, decimals);
    if (text.find_first_not_of("-0.") == std::string::npos && text[0] == '-') text.erase(0, 1);
    if (text[0] == '-') text.replace(0, 1, "\u2212");
    return text;
}

} // namespace

double Scale::operator()(double value) const {
    // equal ends: everything lies in the middle
    if (low == high && !std::isnan(value)) return 0.5 * (from_px + to_px);
    if (log) {
        if (!(value > 0)) return std::numeric_limits<double>::quiet_NaN();
        const double u = std::log(value / low) / std::log(high / low);
        return from_px + u * (to_px - from_px);
    }
    return from_px + (value - low) / (high - low) * (to_px - from_px);
}

std::vector<Tick> linear_ticks(double low, double high, int wanted) {
    if (!(high > low) || !std::isfinite(low) || !std::isfinite(high)) return {};
    const double rough = (high - low) / std::max(1, wanted);
    const double power = std::pow(10, std::floor(std::log10(rough)));
    double step = 10 * power;
    for (const double factor : {1.0, 2.0, 2.5, 5.0})
        if (factor * power >= rough * (1 - 1e-9)) {
            step = factor * power;
            break;
        }
    // count whole steps, so that 0.1 + 0.2 does not drift
    std::vector<Tick> ticks;
    const auto first = static_cast<long long>(std::ceil(low / step - 1e-9));
    const auto last = static_cast<long long>(std::floor(high / step + 1e-9));
    for (long long k = first; k <= last; ++k) {
        const double value = static_cast<double>(k) * step;
        ticks.push_back({value, label_of(value, step), false, 0});
    }
    return ticks;
}

std::vector<Tick> log_ticks(double low, double high, int wanted) {
    if (!(low > 0) || !(high > low)) return {};
    const int first = static_cast<int>(std::ceil(std::log10(low) - 1e-9));
    const int last = static_cast<int>(std::floor(std::log10(high) + 1e-9));
    std::vector<Tick> ticks;
    const bool plain = low >= 1e-3 && high <= 1e5; // few enough digits to be written out
    if (high < 30 * low || last - first < 1) {
        // about a decade: 1 2 5
        for (int power = first - 1; power <= last; ++power)
            for (const double factor : {1.0, 2.0, 5.0}) {
                const double value = factor * std::pow(10, power);
                if (value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9))
                    ticks.push_back(
                        {value, plain ? fmt::format("{:g}", value) : readable(value, 1), false, 0});
            }
        return ticks;
    }
    const int stride = std::max(1, (last - first + wanted) / std::max(1, wanted));
    for (int power = first; power <= last; ++power) {
        if ((power - last) % stride != 0) continue;
        const double value = std::pow(10, power);
        if (plain)
            ticks.push_back({value, fmt::format("{:g}", value), false, 0});
        else
            ticks.push_back({value, fmt::format("1e{}", power), true, power});
    }
    return ticks;
}

} // namespace lamina::analysis

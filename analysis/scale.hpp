/// From data to pixels, and the round numbers written beside an axis.
#pragma once

#include <string>
#include <vector>

namespace lamina::analysis {

/// One labelled position on an axis. `power` is set on logarithmic axes: the label is 10^power.
struct Tick {
    double value;
    std::string label;
    bool is_power = false;
    int power = 0;
};

/// A linear or logarithmic map of [low, high] onto [from_px, to_px]; the latter may run backwards.
struct Scale {
    bool log = false;
    double low = 0, high = 1, from_px = 0, to_px = 1;
    double operator()(double value) const; ///< NaN stays NaN; log of what is not positive is NaN
};

/// Round numbers (1, 2, 2.5 or 5 times a power of ten) inside [low, high], about `wanted` of them.
std::vector<Tick> linear_ticks(double low, double high, int wanted);

/// Powers of ten inside [low, high], thinned to about `wanted`; 1, 2, 5 times them when the range
/// is about a decade.
std::vector<Tick> log_ticks(double low, double high, int wanted);

} // namespace lamina::analysis

/// Times several things side by side on a machine that others use as well.
#pragma once

#include <algorithm>
#include <chrono>
#include <functional>
#include <vector>

namespace lamina {

/// Seconds per call: the least over many short windows is what the machine can do, the median what
/// it did today.
struct Timing {
    double least_s = 0, median_s = 0;
};

/// Runs each contestant for one window in turn, `n_windows` rounds after one to warm up, so that a
/// disturbance meets all of them. Within a window samples of at least 0.1 ms and one call are
/// timed: shorter than the slices in which a busy machine is shared out.
inline std::vector<Timing> time_interleaved(const std::vector<std::function<void()>>& contestants,
                                            int n_windows, double window_s) {
    using Clock = std::chrono::steady_clock;
    std::vector<std::vector<double>> seconds(contestants.size());
    for (int round = 0; round <= n_windows; ++round)
        for (std::size_t c = 0; c < contestants.size(); ++c) {
            const auto window = Clock::now();
            const auto since = [](Clock::time_point start) {
                return std::chrono::duration<double>(Clock::now() - start).count();
            };
            do {
                const auto start = Clock::now();
                double passed_s = 0;
                long n_calls = 0;
                do {
                    contestants[c]();
                    ++n_calls;
                    passed_s = since(start);
                } while (passed_s < 1e-4);
                if (round > 0) seconds[c].push_back(passed_s / double(n_calls));
            } while (since(window) < window_s);
        }
    std::vector<Timing> timings;
    for (std::vector<double>& s : seconds) {
        std::sort(s.begin(), s.end());
        timings.push_back({s.front(), s[s.size() / 2]});
    }
    return timings;
}

} // namespace lamina

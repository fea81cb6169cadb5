#include "sim/spike_counts.hpp"

#include <algorithm>
#include <limits>

namespace lamina {
namespace {

/// Appends what was counted in a bin, and begins the next.
void end_bin(std::vector<std::uint32_t>& bin, std::vector<std::uint16_t>& counts) {
    constexpr std::uint32_t most = std::numeric_limits<std::uint16_t>::max();
    for (std::uint32_t& n : bin) {
        counts.push_back(std::uint16_t(std::min(n, most)));
        n = 0;
    }
}

} // namespace

SpikeCounter::SpikeCounter(const std::vector<CountedUnits>& units, std::int64_t bin_steps)
    : units_(units), bin_steps_(bin_steps), now_(units.size()), counts_(units.size()) {
    for (std::size_t i = 0; i < units.size(); ++i) {
        const std::size_t n = units[i].neurons.size();
        now_[i] = {std::vector<std::uint32_t>(n),
                   std::vector<std::uint32_t>(units[i].numbers.size()),
                   std::vector<std::int64_t>(n, -1)};
        counts_[i].intervals.resize(n);
        counts_[i].interval_sum.resize(n), counts_[i].interval_squares.resize(n);
    }
}

void SpikeCounter::look(const Area& area, std::int64_t step) {
    for (std::size_t i = 0; i < units_.size(); ++i) {
        const StepSpikes spikes = area.step_spikes(i);
        const CountedUnits& units = units_[i];
        Now& now = now_[i];
        SpikeCounts& counts = counts_[i];
        for (std::size_t k = 0; k < units.neurons.size(); ++k) {
            const std::uint32_t n = spikes.of(units.neurons[k]);
            if (n == 0) continue;
            now.of_neurons[k] += n;
            if (now.last[k] >= 0) {
                const double interval = double(step - now.last[k]);
                counts.intervals[k] += 1;
                counts.interval_sum[k] += interval;
                counts.interval_squares[k] += interval * interval;
            }
            now.last[k] = step;
        }
        for (std::size_t k = 0; k < units.numbers.size(); ++k)
            for (std::uint32_t unit = 0; unit < units.n_each; ++unit)
                now.of_numbers[k] += spikes.of(units.numbers[k] + unit);
        if ((step + 1) % bin_steps_ != 0) continue;
        end_bin(now.of_neurons, counts.of_neurons);
        end_bin(now.of_numbers, counts.of_numbers);
    }
}

std::vector<SpikeCounts> SpikeCounter::take() { return std::move(counts_); }

} // namespace lamina

#include "sim/spikes/replay_part.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "sim/errors.hpp"

namespace lamina {
namespace {

struct Planned {
    std::int64_t step;
    std::uint32_t neuron; ///< number in the network
    bool operator<(const Planned& b) const {
        return step != b.step ? step < b.step : neuron < b.neuron;
    }
};

/// What is wrong with a population's list, said of its first spike that is wrong.
void check(const NeuronPopulationSpec& spec, double dt_ms) {
    if (!spec.parameters.empty())
        throw SpecError(fmt::format("{}: spike_times has no parameter `{}`", spec.name,
                                    spec.parameters.begin()->first));
    std::vector<Planned> all;
    for (const TimedSpike& s : spec.spikes) {
        if (!(s.time_ms > 0) || !(s.time_ms < 1e12))
            throw SpecError(fmt::format("{}: a spike at {:g} ms; the first possible one is at the "
                                        "end of the first step, {:g} ms",
                                        spec.name, s.time_ms, dt_ms));
        if (s.neuron >= spec.n)
            throw SpecError(fmt::format("{}: a spike of neuron {}, and there are {}: 0 to {}",
                                        spec.name, s.neuron, spec.n, spec.n - 1));
        all.push_back({step_ending_at_or_after(s.time_ms, dt_ms), s.neuron});
    }
    std::sort(all.begin(), all.end());
    for (std::size_t i = 1; i < all.size(); ++i)
        if (!(all[i - 1] < all[i]))
            throw SpecError(fmt::format("{}: neuron {} spikes twice in the step that ends at {:g} "
                                        "ms",
                                        spec.name, all[i].neuron, double(all[i].step + 1) * dt_ms));
}

class ReplayPart final : public NeuronPart {
  public:
    ReplayPart(const NetworkSpec& network, const Partition& partition, const PartBlock& block)
        : n_(block.n) {
        for (const PartRange& range : block.ranges) {
            const NeuronPopulationSpec& spec = network.populations[range.population];
            check(spec, network.dt_ms);
            const std::uint32_t first = partition.populations()[range.population].first;
            for (const TimedSpike& s : spec.spikes)
                if (s.neuron >= range.first && s.neuron < range.first + range.n)
                    spikes_.push_back(
                        {step_ending_at_or_after(s.time_ms, network.dt_ms), first + s.neuron});
        }
        std::sort(spikes_.begin(), spikes_.end());
    }
    void advance(std::int64_t step, std::int32_t* sums) override {
        std::fill(sums, sums + n_, 0);
        now_ = step;
    }
    void collect(std::vector<std::uint32_t>& spiking) const override {
        auto at = std::lower_bound(spikes_.begin(), spikes_.end(), Planned{now_, 0});
        for (; at != spikes_.end() && at->step == now_; ++at) spiking.push_back(at->neuron);
    }
    BadValue find_bad() const override { return {}; }
    void read(int, const std::string& variable, std::uint32_t, double*) const override {
        throw SpecError("spike_times has no variable `" + variable + "`");
    }
    std::size_t n_state_words() const override { return 0; } // all is in the list
    void save(int, std::size_t, std::uint64_t*) const override {}
    void restore(int, std::size_t, const std::uint64_t*) override {}
    ModelEpochs epochs(int) const override { return {}; }
    std::uint32_t word_of(const std::string& variable) const override {
        throw SpecError("spike_times has no variable `" + variable + "`");
    }

  private:
    std::uint32_t n_;
    std::vector<Planned> spikes_;
    std::int64_t now_ = 0;
};

} // namespace

NeuronModelEntry replay_entry() {
    return {
        "spike_times", "spikes at given times; input is ignored", "", {"ignored"}, {}, {""}, {}};
}

std::int64_t step_ending_at_or_after(double time_ms, double dt_ms) {
    // a time on the grid is that of its own step, whatever rounding made of it
    return std::int64_t(std::ceil(time_ms / dt_ms - 1e-6)) - 1;
}

std::unique_ptr<NeuronPart> make_replay_part(const NetworkSpec& network, const Partition& partition,
                                             int part, int block) {
    return std::make_unique<ReplayPart>(network, partition, partition.block(part, block));
}

} // namespace lamina

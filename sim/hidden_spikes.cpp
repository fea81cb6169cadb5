#include "sim/hidden_spikes.hpp"

#include <algorithm>

#include "kernels/count_spikes.hpp"
#include "kernels/cpu/exec.hpp"
#include "kernels/cpu/philox_rows.hpp"
#include "kernels/spike_hidden.hpp"
#include "sim/device_cells.hpp"

namespace lamina {
namespace {

constexpr std::size_t cells_at_once = 2048; ///< cells that stay in the cache for a step

class HiddenSpikesHere final : public HiddenSpikes {
  public:
    explicit HiddenSpikesHere(const HiddenSpikesPlan& plan)
        : plan_(plan), words_(cells_at_once), spiked_(cells_at_once), n_of_gate_(plan.n_gates()) {}

    void begin_step(const std::vector<float>& query, const std::vector<float>& key,
                    const CellNoise& noise, std::uint64_t step) override {
        std::fill(n_of_gate_.begin(), n_of_gate_.end(), 0);
        const std::size_t N = plan_.n_columns, n_units = plan_.n_units, n_cells = plan_.n_cells();
        SpikeHidden<float> body{};
        body.log_rate_dt = plan_.log_rate_dt;
        for (std::size_t first = 0; first < n_cells; first += cells_at_once) {
            const std::size_t last = std::min(first + cells_at_once, n_cells);
            cpu::random_words(noise.seed, noise.trial, Stream::cells, step, noise.which * 4, first,
                              last - first, words_.data());
            // gate by gate, as far as they lie in this part
            for (std::size_t cell = first; cell < last;) {
                const std::size_t gate = cell / n_units, unit = cell % n_units, row = gate / N,
                                  column = row / N * N + gate % N,
                                  n = std::min(n_units - unit, last - cell);
                body.query = query.data() + row * n_units + unit;
                body.key = key.data() + column * n_units + unit;
                body.words = words_.data() + (cell - first);
                body.spiked = spiked_.data() + (cell - first);
                cpu::run_items(0, n, body);
                std::uint32_t n_spikes = 0;
                cpu::run_rows(0, 1, CountSpikes{body.spiked, n, &n_spikes});
                n_of_gate_[gate] += n_spikes;
                cell += n;
            }
        }
    }
    void count(std::vector<std::uint32_t>& n_of_gates) const override { n_of_gates = n_of_gate_; }

  private:
    const HiddenSpikesPlan plan_;
    std::vector<std::uint32_t> words_;
    std::vector<std::uint8_t> spiked_;
    std::vector<std::uint32_t> n_of_gate_;
};

} // namespace

std::unique_ptr<HiddenSpikes> make_hidden_spikes(const HiddenSpikesPlan& plan,
                                                 const Device& device) {
    if (device.kind != Device::cpu) return make_device_hidden_spikes(device, plan);
    return std::make_unique<HiddenSpikesHere>(plan);
}

} // namespace lamina

#include "sim/burst_cells.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "kernels/count_spikes.hpp"
#include "kernels/cpu/exec.hpp"
#include "kernels/cpu/line_vector.hpp"
#include "kernels/cpu/philox_rows.hpp"
#include "sim/cells_plan.hpp"
#include "sim/device_cells.hpp"
#include "sim/errors.hpp"

namespace lamina {
namespace {

constexpr std::size_t block = 2048; ///< cells that stay in the cache for a step
constexpr double interval_ms = 16;
constexpr double exc_Hz = 100 * 5, inh_Hz = 30 * 5;
/// Weights in units of the leak, Payeur et al. (2021).
constexpr double exc_soma = 0.17, inh_soma = 0.26, exc_dendrite = 0.0425, inh_dendrite = 0.065;

class BurstCellsHere final : public BurstCells {
    using Model = BurstCellsPlan::Model;
    using Body = StepBurstCells<Model, float>;

  public:
    explicit BurstCellsHere(const BurstCellsPlan& plan)
        : n_groups_(plan.n_groups), n_neurons_(plan.n_neurons), body_(plan.body), rest_(plan.rest),
          words_(decltype(body_.state)::n_words * n()),
          trains_(decltype(body_.train)::n_words * n()), soma_mV_(n()), dendrite_mV_(n()),
          spike_(n()), event_(n()), burst_(n()), laws_(plan.laws), halves_(block),
          background_(std::size_t(Model::n_channels) * block) {
        for (std::size_t channel = 0; channel < laws_.size(); ++channel) {
            laws_[channel].cells = halves_.data();
            laws_[channel].sums = background_.data() + channel * block;
        }
        body_.background = background_.data();
        body_.background_stride = block;
        body_.state = {words_.data(), n()};
        body_.train = {trains_.data(), n()};
        start();
    }
    BurstCellsHere(const BurstCellsHere&) = delete; ///< its body points into itself
    BurstCellsHere& operator=(const BurstCellsHere&) = delete;

    void start() override {
        for (std::size_t i = 0; i < n(); ++i) {
            body_.state.store(i, rest_);
            body_.train.store(i, {body_.reach + 1, 0});
        }
    }

    void set_currents(const std::vector<double>& I_s_pA,
                      const std::vector<double>& I_d_pA) override {
        const auto spread = [&](const std::vector<double>& pA, float dt_per_pF, auto& of_cells) {
            for (std::size_t group = 0; group < n_groups_; ++group)
                std::fill_n(of_cells.begin() + std::ptrdiff_t(group * n_neurons_), n_neurons_,
                            float(pA[group]) * dt_per_pF);
        };
        spread(I_s_pA, body_.constants.soma.dt_per_pF, soma_mV_);
        spread(I_d_pA, body_.constants.dendrite.dt_per_pF, dendrite_mV_);
    }

    void begin_step(const CellNoise& noise, std::uint64_t step) override {
        for (std::size_t first = 0; first < n(); first += block) {
            const std::size_t n_here = std::min(block, n() - first);
            std::fill(background_.begin(), background_.end(), 0);
            for (std::uint32_t channel = 0; channel < Model::n_channels; ++channel) {
                cpu::random_halves(noise.seed, noise.trial, Stream::cells, step,
                                   noise.which * 4 + channel, first, n_here, halves_.data());
                cpu::run_items(0, n_here, laws_[channel]);
            }
            Body body = body_;
            body.state = {words_.data() + first, n()};
            body.train = {trains_.data() + first, n()};
            body.soma_mV = soma_mV_.data() + first, body.dendrite_mV = dendrite_mV_.data() + first;
            body.spike = spike_.data() + first;
            body.event = event_.data() + first, body.burst = burst_.data() + first;
            cpu::run_items(0, n_here, body);
        }
    }
    void count(Heard& heard) const override {
        const auto sum = [&](const auto& of_cells, std::vector<std::uint32_t>& sums) {
            sums.resize(n_groups_);
            cpu::run_rows(0, n_groups_, CountSpikes{of_cells.data(), n_neurons_, sums.data()});
        };
        sum(spike_, heard.spikes);
        sum(event_, heard.events);
        sum(burst_, heard.bursts);
    }
    const std::uint8_t* spiked() const override { return spike_.data(); }

    std::vector<std::uint32_t> state() const override {
        std::vector<std::uint32_t> all(words_.begin(), words_.end());
        all.insert(all.end(), trains_.begin(), trains_.end());
        return all;
    }
    void set_state(const std::uint32_t* words) override {
        std::copy_n(words, words_.size(), words_.begin());
        std::copy_n(words + words_.size(), trains_.size(), trains_.begin());
    }
    std::size_t n_state_words() const override { return words_.size() + trains_.size(); }

  private:
    std::size_t n() const { return n_groups_ * n_neurons_; }

    std::size_t n_groups_, n_neurons_;
    Body body_;
    Model::State rest_;
    cpu::LineVector<std::uint32_t> words_, trains_;
    cpu::LineVector<float> soma_mV_, dendrite_mV_;
    cpu::LineVector<std::uint8_t> spike_, event_, burst_;
    std::vector<AddPoisson<BurstCellsPlan::n_counts>> laws_; ///< background spikes of each channel
    cpu::LineVector<std::uint16_t> halves_;
    cpu::LineVector<std::int32_t> background_;
};

} // namespace

BurstCellsPlan burst_cells_plan(std::size_t n_groups, std::size_t n_neurons, double dt_ms) {
    using Model = BurstCellsPlan::Model;
    constexpr int n_counts = BurstCellsPlan::n_counts;
    if (!(dt_ms >= BurstCells::least_dt_ms && dt_ms <= BurstCells::most_dt_ms))
        throw SpecError(fmt::format("bursting cells need a step of {:g} to {:g} ms, not {:g} ms",
                                    BurstCells::least_dt_ms, BurstCells::most_dt_ms, dt_ms));
    const Model::Params cell;
    BurstCellsPlan plan{n_groups, n_neurons, Model::start(cell), {}, {}};
    const double soma_nS = cell.C_s_pF / cell.tau_s_ms, dendrite_nS = cell.C_d_pF / cell.tau_d_ms;
    const double rates_Hz[] = {exc_Hz, inh_Hz, exc_Hz, inh_Hz};
    const double weights_nS[] = {exc_soma * soma_nS, inh_soma * soma_nS, exc_dendrite * dendrite_nS,
                                 inh_dendrite * dendrite_nS};
    for (int channel = 0; channel < Model::n_channels; ++channel) {
        const PoissonTable table = poisson_table(rates_Hz[channel] * 1e-3 * dt_ms);
        LAMINA_EXPECT(table.n_counts <= n_counts);
        // an open cell, 1 in 2^14 or fewer, is taken for the largest count
        AddPoisson<n_counts> law{nullptr, nullptr, 1, {}};
        std::fill(std::begin(law.before), std::end(law.before), std::uint16_t(0xffff));
        std::copy_n(table.before.begin(), table.n_counts, law.before);
        plan.laws.push_back(law);
        plan.body.weight_nS[channel] = float(weights_nS[channel]);
    }
    plan.body.constants = Model::prepare(cell, dt_ms);
    plan.body.reach = std::int32_t(std::floor(interval_ms / dt_ms * (1 + 1e-12)));
    return plan;
}

std::unique_ptr<BurstCells> make_burst_cells(std::size_t n_groups, std::size_t n_neurons,
                                             double dt_ms, const Device& device) {
    const BurstCellsPlan plan = burst_cells_plan(n_groups, n_neurons, dt_ms);
    if (device.kind != Device::cpu) return make_device_burst_cells(device, plan);
    return std::make_unique<BurstCellsHere>(plan);
}

} // namespace lamina

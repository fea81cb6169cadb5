/// The same area made of spiking neurons: what AreaOf relaxes, here n neurons fire.
///
/// Each rate r of an opponent pair is n cells that fire at R r, each with noise of its own, and is
/// known to others by their spikes alone, filtered and delayed:
///
///     target r* = r_0 + [+-u]_+,  cells driven to R r* by their measured f-I curve (cells.hpp)
///     r += (1 - exp(-dt / tau)) (n_spikes / (n R dt) - r),  read a delay later
///
/// u is what the circuit of rates computes from the filtered spikes of the others: weights through
/// W, dendritic products q k, values gated by a. A gate is n neurons with exponential escape noise
/// (kernels/spike_gates.hpp), whose filtered spikes are a. A row's PV pool integrates them, tau_p
/// dp/dt = psi(sum_j a_j), its m fast-spiking cells fire at r_PV = r_0 + p / g_PV, and what gates
/// are inhibited by is their filtered spikes: p_I = g_PV (r_PV filtered - r_0).
///
/// A cell hears K of the n cells of a number, where K < n (sim/sparse_inputs.hpp): values through
/// the gates, L5E, L6E, L23mlp at the output, and interneurons. Gates, PV, L5match,
/// L5hidden and L23mlp itself hear all.
///
/// With score: apical, q and k meet in cells that burst (sim/burst_matching.hpp), with score:
/// additive_exponential in cells that add and are exponential (sim/hidden_cells.hpp). With score:
/// linear and column.spiking.fast_weights there are no gates (sim/fast_weights.hpp).
///
/// With column.spiking.background: microcircuit every cell lies in that circuit and hears it beside
/// its drive (sim/background.hpp); its curve is measured there.
///
/// The pools of the layer norms (L4I, L6I) and the interneurons of the input stay rates.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "models/relaxation.hpp"
#include "sim/background.hpp"
#include "sim/burst_matching.hpp"
#include "sim/cells.hpp"
#include "sim/column_cells.hpp"
#include "sim/device.hpp"
#include "sim/fast_weights.hpp"
#include "sim/hidden_cells.hpp"
#include "sim/rhythm.hpp"
#include "sim/sparse_inputs.hpp"
#include "sim/spiking_gates.hpp"
#include "sim/state_area.hpp"

namespace lamina {

class SpikingArea final : public StateArea<double> {
  public:
    /// @param device  where cells and gates step, to the same bits; the circuit around them is here
    /// @throws SpecError for what neurons cannot do, saying why; DeviceError when the device does
    ///         not answer or is full
    SpikingArea(const AreaSpec&, const AttentionWeights&, std::uint64_t seed,
                const Device& device = {});

    void reset(std::uint64_t seed, std::uint32_t trial) override;
    void present(const Segment& segment) override { circuit_.present(segment); }
    void settle_inputs() override;
    void advance(std::int64_t step) override;
    void tell(StepClock* clock) override { clock_ = clock; }
    /// Of the scores that the gates have now.
    void log_normaliser(double* out) const override;
    /// Of fast weights, which have no gates, the attention that they imply.
    void read(std::size_t population, double* out) const override;

    double flops_per_step() const override;
    std::size_t state_bytes() const override;
    std::int64_t n_neurons() const override;
    std::vector<PopulationSpikes> spikes() const override;
    StepSpikes step_spikes(std::size_t i) const override;
    std::vector<double> state() const override;
    void set_state(const std::vector<double>&) override;

  private:
    /// How a population's numbers are told by spikes.
    struct Code {
        int n_neurons;       ///< n: of each number
        double Hz, rest = 0; ///< a neuron fires Hz (rest + number)
        double heard = 1;    ///< share of the spikes that reach others
    };
    /// One population of cells: the rates of a span, or the PV pools of all rows.
    struct Firing {
        StateSpan span;                 ///< where its filtered spikes lie
        double leak = 0, per_spike = 0; ///< of the filter; heard / (n Hz dt)
        Code code;
        CellKind kind;
        const RateCurve* curve = nullptr;
        std::unique_ptr<Cells> cells;
        std::vector<double> target, drive; ///< [numbers] what is asked for, in units of Hz; per ms
        std::vector<std::uint32_t> n_spikes;
        double rest = 0;                   ///< r_0 of pairs, 0 of interneurons
        std::vector<double> net;           ///< [numbers] the target less its rest, before [.]_+
        std::vector<std::size_t> hears;    ///< sparse_ that arrive there
        std::vector<float> own, own_drive; ///< [numbers, n] where it hears any, or lies somewhere
        std::vector<FiredCells> fired;     ///< a ring as past_, where any hears it
        std::uint64_t n_fired = 0;         ///< since the last reset
        std::uint32_t which = 0;
    };

    void add(const StateSpan&, double tau_ms, const Code&);
    Firing* find(std::size_t first); ///< the population whose filtered spikes begin there
    void ask(const StateSpan&, const std::vector<double>& u, double gain = 1);
    void ask_rates(std::size_t first, const double* rates);
    void ask_PV();
    void embed();
    void wire();
    template <class Weights> void hear(const StateSpan& from, const StateSpan& to, const Weights&);
    void add_pair(const Firing& to, std::size_t number, double weight, int sign,
                  bool of_interneuron, std::vector<HeardAt>&) const;
    void add_sparse(std::size_t source, std::size_t target, Fan);
    void listen();
    std::size_t n_wired_words() const;
    void begin_step(Firing&, bool each, std::uint64_t step);
    void ask_alike(Firing&) const;
    void ask_each(Firing&) const;
    void finish_step(Firing&);
    void hear_background();
    void warm_up();
    void start_gates();
    CellNoise noise_of(std::uint32_t which) const { return {seed_, trial_, which}; }
    std::uint32_t which_matches() const { return std::uint32_t(firing_.size()); }
    void settle_scores();
    void recall(const double* s);
    void take_scores(const double* s, std::vector<double>& log_drive) const;
    void attend(const double* s, std::int64_t step);
    void ask_all(const double* s, std::int64_t step);
    void follow_pools(const double* s);
    const double* past(std::int64_t delay_steps) const;
    std::size_t place_of(std::int64_t delay_steps) const; ///< in the rings
    void fill_past();
    void remember();
    void turn_to(StepPhase phase) {
        if (clock_) clock_->turn_to(phase);
    }

    /// A population heard by another, cell by cell.
    struct Sparse {
        std::size_t from;
        SparseInputs inputs;
    };

    const Device device_;
    std::vector<Firing> firing_;
    std::unique_ptr<InDegreeWirings> wirings_; ///< K < n
    std::vector<Sparse> sparse_;
    std::uint64_t first_seed_;                ///< of what is the same in all trials
    std::unique_ptr<SpikingGates> gates_;     ///< null: fast weights
    std::uint64_t n_gate_spikes_ = 0;         ///< since the last reset
    std::unique_ptr<BurstMatching> matching_; ///< score: apical
    std::unique_ptr<HiddenCells> hidden_;     ///< score: additive_exponential
    std::unique_ptr<FastWeights> fast_;       ///< score: linear, instead of gates
    std::unique_ptr<Background> background_;  ///< heard by firing_, each by its number
    std::vector<std::int64_t> n_background_spikes_;
    bool has_PV_ = false; ///< an inhibition that listens to the gates
    Rhythm gamma_, beta_;
    std::vector<double> log_drive_, input_, sent_;
    std::vector<double> spread_, offset_; ///< [rows, keys] of PV_spread
    std::int64_t delay_steps_, PV_delay_steps_;
    std::vector<std::vector<double>> past_; ///< a ring of the states after the last steps
    std::size_t newest_ = 0;
    std::uint64_t seed_ = 0;
    std::uint32_t trial_ = 0;
    StepClock* clock_ = nullptr;
};

} // namespace lamina

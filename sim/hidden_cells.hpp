/// L5hidden: queries meet keys in cells that add and are exponential (score: additive_exponential
/// of a spiking column).
///
/// Each gate ij has M cells, which keep nothing from step to step. Cell m has the dendrites omega_m
/// of models/scores/additive_exponential.hpp, the same for all gates of a head:
///
///     hazard  R f_m,  f_m = exp(omega_m . (q_i + k_j) - (|q_i|^2 + |k_j|^2) / 2)
///     D_ij += (1 - exp(-dt / tau_m)) (n_spikes / (M R dt) - D_ij)
///     log drive = log max(D_ij, (1 - exp(-dt / tau_m)) / (M R dt))
///
/// with q, from the filtered spikes of L5apical, times lambda (1 - r_i), and both scaled by
/// d_head^(-1/4). D_ij is what the gate's dendrite has of its cells' spikes; one that has heard
/// none for long has the drive of a single spike that has just arrived, which is about 1 / (M R
/// tau_m).
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "models/scores/additive_exponential.hpp"
#include "sim/area_layout.hpp"
#include "sim/hidden_spikes.hpp"

namespace lamina {

class HiddenCells {
  public:
    /// @param seed    of the dendrites: that of the column in rates
    /// @param device  where the cells fire
    HiddenCells(const AreaSpec&, const AreaLayout&, std::uint64_t seed, const Device& device = {});

    HiddenCells(const HiddenCells&) = delete; // its constants point into it
    HiddenCells& operator=(const HiddenCells&) = delete;

    /// D as these cells tell it on average in this state; nobody has fired.
    void settle(double* state);
    /// Cells begin a step; a device is not waited for. @param s  filtered spikes that have arrived
    void begin_step(const double* s, const CellNoise&, std::uint64_t step);
    /// What they fired in it. @param now  its D is advanced
    void finish_step(double* now);
    /// Both at once.
    void advance(const double* s, const CellNoise& noise, std::uint64_t step, double* now) {
        begin_step(s, noise, step);
        finish_step(now);
    }
    /// Logarithms of what gates are driven by, without a mask. @param out  [heads, columns,
    /// columns]
    void log_drive(const double* s, double* out) const;

    static std::int64_t n_neurons(const AreaSpec&);
    std::uint64_t n_spikes() const { return n_spikes_; } ///< of all, since settle()
    /// [heads, columns, columns] of the cells of each gate, in the last step.
    const std::vector<std::uint32_t>& n_of_gates() const { return n_of_gate_; }
    std::size_t n_words() const { return query_.size() + key_.size() + projections_.size(); }
    double least_drive() const { return leak_ * per_spike_; }

  private:
    void add_up(const double* s);

    const AreaSpec spec_;
    const StateSpan k_, q_, r_, m_;
    const std::size_t n_units_;
    const double leak_, per_spike_; ///< 1 - exp(-dt / tau_m); 1 / (M R dt)
    const float log_rate_dt_;
    std::vector<float> projections_;
    const AdditiveExponential::Constants<float> constants_;
    std::vector<float> rate_, query_, key_; ///< [d_head]; [heads, columns, M] sums in the dendrites
    const std::unique_ptr<HiddenSpikes> cells_;
    std::vector<std::uint32_t> n_of_gate_;
    std::uint64_t n_spikes_ = 0;
};

} // namespace lamina

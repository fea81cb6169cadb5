/// L5match: queries meet keys in layer-5 cells that burst (score: apical of a spiking column).
///
/// For each query i, key j and dimension d of a head there are four populations of n cells, one for
/// each sign of key and query. The key drives the soma, the query the apical dendrite, on which SST
/// acts:
///
///     I_s = J_s (r_k+- - r_0),   I_d = 50 pA + J_d lambda (1 - r_i) (r_q+- - r_0)
///
/// Events tell the key, bursts the product. The dendrite of gate ij adds up the bursts of its 4
/// d_head populations, with the product of their signs:
///
///     s_ij += (1 - exp(-dt / tau_m)) (sum +- n_bursts / (n dt B_1 sqrt(d_head)) - s_ij)
///
/// B_1 = E' J_s P' J_d is what a unit of a small product k q is in bursts per second and cell. For
/// small k and q s has the mean of models/scores/apical.hpp; large products fire fewer bursts than
/// E(k) P(q), since bursts take the time of events. SST acts on the dendrite's current, there on g.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "sim/area_layout.hpp"
#include "sim/burst_cells.hpp"

namespace lamina {

class BurstMatching {
  public:
    /// @param device  where its cells step
    BurstMatching(const AreaSpec&, const AreaLayout&, const Device& device = {});

    /// Cells find their way at the currents of this state, unheard.
    void warm_up(const double* s, const CellNoise&);
    /// Cells begin a step; a device is not waited for. @param s  filtered spikes that have arrived
    void begin_step(const double* s, const CellNoise&, std::uint64_t step);
    /// What they fired in it. @param now  its scores are advanced
    void finish_step(double* now);

    static std::size_t n_populations(const AreaSpec&);
    std::int64_t n_neurons() const {
        return std::int64_t(I_s_pA_.size()) * spec_.spiking.match_neurons;
    }
    std::uint64_t n_spikes() const { return n_spikes_; } ///< of all, since the last warm_up

    std::uint64_t n_events() const { return n_events_; } ///< spikes behind a silence
    std::uint64_t n_bursts() const { return n_bursts_; }

    const BurstCells& cells() const { return *cells_; }
    BurstCells& cells() { return *cells_; }

  private:
    void drive(const double* s);

    const AreaSpec spec_;
    const StateSpan k_, q_, r_, m_;
    const std::unique_ptr<BurstCells> cells_;
    double leak_, per_burst_;
    std::vector<double> I_s_pA_, I_d_pA_;
    BurstCells::Heard heard_;
    std::uint64_t n_spikes_ = 0, n_events_ = 0, n_bursts_ = 0;
};

} // namespace lamina

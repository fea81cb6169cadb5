/// What every area keeps in one state vector, and how it is looked at: the values of all
/// populations, in the places of AreaLayout. How they are advanced is said by who derives from it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/area.hpp"
#include "sim/area_circuit.hpp"

namespace lamina {

template <class Real> class StateArea : public Area {
  public:
    StateArea(const AreaSpec&, const AttentionWeights&, std::uint64_t seed);

    const std::vector<PopulationInfo>& populations() const override { return infos_; }
    void read(std::size_t population, double* out) const override;
    void read_raw(std::size_t population, double* out) const override;
    std::size_t index_of(const std::string& name) const override;
    void routed(int column, double* out) const override;
    void log_normaliser(double* out) const override;
    void check_finite(std::int64_t step) const override;
    double flops_per_step() const override { return circuit_.flops(); }

    const AreaCircuit<Real>& circuit() const { return circuit_; }

  protected:
    /// Rates 0 (of a pair r_0), p = 0, a = 0.
    void rest_state();
    /// From rest: v, k, q and the norms' pools at their fixed points, a = 1 / readable keys.
    void settle_state();

    bool pre() const { return spec_.norm == Norm::pre; }
    bool normed() const { return spec_.norm != Norm::none; }
    bool post() const { return spec_.norm == Norm::post; }

    const AreaSpec spec_;
    mutable AreaCircuit<Real> circuit_; ///< its buffers change, what it says does not
    const AreaLayout& at_;
    std::vector<Real> state_;
    std::vector<Real> drive_v_, drive_k_, drive_q_; ///< [columns][heads * d_head]; dale: twice
    mutable std::vector<double> last_finite_;       ///< what check_finite saw last

  private:
    std::vector<PopulationInfo> infos_;
};

} // namespace lamina

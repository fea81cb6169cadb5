/// The gates and their PV alone, with scores held fixed: for measurements of the loop itself
/// (ringing, time to attend, stability, spectra under noise). It runs the stage that an area runs.
///
///     GateLoopSpec spec;  spec.n_keys = 16;  spec.scores = ...;
///     GateLoop loop(spec);                 // a = 1 / n_keys, p = 0
///     for (...) { loop.step(0.1); use(loop.p()); }
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "sim/gate_stage.hpp"

namespace lamina {

struct GateLoopSpec {
    GateParameters gates;       ///< inhibition, n_rows, n_keys, time constants; dt_ms is not used
    std::vector<double> scores; ///< [n_rows, n_keys]; -infinity: no key; empty: all 0
    double noise_gate = 0, noise_PV = 0; ///< sigma of sqrt(tau) sigma xi on the right-hand sides
    std::uint64_t seed = 1; ///< noise is drawn under (seed, trial, laboratory, place, step)
    std::uint32_t trial = 0;
};

class GateLoop {
  public:
    /// Starts with a = 1 / (readable keys of the row), p = 0. @throws SpecError as make_gate_stage
    /// does
    explicit GateLoop(const GateLoopSpec&);

    /// Starts anew from these values: a [n_rows, n_keys], p [n_rows].
    void start(const std::vector<double>& a, const std::vector<double>& p);
    /// Adds to p of every row and goes on: a kick.
    void kick_p(double by);
    /// One step. @throws SpecError if dt changes while there is a delay: its history is in steps
    void step(double dt_ms);

    const std::vector<double>& a() const { return a_; } ///< [n_rows, n_keys]
    const std::vector<double>& p() const { return p_; } ///< [n_rows]
    double gate_sum(int row) const;
    /// The fixed point of pv_log, pv_linear and oracle: softmax of the scores [n_rows, n_keys], and
    /// log sum exp of each row [n_rows].
    std::vector<double> softmax() const;
    std::vector<double> log_normaliser() const;

  private:
    void prepare(double dt_ms);
    GateRowsView<double> view();

    GateLoopSpec spec_;
    std::unique_ptr<GateStage<double>> stage_;
    double dt_ms_ = 0;
    std::uint64_t steps_ = 0;
    std::vector<double> a_, p_, p_lagged_, noise_;
    std::vector<unsigned char> open_;
};

} // namespace lamina

/// The area of rates, for double or float: the circuit that says where each population is driven,
/// the gates' stage, and a stepper.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "sim/area.hpp"
#include "sim/area_jacobian.hpp"
#include "sim/area_odeint.hpp"
#include "sim/area_slopes.hpp"
#include "sim/area_tables.hpp"
#include "sim/gate_stage.hpp"
#include "sim/rhythm.hpp"
#include "sim/state_area.hpp"

namespace lamina {

template <class Real> class AreaOf final : public StateArea<Real> {
  public:
    AreaOf(const AreaSpec&, const AttentionWeights&, std::uint64_t seed);

    void reset(std::uint64_t seed, std::uint32_t trial) override;
    void present(const Segment&) override;
    void settle_inputs() override;
    void advance(std::int64_t step) override;
    void tell(StepClock* clock) override { clock_ = clock; }

    std::size_t state_bytes() const override;
    std::vector<double> state() const override;
    void set_state(const std::vector<double>&) override;

  private:
    using StateArea<Real>::spec_;
    using StateArea<Real>::circuit_;
    using StateArea<Real>::at_;
    using StateArea<Real>::state_;
    using StateArea<Real>::drive_v_;
    using StateArea<Real>::drive_k_;
    using StateArea<Real>::drive_q_;
    using StateArea<Real>::last_finite_;
    using StateArea<Real>::pre;
    using StateArea<Real>::normed;
    using StateArea<Real>::post;

    /// Where each population is driven, at one moment; arrays in the populations' shapes.
    struct Inputs {
        std::vector<Real> o, y, mean_y, var_y, f, z, mean_z, var_z;
    };

    // area_step.cpp: the exponential stepper
    void advance_exponential(std::int64_t step);
    void refresh_inputs();
    void drive_inputs(std::int64_t step);
    void drive_pairs(std::int64_t step); ///< the same with column.dale
    void evaluate_inputs(const Real* s); ///< drive_v_, drive_k_, drive_q_ at this moment
    void relax(const StateSpan&, const std::vector<Real>& now, const std::vector<Real>& next,
               const Relaxation&, std::int64_t step);
    void follow_with_interneurons(const StateSpan&);
    void add_noise(const StateSpan&, double sd, double tau_ms, std::int64_t step);
    /// out[i] = sd * N(0, 1) of place span.first + i; @return out's data, null when sigma is 0
    const Real* draw_noise(const StateSpan&, double sd, double tau_ms, std::int64_t step,
                           std::vector<Real>& out);
    void add_normals(std::size_t first, std::size_t n, std::uint64_t when, double weight,
                     std::vector<Real>& out) const;
    GateRowsView<Real> gate_rows();
    void attend(std::int64_t step);

    void advance_by_judge(std::int64_t step); ///< area_judge.cpp

    void turn_to(StepPhase phase) {
        if (clock_) clock_->turn_to(phase);
    }

    std::unique_ptr<GateStage<Real>> gates_;
    AreaSlopes<Real> slopes_;
    std::unique_ptr<Judge<Real>> judge_;     ///< null with the exponential stepper
    std::unique_ptr<AreaJacobian> jacobian_; ///< of rosenbrock4
    Rhythm gamma_, beta_;

    const AreaLags lag_;

    std::vector<Real> rates_before_; ///< of a pair at the start of its step, column.dale
    NormFactors<Real> factors_;
    std::vector<StepNode> gamma_nodes_, beta_nodes_; ///< of the step; constant without rhythms
    Inputs now_, next_;                   ///< at both ends of the step; the trapezoid needs both
    bool stale_ = true;                   ///< a jump of input or state since now_ was evaluated
    mutable std::vector<Real> log_drive_; ///< [heads][columns][columns] at the present state
    std::vector<Real> noise_, noise_p_, noise_a_;
    std::uint64_t seed_ = 0;
    std::uint32_t trial_ = 0;
    StepClock* clock_ = nullptr;
};

} // namespace lamina

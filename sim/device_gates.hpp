/// The gates' stage on a device: the step of gate_step.hpp over the rows of all trials.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "kernels/device_array.hpp"
#include "models/catalogue.hpp"
#include "sim/device_rows.hpp"
#include "sim/gate_step.hpp"

namespace lamina {

template <class Exec, class Real> class DeviceGates {
  public:
    virtual ~DeviceGates() = default;

    /// Before now, p was 0.
    virtual void forget() = 0;
    /// Evaluates the drive at the present state, as after a jump of input or state.
    virtual void refresh(const GateRowsView<Real>&) = 0;
    /// One step; noise is added where not null.
    virtual void advance(const GateRowsView<Real>&, const Real* noise_p,
                         const Real* noise_gate) = 0;
    /// The inhibition's part of a step, where it reads no log drives: what it returns advances the
    /// gates and must be run next.
    virtual GateRows<Real> inhibit(const GateRowsView<Real>&, const Real* noise_p,
                                   const Real* noise_gate) = 0;
    virtual bool reads_log_drives() const = 0;
    /// SD of the increments of one step per unit sigma.
    virtual double noise_sd_p() const = 0;
    virtual double noise_sd_gate() const = 0;
};

template <class Inhibition, class Exec, class Real>
class DeviceGatesOf final : public DeviceGates<Exec, Real> {
  public:
    /// @param par      n_rows counts the rows of all trials
    /// @param n_steps  on the device: steps begun
    DeviceGatesOf(const Exec& exec, const GateParameters& par, const std::uint64_t* n_steps)
        : dt_ms_(par.dt_ms), step_(par), all_{exec, std::size_t(par.n_rows)},
          drive_(exec, all_.n * std::size_t(par.n_keys)), gate_sum_(exec, all_.n),
          drive_sum_(exec, all_.n), log_divisor_(exec, all_.n), noise_sum_(exec, all_.n),
          n_steps_(n_steps) {
        using Array = DeviceArray<Exec, Real>;
        if (Inhibition::pools_drive) {
            pool_now_ = Array(exec, all_.n);
            pool_next_ = Array(exec, all_.n);
            pool_work_ = Array(exec, drive_.size());
        }
        if (step_.has_lag) to_lag_now_ = Array(exec, all_.n);
        if (!step_.delay.active()) return;
        past_ = Array(exec, step_.delay.n_slots * all_.n);
        delayed_ = Array(exec, all_.n);
    }

    void forget() override {
        if (step_.delay.active()) past_.clear();
    }
    void refresh(const GateRowsView<Real>& rows) override { step_.refresh(all_, rows, work()); }
    void advance(const GateRowsView<Real>& rows, const Real* noise_p,
                 const Real* noise_gate) override {
        step_.advance(all_, rows, work(), noise_p, noise_gate);
    }
    GateRows<Real> inhibit(const GateRowsView<Real>& rows, const Real* noise_p,
                           const Real* noise_gate) override {
        return step_.inhibit(all_, rows, work(), noise_p, noise_gate);
    }
    bool reads_log_drives() const override { return Inhibition::pools_drive; }
    double noise_sd_p() const override { return step_.noise_sd_p(dt_ms_); }
    double noise_sd_gate() const override { return step_.lag.noise_sd; }

  private:
    GateWork<Real> work() const {
        return {drive_.data(),    gate_sum_.data(),  drive_sum_.data(), log_divisor_.data(),
                pool_now_.data(), pool_next_.data(), pool_work_.data(), to_lag_now_.data(),
                past_.data(),     delayed_.data(),   n_steps_,          noise_sum_.data()};
    }

    double dt_ms_;
    GateStep<Inhibition, Real> step_;
    AllRows<Exec> all_;
    DeviceArray<Exec, Real> drive_, gate_sum_, drive_sum_, log_divisor_, noise_sum_;
    DeviceArray<Exec, Real> pool_now_, pool_next_, pool_work_, to_lag_now_, past_, delayed_;
    const std::uint64_t* n_steps_;
};

/// @param par  of an inhibition that the catalogue has
template <class Exec, class Real>
std::unique_ptr<DeviceGates<Exec, Real>>
make_device_gates(const Exec& exec, const GateParameters& par, const std::uint64_t* n_steps) {
    std::unique_ptr<DeviceGates<Exec, Real>> gates;
    with_model(Inhibitions{}, par.inhibition, [&](auto tag) {
        using Inhibition = typename decltype(tag)::type;
        gates = std::make_unique<DeviceGatesOf<Inhibition, Exec, Real>>(exec, par, n_steps);
    });
    return gates;
}

} // namespace lamina

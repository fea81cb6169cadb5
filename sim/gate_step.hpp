/// One step of the gates and their PV over rows that lie anywhere: a CPU runs it over a few rows
/// while they are in its cache, a device over all rows of all trials. The scheme is described in
/// gate_stage.hpp.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/add_rows.hpp"
#include "kernels/gate_rows.hpp"
#include "kernels/inhibit_rows.hpp"
#include "kernels/relax.hpp"
#include "models/inhibition/inhibition.hpp"
#include "models/relaxation.hpp"
#include "sim/gate_stage.hpp"

namespace lamina {

/// Past steps that a pure delay reads: p(t - delay), linear between them.
struct GateDelay {
    std::size_t whole = 0, n_slots = 0; ///< n_slots 0: no delay
    double fraction = 0;

    GateDelay(double delay_ms, double dt_ms) {
        if (!(delay_ms > 0)) return;
        // a delay of a whole number of steps is one, whatever its quotient rounds to
        const double steps = delay_ms / dt_ms;
        whole = static_cast<std::size_t>(steps + 1e-9);
        fraction = steps - double(whole) < 1e-9 ? 0 : steps - double(whole);
        n_slots = whole + 2;
    }
    bool active() const { return n_slots > 0; }
};

/// What a step needs beside GateRowsView; arrays that it does not use may be null.
template <class Real> struct GateWork {
    Real* drive;                            ///< [n_rows, n_keys] at the present state
    Real *gate_sum, *drive_sum;             ///< [n_rows]
    Real* log_divisor;                      ///< [n_rows]
    Real *pool_now, *pool_next, *pool_work; ///< [n_rows], [n_rows], [n_rows, n_keys]; that pool
    Real* to_lag_now;                       ///< [n_rows] with a lag
    Real *past, *delayed;                   ///< [n_slots, n_rows], [n_rows] with a delay
    const std::uint64_t* n_steps;           ///< steps begun, with a delay
    Real* noise_sum;                        ///< [n_rows] with noise of the gates
};

/// @tparam Inhibition  a file of models/inhibition
template <class Inhibition, class Real> class GateStep {
  public:
    static constexpr bool pools_drive = Inhibition::pools_drive;

    explicit GateStep(const GateParameters& par)
        : inhibition{par.tau_PV_ms, par.kappa, par.divisive_n, par.divisive_sigma_n},
          constants(Inhibition::template prepare<Real>(inhibition, par.dt_ms)),
          lag(Relaxation::over(par.dt_ms, par.tau_gate_ms)), delay(par.PV_delay_ms, par.dt_ms),
          has_lag(par.PV_lag_ms > 0),
          PV_lag_(has_lag ? Relaxation::over(par.dt_ms, par.PV_lag_ms) : Relaxation{}),
          n_rows_(std::size_t(par.n_rows)), n_keys_(par.n_keys),
          log_limit_(Real(math::log(par.gate_max))) {}

    const InhibitionParameters inhibition;
    const typename Inhibition::template Constants<Real> constants;
    const Relaxation lag; ///< of the gates
    const GateDelay delay;
    const bool has_lag; ///< between PV and the gates

    double noise_sd_p(double dt_ms) const { return Inhibition::noise_sd(inhibition, dt_ms); }

    /// The drive at the present state, as after a jump of input or state.
    /// @param run  run.items(label, body) and run.rows(label, body) do the rows in question
    template <class Run>
    void refresh(const Run& run, const GateRowsView<Real>& rows, const GateWork<Real>& work) const {
        pool(run, rows, work, work.pool_now);
        const Real* sent = rows.p;
        if (delay.active()) sent = delayed(run, rows, work, false);
        if (has_lag) run.items("gate.keep", Copy<Real>{sent, work.to_lag_now});
        divide(run, rows, work, has_lag ? rows.p_lagged : sent, work.pool_now);
        run.rows("gate.drive",
                 DriveRows<Real>{rows.log_drive, work.log_divisor, rows.gate, work.drive,
                                 work.gate_sum, work.drive_sum, n_keys_, log_limit_});
    }

    /// Noise is added where not null.
    template <class Run>
    void advance(const Run& run, const GateRowsView<Real>& rows, const GateWork<Real>& work,
                 const Real* noise_p, const Real* noise_gate) const {
        run.rows("gate.advance", inhibit(run, rows, work, noise_p, noise_gate));
        if (pools_drive) run.items("gate.keep", Copy<Real>{work.pool_next, work.pool_now});
    }

    /// All of a step but the gates themselves. It reads their log drives only where it pools them.
    /// @return  what advances the gates, to be run next
    template <class Run>
    GateRows<Real> inhibit(const Run& run, const GateRowsView<Real>& rows,
                           const GateWork<Real>& work, const Real* noise_p,
                           const Real* noise_gate) const {
        pool(run, rows, work, work.pool_next);
        if (noise_gate) run.rows("gate.noise", SumRows<Real>{noise_gate, work.noise_sum, n_keys_});
        run.items("gate.inhibit",
                  InhibitRows<Inhibition, Real>{
                      rows.p, work.gate_sum, work.drive_sum, work.pool_now, work.pool_next, noise_p,
                      noise_gate ? work.noise_sum : nullptr, rows.open, Real(lag.leak), constants});
        // what reaches the gates: PV as it was a delay ago, through the lag
        const Real* sent = rows.p;
        if (delay.active()) sent = delayed(run, rows, work, true);
        if (has_lag) {
            run.items("gate.lag",
                      Relax<Real>{rows.p_lagged, work.to_lag_now, sent, Real(PV_lag_.leak),
                                  Real(PV_lag_.from_now), Real(PV_lag_.from_next)});
            run.items("gate.keep", Copy<Real>{sent, work.to_lag_now});
        }
        divide(run, rows, work, has_lag ? rows.p_lagged : sent, work.pool_next);
        return {rows.log_drive, work.log_divisor,   rows.gate,           work.drive,
                work.gate_sum,  work.drive_sum,     noise_gate,          n_keys_,
                Real(lag.leak), Real(lag.from_now), Real(lag.from_next), log_limit_};
    }

    /// log sum_k exp(s_k / n) of each row, for inhibitions that pool the drive.
    template <class Run>
    void pool(const Run& run, const GateRowsView<Real>& rows, const GateWork<Real>& work,
              Real* into) const {
        if (pools_drive)
            run.rows("gate.pool", PoolRows<Real>{rows.log_drive, into, work.pool_work, n_keys_,
                                                 Real(Inhibition::pool_exponent(inhibition))});
    }

  private:
    template <class Run>
    const Real* delayed(const Run& run, const GateRowsView<Real>& rows, const GateWork<Real>& work,
                        bool begins) const {
        run.items("gate.delay",
                  DelayRows<Real>{rows.p, work.past, work.delayed, work.n_steps, n_rows_,
                                  delay.n_slots, delay.whole, Real(delay.fraction), begins});
        return work.delayed;
    }
    template <class Run>
    void divide(const Run& run, const GateRowsView<Real>& rows, const GateWork<Real>& work,
                const Real* at_gate, const Real* pool) const {
        run.items("gate.divide", DivisorRows<Inhibition, Real>{at_gate, pool, work.log_divisor,
                                                               rows.open, constants});
    }

    Relaxation PV_lag_;
    std::size_t n_rows_;
    int n_keys_;
    Real log_limit_;
};

} // namespace lamina

#include "sim/gate_stage.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "kernels/cpu/exec.hpp"
#include "kernels/dual.hpp"
#include "kernels/gate_rows.hpp"
#include "kernels/inhibit_rows.hpp"
#include "kernels/relax.hpp"
#include "models/catalogue.hpp"
#include "models/relaxation.hpp"
#include "sim/errors.hpp"

namespace lamina {
namespace {

/// p(t - delay) from the values at past steps, linear between them.
template <class Real> class DelayLine {
  public:
    DelayLine(double delay_ms, double dt_ms, std::size_t n_rows) : n_rows_(n_rows) {
        // a delay of a whole number of steps is one, whatever its quotient rounds to
        const double steps = delay_ms / dt_ms;
        whole_ = static_cast<std::size_t>(steps + 1e-9);
        fraction_ = steps - double(whole_) < 1e-9 ? 0 : steps - double(whole_);
        slots_ = delay_ms > 0 ? whole_ + 2 : 0;
        past_.assign(slots_ * n_rows, Real(0));
        delayed_.assign(slots_ > 0 ? n_rows : 0, Real(0));
    }
    bool active() const { return slots_ > 0; }
    void fill(const Real* p) {
        for (std::size_t slot = 0; slot < slots_; ++slot)
            for (std::size_t row = 0; row < n_rows_; ++row) past_[slot * n_rows_ + row] = p[row];
    }
    /// A new step begins with row 0.
    void push(const Real* p, std::size_t first, std::size_t last) {
        if (first == 0) newest_ = (newest_ + 1) % slots_;
        std::copy(p + first, p + last, past_.data() + newest_ * n_rows_ + first);
    }
    /// p(t_newest - delay), [n_rows], of which rows [first, last) are up to date
    const Real* delayed(std::size_t first, std::size_t last) {
        const Real* later = at(whole_);
        const Real* earlier = at(whole_ + 1);
        for (std::size_t row = first; row < last; ++row)
            delayed_[row] = fma(Real(fraction_), earlier[row] - later[row], later[row]);
        return delayed_.data();
    }
    std::vector<Real> history() const {
        std::vector<Real> h;
        for (std::size_t back = slots_; back-- > 0;)
            h.insert(h.end(), at(back), at(back) + n_rows_);
        return h;
    }
    void set_history(const std::vector<Real>& h) {
        LAMINA_EXPECT(h.size() == past_.size());
        past_ = h;
        newest_ = slots_ > 0 ? slots_ - 1 : 0;
    }

  private:
    const Real* at(std::size_t back) const {
        return past_.data() + (newest_ + slots_ - back) % slots_ * n_rows_;
    }
    std::size_t n_rows_, whole_ = 0, slots_ = 0, newest_ = 0;
    double fraction_ = 0;
    std::vector<Real> past_;    // [slots, n_rows]
    std::vector<Real> delayed_; // [n_rows]
};

template <class Inhibition, class Real> class GateStageOf final : public GateStage<Real> {
  public:
    explicit GateStageOf(const GateParameters& par)
        : par_(par), inhibition_{par.tau_PV_ms, par.kappa, par.divisive_n, par.divisive_sigma_n},
          constants_(Inhibition::template prepare<Real>(inhibition_, par.dt_ms)),
          lag_(Relaxation::over(par.dt_ms, par.tau_gate_ms)),
          PV_lag_(par.PV_lag_ms > 0 ? Relaxation::over(par.dt_ms, par.PV_lag_ms) : Relaxation{}),
          n_rows_(std::size_t(par.n_rows)), delay_(par.PV_delay_ms, par.dt_ms, n_rows_),
          drive_(n_rows_ * std::size_t(par.n_keys)), gate_sum_(n_rows_), drive_sum_(n_rows_),
          log_divisor_(n_rows_) {
        if (Inhibition::pools_drive) {
            pool_now_.resize(n_rows_);
            pool_next_.resize(n_rows_);
            work_.resize(drive_.size());
        }
        if (has_lag()) { to_lag_now_.resize(n_rows_); }
    }

    void reset_history(const Real* p) override { delay_.fill(p); }

    void refresh(const GateRowsView<Real>& rows) override {
        pool(rows, 0, n_rows_, pool_now_);
        const Real* sent = delay_.active() ? delay_.delayed(0, n_rows_) : rows.p;
        if (has_lag()) to_lag_now_.assign(sent, sent + n_rows_);
        divide(rows, 0, n_rows_, has_lag() ? rows.p_lagged : sent, pool_now_);
        cpu_.for_each_row(n_rows_, DriveRows<Real>{rows.log_drive, log_divisor_.data(), rows.gate,
                                                   drive_.data(), gate_sum_.data(),
                                                   drive_sum_.data(), par_.n_keys, log_limit()});
    }

    void advance(const GateRowsView<Real>& rows, std::size_t first, std::size_t last,
                 const Real* noise_p, const Real* noise_gate) override {
        pool(rows, first, last, pool_next_);
        const Real* gate_noise = noise_gate ? sum_of(noise_gate, first, last) : nullptr;
        cpu::run_items(first, last,
                       InhibitRows<Inhibition, Real>{rows.p, gate_sum_.data(), drive_sum_.data(),
                                                     pool_now_.data(), pool_next_.data(), noise_p,
                                                     gate_noise, rows.open, Real(lag_.leak),
                                                     constants_});
        // what reaches the gates: PV as it was a delay ago, through the lag
        const Real* sent = rows.p;
        if (delay_.active()) {
            delay_.push(rows.p, first, last);
            sent = delay_.delayed(first, last);
        }
        if (has_lag()) {
            cpu::run_items(first, last,
                           Relax<Real>{rows.p_lagged, to_lag_now_.data(), sent, Real(PV_lag_.leak),
                                       Real(PV_lag_.from_now), Real(PV_lag_.from_next)});
            std::copy(sent + first, sent + last, to_lag_now_.data() + first);
        }
        divide(rows, first, last, has_lag() ? rows.p_lagged : sent, pool_next_);
        cpu::run_rows(first, last,
                      GateRows<Real>{rows.log_drive, log_divisor_.data(), rows.gate, drive_.data(),
                                     gate_sum_.data(), drive_sum_.data(), noise_gate, par_.n_keys,
                                     Real(lag_.leak), Real(lag_.from_now), Real(lag_.from_next),
                                     log_limit()});
        if (Inhibition::pools_drive)
            std::copy(pool_next_.data() + first, pool_next_.data() + last,
                      pool_now_.data() + first);
    }

    void slopes(const GateRowsView<Real>& rows, Real* gate_slope, Real* p_slope,
                Real* lagged_slope) override {
        refresh(rows);
        cpu_.for_each(drive_.size(), RelaxSlope<Real>{rows.gate, drive_.data(), gate_slope, Real(1),
                                                      Real(1 / par_.tau_gate_ms)});
        cpu_.for_each(n_rows_,
                      InhibitSlope<Inhibition, Real>{rows.p, gate_sum_.data(), pool_now_.data(),
                                                     p_slope, rows.open, constants_});
        if (has_lag())
            cpu_.for_each(n_rows_, RelaxSlope<Real>{rows.p_lagged, rows.p, lagged_slope, Real(1),
                                                    Real(1 / par_.PV_lag_ms)});
    }

    void follow_pool(const GateRowsView<Real>& rows) override {
        if (Inhibition::has_loop || !Inhibition::pools_drive) return;
        pool(rows, 0, n_rows_, pool_now_);
        for (std::size_t row = 0; row < n_rows_; ++row)
            if (rows.open[row]) rows.p[row] = pool_now_[row];
    }

    bool has_loop() const override { return Inhibition::has_loop; }
    double noise_sd_p() const override { return Inhibition::noise_sd(inhibition_, par_.dt_ms); }
    double noise_sd_gate() const override { return lag_.noise_sd; }
    std::vector<Real> history() const override { return delay_.history(); }
    void set_history(const std::vector<Real>& h) override { delay_.set_history(h); }

  private:
    bool has_lag() const { return par_.PV_lag_ms > 0; }
    Real log_limit() const { return Real(math::log(par_.gate_max)); }

    void pool(const GateRowsView<Real>& rows, std::size_t first, std::size_t last,
              std::vector<Real>& into) {
        if (Inhibition::pools_drive)
            cpu::run_rows(first, last,
                          PoolRows<Real>{rows.log_drive, into.data(), work_.data(), par_.n_keys,
                                         Real(Inhibition::pool_exponent(inhibition_))});
    }
    /// Sum over each row of [n_rows, n_keys].
    const Real* sum_of(const Real* noise_gate, std::size_t first, std::size_t last) {
        noise_sum_.resize(n_rows_);
        for (std::size_t row = first; row < last; ++row)
            noise_sum_[row] = row_sum(noise_gate + row * par_.n_keys, par_.n_keys, OneLane{});
        return noise_sum_.data();
    }
    void divide(const GateRowsView<Real>& rows, std::size_t first, std::size_t last,
                const Real* at_gate, const std::vector<Real>& pool) {
        cpu::run_items(first, last,
                       DivisorRows<Inhibition, Real>{at_gate, pool.data(), log_divisor_.data(),
                                                     rows.open, constants_});
    }

    GateParameters par_;
    InhibitionParameters inhibition_;
    typename Inhibition::template Constants<Real> constants_;
    Relaxation lag_, PV_lag_;
    std::size_t n_rows_;
    DelayLine<Real> delay_;
    std::vector<Real> drive_;                              // [n_rows, n_keys] at the present state
    std::vector<Real> gate_sum_, drive_sum_, log_divisor_; // [n_rows]
    std::vector<Real> pool_now_, pool_next_, work_;        // only for inhibitions that pool
    std::vector<Real> to_lag_now_;                         // [n_rows], only with a lag
    std::vector<Real> noise_sum_;                          // [n_rows], only with noise of the gates
    Cpu cpu_;
};

} // namespace

template <class Real> std::unique_ptr<GateStage<Real>> make_gate_stage(const GateParameters& par) {
    std::unique_ptr<GateStage<Real>> stage;
    const bool known = with_model(Inhibitions{}, par.inhibition, [&](auto tag) {
        stage = std::make_unique<GateStageOf<typename decltype(tag)::type, Real>>(par);
    });
    if (!known) {
        std::vector<std::string> names;
        for (const auto& entry : entries(Inhibitions{})) names.push_back(entry.name);
        throw SpecError(fmt::format("inhibition '{}' is unknown; known are {}", par.inhibition,
                                    fmt::join(names, ", ")));
    }
    if (!stage->has_loop() && (par.PV_lag_ms > 0 || par.PV_delay_ms > 0))
        throw SpecError(
            fmt::format("inhibition '{}' has no PV population, so a PV lag or delay has "
                        "no meaning; set both to 0 ms or use pv_log",
                        par.inhibition));
    return stage;
}

template std::unique_ptr<GateStage<double>> make_gate_stage<double>(const GateParameters&);
template std::unique_ptr<GateStage<float>> make_gate_stage<float>(const GateParameters&);
template std::unique_ptr<GateStage<Dual>> make_gate_stage<Dual>(const GateParameters&);

} // namespace lamina

#include "sim/gate_stage.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "kernels/cpu/exec.hpp"
#include "kernels/dual.hpp"
#include "models/catalogue.hpp"
#include "sim/errors.hpp"
#include "sim/gate_step.hpp"

namespace lamina {
namespace {

/// Rows [first, last), on this thread.
struct SomeRows {
    std::size_t first, last;
    template <class Body> void items(const char*, const Body& body) const {
        cpu::run_items(first, last, body);
    }
    template <class Body> void rows(const char*, const Body& body) const {
        cpu::run_rows(first, last, body);
    }
};

template <class Inhibition, class Real> class GateStageOf final : public GateStage<Real> {
  public:
    explicit GateStageOf(const GateParameters& par)
        : par_(par), step_(par), n_rows_(std::size_t(par.n_rows)),
          drive_(n_rows_ * std::size_t(par.n_keys)), gate_sum_(n_rows_), drive_sum_(n_rows_),
          log_divisor_(n_rows_), past_(step_.delay.n_slots * n_rows_),
          delayed_(step_.delay.active() ? n_rows_ : 0) {
        if (Inhibition::pools_drive) {
            pool_now_.resize(n_rows_);
            pool_next_.resize(n_rows_);
            pool_work_.resize(drive_.size());
        }
        if (step_.has_lag) to_lag_now_.resize(n_rows_);
    }

    void reset_history(const Real* p) override {
        for (std::size_t i = 0; i < past_.size(); ++i) past_[i] = p[i % n_rows_];
    }
    void refresh(const GateRowsView<Real>& rows) override { step_.refresh(all(), rows, work()); }

    void advance(const GateRowsView<Real>& rows, std::size_t first, std::size_t last,
                 const Real* noise_p, const Real* noise_gate) override {
        if (first == 0) ++n_steps_;
        if (noise_gate) noise_sum_.resize(n_rows_);
        step_.advance(SomeRows{first, last}, rows, work(), noise_p, noise_gate);
    }

    void slopes(const GateRowsView<Real>& rows, Real* gate_slope, Real* p_slope,
                Real* lagged_slope) override {
        refresh(rows);
        cpu_.for_each(drive_.size(), RelaxSlope<Real>{rows.gate, drive_.data(), gate_slope, Real(1),
                                                      Real(1 / par_.tau_gate_ms)});
        cpu_.for_each(n_rows_,
                      InhibitSlope<Inhibition, Real>{rows.p, gate_sum_.data(), pool_now_.data(),
                                                     p_slope, rows.open, step_.constants});
        if (step_.has_lag)
            cpu_.for_each(n_rows_, RelaxSlope<Real>{rows.p_lagged, rows.p, lagged_slope, Real(1),
                                                    Real(1 / par_.PV_lag_ms)});
    }

    void follow_pool(const GateRowsView<Real>& rows) override {
        if (Inhibition::has_loop || !Inhibition::pools_drive) return;
        step_.pool(all(), rows, work(), pool_now_.data());
        for (std::size_t row = 0; row < n_rows_; ++row)
            if (rows.open[row]) rows.p[row] = pool_now_[row];
    }

    bool has_loop() const override { return Inhibition::has_loop; }
    double noise_sd_p() const override { return step_.noise_sd_p(par_.dt_ms); }
    double noise_sd_gate() const override { return step_.lag.noise_sd; }

    std::vector<Real> history() const override {
        const std::size_t n_slots = step_.delay.n_slots;
        std::vector<Real> h;
        for (std::size_t back = n_slots; back-- > 0;) {
            const auto slot = past_.begin() + (n_steps_ + n_slots - back) % n_slots * n_rows_;
            h.insert(h.end(), slot, slot + n_rows_);
        }
        return h;
    }
    void set_history(const std::vector<Real>& h) override {
        LAMINA_EXPECT(h.size() == past_.size());
        past_ = h;
        n_steps_ = step_.delay.active() ? step_.delay.n_slots - 1 : 0;
    }

  private:
    SomeRows all() const { return {0, n_rows_}; }
    GateWork<Real> work() {
        return {drive_.data(),    gate_sum_.data(),  drive_sum_.data(), log_divisor_.data(),
                pool_now_.data(), pool_next_.data(), pool_work_.data(), to_lag_now_.data(),
                past_.data(),     delayed_.data(),   &n_steps_,         noise_sum_.data()};
    }

    GateParameters par_;
    GateStep<Inhibition, Real> step_;
    std::size_t n_rows_;
    std::uint64_t n_steps_ = 0; // whose remainder says where the delay's newest step lies
    std::vector<Real> drive_;   // [n_rows, n_keys] at the present state
    std::vector<Real> gate_sum_, drive_sum_, log_divisor_; // [n_rows]
    std::vector<Real> past_, delayed_;                     // [n_slots, n_rows], [n_rows]
    std::vector<Real> pool_now_, pool_next_, pool_work_;   // only for inhibitions that pool
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

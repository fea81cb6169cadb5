#include "sim/bench_rate.hpp"

#include <cmath>
#include <memory>

#include "kernels/cpu/attention_step.hpp"
#include "kernels/cpu/exec.hpp"
#include "kernels/cpu/isa.hpp"
#include "kernels/cpu/matmul.hpp"
#include "kernels/cpu/peak.hpp"
#include "kernels/gate_rows.hpp"
#include "kernels/inhibit_rows.hpp"
#include "kernels/normal.hpp"
#include "kernels/score_rows.hpp"
#include "models/inhibition/pv_log.hpp"
#include "models/relaxation.hpp"
#include "models/scores/multiplicative.hpp"
#include "sim/area.hpp"

namespace lamina {
namespace {

constexpr int d_head = 64;
constexpr double dt_ms = 2, tau_gate_ms = 5, tau_PV_ms = 2.7, gate_max = 20;

/// One head of N columns with the area's bodies and fixed queries, keys and values.
template <class Real> class BenchedGateStep {
  public:
    explicit BenchedGateStep(int n)
        : n_(n), query_(numbers(1, 1 / std::sqrt(double(d_head)))), key_(numbers(2, 1)),
          value_(numbers(3, 1)), routed_(value_.size()), log_drive_(std::size_t(n) * n),
          gate_(log_drive_.size(), Real(1) / Real(n)), drive_(log_drive_.size()), zeros_(n),
          p_(n, Real(std::log(n))), gate_sum_(n, Real(1)), drive_sum_(n, Real(1)), log_divisor_(n),
          open_(n, 1) {}

    void blocked() {
        // keys and values change in every step, so packing them belongs to it
        keys_.pack(d_head, n_, key_.data(), n_);
        values_.pack(n_, d_head, value_.data(), d_head);
        inhibit();
        const cpu::AttentionHead<Real> head{n_,
                                            n_,
                                            d_head,
                                            d_head,
                                            query_.data(),
                                            d_head,
                                            &keys_,
                                            &values_,
                                            log_drive_.data(),
                                            false,
                                            gate_.data(),
                                            routed_.data(),
                                            d_head};
        const auto meet_rows = [&](std::size_t first, std::size_t last, Real* log_drive) {
            cpu::run_rows(first, last, meet(log_drive));
        };
        const auto gate_rows = [&](std::size_t first, std::size_t last, const Real* log_drive) {
            cpu::run_rows(first, last, gates(log_drive));
        };
        cpu::attention_step(head, meet_rows, gate_rows);
    }
    void in_stages() {
        cpu::matmul_nn(n_, n_, d_head, query_.data(), d_head, key_.data(), n_, log_drive_.data(),
                       n_);
        Cpu{}.for_each_row(n_, meet(log_drive_.data()));
        inhibit();
        Cpu{}.for_each_row(n_, gates(log_drive_.data()));
        cpu::matmul_nn(n_, d_head, n_, gate_.data(), n_, value_.data(), d_head, routed_.data(),
                       d_head);
    }
    /// After 120 ms more: the slowest mode of the loop loses a factor of 0.827 in each 2 ms.
    double worst_row_sum() {
        for (int i = 0; i < 60; ++i) blocked();
        double worst = 0;
        for (const Real sum : gate_sum_) worst = std::max(worst, std::fabs(double(sum) - 1));
        return worst;
    }

  private:
    std::vector<Real> numbers(std::uint64_t which, double sd) const {
        std::vector<double> x(std::size_t(n_) * d_head);
        normal_row(1, 0, Stream::laboratory, which, x.data(), x.size());
        std::vector<Real> scaled(x.size());
        for (std::size_t i = 0; i < x.size(); ++i) scaled[i] = Real(sd * x[i]);
        return scaled;
    }
    void inhibit() {
        using Rows = InhibitRows<PvLog, Real>;
        const auto constants = PvLog::prepare<Real>({tau_PV_ms}, dt_ms);
        Cpu{}.for_each(n_, Rows{p_.data(), gate_sum_.data(), drive_sum_.data(), nullptr, nullptr,
                                nullptr, nullptr, open_.data(), Real(lag_.leak), constants});
        Cpu{}.for_each(n_, DivisorRows<PvLog, Real>{p_.data(), nullptr, log_divisor_.data(),
                                                    open_.data(), constants});
    }
    MeetRows<Multiplicative, Real> meet(Real* log_drive) {
        return {
            zeros_.data(), zeros_.data(), nullptr, log_drive, n_, n_, {Real(1) / Real(8), d_head}};
    }
    GateRows<Real> gates(const Real* log_drive) {
        return {log_drive,
                log_divisor_.data(),
                gate_.data(),
                drive_.data(),
                gate_sum_.data(),
                drive_sum_.data(),
                nullptr,
                n_,
                Real(lag_.leak),
                Real(lag_.from_now),
                Real(lag_.from_next),
                Real(std::log(gate_max))};
    }

    int n_;
    Relaxation lag_ = Relaxation::over(dt_ms, tau_gate_ms);
    std::vector<Real> query_, key_, value_, routed_;                   // [n, d], keys [d, n]
    std::vector<Real> log_drive_, gate_, drive_;                       // [n, n]
    std::vector<Real> zeros_, p_, gate_sum_, drive_sum_, log_divisor_; // [n]
    std::vector<unsigned char> open_;
    cpu::PackedMatrix<Real> keys_, values_;
};

/// A whole column with one head of the same size.
std::unique_ptr<Area> one_head_area(int n, Precision precision) {
    AreaSpec spec;
    spec.columns = n;
    spec.heads = 1;
    spec.d_model = spec.d_head = d_head;
    spec.precision = precision;
    spec.dt_ms = dt_ms;
    AttentionWeights w;
    w.heads = 1;
    w.d_model = w.d_head = d_head;
    const std::size_t square = std::size_t(d_head) * d_head;
    std::uint64_t which = 10;
    for (auto* matrix : {&w.W_Q, &w.W_K, &w.W_V, &w.W_O}) {
        matrix->resize(square);
        normal_row(1, 0, Stream::laboratory, which++, matrix->data(), square);
        for (double& x : *matrix) x /= std::sqrt(double(d_head));
    }
    for (auto* vector : {&w.b_Q, &w.b_K, &w.b_V, &w.b_O, &w.b_2, &w.beta_1, &w.beta_2})
        vector->assign(d_head, 0);
    w.g_1.assign(d_head, 1);
    w.g_2.assign(d_head, 1);
    auto area = make_area(spec, w, 1);
    Segment segment;
    segment.x.resize(std::size_t(n) * d_head);
    normal_row(1, 0, Stream::laboratory, which, segment.x.data(), segment.x.size());
    area->reset(1, 0);
    area->present(segment);
    area->settle_inputs();
    return area;
}

template <class Real> constexpr Precision precision_of() {
    return sizeof(Real) == 8 ? Precision::float64 : Precision::float32;
}

/// Peak and steps of one precision, side by side.
template <class Real> void measure(RateBenchmark& result) {
    const std::vector<int> sizes = {256, 1024};
    std::vector<std::unique_ptr<BenchedGateStep<Real>>> blocked, staged;
    std::vector<std::unique_ptr<Area>> areas;
    std::vector<std::function<void()>> contestants;
    double flop_of_peak = 0;
    contestants.push_back([&] { flop_of_peak = cpu::run_fma_chains<Real>(10000); });
    std::vector<std::int64_t> step(sizes.size());
    for (std::size_t i = 0; i < sizes.size(); ++i) {
        blocked.push_back(std::make_unique<BenchedGateStep<Real>>(sizes[i]));
        staged.push_back(std::make_unique<BenchedGateStep<Real>>(sizes[i]));
        areas.push_back(one_head_area(sizes[i], precision_of<Real>()));
        contestants.push_back([&, i] { blocked[i]->blocked(); });
        contestants.push_back([&, i] { staged[i]->in_stages(); });
        contestants.push_back([&, i] { areas[i]->advance(step[i]++); });
    }
    const auto timings = time_interleaved(contestants, result.n_windows, result.window_s);

    const double peak = flop_of_peak / timings[0].least_s * 1e-9;
    result.peaks.push_back({precision_of<Real>(), peak});
    for (std::size_t i = 0; i < sizes.size(); ++i) {
        GateStepSpeed s;
        s.precision = precision_of<Real>();
        s.n_columns = sizes[i];
        s.d_head = d_head;
        s.blocked = timings[3 * i + 1];
        s.in_stages = timings[3 * i + 2];
        s.area = timings[3 * i + 3];
        const double GFLOP = 4e-9 * sizes[i] * sizes[i] * d_head;
        s.blocked_GFLOP_per_s = GFLOP / s.blocked.least_s;
        s.in_stages_GFLOP_per_s = GFLOP / s.in_stages.least_s;
        s.blocked_percent_of_peak = 100 * s.blocked_GFLOP_per_s / peak;
        s.in_stages_percent_of_peak = 100 * s.in_stages_GFLOP_per_s / peak;
        s.worst_row_sum = blocked[i]->worst_row_sum();
        result.steps.push_back(s);
    }
}

} // namespace

RateBenchmark bench_rate(bool quick) {
    RateBenchmark result;
    result.instructions = cpu::name_of(cpu::isa());
    result.n_windows = quick ? 9 : 60;
    result.window_s = quick ? 0.004 : 0.02;
    measure<float>(result);
    measure<double>(result);
    result.relaxation = bench_relaxation(result.n_windows, result.window_s);
    return result;
}

} // namespace lamina

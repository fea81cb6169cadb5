/// One pass of attention against the bodies that do its parts one after the other.
#include <catch2/catch.hpp>

#include <cmath>
#include <vector>

#include "kernels/attend_blocks.hpp"
#include "kernels/device_array.hpp"
#include "kernels/emulated/exec.hpp"
#include "kernels/matmul_blocks.hpp"
#include "kernels/normal.hpp"
#include "kernels/score_rows.hpp"

using namespace lamina;

namespace {

/// A mechanism whose score needs all that it is given.
struct Shifted {
    template <class Real> struct Constants { Real scale; };
    template <class Real>
    LAMINA_FN static Real meet(Real dot, Real query_log, Real key_log, const Constants<Real>& c) {
        return fma(c.scale, dot, query_log - key_log);
    }
};

template <class Real> std::vector<Real> attend_numbers(std::size_t n, std::uint64_t which) {
    std::vector<double> x(n);
    normal_row(11, 0, Stream::laboratory, which, x.data(), n);
    return std::vector<Real>(x.begin(), x.end());
}

/// What a step of attention is given, and what it leaves.
template <class Real> struct Attention {
    int n_trials, heads, N, features, d_head;
    bool masked, noisy;
    std::vector<Real> query, key, query_log, key_log, mask, log_divisor, value, noise;
    std::vector<Real> gate, drive, gate_sum, drive_sum, routed;

    Attention(int trials, int h, int n, int f, int d, bool with_mask, bool with_noise)
        : n_trials(trials), heads(h), N(n), features(f), d_head(d), masked(with_mask),
          noisy(with_noise) {
        const std::size_t rows = std::size_t(trials) * h * n, pairs = rows * n;
        query = attend_numbers<Real>(rows * f, 1), key = attend_numbers<Real>(rows * f, 2);
        query_log = attend_numbers<Real>(rows, 3), key_log = attend_numbers<Real>(rows, 4);
        log_divisor = attend_numbers<Real>(rows, 5);
        value = attend_numbers<Real>(rows * d, 6), noise = attend_numbers<Real>(pairs, 7);
        gate = attend_numbers<Real>(pairs, 8), drive = attend_numbers<Real>(pairs, 9);
        mask.assign(std::size_t(trials) * n * n, Real(0));
        for (std::size_t k = 0; k < mask.size(); k += 3) mask[k] = -math::infinity<Real>;
        gate_sum.assign(rows, 0), drive_sum.assign(rows, 0), routed.assign(rows * d, 0);
    }
    std::size_t n_rows() const { return query_log.size(); }
};

constexpr double log_limit = 1.5; // some drives reach it

template <class Real> class OnDevice {
  public:
    OnDevice(const Emulated& exec, Attention<Real>& of)
        : exec_(exec), of_(of), query_(exec, of.query), key_(exec, of.key),
          query_log_(exec, of.query_log), key_log_(exec, of.key_log), mask_(exec, of.mask),
          log_divisor_(exec, of.log_divisor), value_(exec, of.value), noise_(exec, of.noise),
          gate_(exec, of.gate), drive_(exec, of.drive), gate_sum_(exec, of.gate_sum),
          drive_sum_(exec, of.drive_sum), routed_(exec, of.routed), s_(exec, of.gate.size()) {}

    template <int extent> void in_one_pass() {
        AttendBlocks<Shifted, Real, extent> blocks{};
        blocks.query = query_.data(), blocks.key = key_.data();
        blocks.query_log = query_log_.data(), blocks.key_log = key_log_.data();
        blocks.mask = of_.masked ? mask_.data() : nullptr;
        blocks.gates = gates();
        blocks.gates.log_drive = nullptr;
        blocks.value = value_.data(), blocks.routed = routed_.data();
        blocks.n_trials = of_.n_trials, blocks.n_heads = of_.heads, blocks.n_columns = of_.N;
        blocks.n_features = of_.features, blocks.d_head = of_.d_head;
        blocks.constants = {Real(0.25)};
        exec_.for_each_block("attend", blocks.shape(), blocks);
        take();
    }
    void one_after_the_other() {
        const std::size_t N = std::size_t(of_.N), f = std::size_t(of_.features),
                          d = std::size_t(of_.d_head), width = d * of_.heads;
        MatrixProducts<Real> scores{};
        scores.a = {query_.data(), f, 1, N * f}, scores.b = {key_.data(), 1, f, N * f};
        scores.c = {s_.data(), N, 1, N * N};
        scores.m = scores.n = of_.N, scores.k = of_.features;
        scores.n_matrices = of_.n_trials * of_.heads;
        multiply(exec_, "scores", scores);
        exec_.for_each_row("meet", of_.n_rows(),
                           MeetRows<Shifted, Real>{query_log_.data(),
                                                   key_log_.data(),
                                                   nullptr,
                                                   s_.data(),
                                                   of_.N,
                                                   of_.N,
                                                   {Real(0.25)}});
        if (of_.masked)
            exec_.for_each_row("mask", of_.n_rows(),
                               MaskRows<Real>{mask_.data(), s_.data(), of_.heads, of_.N, of_.N});
        exec_.for_each_row("gates", of_.n_rows(), gates());
        MatrixProducts<Real> route{};
        route.a = {gate_.data(), N, 1, of_.heads * N * N, N * N};
        route.b = {value_.data(), width, 1, N * width, d};
        route.c = {routed_.data(), width, 1, N * width, d};
        route.m = route.k = of_.N, route.n = of_.d_head;
        route.n_matrices = of_.n_trials * of_.heads, route.n_members = of_.heads;
        multiply(exec_, "route", route);
        take();
    }

  private:
    GateRows<Real> gates() {
        return {s_.data(),
                log_divisor_.data(),
                gate_.data(),
                drive_.data(),
                gate_sum_.data(),
                drive_sum_.data(),
                of_.noisy ? noise_.data() : nullptr,
                of_.N,
                Real(0.2),
                Real(0.125),
                Real(0.075),
                Real(log_limit)};
    }
    void take() {
        of_.gate = gate_.get(), of_.drive = drive_.get(), of_.routed = routed_.get();
        of_.gate_sum = gate_sum_.get(), of_.drive_sum = drive_sum_.get();
    }

    const Emulated& exec_;
    Attention<Real>& of_;
    DeviceArray<Emulated, Real> query_, key_, query_log_, key_log_, mask_, log_divisor_, value_,
        noise_, gate_, drive_, gate_sum_, drive_sum_, routed_, s_;
};

template <class Real> double farthest(const std::vector<Real>& a, const std::vector<Real>& b) {
    double most = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        most = std::max(most, std::fabs(double(a[i] - b[i])));
    return most;
}

} // namespace

TEMPLATE_TEST_CASE("AttendBlocks has the bits of scores, gates and routing one after the other", "",
                   double, float) {
    using Real = TestType;
    // one tile, its edges, several tiles; more and fewer features than a tile is deep
    const auto [N, features, d_head] = GENERATE(table<int, int, int>(
        {{1, 1, 1}, {6, 5, 4}, {32, 32, 16}, {33, 40, 7}, {64, 64, 64}, {70, 3, 33}}));
    const bool masked = GENERATE(false, true), noisy = GENERATE(false, true);
    INFO(N << " columns, " << features << " features, d_head " << d_head);
    const int trials = N > 60 ? 1 : 2, heads = 2;
    const auto attend = [&, N = N, features = features, d_head = d_head](std::uint64_t seed,
                                                                         auto&& run) {
        const Emulated exec(seed);
        Attention<Real> attention(trials, heads, N, features, d_head, masked, noisy);
        OnDevice<Real> device(exec, attention);
        run(device);
        return attention;
    };
    const auto parts = attend(1, [](auto& device) { device.one_after_the_other(); });
    const double rounding = 64 * double(N) * std::numeric_limits<Real>::epsilon();
    const auto check = [&](const Attention<Real>& once) {
        CHECK(once.gate == parts.gate);
        CHECK(once.drive == parts.drive);
        CHECK(once.routed == parts.routed);
        CHECK(farthest(once.gate_sum, parts.gate_sum) <= rounding);
        CHECK(farthest(once.drive_sum, parts.drive_sum) <= rounding);
    };
    const auto once = attend(1, [](auto& device) { device.template in_one_pass<64>(); });
    check(once);
    // in any order of threads, sums too
    const auto other = attend(2, [](auto& device) { device.template in_one_pass<64>(); });
    CHECK(other.gate_sum == once.gate_sum);
    CHECK(other.drive_sum == once.drive_sum);
    CHECK(other.routed == once.routed);
    if (d_head <= 32) check(attend(3, [](auto& device) { device.template in_one_pass<32>(); }));
}

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>
#include <vector>

#include "kernels/cpu/exec.hpp"
#include "kernels/cpu/matmul.hpp"
#include "kernels/gate_rows.hpp"
#include "kernels/norm_rows.hpp"
#include "kernels/normal.hpp"
#include "kernels/relax.hpp"
#include "kernels/route_rows.hpp"
#include "kernels/row_sum.hpp"

using namespace lamina;

namespace {

std::vector<double> gaussian(std::size_t n, std::uint64_t which) {
    std::vector<double> x(n);
    normal_row(1, 0, Stream::laboratory, which, x.data(), n);
    return x;
}

} // namespace

TEST_CASE("row_sum adds every element of rows of any length") {
    for (int n = 0; n < 40; ++n) {
        std::vector<double> x(n);
        for (int i = 0; i < n; ++i) x[i] = i + 1;
        CHECK(row_sum(x.data(), n, OneLane{}) == n * (n + 1) / 2);
    }
}

TEST_CASE("RouteRows is the matrix product of gates and values, to the bit") {
    const int N = 7, H = 3, d = 5, W = H * d;
    const auto a = gaussian(H * N * N, 1), v = gaussian(N * W, 2);
    std::vector<double> body(N * W), product(N * W);
    Cpu{}.for_each_row(H * N, RouteRows<double>{a.data(), v.data(), body.data(), N, N, H, d});
    for (int h = 0; h < H; ++h)
        cpu::matmul_nn(N, d, N, a.data() + h * N * N, N, v.data() + h * d, W,
                       product.data() + h * d, W);
    CHECK(body == product); // the same chain of fma over keys
}

TEST_CASE("GateRows: each gate is a lag towards its limited drive") {
    const double closed = -std::numeric_limits<double>::infinity();
    const std::vector<double> s = {0.3, -2, 60, closed}, b = {0.1};
    std::vector<double> a = {0.5, 0.1, 0.2, 0.3}, before = a, drive = {1, 2, 3, 4}, now = drive,
                        sum(1), total(1);
    const double leak = 0.2, from_now = 0.12, from_next = 0.08, limit = std::log(20.0);
    Cpu{}.for_each_row(1, GateRows<double>{s.data(), b.data(), a.data(), drive.data(), sum.data(),
                                           total.data(), nullptr, 4, leak, from_now, from_next,
                                           limit});
    const double expected[] = {std::exp(0.2), std::exp(-2.1), 20, 0};
    double gates = 0, drives = 0;
    for (int k = 0; k < 4; ++k) {
        CHECK(drive[k] == Approx(expected[k]).epsilon(1e-14).margin(1e-300));
        CHECK(a[k] == Approx(before[k] * (1 - leak) + from_now * now[k] + from_next * expected[k])
                          .epsilon(1e-14));
        gates += a[k], drives += drive[k];
    }
    CHECK(drive[3] == 0); // a masked key has no drive at all
    CHECK(sum[0] == Approx(gates).epsilon(1e-14));
    CHECK(total[0] == Approx(drives).epsilon(1e-14));
}

TEST_CASE("PoolRows: log sum exp without overflow, -infinity for a closed row") {
    const double closed = -std::numeric_limits<double>::infinity();
    const std::vector<double> s = {1000, 999, closed, closed, closed, closed};
    std::vector<double> pool(2), work(6);
    Cpu{}.for_each_row(2, PoolRows<double>{s.data(), pool.data(), work.data(), 3, 0.5});
    CHECK(pool[0] == Approx(500 + std::log(1 + std::exp(-0.5))).epsilon(1e-14));
    CHECK(pool[1] == closed);
}

TEST_CASE("NormRows with the pools at their fixed points is layer norm") {
    const int d = 12;
    const auto y = gaussian(2 * d, 3), scale = gaussian(d, 4), shift = gaussian(d, 5);
    std::vector<double> mean(2), square(2), work(2 * d), n(2 * d);
    Cpu{}.for_each_row(2, MeanRows<double>{y.data(), mean.data(), d});
    Cpu{}.for_each_row(2, SquareRows<double>{y.data(), mean.data(), square.data(), work.data(), d});
    Cpu{}.for_each_row(2, NormRows<double>{y.data(), mean.data(), square.data(), scale.data(),
                                           shift.data(), n.data(), d, 1e-5});
    for (int row = 0; row < 2; ++row) {
        double m = 0, var = 0;
        for (int k = 0; k < d; ++k) m += y[row * d + k] / d;
        for (int k = 0; k < d; ++k) var += std::pow(y[row * d + k] - m, 2) / d;
        for (int k = 0; k < d; ++k)
            CHECK(n[row * d + k] ==
                  Approx(scale[k] * (y[row * d + k] - m) / std::sqrt(var + 1e-5) + shift[k])
                      .epsilon(1e-12));
    }
}

TEST_CASE(
    "an opponent pair's difference is the signed rate, and neither falls below the baseline") {
    const std::vector<double> now = {1, -1, 2, -3}, next = {1.5, 1, -2, -3.5};
    std::vector<double> rate = {0, 0.2, -0.3, 0.5}, up(4), down(4);
    for (int i = 0; i < 4; ++i) {
        up[i] = 0.7 + std::max(rate[i], 0.0);
        down[i] = 0.7 + std::max(-rate[i], 0.0);
    }
    Cpu{}.for_each(4, Relax<double>{rate.data(), now.data(), next.data(), 0.3, 0.18, 0.12});
    Cpu{}.for_each(4, RelaxPair<double>{up.data(), down.data(), now.data(), next.data(), 0.3, 0.18,
                                        0.12, 0.7});
    for (int i = 0; i < 4; ++i) {
        CHECK(up[i] - down[i] == Approx(rate[i]).margin(1e-15));
        CHECK((up[i] >= 0.7 - 1e-15 && down[i] >= 0.7 - 1e-15));
    }
}

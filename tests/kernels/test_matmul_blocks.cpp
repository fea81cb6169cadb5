/// The device's matrix product: the CPU's bits, for every shape and layout.
#include <catch2/catch.hpp>

#include <vector>

#include "kernels/cpu/matmul.hpp"
#include "kernels/device_array.hpp"
#include "kernels/emulated/exec.hpp"
#include "kernels/matmul_blocks.hpp"
#include "kernels/normal.hpp"

using namespace lamina;

namespace {

template <class Real> std::vector<Real> matmul_numbers(std::size_t n, std::uint64_t which) {
    std::vector<double> x(n);
    normal_row(7, 0, Stream::laboratory, which, x.data(), n);
    return std::vector<Real>(x.begin(), x.end());
}

template <class Real>
std::vector<Real> multiplied(const Emulated& exec, MatrixProducts<Real> product,
                             const std::vector<Real>& a, const std::vector<Real>& b,
                             const std::vector<Real>& c) {
    DeviceArray<Emulated, Real> on_a(exec, a), on_b(exec, b), on_c(exec, c);
    product.a.first = on_a.data(), product.b.first = on_b.data(), product.c.first = on_c.data();
    multiply(exec, "multiply", product);
    return on_c.get();
}

} // namespace

TEMPLATE_TEST_CASE("MatmulBlocks has the bits of the CPU's product, for any order of threads", "",
                   double, float) {
    using Real = TestType;
    const Emulated exec(GENERATE(1u, 2u));
    const auto [m, n, k] = GENERATE(table<int, int, int>(
        {{1, 1, 1}, {6, 4, 8}, {32, 32, 32}, {33, 31, 65}, {40, 70, 50}, {64, 64, 64}, {5, 3, 0}}));
    const bool accumulate = GENERATE(false, true), transposed = GENERATE(false, true);
    INFO(m << " x " << n << " x " << k);
    const auto size = [](int rows, int columns) { return std::size_t(rows) * columns; };
    const auto a = matmul_numbers<Real>(size(m, k), 1), b = matmul_numbers<Real>(size(k, n), 2);
    auto c = matmul_numbers<Real>(size(m, n), 3);

    MatrixProducts<Real> product{};
    product.m = m, product.n = n, product.k = k, product.accumulate = accumulate;
    product.a.row = std::size_t(k), product.c.row = std::size_t(n);
    product.b.row = transposed ? 1 : std::size_t(n);
    product.b.column = transposed ? std::size_t(k) : 1;
    const auto here = multiplied(exec, product, a, b, c);

    const auto store = accumulate ? cpu::Store::accumulate : cpu::Store::overwrite;
    if (transposed)
        cpu::matmul_nt(m, n, k, a.data(), k, b.data(), k, c.data(), n, store);
    else
        cpu::matmul_nn(m, n, k, a.data(), k, b.data(), n, c.data(), n, store);
    CHECK(here == c);
}

TEST_CASE("MatmulBlocks takes the heads of every trial from where they lie") {
    // gates [trial][head][query][key] times values [trial][key][head * d]
    constexpr int n_trials = 3, heads = 2, N = 6, d = 5, width = heads * d;
    const auto a = matmul_numbers<double>(n_trials * heads * N * N, 1);
    const auto v = matmul_numbers<double>(n_trials * N * width, 2);
    std::vector<double> expected(n_trials * N * width, 0);
    for (int trial = 0; trial < n_trials; ++trial)
        for (int head = 0; head < heads; ++head)
            cpu::matmul_nn(N, d, N, a.data() + (trial * heads + head) * N * N, N,
                           v.data() + trial * N * width + head * d, width,
                           expected.data() + trial * N * width + head * d, width);

    MatrixProducts<double> product{};
    product.m = N, product.n = d, product.k = N;
    product.a.row = N, product.a.group = heads * N * N, product.a.member = N * N;
    product.b.row = width, product.b.group = N * width, product.b.member = d;
    product.c.row = width, product.c.group = N * width, product.c.member = d;
    product.n_matrices = n_trials * heads, product.n_members = heads;
    const Emulated exec(5);
    CHECK(multiplied(exec, product, a, v, std::vector<double>(n_trials * N * width)) == expected);
}

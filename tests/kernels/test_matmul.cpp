/// Matrix products: every element is one chain of fma, whatever the shape and the instruction set.
#include <catch2/catch.hpp>

#include <random>
#include <vector>

#include "kernels/cpu/isa.hpp"
#include "kernels/cpu/matmul.hpp"
#include "kernels/cpu/matmul_plain.hpp"
#include "support/same_bits.hpp"
#include "support/skip.hpp"

namespace {

using namespace lamina::cpu;
using lamina::test::same_bits;

/// Runs a test with at most these instructions; false where the processor lacks them.
struct With {
    explicit With(Isa which) {
        limit_isa(which);
        available = isa() == which;
    }
    ~With() { limit_isa(Isa::avx512); }
    bool available;
};

template <class Real> std::vector<Real> random_numbers(std::size_t n, unsigned seed) {
    std::mt19937 draw(seed);
    std::vector<Real> x(n);
    for (Real& value : x) value = Real(int(draw() >> 1) - (1 << 30)) / Real(1 << 28);
    return x;
}

struct Shape {
    int m, n, k;
};

// around the tiles (6 rows; 8, 16, 32, 64 columns), the cut of k at 128, and the copy from 32 rows
// on
const std::vector<Shape> shapes = {
    {1, 1, 1},    {1, 1, 0},    {3, 5, 0},     {6, 64, 1},    {7, 65, 3},   {5, 7, 11},
    {16, 16, 16}, {16, 64, 64}, {13, 31, 17},  {6, 8, 127},   {7, 9, 128},  {11, 15, 129},
    {2, 17, 257}, {12, 33, 40}, {31, 63, 130}, {32, 130, 70}, {33, 96, 33}, {40, 129, 65},
    {48, 1, 300}, {1, 200, 9},  {4, 23, 5},    {50, 70, 260}, {64, 64, 64}, {9, 47, 2}};

} // namespace

TEMPLATE_TEST_CASE("matmul: bits of the plain loop for every shape, stride and instruction set", "",
                   float, double) {
    using Real = TestType;
    for (const Isa which : {Isa::plain, Isa::avx2, Isa::avx512}) {
        const With with(which);
        if (!with.available) {
            lamina::test::skip(std::string("no ") + name_of(which));
            continue;
        }
        for (const Shape& s : shapes)
            for (const int extra : {0, 3})
                for (const bool accumulate : {false, true}) {
                    INFO(name_of(which)
                         << " m n k = " << s.m << " " << s.n << " " << s.k << ", rows longer by "
                         << extra << (accumulate ? ", accumulated" : ""));
                    const int lda = s.k + extra, ldb_nn = s.n + extra, ldb_nt = s.k + extra,
                              ldc = s.n + extra;
                    const auto a = random_numbers<Real>(std::size_t(s.m) * lda + 1, 1);
                    const auto b = random_numbers<Real>(std::size_t(s.k) * ldb_nn + 1, 2);
                    std::vector<Real> bt(std::size_t(s.n) * ldb_nt + 1, Real(7));
                    for (int l = 0; l < s.k; ++l)
                        for (int j = 0; j < s.n; ++j) bt[j * ldb_nt + l] = b[l * ldb_nn + j];
                    // what lies between the rows of C must stay
                    const auto before = random_numbers<Real>(std::size_t(s.m) * ldc + 1, 3);
                    auto expected = before;
                    matmul_plain<Real>(s.m, s.n, s.k, a.data(), lda, b.data(), ldb_nn, 1,
                                       expected.data(), ldc, accumulate);
                    const Store store = accumulate ? Store::accumulate : Store::overwrite;

                    auto c = before;
                    matmul_nn(s.m, s.n, s.k, a.data(), lda, b.data(), ldb_nn, c.data(), ldc, store);
                    CHECK(same_bits(c, expected));
                    c = before;
                    matmul_nt(s.m, s.n, s.k, a.data(), lda, bt.data(), ldb_nt, c.data(), ldc,
                              store);
                    CHECK(same_bits(c, expected));

                    PackedMatrix<Real> packed;
                    packed.pack(s.k, s.n, b.data(), ldb_nn);
                    c = before;
                    packed.multiply(s.m, a.data(), lda, c.data(), ldc, store);
                    CHECK(same_bits(c, expected));
                    packed.pack_transposed(s.n, s.k, bt.data(), ldb_nt);
                    c = before;
                    packed.multiply(s.m, a.data(), lda, c.data(), ldc, store);
                    CHECK(same_bits(c, expected));
                }
    }
}

TEST_CASE("matmul: a row of ones against powers of two counts them exactly") {
    // sum_{l < 20} 2^l = 2^20 - 1, and the chain with an old value
    std::vector<double> ones(20, 1.0), powers(20);
    for (int l = 0; l < 20; ++l) powers[l] = 1 << l;
    double c = 1;
    matmul_nt(1, 1, 20, ones.data(), 20, powers.data(), 20, &c, 1, Store::accumulate);
    CHECK(c == 1 << 20);
    matmul_nn(1, 1, 20, ones.data(), 20, powers.data(), 1, &c, 1);
    CHECK(c == (1 << 20) - 1);
}

TEST_CASE("matmul: a part of a packed matrix gives those columns") {
    const int m = 7, n = 200, k = 30;
    const auto a = random_numbers<double>(m * k, 1), b = random_numbers<double>(k * n, 2);
    PackedMatrix<double> packed;
    packed.pack(k, n, b.data(), n);
    std::vector<double> whole(m * n), part(m * n);
    packed.multiply(m, a.data(), k, whole.data(), n);
    const int first = packed.column_block();
    packed.multiply(m, a.data(), k, part.data() + first, n, Store::overwrite, first, n - first);
    packed.multiply(m, a.data(), k, part.data(), n, Store::overwrite, 0, first);
    CHECK(same_bits(whole, part));
    // packed again with the same size, the memory is used again
    packed.pack(k, n, a.data(), 0);
    PackedMatrix<double> moved = std::move(packed);
    CHECK(moved.rows() == k);
    CHECK(moved.columns() == n);
}

TEST_CASE("matmul: NaN and infinity go where the definition sends them") {
    const double infinity = std::numeric_limits<double>::infinity();
    std::vector<double> a = {1, 0, 0, 1}, b = {infinity, 2, 3, 4}, c(4);
    matmul_nn(2, 2, 2, a.data(), 2, b.data(), 2, c.data(), 2);
    CHECK(c[0] == infinity); // 1 inf + 0 3
    CHECK(c[1] == 2);
    CHECK(std::isnan(c[2])); // 0 inf
    CHECK(c[3] == 4);
}

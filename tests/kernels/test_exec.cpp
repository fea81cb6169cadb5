/// The CPU executor: threads and vector instructions change no bit of what a body writes.
#include <catch2/catch.hpp>

#include <vector>

#include "kernels/cpu/attention_step.hpp"
#include "kernels/cpu/exec.hpp"
#include "kernels/math.hpp"
#include "support/same_bits.hpp"

namespace {

using namespace lamina;
using lamina::test::same_bits;

template <class Real> struct ExpItem {
    const Real* x;
    Real* y;
    void operator()(std::size_t i) const { y[i] = math::exp(x[i]) * Real(0.3) + x[i]; }
};

template <class Real> struct ExpRow {
    const Real* x; // [n_rows, n]
    Real* y;
    int n;
    template <class Lanes> void operator()(std::size_t row, Lanes lanes) const {
        for (int k = lanes.first(); k < n; k += lanes.count())
            y[row * n + k] = math::tanh(x[row * n + k]) - x[row * n + k] * Real(0.1);
    }
};

template <class Real> std::vector<Real> waves(std::size_t n, double step) {
    std::vector<Real> x(n);
    for (std::size_t i = 0; i < n; ++i) x[i] = math::sin_turns(Real(step) * Real(i % 1009));
    return x;
}

/// Scores become log drives: half of it.
template <class Real> struct Halve {
    Real* log_drive;
    int n_keys;
    template <class Lanes> void operator()(std::size_t row, Lanes lanes) const {
        for (int k = lanes.first(); k < n_keys; k += lanes.count())
            log_drive[row * n_keys + k] *= Real(0.5);
    }
};

/// Gates that keep a tenth of what they were.
template <class Real> struct Gate {
    const Real* log_drive;
    Real* gate;
    int n_keys;
    template <class Lanes> void operator()(std::size_t row, Lanes lanes) const {
        for (int k = lanes.first(); k < n_keys; k += lanes.count()) {
            Real& a = gate[row * n_keys + k];
            a = fma(Real(0.1), a, math::exp(log_drive[row * n_keys + k]));
        }
    }
};

} // namespace

TEMPLATE_TEST_CASE("exec: threads and instruction sets change no bit", "", float, double) {
    using Real = TestType;
    const auto x = waves<Real>(37 * 101, 0.013);
    std::vector<Real> items(x.size()), rows(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) ExpItem<Real>{x.data(), items.data()}(i);
    for (std::size_t row = 0; row < 37; ++row)
        ExpRow<Real>{x.data(), rows.data(), 101}(row, OneLane{});

    for (const cpu::Isa which : {cpu::Isa::plain, cpu::Isa::avx2, cpu::Isa::avx512})
        for (const int n_threads : {1, 2, 3, 8}) {
            cpu::limit_isa(which);
            INFO(cpu::name_of(cpu::isa()) << ", " << n_threads << " threads");
            const Cpu executor{n_threads};
            std::vector<Real> y(x.size());
            executor.for_each(x.size(), ExpItem<Real>{x.data(), y.data()});
            CHECK(same_bits(y, items));
            executor.for_each_row(37, ExpRow<Real>{x.data(), y.data(), 101});
            CHECK(same_bits(y, rows));
        }
    cpu::limit_isa(cpu::Isa::avx512);
}

TEST_CASE("exec: no item is left out or done twice, also with more threads than items") {
    struct Count {
        int* times;
        void operator()(std::size_t i) const { ++times[i]; }
    };
    for (const std::size_t n : {0u, 1u, 2u, 7u, 64u})
        for (const int n_threads : {1, 3, 8}) {
            std::vector<int> times(n + 1);
            Cpu{n_threads}.for_each(n, Count{times.data()});
            CHECK(times == [&] {
                std::vector<int> expected(n + 1, 1);
                expected[n] = 0;
                return expected;
            }());
        }
}

TEMPLATE_TEST_CASE("attention step: the bits of its three stages one after the other", "", float,
                   double) {
    using Real = TestType;
    const int d = 20;
    // one block, then several, the last of them with fewer rows
    REQUIRE(cpu::attention_block<Real>(331) < 331);
    for (const int n : {1, 47, 130, 331, 700}) {
        const auto q = waves<Real>(n * d, 0.01), k = waves<Real>(n * d, 0.03),
                   v = waves<Real>(n * d, 0.07), before = waves<Real>(n * n, 0.011);
        // keys [feature][key]; values and results among those of another head
        std::vector<Real> scores(n * n), gate = before, routed(n * 2 * d);
        cpu::matmul_nn(n, n, d, q.data(), d, k.data(), n, scores.data(), n);
        for (int row = 0; row < n; ++row) {
            Halve<Real>{scores.data(), n}(row, OneLane{});
            Gate<Real>{scores.data(), gate.data(), n}(row, OneLane{});
        }
        cpu::matmul_nn(n, d, n, gate.data(), n, v.data(), d, routed.data() + d, 2 * d);

        cpu::PackedMatrix<Real> keys, values;
        keys.pack(d, n, k.data(), n);
        values.pack(n, d, v.data(), d);
        for (const bool keep : {false, true}) {
            INFO(n << " columns, log drives " << (keep ? "kept" : "dropped"));
            std::vector<Real> memory(keep ? n * n : cpu::attention_block<Real>(n) * n),
                fused = before, out(n * 2 * d);
            const cpu::AttentionHead<Real> head{n,
                                                n,
                                                d,
                                                d,
                                                q.data(),
                                                d,
                                                &keys,
                                                &values,
                                                memory.data(),
                                                keep,
                                                fused.data(),
                                                out.data() + d,
                                                2 * d};
            cpu::attention_step(
                head,
                [&](std::size_t first, std::size_t last, Real* log_drive) {
                    cpu::run_rows(first, last, Halve<Real>{log_drive, n});
                },
                [&](std::size_t first, std::size_t last, const Real* log_drive) {
                    cpu::run_rows(first, last, Gate<Real>{log_drive, fused.data(), n});
                });
            CHECK(same_bits(fused, gate));
            CHECK(same_bits(out, routed));
            if (keep) CHECK(same_bits(memory, scores));
        }
    }
}

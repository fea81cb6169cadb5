/// The emulated executor: blocks, warps and lanes in an order that a seed shuffles.
#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "kernels/atomics.hpp"
#include "kernels/cpu/exec.hpp"
#include "kernels/device_array.hpp"
#include "kernels/emulated/exec.hpp"
#include "kernels/route_rows.hpp"

using namespace lamina;

namespace {

using Word = std::uint32_t; // what memory holds at first may be added

/// Prefix sums of n_threads numbers per block, by doubling distances.
struct PrefixSums {
    const Word* in;
    Word* out;
    bool barriers = true;

    template <class Block> void operator()(const Block& block) const {
        Word* const sums = block.template shared<Word>();
        const int i = block.thread(), n = block.n_threads();
        sums[i] = in[block.index() * n + i];
        if (barriers) block.sync();
        for (int distance = 1; distance < n; distance *= 2) {
            const Word before = i >= distance ? sums[i - distance] : 0;
            if (barriers) block.sync();
            sums[i] += before;
            if (barriers) block.sync();
        }
        out[block.index() * n + i] = sums[i];
    }
};

/// Every block adds to a sum, and after the barrier sees what all have added.
struct Meet {
    std::int32_t* sum;
    std::int32_t* seen;
    bool barrier;
    template <class Block> void operator()(const Block& block) const {
        for (int round = 0; round < 5; ++round) {
            atomic_add(sum, 1);
            if (barrier) block.sync_all();
            const std::int32_t now = *sum;
            if (barrier) block.sync_all();
            if (block.thread() == 0) seen[round * block.count() + block.index()] = now;
        }
    }
};

struct Exchange {
    const float* x;
    float *sum, *largest, *third;
    std::uint32_t* odd;
    template <class Lanes> void operator()(std::size_t row, const Lanes& lanes) const {
        const float own = x[row * 32 + std::size_t(lanes.first())];
        const float s = lanes.sum(own), m = lanes.max(own), t = lanes.broadcast(own, 3);
        const std::uint32_t bits = lanes.ballot(lanes.first() % 2 == 1);
        if (lanes.first() == int(row) % 32) sum[row] = s, largest[row] = m, third[row] = t;
        if (lanes.first() == 0) odd[row] = bits;
    }
};

std::vector<Word> prefix_sums(std::uint64_t seed, bool barriers) {
    constexpr int n_blocks = 3, n_threads = 64;
    const Emulated exec(seed);
    std::vector<Word> in(n_blocks * n_threads);
    std::iota(in.begin(), in.end(), 1u);
    const DeviceArray<Emulated, Word> from(exec, in), to(exec, in.size());
    exec.for_each_block("prefix sums", {n_blocks, n_threads, n_threads * sizeof(Word)},
                        PrefixSums{from.data(), to.data(), barriers});
    return to.get();
}

} // namespace

TEST_CASE("emulated blocks: barriers make the order of threads disappear, and without them it "
          "shows",
          "[emulated]") {
    std::vector<Word> expected;
    for (Word block = 0; block < 3; ++block)
        for (Word i = 0, sum = 0; i < 64; ++i) expected.push_back(sum += block * 64 + i + 1);
    int n_wrong = 0;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        CHECK(prefix_sums(seed, true) == expected);
        n_wrong += prefix_sums(seed, false) != expected;
    }
    CHECK(n_wrong == 20);
}

TEST_CASE("emulated blocks: memory of a block holds anything at first", "[emulated]") {
    const Emulated exec(1);
    const DeviceArray<Emulated, int> out(exec, 1);
    CHECK(out.get()[0] != 0);
    struct Read {
        int* out;
        void operator()(const emulated::Block& block) const {
            if (block.thread() == 0) *out = block.shared<int>()[5];
        }
    };
    exec.for_each_block("read", {1, 32, 64}, Read{out.data()});
    CHECK(out.get()[0] != 0);
}

TEST_CASE("emulated grid: blocks that run together can meet", "[emulated]") {
    const auto seen = [](bool barrier, std::uint64_t seed) {
        const Emulated exec(seed);
        DeviceArray<Emulated, std::int32_t> sum(exec, 1), out(exec, 20);
        sum.clear();
        exec.for_each_block_together("meet", {4, 32, 0}, Meet{sum.data(), out.data(), barrier});
        return out.get();
    };
    const std::vector<std::int32_t> with = seen(true, 3), without = seen(false, 3);
    for (int round = 0; round < 5; ++round)
        for (int block = 0; block < 4; ++block)
            CHECK(with[std::size_t(4 * round + block)] == 128 * (round + 1));
    CHECK(without != with);
}

TEST_CASE("emulated blocks: a thread that others wait for in vain is told", "[emulated]") {
    struct Leaves {
        void operator()(const emulated::Block& block) const {
            if (block.thread() != 7) block.sync();
        }
    };
    struct Diverges {
        void operator()(const emulated::Block& block) const {
            if (block.thread() < 16)
                (void)block.lanes().sum(1);
            else
                (void)block.lanes().ballot(true);
        }
    };
    struct Apart {
        void operator()(const emulated::Block& block) const { block.sync_all(); }
    };
    const Emulated exec(5);
    CHECK_THROWS_WITH(exec.for_each_block("leaves", {1, 64, 0}, Leaves{}),
                      "63 of 64 threads wait for ever, the first of them, 0, at block.sync");
    CHECK_THROWS_WITH(exec.for_each_block("diverges", {1, 32, 0}, Diverges{}),
                      Catch::Contains("lanes.sum") && Catch::Contains("lanes.ballot"));
    CHECK_THROWS_WITH(exec.for_each_block("apart", {2, 32, 0}, Apart{}),
                      Catch::Contains("need not run at once"));
}

TEST_CASE("emulated lanes: sums in the order of a warp, ballots, broadcasts", "[emulated]") {
    std::vector<float> x(5 * 32);
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = std::sin(float(i)) * std::exp(float(i % 13));
    const Emulated exec(9);
    const DeviceArray<Emulated, float> from(exec, x), sum(exec, 5), largest(exec, 5),
        third(exec, 5);
    const DeviceArray<Emulated, std::uint32_t> odd(exec, 5);
    exec.for_each_row("exchange", 5,
                      Exchange{from.data(), sum.data(), largest.data(), third.data(), odd.data()});
    for (std::size_t row = 0; row < 5; ++row) {
        std::vector<float> tree(x.begin() + std::ptrdiff_t(row * 32),
                                x.begin() + std::ptrdiff_t(row * 32 + 32));
        CHECK(largest.get()[row] == *std::max_element(tree.begin(), tree.end()));
        CHECK(third.get()[row] == tree[3]);
        for (int distance = 16; distance > 0; distance /= 2) {
            std::vector<float> next(32);
            for (int lane = 0; lane < 32; ++lane)
                next[std::size_t(lane)] =
                    tree[std::size_t(lane)] + tree[std::size_t(lane ^ distance)];
            tree = next;
        }
        CHECK(sum.get()[row] == tree[0]);
        CHECK(odd.get()[row] == 0xaaaaaaaau);
    }
}

TEST_CASE("emulated items: each once, in an order of the seed", "[emulated]") {
    for (const std::size_t n : {0u, 1u, 2u, 7u, 64u, 1000u}) {
        std::set<std::vector<std::size_t>> orders;
        for (std::uint64_t seed = 0; seed < 4; ++seed) {
            std::vector<std::size_t> order;
            Emulated(seed).for_each("count", n, [&](std::size_t i) { order.push_back(i); });
            std::vector<std::size_t> sorted = order;
            std::sort(sorted.begin(), sorted.end());
            for (std::size_t i = 0; i < n; ++i) REQUIRE(sorted[i] == i);
            CHECK(sorted.size() == n);
            orders.insert(order);
        }
        if (n >= 64) CHECK(orders.size() == 4);
    }
}

/// The emulated executor: does on one processor what the CUDA executor (cuda/exec.cuh) does on a
/// GPU, through the same calls, slowly, and in an order that a seed shuffles. Its memory is apart
/// from the host's, and holds anything until it is written.
#pragma once

#include <cstdlib>
#include <cstring>
#include <functional>
#include <memory>
#include <new>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

#include "kernels/emulated/grid.hpp"

namespace lamina {

class Emulated {
  public:
    explicit Emulated(std::uint64_t seed) : fibers_(std::make_shared<emulated::Fibers>(seed)) {
        order_ = seed * 2 + 1;
    }

    void* allocate(std::size_t bytes) const {
        refuse_while_noting("allocate");
        void* const memory = std::malloc(bytes + 1);
        if (!memory) throw std::bad_alloc();
        std::memset(memory, 0xa5, bytes);
        return memory;
    }
    void release(void* memory) const { std::free(memory); }
    void copy_in(void* device, const void* host, std::size_t bytes) const {
        refuse_while_noting("copy_in");
        if (bytes > 0) std::memcpy(device, host, bytes);
    }
    void copy_out(void* host, const void* device, std::size_t bytes) const {
        refuse_while_noting("copy_out");
        if (bytes > 0) std::memcpy(host, device, bytes);
    }
    void clear(void* device, std::size_t bytes) const {
        if (noted([=] { clear(device, bytes); })) return;
        if (bytes > 0) std::memset(device, 0, bytes);
    }

    /// body(item) for item in [0, n).
    template <class Body> void for_each(const char*, std::size_t n, const Body& body) const {
        if (noted([this, n, body] { for_each("", n, body); })) return;
        // a stride without a common divisor comes past every item
        std::size_t stride = n > 1 ? next() % n : 1;
        while (n > 1 && std::gcd(stride, n) != 1) stride = stride % n + 1;
        std::size_t item = n > 1 ? next() % n : 0;
        for (std::size_t k = 0; k < n; ++k, item = (item + stride) % n) body(item);
    }

    /// body(row, lanes) for row in [0, n).
    template <class Body> void for_each_row(const char*, std::size_t n, const Body& body) const {
        if (noted([this, n, body] { for_each_row("", n, body); })) return;
        for_each("", n, [&](std::size_t row) {
            emulated::Warp warp;
            fibers_->run(emulated::Warp::width,
                         [&](int lane) { body(row, emulated::Lanes(*fibers_, warp, lane)); });
        });
    }

    /// body(block) by every thread of every block; blocks in any order.
    template <class Body>
    void for_each_block(const char*, const BlockShape& shape, const Body& body) const {
        if (noted([this, shape, body] { for_each_block("", shape, body); })) return;
        for_each("", std::size_t(shape.n_blocks), [&](std::size_t index) {
            emulated::Launch launch(*fibers_, shape, 1);
            fibers_->run(shape.n_threads, [&](int thread) {
                const emulated::Block block(launch, int(index), 0, thread, false);
                body(block);
            });
        });
    }

    /// The same with all blocks at once, so that they may meet.
    template <class Body>
    void for_each_block_together(const char*, const BlockShape& shape, const Body& body) const {
        if (noted([this, shape, body] { for_each_block_together("", shape, body); })) return;
        emulated::Launch launch(*fibers_, shape, shape.n_blocks);
        fibers_->run(shape.n_blocks * shape.n_threads, [&](int k) {
            const int index = k / shape.n_threads;
            const emulated::Block block(launch, index, index, k % shape.n_threads, true);
            body(block);
        });
    }
    /// For blocks that stride over work whose size only the device knows.
    BlockShape stride_shape() const { return {2, 64, 0}; }
    /// A device of four processors.
    int n_processors() const { return 4; }
    std::uint32_t most_alone() const { return 64; } ///< neurons that one block takes at most
    int least_threads() const { return 32; }        ///< of a block that is to be quick
    /// Blocks of this shape that can run at once; 0: not one.
    template <class Body> int most_blocks_together(const BlockShape& shape, const Body&) const {
        return shape.shared_bytes <= most_shared_bytes() ? n_processors() : 0;
    }
    std::size_t most_shared_bytes() const { return std::size_t(227) << 10; }

    /// A sequence of launches that is repeated, with what they were given when it was recorded.
    struct Sequence {
        std::vector<std::function<void()>> launches;
        explicit operator bool() const { return !launches.empty(); }
    };
    Sequence record(const std::function<void()>& launches) const {
        Sequence sequence;
        noting_ = &sequence;
        try {
            launches();
        } catch (...) { // the next launch is not to be noted
            noting_ = nullptr;
            throw;
        }
        noting_ = nullptr;
        return sequence;
    }
    void replay(const Sequence& sequence) const {
        for (const auto& launch : sequence.launches) launch();
    }

    void finish() const { refuse_while_noting("finish"); }

  private:
    /// As on a device: what waits cannot be part of a sequence.
    void refuse_while_noting(const char* what) const {
        if (noting_) throw std::logic_error(std::string(what) + " while a sequence is recorded");
    }
    /// While a sequence is recorded, a launch is noted and does nothing.
    template <class Launch> bool noted(const Launch& launch) const {
        if (noting_) noting_->launches.push_back(launch);
        return noting_ != nullptr;
    }
    std::size_t next() const { // an LCG (Knuth, MMIX)
        order_ = order_ * 6364136223846793005u + 1442695040888963407u;
        return std::size_t(order_ >> 33);
    }
    std::shared_ptr<emulated::Fibers> fibers_;
    mutable std::uint64_t order_;
    mutable Sequence* noting_ = nullptr;
};

} // namespace lamina

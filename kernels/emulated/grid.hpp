/// Blocks, warps and lanes as fibers on one processor, in an order that a seed shuffles: what a
/// missing barrier or an order that matters shows up in, where there is no GPU.
///
/// Lanes exchange as those of a warp do, sums in the same order (cuda/warp_lanes.cuh), so that what
/// is computed here is what a GPU computes.
#pragma once

#include <cstdint>
#include <cstring>
#include <vector>

#include "kernels/block.hpp"
#include "kernels/emulated/fibers.hpp"

namespace lamina::emulated {

/// What the 32 lanes of a warp exchange.
struct Warp {
    static constexpr int width = 32;
    Meeting meeting{width};
    std::uint64_t words[2][width] = {};
    int turn[width] = {}; ///< which of the two a lane writes next
};

class Lanes {
  public:
    Lanes(Fibers& fibers, Warp& warp, int lane) : fibers_(&fibers), warp_(&warp), lane_(lane) {}

    int first() const { return lane_; }
    int count() const { return Warp::width; }
    template <class T> T sum(T x) const {
        for (int distance = Warp::width / 2; distance > 0; distance /= 2)
            x += of_lane(x, lane_ ^ distance, "lanes.sum");
        return x;
    }
    template <class T> T max(T x) const {
        for (int distance = Warp::width / 2; distance > 0; distance /= 2) {
            const T other = of_lane(x, lane_ ^ distance, "lanes.max");
            x = other > x ? other : x;
        }
        return x;
    }
    std::uint32_t ballot(bool condition) const {
        const std::uint64_t* const words = exchange(condition ? 1 : 0, "lanes.ballot");
        std::uint32_t bits = 0;
        for (int lane = 0; lane < Warp::width; ++lane) bits |= std::uint32_t(words[lane]) << lane;
        return bits;
    }
    template <class T> T broadcast(T x, int lane) const {
        return of_lane(x, lane, "lanes.broadcast");
    }

  private:
    /// What every lane gave. The other buffer is written next: by then all have read this one.
    const std::uint64_t* exchange(std::uint64_t word, const char* what) const {
        std::uint64_t* const words = warp_->words[warp_->turn[lane_]];
        warp_->turn[lane_] ^= 1;
        words[lane_] = word;
        fibers_->meet(warp_->meeting, what);
        return words;
    }
    template <class T> T of_lane(T x, int lane, const char* what) const {
        static_assert(sizeof(T) <= 8);
        std::uint64_t word = 0;
        std::memcpy(&word, &x, sizeof x);
        const std::uint64_t given = exchange(word, what)[lane];
        std::memcpy(&x, &given, sizeof x);
        return x;
    }

    Fibers* fibers_;
    Warp* warp_;
    int lane_;
};

/// The state of one launch: its blocks' meetings and memory.
struct Launch {
    Fibers& fibers;
    BlockShape shape;
    std::vector<Warp> warps;                        ///< [block, warp]
    std::vector<Meeting> blocks;                    ///< [block]
    std::vector<std::vector<std::uint64_t>> shared; ///< [block]
    Meeting all;

    Launch(Fibers& f, const BlockShape& s, int n_blocks)
        : fibers(f), shape(s), warps(std::size_t(n_blocks * s.n_threads / Warp::width)),
          blocks(std::size_t(n_blocks), Meeting(s.n_threads)), shared(std::size_t(n_blocks)),
          all(n_blocks * s.n_threads) {
        // memory of a block holds anything at first
        for (auto& bytes : shared) bytes.assign(s.shared_bytes / 8 + 1, 0xa5c3a5c3a5c3a5c3u);
    }
};

class Block {
  public:
    /// @param place  of the block among those that run now
    Block(Launch& launch, int index, int place, int thread, bool together)
        : launch_(launch), index_(index), place_(place), thread_(thread), together_(together),
          lanes_(launch.fibers,
                 launch.warps[std::size_t((place * launch.shape.n_threads + thread) / Warp::width)],
                 thread % Warp::width) {}

    int index() const { return index_; }
    int count() const { return launch_.shape.n_blocks; }
    int thread() const { return thread_; }
    int n_threads() const { return launch_.shape.n_threads; }
    const Lanes& lanes() const { return lanes_; }
    template <class T> T* shared() const {
        return reinterpret_cast<T*>(launch_.shared[std::size_t(place_)].data());
    }
    void sync() const { launch_.fibers.meet(launch_.blocks[std::size_t(place_)], "block.sync"); }
    void sync_all() const {
        if (!together_)
            throw Deadlock("block.sync_all in a launch whose blocks need not run at once");
        launch_.fibers.meet(launch_.all, "block.sync_all");
    }

  private:
    Launch& launch_;
    int index_, place_, thread_;
    bool together_;
    Lanes lanes_;
};

} // namespace lamina::emulated

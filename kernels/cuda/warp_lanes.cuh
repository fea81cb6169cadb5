/// The Lanes contract for the 32 threads of a warp: the only shuffles in Lamina.
///
/// Every lane must call sum and max together. Both give all lanes the same value; sum adds in a
/// fixed order (a butterfly), so it repeats to the bit, but in another order than one lane alone
/// would.
#pragma once

#include <cstdint>

#include <cuda_runtime.h>

namespace lamina {

struct WarpLanes {
    static constexpr unsigned all = 0xffffffffu;
    static constexpr int width = 32;

    __device__ int first() const { return static_cast<int>(threadIdx.x) % width; }
    __device__ int count() const { return width; }
    template <class T> __device__ T sum(T x) const {
        for (int distance = width / 2; distance > 0; distance /= 2)
            x += __shfl_xor_sync(all, x, distance);
        return x;
    }
    template <class T> __device__ T max(T x) const {
        for (int distance = width / 2; distance > 0; distance /= 2) {
            const T other = __shfl_xor_sync(all, x, distance);
            x = other > x ? other : x;
        }
        return x;
    }
    __device__ std::uint32_t ballot(bool condition) const { return __ballot_sync(all, condition); }
    template <class T> __device__ T broadcast(T x, int lane) const {
        return __shfl_sync(all, x, lane);
    }
};

} // namespace lamina

/// The CUDA executor: one thread per item, one warp per row; the same bodies as Cpu.
#pragma once

#include <cstddef>

#include <cuda_runtime.h>

#include "kernels/cuda/check.cuh"
#include "kernels/cuda/warp_lanes.cuh"

namespace lamina {

namespace cuda {

constexpr unsigned threads_per_block = 128;

// grids are limited to 2^31 - 1 blocks; each thread and warp strides over what is left
constexpr std::size_t most_blocks = 1u << 20;

template <class Body> __global__ void run_items(std::size_t n, Body body) {
    const std::size_t stride = static_cast<std::size_t>(gridDim.x) * blockDim.x;
    for (std::size_t item = static_cast<std::size_t>(blockIdx.x) * blockDim.x + threadIdx.x;
         item < n; item += stride)
        body(item);
}

template <class Body> __global__ void run_rows(std::size_t n, Body body) {
    const std::size_t rows_per_block = blockDim.x / WarpLanes::width;
    const std::size_t stride = gridDim.x * rows_per_block;
    // a warp's lanes share their row, so all of them leave the loop together
    for (std::size_t row = blockIdx.x * rows_per_block + threadIdx.x / WarpLanes::width; row < n;
         row += stride)
        body(row, WarpLanes{});
}

inline unsigned blocks_for(std::size_t threads) {
    const std::size_t blocks = (threads + threads_per_block - 1) / threads_per_block;
    return static_cast<unsigned>(blocks < most_blocks ? blocks : most_blocks);
}

} // namespace cuda

struct Cuda {
    cudaStream_t stream = nullptr;

    /// body(item) for item in [0, n). @throws cuda::DeviceFailure naming `label`
    template <class Body> void for_each(const char* label, std::size_t n, const Body& body) const {
        if (n == 0) return;
        cuda::run_items<<<cuda::blocks_for(n), cuda::threads_per_block, 0, stream>>>(n, body);
        cuda::check(cudaGetLastError(), label);
    }

    /// body(row, lanes) for row in [0, n). @throws cuda::DeviceFailure naming `label`
    template <class Body>
    void for_each_row(const char* label, std::size_t n, const Body& body) const {
        if (n == 0) return;
        cuda::run_rows<<<cuda::blocks_for(n * WarpLanes::width), cuda::threads_per_block, 0,
                         stream>>>(n, body);
        cuda::check(cudaGetLastError(), label);
    }

    /// Waits for all work; errors of kernels surface here.
    void finish() const { cuda::check(cudaStreamSynchronize(stream), "finish"); }
};

} // namespace lamina

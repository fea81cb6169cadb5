/// The Block contract (kernels/block.hpp) for the threads of a CUDA block.
#pragma once

#include <cooperative_groups.h>
#include <cuda_runtime.h>

#include "kernels/cuda/warp_lanes.cuh"

namespace lamina::cuda {

class Block {
  public:
    __device__ int index() const { return static_cast<int>(blockIdx.x); }
    __device__ int count() const { return static_cast<int>(gridDim.x); }
    __device__ int thread() const { return static_cast<int>(threadIdx.x); }
    __device__ int n_threads() const { return static_cast<int>(blockDim.x); }
    __device__ WarpLanes lanes() const { return {}; }
    template <class T> __device__ T* shared() const {
        extern __shared__ __align__(16) unsigned char memory[];
        return reinterpret_cast<T*>(memory);
    }
    __device__ void sync() const { __syncthreads(); }
    __device__ void sync_all() const { cooperative_groups::this_grid().sync(); }
};

} // namespace lamina::cuda

/// The CUDA executor: one thread per item, one warp per row, blocks as they are; the same bodies as
/// Cpu, the same calls as Emulated.
///
/// All work goes to one stream, in order. Memory is the device's own.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

#include <cuda_runtime.h>

#include "kernels/block.hpp"
#include "kernels/cuda/block.cuh"
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

template <class Body> __global__ void run_block(Body body) { body(Block{}); }

inline unsigned blocks_for(std::size_t threads) {
    const std::size_t blocks = (threads + threads_per_block - 1) / threads_per_block;
    return static_cast<unsigned>(std::min(blocks, most_blocks));
}

} // namespace cuda

class Cuda {
  public:
    /// @throws DeviceError when the device does not answer
    explicit Cuda(std::uint64_t device) : state_(std::make_shared<State>(int(device))) {}

    void* allocate(std::size_t bytes) const {
        void* memory = nullptr;
        state_->use();
        const cudaError_t status = cudaMalloc(&memory, std::max<std::size_t>(bytes, 1));
        if (status == cudaErrorMemoryAllocation) throw cuda::out_of_memory(bytes);
        cuda::check(status, "allocate");
        return memory;
    }
    void release(void* memory) const {
        // of a device that has failed these fail as well, and nobody minds: one is being thrown
        cudaSetDevice(state_->device);
        cudaFree(memory);
    }
    void copy_in(void* device, const void* host, std::size_t bytes) const {
        copy(device, host, bytes, cudaMemcpyHostToDevice, "copy to the device");
    }
    void copy_out(void* host, const void* device, std::size_t bytes) const {
        copy(host, device, bytes, cudaMemcpyDeviceToHost, "copy from the device");
    }
    void clear(void* device, std::size_t bytes) const {
        state_->use();
        cuda::check(cudaMemsetAsync(device, 0, bytes, state_->stream), "clear");
    }

    /// body(item) for item in [0, n). @throws DeviceError naming `label`
    template <class Body> void for_each(const char* label, std::size_t n, const Body& body) const {
        if (n == 0) return;
        state_->use();
        cuda::run_items<<<cuda::blocks_for(n), cuda::threads_per_block, 0, state_->stream>>>(n,
                                                                                             body);
        cuda::check(cudaGetLastError(), label);
    }

    /// body(row, lanes) for row in [0, n). @throws DeviceError naming `label`
    template <class Body>
    void for_each_row(const char* label, std::size_t n, const Body& body) const {
        if (n == 0) return;
        state_->use();
        cuda::run_rows<<<cuda::blocks_for(n * WarpLanes::width), cuda::threads_per_block, 0,
                         state_->stream>>>(n, body);
        cuda::check(cudaGetLastError(), label);
    }

    /// body(block) by every thread of every block. @throws DeviceError naming `label`
    template <class Body>
    void for_each_block(const char* label, const BlockShape& shape, const Body& body) const {
        state_->use();
        allow_shared<Body>(label, shape);
        cuda::run_block<<<static_cast<unsigned>(shape.n_blocks),
                          static_cast<unsigned>(shape.n_threads), shape.shared_bytes,
                          state_->stream>>>(body);
        cuda::check(cudaGetLastError(), label);
    }

    /// The same with all blocks at once, so that they may meet.
    /// @throws DeviceError naming `label`, also when so many do not fit
    template <class Body>
    void for_each_block_together(const char* label, const BlockShape& shape,
                                 const Body& body) const {
        state_->use();
        allow_shared<Body>(label, shape);
        Body copy = body;
        void* arguments[] = {&copy};
        cuda::check(
            cudaLaunchCooperativeKernel(reinterpret_cast<const void*>(&cuda::run_block<Body>),
                                        dim3(static_cast<unsigned>(shape.n_blocks)),
                                        dim3(static_cast<unsigned>(shape.n_threads)), arguments,
                                        shape.shared_bytes, state_->stream),
            label);
    }

    /// Blocks of this shape that can run at once; 0: not one.
    template <class Body> int most_blocks_together(const BlockShape& shape, const Body&) const {
        if (shape.shared_bytes > most_shared_bytes() || !state_->cooperative) return 0;
        allow_shared<Body>("count blocks", shape);
        int per_processor = 0;
        cuda::check(cudaOccupancyMaxActiveBlocksPerMultiprocessor(
                        &per_processor, cuda::run_block<Body>, shape.n_threads, shape.shared_bytes),
                    "count blocks");
        return per_processor * state_->n_processors;
    }
    std::size_t most_shared_bytes() const { return state_->most_shared_bytes; }
    int n_processors() const { return state_->n_processors; }
    std::uint32_t most_alone() const { return 1024; } ///< neurons that one block takes at most
    int least_threads() const { return 256; }         ///< of a block that is to be quick
    /// For blocks that stride over work whose size only the device knows.
    BlockShape stride_shape() const { return {2 * state_->n_processors, 256, 0}; }

    /// A sequence of launches that is repeated as one.
    class Sequence {
      public:
        Sequence() = default;
        explicit Sequence(cudaGraphExec_t graph)
            : graph_(graph, [](cudaGraphExec_t g) { cudaGraphExecDestroy(g); }) {}
        explicit operator bool() const { return graph_ != nullptr; }

      private:
        friend class Cuda;
        std::shared_ptr<CUgraphExec_st> graph_;
    };
    /// Notes what `launches` launches; nothing runs yet.
    Sequence record(const std::function<void()>& launches) const {
        state_->use();
        cuda::check(cudaStreamBeginCapture(state_->stream, cudaStreamCaptureModeThreadLocal),
                    "record");
        cudaGraph_t graph = nullptr;
        try {
            launches();
        } catch (...) { // the stream must not stay in capture
            cudaStreamEndCapture(state_->stream, &graph);
            throw;
        }
        cuda::check(cudaStreamEndCapture(state_->stream, &graph), "record");
        cudaGraphExec_t ready = nullptr;
        const cudaError_t status = cudaGraphInstantiate(&ready, graph, 0);
        cudaGraphDestroy(graph);
        cuda::check(status, "record");
        return Sequence(ready);
    }
    void replay(const Sequence& sequence) const {
        cuda::check(cudaGraphLaunch(sequence.graph_.get(), state_->stream), "replay");
    }

    /// Waits for all work; errors of kernels surface here.
    void finish() const { cuda::check(cudaStreamSynchronize(state_->stream), "finish"); }

  private:
    struct State {
        int device, n_processors = 1, cooperative = 0;
        std::size_t most_shared_bytes = 0;
        cudaStream_t stream = nullptr;

        explicit State(int which) : device(which) {
            use();
            int bytes = 0;
            cuda::check(
                cudaDeviceGetAttribute(&n_processors, cudaDevAttrMultiProcessorCount, device),
                "ask the device");
            cuda::check(cudaDeviceGetAttribute(&cooperative, cudaDevAttrCooperativeLaunch, device),
                        "ask the device");
            cuda::check(
                cudaDeviceGetAttribute(&bytes, cudaDevAttrMaxSharedMemoryPerBlockOptin, device),
                "ask the device");
            most_shared_bytes = static_cast<std::size_t>(bytes);
            cuda::check(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking), "make a stream");
        }
        ~State() {
            cudaSetDevice(device);
            cudaStreamDestroy(stream);
        }
        void use() const { cuda::check(cudaSetDevice(device), "choose the device"); }
    };

    void copy(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind,
              const char* label) const {
        if (bytes == 0) return;
        state_->use();
        cuda::check(cudaMemcpyAsync(to, from, bytes, kind, state_->stream), label);
        cuda::check(cudaStreamSynchronize(state_->stream), label);
    }
    template <class Body> void allow_shared(const char* label, const BlockShape& shape) const {
        if (shape.shared_bytes > 48 * 1024) // what a block may have without asking
            cuda::check(cudaFuncSetAttribute(cuda::run_block<Body>,
                                             cudaFuncAttributeMaxDynamicSharedMemorySize,
                                             static_cast<int>(shape.shared_bytes)),
                        label);
    }

    std::shared_ptr<State> state_;
};

} // namespace lamina

/// A CUDA status and a label become a DeviceError that says what was being done.
#pragma once

#include <string>

#include <cuda_runtime.h>

#include "kernels/device_error.hpp"

namespace lamina::cuda {

/// @throws DeviceError "<label>: <what CUDA says>" unless the status is success
inline void check(cudaError_t status, const char* label) {
    if (status == cudaSuccess) return;
    cudaGetLastError(); // it has been heard: the next launch shall not be blamed for it
    throw DeviceError(std::string("CUDA, ") + label + ": " + cudaGetErrorString(status));
}

/// What is said when a device is full.
inline DeviceError out_of_memory(std::size_t bytes) {
    cudaGetLastError(); // it has been heard
    std::size_t free = 0, all = 0;
    cudaMemGetInfo(&free, &all);
    return DeviceError("the device is full: another " + std::to_string((bytes >> 20) + 1) +
                       " MiB are needed, and " + std::to_string(free >> 20) + " of " +
                       std::to_string(all >> 20) +
                       " MiB are free; `lamina check` says what a circuit needs in all");
}

} // namespace lamina::cuda

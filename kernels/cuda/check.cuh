/// A CUDA status and a label become a DeviceFailure that says what was being done.
#pragma once

#include <stdexcept>
#include <string>

#include <cuda_runtime.h>

namespace lamina::cuda {

/// The device could not do what was asked; sim turns it into a DeviceError.
struct DeviceFailure : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// @throws DeviceFailure "<label>: <what CUDA says>" unless the status is success
inline void check(cudaError_t status, const char* label) {
    if (status == cudaSuccess) return;
    cudaGetLastError(); // it has been heard: the next launch shall not be blamed for it
    throw DeviceFailure(std::string(label) + ": " + cudaGetErrorString(status));
}

/// What is said when a device is full.
inline DeviceFailure out_of_memory(std::size_t bytes) {
    cudaGetLastError(); // it has been heard
    std::size_t free = 0, all = 0;
    cudaMemGetInfo(&free, &all);
    return DeviceFailure("the device is full: another " + std::to_string((bytes >> 20) + 1) +
                         " MiB are needed, and " + std::to_string(free >> 20) + " of " +
                         std::to_string(all >> 20) +
                         " MiB are free; `lamina check` says what a circuit needs in all");
}

/// Number of devices; 0 also without a driver.
inline int n_devices() {
    int n = 0;
    return cudaGetDeviceCount(&n) == cudaSuccess ? n : 0;
}

} // namespace lamina::cuda

/// What a device does at best, one thing at a time: of these a step of a network is made.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace lamina {

/// How much of each is done.
struct CeilingSizes {
    bool timed = true; ///< else everything is done once, and looked at
    int n_threads = 640;
    std::uint32_t n_meetings = 1000, n_replays = 50, n_adds = 4096, n_reads = 1024;
    std::uint32_t shared_sums = 32768, global_sums = 5'000'000; ///< 128 KiB of a block; 20 MB
    std::uint32_t n_rows = 1u << 22;                            ///< of 128 bytes: 512 MiB
    std::size_t copy_bytes = std::size_t(256) << 20;

    /// For a device that is emulated.
    static CeilingSizes tiny() { return {false, 64, 7, 3, 20, 9, 1024, 5000, 300, 4096}; }
};

struct DeviceCeilings {
    CeilingSizes sizes;
    int n_processors = 0;
    double meet_all_us = 0;           ///< a barrier of one block per processor
    double launch_us = 0;             ///< of many, one after the other
    double launch_in_sequence_us = 0; ///< of a sequence that is repeated as one
    double launch_and_finish_us = 0;  ///< until the host knows
    double shared_add_ns = 0;         ///< per sum and processor, anywhere in a block's memory
    double global_add_ns = 0;         ///< per sum, all processors, anywhere in 20 MB
    double copy_GB_per_s = 0;         ///< read and written
    double to_device_GB_per_s = 0, from_device_GB_per_s = 0;
    double random_rows_GB_per_s = 0; ///< of 128 bytes
    double row_latency_ns = 0;       ///< of one such row after the other
    std::vector<std::string> wrong;  ///< whose result is not what it must be
};

} // namespace lamina

/// DeviceCeilings for one executor: the emulated one, or CUDA (sim/backend_cuda.cu).
#pragma once

#include <algorithm>
#include <chrono>
#include <limits>

#include "kernels/ceilings.hpp"
#include "kernels/device_array.hpp"
#include "sim/device_ceilings.hpp"

namespace lamina::device {

template <class Exec> class CeilingBench {
  public:
    CeilingBench(const Exec& exec, const CeilingSizes& sizes) : exec_(exec), sizes_(sizes) {}

    DeviceCeilings measure() {
        found_.sizes = sizes_;
        found_.n_processors = exec_.n_processors();
        meet();
        launch();
        add_shared();
        add_global();
        copy();
        read_rows();
        return found_;
    }

  private:
    static constexpr std::uint32_t quanta = 2810;
    static constexpr int n_times = 5, launches_of_sequence = 64;

    template <class Work> static double seconds_of(const Work& work) {
        const auto start = std::chrono::steady_clock::now();
        work();
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    }
    template <class Work> static double least_seconds_of(const Work& work) {
        double least = std::numeric_limits<double>::infinity();
        for (int k = 0; k < n_times; ++k) least = std::min(least, seconds_of(work));
        return least;
    }
    /// Seconds that one more of n takes: what a launch costs in any case drops out. The last call
    /// is work(n).
    template <class Work> double seconds_each(std::uint32_t n, const Work& work) {
        const auto run = [&](std::uint32_t m) {
            work(m);
            exec_.finish();
        };
        double seconds = 0;
        if (sizes_.timed) {
            run(n); // to warm up
            const double twice = least_seconds_of([&] { run(2 * n); });
            seconds = std::max(0.0, twice - least_seconds_of([&] { run(n); })) / n;
        }
        run(n);
        return seconds;
    }
    void expect(bool right, const char* what) {
        if (!right) found_.wrong.push_back(what);
    }
    BlockShape one_per_processor(std::size_t shared_bytes = 0) const {
        return {exec_.n_processors(), sizes_.n_threads, shared_bytes};
    }
    BlockShape many() const {
        return {4 * exec_.n_processors(), exec_.stride_shape().n_threads, 0};
    }

    void meet() {
        const BlockShape shape = one_per_processor();
        DeviceArray<Exec, std::uint32_t> met(exec_, std::size_t(shape.n_blocks));
        found_.meet_all_us =
            1e6 * seconds_each(sizes_.n_meetings, [&](std::uint32_t n) {
                exec_.for_each_block_together("meet", shape, MeetAll{n, met.data()});
            });
        for (const std::uint32_t n : met.get()) expect(n == sizes_.n_meetings, "meet_all");
    }

    void launch() {
        DeviceArray<Exec, std::uint32_t> count(exec_, 1);
        count.clear();
        std::uint32_t asked = 0;
        const auto once = [&] { exec_.for_each("count", 1, CountLaunch{count.data()}); };
        found_.launch_us = 1e6 * seconds_each(10 * sizes_.n_replays, [&](std::uint32_t n) {
                               for (std::uint32_t k = 0; k < n; ++k) once();
                               asked += n;
                           });
        const auto sequence = exec_.record([&] {
            for (int k = 0; k < launches_of_sequence; ++k) once();
        });
        found_.launch_in_sequence_us =
            1e6 / launches_of_sequence * seconds_each(sizes_.n_replays, [&](std::uint32_t n) {
                for (std::uint32_t k = 0; k < n; ++k) exec_.replay(sequence);
                asked += n * launches_of_sequence;
            });
        for (std::uint32_t k = 0; sizes_.timed && k < 100; ++k) {
            const double us = 1e6 * least_seconds_of([&] {
                                  once();
                                  exec_.finish();
                              });
            asked += n_times;
            found_.launch_and_finish_us = k == 0 ? us : std::min(us, found_.launch_and_finish_us);
        }
        expect(count.get()[0] == asked, "launches");
    }

    void add_shared() {
        const auto n_sums = std::uint32_t(std::min<std::size_t>(
            sizes_.shared_sums, exec_.most_shared_bytes() / sizeof(std::uint32_t)));
        const BlockShape shape = one_per_processor(n_sums * sizeof(std::uint32_t));
        const std::uint32_t per_block = std::uint32_t(shape.n_threads),
                            n_threads = per_block * std::uint32_t(shape.n_blocks);
        DeviceArray<Exec, std::uint32_t> total(exec_, 1);
        found_.shared_add_ns = 1e9 / per_block * seconds_each(sizes_.n_adds, [&](std::uint32_t n) {
                                   total.clear();
                                   exec_.for_each_block("add in shared memory", shape,
                                                        AddShared{n, n_sums, quanta, total.data()});
                               });
        expect(total.get()[0] == n_threads * sizes_.n_adds * quanta, "shared_add");
    }

    void add_global() {
        const BlockShape shape = many();
        const std::uint32_t n_threads = std::uint32_t(shape.n_blocks * shape.n_threads),
                            n_adds = (sizes_.n_adds + 7) / 8;
        DeviceArray<Exec, std::uint32_t> sums(exec_, sizes_.global_sums);
        found_.global_add_ns =
            1e9 / n_threads * seconds_each(n_adds, [&](std::uint32_t n) {
                sums.clear();
                exec_.for_each_block("add in global memory", shape,
                                     AddGlobal{n, sizes_.global_sums, quanta, sums.data()});
            });
        std::uint32_t total = 0;
        for (const std::uint32_t sum : sums.get()) total += sum;
        expect(total == n_threads * n_adds * quanta, "global_add");
    }

    void copy() {
        const auto n = std::uint32_t(sizes_.copy_bytes / sizeof(FourWords));
        std::vector<std::uint32_t> host(4 * std::size_t(n)), back(host.size());
        for (std::size_t i = 0; i < host.size(); ++i) host[i] = spread_bits(std::uint32_t(i));
        DeviceArray<Exec, FourWords> from(exec_, n), to(exec_, n);
        const double bytes = double(n) * sizeof(FourWords);
        const double in_s =
            least_seconds_of([&] { exec_.copy_in(from.data(), host.data(), from.bytes()); });
        const BlockShape shape = many();
        const double s = seconds_each(4, [&](std::uint32_t times) {
            exec_.for_each_block("copy", shape, CopyWords{from.data(), to.data(), n, times});
        });
        const double out_s =
            least_seconds_of([&] { exec_.copy_out(back.data(), to.data(), to.bytes()); });
        expect(back == host, "copy");
        if (!sizes_.timed) return;
        found_.to_device_GB_per_s = bytes / in_s * 1e-9;
        found_.from_device_GB_per_s = bytes / out_s * 1e-9;
        found_.copy_GB_per_s = s > 0 ? 2 * bytes / s * 1e-9 : 0;
    }

    void read_rows() {
        DeviceArray<Exec, std::uint32_t> words(exec_, std::size_t(sizes_.n_rows) * row_words);
        exec_.for_each("fill", words.size(), FillWords{words.data()});
        const BlockShape shape = many();
        const int n_warps = shape.n_blocks * shape.n_threads / int(row_words);
        DeviceArray<Exec, std::uint32_t> sum(exec_, std::size_t(n_warps));
        const double s = seconds_each(sizes_.n_reads, [&](std::uint32_t n) {
            exec_.for_each_block("read rows", shape,
                                 ReadRows{words.data(), sizes_.n_rows, n, sum.data()});
        });
        if (s > 0) found_.random_rows_GB_per_s = 4e-9 * row_words * n_warps / s;
        const std::vector<std::uint32_t> sums = sum.get();
        for (const int warp : {0, n_warps - 1})
            expect(sums[std::size_t(warp)] == sum_of_rows(std::uint32_t(warp)), "random_rows");

        const BlockShape lone{exec_.n_processors(), int(row_words), 0};
        DeviceArray<Exec, std::uint32_t> last(exec_, std::size_t(lone.n_blocks));
        found_.row_latency_ns =
            1e9 * seconds_each(sizes_.n_reads, [&](std::uint32_t n) {
                exec_.for_each_block("follow rows", lone,
                                     FollowRows{words.data(), sizes_.n_rows, n, last.data()});
            });
        const std::vector<std::uint32_t> ends = last.get();
        for (int warp = 0; warp < lone.n_blocks; ++warp)
            expect(ends[std::size_t(warp)] == end_of_way(std::uint32_t(warp)), "row_latency");
    }
    std::uint32_t sum_of_rows(std::uint32_t warp) const {
        Jumps row{spread_bits(warp), sizes_.n_rows};
        std::uint32_t sum = 0;
        for (std::uint32_t k = 0; k < sizes_.n_reads; ++k) {
            const std::uint32_t first = row.next() * row_words;
            for (std::uint32_t lane = 0; lane < row_words; ++lane) sum += spread_bits(first + lane);
        }
        return sum;
    }
    std::uint32_t end_of_way(std::uint32_t warp) const {
        std::uint32_t row = warp % sizes_.n_rows;
        for (std::uint32_t k = 0; k < sizes_.n_reads; ++k)
            row = FollowRows::next_row(spread_bits(row * row_words + k % row_words), sizes_.n_rows);
        return row;
    }

    Exec exec_;
    CeilingSizes sizes_;
    DeviceCeilings found_;
};

} // namespace lamina::device

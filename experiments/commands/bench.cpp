/// `lamina bench`: what this machine does, and what it could do at best.
#include <algorithm>
#include <cstdio>

#include "experiments/bench_device.hpp"
#include "experiments/bench_history.hpp"
#include "experiments/bench_rate.hpp"
#include "experiments/bench_spikes.hpp"
#include "experiments/commands/commands.hpp"
#include "experiments/threads.hpp"
#include "sim/errors.hpp"

namespace lamina::commands {
namespace {

struct Told {
    std::string table;
    nlohmann::ordered_json figures;
};

/// Of what is measured on this processor alone.
void refuse_device(const BenchArguments& arguments) {
    if (!arguments.device.empty() && arguments.device != "cpu")
        throw SpecError("`bench " + arguments.what + "` measures this processor; --device is for " +
                        "microcircuit, brunel, vogels_abbott and device");
}

Told measure(const BenchArguments& arguments) {
    const auto& networks = bench_networks();
    const bool is_network =
        std::any_of(networks.begin(), networks.end(),
                    [&](const BenchNetwork& n) { return arguments.what == n.name; });
    if (!is_network && arguments.what != "device") refuse_device(arguments);
    if (arguments.what == "rate") {
        const RateBenchmark b = bench_rate(arguments.quick);
        return {bench_rate_table(b), bench_rate_json(b)};
    }
    const std::string on = arguments.device;
    if (arguments.what == "device") {
        const Device device = find_device(on.empty() ? "cuda" : on);
        const DeviceCeilings c = device_ceilings(device);
        refuse_wrong(c);
        return {bench_device_table(device, c), bench_device_json(device, c)};
    }
    const int threads = thread_count(arguments.threads);
    if (is_network) {
        NetworkBenchOptions options;
        options.network = arguments.what;
        options.scale = arguments.scale;
        options.seconds = arguments.seconds;
        options.discard_s = arguments.discard_s;
        options.n_threads = threads;
        options.seed = arguments.seed;
        options.device = find_device(on.empty() ? "cpu" : on);
        options.drive =
            arguments.drive == "poisson" ? MicrocircuitDrive::poisson : MicrocircuitDrive::dc;
        const NetworkBenchmark b = bench_network(options);
        return {bench_network_table(b), bench_network_json(b)};
    }
    if (arguments.what == "delivery") {
        const DeliveryBenchmark b =
            bench_delivery(arguments.scale, threads, arguments.quick ? 3 : 11);
        return {bench_delivery_table(b), bench_delivery_json(b)};
    }
    if (arguments.what == "build") {
        const BuildBenchmark b = bench_build(arguments.scale, threads, arguments.quick ? 1 : 5);
        return {bench_build_table(b), bench_build_json(b)};
    }
    if (arguments.what == "update") {
        const UpdateBenchmark b = bench_update(arguments.quick ? 2 : 10);
        return {bench_update_table(b), bench_update_json(b)};
    }
    throw SpecError(
        "nothing called '" + arguments.what +
        "' can be measured; known are rate, microcircuit, brunel, vogels_abbott, delivery, build, "
        "update, device");
}

} // namespace

int bench(const BenchArguments& arguments) {
    const Told told = measure(arguments);
    if (arguments.json)
        std::printf("%s\n", told.figures.dump(2).c_str());
    else
        std::printf("%s", told.table.c_str());
    if (!arguments.history.empty()) append_bench_history(arguments.history, told.figures);
    return 0;
}

} // namespace lamina::commands

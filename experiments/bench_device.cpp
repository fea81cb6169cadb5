#include "experiments/bench_device.hpp"

#include <fmt/format.h>

#include "sim/errors.hpp"

namespace lamina {
namespace {

struct Figure {
    const char *key, *unit, *what;
    double DeviceCeilings::*value;
};
constexpr Figure figures[] = {
    {"meet_all_us", "us", "a barrier of all blocks, one per processor",
     &DeviceCeilings::meet_all_us},
    {"launch_us", "us", "a launch among many", &DeviceCeilings::launch_us},
    {"launch_in_sequence_us", "us", "a launch of a repeated sequence",
     &DeviceCeilings::launch_in_sequence_us},
    {"launch_and_finish_us", "us", "a launch, until the host knows its end",
     &DeviceCeilings::launch_and_finish_us},
    {"shared_add_ns", "ns", "an integer sum in a block's memory, per processor",
     &DeviceCeilings::shared_add_ns},
    {"global_add_ns", "ns", "an integer sum in 20 MB of device memory, all processors",
     &DeviceCeilings::global_add_ns},
    {"copy_GB_per_s", "GB/s", "read and written by a copy on the device",
     &DeviceCeilings::copy_GB_per_s},
    {"to_device_GB_per_s", "GB/s", "from ordinary memory of the host",
     &DeviceCeilings::to_device_GB_per_s},
    {"from_device_GB_per_s", "GB/s", "to ordinary memory of the host",
     &DeviceCeilings::from_device_GB_per_s},
    {"random_rows_GB_per_s", "GB/s", "random rows of 128 bytes",
     &DeviceCeilings::random_rows_GB_per_s},
    {"row_latency_ns", "ns", "one such row that names the next", &DeviceCeilings::row_latency_ns}};

} // namespace

std::string bench_device_table(const Device& device, const DeviceCeilings& c) {
    std::string out = fmt::format("{}, {} processors\n\n", describe(device), c.n_processors);
    if (!c.sizes.timed) return out + "  every result is right; an emulated device has no times\n";
    for (const Figure& f : figures)
        out += fmt::format("  {:10.3f} {:<5} {}\n", c.*f.value, f.unit, f.what);
    return out;
}

nlohmann::ordered_json bench_device_json(const Device& device, const DeviceCeilings& c) {
    nlohmann::ordered_json json = {{"benchmark", "device"},
                                   {"device", describe(device)},
                                   {"processors", c.n_processors},
                                   {"timed", c.sizes.timed}};
    if (c.sizes.timed)
        for (const Figure& f : figures) json[f.key] = c.*f.value;
    return json;
}

void refuse_wrong(const DeviceCeilings& c) {
    if (c.wrong.empty()) return;
    std::string names;
    for (const std::string& name : c.wrong) names += (names.empty() ? "" : ", ") + name;
    throw VerificationError("the device computes wrongly: " + names);
}

} // namespace lamina

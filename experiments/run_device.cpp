#include "experiments/run_device.hpp"

#include <fmt/format.h>

#include "sim/errors.hpp"

namespace lamina {
namespace {

constexpr const char* spikes_only = "only circuits of spiking neurons at rest run on a graphics "
                                    "processor in this version, and this is another experiment";

[[noreturn]] void refuse(const std::string& device, const std::string& why) {
    throw DeviceError(fmt::format("error[L0501]: device `{}` is not available: {}\n"
                                  "  = help: write `device: cpu`, or leave it out",
                                  device, why));
}

} // namespace

RunDevice device_of_run(const ExperimentSpec& spec, const std::string& asked) {
    const std::string words = asked.empty() ? spec.device : asked;
    const bool able = spec.task.type == "resting_state";
    if (words == "cpu") return {};
    if (words != "auto" && !able) refuse(words, spikes_only);
    RunDevice run;
    try {
        run.device = find_device(words == "auto" && !able ? "cpu" : words);
        run.words = describe(run.device);
    } catch (const DeviceError& error) { refuse(words, error.what()); }
    if (words == "auto")
        run.note = fmt::format("device  auto: {}{}", run.words,
                               run.device.kind != Device::cpu ? ""
                               : able                         ? "; " + why_no_device()
                                                              : fmt::format("; {}", spikes_only));
    return run;
}

} // namespace lamina

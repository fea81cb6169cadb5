#include "experiments/run_device.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "experiments/experiment.hpp"
#include "experiments/studies.hpp"
#include "sim/area_batch.hpp"
#include "sim/errors.hpp"

namespace lamina {
namespace {

/// Why a device cannot run this; "" when it can.
std::string lacks(const ExperimentSpec& spec, bool fit) {
    if (fit || spec.task.type == "set_size") return "fits are computed on the processor";
    if (const Study* const study = study_of(spec))
        return fmt::format("{} alone is computed on the processor", study->task);
    if (spec.task.type == "resting_state") return "";
    for (const Variant& variant : variants_of(spec))
        if (const auto all = device_lacks(variant.spec.area); !all.empty())
            return fmt::format("{}", fmt::join(all, "; "));
    return "";
}

[[noreturn]] void device_refused(const std::string& device, const std::string& why) {
    throw DeviceError(fmt::format("error[L0501]: device `{}` {}\n"
                                  "  = help: leave --device out, or write `simulation.device: cpu`",
                                  device, why));
}

} // namespace

RunDevice device_of_run(const ExperimentSpec& spec, const std::string& asked, bool fit) {
    const std::string words = asked.empty() ? spec.device : asked;
    if (words == "cpu") return {};
    const std::string why = lacks(spec, fit);
    RunDevice run;
    try {
        run.device = find_device(words == "auto" && !why.empty() ? "cpu" : words);
        run.words = describe(run.device);
    } catch (const DeviceError& error) {
        if (why.empty()) device_refused(words, std::string("is not available: ") + error.what());
    }
    if (words != "auto") {
        if (!why.empty()) device_refused(words, "cannot run this: " + why);
        return run;
    }
    run.note = "device  auto: " + run.words;
    if (run.device.kind == Device::cpu) run.note += "; " + (why.empty() ? why_no_device() : why);
    return run;
}

} // namespace lamina

#include "experiments/fit/parameters.hpp"

namespace lamina {

// clang-format off
const std::vector<FitParameter>& fit_parameters() {
    static const std::vector<FitParameter> table = {
        {"memory.encoding.counts", "counts", "C", "1", 1, 150, 0.01, 300, false, true, true, true,
         [](LawValues& v) -> double& { return v.capacity.counts; }},
        {"fit.slots.number", "slots", "K", "1", 0.2, 10, 0.01, 50, true, false, true, true,
         [](LawValues& v) -> double& { return v.capacity.slots; }},
        {"fit.slots.noise", "slot_noise", "sigma_1", "deg", 2, 90, 0.5, 170, true, false, true, true,
         [](LawValues& v) -> double& { return v.capacity.slot_noise_deg; }},
        {"memory.motor_noise", "motor_noise", "m", "deg", 1, 60, 0.5, 120, true, true, true, false,
         [](LawValues& v) -> double& { return v.motor_noise_deg; }},
        {"task.decision.criterion", "criterion", "c_0", "1", -0.5, 0.95, -1, 1, true, true, false, true,
         [](LawValues& v) -> double& { return v.criterion; }},
    };
    return table;
}
// clang-format on

const FitParameter* find_fit_parameter(const std::string& path) {
    for (const FitParameter& parameter : fit_parameters())
        if (parameter.path == path) return &parameter;
    return nullptr;
}

std::vector<std::string> free_paths_of(FitKind kind, const Account& account) {
    std::vector<std::string> paths;
    for (const FitParameter& parameter : fit_parameters())
        if (parameter.acts(kind, account)) paths.push_back(parameter.path);
    return paths;
}

} // namespace lamina

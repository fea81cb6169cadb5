/// `lamina doctor` and `lamina --version`.
#include "experiments/doctor.hpp"

#include <cstdio>

#include "experiments/commands/commands.hpp"
#include "experiments/version.hpp"

namespace lamina::commands {

int doctor(bool json) {
    const std::vector<Finding> findings = examine_machine();
    std::printf("%s", (json ? doctor_json(findings) : doctor_text(findings)).c_str());
    return 0;
}

int version(bool json) {
    std::printf("%s\n", (json ? version_json() : version_text()).c_str());
    return 0;
}

} // namespace lamina::commands

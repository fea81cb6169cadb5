/// Rules between the values of a spec: each may be right alone and wrong beside another.
#pragma once

#include <string>
#include <vector>

#include "experiments/problems.hpp"
#include "experiments/spec.hpp"

namespace lamina {

/// Every broken rule and every warning at once, of the spec and of each value of its `vary:`
/// factors; empty when there is nothing to say. Nothing is thrown. Places come from spec.text.
std::vector<Problem> check_spec(const ExperimentSpec&);

/// read_spec and check_spec in one: all problems of a file together.
/// @param warnings  if given, receives what is no error
/// @throws SpecError, DeviceError  as read_spec, also for broken rules
ExperimentSpec read_checked_spec(const std::string& file,
                                 const std::vector<std::string>& overrides = {},
                                 std::vector<Problem>* warnings = nullptr);
/// The same from text, as read_spec_text.
ExperimentSpec read_checked_text(const std::string& text, const std::string& file,
                                 const std::string& folder,
                                 const std::vector<std::string>& overrides = {},
                                 std::vector<Problem>* warnings = nullptr);

/// The longest pure delay between PV and the gates for which the linearised loop is stable:
///
///     lambda^2 + lambda / tau_g + exp(-lambda d) / (tau_g tau_p) = 0
///
/// crosses the imaginary axis at omega^2 = (sqrt(1 / tau_g^4 + 4 / (tau_g tau_p)^2) - 1 / tau_g^2)
/// / 2, where d = atan2(omega tau_p, omega^2 tau_g tau_p) / omega. 2.93 ms at tau_g = 5, tau_p
/// = 2.7 ms.
double longest_stable_PV_delay_ms(double tau_gate_ms, double tau_PV_ms);

} // namespace lamina

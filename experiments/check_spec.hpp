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

} // namespace lamina

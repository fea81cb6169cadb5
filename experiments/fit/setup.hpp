/// From a spec with `fit:` to data, law and free values.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "experiments/fit/fit.hpp"

namespace lamina {

struct FitSetup {
    FitData data, fitted, held_out;
    std::unique_ptr<FitLaw> law; ///< kept apart, so that the problem may point to it
    FitProblem problem;
};

/// @param account  nullptr: the one of fit.account, with the paths of fit.free; else another one,
///                 with all values free that act in it
/// @throws SpecError with the first of fit_complaints that is no warning
FitSetup fit_setup(const ExperimentSpec&, const Account* account = nullptr);

/// What is wrong with `fit:` beside data that are readable and names that are known.
struct FitComplaint {
    const char* id;
    std::string path, message, help;
    bool warning = false; ///< it can be fitted nevertheless
};
std::vector<FitComplaint> fit_complaints(const ExperimentSpec&);

} // namespace lamina

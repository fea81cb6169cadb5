/// What a fit can free. Exponent and semi-saturation of the encoding, diffusion and the decision
/// network stay as the model has them.
#pragma once

#include <string>
#include <vector>

#include "experiments/fit/law.hpp"

namespace lamina {

struct FitParameter {
    std::string path;
    std::string name; ///< in the summary and results.h5
    std::string symbol, unit;
    double low, high;       ///< bounds when fit.bounds says nothing
    double lowest, highest; ///< what bounds may be
    bool of_slots;          ///< belongs to the account of slots,
    bool of_counts;         ///< or to those of counts, or to both
    bool of_errors, of_changes;
    double& (*member)(LawValues&);

    bool acts(FitKind kind, const Account& account) const {
        return (account.has_slots ? of_slots : of_counts) &&
               (kind == FitKind::errors ? of_errors : of_changes);
    }
};

const std::vector<FitParameter>& fit_parameters();
/// nullptr when there is none of that path.
const FitParameter* find_fit_parameter(const std::string& path);

/// All that act, in the order of the table: at most three.
std::vector<std::string> free_paths_of(FitKind, const Account&);

} // namespace lamina

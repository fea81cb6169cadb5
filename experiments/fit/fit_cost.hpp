/// What `lamina fit` and task set_size will cost, before anything is fitted.
#pragma once

#include "experiments/spec.hpp"

namespace lamina {

struct FitCost {
    int fits = 0;              ///< simulated data sets, data drawn again, and the data themselves
    double evaluations = 0;    ///< of the law, at all fitted set sizes
    double alone_seconds = 0;  ///< what one thread does: tables of the law, search, profiles
    double shared_seconds = 0; ///< what threads share: one fit to each simulated data set
};

/// From a few searches in simulated data, done here and now, and how many of such searches there
/// are: a forecast within a factor of about two, since a search ends when it has converged.
/// @param spec  checked, with `fit:`
FitCost predict_fit_cost(const ExperimentSpec&);

} // namespace lamina

/// Every model that a spec can name, one line each. The order is the order of listings.
#pragma once

#include <string>
#include <vector>

#include "models/inhibition/none.hpp"
#include "models/inhibition/oracle.hpp"
#include "models/inhibition/pv_divisive.hpp"
#include "models/inhibition/pv_finite.hpp"
#include "models/inhibition/pv_linear.hpp"
#include "models/inhibition/pv_log.hpp"
#include "models/scores/additive_exponential.hpp"
#include "models/scores/apical.hpp"
#include "models/scores/linear.hpp"
#include "models/scores/multiplicative.hpp"
#include "models/scores/quarter_square.hpp"

namespace lamina {

template <class... Models> struct ModelList {};

/// column.inhibition
using Inhibitions = ModelList< //
    PvLog,                     //
    PvLinear,                  //
    PvFinite,                  //
    PvDivisive,                //
    Oracle,                    //
    NoInhibition>;

/// column.score
using ScoreMechanisms = ModelList< //
    Multiplicative,                //
    AdditiveExponential,           //
    Apical,                        //
    QuarterSquare,                 //
    Linear>;

/// One line of a listing.
struct ModelEntry {
    std::string name, summary, source;
};

template <class... Models> std::vector<ModelEntry> entries(ModelList<Models...>) {
    return {{Models::name, Models::summary, Models::source}...};
}

/// A model as a value, to hand its type to a generic function.
template <class Model> struct ModelTag { using type = Model; };

/// Calls use(ModelTag<Model>{}) for the model of this name; false when there is none.
template <class... Models, class Use>
bool with_model(ModelList<Models...>, const std::string& name, Use use) {
    return ((name == Models::name && (use(ModelTag<Models>{}), true)) || ...);
}

} // namespace lamina

/// What a run represents: dissimilarities between its stimuli at several stages of the column, and
/// how like they are to those of people.
#pragma once

#include <atomic>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "experiments/probing.hpp"
#include "sim/run_file/image.hpp"

namespace lamina {

/// One set of people's RDMs against every model.
struct PeopleComparison {
    const HumanRdms* people = nullptr;
    analysis::Rdm pooled;
    std::vector<std::string> from_people; ///< models that are other people's pooled RDMs
    analysis::ModelComparison models;
};

struct Representations {
    const VariantRun* run = nullptr;
    Probing probing;
    /// Of the run, in this order:
    ///
    ///     source     what the stimuli were made from (stimuli of kind rdm), as read
    ///     input      |x_i - x_j|^2 of what the thalamus delivers
    ///     routed     |W_O o_i - W_O o_j|^2, all stimuli held, i and j the probes
    ///     attention  -(a_ij + a_ji) / 2 in the same display, mean over heads
    ///     confusion  -(e_ij + e_ji) / 2, e_ij the evidence when i is held alone and j probed
    ///
    /// The last two are negative likenesses: their zero means nothing, only their order.
    std::vector<analysis::ModelRdm> rdms;
    std::vector<PeopleComparison> people;
};

/// Probes the column of the first variant and compares. Nothing when there are no stimuli, too
/// many, or no question: then `rdms` is empty.
Representations represent(const VariantRun&, int threads, const std::atomic<bool>& stop);

/// The same of a column that nobody probed: names without numbers.
Representations represent_unprobed(const VariantRun&);

/// /representations, and /representations/NAME for each set of people.
void add_representations(Image&, const Representations&);

/// summary.representations; null when there are none.
nlohmann::ordered_json representations_summary(const Representations&);

} // namespace lamina

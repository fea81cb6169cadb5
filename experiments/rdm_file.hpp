/// Dissimilarity matrices from files, and those that `compare_with` names: of people, and of other
/// models.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "analysis/rsa/model_comparison.hpp"
#include "experiments/spec.hpp"

namespace lamina {

struct RdmFile {
    int n_stimuli = 0;
    std::vector<analysis::Rdm> rdms; ///< [n_rdm][n_pairs]
};

/// A .npy of upper triangles, row by row: one [n_pairs] or several [n_rdm][n_pairs].
/// @throws SpecError naming file, reason and remedy: another shape, a number of pairs that no
/// number
///         of stimuli has, an entry that is not finite
RdmFile read_rdm_file(const std::filesystem::path&);

/// RDMs of several people for the stimuli of a task.
struct HumanRdms {
    std::string name, file;
    analysis::MeasuredRdms measured;
};

struct RdmsToCompare {
    std::vector<HumanRdms> people;
    std::vector<analysis::ModelRdm> models;
};

/// Reads every `rdm` and `models` entry of compare_with.
/// @param n_stimuli  of the task; 0: it has none of its own
/// @throws SpecError as above, and when an RDM is of another number of stimuli, when the RDMs
/// cannot
///         be shared out per_subject, or when names do not fit
RdmsToCompare read_rdms_to_compare(const ExperimentSpec&, int n_stimuli);

} // namespace lamina

/// What the figures of /representations share.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "analysis/rsa/rdm.hpp"
#include "analysis/run_data.hpp"

namespace lamina::analysis {

/// RDMs that a figure shows, with words for their titles and their places in a plane.
struct ShownRdm {
    std::string name, title;
    Rdm values;
    std::vector<double> map; ///< [n_stimuli][2]
};

/// Names of the sets of people: the groups below /representations.
std::vector<std::string> people_of(const RunData& run);

/// Pooled RDMs of people, then the stages of the column, most telling first; empty without.
std::vector<ShownRdm> shown_rdms(const RunData& run);

/// What a stage of the column, a set of people or a model is called in a figure.
std::string title_of_rdm(const std::string& name);

/// Stretches of stimuli that follow each other and share a category: name, first, behind the last.
struct CategoryBlock {
    std::string name;
    std::size_t first, end;
};
/// Empty when the stimuli have no categories, or more stretches than a figure can name.
std::vector<CategoryBlock> category_blocks(const RunData& run);

} // namespace lamina::analysis

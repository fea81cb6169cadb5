/// The equations of the model (docs/model.md, "The rate column") as text for readers: in the
/// report, and in the tables of `lamina describe`. One text each; HTML and TeX are made from it.
#pragma once

#include <string>
#include <vector>

namespace lamina::analysis {

/// An equation as plain text in UTF-8: "_x" is a subscript of the letters and digits that follow.
using Equation = std::string;

struct PopulationEquation {
    const char* name;     ///< population; L4I stands for L4I_x_mean, interneurons for L4E_I
    const char* layer;    ///< where it lies
    const char* holds;    ///< what its rates are
    const char* equation; ///< its dynamics
    const char* tau_key;  ///< its time constant in column.tau, or of cells in column.spiking
};
const std::vector<PopulationEquation>& population_equations();
/// The row of a population's full name; nullptr when there is none.
const PopulationEquation* equation_of(const std::string& population);

/// How two places are joined. "x" and "c" are the input and the context of the area.
struct Projection {
    const char *from, *to;
    const char* weights; ///< an equation: a matrix of the block, or the factor that is passed on
    const char* rule;    ///< who is connected to whom
    bool without_match = false; ///< not where L5match or L5hidden stands between
    bool through_gates = false; ///< not where fast weights stand in for the gates
    bool without_gates = false; ///< only there
};
const std::vector<Projection>& projections();

/// What PV does to the gates.
struct InhibitionLaw {
    const char* rule; ///< word of column.inhibition
    const char* equation;
    const char* means; ///< in words
};
/// The law of `none` for a word that is not known.
const InhibitionLaw& inhibition_law(const std::string& rule);

/// How queries meet keys: the score s_ij with its mask, or the drive D_ij in the place of
/// exp(s_ij). That of `multiplicative` for a word of column.score that is not known.
const Equation& score_equation(const std::string& mechanism);

extern const char* const block_equation;
extern const char* const dale_input; ///< of a rate r+; that of r- is mirrored
extern const char* const dale_rates; ///< of a pair
// of a column made of neurons (docs/model.md, "The spiking column")
extern const char* const cell_rates;      ///< what cells are driven to
extern const char* const filtered_spikes; ///< what others know of them
extern const char* const gate_hazard;
// measures of /comparison
extern const char* const output_error;
extern const char* const attention_kl;
extern const char* const settled_when; ///< holds from the settling time on

/// Our own text only: nothing is escaped.
std::string equation_html(const Equation&);
/// Without dollar signs around it.
std::string equation_tex(const Equation&);

} // namespace lamina::analysis

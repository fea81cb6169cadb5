/// `lamina describe`: the tables of a model for a Methods section, in the order and with the
/// headings that Nordlie, Gewaltig & Plesser (2009), doi:10.1371/journal.pcbi.1000456, propose:
/// summary, populations, connectivity, dynamics, input, measurements, and every parameter with its
/// unit.
#pragma once

#include <string>
#include <vector>

#include "experiments/spec.hpp"

namespace lamina {

/// One cell of a table.
struct DescribedCell {
    enum class Kind { words, equation, code };
    std::string text; ///< an equation is of analysis/equations.hpp's form
    Kind kind = Kind::words;
};

struct DescribedTable {
    std::string letter; ///< "A", "B", ...
    std::string caption;
    std::vector<std::string> header; ///< empty: the first cell of each row is its heading
    std::vector<double> widths;      ///< of the columns, as shares of a printed line
    std::vector<std::vector<DescribedCell>> rows;
};

/// Builds the circuit of the spec, so that its populations and sizes are those of a run.
/// @throws SpecError when it cannot be built
std::vector<DescribedTable> describe(const ExperimentSpec&);

/// Markdown with TeX equations between dollar signs, as Pandoc and most web sites read it.
std::string describe_markdown(const ExperimentSpec&, const std::vector<DescribedTable>&);

/// A fragment for \input{}; needs the packages booktabs and longtable.
std::string describe_tex(const ExperimentSpec&, const std::vector<DescribedTable>&);

} // namespace lamina

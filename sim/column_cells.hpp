/// What a column of neurons is made of, counted without making it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/area.hpp"
#include "sim/area_spec.hpp"
#include "sim/cells.hpp"

namespace lamina {

/// A kind of cell in a column, and the highest rate that it is asked for.
struct CellKind {
    const char* of;
    CellSpec cell;
    double highest_Hz;
};
/// Of "rates", then of "PV" where it has PV cells.
std::vector<CellKind> cell_kinds(const AreaSpec&);

/// An inhibition that listens to the gates, by cells.
bool has_PV_cells(const AreaSpec&);

/// The populations of such an area, in the order of its spikes, with none yet.
std::vector<PopulationSpikes> spiking_populations(const AreaSpec&);

/// Neurons of one unit (StepSpikes): of gates and of the hidden cells of a gate all, which are
/// counted together; else 1.
std::int64_t neurons_of_unit(const AreaSpec&, const std::string& population);

/// What the cells of one population hear of another.
struct ColumnSynapses {
    std::string from, to;
    std::int64_t n; ///< a synapse: one cell heard by one cell
};

/// All of them. Between numbers a cell hears min(K, n) cells of r+ and as many of r- of each number
/// that has a weight in the circuit (with column.dale, cells of one and interneurons of the other),
/// as the in-degree K of column.spiking says; a gate's neurons, PV, L5match, L5hidden, L23phi and
/// L5phi hear all cells of what they listen to. Thalamic input has none: it is rates. Of fast
/// weights a cell of L5E hears min(K, n) of each feature; what they learn from is counted by entry
/// and sign of M, with all cells of a feature and of a value, however many columns have them.
std::vector<ColumnSynapses> column_synapses(const AreaSpec&);

} // namespace lamina

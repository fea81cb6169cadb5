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
    std::string of;
    CellSpec cell;
    double highest_Hz;
};
/// That of a population: of "rates" or "PV", or of a population of the microcircuit in which they
/// lie, as "L4E" or "PV in L5I".
/// @param seed  of the microcircuit
CellKind cell_kind(const AreaSpec&, const std::string& population, std::uint64_t seed);
/// All kinds, each once, in the order of the populations.
std::vector<CellKind> cell_kinds(const AreaSpec&, std::uint64_t seed);

/// Longest step in the microcircuit: half of the mean delay of its inhibition.
constexpr double most_embedded_dt_ms = 0.375;

/// Are a population's cells driven to the rates that the circuit asks for? Not so of gates, of
/// L5match and L5hidden, and of the microcircuit.
bool has_driven_cells(const std::string& population);

/// An inhibition that listens to the gates, by cells.
bool has_PV_cells(const AreaSpec&);
/// SST on the dendrites of queries, where they are suppressed.
bool has_SST_cells(const AreaSpec&);

/// The populations of such an area, in the order of its spikes, with none yet; those of the
/// microcircuit, background_L23E and so on, last.
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

/// The keys of column.spiking, what the column is made of when it spikes, and of column.noise,
/// which only rates have: neurons are noisy by themselves.
#pragma once

#include <string>
#include <vector>

#include "experiments/fields.hpp"

namespace lamina {

// Their rows of the field table.
std::vector<Field> spiking_fields();
std::vector<Field> noise_fields();

/// Why a key of a column made of neurons changes nothing; "" where there is one.
std::string spiking_column_only(const ExperimentSpec&);
/// Why the time constant of gates, and of what PV hears, changes nothing; "" where it does.
std::string gate_tau_only(const ExperimentSpec&);
/// Why a key of rates changes nothing; "" where the column is made of rates.
std::string rates_only(const ExperimentSpec&);

} // namespace lamina

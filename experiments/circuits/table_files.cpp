#include "experiments/circuits/table_files.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "experiments/csv.hpp"
#include "experiments/data_path.hpp"
#include "sim/errors.hpp"

namespace lamina {
namespace {

bool has_csv_column(const CsvTable& csv, const std::string& name) {
    const auto& header = csv.rows.at(0);
    return std::find(header.begin(), header.end(), name) != header.end();
}

/// Refuses a header without these columns.
CsvTable read_table(const std::string& file, const std::string& folder) {
    CsvTable csv = read_csv(input_path(file, folder));
    if (csv.rows.size() < 2)
        throw SpecError(csv.name + ": no rows below a header; write one row for each entry");
    return csv;
}

[[noreturn]] void refuse_row(const CsvTable& csv, std::size_t row, const std::string& why,
                             const std::string& help) {
    throw SpecError(fmt::format("{}:{}: {}; {}", csv.name, csv.lines[row], why, help));
}

std::uint32_t neuron_at(const CsvTable& csv, std::size_t row, std::size_t column) {
    const double value = number_at(csv, row, column);
    if (!(value >= 0 && value < 4294967296.0 && value == std::floor(value)))
        refuse_row(csv, row, fmt::format("{:g} is not the number of a neuron", value),
                   "neurons are counted from 0");
    return static_cast<std::uint32_t>(value);
}

} // namespace

NeuronPopulationSpec with_spikes(const PopulationTable& table, const std::string& folder) {
    NeuronPopulationSpec neurons = table.neurons;
    if (table.spikes_file.empty()) return neurons;
    const CsvTable csv = read_table(table.spikes_file, folder);
    const std::size_t time = column_of(csv, "time_ms"), neuron = column_of(csv, "neuron");
    for (std::size_t row = 1; row < csv.rows.size(); ++row) {
        const TimedSpike spike{number_at(csv, row, time), neuron_at(csv, row, neuron)};
        if (spike.time_ms < 0)
            refuse_row(csv, row, fmt::format("time_ms = {:g}", spike.time_ms),
                       "times are 0 or later");
        if (spike.neuron >= neurons.n)
            refuse_row(csv, row,
                       fmt::format("there is no neuron {} in {}", spike.neuron, neurons.name),
                       fmt::format("neurons are 0 to {}", neurons.n - 1));
        neurons.spikes.push_back(spike);
    }
    return neurons;
}

ProjectionSpec with_synapses(const ProjectionTable& table, const std::string& folder) {
    ProjectionSpec projection = table.each;
    if (table.synapses_file.empty()) return projection;
    const CsvTable csv = read_table(table.synapses_file, folder);
    SynapseTable& synapses = projection.table;
    synapses.has_weights = has_csv_column(csv, "weight");
    synapses.has_delays = has_csv_column(csv, "delay_ms");
    const auto due = [&](const char* column, const char* key, bool in_file, bool in_spec) {
        if (!in_file && !in_spec)
            throw SpecError(fmt::format("{}: there is no column {}, and no {} in the projection; "
                                        "write one of them",
                                        csv.name, column, key));
    };
    due("weight", "weight", synapses.has_weights, table.has_weight);
    due("delay_ms", "delay", synapses.has_delays, table.has_delay);
    const std::size_t source = column_of(csv, "source"), target = column_of(csv, "target");
    const std::size_t weight = synapses.has_weights ? column_of(csv, "weight") : 0,
                      delay = synapses.has_delays ? column_of(csv, "delay_ms") : 0;
    for (std::size_t row = 1; row < csv.rows.size(); ++row) {
        TabledSynapse synapse{neuron_at(csv, row, source), neuron_at(csv, row, target), 0, 0};
        if (synapses.has_weights) synapse.weight = number_at(csv, row, weight);
        if (synapses.has_delays) synapse.delay_ms = number_at(csv, row, delay);
        if (synapses.has_delays && synapse.delay_ms <= 0)
            refuse_row(csv, row, fmt::format("delay_ms = {:g}", synapse.delay_ms),
                       "a delay is more than 0 ms");
        synapses.synapses.push_back(synapse);
    }
    return projection;
}

} // namespace lamina

#include "experiments/column_spikes.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "models/circuits/potjans_diesmann_2014.hpp"
#include "sim/column_cells.hpp"
#include "sim/spikes/sonata.hpp"

namespace lamina {
namespace {

bool is_chosen(const RecordSpec& record, const std::string& population) {
    const auto& named = record.spike_populations;
    return record.spikes == "all" ||
           (record.spikes == "some" &&
            std::find(named.begin(), named.end(), population) != named.end());
}

/// By trial, then by time, then by unit, as they were kept.
void add_trials_of(Image& image, const VariantRun& run) {
    const ExperimentSpec& spec = run.variant.spec;
    const AreaSpec& area = spec.area;
    begin_sonata(image);
    const std::vector<PopulationSpikes> populations = spiking_populations(area);
    for (std::size_t i = 0; i < populations.size(); ++i) {
        const std::string& name = populations[i].name;
        if (!is_chosen(spec.record, name)) continue;
        std::vector<double> time_ms;
        std::vector<std::uint64_t> ids;
        std::vector<std::int64_t> trial;
        for (const TrialRecord& record : run.records) {
            const KeptSpikes& kept = record.kept_spikes.at(i);
            for (const std::uint32_t step : kept.step)
                time_ms.push_back(double(step + 1) * area.dt_ms);
            ids.insert(ids.end(), kept.unit.begin(), kept.unit.end());
            trial.insert(trial.end(), kept.step.size(), record.trial.number);
        }
        const std::string group = add_sonata_population(image, name, time_ms, ids);
        image.plain(group, "trial", {trial.size()}, trial);
        image.attribute(group + "/trial", "long_name",
                        "number of the trial, from whose beginning times are counted");
        if (const std::int64_t n = neurons_of_unit(area, name); n > 1)
            image.attribute(group + "/node_ids", "long_name",
                            fmt::format("gate, head by head, query by query, key by key; its {} "
                                        "neurons are not told apart",
                                        n));
    }
}

} // namespace

std::vector<std::uint32_t> units_to_keep(const ExperimentSpec& spec) {
    if (!spec.area.spiking.on || spec.record.spikes == "none") return {};
    const std::uint32_t most = spec.record.spike_sample > 0
                                   ? std::uint32_t(spec.record.spike_sample)
                                   : std::numeric_limits<std::uint32_t>::max();
    std::vector<std::uint32_t> units;
    for (const PopulationSpikes& one : spiking_populations(spec.area))
        units.push_back(is_chosen(spec.record, one.name) ? most : 0);
    return units;
}

std::vector<std::pair<std::string, std::function<void(Image&)>>>
column_spike_files(const std::vector<VariantRun>& runs) {
    std::vector<std::pair<std::string, std::function<void(Image&)>>> files;
    for (std::size_t v = 0; v < runs.size(); ++v) {
        const ExperimentSpec& spec = runs[v].variant.spec;
        if (units_to_keep(spec).empty()) continue;
        files.emplace_back(spec.vary.empty() ? "spikes.h5" : fmt::format("spikes_{}.h5", v),
                           [run = &runs[v]](Image& image) { add_trials_of(image, *run); });
    }
    return files;
}

double kept_spike_bytes(const ExperimentSpec& spec, std::int64_t n_trials, std::int64_t n_steps) {
    // kept as 8 bytes, then gathered as 24, in the image and once more when it is closed
    constexpr double bytes = 8 + 3 * 24;
    const std::vector<std::uint32_t> units = units_to_keep(spec);
    if (units.empty()) return 0;
    const auto populations = spiking_populations(spec.area);
    const SpikingSpec& spiking = spec.area.spiking;
    double spikes_per_s = 0;
    namespace pd = potjans_diesmann_2014;
    const std::size_t first_of_background =
        populations.size() - (spiking.embedded ? pd::n_populations : 0);
    for (std::size_t i = 0; i < units.size(); ++i) {
        // of gates, units hold several
        const std::string& name = populations[i].name;
        const auto of_unit = double(neurons_of_unit(spec.area, name));
        // rates of pairs near their rest; PV at p = 3; weights of a row that sum to 1
        const double Hz = i >= first_of_background ? pd::full_mean_rate_Hz[i - first_of_background]
                          : name == "PV_spikes"    ? spiking.PV_rest_Hz + 3 * spiking.PV_gain_Hz
                          : name == "L5gate"       ? spiking.gate_rate_Hz / spec.area.columns
                                                   : 1.5 * spiking.rate_Hz;
        spikes_per_s += Hz * std::min(double(populations[i].n_neurons), of_unit * units[i]);
    }
    const double seconds = double(n_trials) * double(n_steps) * spec.area.dt_ms * 1e-3;
    return bytes * spikes_per_s * seconds;
}

} // namespace lamina

#include "sim/spikes/sonata.hpp"

#include <algorithm>

namespace lamina {

void begin_sonata(Image& image) {
    image.attribute("", "magic", std::vector<std::uint32_t>{0x0A7A});
    image.attribute("", "version", std::vector<std::uint32_t>{0, 1});
}

std::string add_sonata_population(Image& image, const std::string& name,
                                  const std::vector<double>& time_ms,
                                  const std::vector<std::uint64_t>& node_ids) {
    const std::string group = "spikes/" + name;
    image.plain(group, "timestamps", {time_ms.size()}, time_ms);
    image.attribute(group + "/timestamps", "units", "ms");
    image.plain(group, "node_ids", {node_ids.size()}, node_ids);
    return group;
}

void add_sonata_spikes(Image& image, const std::vector<std::string>& populations,
                       const std::vector<std::uint32_t>& first, const std::vector<Spike>& spikes,
                       double dt_ms, const std::vector<std::string>& written) {
    begin_sonata(image);
    std::vector<std::vector<double>> times(populations.size());
    std::vector<std::vector<std::uint64_t>> ids(populations.size());
    for (const Spike& spike : spikes) {
        const auto after = std::upper_bound(first.begin(), first.end(), spike.neuron);
        const auto g = std::size_t(after - first.begin() - 1);
        times[g].push_back(double(spike.step + 1) * dt_ms);
        ids[g].push_back(spike.neuron - first[g]);
    }
    for (std::size_t g = 0; g < populations.size(); ++g) {
        if (std::find(written.begin(), written.end(), populations[g]) == written.end()) continue;
        add_sonata_population(image, populations[g], times[g], ids[g]);
    }
}

} // namespace lamina

#include "sim/spikes/sonata.hpp"

#include <algorithm>

namespace lamina {

void add_sonata_spikes(Image& image, const std::vector<std::string>& populations,
                       const std::vector<std::uint32_t>& first, const std::vector<Spike>& spikes,
                       double dt_ms, const std::vector<std::string>& written) {
    image.attribute("", "magic", std::vector<std::uint32_t>{0x0A7A});
    image.attribute("", "version", std::vector<std::uint32_t>{0, 1});
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
        const std::string group = "spikes/" + populations[g];
        image.plain(group, "timestamps", {times[g].size()}, times[g]);
        image.attribute(group + "/timestamps", "units", "ms");
        image.plain(group, "node_ids", {ids[g].size()}, ids[g]);
    }
}

} // namespace lamina

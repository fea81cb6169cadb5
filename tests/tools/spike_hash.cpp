/// Prints the hash of the microcircuit's spikes, a line per external input: builds by different
/// compilers must print the same (tests/bench/compare_compilers).
#include <cstdio>

#include "sim/bench_spikes.hpp"
#include "sim/spikes/microcircuit.hpp"
#include "sim/spikes/network.hpp"

int main() {
    using namespace lamina;
    for (const auto drive : {MicrocircuitDrive::poisson, MicrocircuitDrive::dc}) {
        // with more from outside: a circuit this small falls silent otherwise
        NetworkSpec spec = microcircuit(0.02, drive);
        for (NeuronPopulationSpec& p : spec.populations) {
            for (PoissonDrive& d : p.drives) d.rate_Hz *= 1.2;
            if (drive == MicrocircuitDrive::dc) p.parameters["I_bias"] *= 2;
        }
        SpikingNetwork network(spec, 1, {});
        network.advance(7000);
        const std::vector<Spike> spikes = network.take_spikes();
        std::printf("%s %zu %s\n", drive == MicrocircuitDrive::poisson ? "poisson" : "dc",
                    spikes.size(), spike_hash(spikes).c_str());
    }
}

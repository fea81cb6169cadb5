/// What a column with fast weights is made of: it does not grow with pairs of columns.
#include <catch2/catch.hpp>

#include "sim/area_layout.hpp"
#include "sim/column_cells.hpp"
#include "sim/small_areas.hpp"

using namespace lamina;
using namespace lamina::test;

TEST_CASE("a column with fast weights has no gates, and grows with columns, not with their pairs") {
    const auto names = [](const AreaSpec& spec) {
        std::vector<std::string> all;
        for (const PopulationSpikes& one : spiking_populations(spec)) all.push_back(one.name);
        return all;
    };
    const auto synapses = [](const AreaSpec& spec) {
        double n = 0;
        for (const ColumnSynapses& one : column_synapses(spec)) n += double(one.n);
        return n;
    };
    for (const char* const inhibition : {"none", "pv_log"}) {
        const bool normed = inhibition != std::string("none");
        const AreaSpec small = fast_spec(8, 2, 4, inhibition),
                       large = fast_spec(16, 2, 4, inhibition);
        std::vector<std::string> known = {"L4E",   "L23E", "L5apical", "L23phi",
                                          "L5phi", "L5E",  "L6E",      "output"};
        if (normed) known.push_back("PV_spikes");
        CHECK(names(small) == known);
        CHECK(AreaLayout(large).M.n == AreaLayout(small).M.n);
        CHECK(AreaLayout(small).M.n == 32);
        CHECK(AreaLayout(large).a.n == 0);
        CHECK(AreaLayout(small).z_phi.n == (normed ? 8 : 0));
        CHECK(synapses(large) == 2 * synapses(small));
        auto area = make_area(small, small_weights(small, 1), 1);
        const auto populations = area->spikes();
        REQUIRE(populations.size() == known.size());
        std::int64_t n = 0;
        for (std::size_t i = 0; i < known.size(); ++i) {
            CHECK(populations[i].name == known[i]);
            n += populations[i].n_neurons;
            CHECK(area->step_spikes(i).n_units == std::size_t(populations[i].n_neurons));
        }
        CHECK(area->n_neurons() == n);
        CHECK(populations[3].n_neurons == 8 * 8 * 20);

        AreaSpec with_gates = small;
        with_gates.spiking.fast_weights = false;
        AreaSpec more_gates = large;
        more_gates.spiking.fast_weights = false;
        CHECK(synapses(more_gates) > 3 * synapses(with_gates));
        CHECK(names(with_gates).back() == "L5gate");
    }
    for (const int columns : {16, 64}) {
        AreaSpec by_gates = fast_spec(columns, 4, 16, "pv_log");
        by_gates.spiking.fast_weights = false;
        const AreaSpec by_fast = fast_spec(columns, 4, 16, "pv_log");
        const auto neurons = [](const AreaSpec& of) {
            double n = 0;
            for (const PopulationSpikes& one : spiking_populations(of)) n += double(one.n_neurons);
            return n;
        };
        WARN(columns << " columns, 4 heads of 16: " << neurons(by_gates) << " neurons and "
                     << synapses(by_gates) << " synapses with gates, " << neurons(by_fast)
                     << " and " << synapses(by_fast) << " with fast weights");
    }
    // [entries and signs] with 20 cells of each of 8 columns; 4 features of 20 cells
    const AreaSpec spec = fast_spec(8, 2, 4, "pv_log");
    const auto count = [&](const char* from, const char* to) {
        std::int64_t n = 0;
        for (const ColumnSynapses& one : column_synapses(spec))
            if (one.from == from && one.to == to) n += one.n;
        return n;
    };
    CHECK(count("L23phi", "L5fast") == 2 * 32 * 160);
    CHECK(count("L4E", "L5fast") == 2 * 32 * 160);
    CHECK(count("L23phi", "L5fast_sum") == 8 * 160);
    CHECK(count("L5phi", "L5E") == 2 * 64 * 20 * 80);
    CHECK(count("L23E", "L23phi") == 64 * 20 * 40);
    CHECK(count("L4E", "L5E") == 0);
}

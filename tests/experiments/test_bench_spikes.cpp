#include <catch2/catch.hpp>

#include <nlohmann/json.hpp>

#include "experiments/bench_spikes.hpp"
#include "sim/errors.hpp"
#include "sim/spikes/neuron_part.hpp"
#include "support/process.hpp"

namespace lamina {
namespace {

std::uint64_t microcircuit_synapses(double scale) {
    double n = 0;
    for (const ProjectionSpec& p : microcircuit(scale, MicrocircuitDrive::dc).projections)
        n += p.parameters.at("number");
    return std::uint64_t(n);
}

} // namespace

TEST_CASE("bench microcircuit: what it prints is what it measured", "[bench]") {
    const auto done = test::run_lamina({"bench", "microcircuit", "--scale", "0.03", "--seconds",
                                        "0.3", "--drive", "poisson", "--threads", "2", "--json"});
    REQUIRE(done.exit_code == 0);
    const auto json = nlohmann::json::parse(done.out);
    for (const char* key :
         {"real_time_factor", "cpu_seconds_per_biological_second", "ns_per_synaptic_event",
          "ns_per_neuron_step", "bytes_per_synapse", "peak_rss_bytes", "build_seconds",
          "scatter_ceiling_ns", "copy_ceiling_GB_per_s"}) {
        INFO(key);
        CHECK(json.at(key).get<double>() > 0);
    }
    CHECK(json["threads"] == 2);
    CHECK(json["scale"] == 0.03);
    CHECK(json["seconds"] == 0.3);
    CHECK(json["drive"] == "poisson");
    CHECK(json["rates_Hz"].size() == 8);
    // the hash is of the spikes, whatever ran them
    NetworkBenchOptions options;
    options.scale = 0.03, options.seconds = 0.3, options.drive = MicrocircuitDrive::poisson;
    options.delivery = Delivery::due_time;
    const NetworkBenchmark b = bench_network(options);
    CHECK(b.spike_hash == json["spike_hash"]);
    CHECK(b.rates_Hz[4] == Approx(json["rates_Hz"]["L5E"].get<double>()));
    CHECK(b.cost.n_steps == 3000);
    CHECK(b.cost.n_events > 1000);
    options.seed = 2;
    CHECK(bench_network(options).spike_hash != b.spike_hash);
}

TEST_CASE("bench microcircuit: what cannot be measured is refused") {
    CHECK(test::run_lamina({"bench", "microcircuit", "--scale", "0"}).exit_code == 2);
    CHECK(test::run_lamina({"bench", "microcircuit", "--scale", "2"}).exit_code == 2);
    CHECK(test::run_lamina({"bench", "microcircuit", "--scale", "1e-9"}).exit_code == 2);
    CHECK(test::run_lamina({"bench", "microcircuit", "--seconds", "1e-5"}).exit_code == 2);
    for (const char* scale : {"-1", "0", "nan"}) // a negative one would never end
        CHECK(test::run_lamina({"bench", "delivery", "--scale", scale}).exit_code == 2);
    CHECK(test::run_lamina({"bench", "microcircuit", "--seconds", "-1"}).exit_code == 2);
    CHECK(test::run_lamina({"bench", "microcircuit", "--discard", "-1"}).exit_code == 2);
    CHECK(test::run_lamina({"bench", "microcircuit", "--drive", "ac"}).exit_code == 2);
    CHECK(test::run_lamina({"bench", "nonesuch"}).exit_code == 2);
}

TEST_CASE("bench delivery: both ways give the same spikes", "[bench]") {
    const DeliveryBenchmark b = bench_delivery(0.03, 2, 2);
    CHECK(b.same_spikes);
    CHECK(b.due_time_ns > 0);
    CHECK(b.ring_ns > 0);
}

TEST_CASE("bench build and update: every figure is there", "[bench]") {
    const auto build = bench_build_json(bench_build(0.03, 2, 2));
    CHECK(build["synapses"] == microcircuit_synapses(0.03));
    CHECK(build["build_seconds"].get<double>() >= build["build_seconds_least"].get<double>());
    const auto update = bench_update_json(bench_update(1));
    CHECK(update["ns_per_neuron_step"].size() == neuron_models().size());
    for (const auto& model : update["ns_per_neuron_step"])
        for (const char* precision : {"float32", "float64"})
            CHECK(model[precision].get<double>() > 0);
}

} // namespace lamina

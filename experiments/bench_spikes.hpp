/// The speeds of sim/bench_spikes.hpp as tables and as JSON.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "sim/bench_spikes.hpp"

namespace lamina {

std::string bench_network_table(const NetworkBenchmark&);
nlohmann::ordered_json bench_network_json(const NetworkBenchmark&);

std::string bench_delivery_table(const DeliveryBenchmark&);
nlohmann::ordered_json bench_delivery_json(const DeliveryBenchmark&);

std::string bench_build_table(const BuildBenchmark&);
nlohmann::ordered_json bench_build_json(const BuildBenchmark&);

std::string bench_update_table(const UpdateBenchmark&);
nlohmann::ordered_json bench_update_json(const UpdateBenchmark&);

} // namespace lamina

/// The bodies that measure a device, on the emulated one, where their results are looked at.
#include <catch2/catch.hpp>

#include <nlohmann/json.hpp>

#include "experiments/bench_device.hpp"
#include "kernels/emulated/exec.hpp"
#include "sim/device_ceilings_of.hpp"
#include "sim/errors.hpp"
#include "support/process.hpp"

namespace lamina {

TEST_CASE("bench device: barriers, sums, copies and rows give what they must, in any order") {
    for (const std::uint64_t seed : {1, 2, 3}) {
        INFO("order " << seed);
        const DeviceCeilings c =
            device::CeilingBench<Emulated>(Emulated(seed), CeilingSizes::tiny()).measure();
        CHECK(c.wrong == std::vector<std::string>());
        CHECK(c.n_processors == 4);
    }
}

TEST_CASE("bench device: timed, every figure is there") {
    CeilingSizes sizes = CeilingSizes::tiny();
    sizes.timed = true;
    const DeviceCeilings c = device::CeilingBench<Emulated>(Emulated(1), sizes).measure();
    CHECK(c.wrong == std::vector<std::string>());
    const auto json = bench_device_json({Device::emulated, 1, false}, c);
    for (const char* key : {"launch_and_finish_us", "to_device_GB_per_s", "from_device_GB_per_s"})
        CHECK(json.at(key).get<double>() > 0);
    CHECK(json.size() == 4 + 11);
}

TEST_CASE("bench device: the command tells what it measured, or why it cannot") {
    const auto done = test::run_lamina({"bench", "device", "--device", "emulated:5", "--json"});
    REQUIRE(done.exit_code == 0);
    const auto json = nlohmann::json::parse(done.out);
    CHECK(json["benchmark"] == "device");
    CHECK(json["device"] == "emulated:5");
    CHECK(json["timed"] == false);
    CHECK_FALSE(json.contains("meet_all_us"));
    CHECK(test::run_lamina({"bench", "device", "--device", "cpu"}).exit_code == 2);
    CHECK(test::run_lamina({"bench", "device", "--device", "abacus"}).exit_code == 2);
    if (!why_no_device().empty()) {
        const auto without = test::run_lamina({"bench", "device"});
        CHECK(without.exit_code != 0);
        CHECK(without.err.find(why_no_device().substr(0, 20)) != std::string::npos);
    }
    DeviceCeilings c;
    c.wrong = {"meet_all", "copy"};
    CHECK_THROWS_AS(refuse_wrong(c), VerificationError);
}

} // namespace lamina

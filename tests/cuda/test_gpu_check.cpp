/// scripts/gpu-check, which nobody can try here on what it is made for: its dry run, and its whole
/// course with stand-ins for the programs it calls.
#include <catch2/catch.hpp>

#include <filesystem>

#include <nlohmann/json.hpp>

#include "support/contains.hpp"
#include "support/process.hpp"
#include "support/skip.hpp"

using namespace lamina::test;
namespace fs = std::filesystem;

namespace {

/// Answers as lamina does; what a call contains that $WRONG, $SILENT, $BROKEN or $SLOW names gets
/// another hash, no events, an exit code, no end.
const char* const stand_in = R"(
echo "$*" >> "$CALLS"
hash=aaaaaaaaaaaaaaaa events=1000
if [ -n "$WRONG" ] && [[ "$* " == *"$WRONG"* ]]; then hash=bbbbbbbbbbbbbbbb; fi
if [ -n "$SILENT" ] && [[ "$* " == *"$SILENT"* ]]; then events=0; fi
if [ -n "$BROKEN" ] && [[ "$* " == *"$BROKEN"* ]]; then echo "${REASON-the \"reason\"}" >&2; exit ${CODE-1}; fi
case $* in
    --version) echo "lamina of a test" ;;
    "bench device"*) printf '{\n  "benchmark": "device",\n  "device": "%s, a test",\n  "timed": true,\n  "meet_all_us": 1.25\n}\n' "$4" ;;
    *) printf '{\n  "real_time_factor": 0.02,\n  "spike_hash": "%s",\n  "synaptic_events": %s,\n  "bytes_per_synapse": 4.071,\n  "device_bytes": 1500000000,\n  "device_path": "many, together"\n}\n' $hash $events ;;
esac
)";

/// A folder as gpu-check --pack makes it, with stand-ins for its programs.
struct Bench {
    TemporaryDirectory folder;
    fs::path packed = folder.path() / "packed", json_file = folder.path() / "gpu-check.json";
    ProcessOptions options;

    Bench() {
        fs::create_directories(packed);
        fs::copy(fs::path(LAMINA_SOURCE_DIR) / "scripts/gpu-check", packed / "gpu-check");
        write_program(packed / "bin/lamina", stand_in);
        write_program(packed / "bin/test_sim", "echo 9 passed, 0 failed, 0 skipped\n");
        options.environment = {{"CALLS", (folder.path() / "calls").string()},
                               {"PATH", (folder.path() / "path").string() + ":/usr/bin:/bin"}};
        write_file(folder.path() / "calls", "");
    }
    void set(const std::string& name, const std::string& value) {
        options.environment[name] = value;
    }
    ProcessResult run(std::vector<std::string> words = {}) {
        words.insert(words.begin(), {(packed / "gpu-check").string(), "--with", packed.string(),
                                     "--json", json_file.string()});
        return run_process(words, options);
    }
    nlohmann::json told() const { return nlohmann::json::parse(read_file(json_file)); }
    std::string calls() const { return read_file(folder.path() / "calls"); }
};

/// "verdict: figure" of the first claim that begins so.
std::string verdict(const nlohmann::json& told, const std::string& claim) {
    for (const auto& row : told["claims"])
        if (row["claim"].get<std::string>().rfind(claim, 0) == 0)
            return row["verdict"].get<std::string>() + ": " + row["figure"].get<std::string>();
    return "no such claim";
}

bool there_is_a_gpu() {
    for (const auto& entry : fs::directory_iterator("/dev")) {
        const std::string name = entry.path().filename();
        if (name.rfind("nvidia", 0) == 0 || name == "dxg") return true;
    }
    return false;
}

} // namespace

TEST_CASE("gpu-check: on a GPU, every claim is made, and the table is also JSON") {
    Bench bench;
    const auto done = bench.run();
    INFO(done.err);
    REQUIRE(done.exit_code == 0);
    const auto told = bench.told();
    CHECK(told["emulated"] == false);
    CHECK(told["device"] == "cuda, a test");
    CHECK(told["lamina"] == "lamina of a test");
    CHECK(told["fail"] == 0);
    std::size_t n = 0;
    for (const char* count : {"hold", "fail", "missed", "measured", "not_run"})
        n += told[count].get<std::size_t>();
    CHECK(n == told["claims"].size());
    for (const auto& row : told["claims"]) {
        CHECK(contains(done.out, row["claim"]));
        CHECK(contains(done.out, row["figure"]));
    }
    const std::string same = "holds: aaaaaaaaaaaa, 1000 synaptic events; many, together";
    CHECK(verdict(told, "same spikes as the processor, 0.1 of the microcircuit, dc") == same);
    CHECK(verdict(told, "same spikes as the processor, the whole microcircuit, poisson") == same);
    CHECK(verdict(told, "two runs") == same);
    CHECK(verdict(told, "tests of networks") == "holds: 9 passed, 0 failed, 0 skipped");
    CHECK(verdict(told, "real-time factor of the whole microcircuit, dc drive; goal 0.03") ==
          "holds: 0.0200; many, together");
    CHECK(verdict(told, "device memory") == "holds: 4.071 bytes; 1.50 GB in all");
    CHECK(verdict(told, "ceiling meet_all_us") == "measured: 1.25");
    CHECK(verdict(told, "ceiling row_latency_ns") == "not run: no time is measured");
    CHECK(verdict(told, "compute-sanitizer racecheck") ==
          "not run: compute-sanitizer is not installed here");
    CHECK(contains(bench.calls(), "--scale 0.1 --seconds 1 --drive dc --device cuda,plain"));
    CHECK(contains(bench.calls(), "--scale 1 --seconds 1 --drive poisson --device cuda "));
}

TEST_CASE("gpu-check: a wrong hash, silence, a failure are failures, and the exit code is 5") {
    Bench bench;
    std::string claim, expected;
    SECTION("another hash") {
        bench.set("WRONG", "--drive poisson --device cuda,plain ");
        claim = "the same by the plain kernels, poisson";
        expected = "fails: aaaaaaaaaaaa and bbbbbbbbbbbb";
    }
    SECTION("another hash of the second run on the device") {
        // the same words as the first: counted
        write_program(bench.packed / "bin/lamina",
                      "WRONG=none\nif [[ $* == *'--scale 0.1'*poisson*'cuda --json' ]]; then\n"
                      "echo x >> \"$CALLS.seen\"; [ $(wc -l < \"$CALLS.seen\") -lt 2 ] || "
                      "WRONG=bench; fi\n" +
                          std::string(stand_in));
        claim = "two runs";
        expected = "fails: aaaaaaaaaaaa and bbbbbbbbbbbb";
    }
    SECTION("nothing spiked") {
        bench.set("SILENT", "--drive dc");
        claim = "same spikes as the processor, 0.1 of the microcircuit, dc";
        expected = "fails: nothing spiked";
    }
    SECTION("a run that fails") {
        bench.set("BROKEN", "vogels_abbott --scale 1 --seconds 1 --device cuda ");
        claim = "same spikes as the processor, vogels_abbott";
        expected = "fails: the reason";
    }
    SECTION("sums that are wrong") {
        bench.set("BROKEN", "bench device");
        bench.set("CODE", "5");
        claim = "barriers, sums and copies";
        expected = "fails: the reason";
    }
    SECTION("a device that fails at the first launch") {
        bench.set("BROKEN", "bench device");
        bench.set("CODE", "4");
        claim = "barriers, sums and copies";
        expected = "fails: the reason";
    }
    SECTION("a test that fails") {
        write_program(bench.packed / "bin/test_sim",
                      "echo 8 passed, 1 failed, 0 skipped; exit 1\n");
        claim = "tests of networks";
        expected = "fails: 8 passed, 1 failed, 0 skipped";
    }
    SECTION("tests that end without their count") {
        write_program(bench.packed / "bin/test_sim", "exit 0\n");
        claim = "tests of networks";
        expected = "fails: no count";
    }
    SECTION("a race") {
        write_program(
            bench.folder.path() / "path/compute-sanitizer",
            "echo '========= RACECHECK SUMMARY: 1 hazard displayed'\n[ $2 != racecheck ] || "
            "exit 99\n");
        claim = "compute-sanitizer racecheck";
        expected = "fails:  RACECHECK SUMMARY: 1 hazard displayed";
    }
    const auto done = bench.run();
    INFO(done.err);
    CHECK(done.exit_code == 5);
    const auto told = bench.told();
    CHECK(verdict(told, claim) == expected);
    CHECK(told["fail"].get<int>() >= 1);
    if (claim.rfind("compute-sanitizer", 0) == 0)
        CHECK(verdict(told, "compute-sanitizer memcheck") ==
              "holds:  RACECHECK SUMMARY: 1 hazard displayed");
}

TEST_CASE("gpu-check: a goal that is not reached is no failure; what had no time has not run") {
    Bench bench;
    SECTION("slow") {
        std::string slow = stand_in;
        slow.replace(slow.find("0.02"), 4, "0.05");
        write_program(bench.packed / "bin/lamina", slow);
        CHECK(bench.run().exit_code == 0);
        CHECK(verdict(bench.told(), "real-time factor of the whole microcircuit, dc drive; goal") ==
              "missed: 0.0500; many, together");
        CHECK(bench.told()["missed"] == 2);
    }
    SECTION("out of time") {
        CHECK(bench.run({"--minutes", "0"}).exit_code == 0);
        CHECK(bench.told()["hold"] == 0);
        CHECK(bench.told()["not_run"] == bench.told()["claims"].size());
        CHECK(verdict(bench.told(), "two runs") == "not run: no time was left");
    }
}

TEST_CASE("gpu-check: without a GPU it ends with 4 and says why") {
    Bench bench;
    bench.set("BROKEN", "bench device");
    bench.set("CODE", "4");
    bench.set("REASON", "there is no CUDA device: of a test");
    const auto done = bench.run();
    CHECK(done.exit_code == 4);
    CHECK(done.err == "gpu-check: there is no CUDA device: of a test\n");
    CHECK(bench.run({"--wrong"}).exit_code == 2);
    if (there_is_a_gpu()) {
        skip("there is a GPU");
        return;
    }
    const auto bare = run_process({LAMINA_SOURCE_DIR "/scripts/gpu-check"});
    CHECK(bare.exit_code == 4);
    CHECK(contains(bare.err, "there is no NVIDIA GPU here; --emulate"));
}

TEST_CASE("gpu-check: packed and carried elsewhere, the dry run on the emulated device", "[slow]") {
    const TemporaryDirectory folder;
    const fs::path json_file = folder.path() / "gpu-check.json", packed = folder.path() / "packed",
                   built = fs::path(LAMINA_BINARY).parent_path();
    const std::string script = LAMINA_SOURCE_DIR "/scripts/gpu-check";
    std::vector<std::string> call = {script, "--with", built.string()};
    if (built == fs::path(LAMINA_SOURCE_DIR) / "build/release") { // what is packed
        const auto pack = run_process({script, "--pack", packed.string()});
        INFO(pack.err << pack.out);
        REQUIRE(pack.exit_code == 0);
        std::uintmax_t bytes = 0;
        for (const auto& entry : fs::recursive_directory_iterator(packed))
            if (entry.is_regular_file()) bytes += entry.file_size();
        CHECK(bytes < 60u << 20);
        // where the system's loader is too old, the one that was packed runs it
        CHECK(run_process({(packed / "glibc/ld-linux-x86-64.so.2").string(), "--library-path",
                           (packed / "glibc").string() + ":" + (packed / "lib").string(),
                           (packed / "bin/lamina").string(), "--version"})
                  .exit_code == 0);
        // what holds something else is left alone
        CHECK(run_process({script, "--pack", folder.path().string()}).exit_code == 2);
        CHECK(fs::exists(packed));
        call = {(packed / "gpu-check").string()};
    }
    for (const std::string& word :
         {std::string("--emulate"), std::string("--json"), json_file.string()})
        call.push_back(word);
    ProcessOptions elsewhere;
    elsewhere.directory = folder.path();
    const auto done = run_process(call, elsewhere);
    INFO(done.err << done.out);
    REQUIRE(done.exit_code == 0);
    const auto told = nlohmann::json::parse(read_file(json_file));
    CHECK(told["emulated"] == true);
    CHECK(told["device"] == "emulated:1");
    CHECK(told["fail"] == 0);
    for (const char* claim : {"barriers, sums", "tests of networks", "same spikes as the processor",
                              "same spikes as the processor, 0.1 of the microcircuit, dc",
                              "the same by the plain kernels, dc",
                              "the same by the plain kernels, poisson", "two runs"}) {
        INFO(claim);
        CHECK(verdict(told, claim).rfind("holds: ", 0) == 0);
    }
    CHECK(verdict(told, "compute-sanitizer memcheck") == "not run: only on a GPU");
}

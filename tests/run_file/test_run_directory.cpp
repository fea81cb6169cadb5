/// A finished run vouches for every byte that it lists, and a run that did not finish says so.
#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "sim/run_file/image.hpp"
#include "sim/run_file/io_error.hpp"
#include "sim/run_file/run_directory.hpp"
#include "support/child.hpp"
#include "support/faulting_vfs.hpp"
#include "support/process.hpp"

using namespace lamina;
using nlohmann::ordered_json;
using test::Fault;
namespace fs = std::filesystem;

namespace {

std::vector<std::byte> small_results() {
    Image image;
    image.coordinate("rates", "time", std::vector<double>{0, 5}, "ms", "time");
    image.variable("rates", "mean", {"time"}, std::vector<double>{1, 2}, "Hz", "mean rate");
    return image.finish();
}

void write_small_run(const fs::path& path) {
    RunWriter run(Folder::create(path));
    run.write("spec.yaml", std::string("seed: 1\n"));
    run.write("results.h5", small_results());
    run.write("figures/rates.svg", std::string("<svg/>\n"));
    run.finish({{"lamina_format", 1},
                {"state", "complete"},
                {"summary", {{"comparison", {{"output_relative_error", {{"mean", 1e-4}}}}}}}});
}

void flip(const fs::path& path, std::streamoff at, int bit) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(at);
    const int byte = file.get();
    file.seekp(at);
    file.put(char(byte ^ (1 << bit)));
}

} // namespace

TEST_CASE("RunDirectory: gives what was written") {
    const test::TemporaryDirectory top;
    write_small_run(top.path() / "run");
    const RunDirectory run = RunDirectory::open(top.path() / "run");
    CHECK(run.run()["state"] == "complete");
    CHECK(run.run().begin().key() == "lamina_format");
    CHECK(run.summary()["comparison"]["output_relative_error"]["mean"] == 1e-4);
    REQUIRE(run.files().size() == 3);
    CHECK(run.files()[1].name == "results.h5");
    CHECK(run.files()[1].bytes == small_results().size());
    CHECK(run.read_text("figures/rates.svg") == "<svg/>\n");
    CHECK(run.results().numbers("rates", "mean") == std::vector<double>{1, 2});
    CHECK(run.has("spec.yaml"));
    CHECK_THROWS_AS(run.read("absent"), FormatError);
    CHECK(verify(top.path() / "run").problems.empty());
    CHECK(verify(top.path() / "run").n_files == 4);
}

TEST_CASE("verify: any flipped bit of run.json, any flipped byte of any other file, is found") {
    const test::TemporaryDirectory top;
    const fs::path path = top.path() / "run";
    write_small_run(path);
    REQUIRE(verify(path).problems.empty());
    for (const char* name : {"run.json", "spec.yaml", "results.h5", "figures/rates.svg"}) {
        const std::streamoff n_bytes = std::streamoff(fs::file_size(path / name));
        REQUIRE(n_bytes > 0);
        int missed = 0;
        for (std::streamoff at = 0; at < n_bytes; ++at) {
            // one bit of each byte; of run.json, which has to vouch for itself, all eight
            const bool all_bits = std::string(name) == "run.json";
            for (int bit = all_bits ? 0 : int(at % 8); bit <= (all_bits ? 7 : int(at % 8)); ++bit) {
                flip(path / name, at, bit);
                const Verification found = verify(path);
                missed += found.problems.size() != 1 || found.problems[0].find(name) != 0;
                flip(path / name, at, bit);
            }
        }
        INFO(name << ", " << n_bytes << " bytes");
        CHECK(missed == 0);
    }
    CHECK(verify(path).problems.empty());
}

TEST_CASE("run.json: the manual's command recomputes the seal") {
    const std::string manual =
        test::read_file(fs::path(LAMINA_SOURCE_DIR) / "docs/file-formats.md");
    const std::size_t from = manual.find("sed -E");
    REQUIRE(from != std::string::npos);
    const std::string command = manual.substr(from, manual.find('\n', from) - from);
    const test::TemporaryDirectory top;
    write_small_run(top.path() / "run");
    test::ProcessOptions options;
    options.directory = top.path() / "run";
    const test::ProcessResult shell = test::run_process({"sh", "-c", command}, options);
    INFO(command << '\n' << shell.err);
    CHECK(shell.out.substr(0, 64) == RunDirectory::open(top.path() / "run").run()["seal"]);
}

TEST_CASE("verify: a missing, cut or foreign file is named; an extra one is a note") {
    const test::TemporaryDirectory top;
    const fs::path path = top.path() / "run";
    write_small_run(path);
    test::write_file(path / "notes.txt", "mine");
    Verification found = verify(path);
    CHECK(found.problems.empty());
    REQUIRE(found.notes.size() == 1);
    CHECK_THAT(found.notes[0], Catch::StartsWith("notes.txt"));

    fs::resize_file(path / "spec.yaml", 3);
    fs::remove(path / "figures" / "rates.svg");
    found = verify(path);
    REQUIRE(found.problems.size() == 2);
    CHECK_THAT(found.problems[0], Catch::Contains("has 3 bytes, run.json has 8"));
    CHECK_THAT(found.problems[1], Catch::Equals("figures/rates.svg: is missing"));

    // damaged results are never opened
    flip(path / "results.h5", 100, 3);
    CHECK_THROWS_WITH(RunDirectory::open(path).results(),
                      Catch::Contains("results.h5 is damaged") && Catch::Contains("SHA-256"));
    CHECK_THROWS_AS(ResultsReader::open_verified(path / "results.h5", std::string(64, '0')),
                    DamagedFile);

    fs::remove(path / "run.json");
    found = verify(path);
    REQUIRE(found.problems.size() == 1);
    CHECK_THAT(found.problems[0], Catch::Contains("has not finished"));
    CHECK(verify(top.path() / "absent").problems.size() == 1);
}

TEST_CASE("RunDirectory: a run.json with a right seal and a wrong content is refused") {
    const std::string good_hash(64, 'a');
    const std::vector<ordered_json> hostile = {
        {{"state", "complete"}},
        {{"files", 3}},
        {{"files", {{"../../etc/passwd", {{"sha256", good_hash}, {"bytes", 1}}}}}},
        {{"files", {{"/etc/passwd", {{"sha256", good_hash}, {"bytes", 1}}}}}},
        {{"files", {{"a", {{"sha256", good_hash}, {"bytes", -1}}}}}},
        {{"files", {{"a", {{"sha256", good_hash}, {"bytes", 1.5}}}}}},
        {{"files", {{"a", {{"sha256", "short"}, {"bytes", 1}}}}}},
        {{"files", {{"a", "text"}}}},
    };
    for (const ordered_json& run : hostile) {
        const test::TemporaryDirectory top;
        INFO(run.dump());
        const Folder folder = Folder::open(top.path());
        write_run_json(folder, run);
        CHECK(seal_holds(test::read_file(top.path() / "run.json")));
        CHECK_THROWS_AS(RunDirectory::open(top.path()), FormatError);
        CHECK(verify(top.path()).problems.size() == 1);
    }
    // a text without a seal, and texts around it
    for (const char* text : {"", "{}", "\n  \"seal\": \"", "{\"files\": {}}\n"}) {
        const test::TemporaryDirectory top;
        test::write_file(top.path() / "run.json", text);
        CHECK_THROWS_AS(RunDirectory::open(top.path()), DamagedFile);
    }
}

TEST_CASE("RunWriter: names that differ by case only are refused") {
    const test::TemporaryDirectory top;
    RunWriter run(Folder::create(top.path() / "run"));
    run.write("Rates.svg", std::string("a"));
    run.write("rates.svg", std::string("b"));
    CHECK_THROWS_AS(run.finish({{"state", "complete"}}), FormatError);
}

TEST_CASE("RunWriter: a log that was there is listed; a file written again is listed once") {
    const test::TemporaryDirectory top;
    RunWriter run(Folder::create(top.path() / "run"));
    test::write_file(top.path() / "run" / "run.log", "line\n");
    run.adopt("run.log");
    run.write("spec.yaml", std::string("first"));
    run.write("spec.yaml", std::string("second"));
    run.finish({{"argv", "not UTF-8: \xff"}});
    CHECK(verify(top.path() / "run").problems.empty());
    CHECK(RunDirectory::open(top.path() / "run").files().size() == 2);
    CHECK(RunDirectory::open(top.path() / "run").read_text("spec.yaml") == "second");
}

TEST_CASE("RunWriter: a run killed at any operation is whole, or has no run.json") {
    bool saw_unfinished = false;
    for (long at = 0;; ++at) {
        const test::TemporaryDirectory top;
        const fs::path path = top.path() / "runs" / "first";
        INFO("killed at operation " << at);
        const test::ChildEnd end = test::in_child([&] {
            test::FaultingVfs faulting(Fault::killed, at);
            const ReplacedVfs replaced(faulting);
            write_small_run(path);
            return std::string("done");
        });
        if (fs::exists(path / "run.json"))
            REQUIRE(verify(path).problems.empty());
        else
            saw_unfinished = true;
        if (end.said == "done") {
            REQUIRE(fs::exists(path / "run.json"));
            break;
        }
        REQUIRE(end.exit_code == 137);

        // a later run finds the place taken, or takes it; never a mixture
        if (fs::exists(path)) {
            REQUIRE_THROWS_AS(Folder::create(path), IoError);
            Folder::open(path).remove_stale_temporaries();
            for (const std::string& name : Folder::open(path).files())
                REQUIRE_THAT(name, !Catch::Contains(".tmp."));
        }
    }
    CHECK(saw_unfinished);
}

TEST_CASE("RunWriter: a full disk or a faulty one at any operation is an error, never a bad run") {
    for (const Fault fault : {Fault::no_space, Fault::io_error}) {
        for (long at = 0;; ++at) {
            const test::TemporaryDirectory top;
            const fs::path path = top.path() / "runs" / "first";
            INFO("fault " << int(fault) << " at operation " << at);
            test::FaultingVfs faulting(fault, at);
            bool threw = false;
            {
                const ReplacedVfs replaced(faulting);
                try {
                    write_small_run(path);
                } catch (const IoError&) { threw = true; }
            }
            if (!faulting.fired()) break;
            // a close after reading or of a folder may fail without harm; all else is reported
            REQUIRE((threw || faulting.failed().front() == "close"));
            if (fs::exists(path / "run.json"))
                REQUIRE(verify(path).problems.empty());
            else
                REQUIRE(threw);
        }
    }
}

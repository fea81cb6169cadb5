#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdlib>
#include <regex>

#include <nlohmann/json.hpp>

#include "experiments/doctor.hpp"
#include "experiments/version.hpp"
#include "support/process.hpp"

using namespace lamina;

namespace {

const Finding& finding(const std::vector<Finding>& all, const std::string& name) {
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const Finding& f) { return f.name == name; });
    REQUIRE(found != all.end());
    return *found;
}

/// Sets a variable of this process until the end of the scope.
struct Variable {
    std::string name, before;
    bool had = false;
    Variable(const std::string& variable, const std::string& value) : name(variable) {
        if (const char* old = std::getenv(name.c_str())) had = true, before = old;
        setenv(name.c_str(), value.c_str(), 1);
    }
    ~Variable() {
        if (had)
            setenv(name.c_str(), before.c_str(), 1);
        else
            unsetenv(name.c_str());
    }
};

} // namespace

TEST_CASE("doctor: every finding has a group, a name and a value") {
    const auto findings = examine_machine();
    CHECK(findings.size() > 15);
    for (const Finding& f : findings) {
        INFO(f.group << " / " << f.name);
        CHECK_FALSE(f.group.empty());
        CHECK_FALSE(f.name.empty());
        CHECK_FALSE(f.value.empty());
    }
    for (const char* name :
         {"compiler", "flags", "Boost", "Eigen", "HDF5", "cores", "OpenMP threads", "disk",
          "CUDA device", "MPI", "Slurm", "ccache", "LAMINA_DATA", "letters"})
        finding(findings, name);
}

TEST_CASE("doctor: no two floating-point operations are contracted, and the flags show it") {
    CHECK(finding(examine_machine(), "flags").value.find("-ffp-contract=off") != std::string::npos);
}

TEST_CASE("doctor: a program counts as found when it can be started from PATH") {
    const test::TemporaryDirectory folder;
    test::write_file(folder.path() / "sbatch", "#!/bin/sh\n");
    const Variable path("PATH", folder.path());
    CHECK(find_program("sbatch").empty()); // not executable yet
    std::filesystem::permissions(folder.path() / "sbatch", std::filesystem::perms::owner_all);
    CHECK(find_program("sbatch") == folder.path() / "sbatch");
    CHECK(finding(examine_machine(), "Slurm").found);
    CHECK_FALSE(finding(examine_machine(), "ccache").found);
    CHECK(finding(examine_machine(), "ccache").remedy == "apt-get install ccache");
}

TEST_CASE("doctor: LAMINA_DATA is named with its data sets, or with what to type") {
    const test::TemporaryDirectory folder;
    test::write_file(folder.path() / "second_set" / "a.csv", "");
    test::write_file(folder.path() / "first_set" / "a.csv", "");
    {
        const Variable data("LAMINA_DATA", folder.path());
        const Finding found = finding(examine_machine(), "LAMINA_DATA");
        CHECK(found.found);
        CHECK(found.value == folder.path().string() + ": first_set, second_set");
    }
    for (const std::string& wrong : {std::string(), (folder.path() / "absent").string()}) {
        const Variable data("LAMINA_DATA", wrong);
        const Finding absent = finding(examine_machine(), "LAMINA_DATA");
        CHECK_FALSE(absent.found);
        CHECK(absent.remedy.find("export LAMINA_DATA=") == 0);
    }
}

TEST_CASE("doctor: text lists the remedies, JSON holds every finding") {
    const std::vector<Finding> findings = {{"machine", "cores", true, "2 online", ""},
                                           {"optional", "MPI", false, "not found", "type this"}};
    CHECK(doctor_text(findings) == "machine\n"
                                   "  + cores           2 online\n"
                                   "\noptional\n"
                                   "  - MPI             not found\n"
                                   "\nto add what is missing\n"
                                   "  MPI               type this\n");
    const auto json = nlohmann::json::parse(doctor_json(findings));
    CHECK(json["findings"].size() == 2);
    CHECK(json["findings"][1]["remedy"] == "type this");
    CHECK(json["version"]["version"] == build_info().version);
    // bytes that are no text do not stop it
    CHECK_NOTHROW(nlohmann::json::parse(doctor_json({{"data", "x", true, "\xff", ""}})));
}

TEST_CASE("version: text and JSON name the same release, commit and compiler") {
    const BuildInfo& info = build_info();
    CHECK(std::regex_match(info.version, std::regex("[0-9]+\\.[0-9]+\\.[0-9]+")));
    CHECK(std::regex_match(info.git, std::regex("unknown|[0-9a-f]{12}(-dirty)?")));
    CHECK(info.flags.find("  ") == std::string::npos);
    const auto json = nlohmann::json::parse(version_json());
    CHECK(json["git"] == info.git);
    CHECK(json["lamina_format"] == 1);
    CHECK(version_text() == "lamina " + info.version + " (" + info.git + ", " + info.compiler +
                                ", " + info.build_type + ")");
}

#include <catch2/catch.hpp>

#include <algorithm>

#include "layout/source_rules.hpp"
#include "support/process.hpp"

using namespace lamina::test;

namespace {

/// What is found in a tree that holds one file.
std::vector<std::string> found_in(const std::string& file, const std::string& text) {
    const TemporaryDirectory tree;
    write_file(tree.path() / file, text);
    std::vector<std::string> lines;
    for (const Violation& violation : check_tree(tree.path()))
        lines.push_back(to_string(violation));
    return lines;
}

bool refused(const std::string& file, const std::string& text) {
    const auto lines = found_in(file, text);
    return lines.size() == 1 && lines[0].find(file + ":") == 0;
}

bool accepted(const std::string& file, const std::string& text) {
    return found_in(file, text).empty();
}

std::string including(const std::string& what) { return "#include " + what + "\n"; }

} // namespace

TEST_CASE("the tree keeps its rules: arrows, libraries, words, bytes") {
    for (const Violation& violation : check_tree(LAMINA_SOURCE_DIR))
        FAIL_CHECK(to_string(violation));
}

TEST_CASE("the tree that is checked is the whole tree") {
    const auto files = files_of(LAMINA_SOURCE_DIR);
    for (const char* file : {"kernels/math.hpp", "sim/area.hpp", "experiments/lamina.cpp",
                             "tests/layout/source_rules.cpp", "CMakeLists.txt", ".ci/run"})
        CHECK(std::count(files.begin(), files.end(), file) == 1);
}

TEST_CASE("an arrow against the layers is refused") {
    CHECK(refused("kernels/a.hpp", including("\"models/catalogue.hpp\"")));
    CHECK(refused("kernels/cpu/a.cpp", including("\"sim/area.hpp\"")));
    CHECK(refused("models/scores/a.hpp", including("\"kernels/cpu/exec.hpp\"")));
    CHECK(refused("models/a.hpp", including("\"sim/area.hpp\"")));
    CHECK(refused("sim/a.cpp", including("\"experiments/spec.hpp\"")));
    CHECK(refused("sim/a.cpp", including("\"analysis/svg.hpp\"")));
    CHECK(refused("sim/run_file/a.cpp", including("\"sim/errors.hpp\"")));
    CHECK(refused("analysis/a.cpp", including("\"sim/area.hpp\"")));
    CHECK(refused("analysis/figures/a.cpp", including("\"kernels/math.hpp\"")));
    CHECK(refused("experiments/a.cpp", including("\"kernels/cpu/matmul.hpp\"")));
    CHECK(refused("experiments/a.cpp", including("\"tests/support/process.hpp\"")));
    CHECK(refused("experiments/a.cpp", including("\"support/process.hpp\"")));
    CHECK(refused("sim/a.cpp", including("\"area.hpp\""))); // neighbours, too, by their whole name
}

TEST_CASE("an arrow along the layers is accepted") {
    CHECK(accepted("kernels/a.hpp", including("\"kernels/view.hpp\"")));
    CHECK(accepted("models/a.hpp", including("\"kernels/lanes.hpp\"")));
    CHECK(accepted("sim/a.cpp", including("\"kernels/cpu/matmul.hpp\"")));
    CHECK(accepted("sim/a.cpp", including("\"sim/run_file/reader.hpp\"")));
    CHECK(accepted("analysis/a.cpp", including("\"sim/run_file/reader.hpp\"")));
    CHECK(accepted("experiments/a.cpp", including("\"analysis/report.hpp\"")));
    CHECK(accepted("tests/sim/a.cpp", including("\"kernels/cpu/matmul.hpp\"")));
    CHECK(accepted("sim/a.cpp", including("<vector>")));
    CHECK(accepted("sim/a.cpp", "// #include \"experiments/spec.hpp\"\n"));
}

TEST_CASE("an outside library appears only where it belongs") {
    CHECK(refused("kernels/a.hpp", including("<cuda_runtime.h>")));
    CHECK(refused("sim/a.cpp", including("<thrust/device_vector.h>")));
    CHECK(refused("sim/run_file/vfs.cpp", including("<hdf5.h>")));
    CHECK(refused("analysis/a.cpp", including("<hdf5_hl.h>")));
    CHECK(refused("experiments/read_spec.cpp", including("<yaml.h>")));
    CHECK(refused("models/a.hpp", including("<omp.h>")));
    CHECK(refused("sim/a.cpp", including("<immintrin.h>")));
    CHECK(refused("sim/area.cpp", including("<boost/numeric/odeint.hpp>")));
    CHECK(refused("sim/area.cpp", including("<mpi.h>")));
    CHECK(refused("experiments/a.cpp", including("<Random123/philox.h>")));
    CHECK(refused("experiments/a.cpp", including("<catch2/catch.hpp>")));
    CHECK(refused("sim/a.cpp", including("<nlohmann/json.hpp>")));
    CHECK(refused("sim/a.cpp", including("<some/library.hpp>")));
    CHECK(refused("models/a.hpp", including("<unistd.h>")));

    CHECK(accepted("kernels/cuda/exec.cuh", including("<cuda_runtime.h>")));
    CHECK(accepted("kernels/cpu/a.cpp", including("<immintrin.h>")));
    CHECK(accepted("sim/run_file/image.cpp", including("<hdf5.h>")));
    CHECK(accepted("experiments/yaml_events.cpp", including("<yaml.h>")));
    CHECK(accepted("sim/area_odeint.cpp", including("<boost/numeric/odeint.hpp>")));
    CHECK(accepted("experiments/bench.cpp", including("<boost/numeric/odeint.hpp>")));
    CHECK(accepted("tests/sim/a.cpp", including("<catch2/catch.hpp>")));
}

TEST_CASE("words that no source contains") {
    CHECK(refused("sim/a.cpp", "int a = system(\"ls\");\n"));
    CHECK(refused("experiments/a.cpp", "auto* f = ::popen (c, \"r\");\n"));
    CHECK(refused("experiments/a.cpp", "std::normal_distribution<double> noise;\n"));
    CHECK(refused("models/a.hpp", "std::mt19937_64 generator;\n"));
    CHECK(refused("tests/a.cpp", "std::uniform_int_distribution<int> draw;\n"));
    CHECK(refused("sim/a.cpp", "int x = rand();\n"));
    CHECK(refused("analysis/a.cpp", "#pragma omp parallel for\n"));
    CHECK(refused("sim/a.cpp", "#pragma omp parallel for reduction(+ : sum)\n"));

    CHECK(accepted("analysis/a.cpp", "std::mt19937_64 bits(1);\n"));
    CHECK(accepted("sim/a.cpp", "#pragma omp parallel for schedule(static)\n"));
    CHECK(accepted("sim/a.cpp", "int file_system(int); int operand(int);\n"));
    CHECK(
        accepted("sim/a.cpp", "// system(\"ls\")\n/* popen(\n */ const char* s = \"system(\";\n"));
}

TEST_CASE("code_only: literals and comments are blanked, lines and code stay") {
    CHECK(code_only("a; // b\n\"c\\\"d\" e") == "a;     \n       e");
    CHECK(code_only("x /* y\n z */ w") == "x     \n      w");
    CHECK(code_only("R\"x(system()\" // )x\" + f()") == std::string(20, ' ') + " + f()");
    CHECK(code_only("1'000 + 'a'") == "1'000 +    ");
    CHECK(code_only("#include \"sim/area.hpp\"") == "#include \"sim/area.hpp\"");
}

TEST_CASE("sources are ASCII and at most 600 lines long") {
    CHECK(refused("sim/a.cpp", "// Vogels \xe2\x80\x93 Abbott\n"));
    CHECK(accepted("docs/a.md", "Vogels \xe2\x80\x93 Abbott\n"));
    std::string lines;
    for (int line = 0; line < 600; ++line) lines += "int x;\n";
    CHECK(accepted("sim/a.cpp", lines));
    CHECK(refused("sim/a.cpp", lines + "int y;\n"));
}

TEST_CASE("no text of ours names a machine's folder or a registry") {
    CHECK(refused("docs/a.md", "see /wo"
                               "rk/data\n"));
    CHECK(refused("scripts/a", "curl py"
                               "pi.org\n"));
    CHECK(refused("sim/a.cpp", "const char* s = \"/tm"
                               "p/x\";\n"));
    CHECK(refused("scripts/test", "cd ../sha"
                                  "red\n"));
    CHECK(accepted(".ci/run", "cd ../sha"
                              "red\n"));
    CHECK(refused(".ci/run", "cd /wo"
                             "rk/data\n"));
    CHECK(accepted("build/a.txt", "/wo"
                                  "rk/\n"));
}

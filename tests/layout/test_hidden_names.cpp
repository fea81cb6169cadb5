#include <catch2/catch.hpp>

#include "layout/hidden_names.hpp"
#include "support/contains.hpp"
#include "support/process.hpp"
#include "support/source_tree.hpp"

using namespace lamina::test;

namespace {

std::vector<std::string> hidden_in(const std::string& code) {
    std::vector<std::string> names;
    for (const HiddenName& name : hidden_names(code)) names.push_back(name.name);
    return names;
}

using Words = std::vector<std::string>;

/// What is found in a tree of two files.
std::vector<std::string> found_in_pair(const std::string& a, const std::string& text_a,
                                       const std::string& b, const std::string& text_b,
                                       const std::string& cmake = "") {
    const TemporaryDirectory tree;
    write_file(tree.path() / a, text_a);
    write_file(tree.path() / b, text_b);
    write_file(tree.path() / "CMakeLists.txt", cmake);
    std::vector<std::string> lines;
    for (const Violation& violation : check_hidden_names(tree.path()))
        lines.push_back(to_string(violation));
    return lines;
}

const std::string hides_nan = "namespace lamina {\nnamespace {\nconstexpr double nan = 0;\n}\n}\n";

} // namespace

TEST_CASE("no two sources of a target hide the same name") {
    for (const Violation& violation : check_hidden_names(source_tree))
        FAIL_CHECK(to_string(violation));
}

TEST_CASE("the names that the tree hides are read") {
    const auto names =
        hidden_in(code_only(read_file(source_tree / "tests/layout/source_rules.cpp")));
    for (const char* name : {"Path", "is_source", "Arrow", "arrows", "longest_source_lines"}) {
        INFO(name);
        CHECK(std::count(names.begin(), names.end(), name) == 1);
    }
}

TEST_CASE("two sources of a target that hide one name are named, with what to do") {
    const auto lines =
        found_in_pair("analysis/a.cpp", hides_nan, "analysis/figures/b.cpp", hides_nan);
    REQUIRE(lines.size() == 1);
    CHECK(contains(lines[0], "analysis/figures/b.cpp:3: `nan` is also a name of analysis/a.cpp"));
    CHECK(contains(lines[0], "define it once in a header"));
    CHECK(found_in_pair("tests/sim/a.cpp", hides_nan, "tests/sim/b.cpp", hides_nan).size() == 1);
    // a function that another file defines as a class, and one that only the arguments tell apart
    CHECK(found_in_pair("sim/a.cpp", "namespace { struct Found {}; }", "sim/spikes/b.cpp",
                        "namespace { int Found(); }")
              .size() == 1);
    CHECK(found_in_pair("sim/a.cpp", "namespace { int f(int) { return 1; } }", "sim/b.cpp",
                        "static int f(double) { return 2; }")
              .size() == 1);
}

TEST_CASE("sources that are not compiled together may hide the same name") {
    CHECK(found_in_pair("analysis/a.cpp", hides_nan, "sim/a.cpp", hides_nan).empty());
    CHECK(found_in_pair("sim/run_file/a.cpp", hides_nan, "sim/a.cpp", hides_nan).empty());
    CHECK(found_in_pair("tests/sim/a.cpp", hides_nan, "tests/models/a.cpp", hides_nan).empty());
    CHECK(found_in_pair("kernels/a.cpp", hides_nan, "kernels/b.cpp", hides_nan,
                        "set_source_files_properties(kernels/c.cpp kernels/b.cpp\n"
                        "    PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)\n")
              .empty());
}

TEST_CASE("two words for the same thing may be alike, for different things not") {
    const std::string fs = "namespace {\nnamespace fs = std::filesystem;\n}\n";
    CHECK(found_in_pair("sim/a.cpp", fs, "sim/b.cpp", fs).empty());
    CHECK(found_in_pair("sim/a.cpp", "namespace paper = brunel;", "sim/b.cpp",
                        "namespace paper = vogels;")
              .size() == 1);
    CHECK(found_in_pair("sim/a.cpp", "namespace { using Real = float; }", "sim/b.cpp",
                        "namespace { using Real = double; }")
              .size() == 1);
}

TEST_CASE("hidden_names: what C++ can declare at the level of a namespace") {
    const auto inside = [](const std::string& code) {
        return hidden_in("namespace lamina {\nnamespace {\n" + code + "\n} // namespace\n}\n");
    };
    CHECK(inside("constexpr double a = 1, b = 2, *c = nullptr;") == Words{"a", "b", "c"});
    CHECK(inside("const std::map<int, std::pair<int, int>> table = {{1, {2, 3}}};") ==
          Words{"table"});
    CHECK(inside("std::vector<int> f(const std::vector<int>& x, int n = g(1, 2)) {\n"
                 "    const int y = 1; struct Local {}; return {y};\n}\nint after;") ==
          Words{"f", "after"});
    CHECK(inside("template <class T, int n = (1 > 0)> T* find(T x) { return x; }") ==
          Words{"find"});
    CHECK(inside("struct A { int member; void f() {} };\nclass B final : public A {};") ==
          Words{"A", "B"});
    CHECK(inside("enum class Kind { one, two };\nenum { left, right = 3, n_sides };") ==
          Words{"Kind", "left", "right", "n_sides"});
    CHECK(inside("[[noreturn]] void fail(int);\nauto g() -> int { return 1; }") ==
          Words{"fail", "g"});
    CHECK(inside("Stage stages[] = {{1}, {2}};\nconst Cpu one_thread;") ==
          Words{"stages", "one_thread"});
    CHECK(inside("const auto start = [](int x) { return x; };\nnamespace inner { int deep; }") ==
          Words{"start", "deep"});
    // no names of its own: members, operators, using, assertions
    CHECK(inside("int A::f() const { return 1; }\nbool operator==(A, A) { return true; }\n"
                 "using namespace std;\nusing std::fma;\nstatic_assert(sizeof(A) == 4);\n"
                 "template <> struct std::hash<A>;\n#define X { int y;\n")
              .size() <= 1);

    // functions and variables of a namespace with a name are not hidden, but static and constant
    // ones
    CHECK(hidden_in("namespace lamina {\nint shown; void f() {}\nstruct Reader::Parts {};\n"
                    "const std::vector<int>& table() { return t; }\nstruct S {};\nusing T = int;\n"
                    "constexpr int hidden = 1; static int g() { return 1; }\n}\n") ==
          Words{"S", "T", "hidden", "g"});
}

/// Files that are meant to break a reader: each is refused with a message, none costs time or
/// memory.
#include <catch2/catch.hpp>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <random>

#include "experiments/example_spec.hpp"
#include "experiments/read_spec.hpp"
#include "sim/errors.hpp"

using namespace lamina;

namespace {

std::string said_about_yaml(const std::string& text,
                            const std::vector<std::string>& overrides = {}) {
    try {
        read_spec_text(text, "a.yaml", ".", overrides);
    } catch (const SpecError& error) { return error.what(); } catch (const DeviceError& error) {
        return error.what();
    }
    return "";
}

bool refuses(const std::string& text, const std::string& id) {
    const std::string said = said_about_yaml(text);
    INFO(said.substr(0, 500));
    CHECK(said.size() < 20000); // a message is for reading
    return said.find("[" + id + "]") != std::string::npos;
}

std::string repeated(const std::string& part, std::size_t n) {
    std::string out;
    out.reserve(part.size() * n);
    for (std::size_t i = 0; i < n; ++i) out += part;
    return out;
}

double seconds_to_read(const std::string& text) {
    const auto start = std::chrono::steady_clock::now();
    said_about_yaml(text);
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

} // namespace

TEST_CASE("nesting a million levels deep is refused at level 65") {
    for (const char* opening : {"[", "{a: ", "- ", "? ", "a: ["}) {
        INFO(opening);
        const std::string text = repeated(opening, 1000000);
        const std::string said = said_about_yaml(text);
        CHECK(said.find("error[L01") != std::string::npos);
        // measured 0.03 s; with sanitizers on a shared machine 0.5 s. Work that grows with the
        // square of the depth would take hours
        CHECK(seconds_to_read(text) < 30);
    }
    CHECK(refuses("a: " + repeated("[", 1000000), "L0110"));
    CHECK_FALSE(refuses("a: " + repeated("[", 62) + repeated("]", 62), "L0110"));
    CHECK(refuses("a: " + repeated("[", 64) + repeated("]", 64), "L0110"));
}

TEST_CASE("aliases that multiply are counted before they cost memory") {
    // nine levels of nine: 3.9e8 values from 300 bytes
    std::string text = "a: &l0 [x, x, x, x, x, x, x, x, x]\n";
    for (int level = 1; level < 9; ++level) {
        const std::string below = "*l" + std::to_string(level - 1);
        text += "b" + std::to_string(level) + ": &l" + std::to_string(level) + " [" + below +
                repeated(", " + below, 8) + "]\n";
    }
    CHECK(refuses(text, "L0109"));
    CHECK(seconds_to_read(text) < 30); // measured 0.3 s, with sanitizers 2.5 s

    // without aliases: 1.1e6 values
    CHECK(refuses("a: [" + repeated("1,", 1100000) + "1]", "L0109"));
}

TEST_CASE("a million keys, a million errors and one very long line are read in seconds") {
    std::string keys;
    for (int i = 0; i < 100000; ++i) keys += "k" + std::to_string(i) + ": 1\n";
    CHECK(said_about_yaml(keys).find("100003 errors") !=
          std::string::npos);          // three keys are missing, too
    CHECK(seconds_to_read(keys) < 60); // measured 0.5 s, with sanitizers 7 s
    CHECK(refuses("name: " + repeated("x", 10000000), "L0218"));
    CHECK(refuses("? " + repeated("x", 10000000) + "\n: 1", "L0204"));
    CHECK(refuses(repeated("a: 1\n", 100000), "L0201"));
    CHECK(refuses("a: \"" + repeated("\\\"", 1000000) + "\"", "L0204"));
}

TEST_CASE("sixteen megabytes are read, one byte more is not") {
    const std::string smallest = "lamina: 1\nname: a\ntask: {type: presentation}\n#";
    CHECK(said_about_yaml(smallest + std::string(max_yaml_bytes - smallest.size(), 'x')).empty());
    CHECK(refuses(smallest + std::string(max_yaml_bytes - smallest.size() + 1, 'x'), "L0102"));
}

TEST_CASE("what is not UTF-8 or not visible is shown with its place") {
    const std::string head = "lamina: 1\nname: a\ntask: {type: presentation}\n";
    for (const char* bytes :
         {"\xFF", "\xC0\xAF", "\xC3", "\xE2\x82", "\xED\xA0\x80", "\xF4\x90\x80\x80",
          "\xF8\x88\x80\x80\x80", "\x80", "\xE0\x80\x80", "\xF0\x80\x80\x80"}) {
        INFO(static_cast<int>(static_cast<unsigned char>(bytes[0])));
        const std::string said = said_about_yaml(head + "title: ab" + bytes + "\n");
        CHECK(said.find("[L0104]") != std::string::npos);
        CHECK(said.find("a.yaml:4:10") != std::string::npos);
    }
    for (const char* bytes : {"\x01", "\x1B[31m", "\x7F", "\xC2\x85", "\xE2\x80\xA8",
                              "\xE2\x80\xAE", "\xE2\x81\xA6", "\xEF\xBF\xBE", "\rx"}) {
        const std::string said = said_about_yaml(head + "title: ab" + bytes + "\n");
        CHECK(said.find("[L0105]") != std::string::npos);
        CHECK(said.find("a.yaml:4:10") != std::string::npos);
        CHECK(said.find('\x1B') == std::string::npos);
    }
    CHECK(refuses(head + std::string("title: a\0b\n", 11), "L0105"));
    CHECK(refuses(std::string("\xFF\xFEl\0a\0", 6), "L0104")); // UTF-16
    // a byte order mark and CR LF are harmless
    CHECK(said_about_yaml("\xEF\xBB\xBFlamina: 1\r\nname: a\r\ntask: {type: presentation}\r\n")
              .empty());
}

TEST_CASE("names that leave the output directory are refused") {
    for (const char* name :
         {"../x", "/etc/passwd", "a/b", "a..b", "..", ".", ".hidden", "-rf", "a b", "a;b", "$(x)",
          "`x`", "\"a\\nb\"", "caf\xC3\xA9", "a\\\\b", "~root", "|x", "a:b", "\"\""}) {
        INFO(name);
        const std::string said = said_about_yaml("lamina: 1\nname: " + std::string(name) +
                                                 "\ntask: {type: presentation}\n");
        CHECK_FALSE(said.empty());
    }
    const std::string longest(128, 'a');
    CHECK(
        said_about_yaml("lamina: 1\nname: " + longest + "\ntask: {type: presentation}\n").empty());
    CHECK(refuses("lamina: 1\nname: " + longest + "a\ntask: {type: presentation}\n", "L0218"));
}

TEST_CASE("hostile overrides are refused with their place") {
    const std::string text = "lamina: 1\nname: a\ntask: {type: presentation}\n";
    for (const char* wrong : {"",
                              "=",
                              "seed",
                              "seed=",
                              "=1",
                              "..=1",
                              "seed.=1",
                              ".seed=1",
                              "column.=2",
                              "column=2",
                              "seed=1\nname: b",
                              "seed: 3=4",
                              "column.tau=[1]",
                              "seed=*x",
                              "seed=&x",
                              "seed=!!int 3",
                              "seed=[1",
                              "seed=---",
                              "lamina=2",
                              "name=../x",
                              "column.tau.gate.x=1 ms",
                              "vary.x=[1]",
                              "expect.a b=< 1",
                              "title=\xFF",
                              "seed=1e400"}) {
        INFO(wrong);
        const std::string said = said_about_yaml(text, {wrong});
        CHECK(said.find("command line:1:") != std::string::npos);
    }
    CHECK(said_about_yaml(text, {"column.d_ff=12", "title=a b", "question=\"a: b\""}).empty());
}

TEST_CASE("a file that cannot be read says why") {
    const auto said = [](const std::string& file) {
        try {
            read_spec(file);
        } catch (const SpecError& error) { return std::string(error.what()); }
        return std::string();
    };
    const auto folder = std::filesystem::temp_directory_path() / "lamina_test_read_spec";
    std::filesystem::create_directories(folder);
    std::ofstream(folder / "dms.yaml") << "lamina: 1\nname: a\ntask: {type: presentation}\n";
    CHECK(said((folder / "dms.yaml").string()).empty());
    CHECK(said(folder.string()).find("it is a folder") != std::string::npos);
    CHECK(said((folder / "dsm.yaml").string()).find("did you mean") != std::string::npos);
    CHECK(said("/no/such/folder/x.yaml").find("[L0101]") != std::string::npos);
    std::filesystem::remove_all(folder);
}

TEST_CASE("twenty thousand broken files: no crash, and what is read holds its ranges") {
    // the example with characters changed, parts cut, doubled and swapped; a fixed seed
    std::mt19937_64 random(20261120);
    const std::string& example = test::example_spec;
    const std::vector<std::string> words = {
        "[",   "]",   "{",      "}",    ":",     ": ",    ",",        "- ",   "? ",
        "&a ", "*a",  "!!int ", "|",    ">",     "\"",    "'",        "#",    "%",
        "@",   "`",   "\t",     "\n",   "\r\n",  " ",     "0",        "-",    "e400",
        "nan", "yes", "~",      "<<: ", "---\n", "...\n", "\xC3\xA4", "\xFF", "ms"};
    int n_read = 0;
    for (int i = 0; i < 20000; ++i) {
        std::string text = i % 2 ? example : example.substr(0, 200 + random() % example.size());
        for (int n = 1 + static_cast<int>(random() % 3); n > 0 && !text.empty(); --n) {
            const std::size_t at = random() % text.size();
            switch (random() % 5) {
            case 0:
                text[at] = static_cast<char>(random());
                break;
            case 1:
                text.insert(at, words[random() % words.size()]);
                break;
            case 2:
                text.erase(at, random() % 40);
                break;
            case 3:
                text.insert(at, text.substr(random() % text.size(), random() % 40));
                break;
            default:
                text.replace(at, 1, words[random() % words.size()]);
                break;
            }
        }
        try {
            const ExperimentSpec spec = read_spec_text(text, "a.yaml", ".");
            ++n_read;
            CHECK(spec.area.dt_ms > 0);
            CHECK(spec.area.heads >= 1);
        } catch (const SpecError&) {
        } catch (const DeviceError&) {}
    }
    CHECK(n_read > 100); // comments and texts bear changes
}

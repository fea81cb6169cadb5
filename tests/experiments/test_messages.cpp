/// What Lamina says about broken experiment files, word for word. messages.txt holds cases of the
/// form
///
///     === L0204 what is wrong
///     + an.override=value         (any number of these)
///     the file
///     ---- says
///     the message
///
/// LAMINA_WRITE_EXPECTED=1 writes the messages anew; read the difference before you commit it.
#include <catch2/catch.hpp>

#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

#include "experiments/check_spec.hpp"
#include "experiments/explain.hpp"
#include "experiments/read_spec.hpp"
#include "sim/errors.hpp"
#include "support/process.hpp"

using namespace lamina;
using namespace lamina::test;

namespace {

const std::string messages_file = LAMINA_SOURCE_DIR "/tests/experiments/messages.txt";

struct Case {
    std::string title, text, says;
    std::vector<std::string> overrides;
};

std::vector<Case> cases() {
    std::vector<Case> all;
    std::ifstream stream(messages_file);
    bool says = false;
    for (std::string line; std::getline(stream, line);) {
        if (line.rfind("=== ", 0) == 0) {
            all.push_back({line.substr(4), "", "", {}});
            says = false;
        } else if (line == "---- says") {
            says = true;
        } else if (!says && line.rfind("+ ", 0) == 0) {
            all.back().overrides.push_back(line.substr(2));
        } else {
            (says ? all.back().says : all.back().text) += line + "\n";
        }
    }
    return all;
}

std::string said_about_case(const Case& c) {
    try {
        std::vector<Problem> warnings;
        read_checked_text(c.text, "a.yaml", ".", c.overrides, &warnings);
        return format_problems(warnings);
    } catch (const SpecError& error) { return error.what(); } catch (const DeviceError& error) {
        return error.what();
    }
}

} // namespace

TEST_CASE("every message names id, place, reason and remedy, word for word") {
    std::ostringstream written;
    for (const Case& c : cases()) {
        INFO(c.title);
        const std::string said = said_about_case(c);
        const std::string id = c.title.substr(0, 5);
        CHECK(said.find("[" + id + "]") != std::string::npos);
        CHECK(said.find("\n   = ") != std::string::npos); // help, or a note that says what to do
        if (!std::getenv("LAMINA_WRITE_EXPECTED")) CHECK(said == c.says);
        written << "=== " << c.title << "\n";
        for (const std::string& text : c.overrides) written << "+ " << text << "\n";
        written << c.text << "---- says\n" << said;
    }
    if (std::getenv("LAMINA_WRITE_EXPECTED")) std::ofstream(messages_file) << written.str();
}

TEST_CASE("every kind of problem has a message that is tested") {
    // tested in test_yaml_hostile.cpp and test_check_spec.cpp: bytes and sizes that fit no text
    // file
    std::set<std::string> tested = {"L0101", "L0102", "L0104", "L0109", "L0110", "L0350", "L0361",
                                    // test_run_command.cpp: said by the command line
                                    "L0401", "L0402", "L0403", "L0404", "L0501", "L0721",
                                    // test_inspect.cpp, test_fit.cpp
                                    "L0601", "L0375",
                                    // tests/sweep
                                    "L0410", "L0411", "L0412", "L0413", "L0414", "L0415", "L0416",
                                    "L0417", "L0502", "L0503"};
    for (const Case& c : cases()) tested.insert(c.title.substr(0, 5));
    for (const ProblemKind& kind : problem_kinds()) {
        INFO(kind.id);
        CHECK(tested.count(kind.id) == 1);
    }
    CHECK(tested.size() == problem_kinds().size());
}

TEST_CASE("the example of every kind of problem has that problem") {
    const TemporaryDirectory folder;
    write_file(folder.path() / "dms.yaml", read_file(LAMINA_SOURCE_DIR "/experiments/dms.yaml"));
    write_file(folder.path() / "without_task.yaml", "lamina: 1\nname: a\n");
    write_file(folder.path() / "sweep.yaml",
               "lamina: 1\nname: a\nseed: 1\ntask: {type: presentation}\nsweep: {replicates: 2}\n");
    write_file(folder.path() / "alone.h5", "\x89HDF\r\n\x1a\n");
    write_file(folder.path() / "full/file", "");
    ProcessOptions there;
    there.directory = folder.path();
    int n_tried = 0;
    for (const ProblemKind& kind : problem_kinds()) {
        const std::string example = example_of(kind.id);
        INFO(kind.id << ": " << example);
        CHECK_FALSE(example.empty());
        CHECK(lamina::explain(kind.id).find("for example") != std::string::npos);
        const std::string first = example.substr(0, example.find_first_of(" :"));
        std::string said;
        if (example.rfind("$ lamina ", 0) == 0) {
            std::istringstream words(example.substr(9));
            std::vector<std::string> arguments;
            for (std::string word; words >> word;) arguments.push_back(word);
            said = run_lamina(arguments, there).err;
        } else if (first == "a" || first == "aliases" || example.rfind("fit: to ", 0) == 0 ||
                   example.rfind("fit: with ", 0) == 0 || example.rfind("vary: with ", 0) == 0) {
            continue; // words: nothing that a line could show
        } else {
            // the lines, and what a file needs beside them
            std::string text = example + "\n";
            const bool whole = example[0] == '%' || example[0] == '#';
            for (const char* due :
                 {"lamina: 1", "name: a", "task: {type: presentation}", "seed: 1"}) {
                const std::string key = std::string(due).substr(0, std::string(due).find(':') + 1);
                const bool has =
                    text.rfind(key, 0) == 0 || text.find("\n" + key) != std::string::npos;
                if (!whole && !has) text = due + ("\n" + text);
            }
            write_file(folder.path() / "example.yaml", text);
            said = run_lamina({"check", "example.yaml"}, there).err;
        }
        INFO(said);
        CHECK(said.find(std::string("[") + kind.id + "]") != std::string::npos);
        ++n_tried;
    }
    CHECK(n_tried > 50);
}

TEST_CASE("at most twenty problems are printed, and the others counted") {
    std::string text = "lamina: 1\nname: a\ntask: {type: presentation}\n";
    for (int i = 0; i < 25; ++i) text += "wrong_key_" + std::to_string(i) + ": 1\n";
    const std::string said = said_about_case({"", text, "", {}});
    CHECK(said.find("... and 5 more errors") != std::string::npos);
    CHECK(said.find("25 errors") != std::string::npos);

    // and of very many only the count is kept
    for (int i = 25; i < 3000; ++i) text += "wrong_key_" + std::to_string(i) + ": 1\n";
    CHECK(said_about_case({"", text, "", {}}).find("3000 errors") != std::string::npos);
}

TEST_CASE("columns count characters, not bytes") {
    const std::string said = said_about_case({"",
                                              "lamina: 1\nname: a\ntask: {type: presentation}\n"
                                              "title: {\"\xC3\xA4\xC3\xB6\": 1, hedas: 2}\n",
                                              "",
                                              {}});
    // title is a map: shown at its brace; then a key behind two letters of two bytes each
    CHECK(said.find("a.yaml:4:8") != std::string::npos);
    const std::string inner = said_about_case({"",
                                               "lamina: 1\nname: a\ntask: {type: presentation}\n"
                                               "column: {\"\xC3\xA4\xC3\xB6\": 1, hedas: 2}\n",
                                               "",
                                               {}});
    CHECK(inner.find("a.yaml:4:19") != std::string::npos);
}

TEST_CASE("only features that are missing give a DeviceError, anything else a SpecError") {
    const std::string text =
        "lamina: 1\nname: a\ntask: {type: presentation}\noscillation: {mode: emergent}\n";
    CHECK_THROWS_AS(read_spec_text(text, "a.yaml", "."), DeviceError);
    CHECK_THROWS_AS(read_spec_text(text + "seeed: 1\n", "a.yaml", "."), SpecError);
}

/// Completions and manual pages know every command and option that `lamina --help` knows.
#include <catch2/catch.hpp>

#include <algorithm>
#include <regex>
#include <sstream>

#include "experiments/fields.hpp"
#include "support/contains.hpp"
#include "support/process.hpp"
#include "support/skip.hpp"

using namespace lamina;
using namespace lamina::test;
namespace fs = std::filesystem;

namespace {

/// Commands as the help text lists them.
std::vector<std::string> command_names() {
    std::vector<std::string> names;
    const std::string help = run_lamina({"--help"}).out;
    const std::regex line("\n  ([a-z]+) +[A-Z]");
    const std::string listed = help.substr(help.find("Subcommands:"));
    for (auto match = std::sregex_iterator(listed.begin(), listed.end(), line);
         match != std::sregex_iterator(); ++match)
        names.push_back((*match)[1]);
    return names;
}

/// "--option" of a help text.
std::vector<std::string> options_in(const std::string& help) {
    std::vector<std::string> options;
    const std::regex option("\n  (?:-\\w,)?(--[a-z-]+)");
    for (auto match = std::sregex_iterator(help.begin(), help.end(), option);
         match != std::sregex_iterator(); ++match)
        options.push_back((*match)[1]);
    return options;
}

/// What bash offers for the last word.
std::vector<std::string> completed(const std::vector<std::string>& words,
                                   const ProcessOptions& there = {}) {
    const TemporaryDirectory folder;
    const fs::path script = folder.path() / "lamina.bash";
    write_file(script, run_lamina({"completion", "bash"}).out);
    std::vector<std::string> call = {"bash", "--norc", "-uc",
                                     "source \"$0\"; COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); "
                                     "compopt() { :; }; _lamina; "
                                     "((${#COMPREPLY[@]})) && printf '%s\\n' \"${COMPREPLY[@]}\"",
                                     script.string()};
    call.insert(call.end(), words.begin(), words.end());
    const auto done = run_process(call, there);
    INFO(done.err);
    CHECK(done.err.empty());
    std::vector<std::string> offered;
    std::istringstream lines(done.out);
    for (std::string line; std::getline(lines, line);) offered.push_back(line);
    std::sort(offered.begin(), offered.end());
    return offered;
}

using Words = std::vector<std::string>;

} // namespace

TEST_CASE("bash completes commands, options, words, keys, files and folders") {
    Words names = command_names();
    CHECK(names.size() > 12);
    Words offered = completed({"lamina", ""});
    for (const std::string& name : names) CHECK(std::count(offered.begin(), offered.end(), name));

    for (const std::string& name : names) {
        offered = completed({"lamina", name, "-"});
        for (const std::string& option : options_in(run_lamina({name, "--help"}).out)) {
            INFO(name << " " << option);
            CHECK(std::count(offered.begin(), offered.end(), option) == 1);
        }
    }
    CHECK(completed({"lamina", "describe", "--format", ""}) == Words{"md", "tex"});
    CHECK(completed({"lamina", "run", "--device", "c"}) == Words{"cpu", "cuda"});
    CHECK(completed({"lamina", "list", "sc"}) == Words{"scores"});
    CHECK(completed({"lamina", "completion", ""}) == Words{"bash", "fish", "zsh"});
    CHECK(completed({"lamina", "explain", "column.tau.P"}) ==
          Words{"column.tau.PV", "column.tau.PV_lag"});
    CHECK(completed({"lamina", "explain", "L021"}).size() == 10);
    CHECK(completed({"lamina", "init", "--template", "dm"}) == Words{"dms"});

    const TemporaryDirectory folder;
    write_file(folder.path() / "mine.yaml", "");
    write_file(folder.path() / "mine.txt", "");
    write_file(folder.path() / "runs/a/run.json", "");
    ProcessOptions there;
    there.directory = folder.path();
    CHECK(completed({"lamina", "run", "mi"}, there) == Words{"mine.yaml"});
    CHECK(completed({"lamina", "run", "mine.yaml", "task.loa"}, there) == Words{"task.load="});
    CHECK(completed({"lamina", "report", ""}, there) == Words{"runs"});
    CHECK(completed({"lamina", "run", "mine.yaml", "-o", "r"}, there) == Words{"runs"});
}

TEST_CASE("the completions of zsh and fish are scripts of theirs") {
    const TemporaryDirectory folder;
    int n_checked = 0;
    for (const char* shell : {"zsh", "fish"}) {
        INFO(shell);
        const auto written = run_lamina({"completion", shell});
        REQUIRE(written.exit_code == 0);
        for (const std::string& name : command_names()) CHECK(contains(written.out, name));
        if (run_process({shell, "--version"}).exit_code != 0) continue;
        const fs::path script = folder.path() / shell;
        write_file(script, written.out);
        const auto read = run_process({shell, "-n", script.string()});
        INFO(read.err);
        CHECK(read.exit_code == 0);
        CHECK(read.err.empty());
        ++n_checked;
    }
    if (n_checked < 2) skip("zsh or fish is not installed: their parsers were not asked");
    const auto other = run_lamina({"completion", "csh"});
    CHECK(other.exit_code == 2);
    CHECK(contains(other.err, "bash, zsh or fish"));
}

TEST_CASE("fish offers commands, options and keys") {
    if (run_process({"fish", "--version"}).exit_code != 0) {
        skip("fish is not installed");
        return;
    }
    const TemporaryDirectory folder;
    write_file(folder.path() / "lamina.fish", run_lamina({"completion", "fish"}).out);
    ProcessOptions there;
    there.environment = {{"HOME", folder.path().string()},
                         {"XDG_CONFIG_HOME", folder.path().string()}};
    const auto offered = [&](const std::string& line) {
        return run_process({"fish", "--no-config", "-c",
                            "source " + (folder.path() / "lamina.fish").string() +
                                "; complete -C '" + line + "'"},
                           there)
            .out;
    };
    CHECK(contains(offered("lamina de"), "describe\t"));
    CHECK(contains(offered("lamina describe --fo"), "--format\t"));
    CHECK(contains(offered("lamina run x.yaml task.loa"), "task.load="));
}

TEST_CASE("manual pages name every option and are set without a warning") {
    if (run_process({"groff", "--version"}).exit_code != 0) {
        skip("groff is not installed");
        return;
    }
    const TemporaryDirectory folder;
    Words names = command_names();
    names.insert(names.begin(), "");
    const auto written = run_lamina({"manual", "--into", folder.path().string()});
    CHECK(written.exit_code == 0);
    for (const std::string& name : names) {
        const fs::path file = folder.path() / (name.empty() ? "lamina.1" : "lamina-" + name + ".1");
        INFO(file);
        const auto printed = name.empty() ? run_lamina({"manual"}) : run_lamina({"manual", name});
        CHECK(read_file(file) == printed.out);
        const auto set =
            run_process({"groff", "-man", "-ww", "-Tascii", "-P-cbou", "-rLL=200n", file.string()});
        CHECK(set.exit_code == 0);
        CHECK(set.err.empty());
        const auto help = name.empty() ? run_lamina({"--help"}) : run_lamina({name, "--help"});
        for (const std::string& option : options_in(help.out)) {
            INFO(option);
            CHECK(contains(set.out, option));
        }
        if (name.empty())
            for (const std::string& command : command_names()) CHECK(contains(set.out, command));
    }
    // mandoc would warn of the missing date: a page is of a version, not of a day
    if (run_process({"which", "mandoc"}).exit_code == 0)
        for (const auto& page : fs::directory_iterator(folder.path())) {
            const auto lint = run_process({"mandoc", "-Tlint", "-Werror", page.path().string()});
            INFO(lint.out << lint.err);
            CHECK(lint.exit_code == 0);
        }
    const auto unknown = run_lamina({"manual", "descrbe"});
    CHECK(unknown.exit_code == 2);
    CHECK(contains(unknown.err, "did you mean `describe`?"));
    // a folder that cannot be made
    write_file(folder.path() / "file", "");
    CHECK(run_lamina({"manual", "--into", (folder.path() / "file/x").string()}).exit_code == 1);
}

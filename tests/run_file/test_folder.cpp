/// Nothing is written or read outside of the folder, and nothing that exists is taken.
#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/run_file/atomic_file.hpp"
#include "sim/run_file/folder.hpp"
#include "sim/run_file/io_error.hpp"
#include "support/child.hpp"
#include "support/process.hpp"

using namespace lamina;
namespace fs = std::filesystem;

namespace {

std::vector<std::string> hostile_names() {
    std::vector<std::string> names = {"",
                                      ".",
                                      "..",
                                      "/",
                                      "//",
                                      "../x",
                                      "a/../x",
                                      "a/..",
                                      "./x",
                                      "a/./b",
                                      "/x",
                                      "/etc/passwd",
                                      "a//b",
                                      "a/",
                                      "x.",
                                      "a./b",
                                      ".hidden",
                                      "-rf",
                                      "_x",
                                      "~",
                                      "~root/x",
                                      "a b",
                                      " a",
                                      "a ",
                                      "a\nb",
                                      "a\tb",
                                      "a\rb",
                                      "a\\b",
                                      "..\\x",
                                      "c:x",
                                      "a:b",
                                      "a*",
                                      "a?",
                                      "\"a\"",
                                      "'a'",
                                      "$(id)",
                                      "`id`",
                                      "$HOME",
                                      "a;b",
                                      "a|b",
                                      "a&b",
                                      "a>b",
                                      "a<b",
                                      "%2e%2e",
                                      "a%b",
                                      "a\x7f",
                                      "caf\xc3\xa9",
                                      "\xe2\x80\xae"
                                      "a",
                                      "a\xe2\x80\xae"
                                      "b",
                                      "\xff\xfe",
                                      "CON",
                                      "con",
                                      "Con.txt",
                                      "prn",
                                      "AUX.h5",
                                      "nul",
                                      "NUL.tar.gz",
                                      "com1",
                                      "COM9.csv",
                                      "lpt1",
                                      "a/con",
                                      "con/a",
                                      "a/b/c/d/e"};
    names.push_back(std::string(129, 'a'));
    names.push_back(std::string(300, 'a'));
    names.push_back(std::string(100'000, 'a'));
    names.push_back(std::string("a\0b", 3));
    names.push_back(std::string("\0", 1));
    names.push_back(std::string("a\0/../../x", 10));
    // every other byte, at the beginning and inside
    for (int c = 0; c < 256; ++c) {
        const bool alphanumeric =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!alphanumeric) names.push_back(std::string(1, char(c)) + "x");
        if (!alphanumeric && c != '.' && c != '_' && c != '-' && c != '/')
            names.push_back(std::string("x") + char(c) + "x");
    }
    return names;
}

std::vector<std::string> tree(const fs::path& top) {
    std::vector<std::string> names;
    for (const auto& entry : fs::recursive_directory_iterator(top))
        names.push_back(entry.path().string());
    std::sort(names.begin(), names.end());
    return names;
}

} // namespace

TEST_CASE("Folder: a name that could lead out of it is refused, and nothing is written") {
    const test::TemporaryDirectory top;
    const Folder folder = Folder::create(top.path() / "run");
    const std::vector<std::string> before = tree(top.path());
    const std::vector<std::string> names = hostile_names();
    REQUIRE(names.size() > 200);
    for (const std::string& name : names) {
        INFO("name `" << name.substr(0, 40) << "`");
        REQUIRE_THROWS_AS(folder.write(name, std::string("x")), FormatError);
        REQUIRE_THROWS_AS(folder.read(name), FormatError);
    }
    CHECK(tree(top.path()) == before);
    for (const char* name : {"a", "results.h5", "spec.resolved.yaml", "figures/rates.svg", "0",
                             "a..b", "a-b_c.d", "console.log", "com10", "d/b/c/d"})
        CHECK_NOTHROW(folder.write(name, std::string(name)));
    CHECK_NOTHROW(check_file_name(std::string(128, 'a')));
}

TEST_CASE("Folder: no symbolic link leads out of it") {
    const test::TemporaryDirectory top;
    fs::create_directory(top.path() / "outside");
    test::write_file(top.path() / "outside" / "secret", "secret");
    const Folder folder = Folder::create(top.path() / "run");
    fs::create_directory_symlink(top.path() / "outside", top.path() / "run" / "figures");
    fs::create_symlink(top.path() / "outside" / "secret", top.path() / "run" / "results.h5");

    CHECK_THROWS_AS(folder.write("figures/x.svg", std::string("x")), IoError);
    CHECK_THROWS_AS(folder.read("figures/secret"), IoError);
    CHECK_THROWS_AS(folder.read("results.h5"), IoError);
    folder.write("results.h5", std::string("mine"));
    CHECK(test::read_file(top.path() / "outside" / "secret") == "secret");
    CHECK(fs::is_regular_file(fs::symlink_status(top.path() / "run" / "results.h5")));
    CHECK(tree(top.path() / "outside").size() == 1);
    CHECK(folder.files() == std::vector<std::string>{"figures", "results.h5"});

    // the folder stays the same one, also when its path comes to mean another
    fs::rename(top.path() / "run", top.path() / "moved");
    fs::create_directory_symlink(top.path() / "outside", top.path() / "run");
    folder.write("late.txt", std::string("late"));
    CHECK(fs::exists(top.path() / "moved" / "late.txt"));
    CHECK(tree(top.path() / "outside").size() == 1);
}

TEST_CASE("Folder: a pipe in the place of a file is refused without waiting") {
    const test::TemporaryDirectory top;
    const Folder folder = Folder::open(top.path());
    REQUIRE(::mkfifo((top.path() / "run.json").c_str(), 0600) == 0);
    CHECK_THROWS_AS(folder.read("run.json"), FormatError);
}

TEST_CASE("Folder: what exists is never taken; the next free number is") {
    const test::TemporaryDirectory top;
    const fs::path wanted = top.path() / "runs" / "deep" / "first";
    CHECK(Folder::create(wanted).path() == wanted);
    CHECK_THROWS_WITH(Folder::create(wanted), Catch::Contains("never overwritten"));
    CHECK_THROWS_AS(Folder::create(wanted.string() + "/"), IoError);
    test::write_file(wanted.string() + "-2", "a file of that name");
    CHECK(Folder::create_unused(wanted).path() == wanted.string() + "-3");
    CHECK(Folder::create_unused(wanted.string() + "/").path() == wanted.string() + "-4");
    fs::create_symlink("nowhere", top.path() / "dangling");
    CHECK_THROWS_AS(Folder::create(top.path() / "dangling"), IoError);
}

TEST_CASE("Folder: temporaries of writers that are gone are removed, others stay") {
    const test::TemporaryDirectory top;
    const Folder folder = Folder::open(top.path());
    // a process number that was just in use and is not any more
    const test::ChildEnd dead = test::in_child([] { return std::to_string(::getpid()); });
    folder.write("figures/a.svg", std::string("kept"));
    const std::string parent = std::to_string(::getppid());
    for (const std::string& name :
         {".a.tmp." + dead.said, ".a.tmp." + dead.said + ".3", "figures/.b.svg.tmp." + dead.said,
          ".own.tmp." + std::to_string(::getpid()), ".a.tmp." + parent, std::string(".a.tmp.x"),
          ".a.tmp." + dead.said + "x", "a.tmp." + dead.said, std::string(".tmp.1")})
        test::write_file(top.path() / name, "x");
    CHECK(folder.remove_stale_temporaries(3600).empty());
    std::vector<std::string> removed = folder.remove_stale_temporaries();
    std::sort(removed.begin(), removed.end());
    std::vector<std::string> expected = {".a.tmp." + dead.said, ".a.tmp." + dead.said + ".3",
                                         ".own.tmp." + std::to_string(::getpid()),
                                         "figures/.b.svg.tmp." + dead.said};
    std::sort(expected.begin(), expected.end());
    CHECK(removed == expected);
    CHECK(folder.files().size() == 6);
}

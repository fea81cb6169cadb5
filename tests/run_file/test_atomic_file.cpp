/// After any fault at any operation a file is exactly the old one or exactly the new one.
#include <catch2/catch.hpp>

#include <csignal>
#include <filesystem>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>

#include "sim/run_file/atomic_file.hpp"
#include "sim/run_file/io_error.hpp"
#include "support/child.hpp"
#include "support/faulting_vfs.hpp"
#include "support/process.hpp"
#include "support/skip.hpp"

using namespace lamina;
using test::Fault;
namespace fs = std::filesystem;

namespace {

const std::string old_text(3000, 'o');
const std::string new_text(5000, 'n');

/// What one write asks of the system, in this order.
const std::vector<std::string> write_operations = {"open",  "open",   "write", "sync",
                                                   "close", "rename", "sync",  "close"};
constexpr long last_of_write = 7; ///< the close of the folder: whatever it says, nothing is lost

std::size_t n_entries(const fs::path& folder) {
    return std::size_t(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

} // namespace

TEST_CASE(
    "write_atomically: the data are on the disk before the name, the name before the return") {
    const test::TemporaryDirectory folder;
    test::FaultingVfs recording(Fault::no_space, -1);
    const ReplacedVfs replaced(recording);
    write_atomically(folder.path() / "results.h5", new_text);
    CHECK(recording.operations() == write_operations);
}

TEST_CASE("write_atomically: any error at any operation leaves the old file or the new one") {
    const test::TemporaryDirectory folder;
    const fs::path path = folder.path() / "results.h5";
    int n_faults = 0;
    for (const Fault fault :
         {Fault::no_space, Fault::io_error, Fault::interrupted, Fault::short_write}) {
        for (const bool for_ever : {false, true}) {
            for (long at = 0;; ++at) {
                INFO("fault " << int(fault) << " at " << at << (for_ever ? " for ever" : ""));
                write_atomically(path, old_text);
                test::FaultingVfs faulting(fault, at, for_ever);
                std::string message;
                {
                    const ReplacedVfs replaced(faulting);
                    try {
                        write_atomically(path, new_text);
                    } catch (const IoError& error) { message = error.what(); }
                }
                if (!faulting.fired()) break;
                ++n_faults;
                const std::string now = test::read_file(path);
                const std::string failed = faulting.failed().front();
                INFO("first failed: " << failed << "; " << message);

                // success means the new file; an error names the file and means the old one, but
                // for the fsync of the folder, which comes after the rename and says so
                REQUIRE((now == old_text || now == new_text));
                if (message.empty())
                    REQUIRE(now == new_text);
                else {
                    REQUIRE_THAT(message, Catch::Contains(folder.path().string()));
                    const bool after = message.find("is in place") != std::string::npos;
                    REQUIRE((now == new_text) == after);
                }

                // what must not fail, and what must
                const bool harmless =
                    fault == Fault::short_write || (fault == Fault::interrupted && !for_ever);
                if (harmless)
                    REQUIRE(message.empty());
                else if (at < last_of_write)
                    REQUIRE(!message.empty());

                // the temporary is gone, unless removing it failed as well, and then it is named
                const bool left = message.find("was left beside it") != std::string::npos;
                REQUIRE(n_entries(folder.path()) == (left ? 2u : 1u));
                if (left) REQUIRE(for_ever);
                for (const auto& entry : fs::directory_iterator(folder.path()))
                    if (entry.path() != path) fs::remove(entry.path());
            }
        }
    }
    // open folder, open, write, sync, close, rename, sync folder, close: each was visited by all
    CHECK(n_faults >= 4 * 2 * 7);
}

TEST_CASE("write_atomically: killed at any operation, the file is the old one or the new one") {
    const test::TemporaryDirectory folder;
    const fs::path path = folder.path() / "results.h5";
    bool saw_old = false, saw_new = false;
    for (long at = 0;; ++at) {
        INFO("killed at operation " << at);
        write_atomically(path, old_text);
        const test::ChildEnd end = test::in_child([&] {
            test::FaultingVfs faulting(Fault::killed, at);
            const ReplacedVfs replaced(faulting);
            write_atomically(path, new_text);
            return std::string("done");
        });
        const std::string now = test::read_file(path);
        REQUIRE((now == old_text || now == new_text));
        (now == old_text ? saw_old : saw_new) = true;
        if (end.said == "done") {
            REQUIRE(now == new_text);
            break;
        }
        REQUIRE(end.exit_code == 137);
    }
    CHECK(saw_old);
    CHECK(saw_new);
}

TEST_CASE("write_atomically: a temporary left by a dead process of our number is no obstacle") {
    const test::TemporaryDirectory folder;
    const std::string left = ".results.h5.tmp." + std::to_string(::getpid());
    test::write_file(folder.path() / left, "half");
    write_atomically(folder.path() / "results.h5", new_text);
    CHECK(test::read_file(folder.path() / "results.h5") == new_text);
    CHECK(n_entries(folder.path()) == 2);
}

TEST_CASE("write_atomically: on a full disk it says what is needed and what is free") {
    const test::TemporaryDirectory folder;
    for (const int size_kB : {100, 500, 1000, 2000, 4000}) {
        const test::ChildEnd end = test::in_child([&]() -> std::string {
            // a small disk that only this child sees
            if (::unshare(CLONE_NEWNS) != 0) return "no mounts";
            if (::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
                return "no mounts";
            const std::string options = "size=" + std::to_string(size_kB) + "k";
            const std::string disk = folder.path().string();
            if (::mount("tmpfs", disk.c_str(), "tmpfs", 0, options.c_str()) != 0)
                return "no mounts";
            const fs::path path = folder.path() / "results.h5";
            write_atomically(path, old_text);
            std::string message = "no error";
            try {
                write_atomically(path, std::string(4'200'000, 'n'));
            } catch (const IoError& error) {
                message = error.code() == std::errc::no_space_on_device ? error.what() : "other";
            }
            if (test::read_file(path) != old_text) return "old file lost";
            if (n_entries(folder.path()) != 1) return "temporary left";
            return message;
        });
        if (end.said == "no mounts") {
            test::skip("no private mounts here (needs root)");
            return;
        }
        INFO(size_kB << " kB");
        CHECK_THAT(end.said, Catch::StartsWith("no space left while writing") &&
                                 Catch::Contains("results.h5 (needs 4.2 MB, ") &&
                                 Catch::Contains(" free); free space on that disk"));
        // the temporary is gone when the free space is asked for, so there is some
        CHECK_THAT(end.said, !Catch::Contains(", 0 bytes free"));
    }
}

TEST_CASE("write_atomically: at the limit on file sizes it says so and leaves nothing") {
    const test::TemporaryDirectory folder;
    const test::ChildEnd end = test::in_child([&]() -> std::string {
        std::signal(SIGXFSZ, SIG_IGN);
        const rlimit limit{100'000, 100'000};
        ::setrlimit(RLIMIT_FSIZE, &limit);
        std::string message = "no error";
        try {
            write_atomically(folder.path() / "results.h5", std::string(200'000, 'n'));
        } catch (const IoError& error) { message = error.what(); }
        return n_entries(folder.path()) == 0 ? message : "something left";
    });
    CHECK_THAT(end.said, Catch::StartsWith("cannot write") && Catch::Contains("results.h5") &&
                             Catch::Contains("ulimit -f"));
}

TEST_CASE("write_atomically: a folder that is not there is named; a link is replaced") {
    const test::TemporaryDirectory folder;
    CHECK_THROWS_WITH(write_atomically(folder.path() / "absent" / "x", new_text),
                      Catch::Contains("absent") && Catch::Contains("check that the folder exists"));
    test::write_file(folder.path() / "target", "untouched");
    fs::create_symlink("target", folder.path() / "link");
    write_atomically(folder.path() / "link", new_text);
    CHECK(test::read_file(folder.path() / "target") == "untouched");
    CHECK(test::read_file(folder.path() / "link") == new_text);
}

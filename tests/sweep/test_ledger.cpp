/// The books of a sweep: a point has one owner, and what an owner who is gone had is free again.
#include <catch2/catch.hpp>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <memory>
#include <set>

#include "experiments/sweep/ledger.hpp"
#include "sim/run_file/io_error.hpp"
#include "support/child.hpp"
#include "support/faulting_vfs.hpp"
#include "support/process.hpp"

using namespace lamina;
using namespace lamina::test;
namespace fs = std::filesystem;

namespace {

/// A directory with books that nobody has written in.
void make_books(const fs::path& path) {
    fs::create_directories(path / "claims");
    fs::create_directories(path / "journal");
}

fs::path only_journal(const fs::path& path) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(path / "journal"))
        files.push_back(entry.path());
    REQUIRE(files.size() == 1);
    return files[0];
}

} // namespace

TEST_CASE("of many processes one gets each point") {
    const TemporaryDirectory folder;
    make_books(folder.path());
    constexpr int n_processes = 6;
    constexpr std::int64_t n_points = 150;
    std::vector<pid_t> children;
    for (int i = 0; i < n_processes; ++i) {
        const pid_t pid = ::fork();
        REQUIRE(pid >= 0);
        if (pid == 0) {
            try {
                Ledger ledger(folder.path());
                ledger.join();
                for (std::int64_t n = 0; n < n_points; ++n)
                    if (ledger.claim(n, 0)) ledger.done(n, 1, "hash", 0.5);
            } catch (const std::exception&) { ::_exit(1); }
            ::_exit(0);
        }
        children.push_back(pid);
    }
    for (const pid_t pid : children) {
        int status = -1;
        ::waitpid(pid, &status, 0);
        CHECK(status == 0);
    }
    // each point is done once, by who claimed it
    std::size_t n_done = 0;
    std::set<std::string> writers;
    for (const auto& entry : fs::directory_iterator(folder.path() / "journal"))
        for (const auto& record : journal_records(read_file(entry.path()), entry.path().string())) {
            n_done += record["event"] == "done";
            writers.insert(entry.path().filename().string());
        }
    CHECK(n_done == n_points);
    CHECK(writers.size() == n_processes);
    for (const PointBooks& one : Ledger(folder.path()).read(n_points)) {
        CHECK(one.state == PointState::done);
        CHECK(one.n_claims == 1);
        CHECK(one.sha256 == "hash");
    }
}

TEST_CASE("a point is running while its process lives, and waits again when that is gone") {
    const TemporaryDirectory folder;
    make_books(folder.path());
    Ledger ledger(folder.path());
    ledger.join();
    REQUIRE(ledger.claim(1, 0));
    CHECK(ledger.read(3)[1].state == PointState::running);
    CHECK(ledger.read(3)[1].writer == ledger.writer());
    CHECK(ledger.read(3)[0].state == PointState::waiting);
    CHECK(ledger.read(3)[0].n_claims == 0);

    // another process claims and dies
    CHECK(in_child([&] {
              Ledger other(folder.path());
              other.join();
              return std::string(other.claim(2, 0) && !other.claim(1, 0) ? "claimed" : "not");
          }).said == "claimed");
    const PointBooks lost = ledger.read(3)[2];
    CHECK(lost.state == PointState::waiting);
    CHECK(lost.was_lost);
    CHECK(lost.n_claims == 1);
    // one that has ended and that nobody has asked about yet is gone as well
    const pid_t zombie = ::fork();
    REQUIRE(zombie >= 0);
    if (zombie == 0) {
        try {
            Ledger other(folder.path());
            other.join();
            ::_exit(other.claim(0, 0) ? 0 : 1);
        } catch (const std::exception&) { ::_exit(2); }
    }
    siginfo_t ended{};
    REQUIRE(::waitid(P_PID, id_t(zombie), &ended, WEXITED | WNOWAIT) == 0);
    CHECK(ledger.read(3)[0].was_lost);
    int status = -1;
    ::waitpid(zombie, &status, 0);
    CHECK(status == 0);
    // and so is one that lives and has said that it does no more
    auto leaving = std::make_unique<Ledger>(folder.path());
    leaving->join();
    REQUIRE(leaving->claim(0, 1));
    CHECK(ledger.read(3)[0].state == PointState::running);
    leaving.reset();
    CHECK(ledger.read(3)[0].was_lost);

    // it is claimed anew under the next number, by one alone
    CHECK(ledger.claim(2, 1));
    CHECK(in_child([&] {
              Ledger other(folder.path());
              other.join();
              return std::string(other.claim(2, 1) ? "claimed" : "not");
          }).said == "not");
    ledger.failed(2, 2, "too hot", 1.5);
    CHECK(ledger.read(3)[2].state == PointState::failed);
    CHECK(ledger.read(3)[2].reason == "too hot");
    // what the first claim would still say is of no account
    ledger.done(2, 1, "late", 1);
    CHECK(ledger.read(3)[2].state == PointState::failed);
    ledger.stopped(1, 1);
    CHECK(ledger.read(3)[1].state == PointState::stopped);
}

TEST_CASE("a process of another machine is gone when it has been silent for two minutes") {
    const TemporaryDirectory folder;
    make_books(folder.path());
    CHECK(in_child([&] {
              Ledger other(folder.path());
              other.join();
              return std::string(other.claim(0, 0) ? "claimed" : "not");
          }).said == "claimed");
    // as another machine would have written it
    const fs::path journal = only_journal(folder.path());
    const auto records = journal_records(read_file(journal), "journal");
    nlohmann::ordered_json begin = records.at(0);
    const std::string host = begin["host"];
    begin["host"] = "elsewhere";
    fs::remove(journal);
    JournalWriter::create(Folder::open(folder.path()), "journal/" + journal.filename().string())
        .append(begin, true);
    Ledger ledger(folder.path());
    ledger.join();
    CHECK(ledger.read(1)[0].state == PointState::running);
    const auto then = fs::last_write_time(journal);
    fs::last_write_time(journal, then - std::chrono::seconds(110));
    CHECK(ledger.read(1)[0].state == PointState::running);
    fs::last_write_time(journal, then - std::chrono::seconds(125));
    CHECK(ledger.read(1)[0].state == PointState::waiting);
    CHECK(ledger.read(1)[0].was_lost);
}

TEST_CASE("a journal that was cut short is good up to there; a changed byte before is found") {
    const TemporaryDirectory folder;
    make_books(folder.path());
    {
        Ledger ledger(folder.path());
        ledger.join();
        for (std::int64_t n = 0; n < 5; ++n) {
            REQUIRE(ledger.claim(n, 0));
            ledger.done(n, 1, "hash", 0.25);
        }
    }
    const fs::path journal = only_journal(folder.path());
    const std::string whole = read_file(journal);
    std::vector<std::size_t> ends;
    for (std::size_t at = whole.find('\n'); at != std::string::npos; at = whole.find('\n', at + 1))
        ends.push_back(at + 1);
    REQUIRE(ends.size() == 7); // begin, five points, end

    // every length
    for (std::size_t n = 0; n <= whole.size(); ++n) {
        const auto records = journal_records(whole.substr(0, n), "j");
        REQUIRE(records.size() ==
                std::size_t(std::count_if(ends.begin(), ends.end(),
                                          [&](std::size_t end) { return end <= n; })));
    }
    // every bit: it is told, but for the last line's end, without which that line was cut short
    for (std::size_t byte = 0; byte < whole.size(); ++byte)
        for (int bit = 0; bit < 8; ++bit) {
            INFO("byte " << byte << " bit " << bit);
            std::string changed = whole;
            changed[byte] = char(changed[byte] ^ (1 << bit));
            try {
                const auto records = journal_records(changed, "j");
                REQUIRE(byte + 1 == whole.size());
                REQUIRE(records.size() == 6);
            } catch (const DamagedFile& damaged) {
                REQUIRE_THAT(damaged.what(), Catch::Contains("record at byte "));
            }
        }
}

TEST_CASE("a journal that could not be written takes no more") {
    const TemporaryDirectory folder;
    make_books(folder.path());
    const Folder opened = Folder::open(folder.path());
    JournalWriter journal = JournalWriter::create(opened, "journal/a");
    {
        // for good: on the disk before it returns
        FaultingVfs recording(Fault::no_space, -1);
        const ReplacedVfs replaced(recording);
        journal.append({{"event", "one"}}, true);
        CHECK(recording.operations() == std::vector<std::string>{"write", "sync"});
        REQUIRE(opened.claim("claims/000000.1", "me"));
        CHECK_FALSE(opened.claim("claims/000000.1", "you"));
    }
    {
        FaultingVfs full(Fault::no_space, 0);
        const ReplacedVfs replaced(full);
        CHECK_THROWS_WITH(journal.append({{"event", "two"}}, true),
                          Catch::Contains("journal/a") && Catch::Contains("No space left"));
    }
    CHECK_THROWS_AS(journal.append({{"event", "three"}}, true), IoError);
    CHECK(journal_records(read_file(folder.path() / "journal/a"), "a").size() == 1);
    // a short write and a signal in between are no failures
    JournalWriter other = JournalWriter::create(opened, "journal/b");
    for (const Fault fault : {Fault::short_write, Fault::interrupted}) {
        FaultingVfs faulting(fault, 0);
        const ReplacedVfs replaced(faulting);
        other.append({{"event", "four"}}, true);
        CHECK(faulting.fired());
    }
    CHECK(journal_records(read_file(folder.path() / "journal/b"), "b").size() == 2);
    CHECK_THROWS_AS(JournalWriter::create(opened, "journal/b"), IoError);
}

#include "experiments/sweep/ledger.hpp"

#include <cerrno>
#include <chrono>
#include <fstream>
#include <map>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include "experiments/run_log.hpp"
#include "sim/run_file/io_error.hpp"

namespace lamina {
namespace {

using Json = nlohmann::ordered_json;

std::string first_line_of(const char* file) {
    std::ifstream in(file);
    std::string line;
    std::getline(in, line);
    return line;
}

/// A process for as long as it lives: numbers are given again, moments of birth are not.
struct Process {
    std::string host, boot, space; ///< machine, its start, and the container in which pid counts
    long pid = 0;
    std::string born; ///< in ticks since the machine's start; "" when there is no such process

    static std::string born_of(long pid) {
        const std::string stat = first_line_of(fmt::format("/proc/{}/stat", pid).c_str());
        std::size_t at = stat.rfind(')'); // a program's name may hold anything
        if (at == std::string::npos) return "";
        // one that has ended and that nobody has asked about yet is gone as well
        if (at + 2 < stat.size() && (stat[at + 2] == 'Z' || stat[at + 2] == 'X')) return "";
        for (int field = 2; field < 22 && at != std::string::npos; ++field)
            at = stat.find(' ', at + 1);
        if (at == std::string::npos) return "";
        return stat.substr(at + 1, stat.find(' ', at + 1) - at - 1);
    }
    static Process self() {
        Process p;
        char host[256] = "unknown";
        gethostname(host, sizeof host - 1);
        p.host = host;
        p.boot = first_line_of("/proc/sys/kernel/random/boot_id");
        char space[64];
        const ssize_t n = ::readlink("/proc/self/ns/pid", space, sizeof space);
        if (n > 0) p.space.assign(space, std::size_t(n));
        p.pid = ::getpid();
        p.born = born_of(p.pid);
        return p;
    }
    /// A word for file names.
    std::string word() const {
        std::string out;
        for (const char c : host.substr(0, 40))
            out += (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ? c
                                                                                              : '-';
        if (out.empty() || out[0] == '-') out = "host" + out;
        return fmt::format("{}-{}-{}", out, pid, born.empty() ? "0" : born);
    }
};

double seconds_now() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

double modified_s(const std::filesystem::path& file) {
    struct stat status {};
    if (::stat(file.c_str(), &status) != 0) return 0;
    return double(status.st_mtim.tv_sec) + 1e-9 * double(status.st_mtim.tv_nsec);
}

/// The number of point and claim in the name 000041.2.
bool parse_claim(const std::string& name, std::int64_t& point, int& claim) {
    const std::size_t dot = name.find('.');
    if (dot == std::string::npos || dot == 0 || dot > 12 || name.size() - dot > 8) return false;
    if (name.find_first_not_of("0123456789.") != std::string::npos) return false;
    point = std::strtoll(name.c_str(), nullptr, 10);
    claim = int(std::strtol(name.c_str() + dot + 1, nullptr, 10));
    return claim > 0;
}

/// One writer's journal.
struct WriterBooks {
    bool alive = false;
    std::map<std::pair<std::int64_t, int>, Json> ends; ///< [point, claim] its last record
};

WriterBooks read_writer(const Folder& folder, const std::string& name, const Process& here,
                        double now_s) {
    const std::string file = "journal/" + name;
    const auto bytes = folder.read(file);
    const std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    WriterBooks books;
    for (Json& record : journal_records(text, (folder.path() / file).string())) {
        const std::string event = record.value("event", "");
        if (event == "begin") {
            const bool on_this_machine = record.value("host", "") == here.host &&
                                         record.value("boot", "") == here.boot &&
                                         record.value("pid_space", "") == here.space;
            const std::string born = Process::born_of(record.value("pid", 0L));
            books.alive = on_this_machine
                              ? !born.empty() && born == record.value("born", "")
                              : now_s - modified_s(folder.path() / file) < Ledger::silent_s;
        } else if (event == "end") {
            books.alive = false;
        } else if (record.contains("point")) {
            const std::pair<std::int64_t, int> key = {record.value("point", std::int64_t(-1)),
                                                      record.value("claim", 0)};
            books.ends[key] = std::move(record);
        }
    }
    return books;
}

} // namespace

const char* name_of(PointState state) {
    switch (state) {
    case PointState::waiting:
        return "waiting";
    case PointState::running:
        return "running";
    case PointState::done:
        return "done";
    case PointState::failed:
        return "failed";
    case PointState::stopped:
        return "stopped";
    }
    return "";
}

Ledger::Ledger(const std::filesystem::path& sweep) : folder_(Folder::open(sweep)) {}

void Ledger::join() {
    const Process self = Process::self();
    const std::string word = self.word();
    for (int attempt = 1; !journal_; ++attempt) {
        writer_ = attempt == 1 ? word : fmt::format("{}-{}", word, attempt);
        try {
            journal_ = JournalWriter::create(folder_, "journal/" + writer_);
        } catch (const IoError& error) {
            if (error.code().value() != EEXIST || attempt > 999) throw;
        }
    }
    write({{"event", "begin"},
           {"host", self.host},
           {"boot", self.boot},
           {"pid_space", self.space},
           {"pid", self.pid},
           {"born", self.born},
           {"time", now_utc()}},
          true);
}

Ledger::~Ledger() {
    try {
        if (journal_) leave();
    } catch (const std::exception&) {} // it is missed when it is silent
}

void Ledger::leave() {
    write({{"event", "end"}, {"time", now_utc()}}, false);
    journal_.reset();
}

void Ledger::write(Json record, bool for_good) {
    journal_->append(record, for_good);
    last_word_s_ = seconds_now();
}

std::vector<PointBooks> Ledger::read(std::int64_t n_points) const {
    const Process here = Process::self();
    // the clock of the disk, as far as it is known
    double now_s = journal_ ? modified_s(folder_.path() / "journal" / writer_) : 0;
    now_s = journal_
                ? now_s + seconds_now() - last_word_s_
                : double(std::chrono::system_clock::to_time_t(std::chrono::system_clock::now()));
    std::vector<PointBooks> points{std::size_t(n_points)};
    for (const auto& [name, owner] : folder_.claims_in("claims")) {
        std::int64_t point = 0;
        int claim = 0;
        if (!parse_claim(name, point, claim) || point >= n_points) continue;
        PointBooks& books = points[std::size_t(point)];
        if (claim <= books.n_claims) continue;
        books.n_claims = claim;
        books.writer = owner;
    }
    // claims first, then journals: a claim is older than what became of it
    std::map<std::string, WriterBooks> writers;
    for (std::int64_t point = 0; point < n_points; ++point) {
        PointBooks& books = points[std::size_t(point)];
        if (books.n_claims == 0) continue;
        auto writer = writers.find(books.writer);
        if (writer == writers.end()) {
            WriterBooks found;
            try {
                found = read_writer(folder_, books.writer, here, now_s);
            } catch (const IoError& error) {
                if (error.code().value() != ENOENT) throw;
            }
            writer = writers.emplace(books.writer, std::move(found)).first;
        }
        const auto end = writer->second.ends.find({point, books.n_claims});
        if (end == writer->second.ends.end()) {
            books.state = writer->second.alive ? PointState::running : PointState::waiting;
            books.was_lost = !writer->second.alive;
            continue;
        }
        const Json& record = end->second;
        const std::string event = record.value("event", "");
        books.state = event == "done"     ? PointState::done
                      : event == "failed" ? PointState::failed
                                          : PointState::stopped;
        books.reason = record.value("reason", "");
        books.sha256 = record.value("sha256", "");
        books.seconds = record.value("seconds", 0.0);
    }
    return points;
}

bool Ledger::claim(std::int64_t point, int n_claims) {
    return folder_.claim(fmt::format("claims/{:06}.{}", point, n_claims + 1), writer_);
}

void Ledger::done(std::int64_t point, int claim, const std::string& sha256, double seconds) {
    write({{"event", "done"},
           {"point", point},
           {"claim", claim},
           {"sha256", sha256},
           {"seconds", seconds},
           {"time", now_utc()}},
          true);
}

void Ledger::failed(std::int64_t point, int claim, const std::string& reason, double seconds) {
    write({{"event", "failed"},
           {"point", point},
           {"claim", claim},
           {"reason", reason.substr(0, 8000)},
           {"seconds", seconds},
           {"time", now_utc()}},
          true);
}

void Ledger::stopped(std::int64_t point, int claim) {
    write({{"event", "stopped"}, {"point", point}, {"claim", claim}, {"time", now_utc()}}, true);
}

void Ledger::beat() {
    if (seconds_now() - last_word_s_ < beat_s) return;
    write({{"event", "here"}, {"time", now_utc()}}, false);
}

} // namespace lamina

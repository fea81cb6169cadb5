/// The books of a sweep: who does which point, and what became of it. Any number of processes, on
/// any number of machines that share the directory, write at the same time, each in files of its
/// own.
///
///     claims/000041.1            a symbolic link to the name of who does point 41, the first time
///     journal/node03-4711-88122  what that process has done (sim/run_file/journal.hpp)
///
/// A claim is made in one step by one process alone and is never removed: who does a point again,
/// because it failed or because its process is gone, claims it under the next number. Nothing is
/// locked, so nothing stays locked.
///
/// A process is gone when this machine knows it no more, or, on another machine, when its journal
/// has not grown for `silent_s`: each writer says every `beat_s` that it is there.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/run_file/folder.hpp"
#include "sim/run_file/journal.hpp"

namespace lamina {

enum class PointState {
    waiting, ///< nobody has it, or who had it is gone
    running,
    done,
    failed,
    stopped ///< ended on request before it was done; waits like `waiting`
};
const char* name_of(PointState);

struct PointBooks {
    PointState state = PointState::waiting;
    int n_claims = 0;      ///< the number of the last claim
    std::string writer;    ///< who made it
    std::string reason;    ///< failed: what was wrong
    std::string sha256;    ///< done: of its run.json
    double seconds = 0;    ///< done or failed: what it took
    bool was_lost = false; ///< who had it last is gone without a word
    bool changed = false;  ///< its run.json is another than was written (points_of)
};

class Ledger {
  public:
    static constexpr double beat_s = 20, silent_s = 120;

    /// Of a sweep's directory. Reads only, until join().
    explicit Ledger(const std::filesystem::path& sweep);
    ~Ledger(); ///< leaves, as far as its journal can still be written

    /// Becomes a writer. @throws IoError
    void join();
    /// Says that this process does no more.
    void leave();
    const std::string& writer() const { return writer_; }

    /// The state of every point. @throws DamagedFile when a journal was changed
    std::vector<PointBooks> read(std::int64_t n_points) const;

    /// Takes a point. @param n_claims  as read  @return false when another was faster
    bool claim(std::int64_t point, int n_claims);

    // what became of the claim of that number; IoError when it cannot be written down
    void done(std::int64_t point, int claim, const std::string& sha256, double seconds);
    void failed(std::int64_t point, int claim, const std::string& reason, double seconds);
    void stopped(std::int64_t point, int claim);
    /// Says that this process is there, when it has not for a while.
    void beat();

  private:
    void write(nlohmann::ordered_json record, bool for_good);

    Folder folder_;
    std::string writer_;
    std::optional<JournalWriter> journal_;
    double last_word_s_ = 0;
};

} // namespace lamina

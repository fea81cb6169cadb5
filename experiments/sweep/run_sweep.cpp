#include "experiments/sweep/run_sweep.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <set>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "experiments/progress.hpp"
#include "sim/errors.hpp"
#include "sim/run_file/io_error.hpp"
#include "sim/run_file/sha256.hpp"

namespace lamina {
namespace {

constexpr int wait_ms = 200;

/// Points that this call may claim, with the number of their last claim.
struct Claimable {
    std::int64_t point;
    int n_claims;
};

class SweepRun {
  public:
    SweepRun(const SweepDirectory& sweep, Ledger& ledger, WorkerPool& pool, const SweepShare& share,
             const std::atomic<bool>& stop)
        : sweep_(sweep), ledger_(ledger), pool_(pool), share_(share), stop_(stop) {}

    SweepCounts run() {
        std::vector<Claimable> queue = claimable(true);
        Progress progress("points", std::int64_t(queue.size()));
        while (!ended_) {
            std::size_t next = 0;
            while (!ended_ && (next < queue.size() || pool_.n_at_work() > 0)) {
                if (stop_) end_in_order();
                beat();
                while (!ended_ && next < queue.size() && pool_.has_idle())
                    if (!take(queue[next++])) progress.tick(); // another does it
                for (const PointEnd& end : pool_.wait(wait_ms)) {
                    write_down(end);
                    progress.tick();
                }
            }
            if (ended_) break;
            // what others have may come back, when they are gone
            queue = claimable(false);
            if (!queue.empty()) continue;
            if (n_of_others_ == 0) break;
            say_once_who_works();
            for (int i = 0; i < 5 && !stop_; ++i) pool_.wait(wait_ms);
            if (stop_) end_in_order();
            beat();
        }
        while (pool_.n_at_work() > 0)
            for (const PointEnd& end : pool_.wait(wait_ms)) write_down(end);
        progress.finish();
        const SweepCounts counts = count_points(sweep_, points_of(sweep_, ledger_), share_.only);
        if (refusal_.empty()) return counts;
        const std::string text = fmt::format(
            "{}\n  = note: {} points are done and safe\n  = help: mend that, then `lamina resume "
            "{}`",
            refusal_, counts.done, sweep_.path().string());
        if (no_device_) throw DeviceError(text);
        throw IoError(ENOSPC, text);
    }

  private:
    /// Counts those that others have, too.
    std::vector<Claimable> claimable(bool first_time) {
        const std::vector<PointBooks> books = points_of(sweep_, ledger_);
        std::vector<Claimable> waiting, failed;
        n_of_others_ = 0;
        const auto look_at = [&](std::int64_t n) {
            if (sweep_.is_invalid(n) || tried_.count(n)) return;
            const PointBooks& one = books[std::size_t(n)];
            const Claimable entry = {n, one.n_claims};
            const bool is_waiting =
                one.state == PointState::waiting || one.state == PointState::stopped;
            if (is_waiting && !share_.failed_only) waiting.push_back(entry);
            if (one.state == PointState::failed && first_time) failed.push_back(entry);
            n_of_others_ += one.state == PointState::running;
        };
        std::set<std::int64_t> looked_at;
        const std::vector<std::int64_t>& first = share_.only.empty() ? share_.order : share_.only;
        for (const std::int64_t n : first)
            if (n >= 0 && n < sweep_.plan().n_points() && looked_at.insert(n).second) look_at(n);
        if (share_.only.empty())
            for (std::int64_t n = 0; n < sweep_.plan().n_points(); ++n)
                if (!looked_at.count(n)) look_at(n);
        waiting.insert(waiting.end(), failed.begin(), failed.end());
        return waiting;
    }

    void say_once_who_works() {
        if (std::exchange(said_, true)) return;
        std::fprintf(stderr,
                     "waiting for %lld points that other processes do; Ctrl-C leaves them "
                     "to these\n",
                     static_cast<long long>(n_of_others_));
    }

    bool take(const Claimable& one) {
        try {
            if (!ledger_.claim(one.point, one.n_claims)) return false;
        } catch (const IoError& error) {
            refuse(error.what());
            return true;
        }
        tried_.insert(one.point);
        pool_.give({one.point, one.n_claims + 1});
        return true;
    }

    void beat() {
        try {
            ledger_.beat();
        } catch (const IoError& error) { refuse(error.what()); }
    }

    void write_down(const PointEnd& end) {
        try {
            write_end(end);
        } catch (const IoError& error) { refuse(error.what()); }
    }

    /// Others would be refused as well: the disk is full for all.
    void refuse(const std::string& why) {
        if (refusal_.empty()) refusal_ = why;
        end_in_order();
    }

    void write_end(const PointEnd& end) {
        switch (end.kind) {
        case PointEnd::Kind::done:
            return ledger_.done(end.task.point, end.task.claim, end.sha256, end.seconds);
        case PointEnd::Kind::failed:
            return ledger_.failed(end.task.point, end.task.claim, end.reason, end.seconds);
        case PointEnd::Kind::stopped:
            end_in_order(); // whoever asked for it
            return ledger_.stopped(end.task.point, end.task.claim);
        case PointEnd::Kind::no_device:
            no_device_ = true;
            refuse(end.reason);
            return ledger_.stopped(end.task.point, end.task.claim);
        case PointEnd::Kind::refused:
            refuse(end.reason);
            return ledger_.stopped(end.task.point, end.task.claim);
        }
    }

    void end_in_order() {
        if (ended_) return;
        ended_ = true;
        pool_.stop();
    }

    const SweepDirectory& sweep_;
    Ledger& ledger_;
    WorkerPool& pool_;
    const SweepShare& share_;
    const std::atomic<bool>& stop_;
    std::set<std::int64_t> tried_; ///< by this call
    std::int64_t n_of_others_ = 0; ///< points that other processes have
    bool ended_ = false, no_device_ = false, said_ = false;
    std::string refusal_;
};

} // namespace

SweepCounts count_points(const SweepDirectory& sweep, const std::vector<PointBooks>& books,
                         const std::vector<std::int64_t>& only) {
    SweepCounts counts;
    const auto count = [&](std::int64_t n) {
        ++counts.n_points;
        if (sweep.is_invalid(n)) {
            ++counts.invalid;
            return;
        }
        const PointState state = books[std::size_t(n)].state;
        counts.done += state == PointState::done;
        counts.failed += state == PointState::failed;
        counts.running += state == PointState::running;
        counts.waiting += state == PointState::waiting || state == PointState::stopped;
    };
    for (const std::int64_t n : only) count(n);
    if (only.empty())
        for (std::int64_t n = 0; n < std::int64_t(books.size()); ++n) count(n);
    return counts;
}

std::vector<PointBooks> points_of(const SweepDirectory& sweep, const Ledger& ledger) {
    std::vector<PointBooks> books = ledger.read(sweep.plan().n_points());
    for (std::size_t n = 0; n < books.size(); ++n) {
        PointBooks& one = books[n];
        if (one.state != PointState::done) continue;
        const auto run = sweep.run_of(sweep.plan().point(std::int64_t(n)));
        std::error_code none;
        // who took a run away wants it again; who changed it is told
        if (!std::filesystem::exists(run, none)) {
            one.state = PointState::waiting;
            continue;
        }
        std::string found = "absent";
        try {
            found = sha256_of(Folder::open(run).read("run.json"));
        } catch (const std::exception&) {} // not to be read is another than it was
        if (found == one.sha256) continue;
        one.state = PointState::failed;
        one.changed = true;
        one.reason = fmt::format("{} is not what was written: its SHA-256 is {}, the journal has "
                                 "{}; move {} away, then run again",
                                 (run / "run.json").string(), found, one.sha256, run.string());
    }
    return books;
}

SweepCounts run_sweep(const SweepDirectory& sweep, Ledger& ledger, WorkerPool& pool,
                      const SweepShare& share, const std::atomic<bool>& stop) {
    return SweepRun(sweep, ledger, pool, share, stop).run();
}

} // namespace lamina

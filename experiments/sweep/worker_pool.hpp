/// Those who run the points of a sweep: processes of this machine, or ranks of MPI with one each.
/// A point that crashes takes its worker with it and nothing else.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace lamina {

class SweepDirectory;

struct PointTask {
    std::int64_t point = -1;
    int claim = 0;
};

/// What became of a task.
struct PointEnd {
    enum class Kind {
        done,
        failed,    ///< the point cannot be run, or its worker died of it
        refused,   ///< the machine would not have it: a full disk
        no_device, ///< the device that was asked for is not there
        stopped    ///< ended on request
    };
    PointTask task;
    Kind kind = Kind::failed;
    std::string reason, sha256; ///< of run.json
    double seconds = 0;

    nlohmann::ordered_json json() const;
    static PointEnd from(const nlohmann::ordered_json&);
};

/// How workers are to work.
struct WorkerOptions {
    std::string directory; ///< of the sweep
    int threads = 1;       ///< of each
    std::string device;    ///< empty: as the spec says
    bool reports = false;  ///< a report.html of every point
};

class WorkerPool {
  public:
    virtual ~WorkerPool() = default;
    virtual int n_workers() const = 0;
    /// Whether one waits for work.
    virtual bool has_idle() const = 0;
    /// Gives a task to one that waits.
    virtual void give(const PointTask&) = 0;
    virtual int n_at_work() const = 0;
    /// Tasks that have ended; waits for one at most so long, and may return none.
    virtual std::vector<PointEnd> wait(int milliseconds) = 0;
    /// Asks those at work to end in order.
    virtual void stop() = 0;
};

/// @throws IoError when no process can be made
std::unique_ptr<WorkerPool> make_local_workers(const WorkerOptions&, int n_workers);

/// Runs a point into a folder of its own, which then takes the point's name. Whatever goes wrong is
/// in what it returns.
PointEnd run_task(const SweepDirectory&, const WorkerOptions&, const PointTask&,
                  const std::atomic<bool>& stop);

/// What a worker process does: says {"ready":true}, reads "POINT CLAIM" lines from stdin until its
/// end, and writes one line of JSON for each to stdout. @return its exit code
int work_on_points(const WorkerOptions&);

} // namespace lamina

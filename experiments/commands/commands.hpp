/// One function per command of `lamina`; each returns its exit code (docs/README.md, "Exit codes").
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace lamina {
struct CommandHelp;
struct SlurmOptions;
struct WorkerOptions;
} // namespace lamina

namespace lamina::commands {

struct BenchArguments {
    std::string what; ///< rate, a network of bench_networks(), delivery, build, update, device
    bool quick = false, json = false;
    std::string history; ///< a file to which one line is added, "" for none
    double scale = 1, seconds = 1, discard_s = 0.5;
    int threads = 0;
    std::string drive = "dc";
    std::uint64_t seed = 1;
    std::string device; ///< empty: cpu, but for what measures a device
};

struct RunArguments {
    std::string file;
    std::vector<std::string> overrides;
    std::string out;    ///< -o; empty: a new directory under runs/
    std::string seed;   ///< empty: as the file says
    int threads = 0;    ///< 0: OMP_NUM_THREADS, Slurm's share, or all cores
    std::string device; ///< empty: as the file says
    bool force = false, json = false, strict = false, ignore_sweep = false;
    bool no_report = false;
    bool profile = false; ///< tell where the time went
    bool fit = false; ///< `lamina fit`: refit what is named under fit: instead of running the task
    std::int64_t trace = -1;
    std::vector<std::string> argv; ///< the whole command line, for run.json
};
int run(const RunArguments&);

struct SweepArguments {
    std::string where; ///< an experiment file with `sweep:`, or a sweep's directory
    std::vector<std::string> overrides;
    std::string out, seed, device; ///< as of RunArguments
    int threads = 0;               ///< cores that may be used in all
    int workers = 0;               ///< points at a time; 0: as many as cores
    bool json = false, skip_invalid = false, failed = false, reports = false;
    std::string tasks;                 ///< a file of `sweep submit`, of which this call does one
    std::int64_t task = -1;            ///< its number
    std::vector<std::int64_t> order{}; ///< points to begin with
    bool no_collect = false;           ///< leave the results where the points are
    std::vector<std::string> argv;
};
int sweep_plan(const SweepArguments&);
int sweep_run(const SweepArguments&);
int sweep_submit(const SweepArguments&, const SlurmOptions&, const std::vector<std::string>& job);
int sweep_status(const SweepArguments&);
int sweep_collect(const SweepArguments&);
int resume(const SweepArguments&);
/// What `sweep run` starts: reads points from stdin (experiments/sweep/worker_pool.hpp).
int sweep_worker(const WorkerOptions&);

int check(const std::vector<std::string>& files, const std::vector<std::string>& overrides,
          bool json);
int report(const std::string& directory, bool open);
int compare(const std::string& run_a, const std::string& run_b, bool json);
int export_run(const std::string& directory, const std::string& format);
int verify(const std::string& directory, bool json);
int predict(const std::string& directory, bool json);
int list(const std::string& kind, bool json);
/// @param format  md or tex
int describe(const std::string& file, const std::vector<std::string>& overrides,
             const std::string& format);
/// @param place  FILE or FILE:path   @param trust  also HDF5 that no run.json vouches for
int inspect(const std::string& place, bool trust);
int explain(const std::string& what);
int schema();
int doctor(bool json);
int init(const std::string& directory, const std::string& name);
int bench(const BenchArguments&);
int version(bool json);
int completion(const std::vector<CommandHelp>&, const std::string& shell);
/// @param into  folder that gets every page; empty: the page of `command` is printed
int manual(const std::vector<CommandHelp>&, const std::string& command, const std::string& into);

} // namespace lamina::commands

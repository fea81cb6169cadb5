/// A sweep on real Slurm: a controller and a node, started here, a node that is drained, a task
/// whose time is up, a task that is queued again.
#include <catch2/catch.hpp>

#include <pwd.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <functional>
#include <sstream>
#include <thread>

#include <nlohmann/json.hpp>

#include "support/process.hpp"
#include "support/skip.hpp"

using namespace lamina::test;
namespace fs = std::filesystem;

namespace {

bool is_here(const char* program) { return run_process({"which", program}).exit_code == 0; }

std::string host_name() {
    char name[256] = "localhost";
    gethostname(name, sizeof name - 1);
    return std::string(name).substr(0, std::string(name).find('.'));
}

bool wait_for(double seconds, const std::function<bool()>& what) {
    for (int i = 0; i < int(seconds * 5); ++i) {
        if (what()) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
    }
    return what();
}

/// munged, slurmctld and slurmd of this machine alone; ended by their own numbers.
class Cluster {
  public:
    explicit Cluster(const fs::path& folder) : folder_(folder) {
        for (const char* sub : {"state", "spool", "run"}) fs::create_directories(folder / sub);
        const std::string host = host_name();
        std::ostringstream conf;
        conf << "ClusterName=test\nSlurmctldHost=" << host
             << "\nSlurmUser=root\nAuthType=auth/munge\nAuthInfo=socket=" << folder.string()
             << "/munge/socket\nStateSaveLocation=" << folder.string()
             << "/state\nSlurmdSpoolDir=" << folder.string()
             << "/spool\nSlurmctldPidFile=" << pid_file("ctld")
             << "\nSlurmdPidFile=" << pid_file("d") << "\nSlurmctldLogFile=" << folder.string()
             << "/ctld.log\nSlurmdLogFile=" << folder.string()
             << "/d.log\nProctrackType=proctrack/linuxproc\nTaskPlugin=task/none\n"
                "SchedulerType=sched/backfill\nSelectType=select/cons_tres\n"
                "SelectTypeParameters=CR_Core\nReturnToService=2\nMpiDefault=none\n"
                "SchedulerParameters=batch_sched_delay=0,sched_min_interval=100000\n"
                "KillWait=10\nMinJobAge=600\nSlurmctldPort=16817\nSlurmdPort=16818\n"
                "NodeName="
             << host
             << " CPUs=2 RealMemory=1000 State=UNKNOWN\nPartitionName=debug Nodes=ALL "
                "Default=YES MaxTime=00:10:00 State=UP\n";
        write_file(folder / "slurm.conf", conf.str());
        ::setenv("SLURM_CONF", (folder / "slurm.conf").c_str(), 1);

        // a munge of our own: its key and socket are in the scratch folder, and go with it
        const passwd* const munge = ::getpwnam("munge");
        const fs::path own = folder / "munge";
        fs::create_directories(own);
        std::string key(1024, ' ');
        std::ifstream("/dev/urandom", std::ios::binary).read(key.data(), 1024);
        write_file(own / "key", key);
        ::chmod((own / "key").c_str(), 0400);
        for (const fs::path& path : {own, own / "key"})
            why_ += ::chown(path.c_str(), munge->pw_uid, munge->pw_gid) == 0 ? "" : "chown\n";
        ::chmod(own.c_str(), 0755);
        // its user must reach it
        for (const fs::path& path : {folder, folder.parent_path()}) ::chmod(path.c_str(), 0755);
        why_ +=
            run_process(
                {"runuser", "-u", "munge", "--", "munged", "--force",
                 "--key-file=" + (own / "key").string(), "--socket=" + (own / "socket").string(),
                 "--pid-file=" + (own / "pid").string(), "--log-file=" + (own / "log").string(),
                 "--seed-file=" + (own / "seed").string()})
                .err;
        why_ += run_process({"slurmctld", "-c"}).err;
        started_ = wait_for(20, [] { return run_process({"scontrol", "ping"}).exit_code == 0; });
        why_ += run_process({"slurmd"}).err;
        started_ = started_ && wait_for(20, [] {
                       const std::string state = run_process({"sinfo", "-h", "-o", "%T"}).out;
                       return state.find("idle") == 0;
                   });
    }
    ~Cluster() {
        run_process({"scancel", "--user=root"});
        for (const char* daemon : {"d", "ctld"}) end(pid_file(daemon));
        end((folder_ / "munge/pid").string());
        ::unsetenv("SLURM_CONF");
    }
    Cluster(const Cluster&) = delete;
    Cluster& operator=(const Cluster&) = delete;

    bool works() const { return started_; }
    const std::string& why() const { return why_; }

  private:
    std::string pid_file(const std::string& daemon) const {
        return (folder_ / "run" / (daemon + ".pid")).string();
    }
    static void end(const std::string& file) {
        std::istringstream number(fs::exists(file) ? read_file(file) : "");
        pid_t pid = 0;
        if (!(number >> pid) || pid <= 1) return;
        ::kill(pid, SIGTERM);
        wait_for(10, [&] { return ::kill(pid, 0) != 0; });
    }

    fs::path folder_;
    bool started_ = false;
    std::string why_;
};

nlohmann::json status_of(const fs::path& sweep) {
    const ProcessResult said = run_lamina({"sweep", "status", sweep.string(), "--json"});
    INFO(said.err);
    return nlohmann::json::parse(said.out);
}

/// How often each point was said to be done, by all journals.
int most_times_done(const fs::path& sweep, int& n_done) {
    std::map<int, int> times;
    for (const auto& entry : fs::directory_iterator(sweep / "journal")) {
        std::istringstream lines(read_file(entry.path()));
        for (std::string line; std::getline(lines, line);) {
            const auto record = nlohmann::json::parse(line.substr(9));
            if (record["event"] == "done") ++times[record["point"].get<int>()];
        }
    }
    n_done = int(times.size());
    int most = 0;
    for (const auto& [point, n] : times) most = std::max(most, n);
    return most;
}

} // namespace

TEST_CASE("forty points on Slurm: a node drained, a task out of time, one queued again") {
    if (::geteuid() != 0 || !is_here("slurmctld") || !is_here("slurmd") || !is_here("munged")) {
        skip("Slurm's daemons are not here, or we are not root: apt-get install slurm-wlm munge");
        return;
    }
    const TemporaryDirectory folder;
    const Cluster cluster(folder.path() / "cluster");
    if (!cluster.works()) {
        skip("Slurm does not start here: " + cluster.why());
        return;
    }

    // points of a second or so: long enough to be interrupted
    const fs::path file = folder.path() / "forty.yaml", out = folder.path() / "out";
    write_file(file, "lamina: 1\nname: forty\nseed: 3\n"
                     "column: {columns: 4, heads: 1, d_model: 8, d_head: 8}\n"
                     "task: {type: presentation, duration: 500 ms, presentations: 10}\n"
                     "analysis: {bootstrap: 5}\n"
                     "sweep: {grid: {column.tau.gate: {from: 1 ms, to: 20 ms, n: 20}}, "
                     "replicates: 2}\n");
    const ProcessResult submitted = run_lamina(
        {"sweep", "submit", file.string(), "-o", out.string(), "--slurm", "time=1:00", "--slurm",
         "cpus-per-task=1", "--signal-before", "50", "--chunk", "4", "--json"});
    INFO(submitted.err);
    REQUIRE(submitted.exit_code == 0);
    const auto jobs = nlohmann::json::parse(submitted.out);
    const std::string array = jobs["array_job"];
    CHECK(jobs["tasks"] == 10);

    // some are done; then the node takes no more, and what it has is queued again
    REQUIRE(wait_for(60, [&] { return status_of(out)["done"] >= 4; }));
    CHECK(
        run_process({"scontrol", "update", "NodeName=" + host_name(), "State=DRAIN", "Reason=test"})
            .exit_code == 0);
    const std::string running =
        run_process({"squeue", "-h", "-t", "R", "-j", array, "-o", "%i"}).out;
    std::istringstream ids(running);
    for (std::string id; ids >> id;) run_process({"scontrol", "requeue", id});
    REQUIRE(wait_for(30, [&] {
        return run_process({"squeue", "-h", "-t", "R", "-j", array, "-o", "%i"}).out.empty();
    }));
    const int before = status_of(out)["done"];
    CHECK(before < 40);
    CHECK(
        run_process({"scontrol", "update", "NodeName=" + host_name(), "State=RESUME"}).exit_code ==
        0);
    // jobs that were queued again wait for a while; not here
    for (int i = 0; i < 600 && status_of(out)["done"] < 40; ++i) {
        if (i % 10 == 0) run_process({"scontrol", "update", "JobId=" + array, "StartTime=now"});
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
    }
    std::string logs;
    for (const auto& entry : fs::directory_iterator(out / "slurm"))
        if (entry.path().extension() == ".log") logs += read_file(entry.path());
    INFO(logs);
    const auto status = status_of(out);
    CHECK(status["done"] == 40);
    CHECK(status["failed"] == 0);
    int n_done = 0;
    CHECK(most_times_done(out, n_done) == 1);
    CHECK(n_done == 40);
    // the job behind the array has collected
    CHECK(wait_for(60, [&] { return fs::exists(out / "summary.h5"); }));

    // the same bytes as here
    const fs::path here = folder.path() / "here";
    REQUIRE(run_lamina({"sweep", "run", file.string(), "-o", here.string(), "--no-collect"})
                .exit_code == 0);
    for (const auto& entry : fs::directory_iterator(here / "points"))
        CHECK(read_file(entry.path() / "results.h5") ==
              read_file(out / "points" / entry.path().filename() / "results.h5"));
}

/// Every operation on the disk of a whole sweep fails once, in every way, and once the process ends
/// there: what is done stays done, and the sweep ends with the bytes it would have had.
#include <catch2/catch.hpp>

#include <atomic>

#include "experiments/read_spec.hpp"
#include "experiments/sweep/run_sweep.hpp"
#include "sim/run_file/io_error.hpp"
#include "support/child.hpp"
#include "support/faulting_vfs.hpp"
#include "sweep/sweep_runs.hpp"

using namespace lamina;
using namespace lamina::test;

namespace {

const std::atomic<bool> never{false};

/// A worker that is this process, so that its disk can fail.
class WorkerHere final : public WorkerPool {
  public:
    explicit WorkerHere(const SweepDirectory& sweep) : sweep_(sweep) {}
    int n_workers() const override { return 1; }
    bool has_idle() const override { return task_.point < 0; }
    void give(const PointTask& task) override { task_ = task; }
    int n_at_work() const override { return task_.point < 0 ? 0 : 1; }
    std::vector<PointEnd> wait(int) override {
        if (task_.point < 0) return {};
        const PointTask task = task_;
        task_ = {};
        return {run_task(sweep_, {}, task, never)};
    }
    void stop() override {}

  private:
    const SweepDirectory& sweep_;
    PointTask task_;
};

/// The whole of `lamina sweep run`, in this process.
void sweep_here(const std::string& text, const fs::path& out) {
    const SweepPlan plan(read_spec_text(text, "small.yaml", "."));
    const SweepDirectory sweep = SweepDirectory::make(plan, out.string(), {});
    Ledger ledger(sweep.path());
    ledger.join();
    WorkerHere worker(sweep);
    const SweepCounts counts = run_sweep(sweep, ledger, worker, {}, never);
    if (counts.done != counts.n_points) throw std::runtime_error("not all points are done");
}

const std::string two_points = small_sweep("  replicates: 2\n");

} // namespace

TEST_CASE("a sweep survives any fault at any operation", "[slow]") {
    const TemporaryDirectory folder;
    sweep_here(two_points, folder.path() / "whole");
    const auto whole = results_of(folder.path() / "whole");
    REQUIRE(whole.size() == 2);

    int n_faults = 0, n_errors = 0;
    const auto try_fault = [&](Fault fault, long at, bool& fired) {
        const fs::path out = folder.path() / "out";
        fs::remove_all(out);
        // in a process of its own, which is then gone
        const ChildEnd end = in_child([&]() -> std::string {
            FaultingVfs faulting(fault, at);
            const ReplacedVfs replaced(faulting);
            std::string error;
            try {
                sweep_here(two_points, out);
            } catch (const std::exception& told) { error = told.what(); }
            return (faulting.fired() ? "fired " : "whole ") + error;
        });
        fired = end.said.rfind("whole", 0) != 0;
        const std::string error = end.said.size() > 6 ? end.said.substr(6) : "";
        if (fault == Fault::killed)
            REQUIRE((end.exit_code == 137 || !fired));
        else
            REQUIRE(end.exit_code == 0);
        INFO(error);
        if (fault == Fault::interrupted || fault == Fault::short_write) REQUIRE(error.empty());
        n_faults += fired;
        n_errors += !error.empty();
        const auto before = results_of(out);
        for (const auto& [id, bytes] : before) REQUIRE(whole.at(id) == bytes);
        // with a disk that works again
        sweep_here(two_points, out);
        REQUIRE(results_of(out) == whole);
        for (const auto& entry : fs::directory_iterator(out / "points"))
            REQUIRE(whole.count(entry.path().filename().string()) == 1);
        // beside the sweep nothing was left, but by a process that ended there
        if (fault != Fault::killed)
            for (const auto& entry : fs::directory_iterator(folder.path()))
                REQUIRE((entry.path().filename() == "out" || entry.path().filename() == "whole"));
        else
            for (const auto& entry : fs::directory_iterator(folder.path()))
                if (entry.path().filename().string()[0] == '.') fs::remove_all(entry.path());
    };
    for (const Fault fault : {Fault::no_space, Fault::io_error, Fault::interrupted,
                              Fault::short_write, Fault::killed}) {
        bool fired = true;
        for (long at = 0; fired; ++at) {
            INFO("fault " << int(fault) << " at " << at);
            try_fault(fault, at, fired);
        }
    }
    std::printf("%d faults, of which %d ended the sweep with a message\n", n_faults, n_errors);
    CHECK(n_faults > 500);
    CHECK(n_errors > 100);
}

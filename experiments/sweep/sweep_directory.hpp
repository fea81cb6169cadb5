/// The directory of a sweep (docs/sweeps.md):
///
///     sweep.json    the plan: what was asked for, how many points, of which release; sealed
///     spec.yaml     the experiment file as given
///     cells.csv     number, id, seed and values of every point
///     claims/ journal/    the books (ledger.hpp)
///     points/<id>/  one run directory for each point that is done
///
/// It is made whole or not at all, and its plan never changes.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "experiments/sweep/sweep_plan.hpp"
#include "sim/run_file/folder.hpp"

namespace lamina {

struct SweepFacts {
    std::vector<std::string> argv;
    std::vector<InvalidPoints> invalid; ///< points that are never run
};

class SweepDirectory {
  public:
    /// The directory of this plan: made where there is none, taken up where it lies there already.
    /// @param out  empty: runs/<name>-<8 hex of the plan>
    /// @throws SpecError when something else, or another plan, lies there
    static SweepDirectory make(const SweepPlan&, const std::string& out, const SweepFacts&);

    /// @throws SpecError when it is no sweep's directory, or when files that its points read have
    ///         changed; DamagedFile when its plan has
    static SweepDirectory open(const std::filesystem::path&);
    static bool is_one(const std::filesystem::path&);

    const Folder& folder() const { return folder_; }
    const std::filesystem::path& path() const { return folder_.path(); }
    const SweepPlan& plan() const { return plan_; }
    const nlohmann::ordered_json& facts() const { return json_; } ///< sweep.json
    bool is_invalid(std::int64_t point) const;

    std::filesystem::path run_of(const SweepPoint& point) const {
        return path() / "points" / point.id;
    }
    /// Where a point's run is written before it is done.
    std::filesystem::path part_of(const SweepPoint& point, int claim) const;

  private:
    SweepDirectory(Folder folder, SweepPlan plan, nlohmann::ordered_json json);

    Folder folder_;
    SweepPlan plan_;
    nlohmann::ordered_json json_;
    std::vector<char> invalid_; ///< [points]
};

} // namespace lamina

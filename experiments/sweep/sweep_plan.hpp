/// The points of a sweep: one run each, numbered, every one a list of overrides of the base spec.
///
///     const SweepPlan plan(read_spec("grid.yaml"));
///     for (std::int64_t n = 0; n < plan.n_points(); ++n) run(plan.spec_of(n));
///
/// Points are in the order of the axes as written, the last axis fastest, replicates faster still.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "experiments/problems.hpp"
#include "experiments/spec.hpp"

namespace lamina {

struct SweepPoint {
    std::int64_t number = 0;
    std::string id; ///< 000041-9c1e02ab: its number, and the hash of what it sets
    int replicate = 0;
    std::uint64_t seed = 1;
    std::vector<std::string> labels; ///< [columns] as cells.csv shows them
    std::vector<Setting> settings;   ///< of the axes, and the seed where it is not the base's
};

class SweepPlan {
  public:
    /// @param base  a spec with `sweep:`  @throws SpecError without one
    explicit SweepPlan(ExperimentSpec base);

    const ExperimentSpec& base() const { return base_; }
    std::int64_t n_points() const { return n_points_; }
    /// Columns of all axes, in their order.
    const std::vector<std::string>& columns() const { return columns_; }
    SweepPoint point(std::int64_t number) const;
    /// Overrides of the file that make its spec: the base's own, then the point's.
    std::vector<std::string> overrides_of(const SweepPoint&) const;

    /// cells.csv: number, id, replicate, seed and the columns of every point.
    std::string cells_csv() const;
    /// Hash of all that the points are made from but input files.
    std::string sha256() const;

  private:
    ExperimentSpec base_;
    std::int64_t n_points_ = 0;
    std::vector<std::string> columns_;
};

/// What is wrong with a point, and with how many others in the same words.
struct InvalidPoints {
    std::vector<std::int64_t> numbers;
    std::string problem; ///< of the first, as text for people, with what it sets
};

/// Reads and checks every point as its run would.
/// @param progress  called after each point from any thread
std::vector<InvalidPoints> check_points(const SweepPlan&, int threads,
                                        const std::function<void()>& progress);

} // namespace lamina

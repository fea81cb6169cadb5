/// The course of every trial in which items are remembered; the tasks say which items, and what is
/// asked (docs/model.md, "Working memory and decision").
#pragma once

#include "experiments/spec.hpp"
#include "experiments/tasks/item_code.hpp"
#include "models/memory/maintenance.hpp"
#include "sim/trial.hpp"

namespace lamina {

/// A part of the retention. The items are held throughout; the read-out column may have a context.
struct Retention {
    std::int64_t n_steps = 0;
    std::vector<double> context = {}; ///< [d_model] of the read-out column; empty: none
    /// Compared with the block under this name at its end; the items stay as they are meanwhile.
    /// Empty: not compared, and the items drift.
    std::string presentation = {};
};

/// Trials of L items and the read-out column R = columns - 1:
///
///     phase      input x              context c             keys
///     fixation   0                    x                     none
///     sample     items in 0 .. L-1    x                     0 .. L-1
///     retention  held items, drifting x; a cue, if any in R the items that were stored
///     test       held items, constant x; the question in R  the same; R is no key
///     response   as test
///
/// All L items drive the gates of the encoding area alike, so an item is stored with an expected
/// C a(L) counts; a(L) -> 1 / (sigma^n + L^n). The place of an item is held without error.
class MemoryTrials {
  public:
    MemoryTrials(const ExperimentSpec&, ItemCode, std::uint64_t seed);

    /// What stands in the way of any such trial, one line each.
    static std::vector<std::string> complaints(const ExperimentSpec&);

    const ItemCode& code() const { return code_; }
    std::int64_t delay_steps() const { return delay_; }
    std::int64_t test_steps() const { return test_; }

    /// Gate of one item among `load` at the end of the sample.
    double encoding_gate(int load) const;

    /// Trial n. Of the question, column, steps and units are filled in here.
    /// @param items    one per column, from column 0 on
    /// @param context  [d_model] of the read-out column from test onset
    Trial make(std::int64_t n, const std::vector<Item>& items, const std::vector<Retention>&,
               const std::vector<double>& context, Question) const;
    /// The same with one delay, task.timing.delay.
    Trial make(std::int64_t n, const std::vector<Item>& items, const std::vector<double>& context,
               Question) const;

  private:
    /// What the columns hold at some times of the retention.
    struct Held {
        std::vector<int> counts;            ///< [columns]
        std::vector<std::vector<double>> x; ///< [times][columns * d_model]
    };

    Held hold(std::int64_t n, const std::vector<Item>& items,
              const std::vector<std::int64_t>& times) const;
    std::vector<std::vector<double>> hold_one(const Item&, double expected_counts,
                                              const std::vector<double>& time_ms, const MemorySlot&,
                                              int& counts) const;
    void put(std::vector<double>& x, std::size_t column, const std::vector<double>& vector) const;

    ItemCode code_;
    std::uint64_t seed_;
    std::size_t columns_;
    double dt_ms_;
    std::int64_t fixation_, sample_, delay_, test_, response_, update_; ///< steps
    MemorySpec memory_;
    const Maintenance* maintenance_;
    std::vector<int> loads_;
    std::vector<double> gate_; ///< [loads] encoding gate of one item
};

/// A spec that shows so many items, for tasks whose load is what they are.
ExperimentSpec with_load(ExperimentSpec, int load);

} // namespace lamina

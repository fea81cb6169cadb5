/// A sweep as its report sees it: its axes, and a few numbers over places and replicates. Plain
/// data, so that a test can make one without a file.
#pragma once

#include <string>
#include <vector>

#include "analysis/run_data.hpp"
#include "analysis/statistics.hpp"
#include "sim/run_file/run_directory.hpp"

namespace lamina::analysis {

/// What one path is set to at every step of an axis.
struct SweptColumn {
    std::string path, units = "1";
    std::vector<double> numbers;    ///< [steps] when they are numbers
    std::vector<std::string> words; ///< [steps] always

    bool numeric() const { return !numbers.empty(); }
};

struct SweptAxis {
    std::string axis; ///< grid.PATH, zip, random, lhs or points
    std::vector<SweptColumn> columns;

    std::size_t n_steps() const { return columns.front().words.size(); }
    /// Whether its places were drawn or listed, and stand in no order.
    bool scattered() const { return axis == "random" || axis == "lhs" || axis == "points"; }
    /// Whether it is drawn as an axis of numbers, those of its first column. Two steps are set side
    /// by side as words are.
    bool ordered() const;
    /// A step in a few words: its values, without their unit, which the label names.
    std::string words_of(std::size_t step) const;
    /// The same alone: "column.tau.gate 5 ms".
    std::string setting_of(std::size_t step) const;
    /// Its path or paths, with the unit; their last words alone where there is little room.
    std::string label(bool is_short = false) const;
};

struct SweptNumber {
    std::string path, units = "1";
    std::vector<double> values;    ///< [places, replicates], places as the axes are crossed
    std::vector<double> low, high; ///< of the run's own interval; empty when it has none

    /// Whether all its values are the same, and there is one.
    bool is_constant() const;
};

struct SweepData {
    RunData run;                 ///< run.json and the spec; no groups
    std::vector<SweptAxis> axes; ///< the last one is the fastest
    std::size_t n_replicates = 1;
    std::vector<SweptNumber> numbers; ///< those that the report may draw, the first ones first

    std::size_t n_places() const;
    /// The step of an axis at a place.
    std::size_t step_of(std::size_t place, std::size_t axis) const;
};

/// Numbers as few digits tell them apart.
std::vector<std::string> words_of_numbers(const std::vector<double>&);

/// run.json and summary.h5 of a sweep that was collected. Loaded are the numbers that the spec
/// expects something of; without such, those that most experiments have.
/// @throws IoError, DamagedFile, FormatError
SweepData load_sweep(const RunDirectory&);

/// Mean over all places that agree in the steps of some axes: over others first, so that the
/// interval, Student's, is over replicates. Where nothing is averaged, it is the run's own.
/// @param kept  axes that are told apart, in the order of the result, the last one fastest
/// @return [steps of the kept axes]; NaN where no place has a value
std::vector<Estimate> means_over(const SweepData&, const SweptNumber&,
                                 const std::vector<std::size_t>& kept, double level);

} // namespace lamina::analysis

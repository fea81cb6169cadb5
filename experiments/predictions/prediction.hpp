/// Predictions: what an experimenter should measure, what Lamina expects, what a rival expects, and
/// how many measurements tell them apart.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "sim/run_file/run_directory.hpp"

namespace lamina {

struct Prediction {
    std::string id;          ///< one word
    std::string statement;   ///< one sentence
    std::string quantity;    ///< what is measured
    std::string measurement; ///< how an experimenter measures it
    std::string direction;   ///< "falls", "rises", "differs"
    struct Effect {
        double value, low, high; ///< mean and confidence interval over seeds (sessions)
        std::string unit;
    } effect;
    std::string rival;      ///< who predicts otherwise, and what
    double rival_value = 0; ///< in the effect's unit
    double d_prime = 0;     ///< |effect - rival's| / SD over trials, for one trial
    double trial_s = 0;     ///< recording time of one trial
    double needed_n = 0;    ///< for 80 % power at alpha = 0.05, two-sided; at least 2
    std::string needed_what;
    std::string falsifier;  ///< the result that would refute it
    std::string assumption; ///< on which noise d' rests
    std::string source;

    /// Discriminability of one hour of recording.
    double d_prime_per_hour() const;
};

/// All predictions that the run has parameters or data for, best d' per hour first. Simulated anew
/// with the run's time constants and seed; the same run gives the same numbers, and the number of
/// threads plays no part.
/// @throws IoError, DamagedFile, FormatError; SpecError when the run's spec cannot be read
std::vector<Prediction> predict(const RunDirectory&, int threads = 1);

/// One block of lines per prediction, for a terminal.
std::string predictions_text(const std::vector<Prediction>&);

/// An array in the form that the report reads (analysis/report.hpp), with d' and times beside.
nlohmann::ordered_json predictions_json(const std::vector<Prediction>&);

} // namespace lamina

/// What the column makes of every stimulus when nothing is sampled: no counts, no drift, no noise,
/// no decision. Two displays, both without random numbers:
///
///     one held   stimulus i is held alone, j is the probe: evidence that they match
///     all held   every stimulus is held, each is the probe once: weights and routed content
///
/// Each is shown from rest for the length of the test, and read at its end.
#pragma once

#include <vector>

#include "experiments/experiment.hpp"

namespace lamina {

/// Fewer stimuli have nothing to order; with more the work, which grows with the square of their
/// number, would outgrow the trials.
constexpr int least_probed_stimuli = 3, most_probed_stimuli = 256;

/// Whether a run of this variant is probed: a memory task with that many stimuli.
bool is_probed(const VariantRun&);

/// Steps of a column of the run's size that probing takes; 0 when it is not done.
std::int64_t probing_steps(const VariantRun&);

struct Probing {
    int n = 0, d_model = 0;
    std::vector<double> evidence;  ///< [held][probe] as in sim/readout.hpp, one held
    std::vector<double> attention; ///< [probe][held] mean weight over heads, all held
    std::vector<double> routed;    ///< [probe][d_model] W_O o, all held
    /// Largest |column - block fed the same input|, over all entries of each.
    double evidence_difference = 0, attention_difference = 0, routed_difference = 0;
};

/// Probes the column of a prepared variant. The columns of the second display are as many as there
/// are stimuli; a causal column sees all of them. Equal for any number of threads.
/// @param stop  set from outside to end early; the result is then not complete
/// @throws NumericsError when a rate is not finite
Probing probe_all(const VariantRun&, int threads, const std::atomic<bool>& stop);

} // namespace lamina

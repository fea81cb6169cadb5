/// What a task can show: vectors of the thalamic input, with their names and what was measured
/// about them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "experiments/spec.hpp"

namespace lamina {

struct Stimuli {
    int number = 0, d_model = 0;
    std::vector<double> vectors;         ///< [number][d_model]
    std::vector<std::string> names;      ///< [number]
    std::vector<std::string> categories; ///< [number]; empty: the file of names has none
    bool circular = false;               ///< ring: the stimuli lie on a circle

    // ring
    std::vector<double> angle_deg;     ///< [number] 0 <= angle < 360
    std::vector<double> preferred_rad; ///< [d_model] phi_u
    double kappa = 0;

    // rdm
    /// [number (number - 1) / 2] dissimilarities as read, mean over the file's rows: (0,1), (0,2),
    /// ..., (1,2), ...
    std::vector<double> dissimilarity;
    int n_dimensions = 0;    ///< with positive eigenvalue among the first d_model
    double kept_inertia = 0; ///< their eigenvalues' sum over that of all positive ones, 0..1

    /// ring: code of any angle, [d_model]; see code_of_angle.
    std::vector<double> code_of_angle(double angle_rad) const;
};

/// Von Mises population code: unit u of d_model answers to theta with
///
///     x_u = exp(kappa (cos(theta - phi_u) - 1)),   phi_u = 2 pi u / d_model
///
/// so its largest answer is 1 and its lowest exp(-2 kappa).
/// @param kappa  > 0, concentration
std::vector<double> code_of_angle(double angle_rad, double kappa, int d_model);

/// The stimuli of a spec:
///
///     ring     `number` angles 360 i / number degrees, each as its population code
///     vectors  a .npy [n][d_model] or a CSV of n lines with d_model numbers each, as they are
///     rdm      a .npy of one dissimilarity matrix [pairs] or several [n_rdm][pairs], upper
///     triangles
///              row by row, which are averaged; classical scaling of the means d, taken as
///              distances (their squares d |d| enter, so a negative estimate stays below 0), gives
///              the first d_model dimensions; one factor then makes the mean squared length
///              d_model, that of N(0, 1) entries, and leaves the order of all distances alone
///     random   `number` vectors with entries N(0, 1) from the seed. A task that draws new tokens
///     in
///              every trial has no use for them.
///
/// Entries of an rdm could also be taken as squared distances, which 1 - r of two patterns is. But
/// 64 dimensions then keep the order of the 92 objects' dissimilarities worse: Spearman's rho
/// between them and the vectors' squared distances is 0.952, and 0.999 with distances. A share of
/// squared distance that all pairs have in common is a simplex, and only all n - 1 dimensions hold
/// one.
///
/// Names come from `names`, a CSV with a header: its column "name", or "category" followed by the
/// column "index" or else the line's number ("human face 14"). Without it they are numbered (ring:
/// the angle). The column "category" of that file is kept beside them.
/// @param folder  relative files are found from here
/// @throws SpecError naming file, reason and remedy
Stimuli make_stimuli(const StimuliSpec&, int d_model, const std::string& folder,
                     std::uint64_t seed);

} // namespace lamina

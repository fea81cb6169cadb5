/// The law that a fit compares with data: from values of a spec to the probability of everything
/// that can be counted (docs/fitting.md). It stands for the circuit, whose fixed point is the
/// block.
#pragma once

#include <vector>

#include "experiments/spec.hpp"
#include "models/recall/change_judgement.hpp"
#include "models/recall/recall_error.hpp"

namespace lamina {

/// What people did: report an angle, or answer "changed" or "the same".
enum class FitKind { errors, changes };

constexpr int n_error_bins = 30; ///< of 12 degrees, from -180

/// All numbers that the law needs.
struct LawValues {
    CapacityParameters capacity;
    double diffusion_deg2_per_s = 20, delay_s = 1, motor_noise_deg = 12; ///< see RecallParameters
    double gain = 2, criterion = 0.5;                                    ///< see ChangeParameters
    int n_colours = 16;
    Psychometric psychometric;
};

/// The values of a spec. For change detection the decision network is measured once, from a fixed
/// seed: about a second.
LawValues law_values(const ExperimentSpec&, FitKind);

constexpr double largest_kappa = 100; ///< of a code: its tables take 15 s, and 0.2 GB
constexpr int most_moments = 512;     ///< beyond these a law is not computed

/// How many moments k = 0, 1, ... a law needs: until an item alone, held as one von Mises
/// distribution with nearly the most counts (four standard deviations above the mean) and damped by
/// the noise, has a moment below 1e-8; at least 96. 1 + most_moments where these are not enough.
int moments_needed(FitKind, const Account&, double kappa, const LawValues& sharpest);

class FitLaw {
  public:
    /// @param kappa     concentration of the code, task.stimuli.kappa, at most largest_kappa
    /// @param sharpest  values with the most counts and the least noise that will be asked for
    FitLaw(FitKind, const Account&, double kappa, const LawValues& sharpest);

    /// Probabilities of what is counted at one set size, cell by cell as in FitCondition.
    std::vector<std::vector<double>> probabilities(const LawValues&, int load) const;

    /// Moments E cos(k error) of the reported error; entry 0 is 1.
    std::vector<double> error_moments(const LawValues&, int load) const;
    /// Share of items that are not held.
    double not_held(const LawValues&, int load) const;
    ChangeRates change_rates(const LawValues&, int load) const;

    FitKind kind() const { return kind_; }
    const Account& account() const { return *account_; }

  private:
    FitKind kind_;
    const Account* account_;
    CountDirections directions_;
    ErrorBins bins_;
    ProbeCircle circle_;
};

} // namespace lamina

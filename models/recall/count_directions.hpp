/// Where the population vector of a few counts points: the law behind store_angle.
///
/// Each count is a unit vector whose angle is von Mises with the code's concentration kappa around
/// the item's angle. Their sum of n has length R and direction phi. The joint density of n such
/// angles is that of n uniform ones times exp(kappa R cos phi) / I_0(kappa)^n, so given R the
/// direction is von Mises with concentration kappa R (Mardia & Jupp 2000, "Directional Statistics",
/// section 4.5), and
///
///     E cos(k phi) = E_R I_k(kappa R) / I_0(kappa R)
///
/// The length is a Markov chain: with the next count at angle u from the sum,
///
///     R' = sqrt(R^2 + 1 + 2 R cos u),   density of u: I_0(kappa R') / (2 pi I_0(kappa R)
///     I_0(kappa))
///
/// computed on a grid of R with Lagrange interpolation of order six. The population of units is
/// taken as a continuum; for 64 units and kappa = 4 the moments differ by I_60(4) / I_0(4),
/// nothing.
#pragma once

#include <vector>

namespace lamina {

class CountDirections {
  public:
    /// @param kappa       > 0, concentration of the code
    /// @param n_counts    most counts that are tabulated, >= 1
    /// @param n_moments   moments k = 0 .. n_moments - 1
    CountDirections(double kappa, int n_counts, int n_moments = 96);

    double kappa() const { return kappa_; }
    int n_counts() const { return n_counts_; }
    int n_moments() const { return n_moments_; }

    /// E cos(k phi) for n counts, 1 <= n <= n_counts().
    double moment(int n, int k) const {
        return table_[static_cast<std::size_t>(n - 1) * static_cast<std::size_t>(n_moments_) +
                      static_cast<std::size_t>(k)];
    }

    /// Adds weight * sum_{n >= 1} Poisson(n; expected) E cos(k phi | n) to moments[k]: entry 0 is
    /// the probability that anything is stored.
    /// @param expected  Lambda >= 0, at most largest_expected()
    void add_poisson(double weight, double expected, std::vector<double>& moments) const;

    /// Largest Lambda whose counts stay within the table but for a probability below 1e-9.
    double largest_expected() const;

    /// Counts that must be tabulated for Poisson counts with mean `expected`.
    static int counts_for(double expected);

  private:
    double kappa_;
    int n_counts_, n_moments_;
    std::vector<double> table_; ///< [n_counts][n_moments]
};

} // namespace lamina

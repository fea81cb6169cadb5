/// How far a column is from its reference block (docs/model.md, "Measures").
#pragma once

#include <limits>
#include <vector>

#include "sim/reference_block.hpp"

namespace lamina {

/// One row of /comparison: the column's state at one moment against the block fed the same input.
/// Rows of attention without any key (fully masked) count for nothing but their output.
struct Fidelity {
    double attention_kl_bits =
        0; ///< mean over rows, heads of sum_j a_ref log2(a_ref / a'), a' = a / sum a
    double attention_top1_agreement =
        0; ///< fraction of rows, heads whose largest weight is the same key
    double attention_sum_error = 0;       ///< max over rows, heads of |sum_j a_ij - 1|
    double output_relative_error = 0;     ///< |z - z_ref|_F / |z_ref|_F over all tokens
    double output_cosine = 0;             ///< cosine between z and z_ref over all tokens
    double y_relative_error = 0;          ///< the same for y
    std::vector<double> o_relative_error; ///< [heads] the same for the routed values of each head
    double settle_time_ms = std::numeric_limits<double>::quiet_NaN(); ///< filled by SettleClock
};

/// @param a  [heads][N][N]   @param o [N][heads * d_head]   @param y, z  [N][d_model]
Fidelity compare_with_reference(const ReferenceResult& reference, const std::vector<double>& a,
                                const std::vector<double>& o, const std::vector<double>& y,
                                const std::vector<double>& z);

/// |x - ref|_F / |ref|_F; NaN when the reference is zero: there was nothing to be near to.
double relative_error(const double* x, const double* reference, std::size_t n);

/// First time after onset from which |a - a_ref|_F / |a_ref|_F <= 0.01 holds for every head until
/// the presentation ends; NaN when it never does.
class SettleClock {
  public:
    static constexpr double tolerance = 0.01;
    explicit SettleClock(const ReferenceResult& reference);
    /// Looks at the weights after the step that ends at `time_ms` since onset.
    void look(const double* a, double time_ms);
    double settle_time_ms() const;

  private:
    const ReferenceResult* reference_;
    std::vector<double> bound_; ///< [heads] squared norm of a_ref times tolerance squared
    double since_ms_ = 0;
    bool inside_ = false;
};

} // namespace lamina

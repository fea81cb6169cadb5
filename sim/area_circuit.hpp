/// The circuit of one area without its time course: from the present rates, what each population is
/// driven to. The exponential stepper and the steppers that judge it call the same functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "sim/area_layout.hpp"
#include "sim/area_spec.hpp"
#include "sim/area_tables.hpp"
#include "sim/input_pairs.hpp"
#include "sim/input_pools.hpp"
#include "sim/score_stage.hpp"
#include "sim/step_profile.hpp"
#include "sim/trial.hpp"
#include "sim/weights.hpp"

namespace lamina {

/// Something done to rows [first, last); of `log_drive`, as if all rows were there, only they are.
template <class Real>
using RowsStep = std::function<void(std::size_t first, std::size_t last, const Real* log_drive)>;

template <class Real> class AreaCircuit {
  public:
    AreaCircuit(const AreaSpec&, const AttentionWeights&, std::uint64_t seed);

    const AreaLayout layout;

    /// Input from now on; projects x and c, which is all that the weights W_V, W_K, W_Q ever see.
    void present(const Segment&);

    /// L4I of the two input streams; without norm: pre they are not used.
    const InputPools<Real>& pools_x() const { return pools_x_; }
    const InputPools<Real>& pools_c() const { return pools_c_; }
    /// Interneurons of the two input streams; without column.dale they are not used.
    const InputPairs<Real>& pairs_x() const { return pairs_x_; }
    const InputPairs<Real>& pairs_c() const { return pairs_c_; }

    /// Populations driven by the input streams.
    enum class Driven { v, k, q };
    // What populations are driven to in the state `s`, in their shapes. v, k and q are driven by
    // the norm's factors (norm pre), else by constants: `factors` is then not read.
    void input_v(const NormFactors<Real>& factors, Real* out) const {
        project(in_.value, factors, out);
    }
    void input_k(const NormFactors<Real>& factors, Real* out) const {
        project(in_.key, factors, out);
    }
    void input_q(const NormFactors<Real>& factors, Real* out) const {
        project(in_.query, factors, out);
    }
    /// One input for each number of a population, or with column.dale for each rate of its pairs.
    std::size_t n_inputs(const StateSpan& span) const { return spec_.dale ? span.size() : span.n; }
    /// The drives of v, k and q at this moment; with column.dale [I+-]_+ of each.
    void inputs_now(const Real* s, Real* v, Real* k, Real* q);
    /// column.dale: [I+-]_+ of v, k or q averaged over the step that begins at `s`, as a lag of
    /// tau_ms remembers it; out [2][columns][heads * d_head].
    void drive_pair(Driven, const Real* s, const std::vector<StepNode>& nodes, double dt_ms,
                    double tau_ms, Real* out);
    /// The same at this moment.
    void drive_pair_now(Driven, const Real* s, Real* out);

    // With column.dale each of input_o, input_y, input_f and input_z gives I+ of all, then I-.
    void log_drive(const Real* s, Real* out); ///< [heads][columns][columns]
    /// log_drive, then the gates, then input_o with the advanced gates, a few rows at a time while
    /// they lie in the cache; the bits are those of one after the other.
    /// @param gates    gates(first, last, log_drive) advances these rows of [heads * columns]
    /// @param input_o  as input_o leaves it
    /// @param clock    if given, is told when scores and routing begin; the gates tell themselves
    void attend(const Real* s, const RowsStep<Real>& gates, Real* input_o,
                StepClock* clock = nullptr);
    void input_o(const Real* s, Real* out);      ///< sum_j a_ij v_j
    void input_y(const Real* s, Real* out);      ///< x + W_O o + b_O
    void input_mean_y(const Real* s, Real* out); ///< mean over y
    void input_var_y(const Real* s, Real* out);  ///< mean square of y about the mean pool
    void input_f(const Real* s, Real* out);      ///< phi(W_1 n + b_1)
    void input_z(const Real* s, Real* out);      ///< y (post: n) + W_2 f + b_2
    void input_mean_z(const Real* s, Real* out);
    void input_var_z(const Real* s, Real* out);
    void norm_z(const Real* s, Real* out); ///< norm post: LN_2(z), the output

    /// Signed values of a population: the state itself, or r+ - r- in `scratch`.
    const Real* rates(const Real* s, const StateSpan&, std::vector<Real>& scratch) const;

    const StepWeights<Real>& weights() const { return w_; }
    const StepInput<Real>& input() const { return in_; } ///< of the present segment
    double flops() const;

  private:
    /// What the interneurons of an input stream have yet to take, through W and |W|.
    struct Fading {
        std::vector<Real> net, common; ///< [columns][width]
    };
    SignedWeights<Real> from_input(const std::vector<double>& W) const;
    std::vector<Real> common_of_input(const SignedWeights<Real>&, const InputPairs<Real>&) const;
    void prepare_fading(Driven, const Real* s);
    void add_pair(const Projection<Real>&, Real fading, Real weight, Real* out) const;
    void project(const Projection<Real>&, const NormFactors<Real>&, Real* out) const;
    Projection<Real> projection(const std::vector<double>& W, const std::vector<double>& b,
                                const std::vector<double>& input) const;
    const Real* query_gain(const Real* s);
    void sharpen(std::size_t first, std::size_t last, Real* log_drive) const;
    void norm_y(const Real* s, const Real* y, Real* out) const;
    void route(const Real* s, const Real* values, Real* out) const;
    void take_signs();
    void present_pairs(const std::vector<double>& x, const std::vector<double>& c);
    Real net_x(const Real* s, std::size_t i) const;
    const Real* net(const Real* s, const StateSpan&, std::vector<Real>& scratch) const;
    const Real* common(const Real* s, const StateSpan&, std::vector<Real>& scratch) const;
    void oppose(std::size_t n, Real* out) const;
    void common_o(const Real* s, Real* out);
    void common_y(const Real* s, Real* out);
    void common_z(const Real* s, Real* out);
    void set_mask(const std::vector<std::uint8_t>& masked);

    const AreaSpec spec_;
    const int width_; ///< heads * d_head
    const AttentionWeights weights_;
    StepWeights<Real> w_;
    std::unique_ptr<ScoreStage<Real>> score_;

    // the present segment
    StepInput<Real> in_;
    InputPools<Real> pools_x_, pools_c_;
    InputPairs<Real> pairs_x_, pairs_c_;

    std::vector<Real> scratch_a_, scratch_b_, work_, n_, gain_;
    Fading fading_;
    NormFactors<Real> factors_;
    std::vector<Real> block_;        ///< [attention_block rows, columns], log drives in attend
    cpu::PackedMatrix<Real> values_; ///< [columns, d_head] of the head that attend is at
};

} // namespace lamina

/// Linear attention without gates: a matrix of fast weights that spikes write and queries read
/// (score: linear with column.spiking.fast_weights, in a column of neurons).
///
/// L23phi fires at R phi(k_j), L5phi at R phi(lambda (1 - r_i) q_i), phi = elu + 1. A spike of a
/// key's feature makes the synapses of its feature grow by the traces of the values that are there,
/// and all of them forget:
///
///     M_eu += (1 - exp(-dt / tau_M)) (sum_j v_je n_ju / (n R dt) - M_eu)      e: value, u: feature
///     z_u  += (1 - exp(-dt / tau_M)) (sum_j      n_ju / (n R dt) - z_u)       without a value
///     input of o_i = exp(-b_i) M phi_i,   phi_i: filtered spikes of L5phi
///
/// v_j is the difference of the filtered spikes of L4E, whose cells have noise of their own: the
/// product is unbiased. M is one for all columns, since sums over keys do not ask who reads them. b
/// is what the column's inhibition divides by: PV hears z.phi_i through a dendrite that it shunts
/// itself, as it shunts those of L5E,
///
///     tau_g dA_i/dt = -A_i + min(exp(-b_i) z.phi_i, a_max),   tau_p dp_i/dt = psi(A_i)
///
/// with the psi and b of models/inhibition: the loop of gates and PV with one gate for all keys.
/// Where column.inhibition is none there is no z and b = 0.
///
/// Sources: Katharopoulos et al. (2020), arXiv:2006.16236, for phi, M and z; Schlag et al. (2021),
/// arXiv:2102.11174, for M as fast weights; Granier & Senn (2025), arXiv:2504.06354, for the form
/// without z in cortex.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "sim/area_layout.hpp"
#include "sim/area_tables.hpp"

namespace lamina {

class FastWeights {
  public:
    /// @throws SpecError for what one memory of all queries cannot do, saying why
    FastWeights(const AreaSpec&, const AreaLayout&);
    ~FastWeights();

    /// As after a long rest: nothing is stored but the keys of rest, phi(0) = 1 of every column.
    /// Features are those of q and k in this state, and PV has found its normaliser.
    void settle(double* state);
    /// What the cells of features are asked for. @param keys, queries  [columns][heads * d_head]
    void ask(const double* s, std::vector<double>& keys, std::vector<double>& queries) const;
    /// PV is advanced, and what it divides rows by is renewed.
    /// @param s     filtered spikes that have arrived
    /// @param sent  [heads, columns] what PV cells tell; null: p itself
    void inhibit(const double* s, const double* sent, const StepInput<double>&, double* now);
    /// What o is driven to, [columns][heads * d_head].
    void recall(const double* s, double* out) const;
    /// The weight by which value e of the row hears feature u (of the row's head) at this moment.
    double weight(const double* now, std::size_t row, std::size_t u, std::size_t e) const;
    /// @param n_spikes  [columns][heads * d_head] of L23phi in this step
    /// @param now       its values are read, its M and z advanced
    void learn(const std::vector<std::uint32_t>& n_spikes, const StepInput<double>&, double* now);

    /// phi(q_i).phi(k_j) exp(-b_i) of filtered spikes: the attention that the memory implies and
    /// nobody computes. [heads, columns, columns]
    void implied(const double* state, const StepInput<double>&, double* a) const;
    /// log phi(q_i).sum_j phi(k_j), [heads, columns]; -infinity for a row without keys.
    void log_normaliser(const double* state, const StepInput<double>&, double* out) const;
    double flops_per_step() const;

  private:
    class Inhibition;
    template <class Law> class InhibitionBy;
    double dot(const double* s, std::size_t row, const double* features) const;
    double log_pool(const double* s, std::size_t row, const StepInput<double>&, double p) const;
    std::vector<double> sums_of_keys(const double* state, const StepInput<double>&) const;
    bool is_key(const StepInput<double>& in, std::size_t column) const {
        return in.mask[column] == 0; // the first query's row: all have the same
    }

    const AreaSpec spec_;
    const StateSpan v_, k_, q_, r_, phi_k_, phi_q_, M_, z_, A_, p_, p_sent_;
    const std::size_t n_columns_, d_, width_;
    const double leak_, A_leak_, per_spike_; ///< 1 - exp(-dt / tau_M), of tau_g; 1 / (n R dt)
    std::unique_ptr<Inhibition> inhibition_;
    std::vector<double> factor_; ///< [heads, columns] exp(-b)
};

} // namespace lamina

/// The gates of L5 with their inhibition: rows of attention weights a, one PV population p per row.
///
///     tau_g da_ij/dt = -a_ij + min(D_ij exp(-b_i), a_max)        D = exp(s)
///     tau_p dp_i/dt  = psi(sum_j a_ij)                           (pv_log)
///     b = p, or p through a lag, tau_I db/dt = -b + p(t - delay)
///
/// Other inhibitions are in models/inhibition.
///
/// The exponential scheme, one step of length h from t_n, everything at t_n known:
///
///   1. The sum A of a row obeys tau_g dA/dt = -A + G, G = sum_j min(D_j exp(-b), a_max). Holding G
///      gives A~ = A_n + (1 - E)(G_n - A_n), E = exp(-h / tau_g), with a local error of order h^2.
///   2. p_{n+1} by the trapezoid of psi over A_n and A~ (the leak, where there is one, exactly):
///      the error of A~ enters multiplied by h, so p has a local error of order h^3. Noise of the
///      gates is part of A~: their exact increment n has an integral over the step whose mean,
///      given n, is tau_g n (1 - E) / (1 + E) = h n / 2 + O(h^3).
///   3. b_{n+1} from p_{n+1}: directly, out of the delay's history, or by the lag's exact step.
///   4. D_{n+1} exp(-b_{n+1}): the one exponential per gate and step.
///   5. a_{n+1} = a_n - (1 - E) a_n + w_0 g_n + w_1 g_{n+1}: exact for a drive g linear in time
///      (models/relaxation.hpp), local error of order h^3.
///
/// Hence the scheme is of second order and explicit. Its fixed point is the circuit's for any h: in
/// step 2 psi(A) = 0 leaves p, in step 5 g_n = g_{n+1} = a leaves a. Linearised about it with
/// h = 2 ms and the default time constants the step's matrix has modulus 0.827 where the flow has
/// 0.819, so the loop decays at every step size in use. Scores enter as s - b, limited at log a_max
/// before the exponential, so none overflows.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace lamina {

struct GateParameters {
    std::string inhibition = "pv_log";
    int n_rows = 1, n_keys = 1;
    double tau_gate_ms = 5, tau_PV_ms = 2.7, PV_lag_ms = 0, PV_delay_ms = 0;
    double gate_max = 20, kappa = 10, divisive_n = 1, divisive_sigma_n = 0;
    double dt_ms = 0.1;
};

/// Where the stage's variables lie; the stage owns none of them.
template <class Real> struct GateRowsView {
    const Real* log_drive;     ///< [n_rows, n_keys]; -infinity: no key
    Real* gate;                ///< [n_rows, n_keys]
    Real* p;                   ///< [n_rows]
    Real* p_lagged;            ///< [n_rows], only with a lag
    const unsigned char* open; ///< [n_rows] 1: the row has keys
};

template <class Real> class GateStage {
  public:
    virtual ~GateStage() = default;

    /// Forgets the past: before now, p was what it is.
    virtual void reset_history(const Real* p) = 0;
    /// Evaluates the drive at the present state, as after a jump of input or state.
    virtual void refresh(const GateRowsView<Real>&) = 0;
    /// Rows [first, last) over one exponential step; `log_drive` is that of the step's end, of
    /// which only these rows are read. Noise is added where not null. A step is a call for each of
    /// several ranges in rising order, from row 0 to the last: no row reads another's numbers.
    virtual void advance(const GateRowsView<Real>&, std::size_t first, std::size_t last,
                         const Real* noise_p, const Real* noise_gate) = 0;
    /// The right-hand side in 1/ms (without delay, which has no place in a state).
    virtual void slopes(const GateRowsView<Real>&, Real* gate_slope, Real* p_slope,
                        Real* lagged_slope) = 0;
    /// The oracle's p follows from the scores; others leave it.
    virtual void follow_pool(const GateRowsView<Real>&) = 0;

    virtual bool has_loop() const = 0;
    /// SD of the increments of one step per unit sigma.
    virtual double noise_sd_p() const = 0;
    virtual double noise_sd_gate() const = 0;
    /// p of past steps, oldest first, [n_past, n_rows]; empty without delay.
    virtual std::vector<Real> history() const = 0;
    virtual void set_history(const std::vector<Real>&) = 0;
};

/// @throws SpecError for an unknown inhibition, or a lag or delay where there is no PV loop.
template <class Real> std::unique_ptr<GateStage<Real>> make_gate_stage(const GateParameters&);

} // namespace lamina

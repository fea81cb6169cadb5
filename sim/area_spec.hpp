/// What a rate area is: its size, its circuit, its time constants. Plain data; the defaults are the
/// model's (docs/model.md), and the field table of experiments/ reads and checks every member.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace lamina {

enum class Norm { none, pre, post };
enum class Coding { signed_rates, opponent };
/// Which keys a query may see: all of the same stream, only itself and earlier ones, or all keys of
/// another stream (queries come from the context, not from the input).
enum class Attention { self, causal, cross };
enum class Activation { relu, gelu, gelu_tanh };
enum class Integrator { exponential, euler, rk4, dopri5, rosenbrock4 };
enum class Precision { float64, float32 };

/// Time constants in ms, by population. `PV_lag` is a first-order lag between PV and the gate
/// (0: none); `PV_delay` a pure delay there.
struct TauSpec {
    double L4I_ms = 5, L4E_ms = 10, L23E_ms = 10, L5apical_ms = 15, SST_ms = 20, gate_ms = 5,
           PV_ms = 2.7, PV_lag_ms = 0, L5E_ms = 10, L6E_ms = 20, L6I_ms = 5, L23mlp_ms = 10,
           interneuron_ms = 5; ///< of column.dale
};

/// Noise amplitude sigma of sqrt(tau) sigma xi(t) on a population's right-hand side; the stationary
/// standard deviation is sigma / sqrt(2). Dimensionless like the rates.
struct NoiseSpec {
    double L4E = 0, L23E = 0, L5apical = 0, gate = 0, PV = 0, L5E = 0, L6E = 0, L23mlp = 0;
    /// Each step's increment is made of the increments of this many finer steps: a step of m dt
    /// with fine_steps = m follows the Brownian path of steps of dt (for tests of strong order).
    int fine_steps = 1;
};

/// One imposed rhythm G(t): sinusoid 1 + depth cos(2 pi f t + phase), or a rectangular window that
/// is 1 during the first `duty` of each cycle and 1 - depth else. `jitter_rad` is the standard
/// deviation of an independent phase error of each cycle.
struct RhythmSpec {
    bool window = false;
    double frequency_Hz = 40, depth = 0, phase_rad = 0, duty = 0.5, jitter_rad = 0;
};
struct OscillationSpec {
    bool imposed = false;
    RhythmSpec gamma{false, 40, 0.5, 0, 0.5, 0}; ///< gates L4E and L23E
    RhythmSpec beta{false, 20, 0.5, 0, 0.5, 0};  ///< gates L5apical
};

/// The column made of spiking neurons (sim/spiking_area.hpp).
struct SpikingSpec {
    bool on = false;
    int n_neurons = 20;            ///< n: of a rate, and of a gate
    int in_degree = 100;           ///< K: cells of a number that each cell hears; n or more: all
    double rate_Hz = 40;           ///< R: what a neuron fires for a rate of 1
    double gate_rate_Hz = 100;     ///< R_g: of a gate's neuron when its gate is 1
    std::string cell = "lif_exp";  ///< of cell_models() (sim/cells.hpp)
    double cell_noise = 1;         ///< factor of the cells' background noise
    bool embedded = false;         ///< in the microcircuit, which takes the place of the noise
    double background_scale = 0.1; ///< of the microcircuit
    double delay_ms = 1;       ///< from a spike to its arrival, but for the loop of gates and PV
    int match_neurons = 20;    ///< of each population of L5match (score: apical)
    double match_tau_ms = 100; ///< tau_m: over which a gate's dendrite adds up what it is told
    bool fast_weights = false; ///< score: linear by a matrix of synapses instead of gates
    double fast_tau_ms = 100;  ///< tau_M: over which these synapses forget
    int PV_neurons = 500;      ///< m: pool of a row
    double PV_rest_Hz = 75;    ///< r_0 of PV: its rate at p = 0
    double PV_gain_Hz = 15;    ///< 1 / g_PV: what it fires more for each unit of p
    double PV_tau_ms = 2;      ///< tau_I: decay of its inhibition in the gates
    double PV_spread = 0;      ///< SD over gates of how much of their row's PV they get
    double PV_silenced = 0;    ///< share of the pool that is silent, 0..1
    double window_ms = 500;    ///< over which spikes are counted where the block is compared
};

struct AreaSpec {
    int columns = 16; ///< tokens, locations or slots; also the number of keys
    int heads = 4;
    int d_model = 64;
    int d_head = 16;
    int d_ff = 0; ///< width of the feed-forward layer; 0: none, z relaxes to y
    Attention attention = Attention::self;
    Norm norm = Norm::none;
    double norm_epsilon = 1e-5;
    Activation activation = Activation::gelu;
    Coding coding = Coding::signed_rates;
    double baseline = 1; ///< r_0 of opponent pairs
    /// Dale's law: opponent pairs, weights of one sign, and interneurons that subtract
    /// (sim/input_pairs.hpp).
    bool dale = false;
    double dale_balance = 1; ///< factor of every interneuron's current; 1: in balance

    std::string score = "multiplicative"; ///< a name of models/catalogue.hpp
    double score_gain = 1;                ///< lambda
    int score_units = 1024;               ///< M, hidden units of additive_exponential
    bool score_orthogonal = false;        ///< orthogonal random projections
    double score_threshold = 0;           ///< theta of quarter_square
    double score_soma_pA = 100;           ///< J_s of apical, current per unit of a key
    double score_dendrite_pA = 100;       ///< J_d of apical, current per unit of a query
    double apical_suppression = 0;        ///< r_in of SST, 0..1

    std::string inhibition = "pv_log"; ///< a name of models/catalogue.hpp
    double gate_max = 20;              ///< a_max
    double kappa = 10;                 ///< loop gain of pv_finite
    double divisive_n = 1;             ///< exponent of pv_divisive
    double divisive_sigma_n = 0;       ///< sigma^n of pv_divisive
    double PV_delay_ms = 0;            ///< pure delay between PV and the gate

    TauSpec tau;
    NoiseSpec noise;
    SpikingSpec spiking;
    OscillationSpec oscillation;

    double dt_ms = 0.1;
    Integrator integrator = Integrator::exponential;
    double tolerance = 1e-8; ///< of dopri5 and rosenbrock4, absolute and relative
    Precision precision = Precision::float64;

    bool matched_by_bursts() const { return spiking.on && score == "apical"; }
    bool has_hidden_cells() const { return spiking.on && score == "additive_exponential"; }
    bool has_fast_weights() const {
        return spiking.on && spiking.fast_weights && score == "linear";
    }
    bool paired() const { return dale || coding == Coding::opponent || spiking.on; }
};

} // namespace lamina

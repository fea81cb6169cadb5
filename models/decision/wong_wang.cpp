#include "models/decision/wong_wang.hpp"

#include "kernels/math.hpp"
#include "kernels/normal.hpp"

namespace lamina {
namespace {

/// Firing rate of a population with input x: H(x) = y / (1 - exp(-d y)), y = a x - b, in Hz.
double rate_Hz(double x_nA, const WongWangParameters& p) {
    const double y = p.a_Hz_per_nA * x_nA - p.b_Hz;
    // expm1 keeps the quotient exact near y = 0, where its limit is 1 / d
    return y == 0 ? 1 / p.d_s : -y / math::expm1(-p.d_s * y);
}

} // namespace

void WongWang::step(State& state, const WongWangParameters& p, double coherence, bool stimulus_on,
                    double dt_ms, std::uint64_t seed, std::uint32_t trial, std::uint64_t step) {
    LAMINA_EXPECT(coherence >= -1 && coherence <= 1);

    // what each population receives now: itself, its rival, background, stimulus, noise
    const double common_nA = stimulus_on ? p.j_ext_nA_per_Hz * p.mu_0_Hz : 0;
    const double stimulus_nA[2] = {common_nA * (1 + coherence), common_nA * (1 - coherence)};
    double hz[2];
    for (int i = 0; i < 2; ++i)
        hz[i] = rate_Hz(p.j_n_nA * state.s[i] - p.j_c_nA * state.s[1 - i] + p.i_0_nA +
                            stimulus_nA[i] + state.eta_nA[i],
                        p);

    // all derivatives are taken at the old state; rates in Hz count per second
    const NormalPair noise = normal_pair(seed, trial, Stream::decision, 0, step);
    const double kick_nA = p.sigma_nA * math::sqrt(dt_ms / p.tau_0_ms);
    for (int i = 0; i < 2; ++i) {
        state.rate_Hz[i] += dt_ms / p.rate_filter_ms * (hz[i] - state.rate_Hz[i]);
        state.s[i] +=
            dt_ms * (-state.s[i] / p.tau_s_ms + (1 - state.s[i]) * p.gamma * hz[i] * 1e-3);
        state.eta_nA[i] += -dt_ms / p.tau_0_ms * state.eta_nA[i] + kick_nA * noise.z[i];
    }
}

} // namespace lamina

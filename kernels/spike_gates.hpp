/// Body, one item = one gate: its neurons spike at random, each with the hazard R D exp(-b), and
/// their spikes are what the gate filters.
///
///     P(spike in dt) = 1 - exp(-R dt min(exp(s - c - b), a_max))     after a spike: t_ref of rest
///     a += (1 - exp(-dt / tau_g)) (n_spikes / (n R dt) - a)
///
/// s is the logarithm of the drive, b that of what inhibition divides by, c what this gate alone is
/// inhibited by. With one b for all gates of a row, the next spike is of key j with probability
/// softmax(s)_j, whatever b does: Jolivet et al. (2006), doi:10.1007/s10827-006-7074-5, for the
/// hazard; docs/model.md, "Gates that spike".
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/gate_rows.hpp"
#include "kernels/philox.hpp"

namespace lamina {

template <class Real> struct SpikeGates {
    const Real* log_drive;   ///< [n_rows, n_keys]
    const Real* log_divisor; ///< [n_rows] at the start of the step
    const Real* offset;      ///< [n_rows, n_keys] c; null: 0
    Real* gate;              ///< [n_rows, n_keys] a, advanced here
    std::uint32_t* n_spikes; ///< [n_rows, n_keys] in this step
    std::uint32_t* free_at;  ///< [n_rows, n_keys, n_neurons] first step without rest; null: t_ref 0
    int n_keys;
    std::uint32_t n_neurons, rest_steps;
    Real leak, rate_dt, log_limit; ///< 1 - exp(-dt / tau_g), R dt, log a_max
    std::uint64_t seed, step;
    std::uint32_t trial;

    LAMINA_FN void operator()(std::size_t item) const {
        const Real own = offset ? offset[item] : Real(0);
        const Real drive =
            gate_drive(log_drive[item] - own, log_divisor[item / std::size_t(n_keys)], log_limit);
        const double hazard = double(rate_dt) * double(drive);
        const std::uint32_t n = free_at ? count_ready(item, hazard) : count(item, hazard);
        n_spikes[item] = n;
        gate[item] = fma(leak, Real(n) / (Real(n_neurons) * rate_dt) - gate[item], gate[item]);
    }

  private:
    /// Neurons that never rest are alike: only their number is drawn, from the binomial law, by
    /// inversion. So few at once that P(none) does not underflow.
    LAMINA_FN std::uint32_t count(std::size_t item, double hazard) const {
        std::uint32_t n = 0, left = n_neurons;
        for (std::uint32_t draw = 0; left > 0; ++draw) {
            const double most = 500 / hazard;
            const std::uint32_t some =
                double(left) > most ? (most > 1 ? static_cast<std::uint32_t>(most) : 1) : left;
            const PhiloxWords words = philox(seed, trial, Stream::neuron_noise,
                                             static_cast<std::uint32_t>(item), step, draw);
            n += binomial(some, hazard, uniform(words, 0));
            left -= some;
        }
        return n;
    }
    /// The first number whose cumulative probability exceeds u.
    LAMINA_FN static std::uint32_t binomial(std::uint32_t n, double hazard, double u) {
        const double odds = math::expm1(hazard); // of a spike, P / (1 - P)
        double probability = math::exp(-double(n) * hazard), below = probability;
        std::uint32_t k = 0;
        while (u >= below && k < n) {
            probability *= odds * double(n - k) / double(k + 1);
            below += probability;
            ++k;
        }
        return k;
    }

    /// Each neuron draws for itself.
    LAMINA_FN std::uint32_t count_ready(std::size_t item, double hazard) const {
        const auto below = static_cast<std::uint64_t>(-math::expm1(-hazard) * 4294967296.0);
        const std::uint32_t quarters = (n_neurons + 3) / 4;
        std::uint32_t n = 0;
        for (std::uint32_t quarter = 0; quarter < quarters; ++quarter) {
            const PhiloxWords words =
                philox(seed, trial, Stream::neuron_noise,
                       static_cast<std::uint32_t>(item) * quarters + quarter, step);
            for (std::uint32_t k = 0; k < 4; ++k) {
                const std::uint32_t neuron = 4 * quarter + k;
                if (neuron >= n_neurons || words.at(k) >= below) continue;
                std::uint32_t& free = free_at[item * n_neurons + neuron];
                if (step < free) continue;
                free = static_cast<std::uint32_t>(step) + 1 + rest_steps;
                ++n;
            }
        }
        return n;
    }
};

} // namespace lamina

/// Spike-timing-dependent plasticity of pairs: every pair of an arriving and a postsynaptic spike
/// changes the weight.
///
///     arrival before spike, by t:  w += w_max A_plus  (1 - w / w_max)^mu_plus  exp(-t / tau_plus)
///     spike before arrival, by t:  w -= w_max A_minus (w / w_max)^mu_minus     exp(-t / tau_minus)
///
/// t runs from the arrival of the presynaptic spike at the synapse, after its delay, to the spike
/// of the target; an arrival in the very step of the spike counts as before it, by t = 0. The sums
/// over pairs are two traces, x of the arrivals and y of the target's spikes, which grow by 1 and
/// decay. mu = 0 does not look at the weight (then w is held in 0 .. w_max), mu = 1 is proportional
/// to it.
///
/// Source: Song, Miller & Abbott (2000), doi:10.1038/78829 (mu = 0, defaults); Gutig et al. (2003),
/// doi:10.1523/JNEUROSCI.23-09-03697.2003 (mu).
#pragma once

#include "kernels/math.hpp"
#include "models/quantities.hpp"

namespace lamina {

struct StdpPair {
    static constexpr const char* name = "stdp_pair";
    static constexpr const char* summary = "weights learn from the order of pairs of spikes";
    static constexpr const char* source = "Song, Miller & Abbott 2000; Gutig et al. 2003";

    struct Params {
        double w_max = 1, tau_plus_ms = 20, tau_minus_ms = 20, A_plus = 0.005, A_minus = 0.00525,
               mu_plus = 0, mu_minus = 0;
    };
    static constexpr Parameter<Params> parameters[] = {
        {"w_max", "weight", &Params::w_max, Sign::positive, "largest weight; the least is 0"},
        {"tau_plus", "ms", &Params::tau_plus_ms, Sign::positive, "decay of x"},
        {"tau_minus", "ms", &Params::tau_minus_ms, Sign::positive, "decay of y"},
        {"A_plus", "", &Params::A_plus, Sign::not_negative, "potentiation by one pair, of w_max"},
        {"A_minus", "", &Params::A_minus, Sign::not_negative, "depression by one pair, of w_max"},
        {"mu_plus", "", &Params::mu_plus, Sign::not_negative, "how potentiation heeds the weight"},
        {"mu_minus", "", &Params::mu_minus, Sign::not_negative, "how depression heeds the weight"}};

    /// Why these parameters describe no synapse; nullptr when they do.
    static const char* refusal(const Params& p) {
        return p.A_plus <= 1 && p.A_minus <= 1 ? nullptr
                                               : "A_plus and A_minus are shares: at most 1";
    }

    /// The weight, as a share of w_max, after a spike of the target.
    LAMINA_FN static float potentiated(float w, float x, const Params& p) {
        return clipped(w + float(p.A_plus) * power(1 - w, p.mu_plus) * x);
    }
    /// The weight, as a share of w_max, after an arrival.
    LAMINA_FN static float depressed(float w, float y, const Params& p) {
        return clipped(w - float(p.A_minus) * power(w, p.mu_minus) * y);
    }

  private:
    LAMINA_FN static float clipped(float w) { return w < 0 ? 0 : w > 1 ? 1 : w; }
    LAMINA_FN static float power(float base, double exponent) {
        if (exponent == 0) return 1;
        if (exponent == 1) return base;
        return base <= 0 ? 0 : float(math::exp(exponent * math::log(double(base))));
    }
};

} // namespace lamina

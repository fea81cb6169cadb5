#include "sim/readout.hpp"

#include <cmath>

namespace lamina {

std::vector<double> match_target(const AreaSpec& area, const AttentionWeights& weights,
                                 const std::vector<double>& probe) {
    const std::size_t d = probe.size(), width = std::size_t(weights.heads) * weights.d_head;
    std::vector<double> n = probe;
    if (area.norm == Norm::pre) {
        double mean = 0, variance = 0;
        for (double x : probe) mean += x / double(d);
        for (double x : probe) variance += (x - mean) * (x - mean) / double(d);
        for (std::size_t i = 0; i < d; ++i)
            n[i] = weights.g_1[i] * (probe[i] - mean) / std::sqrt(variance + area.norm_epsilon) +
                   weights.beta_1[i];
    }
    std::vector<double> target(width);
    for (std::size_t row = 0; row < width; ++row) {
        target[row] = weights.b_V[row];
        for (std::size_t i = 0; i < d; ++i) target[row] += weights.W_V[row * d + i] * n[i];
    }
    return target;
}

double evidence(const ReadoutSpec& spec, const std::vector<double>& o,
                const std::vector<double>& target) {
    double ot = 0, oo = 0, tt = 0;
    for (std::size_t i = 0; i < o.size(); ++i) {
        ot += o[i] * target[i];
        oo += o[i] * o[i];
        tt += target[i] * target[i];
    }
    const double cosine = oo == 0 || tt == 0 ? 0 : ot / std::sqrt(oo * tt);
    return spec.gain * (cosine - spec.criterion);
}

} // namespace lamina

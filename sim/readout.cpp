#include "sim/readout.hpp"

#include <cmath>

namespace lamina {

std::vector<double> routed_content(const AttentionWeights& weights, const std::vector<double>& o) {
    const std::size_t d = std::size_t(weights.d_model), width = o.size();
    std::vector<double> content(d);
    for (std::size_t row = 0; row < d; ++row)
        for (std::size_t i = 0; i < width; ++i) content[row] += weights.W_O[row * width + i] * o[i];
    return content;
}

std::vector<double> match_target(const AreaSpec& area, const AttentionWeights& weights,
                                 const std::vector<double>& probe) {
    if (area.norm != Norm::pre) return probe;
    const std::size_t d = probe.size();
    double mean = 0, variance = 0;
    for (double x : probe) mean += x / double(d);
    for (double x : probe) variance += (x - mean) * (x - mean) / double(d);
    std::vector<double> n(d);
    for (std::size_t i = 0; i < d; ++i)
        n[i] = weights.g_1[i] * (probe[i] - mean) / std::sqrt(variance + area.norm_epsilon) +
               weights.beta_1[i];
    return n;
}

double evidence(const ReadoutSpec& spec, const std::vector<double>& content,
                const std::vector<double>& target) {
    double ct = 0, cc = 0, tt = 0;
    for (std::size_t i = 0; i < content.size(); ++i) {
        ct += content[i] * target[i];
        cc += content[i] * content[i];
        tt += target[i] * target[i];
    }
    const double cosine = cc == 0 || tt == 0 ? 0 : ct / std::sqrt(cc * tt);
    return spec.gain * (cosine - spec.criterion);
}

} // namespace lamina

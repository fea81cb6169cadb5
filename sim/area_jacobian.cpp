#include "sim/area_jacobian.hpp"

namespace lamina {

AreaJacobian::AreaJacobian(const AreaSpec& spec, const AttentionWeights& weights,
                           std::uint64_t seed)
    : spec_(spec), circuit_(spec, weights, seed),
      gates_(make_gate_stage<Dual>(gate_parameters(spec))), slopes_(spec_, circuit_, *gates_),
      slope_(circuit_.layout.size) {}

void AreaJacobian::matrix(const std::vector<double>& x, double gamma_gain, double beta_gain,
                          std::vector<double>& J) {
    const std::size_t n = x.size();
    x_.assign(x.begin(), x.end());
    J.resize(n * n);
    for (std::size_t j = 0; j < n; ++j) {
        x_[j].slope = 1;
        slopes_(x_, slope_, gamma_gain, beta_gain);
        x_[j].slope = 0;
        for (std::size_t i = 0; i < n; ++i) J[i * n + j] = slope_[i].slope;
    }
}

void AreaJacobian::over_time(const std::vector<double>& x, Dual gamma_gain, Dual beta_gain,
                             std::vector<double>& slope_per_ms) {
    x_.assign(x.begin(), x.end());
    slopes_(x_, slope_, gamma_gain, beta_gain);
    slope_per_ms.clear();
    for (const Dual& slope : slope_) slope_per_ms.push_back(slope.slope);
}

} // namespace lamina

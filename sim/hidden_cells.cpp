#include "sim/hidden_cells.hpp"

#include <algorithm>
#include <cmath>

#include "kernels/lanes.hpp"
#include "kernels/spike_hidden.hpp"
#include "models/relaxation.hpp"
#include "sim/area_tables.hpp"

namespace lamina {

HiddenCells::HiddenCells(const AreaSpec& spec, const AreaLayout& at, std::uint64_t seed,
                         const Device& device)
    : spec_(spec), k_(at.k), q_(at.q), r_(at.r), m_(at.m), n_units_(std::size_t(spec.score_units)),
      leak_(Relaxation::over(spec.dt_ms, at.m.tau_ms).leak),
      per_spike_(1 / (spec.score_units * spec.spiking.rate_Hz * 1e-3 * spec.dt_ms)),
      log_rate_dt_(float(std::log(spec.spiking.rate_Hz * 1e-3 * spec.dt_ms))),
      constants_(AdditiveExponential::prepare(score_parameters(spec), seed, projections_)),
      rate_(std::size_t(spec.d_head)), query_(std::size_t(spec.heads * spec.columns) * n_units_),
      key_(query_.size()),
      cells_(make_hidden_spikes(
          {std::size_t(spec.heads), std::size_t(spec.columns), n_units_, log_rate_dt_}, device)),
      n_of_gate_(at.m.n) {}

std::int64_t HiddenCells::n_neurons(const AreaSpec& spec) {
    return std::int64_t(spec.heads) * spec.columns * spec.columns * spec.score_units;
}

void HiddenCells::add_up(const double* s) {
    const int N = spec_.columns, d = spec_.d_head, width = spec_.heads * d;
    const auto add_up_one = [&](const StateSpan& span, int head, int column, float gain, Role role,
                                std::vector<float>& sums) {
        const double* const up = s + span.first + std::size_t(column * width + head * d);
        for (std::size_t u = 0; u < rate_.size(); ++u) rate_[u] = float(up[u] - up[u + span.n]);
        AdditiveExponential::add_up(rate_.data(), gain,
                                    sums.data() + std::size_t(head * N + column) * n_units_,
                                    constants_, head, role, OneLane{});
    };
    for (int head = 0; head < spec_.heads; ++head)
        for (int column = 0; column < N; ++column) {
            const double gain = spec_.score_gain * (1 - s[r_.first + std::size_t(column)]);
            add_up_one(q_, head, column, float(gain), Role::query, query_);
            add_up_one(k_, head, column, 1, Role::key, key_);
        }
}

void HiddenCells::settle(double* state) {
    add_up(state);
    const auto N = std::size_t(spec_.columns);
    for (std::size_t gate = 0; gate < m_.n; ++gate) {
        const std::size_t row = gate / N, column = row / N * N + gate % N;
        const float* const x_q = query_.data() + row * n_units_;
        const float* const x_k = key_.data() + column * n_units_;
        double n = 0;
        for (std::size_t unit = 0; unit < n_units_; ++unit)
            n += double(SpikeHidden<float>::probability(x_q[unit] + x_k[unit], log_rate_dt_));
        state[m_.first + gate] = n * per_spike_;
    }
    n_spikes_ = 0;
}

void HiddenCells::begin_step(const double* s, const CellNoise& noise, std::uint64_t step) {
    add_up(s);
    cells_->begin_step(query_, key_, noise, step);
}

void HiddenCells::finish_step(double* now) {
    cells_->count(n_of_gate_);
    for (std::size_t gate = 0; gate < m_.n; ++gate) {
        double& D = now[m_.first + gate];
        D += leak_ * (n_of_gate_[gate] * per_spike_ - D);
        n_spikes_ += n_of_gate_[gate];
    }
}

void HiddenCells::log_drive(const double* s, double* out) const {
    for (std::size_t gate = 0; gate < m_.n; ++gate)
        out[gate] = math::log(std::max(s[m_.first + gate], least_drive()));
}

} // namespace lamina

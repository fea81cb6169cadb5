#include "sim/burst_matching.hpp"

#include <cmath>

#include "models/relaxation.hpp"
#include "models/scores/apical.hpp"
#include "sim/area_tables.hpp"

namespace lamina {
namespace {

constexpr int n_signs = 4;                  ///< + of key and query, + -, - +, - -
constexpr double bursting_warm_up_ms = 200; ///< two time constants of the cells' adaptation

} // namespace

std::size_t BurstMatching::n_populations(const AreaSpec& spec) {
    return std::size_t(spec.heads) * spec.columns * spec.columns * spec.d_head * n_signs;
}

BurstMatching::BurstMatching(const AreaSpec& spec, const AreaLayout& at, const Device& device)
    : spec_(spec), k_(at.k), q_(at.q), r_(at.r), m_(at.m),
      cells_(make_burst_cells(n_populations(spec), std::size_t(spec.spiking.match_neurons),
                              spec.dt_ms, device)),
      leak_(Relaxation::over(spec.dt_ms, at.m.tau_ms).leak),
      per_burst_(1 / (spec.spiking.match_neurons * 1e-3 * spec.dt_ms *
                      Apical::unit_Hz(score_parameters(spec)) * std::sqrt(double(spec.d_head)))),
      I_s_pA_(n_populations(spec)), I_d_pA_(n_populations(spec)) {}

void BurstMatching::drive(const double* s) {
    const int N = spec_.columns, d = spec_.d_head, width = spec_.heads * d;
    std::size_t group = 0;
    for (int head = 0; head < spec_.heads; ++head)
        for (int query = 0; query < N; ++query) {
            const double gain =
                spec_.score_dendrite_pA * spec_.score_gain * (1 - s[r_.first + std::size_t(query)]);
            for (int key = 0; key < N; ++key)
                for (int u = head * d; u < (head + 1) * d; ++u) {
                    const double* k = s + k_.first + std::size_t(key * width + u);
                    const double* q = s + q_.first + std::size_t(query * width + u);
                    for (int sign = 0; sign < n_signs; ++sign, ++group) {
                        const double of_key = k[sign < 2 ? 0 : k_.n],
                                     of_query = q[sign % 2 == 0 ? 0 : q_.n];
                        I_s_pA_[group] =
                            Apical::soma_rest_pA + spec_.score_soma_pA * (of_key - spec_.baseline);
                        I_d_pA_[group] =
                            Apical::dendrite_rest_pA + gain * (of_query - spec_.baseline);
                    }
                }
        }
    cells_->set_currents(I_s_pA_, I_d_pA_);
}

void BurstMatching::warm_up(const double* s, const CellNoise& noise) {
    cells_->start();
    drive(s);
    const auto n = std::uint64_t(bursting_warm_up_ms / spec_.dt_ms);
    for (std::uint64_t step = 0; step < n; ++step) cells_->begin_step(noise, before_trial + step);
    n_spikes_ = n_events_ = n_bursts_ = 0;
}

void BurstMatching::begin_step(const double* s, const CellNoise& noise, std::uint64_t step) {
    drive(s);
    cells_->begin_step(noise, step);
}

void BurstMatching::finish_step(double* now) {
    cells_->count(heard_);
    const std::size_t per_gate = std::size_t(spec_.d_head) * n_signs;
    for (std::size_t gate = 0; gate < m_.n; ++gate) {
        std::int64_t sum = 0;
        for (std::size_t g = gate * per_gate; g < (gate + 1) * per_gate; ++g) {
            const bool same = g % n_signs == 0 || g % n_signs == n_signs - 1;
            sum += same ? std::int64_t(heard_.bursts[g]) : -std::int64_t(heard_.bursts[g]);
            n_spikes_ += heard_.spikes[g];
            n_events_ += heard_.events[g];
            n_bursts_ += heard_.bursts[g];
        }
        double& score = now[m_.first + gate];
        score += leak_ * (double(sum) * per_burst_ - score);
    }
}

} // namespace lamina

#include "sim/state_area.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "kernels/cpu/exec.hpp"
#include "kernels/gate_rows.hpp"
#include "sim/errors.hpp"

namespace lamina {

template <class Real>
StateArea<Real>::StateArea(const AreaSpec& spec, const AttentionWeights& weights,
                           std::uint64_t seed)
    : spec_(spec), circuit_(spec, weights, seed), at_(circuit_.layout), state_(at_.size) {
    drive_v_.resize(circuit_.n_inputs(at_.v));
    drive_k_.resize(circuit_.n_inputs(at_.k));
    drive_q_.resize(circuit_.n_inputs(at_.q));
    for (const NamedSpan& named : at_.named) infos_.push_back(named.info);
}

template <class Real> void StateArea<Real>::rest_state() {
    for (const NamedSpan& named : at_.named) {
        if (named.derived) continue;
        const Real rest = named.span.pair ? Real(spec_.baseline) : Real(0);
        std::fill_n(state_.begin() + named.span.first, named.span.size(), rest);
    }
    last_finite_.clear();
}

template <class Real> void StateArea<Real>::settle_state() {
    Real* s = state_.data();
    if (pre()) {
        circuit_.pools_x().settle(s);
        circuit_.pools_c().settle(s);
    }
    if (spec_.dale) {
        circuit_.pairs_x().settle(s);
        circuit_.pairs_c().settle(s);
    }
    const auto settle = [&](const StateSpan& span, const std::vector<Real>& input) {
        for (std::size_t i = 0; i < span.n; ++i) {
            const Real u = input[i];
            Real* rate = s + span.first + i;
            if (spec_.dale) {
                rate[0] = Real(spec_.baseline) + (u > 0 ? u : Real(0));
                rate[span.n] =
                    Real(spec_.baseline) + (input[span.n + i] > 0 ? input[span.n + i] : Real(0));
            } else if (!span.pair)
                rate[0] = u;
            else {
                rate[0] = Real(spec_.baseline) + (u > 0 ? u : Real(0));
                rate[span.n] = Real(spec_.baseline) + (u < 0 ? -u : Real(0));
            }
        }
        if (span.interneurons) std::copy_n(s + span.first, span.size(), s + span.interneurons);
    };
    circuit_.inputs_now(s, drive_v_.data(), drive_k_.data(), drive_q_.data());
    settle(at_.v, drive_v_);
    settle(at_.k, drive_k_);
    settle(at_.q, drive_q_);
    std::fill_n(s + at_.r.first, at_.r.n, Real(spec_.apical_suppression));

    // every readable key has the same share, where there are gates
    if (at_.a.n == 0) return;
    const std::size_t N = std::size_t(spec_.columns);
    for (std::size_t row = 0; row < at_.p.n; ++row) {
        const Real* mask = circuit_.input().mask.data() + row % N * N;
        std::size_t n_keys = 0;
        for (std::size_t key = 0; key < N; ++key) n_keys += mask[key] == 0;
        for (std::size_t key = 0; key < N; ++key)
            s[at_.a.first + row * N + key] = mask[key] == 0 ? Real(1) / Real(n_keys) : Real(0);
    }
}

template <class Real> void StateArea<Real>::read(std::size_t population, double* out) const {
    const NamedSpan& named = at_.named.at(population);
    const StateSpan& span = named.span;
    if (named.derived) {
        std::vector<Real> normed(span.n);
        circuit_.norm_z(state_.data(), normed.data());
        std::copy(normed.begin(), normed.end(), out);
        return;
    }
    const Real* rate = state_.data() + span.first;
    for (std::size_t i = 0; i < span.n; ++i)
        out[i] = span.pair ? double(rate[i]) - double(rate[span.n + i]) : double(rate[i]);
}

template <class Real> void StateArea<Real>::read_raw(std::size_t population, double* out) const {
    const NamedSpan& named = at_.named.at(population);
    if (named.derived) return read(population, out);
    std::copy_n(state_.begin() + named.span.first, named.span.size(), out);
}

template <class Real> std::size_t StateArea<Real>::index_of(const std::string& name) const {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < infos_.size(); ++i) {
        if (infos_[i].name == name) return i;
        names.push_back(infos_[i].name);
    }
    throw SpecError(fmt::format("population '{}' is unknown here; this area has {}", name,
                                fmt::join(names, ", ")));
}

template <class Real> void StateArea<Real>::routed(int column, double* out) const {
    const std::size_t width = std::size_t(spec_.heads) * spec_.d_head;
    const Real* rate = state_.data() + at_.o.first + std::size_t(column) * width;
    for (std::size_t i = 0; i < width; ++i)
        out[i] = at_.o.pair ? double(rate[i]) - double(rate[at_.o.n + i]) : double(rate[i]);
}

template <class Real> void StateArea<Real>::log_normaliser(double* out) const {
    std::vector<Real> scores(at_.a.n), work(at_.a.n), pool(at_.p.n);
    circuit_.log_drive(state_.data(), scores.data());
    Cpu{}.for_each_row(
        at_.p.n, PoolRows<Real>{scores.data(), pool.data(), work.data(), spec_.columns, Real(1)});
    std::copy(pool.begin(), pool.end(), out);
}

template <class Real> void StateArea<Real>::check_finite(std::int64_t step) const {
    for (const NamedSpan& named : at_.named) {
        if (named.derived) continue;
        const StateSpan& span = named.span;
        // x - x is 0 for a finite x and NaN for any other
        Real residue = 0;
        for (std::size_t i = 0; i < span.size(); ++i)
            residue += state_[span.first + i] - state_[span.first + i];
        if (residue == 0) continue;

        std::size_t bad = 0;
        while (std::isfinite(state_[span.first + bad])) ++bad;
        // the unit as the population's own axes count it
        std::string unit;
        std::size_t place = bad % span.n, stride = span.n;
        for (std::size_t axis = 0; axis < named.info.shape.size(); ++axis) {
            stride /= std::size_t(named.info.shape[axis]);
            unit += fmt::format(" {} {}", named.info.dims[axis], place / stride);
            place %= stride;
        }
        const std::string before =
            last_finite_.empty()
                ? "it was not finite at the first look"
                : fmt::format("last finite value {:.6g}", last_finite_[span.first + bad]);
        throw NumericsError(fmt::format(
            "{}{}: {} is {} at t = {:.4g} ms; {}; a smaller dt or weaker weights may help",
            named.info.name, unit, named.info.symbol, double(state_[span.first + bad]),
            double(step) * spec_.dt_ms, before));
    }
    last_finite_.assign(state_.begin(), state_.end());
}

template class StateArea<double>;
template class StateArea<float>;

} // namespace lamina

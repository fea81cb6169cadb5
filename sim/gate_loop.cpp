#include "sim/gate_loop.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/normal.hpp"
#include "sim/errors.hpp"

namespace lamina {

GateLoop::GateLoop(const GateLoopSpec& spec) : spec_(spec) {
    const auto n_rows = std::size_t(spec.gates.n_rows), n_keys = std::size_t(spec.gates.n_keys);
    if (spec_.scores.empty()) spec_.scores.assign(n_rows * n_keys, 0);
    if (spec_.scores.size() != n_rows * n_keys)
        throw SpecError("a gate loop needs n_rows * n_keys scores");
    open_.resize(n_rows);
    std::vector<double> a(n_rows * n_keys, 0);
    for (std::size_t row = 0; row < n_rows; ++row) {
        const double* s = spec_.scores.data() + row * n_keys;
        const auto readable = [](double score) {
            return score > -std::numeric_limits<double>::infinity();
        };
        const auto count = std::count_if(s, s + n_keys, readable);
        open_[row] = count > 0;
        for (std::size_t key = 0; key < n_keys; ++key)
            if (readable(s[key])) a[row * n_keys + key] = 1.0 / double(count);
    }
    prepare(0.1);
    if (spec.noise_PV > 0 && !stage_->has_loop())
        throw SpecError("inhibition '" + spec.gates.inhibition +
                        "' has no PV population to be noisy");
    start(a, std::vector<double>(n_rows, 0));
}

void GateLoop::prepare(double dt_ms) {
    spec_.gates.dt_ms = dt_ms_ = dt_ms;
    stage_ = make_gate_stage<double>(spec_.gates);
}

GateRowsView<double> GateLoop::view() {
    return {spec_.scores.data(), a_.data(), p_.data(),
            spec_.gates.PV_lag_ms > 0 ? p_lagged_.data() : nullptr, open_.data()};
}

void GateLoop::start(const std::vector<double>& a, const std::vector<double>& p) {
    if (a.size() != spec_.scores.size() || p.size() != open_.size())
        throw SpecError("a gate loop starts from n_rows * n_keys gates and n_rows values of p");
    a_ = a;
    p_ = p_lagged_ = p;
    steps_ = 0;
    stage_->reset_history(p_.data());
    stage_->refresh(view());
}

void GateLoop::kick_p(double by) {
    for (double& p : p_) p += by;
    stage_->refresh(view());
}

void GateLoop::step(double dt_ms) {
    if (dt_ms != dt_ms_) {
        if (spec_.gates.PV_delay_ms > 0 && steps_ > 0)
            throw SpecError("with a PV delay the step cannot change on the way");
        prepare(dt_ms);
        stage_->reset_history(p_.data());
        stage_->refresh(view());
    }
    // places: p of the rows first, then the gates
    const bool noisy = spec_.noise_gate > 0 || spec_.noise_PV > 0;
    const std::size_t n_rows = p_.size();
    if (noisy) {
        noise_.resize(n_rows + a_.size());
        normal_row(spec_.seed, spec_.trial, Stream::laboratory, steps_, noise_.data(),
                   noise_.size());
        const double scale_p = spec_.noise_PV * stage_->noise_sd_p();
        const double scale_a = spec_.noise_gate * stage_->noise_sd_gate();
        for (std::size_t i = 0; i < noise_.size(); ++i) noise_[i] *= i < n_rows ? scale_p : scale_a;
    }
    stage_->advance(view(), 0, n_rows, noisy ? noise_.data() : nullptr,
                    noisy ? noise_.data() + n_rows : nullptr);
    ++steps_;
}

double GateLoop::gate_sum(int row) const {
    const std::size_t n_keys = std::size_t(spec_.gates.n_keys);
    double sum = 0;
    for (std::size_t key = 0; key < n_keys; ++key) sum += a_[std::size_t(row) * n_keys + key];
    return sum;
}

std::vector<double> GateLoop::log_normaliser() const {
    const std::size_t n_keys = std::size_t(spec_.gates.n_keys);
    std::vector<double> out;
    for (std::size_t row = 0; row < open_.size(); ++row) {
        const double* s = spec_.scores.data() + row * n_keys;
        const double top = *std::max_element(s, s + n_keys);
        double sum = 0;
        for (std::size_t key = 0; open_[row] && key < n_keys; ++key) sum += math::exp(s[key] - top);
        out.push_back(open_[row] ? top + math::log(sum) : top);
    }
    return out;
}

std::vector<double> GateLoop::softmax() const {
    const std::size_t n_keys = std::size_t(spec_.gates.n_keys);
    const auto normaliser = log_normaliser();
    std::vector<double> out(spec_.scores.size(), 0);
    for (std::size_t i = 0; i < out.size(); ++i)
        if (open_[i / n_keys]) out[i] = math::exp(spec_.scores[i] - normaliser[i / n_keys]);
    return out;
}

} // namespace lamina

#include "sim/fast_weights.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/cpu/matmul.hpp"
#include "models/catalogue.hpp"
#include "sim/column_cells.hpp"
#include "sim/errors.hpp"

namespace lamina {
namespace {

void check_fast_weights(const AreaSpec& spec) {
    if (!(spec.spiking.fast_tau_ms > 0)) throw SpecError("fast_tau must be positive");
    if (spec.attention == Attention::causal)
        throw SpecError("one memory of fast weights is read by all queries and cannot keep later "
                        "keys from earlier ones; use attention: self or cross, or gates");
    if (spec.dale)
        throw SpecError("fast weights take the difference of a pair, which column.dale does not "
                        "allow; use gates");
    if (spec.inhibition == "pv_divisive")
        throw SpecError("pv_divisive raises each key's drive to a power, and fast weights know "
                        "no key apart; use another inhibition, or gates");
}

} // namespace

/// What a row is divided by, of one file of models/inhibition.
class FastWeights::Inhibition {
  public:
    virtual ~Inhibition() = default;
    /// b. @param pool  log z.phi
    virtual double log_divisor(double p, double pool) const = 0;
    /// p after a step. @param before, after  A at its ends
    virtual double advance(double p, double before, double after, double pool) const = 0;
};

template <class Law> class FastWeights::InhibitionBy final : public FastWeights::Inhibition {
  public:
    explicit InhibitionBy(const AreaSpec& spec) {
        InhibitionParameters par;
        par.tau_PV_ms = spec.tau.PV_ms;
        par.kappa = spec.kappa;
        constants_ = Law::template prepare<double>(par, spec.dt_ms);
    }
    double log_divisor(double p, double pool) const override {
        return Law::log_divisor(p, pool, constants_);
    }
    double advance(double p, double before, double after, double pool) const override {
        return Law::advance(p, before, after, pool, pool, constants_);
    }

  private:
    typename Law::template Constants<double> constants_;
};

FastWeights::FastWeights(const AreaSpec& spec, const AreaLayout& at)
    : spec_(spec), v_(at.v), k_(at.k), q_(at.q), r_(at.r), phi_k_(at.phi_k), phi_q_(at.phi_q),
      M_(at.M), z_(at.z_phi), A_(at.A), p_(at.p), p_sent_(at.p_lagged),
      n_columns_(std::size_t(spec.columns)), d_(std::size_t(spec.d_head)),
      width_(std::size_t(spec.heads) * d_),
      leak_(Relaxation::over(spec.dt_ms, spec.spiking.fast_tau_ms).leak),
      A_leak_(Relaxation::over(spec.dt_ms, spec.tau.gate_ms).leak),
      per_spike_(1 / (spec.spiking.n_neurons * spec.spiking.rate_Hz * 1e-3 * spec.dt_ms)),
      factor_(at.p.n, 1.0) {
    check_fast_weights(spec);
    if (z_.n == 0) return;
    const bool known = with_model(Inhibitions{}, spec.inhibition, [&](auto tag) {
        inhibition_ = std::make_unique<InhibitionBy<typename decltype(tag)::type>>(spec);
    });
    if (!known) throw SpecError("inhibition '" + spec.inhibition + "' is unknown");
}

FastWeights::~FastWeights() = default;

void FastWeights::settle(double* state) {
    std::vector<double> keys(phi_k_.n), queries(phi_q_.n);
    ask(state, keys, queries);
    std::copy(keys.begin(), keys.end(), state + phi_k_.first);
    std::copy(queries.begin(), queries.end(), state + phi_q_.first);
    std::fill_n(state + M_.first, M_.n, 0.0);
    std::fill_n(state + z_.first, z_.n, double(n_columns_));
    std::fill(factor_.begin(), factor_.end(), 1.0);
    if (!inhibition_) return;
    // where PV ends in this state
    const auto n_steps = std::int64_t(40 * spec_.tau.PV_ms / spec_.dt_ms);
    for (std::size_t row = 0; row < factor_.size(); ++row) {
        const double pool = math::log(dot(state, row, state + z_.first));
        double p = pool, A = 1;
        for (std::int64_t step = 0; step < n_steps; ++step) {
            A = math::exp(pool - inhibition_->log_divisor(p, pool));
            p = inhibition_->advance(p, A, A, pool);
        }
        state[A_.first + row] = A;
        state[p_.first + row] = p;
        if (has_PV_cells(spec_)) state[p_sent_.first + row] = p;
    }
}

void FastWeights::ask(const double* s, std::vector<double>& keys,
                      std::vector<double>& queries) const {
    for (std::size_t i = 0; i < k_.n; ++i) {
        const double k = s[k_.first + i] - s[k_.first + k_.n + i],
                     q = s[q_.first + i] - s[q_.first + q_.n + i];
        keys[i] = Linear::phi(k);
        queries[i] = Linear::phi(spec_.score_gain * (1 - s[r_.first + i / width_]) * q);
    }
}

/// phi(q_i) times one vector of features of each head, [heads, d_head].
double FastWeights::dot(const double* s, std::size_t row, const double* features) const {
    const std::size_t head = row / n_columns_, column = row % n_columns_;
    const double* const phi = s + phi_q_.first + column * width_ + head * d_;
    double sum = 0;
    for (std::size_t u = 0; u < d_; ++u) sum += phi[u] * features[head * d_ + u];
    return std::max(sum, Linear::least_drive);
}

/// log z.phi of a row; a row without keys forgets, and what divided it stays.
double FastWeights::log_pool(const double* s, std::size_t row, const StepInput<double>& in,
                             double p) const {
    return in.open_rows[row] ? math::log(dot(s, row, s + z_.first)) : p;
}

void FastWeights::inhibit(const double* s, const double* sent, const StepInput<double>& in,
                          double* now) {
    if (!inhibition_) return;
    double* const p = now + p_.first;
    for (std::size_t row = 0; row < factor_.size(); ++row) {
        const double pool = log_pool(s, row, in, p[row]),
                     b = inhibition_->log_divisor(sent ? sent[row] : p[row], pool);
        factor_[row] = math::exp(-b);
        if (!in.open_rows[row]) continue;
        double& A = now[A_.first + row];
        const double before = A;
        A += A_leak_ * (math::exp(std::min(pool - b, math::log(spec_.gate_max))) - A);
        p[row] = inhibition_->advance(p[row], before, A, pool);
    }
}

void FastWeights::recall(const double* s, double* out) const {
    const int N = int(n_columns_), d = int(d_), width = int(width_);
    for (int head = 0; head < spec_.heads; ++head)
        cpu::matmul_nn(N, d, d, s + phi_q_.first + head * d, width, s + M_.first + head * d * d, d,
                       out + head * d, width);
    for (std::size_t i = 0; i < phi_q_.n; ++i)
        out[i] *= factor_[i % width_ / d_ * n_columns_ + i / width_];
}

double FastWeights::weight(const double* now, std::size_t row, std::size_t u, std::size_t e) const {
    return factor_[row] * now[M_.first + (row / n_columns_ * d_ + u) * d_ + e];
}

void FastWeights::learn(const std::vector<std::uint32_t>& n_spikes, const StepInput<double>& in,
                        double* now) {
    for (std::size_t i = 0; i < M_.n; ++i) now[M_.first + i] -= leak_ * now[M_.first + i];
    for (std::size_t i = 0; i < z_.n; ++i) now[z_.first + i] -= leak_ * now[z_.first + i];
    // key by key, in the order in which they lie
    for (std::size_t key = 0; key < n_columns_; ++key) {
        if (!is_key(in, key)) continue;
        for (std::size_t i = 0; i < width_; ++i) {
            const std::uint32_t n = n_spikes[key * width_ + i];
            if (n == 0) continue;
            const double grows = leak_ * per_spike_ * n;
            const double* const v = now + v_.first + key * width_ + i / d_ * d_;
            double* const weights = now + M_.first + i * d_;
            for (std::size_t e = 0; e < d_; ++e) weights[e] += grows * (v[e] - v[v_.n + e]);
            if (z_.n > 0) now[z_.first + i] += grows;
        }
    }
}

/// sum_j phi(k_j), [heads, d_head]
std::vector<double> FastWeights::sums_of_keys(const double* state,
                                              const StepInput<double>& in) const {
    std::vector<double> sums(width_, 0.0);
    for (std::size_t key = 0; key < n_columns_; ++key)
        for (std::size_t i = 0; is_key(in, key) && i < width_; ++i)
            sums[i] += state[phi_k_.first + key * width_ + i];
    return sums;
}

void FastWeights::log_normaliser(const double* state, const StepInput<double>& in,
                                 double* out) const {
    const std::vector<double> sums = sums_of_keys(state, in);
    for (std::size_t row = 0; row < factor_.size(); ++row)
        out[row] = in.open_rows[row] ? math::log(dot(state, row, sums.data()))
                                     : -std::numeric_limits<double>::infinity();
}

void FastWeights::implied(const double* state, const StepInput<double>& in, double* a) const {
    for (std::size_t row = 0; row < factor_.size(); ++row) {
        const std::size_t head = row / n_columns_, column = row % n_columns_;
        const double* const phi = state + phi_q_.first + column * width_ + head * d_;
        double factor = 1;
        if (inhibition_) {
            const double p = state[p_.first + row],
                         sent = has_PV_cells(spec_) ? state[p_sent_.first + row] : p;
            factor = math::exp(-inhibition_->log_divisor(sent, log_pool(state, row, in, p)));
        }
        for (std::size_t key = 0; key < n_columns_; ++key) {
            const double* const of_key = state + phi_k_.first + key * width_ + head * d_;
            double sum = 0;
            for (std::size_t u = 0; u < d_; ++u) sum += phi[u] * of_key[u];
            a[row * n_columns_ + key] = is_key(in, key) ? factor * sum : 0;
        }
    }
}

double FastWeights::flops_per_step() const {
    // phi of both; M phi and z.phi; what is forgotten and, of every synapse, learnt
    return 44.0 * double(phi_q_.n) + 2 * double(phi_q_.n) * double(d_ + 1) +
           4 * double(M_.n + z_.n);
}

} // namespace lamina

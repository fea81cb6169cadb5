/// The rate circuit of many trials at once, through any executor: the exponential stepper of
/// area_step.cpp, launch by launch, with the same bodies.
///
/// A population of all trials lies together, [trial] first: columns of further trials are to a
/// device more columns. A step is recorded once and replayed; what differs from step to step is
/// read from a counter on the device.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "kernels/add_rows.hpp"
#include "kernels/device_array.hpp"
#include "kernels/input_norm.hpp"
#include "kernels/matmul_blocks.hpp"
#include "kernels/norm_rows.hpp"
#include "kernels/pair_inputs.hpp"
#include "kernels/population_noise.hpp"
#include "kernels/relax.hpp"
#include "models/activation.hpp"
#include "sim/device_area.hpp"
#include "sim/device_gates.hpp"
#include "sim/device_scores.hpp"
#include "sim/rhythm.hpp"

namespace lamina {

template <class Exec, class Real> class DeviceAreaOf final : public DeviceArea<Real> {
  public:
    DeviceAreaOf(const Exec&, const DeviceAreaPlan<Real>&);
    DeviceAreaOf(const DeviceAreaOf&) = delete; ///< recorded steps know where it lies
    DeviceAreaOf& operator=(const DeviceAreaOf&) = delete;

    void reset(std::uint64_t seed, const std::vector<std::uint32_t>& trials,
               const std::vector<std::vector<double>>& states) override;
    void present(int trial, const StepInput<Real>&) override;
    void advance() override;
    std::vector<Real> sample(const NamedSpan&) override;
    std::vector<Real> log_normaliser() override;
    std::vector<std::vector<double>> states() override;

  private:
    using Array = DeviceArray<Exec, Real>;

    /// Where each population is driven, at one end of a step.
    struct Inputs {
        Array o, y, mean_y, var_y, f, z, mean_z, var_z;
    };
    /// Input of all trials, on the host until it is sent.
    template <class T> struct Sent {
        std::vector<T> host;
        DeviceArray<Exec, T> device;
        void send() { device.set(host); }
        const T* data() const { return device.data(); }
    };
    struct DrivenBy {
        Sent<Real> fixed, per_mean, constant, common; ///< common: column.dale
    };
    struct PoolInput {
        Sent<Real> mean, var;
    };
    struct Signed {
        Array W, magnitude;
    };
    /// A step as a lag remembers it: with norm pre its moments and their weights' sum, else under
    /// a rhythm the two weights of Relax.
    struct Average {
        Sent<StepMoment<Real>> moments; ///< [trial][most_moments]
        Sent<int> n_moments;            ///< [trial]
        Sent<Real> constant, weights;   ///< [trial], [trial][2]
        int most_moments = 0;
    };

    void allocate_inputs();
    void send_inputs();
    void refresh(const Inputs& now);
    void step(const Inputs& now, const Inputs& next);
    void drive_inputs();
    void drive(const StateSpan&, const DrivenBy&, const PoolInput&, const StateSpan& mean,
               const StateSpan& var, const Average&, Relaxation);
    void drive_pair(const StateSpan&, const DrivenBy&, const Signed&, const Sent<Real>& x,
                    const StateSpan& u, const PoolInput&, const StateSpan& mean,
                    const StateSpan& var, const Average&, Relaxation);
    void follow_pools();
    void attend(const Inputs& next);
    /// Log drives then stay in the blocks that use them.
    bool attends_in_one_pass() const {
        return !gates_->reads_log_drives() && scores_->can_attend();
    }
    void log_drive();
    void encode();
    void meet();
    void input_o(Real* out);
    void route_common(Real* out);
    void input_y(Real* out);
    void input_f(Real* out);
    void input_z(Real* out);
    void input_mean(const StateSpan& of, Real* out);
    void input_var(const StateSpan& of, const StateSpan& mean, Real* out);
    void norm(const Real* y, const StateSpan& mean, const StateSpan& var, const Array& scale,
              const Array& shift, Real* out) const;
    void relax(const StateSpan&, const Real* now, const Real* next, const Relaxation&);
    const Real* draw_noise(const StateSpan&, double sd, double tau_ms, const Array& into) const;

    void make_rhythms();
    void average_step();
    void average(const StateSpan&, const std::vector<Rhythm>&, Average&);
    template <class T> void make_sent(Sent<T>& sent, std::size_t n) {
        sent.host.resize(n);
        sent.device = {exec_, n};
    }
    std::vector<Real> by_trial(const std::vector<Real>& all, std::size_t n) const;
    GateRowsView<Real> gate_rows() const;
    const Real* rates(const StateSpan&) const;
    const Real* net(const StateSpan&) const;
    const Real* common(const StateSpan&) const;
    InputPairsView<Real> input_pairs(const Sent<Real>& x, const StateSpan& u) const;
    void oppose(const StateSpan&, Real* out) const;
    void route(const Real* values, Real* out) const;
    void multiply_rows(const char* label, const Real* rows, int from, const Array& W, int to,
                       Real* out, bool accumulate = true) const;

    Real* at(const StateSpan& span) const { return state_.data() + span.first * n_trials_; }
    std::size_t all(const StateSpan& span) const { return span.n * n_trials_; }
    /// One input for each number of a population, or with column.dale for each rate of its pairs.
    std::size_t n_inputs(const StateSpan& span) const {
        return (spec_.dale ? span.size() : span.n) * n_trials_;
    }
    std::size_t n_columns() const { return std::size_t(spec_.columns) * n_trials_; }
    bool pre() const { return spec_.norm == Norm::pre; }
    bool normed() const { return spec_.norm != Norm::none; }
    bool post() const { return spec_.norm == Norm::post; }
    /// The input of v, k and q changes within a step.
    bool averages() const { return pre() || spec_.dale || spec_.oscillation.imposed; }

    const Exec exec_;
    const AreaSpec spec_;
    const AreaLayout layout_;
    const AreaLags lag_;
    const std::size_t n_trials_;
    const int width_; ///< heads * d_head

    // constant
    Array W_O_, b_O_, W_1_, b_1_, W_2_, b_2_, g_1_, beta_1_, g_2_, beta_2_;
    Signed V_, K_, Q_; ///< column.dale, like those that follow
    Array size_W_O_, size_W_2_;

    // the present segments
    Sent<Real> x_, c_; ///< c only with column.dale
    DrivenBy value_, key_, query_;
    PoolInput pools_x_, pools_c_;
    Sent<Real> mask_;          ///< [trial][columns, columns]
    Sent<unsigned char> open_; ///< [trial][heads * columns]
    std::vector<char> masked_; ///< [trial] mask_ is not 0 throughout
    bool any_masked_ = false;

    // the present step of v, k and q
    std::vector<Rhythm> gamma_, beta_; ///< [trial]; one if all have the same
    Average average_v_, average_k_, average_q_;
    std::int64_t step_ = 0; ///< of the trials, on the host

    // what changes
    Array state_;
    Inputs inputs_[2]; ///< at both ends of a step, which exchange their roles
    Array log_drive_, drive_, per_sd_, away_per_sd_;
    Array fading_net_, fading_common_, rates_before_; ///< column.dale
    Array pool_, pool_work_;                          ///< of log_normaliser()
    Array scratch_, normed_, work_, noise_, noise_p_, noise_a_;
    DeviceArray<Exec, std::uint64_t> n_steps_; ///< steps begun
    DeviceArray<Exec, std::uint32_t> trial_;   ///< [trial]
    std::uint64_t seed_ = 0;

    std::unique_ptr<DeviceScores<Exec, Real>> scores_;
    std::unique_ptr<DeviceGates<Exec, Real>> gates_;
    std::optional<typename Exec::Sequence> recorded_[2];
    int now_ = 0;       ///< which of inputs_ the next step begins with
    bool stale_ = true; ///< a jump of input or state since inputs_[now_] was evaluated
};

// --------------------------------------------------------------------------------- made once

template <class Exec, class Real>
DeviceAreaOf<Exec, Real>::DeviceAreaOf(const Exec& exec, const DeviceAreaPlan<Real>& plan)
    : exec_(exec), spec_(plan.spec), layout_(plan.spec), lag_(plan.spec),
      n_trials_(std::size_t(plan.n_trials)), width_(plan.spec.heads * plan.spec.d_head),
      W_O_(exec_, plan.weights.W_O), b_O_(exec_, plan.weights.b_O), W_1_(exec_, plan.weights.W_1),
      b_1_(exec_, plan.weights.b_1), W_2_(exec_, plan.weights.W_2), b_2_(exec_, plan.weights.b_2),
      g_1_(exec_, plan.weights.g_1), beta_1_(exec_, plan.weights.beta_1),
      g_2_(exec_, plan.weights.g_2),
      beta_2_(exec_, plan.weights.beta_2), V_{{exec_, plan.weights.V.W},
                                              {exec_, plan.weights.V.magnitude}},
      K_{{exec_, plan.weights.K.W}, {exec_, plan.weights.K.magnitude}},
      Q_{{exec_, plan.weights.Q.W}, {exec_, plan.weights.Q.magnitude}},
      size_W_O_(exec_, plan.weights.size_W_O), size_W_2_(exec_, plan.weights.size_W_2),
      masked_(n_trials_), state_(exec_, layout_.size * n_trials_), n_steps_(exec_, 1),
      trial_(exec_, n_trials_),
      scores_(make_device_scores<Exec, Real>(exec_, spec_.score, plan.n_trials, spec_.columns,
                                             spec_.score_gain, score_parameters(spec_),
                                             plan.seed)) {
    const AreaSpec& spec = spec_;
    GateParameters gates = gate_parameters(spec);
    gates.n_rows *= plan.n_trials;
    gates_ = make_device_gates<Exec, Real>(exec_, gates, n_steps_.data());
    allocate_inputs();
    make_rhythms();

    log_drive_ = Array(exec_, all(layout_.a));
    const std::size_t widest = std::size_t(std::max({width_, spec.d_model, spec.d_ff}));
    for (Array* buffer : {&scratch_, &normed_, &work_})
        *buffer = Array(exec_, n_columns() * widest);
    std::size_t noisy = 0;
    for (const NamedSpan& named : layout_.named)
        if (named.span.sigma > 0) noisy = std::max(noisy, named.span.size());
    noise_ = Array(exec_, noisy * n_trials_);
    if (layout_.p.sigma > 0) noise_p_ = Array(exec_, all(layout_.p));
    if (layout_.a.sigma > 0) noise_a_ = Array(exec_, all(layout_.a));
    for (Inputs& in : inputs_) {
        in.o = Array(exec_, n_inputs(layout_.o));
        in.y = Array(exec_, n_inputs(layout_.y));
        in.mean_y = Array(exec_, all(layout_.mean_y));
        in.var_y = Array(exec_, all(layout_.var_y));
        in.f = Array(exec_, n_inputs(layout_.f));
        in.z = Array(exec_, n_inputs(layout_.z));
        in.mean_z = Array(exec_, all(layout_.mean_z));
        in.var_z = Array(exec_, all(layout_.var_z));
    }
}

template <class Exec, class Real> void DeviceAreaOf<Exec, Real>::allocate_inputs() {
    const std::size_t N = std::size_t(spec_.columns);
    make_sent(x_, n_columns() * spec_.d_model);
    make_sent(mask_, n_columns() * N);
    make_sent(open_, n_columns() * spec_.heads);
    for (DrivenBy* by : {&value_, &key_, &query_}) make_sent(by->fixed, n_columns() * width_);
    if (spec_.dale) {
        make_sent(c_, n_columns() * spec_.d_model);
        for (DrivenBy* by : {&value_, &key_, &query_}) make_sent(by->common, n_columns() * width_);
        fading_net_ = Array(exec_, n_columns() * width_);
        fading_common_ = Array(exec_, n_columns() * width_);
        std::size_t widest = 0;
        for (const StateSpan* span : {&layout_.v, &layout_.o, &layout_.y, &layout_.f})
            widest = std::max(widest, span->size());
        rates_before_ = Array(exec_, widest * n_trials_);
    }
    if (!pre()) return;
    for (DrivenBy* by : {&value_, &key_, &query_}) {
        make_sent(by->per_mean, std::size_t(width_));
        make_sent(by->constant, std::size_t(width_));
    }
    for (PoolInput* pools : {&pools_x_, &pools_c_}) {
        make_sent(pools->mean, n_columns());
        make_sent(pools->var, n_columns());
    }
    per_sd_ = Array(exec_, n_columns());
    away_per_sd_ = Array(exec_, n_columns());
}

template <class Exec, class Real> void DeviceAreaOf<Exec, Real>::make_rhythms() {
    const OscillationSpec& imposed = spec_.oscillation;
    const auto make = [&](const RhythmSpec& spec, std::uint32_t which, auto& rhythms) {
        const bool alike = !imposed.imposed || !(spec.jitter_rad > 0);
        rhythms.assign(alike ? 1 : n_trials_, imposed.imposed ? Rhythm(spec, which) : Rhythm());
        // two edges of a window in each cycle that a step touches
        const double cycles = spec_.dt_ms * spec.frequency_Hz * 1e-3;
        return nodes_of_a_piece * (imposed.imposed ? 3 * (int(cycles) + 2) : 1);
    };
    average_v_.most_moments = average_k_.most_moments = make(imposed.gamma, 0, gamma_);
    average_q_.most_moments = make(imposed.beta, 1, beta_);
    for (Average* average : {&average_v_, &average_k_, &average_q_}) {
        make_sent(average->moments, n_trials_ * std::size_t(average->most_moments));
        make_sent(average->n_moments, n_trials_);
        make_sent(average->constant, n_trials_);
        make_sent(average->weights, n_trials_ * 2);
    }
    if (!averages()) return;
    drive_ = Array(exec_, n_inputs(layout_.v));
    average_step();
}

/// Of the step that begins now.
template <class Exec, class Real> void DeviceAreaOf<Exec, Real>::average_step() {
    average(layout_.v, gamma_, average_v_);
    average(layout_.k, gamma_, average_k_);
    average(layout_.q, beta_, average_q_);
}

template <class Exec, class Real>
void DeviceAreaOf<Exec, Real>::average(const StateSpan& span, const std::vector<Rhythm>& rhythms,
                                       Average& out) {
    const double dt_ms = spec_.dt_ms;
    const std::size_t stride = std::size_t(out.most_moments);
    std::vector<StepNode> nodes;
    for (std::size_t t = 0; t < rhythms.size(); ++t) {
        rhythms[t].nodes(double(step_) * dt_ms, dt_ms, nodes);
        LAMINA_EXPECT(nodes.size() <= stride);
        // as InputPools::over weights them
        double constant = 0;
        StepMoment<Real>* moment = out.moments.host.data() + t * stride;
        for (const StepNode& node : nodes) {
            const double kernel = remembered(node, dt_ms, span.tau_ms);
            constant += kernel;
            *moment++ = {Real(math::exp(-node.s_ms / spec_.tau.L4I_ms)),
                         Real(math::exp(-node.s_ms / spec_.tau.interneuron_ms)), Real(kernel)};
        }
        out.n_moments.host[t] = int(nodes.size());
        out.constant.host[t] = Real(constant);
        const Relaxation lag = relaxation_over(nodes, dt_ms, span.tau_ms);
        out.weights.host[2 * t] = Real(lag.from_now);
        out.weights.host[2 * t + 1] = Real(lag.from_next);
    }
    // trials that share a rhythm
    const auto repeat = [&](auto& host, std::size_t n) {
        for (std::size_t t = rhythms.size(); t < n_trials_; ++t)
            std::copy_n(host.begin(), n, host.begin() + std::ptrdiff_t(t * n));
    };
    repeat(out.moments.host, stride);
    repeat(out.n_moments.host, 1);
    repeat(out.constant.host, 1);
    repeat(out.weights.host, 2);
    if (pre() || spec_.dale)
        out.moments.send(), out.n_moments.send(), out.constant.send();
    else
        out.weights.send();
}

// --------------------------------------------------------------------------------- trials

template <class Exec, class Real>
void DeviceAreaOf<Exec, Real>::reset(std::uint64_t seed, const std::vector<std::uint32_t>& trials,
                                     const std::vector<std::vector<double>>& states) {
    seed_ = seed;
    trial_.set(trials);
    n_steps_.clear();
    gates_->forget();
    std::vector<Real> all_states(layout_.size * n_trials_);
    for (const NamedSpan& named : layout_.named) {
        if (named.derived) continue;
        const StateSpan& span = named.span;
        for (std::size_t place = 0; place < span.size(); ++place)
            for (std::size_t trial = 0; trial < n_trials_; ++trial)
                all_states[span.first * n_trials_ + (place / span.n * n_trials_ + trial) * span.n +
                           place % span.n] = Real(states[trial][span.first + place]);
    }
    state_.set(all_states);
    for (auto& sequence : recorded_) sequence.reset();
    step_ = 0;
    for (std::size_t t = 0; t < gamma_.size(); ++t) gamma_[t].reset(seed, trials[t]);
    for (std::size_t t = 0; t < beta_.size(); ++t) beta_[t].reset(seed, trials[t]);
    stale_ = true;
}

template <class Exec, class Real>
void DeviceAreaOf<Exec, Real>::present(int trial, const StepInput<Real>& in) {
    const auto put = [&](const auto& from, auto& sent) {
        std::copy(from.begin(), from.end(), sent.host.begin() + std::size_t(trial) * from.size());
    };
    const auto put_projection = [&](const Projection<Real>& from, DrivenBy& by) {
        put(from.fixed, by.fixed);
        by.per_mean.host = from.per_mean;
        by.constant.host = from.constant;
        if (spec_.dale) put(from.common, by.common);
    };
    put(in.x, x_);
    if (spec_.dale) put(in.c, c_);
    put_projection(in.value, value_);
    put_projection(in.key, key_);
    put_projection(in.query, query_);
    put(in.mask, mask_);
    put(in.open_rows, open_);
    masked_[std::size_t(trial)] = !in.all_seen;
    if (pre()) {
        put(in.mean_x, pools_x_.mean);
        put(in.var_x, pools_x_.var);
        put(in.mean_c, pools_c_.mean);
        put(in.var_c, pools_c_.var);
    }
    stale_ = true;
}

template <class Exec, class Real> void DeviceAreaOf<Exec, Real>::send_inputs() {
    x_.send(), mask_.send(), open_.send();
    if (spec_.dale) {
        c_.send();
        for (DrivenBy* by : {&value_, &key_, &query_}) by->common.send();
    }
    for (DrivenBy* by : {&value_, &key_, &query_}) {
        by->fixed.send();
        if (pre()) by->per_mean.send(), by->constant.send();
    }
    if (pre())
        for (PoolInput* pools : {&pools_x_, &pools_c_}) pools->mean.send(), pools->var.send();
    // masks are launched only where there are any
    const bool any = std::find(masked_.begin(), masked_.end(), 1) != masked_.end();
    if (any != any_masked_)
        for (auto& sequence : recorded_) sequence.reset();
    any_masked_ = any;
}

template <class Exec, class Real> void DeviceAreaOf<Exec, Real>::advance() {
    if (stale_) {
        send_inputs();
        refresh(inputs_[now_]);
        stale_ = false;
    }
    if (spec_.oscillation.imposed) average_step();
    ++step_;
    auto& sequence = recorded_[now_];
    const int next = 1 - now_;
    if (!sequence)
        sequence = exec_.record([this, now = now_, next] { step(inputs_[now], inputs_[next]); });
    exec_.replay(*sequence);
    now_ = next;
}

/// From [part][trial][n] to [trial][part][n].
template <class Exec, class Real>
std::vector<Real> DeviceAreaOf<Exec, Real>::by_trial(const std::vector<Real>& all,
                                                     std::size_t n) const {
    std::vector<Real> out(all.size());
    const std::size_t n_parts = all.size() / n / n_trials_;
    for (std::size_t part = 0; part < n_parts; ++part)
        for (std::size_t trial = 0; trial < n_trials_; ++trial)
            std::copy_n(all.begin() + std::ptrdiff_t((part * n_trials_ + trial) * n), n,
                        out.begin() + std::ptrdiff_t((trial * n_parts + part) * n));
    return out;
}

template <class Exec, class Real>
std::vector<Real> DeviceAreaOf<Exec, Real>::sample(const NamedSpan& named) {
    const StateSpan& span = named.span;
    if (!named.derived)
        return by_trial(state_.get(span.first * n_trials_, span.size() * n_trials_), span.n);
    // the second norm's output
    norm(rates(span), layout_.mean_z, layout_.var_z, g_2_, beta_2_, normed_.data());
    return normed_.get(0, all(span));
}

template <class Exec, class Real> std::vector<Real> DeviceAreaOf<Exec, Real>::log_normaliser() {
    if (pool_.size() == 0) {
        pool_ = Array(exec_, all(layout_.p));
        pool_work_ = Array(exec_, log_drive_.size());
    }
    if (attends_in_one_pass()) meet();
    exec_.for_each_row(
        "log normaliser", pool_.size(),
        PoolRows<Real>{log_drive_.data(), pool_.data(), pool_work_.data(), spec_.columns, Real(1)});
    return pool_.get();
}

template <class Exec, class Real>
std::vector<std::vector<double>> DeviceAreaOf<Exec, Real>::states() {
    std::vector<std::vector<double>> states(n_trials_, std::vector<double>(layout_.size));
    for (const NamedSpan& named : layout_.named) {
        if (named.derived) continue;
        const std::vector<Real> all_trials = sample(named);
        const std::size_t n = named.span.size();
        for (std::size_t trial = 0; trial < n_trials_; ++trial)
            std::copy_n(all_trials.begin() + std::ptrdiff_t(trial * n), n,
                        states[trial].begin() + std::ptrdiff_t(named.span.first));
    }
    return states;
}

// --------------------------------------------------------------------------------- one step

template <class Exec, class Real> void DeviceAreaOf<Exec, Real>::refresh(const Inputs& now) {
    log_drive();
    gates_->refresh(gate_rows());
    input_o(now.o.data());
    input_y(now.y.data());
    const auto pools = [&](const StateSpan& of, const StateSpan& mean, const Array& to_mean,
                           const Array& to_var) {
        input_mean(of, to_mean.data());
        input_var(of, mean, to_var.data());
    };
    if (normed()) pools(layout_.y, layout_.mean_y, now.mean_y, now.var_y);
    if (spec_.d_ff > 0) input_f(now.f.data());
    input_z(now.z.data());
    if (post()) pools(layout_.z, layout_.mean_z, now.mean_z, now.var_z);
}

template <class Exec, class Real>
void DeviceAreaOf<Exec, Real>::step(const Inputs& now, const Inputs& next) {
    exec_.for_each("begin", 1, CountStep{n_steps_.data()});
    const auto follow = [&](const StateSpan& span, const Array& from, const Array& to,
                            const Relaxation& lag) { relax(span, from.data(), to.data(), lag); };

    // layer 4 and the queries
    drive_inputs();
    exec_.for_each(
        "suppress", all(layout_.r),
        RelaxConstant<Real>{at(layout_.r), Real(lag_.r.leak), Real(spec_.apical_suppression)});

    // layer 5: scores, gates with PV, routed value
    attend(next);
    follow(layout_.o, now.o, next.o, lag_.o);

    // layer 6: residual, second norm
    input_y(next.y.data());
    follow(layout_.y, now.y, next.y, lag_.y);
    // the variance is taken about the mean as it has just become
    const auto follow_pools = [&](const StateSpan& of, const StateSpan& mean, const StateSpan& var,
                                  Array Inputs::*of_mean, Array Inputs::*of_var) {
        input_mean(of, (next.*of_mean).data());
        follow(mean, now.*of_mean, next.*of_mean, lag_.L6I);
        input_var(of, mean, (next.*of_var).data());
        follow(var, now.*of_var, next.*of_var, lag_.L6I);
    };
    if (normed())
        follow_pools(layout_.y, layout_.mean_y, layout_.var_y, &Inputs::mean_y, &Inputs::var_y);

    // layer 2/3: feed-forward layer, output
    if (spec_.d_ff > 0) {
        input_f(next.f.data());
        follow(layout_.f, now.f, next.f, lag_.mlp);
    }
    input_z(next.z.data());
    follow(layout_.z, now.z, next.z, lag_.mlp);
    if (post())
        follow_pools(layout_.z, layout_.mean_z, layout_.var_z, &Inputs::mean_z, &Inputs::var_z);
}

template <class Exec, class Real> void DeviceAreaOf<Exec, Real>::attend(const Inputs& next) {
    const Real* noise_p = draw_noise(layout_.p, gates_->noise_sd_p(), 0, noise_p_);
    const Real* noise_a =
        draw_noise(layout_.a, gates_->noise_sd_gate(), layout_.a.tau_ms, noise_a_);
    if (!attends_in_one_pass()) {
        log_drive();
        gates_->advance(gate_rows(), noise_p, noise_a);
        input_o(next.o.data());
        return;
    }
    encode();
    scores_->attend({gates_->inhibit(gate_rows(), noise_p, noise_a),
                     any_masked_ ? mask_.data() : nullptr, net(layout_.v), next.o.data()});
    route_common(next.o.data());
}

template <class Exec, class Real> void DeviceAreaOf<Exec, Real>::encode() {
    scores_->encode_queries(rates(layout_.q), at(layout_.r));
    scores_->encode_keys(rates(layout_.k));
}

template <class Exec, class Real> void DeviceAreaOf<Exec, Real>::log_drive() {
    encode();
    meet();
}

/// Of what is encoded.
template <class Exec, class Real> void DeviceAreaOf<Exec, Real>::meet() {
    scores_->meet(log_drive_.data());
    if (any_masked_)
        exec_.for_each_row("score.mask", all(layout_.p),
                           MaskRows<Real>{mask_.data(), log_drive_.data(), spec_.heads,
                                          spec_.columns, spec_.columns});
    // the divisive pool takes a drive to the power n: log D^n = n log D
    if (scores_->gives_drive() && spec_.inhibition == "pv_divisive")
        exec_.for_each("score.sharpen", log_drive_.size(),
                       Scale<Real>{log_drive_.data(), Real(spec_.divisive_n)});
}

} // namespace lamina

#include "sim/device_area_inputs.inc"

#include "sim/spiking_area.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "kernels/cpu/exec.hpp"
#include "kernels/gate_rows.hpp"
#include "kernels/normal.hpp"
#include "sim/area_tables.hpp"
#include "sim/errors.hpp"

namespace lamina {
namespace {

constexpr double warm_up_ms = 50;

std::int64_t whole_steps(double ms, double dt_ms, const char* of) {
    const double steps = ms / dt_ms;
    if (!(steps >= 0) || std::fabs(steps - std::round(steps)) > 1e-6)
        throw SpecError(
            fmt::format("{} = {} ms must be a whole number of steps of {} ms", of, ms, dt_ms));
    return std::llround(steps);
}

void check_spiking(const AreaSpec& spec) {
    const SpikingSpec& s = spec.spiking;
    if (s.n_neurons < 1 || s.PV_neurons < 1 || s.match_neurons < 1 || s.in_degree < 1)
        throw SpecError("a spiking column needs a neuron at least for each rate and row, and an "
                        "in-degree of 1 at least");
    if (!(s.rate_Hz > 0) || !(s.gate_rate_Hz > 0) || !(s.PV_gain_Hz > 0))
        throw SpecError("the rates of spiking cells must be positive");
    if (!(s.PV_rest_Hz >= 0) || !(s.PV_tau_ms > 0) || !(s.match_tau_ms > 0) ||
        !(s.PV_spread >= 0) || !(s.PV_silenced >= 0 && s.PV_silenced <= 1) || !(s.cell_noise >= 0))
        throw SpecError("a rest rate, a spread or a noise below 0, a time constant that is not "
                        "positive, or a share of silenced PV outside 0..1");
    if (s.embedded && s.cell != "lif_exp")
        throw SpecError("the microcircuit drives cells lif_exp, and cell is " + s.cell);
    if (s.embedded && !(s.background_scale >= 0.01 && s.background_scale <= 1))
        throw SpecError(fmt::format("the scale of the microcircuit, {}, must lie in 0.01..1",
                                    s.background_scale));
    if (s.embedded && spec.dt_ms > most_embedded_dt_ms)
        throw SpecError(fmt::format("a step of {} ms in the microcircuit, where {} ms is the most",
                                    spec.dt_ms, most_embedded_dt_ms));
    if (spec.integrator != Integrator::exponential)
        throw SpecError("neurons have a step of their own; use integrator: exponential");
    if (spec.tau.PV_lag_ms > 0)
        throw SpecError(
            "the lag behind PV is the decay of its inhibition, PV_tau; set PV_lag to 0");
}

} // namespace

SpikingArea::SpikingArea(const AreaSpec& spec, const AttentionWeights& weights, std::uint64_t seed,
                         const Device& device)
    : StateArea<double>(spec, weights, seed), device_(device), first_seed_(seed),
      gamma_(spec.oscillation.imposed ? Rhythm(spec.oscillation.gamma, 0) : Rhythm()),
      beta_(spec.oscillation.imposed ? Rhythm(spec.oscillation.beta, 1) : Rhythm()),
      log_drive_(at_.a.n), sent_(at_.p.n),
      delay_steps_(whole_steps(spec.spiking.delay_ms, spec.dt_ms, "spiking.delay")),
      PV_delay_steps_(whole_steps(spec.PV_delay_ms, spec.dt_ms, "PV_delay")),
      past_(std::size_t(std::max({delay_steps_, PV_delay_steps_, std::int64_t(1)}))) {
    check_spiking(spec);
    const SpikingSpec& spiking = spec.spiking;
    const Code rates = {spiking.n_neurons, spiking.rate_Hz};
    for (const StateSpan* span :
         {&at_.v, &at_.k, &at_.q, &at_.phi_k, &at_.phi_q, &at_.o, &at_.y, &at_.f, &at_.z}) {
        if (span->n == 0) continue;
        add(*span, span->tau_ms, rates);
        if (span->interneurons == 0) continue;
        StateSpan inter = *span;
        inter.first = span->interneurons;
        add(inter, spec.tau.interneuron_ms, rates);
    }
    has_PV_ = has_PV_cells(spec);
    // a PV pool tells p by what it fires above its rest
    if (has_PV_)
        add(at_.p_lagged, spiking.PV_tau_ms,
            {spiking.PV_neurons, spiking.PV_gain_Hz, spiking.PV_rest_Hz / spiking.PV_gain_Hz,
             1 - spiking.PV_silenced});
    if (has_SST_cells(spec)) add(at_.r, spec.tau.SST_ms, {spiking.n_neurons, spiking.rate_Hz});

    if (spiking.embedded) embed();
    if (spec.has_fast_weights()) fast_ = std::make_unique<FastWeights>(spec, at_);
    if (spiking.in_degree < spiking.n_neurons) wire();
    if (spec.matched_by_bursts()) matching_ = std::make_unique<BurstMatching>(spec, at_, device);
    if (spec.has_hidden_cells()) hidden_ = std::make_unique<HiddenCells>(spec, at_, seed, device);
    if (fast_) {
        reset(seed, 0);
        return;
    }

    SpikingGatesSpec gates;
    gates.gates = gate_parameters(spec);
    gates.gates.PV_delay_ms = 0; // the ring's
    gates.n_neurons = spec.spiking.n_neurons;
    gates.rate_Hz = spec.spiking.gate_rate_Hz;
    gates_ = make_spiking_gates(gates, device);
    if (spec.spiking.PV_spread > 0) {
        spread_.resize(at_.a.n);
        normal_row(seed, 0, Stream::synapses, 0, spread_.data(), spread_.size());
        for (double& x : spread_) x *= spec.spiking.PV_spread;
        offset_.resize(at_.a.n);
    }
    reset(seed, 0);
}

void SpikingArea::add(const StateSpan& span, double tau_ms, const Code& code) {
    Firing f;
    f.span = span;
    f.leak = Relaxation::over(spec_.dt_ms, tau_ms).leak;
    f.code = code;
    f.per_spike = code.heard / (code.n_neurons * code.Hz * 1e-3 * spec_.dt_ms);
    f.kind = cell_kind(spec_, at_.name_at(span.first), first_seed_);
    f.curve = &RateCurve::of(f.kind.cell, spec_.dt_ms, f.kind.highest_Hz);
    f.cells =
        make_cells(f.kind.cell, span.size(), std::size_t(code.n_neurons), spec_.dt_ms, device_);
    f.target.resize(span.size()), f.drive.resize(span.size()), f.n_spikes.resize(span.size());
    f.which = std::uint32_t(firing_.size());
    firing_.push_back(std::move(f));
}

/// All that are driven hear the microcircuit, cell by cell.
void SpikingArea::embed() {
    std::vector<EmbeddedCells> cells;
    for (Firing& f : firing_) {
        const std::size_t n = f.span.size() * std::size_t(f.code.n_neurons);
        const CellPlace& place = f.kind.cell.place;
        cells.push_back({place.population, std::uint32_t(n), place.relative_weight});
        f.own_drive.resize(n);
    }
    background_ = std::make_unique<Background>(spec_.spiking.background_scale, std::move(cells),
                                               spec_.dt_ms, first_seed_);
    n_background_spikes_.resize(background_->n_populations());
}

SpikingArea::Firing* SpikingArea::find(std::size_t first) {
    for (Firing& f : firing_)
        if (f.span.first == first) return &f;
    return nullptr;
}

void SpikingArea::reset(std::uint64_t seed, std::uint32_t trial) {
    seed_ = seed;
    trial_ = trial;
    if (background_) background_->start(trial);
    gamma_.reset(seed, trial);
    beta_.reset(seed, trial);
    rest_state();
    start_gates();
    warm_up();
}

void SpikingArea::settle_inputs() {
    rest_state();
    settle_state();
    settle_scores();
    start_gates();
    warm_up();
}

void SpikingArea::start_gates() {
    if (!gates_) return;
    const double* const s = state_.data();
    gates_->start({s + at_.a.first, s + at_.a.end()}, {s + at_.p.first, s + at_.p.end()}, seed_,
                  trial_);
}

/// Scores of the settled q and k as the rates' apical has them; bursts that tell large ones bring
/// them down.
void SpikingArea::settle_scores() {
    if (!matching_) return;
    circuit_.log_drive(state_.data(), log_drive_.data());
    for (std::size_t i = 0; i < at_.m.n; ++i)
        state_[at_.m.first + i] = std::isfinite(log_drive_[i]) ? log_drive_[i] : 0;
}

/// Cells find their way at the rates that the state says, unheard.
void SpikingArea::warm_up() {
    if (fast_) fast_->settle(state_.data());
    for (Firing& f : firing_) {
        f.cells->start();
        std::copy_n(state_.begin() + std::ptrdiff_t(f.span.first), f.target.size(),
                    f.target.begin());
    }
    if (has_PV_) ask_PV();
    const auto n = std::uint64_t(warm_up_ms / spec_.dt_ms);
    for (std::uint64_t step = 0; step < n; ++step) {
        if (background_) background_->advance();
        for (Firing& f : firing_) {
            ask_alike(f);
            begin_step(f, false, before_trial + step);
        }
    }
    if (matching_) matching_->warm_up(state_.data(), noise_of(which_matches()));
    if (hidden_) hidden_->settle(state_.data());
    for (Firing& f : firing_) {
        f.n_fired = 0;
        for (FiredCells& fired : f.fired) fired.clear();
    }
    for (Sparse& one : sparse_) one.inputs.clear();
    n_gate_spikes_ = 0;
    std::fill(n_background_spikes_.begin(), n_background_spikes_.end(), 0);
    fill_past();
}

// ------------------------------------------------------------------------------ one step

/// Targets of a pair, r_0 + [+-u]_+; with column.dale u holds [I+]_+ of all, then [I-]_+.
void SpikingArea::ask(const StateSpan& span, const std::vector<double>& u, double gain) {
    Firing& f = *find(span.first);
    const double r_0 = spec_.baseline;
    for (std::size_t i = 0; i < span.n; ++i) {
        const double up = gain * u[i], down = spec_.dale ? gain * u[span.n + i] : -up;
        f.target[i] = r_0 + std::max(up, 0.0);
        f.target[span.n + i] = r_0 + std::max(down, 0.0);
        if (f.hears.empty()) continue;
        f.net[i] = up;
        f.net[span.n + i] = down;
    }
}

/// An interneuron fires as the rate it stands behind.
void SpikingArea::ask_rates(std::size_t first, const double* rates) {
    Firing& f = *find(first);
    std::copy_n(rates, f.target.size(), f.target.begin());
    if (!f.hears.empty()) f.net = f.target;
}

void SpikingArea::ask_PV() {
    Firing& f = *find(at_.p_lagged.first);
    for (std::size_t row = 0; row < f.target.size(); ++row)
        f.target[row] = f.code.rest + state_[at_.p.first + row];
}

/// The cells of a number as the number is asked for.
void SpikingArea::ask_alike(Firing& f) const {
    for (std::size_t i = 0; i < f.target.size(); ++i)
        f.drive[i] = f.curve->drive_per_ms(f.code.Hz * f.target[i]);
    if (!background_) return;
    const auto n = std::size_t(f.code.n_neurons);
    for (std::size_t i = 0; i < f.drive.size(); ++i)
        std::fill_n(f.own_drive.data() + i * n, n, float(f.drive[i] * spec_.dt_ms));
}

/// Each cell as it is asked for by what it hears itself.
void SpikingArea::ask_each(Firing& f) const {
    const auto n = std::size_t(f.code.n_neurons);
    AskCells<float> body{};
    body.table = f.curve->table();
    body.rest = float(f.rest), body.rate_Hz = float(f.code.Hz), body.dt_ms = float(spec_.dt_ms);
    for (std::size_t i = 0; i < f.net.size(); ++i) {
        body.net = float(f.net[i]);
        body.own = f.own.data() + i * n, body.drive = f.own_drive.data() + i * n;
        cpu::run_items(0, n, body);
    }
}

/// As asked, in what the microcircuit tells each.
void SpikingArea::begin_step(Firing& f, bool each, std::uint64_t step) {
    if (background_) {
        const float* const heard = background_->heard(f.which);
        for (std::size_t k = 0; k < f.own_drive.size(); ++k) f.own_drive[k] += heard[k];
    }
    if (each || background_)
        f.cells->begin_step_each(f.own_drive.data(), noise_of(f.which), step);
    else
        f.cells->begin_step(f.drive.data(), noise_of(f.which), step);
}

/// Its spikes are filtered.
void SpikingArea::finish_step(Firing& f) {
    f.cells->count(f.n_spikes.data());
    for (const std::uint32_t n : f.n_spikes) f.n_fired += n;
    double* const rates = state_.data() + f.span.first;
    for (std::size_t i = 0; i < f.n_spikes.size(); ++i)
        rates[i] += f.leak * (f.n_spikes[i] * f.per_spike - f.code.rest - rates[i]);
}

/// Scores as the gates' dendrites have them.
void SpikingArea::take_scores(const double* s, std::vector<double>& log_drive) const {
    if (!matching_ && !hidden_) return circuit_.log_drive(s, log_drive.data());
    if (hidden_)
        hidden_->log_drive(s, log_drive.data());
    else
        std::copy_n(s + at_.m.first, at_.m.n, log_drive.begin());
    if (circuit_.input().all_seen) return;
    const auto& mask = circuit_.input().mask; // of one head
    for (std::size_t i = 0; i < log_drive.size(); ++i) log_drive[i] += mask[i % mask.size()];
}

void SpikingArea::log_normaliser(double* out) const {
    if (fast_) return fast_->log_normaliser(state_.data(), circuit_.input(), out);
    std::vector<double> scores(at_.a.n), work(at_.a.n);
    take_scores(state_.data(), scores);
    Cpu().for_each_row(at_.p.n,
                       PoolRows<double>{scores.data(), out, work.data(), spec_.columns, 1.0});
}

void SpikingArea::read(std::size_t population, double* out) const {
    if (fast_ && at_.named.at(population).info.symbol == "a")
        return fast_->implied(state_.data(), circuit_.input(), out);
    StateArea<double>::read(population, out);
}

/// Features of keys and queries, and what the memory is divided by.
void SpikingArea::recall(const double* s) {
    turn_to(StepPhase::score);
    fast_->ask(s, find(at_.phi_k.first)->target, find(at_.phi_q.first)->target);
    turn_to(StepPhase::gate);
    const double* const sent = past(PV_delay_steps_) + at_.p_lagged.first;
    fast_->inhibit(s, has_PV_ ? sent : nullptr, circuit_.input(), state_.data());
}

void SpikingArea::attend(const double* s, std::int64_t step) {
    turn_to(StepPhase::score);
    take_scores(s, log_drive_);
    turn_to(StepPhase::gate);
    gates_->set_scores(log_drive_);
    if (has_PV_) {
        const double* const sent = past(PV_delay_steps_) + at_.p_lagged.first;
        sent_.assign(sent, sent + at_.p.n);
        gates_->set_inhibition(sent_);
        if (!spread_.empty()) {
            for (std::size_t i = 0; i < offset_.size(); ++i)
                offset_[i] = spread_[i] * sent_[i / std::size_t(spec_.columns)];
            gates_->set_offsets(offset_);
        }
    }
    gates_->step_number(std::uint64_t(step));
    for (const std::uint32_t n : gates_->n_spikes()) n_gate_spikes_ += n;
}

/// What every population is asked for, given the filtered spikes `s` that have arrived.
void SpikingArea::ask_all(const double* s, std::int64_t step) {
    const double middle_ms = (double(step) + 0.5) * spec_.dt_ms;
    const double G_gamma = gamma_.imposed() ? gamma_.at(middle_ms) : 1;
    const double G_beta = beta_.imposed() ? beta_.at(middle_ms) : 1;
    turn_to(StepPhase::projections);
    circuit_.inputs_now(s, drive_v_.data(), drive_k_.data(), drive_q_.data());
    ask(at_.v, drive_v_, G_gamma);
    ask(at_.k, drive_k_, G_gamma);
    ask(at_.q, drive_q_, G_beta);

    const auto input = [&](const StateSpan& span, auto function) {
        input_.resize(circuit_.n_inputs(span));
        (circuit_.*function)(s, input_.data());
        ask(span, input_);
    };
    using Circuit = AreaCircuit<double>;
    turn_to(StepPhase::routing);
    if (fast_) {
        input_.resize(at_.o.n);
        fast_->recall(s, input_.data());
        ask(at_.o, input_);
    } else {
        input(at_.o, &Circuit::input_o);
    }
    turn_to(StepPhase::residual);
    input(at_.y, &Circuit::input_y);
    turn_to(StepPhase::feed_forward);
    if (at_.f.n > 0) input(at_.f, &Circuit::input_f);
    input(at_.z, &Circuit::input_z);
    for (const StateSpan* span : {&at_.v, &at_.o, &at_.y, &at_.f})
        if (span->interneurons > 0) ask_rates(span->interneurons, s + span->first);
    if (Firing* const SST = has_SST_cells(spec_) ? find(at_.r.first) : nullptr)
        std::fill(SST->target.begin(), SST->target.end(), spec_.apical_suppression);
}

/// Pools of the norms and the input's interneurons: rates; so is SST that does nothing.
void SpikingArea::follow_pools(const double* s) {
    double* const now = state_.data();
    const double dt_ms = spec_.dt_ms;
    const auto follow = [&](const StateSpan& span, auto function) {
        if (span.n == 0) return;
        const double leak = Relaxation::over(dt_ms, span.tau_ms).leak;
        input_.resize(span.n);
        (circuit_.*function)(s, input_.data());
        for (std::size_t i = 0; i < span.n; ++i)
            now[span.first + i] += leak * (input_[i] - now[span.first + i]);
    };
    using Circuit = AreaCircuit<double>;
    follow(at_.mean_y, &Circuit::input_mean_y);
    follow(at_.var_y, &Circuit::input_var_y);
    follow(at_.mean_z, &Circuit::input_mean_z);
    follow(at_.var_z, &Circuit::input_var_z);
    if (pre()) {
        circuit_.pools_x().advance(now, dt_ms);
        circuit_.pools_c().advance(now, dt_ms);
    }
    if (spec_.dale) {
        circuit_.pairs_x().advance(now, dt_ms);
        circuit_.pairs_c().advance(now, dt_ms);
    }
    if (has_SST_cells(spec_)) return;
    const double leak = Relaxation::over(dt_ms, spec_.tau.SST_ms).leak;
    for (std::size_t i = at_.r.first; i < at_.r.end(); ++i)
        now[i] += leak * (spec_.apical_suppression - now[i]);
}

void SpikingArea::hear_background() {
    background_->advance();
    for (std::size_t g = 0; g < n_background_spikes_.size(); ++g)
        for (const std::uint8_t one : background_->spiked(g)) n_background_spikes_[g] += one;
}

void SpikingArea::advance(std::int64_t step) {
    const double* const s = past(delay_steps_);
    if (fast_) recall(s);
    if (wirings_) {
        turn_to(StepPhase::projections);
        listen();
    }
    ask_all(s, step);
    follow_pools(s);
    if (gates_) attend(s, step);
    if (has_PV_) ask_PV();

    turn_to(StepPhase::neurons);
    if (background_) hear_background();
    for (Firing& f : firing_) {
        const bool each = !f.hears.empty();
        each ? ask_each(f) : ask_alike(f);
        begin_step(f, each, std::uint64_t(step));
    }
    const CellNoise of_matches = noise_of(which_matches());
    if (matching_) matching_->begin_step(s, of_matches, std::uint64_t(step));
    if (hidden_) hidden_->begin_step(s, of_matches, std::uint64_t(step));
    for (Firing& f : firing_) finish_step(f);
    if (matching_) matching_->finish_step(state_.data());
    if (hidden_) hidden_->finish_step(state_.data());
    if (fast_) fast_->learn(find(at_.phi_k.first)->n_spikes, circuit_.input(), state_.data());
    if (gates_) {
        const auto &a = gates_->a(), &p = gates_->p();
        std::copy(a.begin(), a.end(), state_.begin() + std::ptrdiff_t(at_.a.first));
        std::copy(p.begin(), p.end(), state_.begin() + std::ptrdiff_t(at_.p.first));
    }
    remember();
}

// ------------------------------------------------------------------------------ the past

/// The state as it is known `delay_steps` after it was: of the last step for a delay of one or
/// none.
const double* SpikingArea::past(std::int64_t delay_steps) const {
    return past_[place_of(delay_steps)].data();
}

std::size_t SpikingArea::place_of(std::int64_t delay_steps) const {
    const auto back = std::size_t(std::max<std::int64_t>(delay_steps - 1, 0));
    return (newest_ + past_.size() - back) % past_.size();
}

void SpikingArea::fill_past() {
    for (std::vector<double>& state : past_) state = state_;
    newest_ = 0;
}

void SpikingArea::remember() {
    newest_ = (newest_ + 1) % past_.size();
    std::copy(state_.begin(), state_.end(), past_[newest_].begin());
    for (Firing& f : firing_)
        if (!f.fired.empty())
            f.fired[newest_].set(f.cells->spiked(), f.span.size() * std::size_t(f.code.n_neurons));
}

std::size_t SpikingArea::state_bytes() const {
    std::size_t words = 0;
    for (const Firing& f : firing_) words += f.cells->n_state_words();
    if (matching_) words += matching_->cells().n_state_words() + 3 * matching_->n_neurons();
    if (hidden_) words += hidden_->n_words();
    // what is heard, asked for and sent is as wide as a word
    for (const Firing& f : firing_) words += f.own.size() + f.own_drive.size();
    return (past_.size() + 1) * state_.size() * sizeof(double) +
           (words + n_wired_words()) * sizeof(std::uint32_t) + (wirings_ ? wirings_->bytes() : 0) +
           (background_ ? background_->bytes() : 0);
}

std::size_t SpikingArea::n_wired_words() const {
    std::size_t n = 0;
    for (const Firing& f : firing_)
        for (const FiredCells& one : f.fired) n += one.bits().size();
    for (const Sparse& one : sparse_) n += one.inputs.n_state_words();
    return n;
}

double SpikingArea::flops_per_step() const {
    // a cell: noise 3, membrane and current 6, threshold and reset 3, what the microcircuit tells 4
    const double of_matches = matching_ ? 90 * double(matching_->n_neurons()) : 0;
    const double of_hidden = hidden_ ? 40 * double(HiddenCells::n_neurons(spec_)) : 0;
    const double of_fast = fast_ ? fast_->flops_per_step() : 0;
    return circuit_.flops() + (background_ ? 16 : 12) * double(n_neurons()) + of_matches +
           of_hidden + of_fast;
}

std::int64_t SpikingArea::n_neurons() const {
    std::int64_t n = 0;
    for (const PopulationSpikes& one : spiking_populations(spec_)) n += one.n_neurons;
    return n;
}

std::vector<PopulationSpikes> SpikingArea::spikes() const {
    std::vector<PopulationSpikes> all = spiking_populations(spec_);
    LAMINA_EXPECT(all.size() == firing_.size() + (matching_ || hidden_) + (gates_ != nullptr) +
                                    n_background_spikes_.size());
    auto one = all.begin();
    for (const Firing& f : firing_) (one++)->n_spikes = std::int64_t(f.n_fired);
    if (matching_) {
        one->n_spikes = std::int64_t(matching_->n_spikes());
        one->n_events = std::int64_t(matching_->n_events());
        (one++)->n_bursts = std::int64_t(matching_->n_bursts());
    }
    if (hidden_) (one++)->n_spikes = std::int64_t(hidden_->n_spikes());
    if (gates_) (one++)->n_spikes = std::int64_t(n_gate_spikes_);
    for (const std::int64_t n : n_background_spikes_) (one++)->n_spikes = n;
    return all;
}

StepSpikes SpikingArea::step_spikes(std::size_t i) const {
    if (i < firing_.size()) {
        const Firing& f = firing_[i];
        return {f.cells->spiked(), nullptr, f.span.size() * std::size_t(f.code.n_neurons)};
    }
    if (matching_ && i == firing_.size())
        return {matching_->cells().spiked(), nullptr, std::size_t(matching_->n_neurons())};
    if (hidden_ && i == firing_.size())
        return {nullptr, hidden_->n_of_gates().data(), hidden_->n_of_gates().size()};
    const std::size_t gates = firing_.size() + (matching_ || hidden_);
    if (gates_ && i == gates) return {nullptr, gates_->n_spikes().data(), at_.a.n};
    const auto& spiked = background_->spiked(i - gates - (gates_ != nullptr));
    return {spiked.data(), nullptr, spiked.size()};
}

/// The state, the past from the oldest on, the words of all cells; of the microcircuit, which
/// nobody disturbs, how far it has come.
std::vector<double> SpikingArea::state() const {
    std::vector<double> all = state_;
    const auto put = [&](const auto& part) { all.insert(all.end(), part.begin(), part.end()); };
    for (std::size_t k = 1; k <= past_.size(); ++k) put(past_[(newest_ + k) % past_.size()]);
    for (const Firing& f : firing_) put(f.cells->state());
    if (matching_) put(matching_->cells().state());
    for (const Firing& f : firing_)
        for (std::size_t k = 1; k <= f.fired.size(); ++k)
            put(f.fired[(newest_ + k) % f.fired.size()].bits());
    for (const Sparse& one : sparse_) put(one.inputs.state());
    if (background_)
        all.insert(all.end(), {double(background_->trial()), double(background_->n_steps())});
    return all;
}

void SpikingArea::set_state(const std::vector<double>& all) {
    std::size_t size = (past_.size() + 1) * state_.size();
    for (const Firing& f : firing_) size += f.cells->n_state_words();
    if (matching_) size += matching_->cells().n_state_words();
    size += n_wired_words() + (background_ ? 2 : 0);
    if (all.size() != size)
        throw SpecError(fmt::format("a state of {} numbers does not fit a spiking area of {}",
                                    all.size(), size));
    auto from = all.begin();
    const auto take = [&](auto to, std::size_t n) {
        std::copy_n(from, n, to);
        from += std::ptrdiff_t(n);
    };
    take(state_.begin(), state_.size());
    for (std::vector<double>& one : past_) take(one.begin(), one.size());
    newest_ = past_.size() - 1;
    for (Firing& f : firing_) {
        std::vector<std::uint32_t> words(f.cells->n_state_words());
        take(words.begin(), words.size());
        f.cells->set_state(words.data());
    }
    if (matching_) {
        std::vector<std::uint32_t> words(matching_->cells().n_state_words());
        take(words.begin(), words.size());
        matching_->cells().set_state(words.data());
    }
    for (Firing& f : firing_)
        for (FiredCells& one : f.fired) take(one.bits().begin(), one.bits().size());
    for (Sparse& one : sparse_) {
        std::vector<float> heard(one.inputs.n_state_words());
        take(heard.begin(), heard.size());
        one.inputs.set_state(heard);
    }
    if (background_) background_->go_to(std::uint32_t(from[0]), std::int64_t(from[1]));
    last_finite_.clear();
    start_gates();
}

} // namespace lamina

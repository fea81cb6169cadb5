#include "sim/spiking_gates.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/cpu/exec.hpp"
#include "kernels/inhibit_rows.hpp"
#include "kernels/normal.hpp"
#include "models/catalogue.hpp"
#include "models/relaxation.hpp"
#include "sim/errors.hpp"
#include "sim/gate_spikes.hpp"

namespace lamina {
namespace {

template <class Inhibition> class SpikingGatesOf final : public SpikingGates {
  public:
    SpikingGatesOf(const SpikingGatesSpec& spec, const Device& device)
        : spec_(spec), n_rows_(std::size_t(spec.gates.n_rows)),
          n_keys_(std::size_t(spec.gates.n_keys)), inhibition_{spec.gates.tau_PV_ms,
                                                               spec.gates.kappa,
                                                               spec.gates.divisive_n,
                                                               spec.gates.divisive_sigma_n},
          constants_(Inhibition::template prepare<double>(inhibition_, spec.gates.dt_ms)),
          neurons_(make_gate_spikes(plan_of(spec), device)), open_(n_rows_), sums_(n_rows_),
          sums_before_(n_rows_), log_divisor_(n_rows_), pool_(n_rows_), common_(n_rows_, 0.0),
          normal_(n_rows_) {
        if (spec_.scores.empty()) spec_.scores.assign(n_rows_ * n_keys_, 0);
        set_scores(std::vector<double>(spec_.scores));
        std::vector<double> a(n_rows_ * n_keys_, 0);
        for (std::size_t row = 0; row < n_rows_; ++row) {
            const auto first = spec_.scores.begin() + std::ptrdiff_t(row * n_keys_);
            const auto n = std::count_if(first, first + std::ptrdiff_t(n_keys_), [](double s) {
                return s > -std::numeric_limits<double>::infinity();
            });
            for (std::size_t key = 0; n > 0 && key < n_keys_; ++key)
                a[row * n_keys_ + key] =
                    spec_.scores[row * n_keys_ + key] > -std::numeric_limits<double>::infinity()
                        ? 1 / double(n)
                        : 0;
        }
        start(a, std::vector<double>(n_rows_, 0));
    }

    void start(const std::vector<double>& a, const std::vector<double>& p) override {
        if (a.size() != n_rows_ * n_keys_ || p.size() != n_rows_)
            throw SpecError("gates start from n_rows * n_keys values of a and n_rows of p");
        neurons_->start(a, spec_.seed, spec_.trial);
        p_ = p;
        step_ = 0;
        if (spec_.common_noise_sd > 0) {
            normal_row(spec_.seed, spec_.trial, Stream::laboratory, 0, normal_.data(), n_rows_);
            for (std::size_t row = 0; row < n_rows_; ++row)
                common_[row] = spec_.common_noise_sd * normal_[row];
        }
        add_up();
    }

    void start(const std::vector<double>& a, const std::vector<double>& p, std::uint64_t seed,
               std::uint32_t trial) override {
        spec_.seed = seed, spec_.trial = trial;
        start(a, p);
    }
    void set_inhibition(const std::vector<double>& sent) override {
        if (sent.size() != n_rows_) throw SpecError("gates are inhibited by n_rows values");
        sent_ = sent;
    }
    void set_offsets(const std::vector<double>& offsets) override {
        if (offsets.size() != n_rows_ * n_keys_)
            throw SpecError("gates that spike need n_rows * n_keys offsets");
        spec_.offsets = offsets;
    }
    void step_number(std::uint64_t number) override {
        step_ = number;
        step();
    }

    void set_scores(const std::vector<double>& scores) override {
        if (scores.size() != n_rows_ * n_keys_)
            throw SpecError("gates that spike need n_rows * n_keys scores");
        spec_.scores = scores;
        for (std::size_t row = 0; row < n_rows_; ++row) {
            const auto first = scores.begin() + std::ptrdiff_t(row * n_keys_);
            open_[row] = *std::max_element(first, first + std::ptrdiff_t(n_keys_)) >
                         -std::numeric_limits<double>::infinity();
        }
        if (!Inhibition::pools_drive) return;
        std::vector<double> work(scores.size());
        Cpu().for_each_row(n_rows_,
                           PoolRows<double>{scores.data(), pool_.data(), work.data(), int(n_keys_),
                                            Inhibition::pool_exponent(inhibition_)});
    }

    /// Spikes at the inhibition of the step's start; then PV over the sums of both its ends.
    void step() override {
        const double* const pool = Inhibition::pools_drive ? pool_.data() : nullptr;
        Cpu().for_each(n_rows_, DivisorRows<Inhibition, double>{
                                    sent_.empty() ? p_.data() : sent_.data(), pool,
                                    log_divisor_.data(), open_.data(), constants_});
        if (spec_.common_noise_sd > 0)
            for (std::size_t row = 0; row < n_rows_; ++row) log_divisor_[row] += common_[row];
        neurons_->step(step_, spec_.scores, log_divisor_, spec_.offsets);

        sums_before_.swap(sums_);
        add_up();
        if (!spec_.PV_frozen)
            Cpu().for_each(n_rows_, InhibitRows<Inhibition, double>{
                                        p_.data(), sums_before_.data(), sums_.data(), pool, pool,
                                        nullptr, nullptr, open_.data(), 1, constants_});
        ++step_;
        if (spec_.common_noise_sd > 0) fluctuate();
    }

    const std::vector<double>& a() const override { return neurons_->a(); }
    const std::vector<double>& p() const override { return p_; }
    const std::vector<double>& sums() const override { return sums_; }
    const std::vector<std::uint32_t>& n_spikes() const override { return neurons_->n_spikes(); }

  private:
    static GateSpikesPlan plan_of(const SpikingGatesSpec& spec) {
        const GateParameters& par = spec.gates;
        GateSpikesPlan plan;
        plan.n_rows = std::size_t(par.n_rows);
        plan.body.n_keys = par.n_keys, plan.body.n_neurons = std::uint32_t(spec.n_neurons);
        plan.body.rest_steps = std::uint32_t(std::lround(spec.refractory_ms / par.dt_ms));
        plan.body.leak = Relaxation::over(par.dt_ms, par.tau_gate_ms).leak;
        plan.body.rate_dt = spec.rate_Hz * 1e-3 * par.dt_ms;
        plan.body.log_limit = math::log(par.gate_max);
        return plan;
    }
    void add_up() {
        Cpu().for_each_row(n_rows_, SumRows<double>{a().data(), sums_.data(), int(n_keys_)});
    }
    /// The exact step of an Ornstein-Uhlenbeck process.
    void fluctuate() {
        normal_row(spec_.seed, spec_.trial, Stream::laboratory, step_, normal_.data(), n_rows_);
        const double keep = math::exp(-spec_.gates.dt_ms / spec_.common_noise_tau_ms);
        const double sd = spec_.common_noise_sd * std::sqrt(1 - keep * keep);
        for (std::size_t row = 0; row < n_rows_; ++row)
            common_[row] = keep * common_[row] + sd * normal_[row];
    }

    SpikingGatesSpec spec_;
    std::size_t n_rows_, n_keys_;
    InhibitionParameters inhibition_;
    typename Inhibition::template Constants<double> constants_;
    const std::unique_ptr<GateSpikes> neurons_;
    std::uint64_t step_ = 0;
    std::vector<unsigned char> open_;
    std::vector<double> p_, sent_, sums_, sums_before_, log_divisor_, pool_, common_, normal_;
};

} // namespace

std::unique_ptr<SpikingGates> make_spiking_gates(const SpikingGatesSpec& spec,
                                                 const Device& device) {
    const std::size_t n_gates = std::size_t(spec.gates.n_rows) * std::size_t(spec.gates.n_keys);
    if (spec.gates.n_rows < 1 || spec.gates.n_keys < 1)
        throw SpecError("gates that spike need a row and a key at least");
    if (!(spec.gates.dt_ms > 0)) throw SpecError("gates that spike need a step above 0 ms");
    const double rest_steps = spec.refractory_ms / spec.gates.dt_ms;
    if (!(rest_steps >= 0) || std::fabs(rest_steps - std::round(rest_steps)) > 1e-6)
        throw SpecError("rest after a spike must be a whole number of steps");
    if (spec.n_neurons < 1) throw SpecError("a gate that spikes needs a neuron at least");
    if (!(spec.rate_Hz > 0)) throw SpecError("a gate's neurons need a rate above 0 Hz");
    if (spec.gates.PV_lag_ms > 0 || spec.gates.PV_delay_ms > 0)
        throw SpecError("gates that spike have no lag and no delay behind PV");
    if (!spec.scores.empty() && spec.scores.size() != n_gates)
        throw SpecError("gates that spike need n_rows * n_keys scores");
    if (!spec.offsets.empty() && spec.offsets.size() != n_gates)
        throw SpecError("gates that spike need n_rows * n_keys offsets");
    std::unique_ptr<SpikingGates> gates;
    const bool known = with_model(Inhibitions{}, spec.gates.inhibition, [&](auto tag) {
        using Inhibition = typename decltype(tag)::type;
        if (spec.PV_frozen && !Inhibition::has_loop)
            throw SpecError("inhibition '" + spec.gates.inhibition + "' has no PV to freeze");
        gates = std::make_unique<SpikingGatesOf<Inhibition>>(spec, device);
    });
    if (!known) throw SpecError("inhibition '" + spec.gates.inhibition + "' is unknown");
    return gates;
}

} // namespace lamina

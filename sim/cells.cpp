#include "sim/cells.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <mutex>
#include <tuple>

#include <fmt/format.h>

#include "kernels/cpu/exec.hpp"
#include "kernels/cpu/line_vector.hpp"
#include "kernels/cpu/philox_rows.hpp"
#include "kernels/step_cells.hpp"
#include "models/neuron_catalogue.hpp"
#include "sim/errors.hpp"
#include "sim/spikes/model_parameters.hpp"

namespace lamina {
namespace {

template <template <class> class ModelOf> class CellsOf final : public Cells {
    using Real = float;
    using Model = ModelOf<Real>;
    using View = SoaView<typename Model::State>;

  public:
    CellsOf(const CellSpec& spec, double noise_per_sqrt_ms, std::size_t n_groups,
            std::size_t n_neurons, double dt_ms)
        : params_(params_of<Model>(spec.parameters, spec.model)),
          constants_(Model::prepare(params_, dt_ms)), n_groups_(n_groups), n_neurons_(n_neurons),
          dt_ms_(dt_ms), noise_(Real(spec.noise * noise_per_sqrt_ms * std::sqrt(dt_ms))),
          words_(View::n_words * n()), spiked_(n()) {
        if (const char* const why = Model::refusal(params_, dt_ms))
            throw SpecError(fmt::format("{}: {}", spec.model, why));
        halves_.resize((n() + 63) / 64 * 64);
        draws_stride_ = (n() + 255) / 256 * 256;
        draws_.resize(draws_stride_ * Model::n_draws);
        start();
    }

    void start() override {
        const auto rest = Model::start(params_);
        for (std::size_t i = 0; i < n(); ++i) view().store(i, rest);
    }

    void step(const double* drive_per_ms, const CellNoise& noise, std::uint64_t step,
              std::uint32_t* n_spikes) override {
        const std::uint32_t draw = noise.which * 4;
        cpu::random_halves(noise.seed, noise.trial, Stream::cells, step, draw, 0, n(),
                           halves_.data());
        for (int k = 0; k < Model::n_draws; ++k)
            cpu::random_words(noise.seed, noise.trial, Stream::cells, step,
                              draw + std::uint32_t(k) + 1, 0, n(),
                              draws_.data() + std::size_t(k) * draws_stride_);
        StepCells<Model, Real> body{};
        body.draws_stride = draws_stride_, body.noise = noise_, body.constants = constants_;
        for (std::size_t group = 0; group < n_groups_; ++group) {
            const std::size_t first = group * n_neurons_;
            body.state = {words_.data() + first, n()};
            body.halves = halves_.data() + first;
            body.draws = draws_.data() + first;
            body.spiked = spiked_.data() + first;
            body.drive = Real(drive_per_ms[group] * dt_ms_);
            cpu::run_items(0, n_neurons_, body);
            std::uint32_t sum = 0;
            for (std::size_t i = 0; i < n_neurons_; ++i) sum += spiked_[first + i];
            n_spikes[group] = sum;
        }
    }

    const std::uint8_t* spiked() const override { return spiked_.data(); }
    std::vector<std::uint32_t> state() const override { return {words_.begin(), words_.end()}; }
    void set_state(const std::uint32_t* words) override {
        std::copy_n(words, words_.size(), words_.begin());
    }
    std::size_t n_state_words() const override { return words_.size(); }

  private:
    std::size_t n() const { return n_groups_ * n_neurons_; }
    View view() { return {words_.data(), n()}; }

    typename Model::Params params_;
    typename Model::Constants constants_;
    std::size_t n_groups_, n_neurons_;
    double dt_ms_;
    Real noise_;
    cpu::LineVector<std::uint32_t> words_;
    cpu::LineVector<std::uint8_t> spiked_;
    cpu::LineVector<std::uint16_t> halves_;
    cpu::LineVector<std::uint32_t> draws_;
    std::size_t draws_stride_ = 0;
};

/// Rates of groups that each have a drive, over a time after another in which they find their way.
std::vector<double> measured_Hz(const CellSpec& spec, const std::vector<double>& drives,
                                std::size_t n_neurons, double before_ms, double for_ms,
                                double dt_ms) {
    const auto cells = make_cells(spec, drives.size(), n_neurons, dt_ms);
    std::vector<std::uint32_t> now(drives.size());
    std::vector<double> sum(drives.size());
    const auto n_before = std::llround(before_ms / dt_ms), n = std::llround(for_ms / dt_ms);
    for (std::int64_t step = 0; step < n_before + n; ++step) {
        cells->step(drives.data(), {}, std::uint64_t(step), now.data());
        for (std::size_t k = 0; step >= n_before && k < now.size(); ++k) sum[k] += now[k];
    }
    for (double& x : sum) x /= double(n_neurons) * double(n) * dt_ms * 1e-3;
    return sum;
}

} // namespace

const std::vector<CellModel>& cell_models() {
    // lif: potentials without threshold have an SD of 4 mV; who has noise inside needs none
    static const std::vector<CellModel> models = {
        {"lif_exp", "pA", 917, "leaky integrate-and-fire, synaptic current with a decay"},
        {"lif_delta", "mV", 1.26, "leaky integrate-and-fire, a spike moves the potential"},
        {"escape_exp", "pA", 0, "leaky integrate-and-fire with exponential escape noise"}};
    return models;
}

std::unique_ptr<Cells> make_cells(const CellSpec& spec, std::size_t n_groups, std::size_t n_neurons,
                                  double dt_ms) {
    const auto& models = cell_models();
    const auto found = std::find_if(models.begin(), models.end(),
                                    [&](const CellModel& m) { return spec.model == m.name; });
    if (found == models.end()) {
        std::string names;
        for (const CellModel& m : models)
            names += (names.empty() ? "" : ", ") + std::string(m.name);
        throw SpecError(
            fmt::format("a column cannot be made of '{}'; it can of {}", spec.model, names));
    }
    const double noise = found->noise_per_sqrt_ms;
    if (spec.model == "lif_delta")
        return std::make_unique<CellsOf<LifDelta>>(spec, noise, n_groups, n_neurons, dt_ms);
    if (spec.model == "escape_exp")
        return std::make_unique<CellsOf<EscapeExp>>(spec, noise, n_groups, n_neurons, dt_ms);
    return std::make_unique<CellsOf<LifExp>>(spec, noise, n_groups, n_neurons, dt_ms);
}

const RateCurve& RateCurve::of(const CellSpec& spec, double dt_ms, double highest_Hz) {
    using Key = std::tuple<std::string, std::map<std::string, double>, double, double, double>;
    static std::mutex mutex;
    static std::map<Key, std::unique_ptr<RateCurve>> known;
    const std::lock_guard<std::mutex> hold(mutex);
    auto& curve = known[{spec.model, spec.parameters, spec.noise, dt_ms, highest_Hz}];
    if (!curve) curve.reset(new RateCurve(spec, dt_ms, highest_Hz));
    return *curve;
}

RateCurve::RateCurve(const CellSpec& spec, double dt_ms, double highest_Hz)
    : highest_Hz_(highest_Hz) {
    // from where nothing fires to where all is reached
    const auto roughly_Hz = [&](double drive) {
        return measured_Hz(spec, {drive}, 256, 50, 100, dt_ms)[0];
    };
    double high = 1e-3;
    while (roughly_Hz(high) < 1.02 * highest_Hz) {
        high *= 2;
        if (high > 1e12)
            throw SpecError(fmt::format("{} cannot fire at {:g} Hz; shorten its refractory time or "
                                        "lower the rates",
                                        spec.model, highest_Hz));
    }
    double low = -high / 8;
    while (roughly_Hz(low) > 0.05 && low > -8 * high) low *= 2;

    // squeeze the lower end, where a whole range is silent
    for (double above = high; above - low > 0.02 * (high - low);) {
        const double middle = 0.5 * (low + above);
        (roughly_Hz(middle) > 0.05 ? above : low) = middle;
    }
    constexpr int n_drives = 49;
    for (int k = 0; k < n_drives; ++k) drives_.push_back(low + (high - low) * k / (n_drives - 1));
    rates_ = measured_Hz(spec, drives_, 512, 200, 2000, dt_ms);
    turn_around();
}

/// Rates rise with the drive but for their sampling error, which is the same at each (the noise
/// is). Between the drives, the root of the rate is a monotone cubic (Fritsch & Carlson 1980).
void RateCurve::turn_around() {
    const std::size_t n = rates_.size();
    std::vector<double> y(n), slope(n), secant(n - 1);
    for (std::size_t k = 0; k < n; ++k) y[k] = std::max(std::sqrt(rates_[k]), k > 0 ? y[k - 1] : 0);
    const double h = drives_[1] - drives_[0];
    for (std::size_t k = 0; k + 1 < n; ++k) secant[k] = (y[k + 1] - y[k]) / h;
    slope[0] = secant[0], slope[n - 1] = secant[n - 2];
    for (std::size_t k = 1; k + 1 < n; ++k) {
        const double sum = secant[k - 1] + secant[k];
        slope[k] = sum > 0 ? 2 * secant[k - 1] * secant[k] / sum : 0;
    }
    const auto root_at = [&](double drive) {
        const double place = std::min(std::max((drive - drives_[0]) / h, 0.0), double(n - 1));
        const std::size_t k = std::min(std::size_t(place), n - 2);
        const double t = place - double(k), u = 1 - t;
        return u * u * (1 + 2 * t) * y[k] + u * u * t * h * slope[k] +
               t * t * (3 - 2 * t) * y[k + 1] - t * t * u * h * slope[k + 1];
    };
    constexpr int n_roots = 1024;
    root_step_ = std::sqrt(highest_Hz_) / n_roots;
    for (int k = 0; k <= n_roots; ++k) {
        double low = drives_.front(), high = drives_.back();
        for (int i = 0; i < 60; ++i) {
            const double middle = 0.5 * (low + high);
            (root_at(middle) < k * root_step_ ? low : high) = middle;
        }
        inverse_.push_back(0.5 * (low + high));
    }
}

double RateCurve::drive_per_ms(double rate_Hz) const {
    const double last = double(inverse_.size() - 1);
    const double place =
        std::min(std::max(std::sqrt(std::max(rate_Hz, 0.0)) / root_step_, 0.0), last);
    const auto k = std::min(std::size_t(place), inverse_.size() - 2);
    return inverse_[k] + (place - double(k)) * (inverse_[k + 1] - inverse_[k]);
}

} // namespace lamina

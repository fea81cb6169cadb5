#include "sim/cells.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <mutex>
#include <tuple>

#include <fmt/format.h>

#include "kernels/count_spikes.hpp"
#include "kernels/cpu/exec.hpp"
#include "kernels/cpu/line_vector.hpp"
#include "kernels/cpu/philox_rows.hpp"
#include "kernels/step_cells.hpp"
#include "sim/background.hpp"
#include "sim/cells_plan.hpp"
#include "sim/device_cells.hpp"
#include "sim/errors.hpp"
#include "sim/spikes/model_parameters.hpp"

namespace lamina {
namespace {

template <class Model> class CellsOf final : public Cells {
    using Real = float;
    using View = SoaView<typename Model::State>;

  public:
    explicit CellsOf(const CellsPlan<Model>& plan)
        : rest_(plan.rest), constants_(plan.constants), n_groups_(plan.n_groups),
          n_neurons_(plan.n_neurons), dt_ms_(plan.dt_ms), noise_(plan.noise),
          words_(View::n_words * n()), spiked_(n()) {
        halves_.resize((n() + 63) / 64 * 64);
        draws_stride_ = (n() + 255) / 256 * 256;
        draws_.resize(draws_stride_ * Model::n_draws);
        start();
    }

    void start() override {
        for (std::size_t i = 0; i < n(); ++i) view().store(i, rest_);
    }

    void begin(const double* drive_per_ms, const float* own_drive, const CellNoise& noise,
               std::uint64_t step) override {
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
            if (own_drive) {
                cpu::run_items(0, n_neurons_, StepEach<Model, Real>{body, own_drive + first});
            } else {
                body.drive = Real(drive_per_ms[group] * dt_ms_);
                cpu::run_items(0, n_neurons_, body);
            }
        }
    }
    void count(std::uint32_t* n_spikes) const override {
        cpu::run_rows(0, n_groups_, CountSpikes{spiked_.data(), n_neurons_, n_spikes});
    }

    std::vector<std::uint32_t> state() const override { return {words_.begin(), words_.end()}; }
    void set_state(const std::uint32_t* words) override {
        std::copy_n(words, words_.size(), words_.begin());
    }
    std::size_t n_state_words() const override { return words_.size(); }
    const std::uint8_t* spiked() const override { return spiked_.data(); }

  private:
    std::size_t n() const { return n_groups_ * n_neurons_; }
    View view() { return {words_.data(), n()}; }

    typename Model::State rest_;
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

template <class Model>
AnyCellsPlan plan_of(const CellSpec& spec, const CellModel& model, std::size_t n_groups,
                     std::size_t n_neurons, double dt_ms) {
    const auto params = params_of<Model>(spec.parameters, spec.model);
    if (const char* const why = Model::refusal(params, dt_ms))
        throw SpecError(fmt::format("{}: {}", spec.model, why));
    const auto noise = float(spec.noise * model.noise_per_sqrt_ms * std::sqrt(dt_ms));
    return CellsPlan<Model>{
        n_groups, n_neurons, dt_ms, noise, Model::start(params), Model::prepare(params, dt_ms)};
}

constexpr std::size_t most_neurons = 512; ///< of a group
/// Trials of the microcircuit that no task has.
constexpr std::uint32_t measuring = 0xffffffff, asking = 0xfffffffe;
constexpr double settle_ms = 200, measure_ms = 2000;

/// What cells that lie somewhere hear there, step by step; nothing of those that lie nowhere.
std::vector<float> heard_by(const CellSpec& spec, double dt_ms, std::uint32_t trial) {
    std::vector<float> heard;
    if (spec.place.scale == 0) return heard;
    Background background(spec.place.scale,
                          {{spec.place.population, most_neurons, spec.place.relative_weight}},
                          dt_ms, spec.place.seed);
    background.start(trial);
    const auto n_steps = std::llround((settle_ms + measure_ms) / dt_ms);
    heard.reserve(std::size_t(n_steps) * most_neurons);
    for (auto n = n_steps; n > 0; --n) {
        background.advance();
        heard.insert(heard.end(), background.heard(0), background.heard(0) + most_neurons);
    }
    return heard;
}

/// Rates of groups that each have a drive, over a time after another in which they find their way.
/// Neurons of the same number hear the same in all groups.
std::vector<double> measured_Hz(const CellSpec& spec, const std::vector<double>& drives,
                                const std::vector<float>& heard, std::size_t n_neurons,
                                double before_ms, double for_ms, double dt_ms,
                                const CellNoise& noise = {}) {
    const auto cells = make_cells(spec, drives.size(), n_neurons, dt_ms);
    std::vector<std::uint32_t> now(drives.size());
    std::vector<double> sum(drives.size());
    std::vector<float> own(heard.empty() ? 0 : drives.size() * n_neurons);
    const auto n_before = std::llround(before_ms / dt_ms), n = std::llround(for_ms / dt_ms);
    for (std::int64_t step = 0; step < n_before + n; ++step) {
        if (heard.empty()) {
            cells->step(drives.data(), noise, std::uint64_t(step), now.data());
        } else {
            const float* const arriving = heard.data() + std::size_t(step) * most_neurons;
            for (std::size_t k = 0; k < drives.size(); ++k)
                for (std::size_t i = 0; i < n_neurons; ++i)
                    own[k * n_neurons + i] = float(drives[k] * dt_ms) + arriving[i];
            cells->step_each(own.data(), noise, std::uint64_t(step), now.data());
        }
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

AnyCellsPlan cells_plan(const CellSpec& spec, std::size_t n_groups, std::size_t n_neurons,
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
    const auto plan = [&](auto model) {
        return plan_of<decltype(model)>(spec, *found, n_groups, n_neurons, dt_ms);
    };
    if (spec.model == "lif_delta") return plan(LifDelta<float>{});
    if (spec.model == "escape_exp") return plan(EscapeExp<float>{});
    return plan(LifExp<float>{});
}

std::unique_ptr<Cells> make_cells(const CellSpec& spec, std::size_t n_groups, std::size_t n_neurons,
                                  double dt_ms, const Device& device) {
    const AnyCellsPlan any = cells_plan(spec, n_groups, n_neurons, dt_ms);
    if (device.kind != Device::cpu) return make_device_cells(device, any);
    return std::visit(
        [](const auto& plan) -> std::unique_ptr<Cells> {
            return std::make_unique<CellsOf<typename std::decay_t<decltype(plan)>::Model>>(plan);
        },
        any);
}

const RateCurve& RateCurve::of(const CellSpec& spec, double dt_ms, double highest_Hz) {
    using Key = std::tuple<std::string, std::map<std::string, double>, double, double, double,
                           double, int, double, std::uint64_t>;
    static std::mutex mutex;
    static std::map<Key, std::unique_ptr<RateCurve>> known;
    const std::lock_guard<std::mutex> hold(mutex);
    const CellPlace& place = spec.place;
    auto& curve = known[{spec.model, spec.parameters, spec.noise, dt_ms, highest_Hz, place.scale,
                         place.population, place.relative_weight, place.seed}];
    if (!curve) curve.reset(new RateCurve(spec, dt_ms, highest_Hz));
    return *curve;
}

RateCurve::RateCurve(const CellSpec& spec, double dt_ms, double highest_Hz)
    : spec_(spec), dt_ms_(dt_ms), highest_Hz_(highest_Hz) {
    const std::vector<float> heard = heard_by(spec, dt_ms, measuring);
    // from where nothing fires to where all is reached
    const auto roughly_Hz = [&](double drive) {
        return measured_Hz(spec, {drive}, heard, 256, 50, 100, dt_ms)[0];
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
    rates_ = measured_Hz(spec, drives_, heard, most_neurons, settle_ms, measure_ms, dt_ms);
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
    rounded_.assign(inverse_.begin(), inverse_.end());
}

RateCurve::Asked RateCurve::ask() const {
    constexpr int n_rates = 16;
    Asked asked;
    std::vector<double> drives;
    for (int k = 1; k <= n_rates; ++k) {
        asked.asked_Hz.push_back(highest_Hz_ * k / n_rates);
        drives.push_back(drive_per_ms(asked.asked_Hz.back()));
    }
    const CellNoise unseen = {2, 1, 1};
    asked.fired_Hz = measured_Hz(spec_, drives, heard_by(spec_, dt_ms_, asking), most_neurons,
                                 settle_ms, measure_ms, dt_ms_, unseen);
    return asked;
}

} // namespace lamina

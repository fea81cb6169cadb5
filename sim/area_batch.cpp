#include "sim/area_batch.hpp"

#include <algorithm>
#include <map>
#include <mutex>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sim/area_of.hpp"
#include "sim/device_area.hpp"
#include "sim/errors.hpp"

namespace lamina {
namespace {

/// The host makes starting states and inputs in an area of its own, which never takes a step.
template <class Real> class AreaBatchOf final : public AreaBatch {
  public:
    AreaBatchOf(const Device& device, const AreaSpec& spec, const AttentionWeights& weights,
                int n_areas, std::uint64_t seed)
        : host_(static_cast<AreaOf<Real>*>(make_area(spec, weights, seed).release())),
          on_device_(make_device_area(
              device, DeviceAreaPlan<Real>{spec, host_->circuit().weights(), n_areas, seed})),
          spec_(spec) {
        for (int place = 0; place < n_areas; ++place) views_.emplace_back(*this, place);
    }

    void reset(std::uint64_t seed, const std::vector<std::uint32_t>& trials) override {
        LAMINA_EXPECT(trials.size() == views_.size());
        host_->reset(seed, 0);
        seed_ = seed, trials_ = trials;
        starts_.assign(trials.size(), host_state());
        begins_ = true;
    }
    void present(int place, const Segment& segment) override {
        host_->present(segment);
        on_device_->present(place, host_->circuit().input());
    }
    void settle_inputs(int place) override {
        host_->settle_inputs();
        starts_[std::size_t(place)] = host_state();
    }
    void advance() override {
        if (begins_) on_device_->reset(seed_, trials_, starts_);
        begins_ = false;
        on_device_->advance();
        sampled_.clear();
        log_normaliser_.clear();
    }
    const AreaView& area(int place) const override { return views_[std::size_t(place)]; }

  private:
    class View final : public AreaView {
      public:
        View(AreaBatchOf& batch, int place) : batch_(batch), place_(std::size_t(place)) {}

        const std::vector<PopulationInfo>& populations() const override {
            return batch_.host_->populations();
        }
        std::size_t index_of(const std::string& name) const override {
            return batch_.host_->index_of(name);
        }
        void read(std::size_t population, double* out) const override {
            const StateSpan& span = batch_.named(population).span;
            const Real* rate = batch_.sample(population, place_);
            const bool pair = span.pair && !batch_.named(population).derived;
            for (std::size_t i = 0; i < span.n; ++i)
                out[i] = pair ? double(rate[i]) - double(rate[span.n + i]) : double(rate[i]);
        }
        void read_raw(std::size_t population, double* out) const override {
            const NamedSpan& named = batch_.named(population);
            std::copy_n(batch_.sample(population, place_), n_raw(named), out);
        }
        void routed(int column, double* out) const override {
            const AreaSpec& spec = batch_.spec_;
            const std::size_t width = std::size_t(spec.heads) * spec.d_head;
            const StateSpan& o = batch_.named(batch_.o_).span;
            const Real* rate = batch_.sample(batch_.o_, place_) + std::size_t(column) * width;
            for (std::size_t i = 0; i < width; ++i)
                out[i] = o.pair ? double(rate[i]) - double(rate[o.n + i]) : double(rate[i]);
        }
        void log_normaliser(double* out) const override { batch_.log_normaliser(place_, out); }
        void check_finite(std::int64_t step) const override { batch_.check_finite(place_, step); }

      private:
        AreaBatchOf& batch_;
        std::size_t place_;
    };

    static std::size_t n_raw(const NamedSpan& named) {
        return named.derived ? named.span.n : named.span.size();
    }
    const NamedSpan& named(std::size_t population) const {
        return host_->circuit().layout.named.at(population);
    }
    std::vector<double> host_state() const {
        std::vector<double> state = host_->state();
        state.resize(host_->circuit().layout.size);
        return state;
    }

    /// A population of one area, fetched for all of them when the first asks after a step.
    const Real* sample(std::size_t population, std::size_t place) {
        const std::lock_guard<std::mutex> hold(mutex_);
        std::vector<Real>& all = sampled_[population];
        if (all.empty()) all = on_device_->sample(named(population));
        return all.data() + place * n_raw(named(population));
    }
    void log_normaliser(std::size_t place, double* out) {
        const std::lock_guard<std::mutex> hold(mutex_);
        if (log_normaliser_.empty()) log_normaliser_ = on_device_->log_normaliser();
        const std::size_t n = host_->circuit().layout.p.n;
        std::copy_n(log_normaliser_.begin() + std::ptrdiff_t(place * n), n, out);
    }
    void check_finite(std::size_t place, std::int64_t step) {
        std::vector<double> state(host_->state().size());
        const auto& layout = host_->circuit().layout;
        for (std::size_t i = 0; i < layout.named.size(); ++i) {
            if (layout.named[i].derived) continue;
            const StateSpan& span = layout.named[i].span;
            std::copy_n(sample(i, place), span.size(), state.begin() + std::ptrdiff_t(span.first));
        }
        const std::lock_guard<std::mutex> hold(mutex_);
        host_->set_state(state);
        host_->check_finite(step);
    }

    std::unique_ptr<AreaOf<Real>> host_;
    std::unique_ptr<DeviceArea<Real>> on_device_;
    const AreaSpec spec_;
    const std::size_t o_ = host_->index_of("L5E");
    std::vector<View> views_;

    std::uint64_t seed_ = 0;
    std::vector<std::uint32_t> trials_;
    std::vector<std::vector<double>> starts_;
    bool begins_ = false; ///< the next step is the first

    std::mutex mutex_;                                 ///< of what is fetched
    std::map<std::size_t, std::vector<Real>> sampled_; ///< of this step, by population
    std::vector<Real> log_normaliser_;
};

} // namespace

std::vector<std::string> device_lacks(const AreaSpec& spec) {
    std::vector<std::string> lacks;
    if (spec.integrator != Integrator::exponential)
        lacks.push_back("an integrator other than exponential");
    return lacks;
}

int areas_together(const AreaSpec& spec, std::int64_t n_trials) {
    // state, two inputs, scratch: some four states; of the gates also drive, log drive and mask
    const AreaLayout layout(spec);
    const std::size_t size = spec.precision == Precision::float64 ? 8 : 4;
    const double bytes = 4.0 * double(size * (layout.size + layout.a.n));
    return int(std::clamp(std::int64_t(2e9 / bytes), std::int64_t(1), n_trials));
}

std::unique_ptr<AreaBatch> make_area_batch(const Device& device, const AreaSpec& spec,
                                           const AttentionWeights& weights, int n_areas,
                                           std::uint64_t seed) {
    if (spec.spiking.on)
        throw DeviceError("areas of neurons are no batch; each has its cells on the device");
    if (const auto lacks = device_lacks(spec); !lacks.empty())
        throw DeviceError(
            fmt::format("a device cannot run {}; run it on the CPU", fmt::join(lacks, ", ")));
    if (spec.precision == Precision::float32)
        return std::make_unique<AreaBatchOf<float>>(device, spec, weights, n_areas, seed);
    return std::make_unique<AreaBatchOf<double>>(device, spec, weights, n_areas, seed);
}

} // namespace lamina

#include "sim/spikes/plastic_rows.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "kernels/math.hpp"
#include "kernels/synapse_row.hpp"
#include "models/synapse_catalogue.hpp"
#include "sim/errors.hpp"
#include "sim/spikes/connector.hpp"
#include "sim/spikes/model_parameters.hpp"

namespace lamina {
namespace {

/// exp(-n dt / tau) by n: from a table as far as single precision tells it from 0, or as it pays.
class Decay {
  public:
    Decay(double tau_ms, double dt_ms) : law_{dt_ms / tau_ms} {
        const auto n = std::size_t(std::min(104 / law_.per_step, 4e6)) + 1;
        for (std::size_t k = 0; k < n; ++k) table_.push_back(law_.of(std::int64_t(k)));
    }
    float operator()(std::int64_t n_steps) const {
        return n_steps < std::int64_t(table_.size()) ? table_[std::size_t(n_steps)]
                                                     : law_.of(n_steps);
    }
    double per_step() const { return law_.per_step; }

  private:
    TraceDecay law_;
    std::vector<float> table_;
};

float at(const SpikeTrace& trace, std::int64_t now, const Decay& decay) {
    return trace.value * decay(now - trace.step);
}
void meet(SpikeTrace& trace, std::int64_t now, const Decay& decay) {
    trace = {at(trace, now, decay) + 1, now};
}

std::string name_of(const ProjectionSpec& spec) { return spec.from + " -> " + spec.to; }

template <class Model> class PlasticRowsOf final : public PlasticRows {
  public:
    PlasticRowsOf(const ProjectionSpec& spec, const PlasticPlace& place)
        : params_(params_of<Model>(spec.synapse.parameters, name_of(spec))), place_(place),
          quanta_of_share_(float(params_.w_max / place.quantum)),
          decay_plus_(params_.tau_plus_ms, place.dt_ms),
          decay_minus_(params_.tau_minus_ms, place.dt_ms) {
        t_.y.resize(place.n_targets);
        t_.first_segment.assign(place.n_sources + 1, 0);
        // the rows of the wiring, taken apart
        for (std::uint32_t source = 0; source < place.n_sources; ++source) {
            t_.first_segment[source] = std::uint32_t(t_.segments.size());
            const std::uint32_t* row = (*place.rows)[place.first_row + source];
            std::int32_t delay = 0;
            while (row != nullptr && *row != 0) {
                delay += std::int32_t(steps_since(*row));
                const std::uint32_t n = synapses_in(*row++);
                t_.segments.push_back({source, std::uint32_t(t_.slot.size()), n, delay, {}});
                for (std::uint32_t i = 0; i < n; ++i, ++row) {
                    t_.slot.push_back(std::uint16_t(slot_of(*row)));
                    t_.segment.push_back(std::uint32_t(t_.segments.size() - 1));
                    t_.share.push_back(std::min(1.0f, float(quanta_of(*row)) / quanta_of_share_));
                }
            }
        }
        t_.first_segment[place.n_sources] = std::uint32_t(t_.segments.size());
        list_targets();
        std::int64_t ring = 1;
        while (ring <= place.longest_steps) ring *= 2;
        mask_ = ring - 1;
        due_.resize(std::size_t(ring));
    }

    PlasticTables& tables() override { return t_; }
    PlasticRule rule() const override {
        PlasticRule rule{Model::name, std::vector<unsigned char>(sizeof params_), quanta_of_share_,
                         decay_plus_.per_step(), decay_minus_.per_step()};
        std::memcpy(rule.params.data(), &params_, sizeof params_);
        return rule;
    }

    void take(std::uint32_t source, std::int64_t step) override {
        for (std::uint32_t g = t_.first_segment[source]; g < t_.first_segment[source + 1]; ++g)
            due_[(step + t_.segments[g].delay_steps) & mask_].push_back(g);
    }

    void deliver(std::int64_t step, std::int32_t* sums) override {
        std::vector<std::uint32_t>& due = due_[step & mask_];
        for (const std::uint32_t g : due) {
            PlasticSegment& segment = t_.segments[g];
            for (std::uint32_t s = segment.first; s < segment.first + segment.n; ++s) {
                const float y = at(t_.y[target_of(s)], step, decay_minus_);
                t_.share[s] = Model::depressed(t_.share[s], y, params_);
                sums[t_.slot[s]] += std::int32_t(t_.share[s] * quanta_of_share_ + 0.5f);
            }
            meet(segment.x, step, decay_plus_);
            n_events_ += segment.n;
        }
        due.clear();
    }

    void learn(const std::uint32_t* spiking, std::size_t n, std::int64_t step) override {
        for (std::size_t i = 0; i < n; ++i) {
            const std::uint32_t target = spiking[i] - place_.first_neuron;
            if (spiking[i] < place_.first_neuron || target >= place_.n_targets) continue;
            for (std::uint32_t k = t_.first_onto[target]; k < t_.first_onto[target + 1]; ++k) {
                const std::uint32_t s = t_.onto[k];
                t_.share[s] = Model::potentiated(
                    t_.share[s], at(t_.segments[t_.segment[s]].x, step, decay_plus_), params_);
            }
            meet(t_.y[target], step, decay_minus_);
        }
    }

    std::uint64_t n_events() const override { return n_events_; }

    std::vector<LearntSynapse> synapses() const override {
        std::vector<LearntSynapse> all;
        for (const std::uint32_t s : in_order()) {
            const PlasticSegment& segment = t_.segments[t_.segment[s]];
            all.push_back({segment.source, place_.first_target + target_of(s), segment.delay_steps,
                           t_.share[s]});
        }
        return all;
    }
    std::vector<ArrivalTrace> arrival_traces() const override {
        std::vector<ArrivalTrace> all;
        for (const PlasticSegment& g : t_.segments)
            if (g.x.value > 0) all.push_back({g.source, g.delay_steps, g.x});
        return all;
    }
    std::vector<ComingArrival> coming(std::int64_t now) const override {
        std::vector<ComingArrival> all;
        for (std::int64_t step = now; step <= now + mask_; ++step)
            for (const std::uint32_t g : due_[std::size_t(step & mask_)])
                all.push_back({step, t_.segments[g].source, t_.segments[g].delay_steps});
        return all;
    }
    std::vector<SpikeTrace> target_traces() const override { return t_.y; }

    void forget_coming() override {
        for (auto& due : due_) due.clear();
    }
    void begin_again(const std::vector<float>& shares, const std::vector<SpikeTrace>& y) override {
        std::size_t k = 0;
        for (const std::uint32_t s : in_order()) t_.share[s] = shares.at(k++);
        t_.y = y;
        for (PlasticSegment& g : t_.segments) g.x = {};
        forget_coming();
    }
    void set_arrival_trace(const ArrivalTrace& trace) override {
        if (PlasticSegment* const g = segment_of(trace.source, trace.delay_steps)) g->x = trace.x;
    }
    void set_coming(const ComingArrival& arrival) override {
        if (PlasticSegment* const g = segment_of(arrival.source, arrival.delay_steps))
            due_[std::size_t(arrival.step & mask_)].push_back(
                std::uint32_t(g - t_.segments.data()));
    }

  private:
    std::uint32_t target_of(std::uint32_t s) const { return t_.slot[s] - place_.first_slot; }

    PlasticSegment* segment_of(std::uint32_t source, std::int32_t delay_steps) {
        for (std::uint32_t g = t_.first_segment[source]; g < t_.first_segment[source + 1]; ++g)
            if (t_.segments[g].delay_steps == delay_steps) return &t_.segments[g];
        return nullptr;
    }

    /// Synapses by target, each target's in their own order.
    void list_targets() {
        t_.first_onto.assign(place_.n_targets + 1, 0);
        for (std::uint32_t s = 0; s < t_.slot.size(); ++s) ++t_.first_onto[target_of(s) + 1];
        for (std::uint32_t t = 0; t < place_.n_targets; ++t)
            t_.first_onto[t + 1] += t_.first_onto[t];
        std::vector<std::uint32_t> next(t_.first_onto.begin(), t_.first_onto.end() - 1);
        t_.onto.resize(t_.slot.size());
        for (std::uint32_t s = 0; s < t_.slot.size(); ++s) t_.onto[next[target_of(s)]++] = s;
    }

    std::vector<std::uint32_t> in_order() const {
        std::vector<std::uint32_t> order(t_.slot.size());
        for (std::uint32_t s = 0; s < order.size(); ++s) order[s] = s;
        std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
            return t_.segment[a] != t_.segment[b] ? t_.segment[a] < t_.segment[b]
                                                  : t_.slot[a] < t_.slot[b];
        });
        return order;
    }

    typename Model::Params params_;
    PlasticPlace place_;
    float quanta_of_share_;
    Decay decay_plus_, decay_minus_;
    PlasticTables t_;
    std::int64_t mask_ = 0;                       ///< of steps
    std::vector<std::vector<std::uint32_t>> due_; ///< [step & mask_] segments
    std::uint64_t n_events_ = 0;
};

template <class... Models>
std::unique_ptr<PlasticRows> make_plastic_rows_of(SynapseModelList<Models...>,
                                                  const ProjectionSpec& spec,
                                                  const PlasticPlace& place) {
    std::unique_ptr<PlasticRows> made;
    ((spec.synapse.model == Models::name &&
      (made = std::make_unique<PlasticRowsOf<Models>>(spec, place))),
     ...);
    return made;
}

/// @throws SpecError for parameters that describe no synapse
template <class Model> typename Model::Params checked(const ProjectionSpec& spec) {
    const auto params = params_of<Model>(spec.synapse.parameters, name_of(spec));
    if (const char* const why = Model::refusal(params))
        throw SpecError(name_of(spec) + ": " + why + " (" + Model::name + ")");
    return params;
}

template <class... Models>
double w_max_of(SynapseModelList<Models...>, const ProjectionSpec& spec) {
    double w_max = 0;
    ((spec.synapse.model == Models::name && (w_max = checked<Models>(spec).w_max)), ...);
    return w_max;
}

} // namespace

std::unique_ptr<PlasticRows> make_plastic_rows(const ProjectionSpec& spec,
                                               const PlasticPlace& place) {
    return make_plastic_rows_of(PlasticModels{}, spec, place);
}

double largest_learnt_weight(const ProjectionSpec& spec) {
    const double w_max = w_max_of(PlasticModels{}, spec);
    const auto [least, most] = weight_ends(spec);
    if (!(least >= 0 && most <= w_max))
        throw SpecError(fmt::format("{}: weights that learn lie between 0 and w_max = {:g}, and "
                                    "could begin between {:g} and {:g}; bound their law, or raise "
                                    "w_max",
                                    name_of(spec), w_max, least, most));
    return w_max;
}

} // namespace lamina

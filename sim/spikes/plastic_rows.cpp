#include "sim/spikes/plastic_rows.hpp"

#include <algorithm>
#include <cmath>

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
    Decay(double tau_ms, double dt_ms) : per_step_(dt_ms / tau_ms) {
        const auto n = std::size_t(std::min(104 / per_step_, 4e6)) + 1;
        for (std::size_t k = 0; k < n; ++k) table_.push_back(value(double(k)));
    }
    float operator()(std::int64_t n_steps) const {
        return n_steps < std::int64_t(table_.size()) ? table_[std::size_t(n_steps)]
                                                     : value(double(n_steps));
    }

  private:
    float value(double n_steps) const { return float(math::exp(-n_steps * per_step_)); }

    double per_step_;
    std::vector<float> table_;
};

float at(const Trace& trace, std::int64_t now, const Decay& decay) {
    return trace.value * decay(now - trace.step);
}
void meet(Trace& trace, std::int64_t now, const Decay& decay) {
    trace = {at(trace, now, decay) + 1, now};
}

struct Segment {
    std::uint32_t source, first, n;
    std::int32_t delay_steps;
    Trace x;
};

std::string name_of(const ProjectionSpec& spec) { return spec.from + " -> " + spec.to; }

template <class Model> class PlasticRowsOf final : public PlasticRows {
  public:
    PlasticRowsOf(const ProjectionSpec& spec, const PlasticPlace& place)
        : params_(params_of<Model>(spec.synapse.parameters, name_of(spec))), place_(place),
          quanta_of_share_(float(params_.w_max / place.quantum)),
          decay_plus_(params_.tau_plus_ms, place.dt_ms),
          decay_minus_(params_.tau_minus_ms, place.dt_ms), y_(place.n_targets),
          first_segment_(place.n_sources + 1, 0) {
        // the rows of the wiring, taken apart
        for (std::uint32_t source = 0; source < place.n_sources; ++source) {
            first_segment_[source] = std::uint32_t(segments_.size());
            const std::uint32_t* row = (*place.rows)[place.first_row + source];
            std::int32_t delay = 0;
            while (row != nullptr && *row != 0) {
                delay += std::int32_t(steps_since(*row));
                const std::uint32_t n = synapses_in(*row++);
                segments_.push_back({source, std::uint32_t(slot_.size()), n, delay, {}});
                for (std::uint32_t i = 0; i < n; ++i, ++row) {
                    slot_.push_back(std::uint16_t(slot_of(*row)));
                    segment_.push_back(std::uint32_t(segments_.size() - 1));
                    share_.push_back(std::min(1.0f, float(quanta_of(*row)) / quanta_of_share_));
                }
            }
        }
        first_segment_[place.n_sources] = std::uint32_t(segments_.size());
        list_targets();
        std::int64_t ring = 1;
        while (ring <= place.longest_steps) ring *= 2;
        mask_ = ring - 1;
        due_.resize(std::size_t(ring));
    }

    void take(std::uint32_t source, std::int64_t step) override {
        for (std::uint32_t g = first_segment_[source]; g < first_segment_[source + 1]; ++g)
            due_[(step + segments_[g].delay_steps) & mask_].push_back(g);
    }

    void deliver(std::int64_t step, std::int32_t* sums) override {
        std::vector<std::uint32_t>& due = due_[step & mask_];
        for (const std::uint32_t g : due) {
            Segment& segment = segments_[g];
            for (std::uint32_t s = segment.first; s < segment.first + segment.n; ++s) {
                const float y = at(y_[target_of(s)], step, decay_minus_);
                share_[s] = Model::depressed(share_[s], y, params_);
                sums[slot_[s]] += std::int32_t(share_[s] * quanta_of_share_ + 0.5f);
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
            for (std::uint32_t k = first_onto_[target]; k < first_onto_[target + 1]; ++k) {
                const std::uint32_t s = onto_[k];
                share_[s] = Model::potentiated(
                    share_[s], at(segments_[segment_[s]].x, step, decay_plus_), params_);
            }
            meet(y_[target], step, decay_minus_);
        }
    }

    std::uint64_t n_events() const override { return n_events_; }

    std::vector<LearntSynapse> synapses() const override {
        std::vector<LearntSynapse> all;
        for (const std::uint32_t s : in_order()) {
            const Segment& segment = segments_[segment_[s]];
            all.push_back({segment.source, place_.first_target + target_of(s), segment.delay_steps,
                           share_[s]});
        }
        return all;
    }
    std::vector<ArrivalTrace> arrival_traces() const override {
        std::vector<ArrivalTrace> all;
        for (const Segment& g : segments_)
            if (g.x.value > 0) all.push_back({g.source, g.delay_steps, g.x});
        return all;
    }
    std::vector<ComingArrival> coming(std::int64_t now) const override {
        std::vector<ComingArrival> all;
        for (std::int64_t step = now; step <= now + mask_; ++step)
            for (const std::uint32_t g : due_[std::size_t(step & mask_)])
                all.push_back({step, segments_[g].source, segments_[g].delay_steps});
        return all;
    }
    std::vector<Trace> target_traces() const override { return y_; }

    void begin_again(const std::vector<float>& shares, const std::vector<Trace>& y) override {
        std::size_t k = 0;
        for (const std::uint32_t s : in_order()) share_[s] = shares.at(k++);
        y_ = y;
        for (Segment& g : segments_) g.x = {};
        for (auto& due : due_) due.clear();
    }
    void set_arrival_trace(const ArrivalTrace& trace) override {
        if (Segment* const g = segment_of(trace.source, trace.delay_steps)) g->x = trace.x;
    }
    void set_coming(const ComingArrival& arrival) override {
        if (Segment* const g = segment_of(arrival.source, arrival.delay_steps))
            due_[std::size_t(arrival.step & mask_)].push_back(std::uint32_t(g - segments_.data()));
    }

  private:
    std::uint32_t target_of(std::uint32_t s) const { return slot_[s] - place_.first_slot; }

    Segment* segment_of(std::uint32_t source, std::int32_t delay_steps) {
        for (std::uint32_t g = first_segment_[source]; g < first_segment_[source + 1]; ++g)
            if (segments_[g].delay_steps == delay_steps) return &segments_[g];
        return nullptr;
    }

    /// Synapses by target, each target's in their own order.
    void list_targets() {
        first_onto_.assign(place_.n_targets + 1, 0);
        for (std::uint32_t s = 0; s < slot_.size(); ++s) ++first_onto_[target_of(s) + 1];
        for (std::uint32_t t = 0; t < place_.n_targets; ++t) first_onto_[t + 1] += first_onto_[t];
        std::vector<std::uint32_t> next(first_onto_.begin(), first_onto_.end() - 1);
        onto_.resize(slot_.size());
        for (std::uint32_t s = 0; s < slot_.size(); ++s) onto_[next[target_of(s)]++] = s;
    }

    std::vector<std::uint32_t> in_order() const {
        std::vector<std::uint32_t> order(slot_.size());
        for (std::uint32_t s = 0; s < order.size(); ++s) order[s] = s;
        std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
            return segment_[a] != segment_[b] ? segment_[a] < segment_[b] : slot_[a] < slot_[b];
        });
        return order;
    }

    typename Model::Params params_;
    PlasticPlace place_;
    float quanta_of_share_;
    Decay decay_plus_, decay_minus_;
    std::vector<Trace> y_; ///< [target]
    std::vector<Segment> segments_;
    std::vector<std::uint32_t> first_segment_;     ///< [source + 1]
    std::vector<std::uint16_t> slot_;              ///< [synapse]
    std::vector<std::uint32_t> segment_;           ///< [synapse]
    std::vector<float> share_;                     ///< [synapse] weight / w_max
    std::vector<std::uint32_t> first_onto_, onto_; ///< synapses onto each target
    std::int64_t mask_ = 0;                        ///< of steps
    std::vector<std::vector<std::uint32_t>> due_;  ///< [step & mask_] segments
    std::uint64_t n_events_ = 0;
};

template <class... Models>
std::unique_ptr<PlasticRows> make_of(SynapseModelList<Models...>, const ProjectionSpec& spec,
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
    return make_of(PlasticModels{}, spec, place);
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

/// Synapses that learn on a device.
#pragma once

#include <memory>

#include "kernels/device_array.hpp"
#include "kernels/learn_spikes.hpp"
#include "models/synapse_catalogue.hpp"
#include "sim/spikes/device/flat_network.hpp"
#include "sim/spikes/device/surroundings.hpp"

namespace lamina::device {

/// Synapses that learn, of one projection onto one part.
template <class Exec> class Plastic {
  public:
    virtual ~Plastic() = default;
    virtual void arrive(const Exec&, const Surroundings&) = 0;
    virtual void learn(const Exec&, const Surroundings&) = 0;
    virtual void load(const FlatState::Learnt&) = 0;
    virtual void store(FlatState::Learnt&) = 0;
    virtual std::size_t bytes() const = 0;
};

template <class Exec, class Model> class PlasticOf final : public Plastic<Exec> {
  public:
    PlasticOf(const Exec& exec, const FlatPlastic& p)
        : host_segments_(p.segments), segments_(exec, p.segments),
          first_segment_(exec, p.first_segment), segment_(exec, p.segment),
          first_onto_(exec, p.first_onto), onto_(exec, p.onto), slot_(exec, p.slot),
          share_(exec, p.slot.size()), y_(exec, p.n_targets),
          view_{segments_.data(),  first_segment_.data(),
                slot_.data(),      segment_.data(),
                share_.data(),     first_onto_.data(),
                onto_.data(),      y_.data(),
                p.first_source,    p.n_sources,
                p.first_target,    p.n_targets,
                p.first_slot,      p.part_slot,
                p.shortest,        p.longest,
                p.quanta_of_share, p.plus,
                p.minus,           from_bytes<typename Model::Params>(p.params)} {}
    void arrive(const Exec& exec, const Surroundings& s) override {
        exec.for_each_block("arrive", exec.stride_shape(),
                            ArriveToLearn<Model>{view_, s.input, s.spikes, s.now});
    }
    void learn(const Exec& exec, const Surroundings& s) override {
        exec.for_each_block("learn", exec.stride_shape(),
                            LearnFromSpikes<Model>{view_, s.spikes, s.now});
    }
    void load(const FlatState::Learnt& from) override {
        share_.set(from.share);
        y_.set(from.y);
        for (std::size_t g = 0; g < host_segments_.size(); ++g)
            host_segments_[g].x = from.arrivals[g];
        segments_.set(host_segments_);
    }
    void store(FlatState::Learnt& to) override {
        to.share = share_.get();
        to.y = y_.get();
        host_segments_ = segments_.get();
        to.arrivals.clear();
        for (const PlasticSegment& g : host_segments_) to.arrivals.push_back(g.x);
    }
    std::size_t bytes() const override {
        return segments_.bytes() + first_segment_.bytes() + segment_.bytes() + first_onto_.bytes() +
               onto_.bytes() + slot_.bytes() + share_.bytes() + y_.bytes();
    }

  private:
    std::vector<PlasticSegment> host_segments_;
    DeviceArray<Exec, PlasticSegment> segments_;
    DeviceArray<Exec, std::uint32_t> first_segment_, segment_, first_onto_, onto_;
    DeviceArray<Exec, std::uint16_t> slot_;
    DeviceArray<Exec, float> share_;
    DeviceArray<Exec, SpikeTrace> y_;
    PlasticView<Model> view_;
};

template <class Exec, class... Models>
std::unique_ptr<Plastic<Exec>> make_plastic(SynapseModelList<Models...>, const Exec& exec,
                                            const FlatPlastic& from) {
    std::unique_ptr<Plastic<Exec>> made;
    ((from.model == Models::name && (made = std::make_unique<PlasticOf<Exec, Models>>(exec, from))),
     ...);
    return made;
}

} // namespace lamina::device

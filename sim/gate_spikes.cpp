#include "sim/gate_spikes.hpp"

#include "kernels/cpu/exec.hpp"
#include "sim/device_cells.hpp"

namespace lamina {
namespace {

class GateSpikesHere final : public GateSpikes {
  public:
    explicit GateSpikesHere(const GateSpikesPlan& plan)
        : body_(plan.body), a_(plan.n_gates()), n_spikes_(plan.n_gates()) {}
    GateSpikesHere(const GateSpikesHere&) = delete; ///< its body points into itself
    GateSpikesHere& operator=(const GateSpikesHere&) = delete;

    void start(const std::vector<double>& a, std::uint64_t seed, std::uint32_t trial) override {
        LAMINA_EXPECT(a.size() == a_.size());
        a_ = a;
        if (body_.rest_steps > 0) free_at_.assign(a.size() * body_.n_neurons, 0);
        body_.seed = seed, body_.trial = trial;
    }
    void step(std::uint64_t step, const std::vector<double>& log_drive,
              const std::vector<double>& log_divisor, const std::vector<double>& offset) override {
        body_.log_drive = log_drive.data(), body_.log_divisor = log_divisor.data();
        body_.offset = offset.empty() ? nullptr : offset.data();
        body_.gate = a_.data(), body_.n_spikes = n_spikes_.data();
        body_.free_at = free_at_.empty() ? nullptr : free_at_.data();
        body_.step = step;
        Cpu().for_each(a_.size(), body_);
    }
    const std::vector<double>& a() const override { return a_; }
    const std::vector<std::uint32_t>& n_spikes() const override { return n_spikes_; }

  private:
    SpikeGates<double> body_;
    std::vector<double> a_;
    std::vector<std::uint32_t> n_spikes_, free_at_;
};

} // namespace

std::unique_ptr<GateSpikes> make_gate_spikes(const GateSpikesPlan& plan, const Device& device) {
    if (device.kind != Device::cpu) return make_device_gate_spikes(device, plan);
    return std::make_unique<GateSpikesHere>(plan);
}

} // namespace lamina

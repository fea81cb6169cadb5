/// The neurons of a spiking column, through any executor.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "kernels/count_spikes.hpp"
#include "kernels/device_array.hpp"
#include "kernels/random_rows.hpp"
#include "kernels/spike_hidden.hpp"
#include "kernels/spread_groups.hpp"
#include "kernels/step_cells.hpp"
#include "sim/device_cells.hpp"

namespace lamina {

/// Random numbers of a step, as many as items.
template <class Body, class T, class Exec>
void draw_rows(const Exec& exec, const CellNoise& noise, std::uint64_t step, std::uint32_t draw,
               std::size_t n, T* out) {
    const std::size_t n_blocks = (n + Body::in_row - 1) / Body::in_row * Body::in_row;
    exec.for_each("draw", n_blocks / Body::per_block,
                  Body{{noise.seed, noise.trial, Stream::cells, step, draw}, out});
}

template <class T> std::size_t in_whole_rows(std::size_t n) {
    const std::size_t row = sizeof(T) == 2 ? RandomHalves::in_row : RandomWords::in_row;
    return (n + row - 1) / row * row;
}

/// All items of a state at rest.
template <class Record> std::vector<std::uint32_t> words_of(const Record& rest, std::size_t n) {
    std::vector<std::uint32_t> words(SoaView<Record>::n_words * n);
    const SoaView<Record> view{words.data(), n};
    for (std::size_t i = 0; i < n; ++i) view.store(i, rest);
    return words;
}

/// Who spiked in the last step, fetched when somebody asks.
template <class Exec> class DeviceSpiked {
  public:
    DeviceSpiked(const Exec& exec, std::size_t n)
        : exec_(&exec), on_device_(exec, std::vector<std::uint8_t>(n)) {}

    /// For the step that begins.
    std::uint8_t* to_write() {
        here_.clear();
        return on_device_.data();
    }
    const std::uint8_t* get() const {
        if (here_.empty()) here_ = on_device_.get();
        return here_.data();
    }
    /// Of groups of n_neurons. @param sums, n_spikes  [n_groups] on the device and here
    void count(std::size_t n_neurons, const DeviceArray<Exec, std::uint32_t>& sums,
               std::uint32_t* n_spikes) const {
        exec_->for_each_row("count spikes", sums.size(),
                            CountSpikes{on_device_.data(), n_neurons, sums.data()});
        exec_->copy_out(n_spikes, sums.data(), sums.bytes());
    }

  private:
    const Exec* exec_;
    DeviceArray<Exec, std::uint8_t> on_device_;
    mutable std::vector<std::uint8_t> here_;
};

template <class Exec, class Model> class DeviceCellsOf final : public Cells {
  public:
    DeviceCellsOf(const Exec& exec, const CellsPlan<Model>& plan)
        : exec_(exec), plan_(plan), n_(plan.n_groups * plan.n_neurons),
          words_(exec_, words_of(plan.rest, n_)), halves_(exec_, in_whole_rows<std::uint16_t>(n_)),
          draws_(exec_, in_whole_rows<std::uint32_t>(n_) * Model::n_draws), spiked_(exec_, n_),
          drives_(exec_, plan.n_groups), own_drives_(exec_, n_), n_spikes_(exec_, plan.n_groups),
          drives_now_(plan.n_groups) {}
    DeviceCellsOf(const DeviceCellsOf&) = delete; ///< its arrays know where exec_ lies
    DeviceCellsOf& operator=(const DeviceCellsOf&) = delete;

    void start() override { words_.set(words_of(plan_.rest, n_)); }

    void begin(const double* drive_per_ms, const float* own_drive, const CellNoise& noise,
               std::uint64_t step) override {
        // what the host sends first: it waits for that, and for nothing that is begun
        if (own_drive) {
            own_drives_.set(own_drive);
        } else {
            for (std::size_t group = 0; group < plan_.n_groups; ++group)
                drives_now_[group] = float(drive_per_ms[group] * plan_.dt_ms);
            drives_.set(drives_now_);
        }
        const std::uint32_t draw = noise.which * 4;
        const std::size_t stride = in_whole_rows<std::uint32_t>(n_);
        draw_rows<RandomHalves>(exec_, noise, step, draw, n_, halves_.data());
        for (int k = 0; k < Model::n_draws; ++k)
            draw_rows<RandomWords>(exec_, noise, step, draw + std::uint32_t(k) + 1, n_,
                                   draws_.data() + std::size_t(k) * stride);

        StepGroups<Model, float> body{};
        body.cells.state = {words_.data(), n_};
        body.cells.halves = halves_.data();
        body.cells.draws = draws_.data(), body.cells.draws_stride = stride;
        body.cells.noise = plan_.noise;
        body.cells.spiked = spiked_.to_write();
        body.cells.constants = plan_.constants;
        // drives of their own are those of groups of one
        body.drives = own_drive ? own_drives_.data() : drives_.data();
        body.n_neurons = own_drive ? 1 : plan_.n_neurons;
        exec_.for_each("step cells", n_, body);
    }
    void count(std::uint32_t* n_spikes) const override {
        spiked_.count(plan_.n_neurons, n_spikes_, n_spikes);
    }

    const std::uint8_t* spiked() const override { return spiked_.get(); }
    std::vector<std::uint32_t> state() const override { return words_.get(); }
    void set_state(const std::uint32_t* words) override { words_.set(words); }
    std::size_t n_state_words() const override { return words_.size(); }

  private:
    template <class T> using Array = DeviceArray<Exec, T>;

    const Exec exec_;
    const CellsPlan<Model> plan_;
    const std::size_t n_;
    Array<std::uint32_t> words_;
    Array<std::uint16_t> halves_;
    Array<std::uint32_t> draws_;
    DeviceSpiked<Exec> spiked_;
    Array<float> drives_, own_drives_;
    Array<std::uint32_t> n_spikes_;
    std::vector<float> drives_now_;
};

template <class Exec> class DeviceBurstCellsOf final : public BurstCells {
    using Model = BurstCellsPlan::Model;
    using Body = StepBurstCells<Model, float>;

  public:
    DeviceBurstCellsOf(const Exec& exec, const BurstCellsPlan& plan)
        : exec_(exec), plan_(plan), n_(plan.n_groups * plan.n_neurons),
          words_(exec_, words_of(plan.rest, n_)), trains_(exec_, trains_at_rest()),
          currents_(exec_, plan.n_groups), soma_mV_(exec_, std::vector<float>(n_)),
          dendrite_mV_(exec_, std::vector<float>(n_)), spike_(exec_, n_), event_(exec_, n_),
          burst_(exec_, n_), halves_(exec_, in_whole_rows<std::uint16_t>(n_)),
          background_(exec_, std::size_t(Model::n_channels) * n_), sums_(exec_, plan.n_groups) {}
    DeviceBurstCellsOf(const DeviceBurstCellsOf&) = delete; ///< its arrays know where exec_ lies
    DeviceBurstCellsOf& operator=(const DeviceBurstCellsOf&) = delete;

    void start() override {
        words_.set(words_of(plan_.rest, n_));
        trains_.set(trains_at_rest());
    }

    void set_currents(const std::vector<double>& I_s_pA,
                      const std::vector<double>& I_d_pA) override {
        const auto spread = [&](const std::vector<double>& pA, float dt_per_pF,
                                const Array<float>& of_cells) {
            currents_.set(std::vector<float>(pA.begin(), pA.end()));
            exec_.for_each(
                "spread currents", n_,
                SpreadGroups{currents_.data(), plan_.n_neurons, dt_per_pF, of_cells.data()});
        };
        spread(I_s_pA, plan_.body.constants.soma.dt_per_pF, soma_mV_);
        spread(I_d_pA, plan_.body.constants.dendrite.dt_per_pF, dendrite_mV_);
    }

    void begin_step(const CellNoise& noise, std::uint64_t step) override {
        background_.clear();
        for (std::uint32_t channel = 0; channel < Model::n_channels; ++channel) {
            draw_rows<RandomHalves>(exec_, noise, step, noise.which * 4 + channel, n_,
                                    halves_.data());
            auto law = plan_.laws[channel];
            law.cells = halves_.data(), law.sums = background_.data() + channel * n_;
            exec_.for_each("background spikes", n_, law);
        }
        Body body = plan_.body;
        body.state = {words_.data(), n_}, body.train = {trains_.data(), n_};
        body.background = background_.data(), body.background_stride = n_;
        body.soma_mV = soma_mV_.data(), body.dendrite_mV = dendrite_mV_.data();
        body.spike = spike_.to_write();
        body.event = event_.to_write(), body.burst = burst_.to_write();
        exec_.for_each("step bursting cells", n_, body);
    }
    void count(Heard& heard) const override {
        const auto count_one = [&](const DeviceSpiked<Exec>& who, std::vector<std::uint32_t>& n) {
            n.resize(plan_.n_groups);
            who.count(plan_.n_neurons, sums_, n.data());
        };
        count_one(spike_, heard.spikes);
        count_one(event_, heard.events);
        count_one(burst_, heard.bursts);
    }
    const std::uint8_t* spiked() const override { return spike_.get(); }

    std::vector<std::uint32_t> state() const override {
        std::vector<std::uint32_t> all = words_.get();
        const std::vector<std::uint32_t> trains = trains_.get();
        all.insert(all.end(), trains.begin(), trains.end());
        return all;
    }
    void set_state(const std::uint32_t* words) override {
        words_.set(words);
        trains_.set(words + words_.size());
    }
    std::size_t n_state_words() const override { return words_.size() + trains_.size(); }

  private:
    template <class T> using Array = DeviceArray<Exec, T>;

    std::vector<std::uint32_t> trains_at_rest() const {
        return words_of(typename Body::Train{plan_.body.reach + 1, 0}, n_);
    }

    const Exec exec_;
    const BurstCellsPlan plan_;
    const std::size_t n_;
    Array<std::uint32_t> words_, trains_;
    Array<float> currents_, soma_mV_, dendrite_mV_;
    DeviceSpiked<Exec> spike_, event_, burst_;
    Array<std::uint16_t> halves_;
    Array<std::int32_t> background_;
    Array<std::uint32_t> sums_;
};

template <class Exec> class DeviceGateSpikesOf final : public GateSpikes {
  public:
    DeviceGateSpikesOf(const Exec& exec, const GateSpikesPlan& plan)
        : exec_(exec), body_(plan.body), log_drive_(exec_, plan.n_gates()),
          log_divisor_(exec_, plan.n_rows), offset_(exec_, plan.n_gates()),
          a_(exec_, plan.n_gates()), n_spikes_(exec_, plan.n_gates()), a_here_(plan.n_gates()),
          n_spikes_here_(plan.n_gates()) {
        body_.log_drive = log_drive_.data(), body_.log_divisor = log_divisor_.data();
        body_.gate = a_.data(), body_.n_spikes = n_spikes_.data();
        if (body_.rest_steps == 0) return;
        free_at_ = {exec_, plan.n_gates() * body_.n_neurons};
        body_.free_at = free_at_.data();
    }
    DeviceGateSpikesOf(const DeviceGateSpikesOf&) = delete; ///< its arrays know where exec_ lies
    DeviceGateSpikesOf& operator=(const DeviceGateSpikesOf&) = delete;

    void start(const std::vector<double>& a, std::uint64_t seed, std::uint32_t trial) override {
        LAMINA_EXPECT(a.size() == a_.size());
        a_here_ = a;
        a_.set(a);
        if (body_.rest_steps > 0) free_at_.clear();
        body_.seed = seed, body_.trial = trial;
    }
    void step(std::uint64_t step, const std::vector<double>& log_drive,
              const std::vector<double>& log_divisor, const std::vector<double>& offset) override {
        log_drive_.set(log_drive), log_divisor_.set(log_divisor);
        if (!offset.empty()) offset_.set(offset);
        body_.offset = offset.empty() ? nullptr : offset_.data();
        body_.step = step;
        exec_.for_each("spike gates", a_.size(), body_);
        a_here_ = a_.get(), n_spikes_here_ = n_spikes_.get();
    }
    const std::vector<double>& a() const override { return a_here_; }
    const std::vector<std::uint32_t>& n_spikes() const override { return n_spikes_here_; }

  private:
    const Exec exec_;
    SpikeGates<double> body_;
    DeviceArray<Exec, double> log_drive_, log_divisor_, offset_, a_;
    DeviceArray<Exec, std::uint32_t> n_spikes_, free_at_;
    std::vector<double> a_here_;
    std::vector<std::uint32_t> n_spikes_here_;
};

template <class Exec> class DeviceHiddenSpikesOf final : public HiddenSpikes {
  public:
    DeviceHiddenSpikesOf(const Exec& exec, const HiddenSpikesPlan& plan)
        : exec_(exec), plan_(plan), query_(exec_, plan.n_heads * plan.n_columns * plan.n_units),
          key_(exec_, query_.size()), words_(exec_, in_whole_rows<std::uint32_t>(plan.n_cells())),
          spiked_(exec_, plan.n_cells()), n_of_gates_(exec_, plan.n_gates()) {}
    DeviceHiddenSpikesOf(const DeviceHiddenSpikesOf&) = delete; ///< as above
    DeviceHiddenSpikesOf& operator=(const DeviceHiddenSpikesOf&) = delete;

    void begin_step(const std::vector<float>& query, const std::vector<float>& key,
                    const CellNoise& noise, std::uint64_t step) override {
        query_.set(query), key_.set(key);
        draw_rows<RandomWords>(exec_, noise, step, noise.which * 4, plan_.n_cells(), words_.data());
        SpikeAllHidden<float> body{};
        body.cells = {query_.data(), key_.data(), words_.data(), spiked_.to_write(),
                      plan_.log_rate_dt};
        body.n_columns = plan_.n_columns, body.n_units = plan_.n_units;
        exec_.for_each("spike hidden cells", plan_.n_cells(), body);
    }
    void count(std::vector<std::uint32_t>& n_of_gates) const override {
        n_of_gates.resize(n_of_gates_.size());
        spiked_.count(plan_.n_units, n_of_gates_, n_of_gates.data());
    }

  private:
    const Exec exec_;
    const HiddenSpikesPlan plan_;
    DeviceArray<Exec, float> query_, key_;
    DeviceArray<Exec, std::uint32_t> words_;
    DeviceSpiked<Exec> spiked_;
    DeviceArray<Exec, std::uint32_t> n_of_gates_;
};

} // namespace lamina

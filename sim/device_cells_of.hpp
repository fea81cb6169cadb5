/// The neurons of a spiking column, through any executor.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "kernels/count_spikes.hpp"
#include "kernels/device_array.hpp"
#include "kernels/random_rows.hpp"
#include "kernels/step_cells.hpp"
#include "sim/cells_plan.hpp"
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

    void advance(const double* drive_per_ms, const float* own_drive, const CellNoise& noise,
                 std::uint64_t step, std::uint32_t* n_spikes) override {
        const std::uint32_t draw = noise.which * 4;
        const std::size_t stride = in_whole_rows<std::uint32_t>(n_);
        draw_rows<RandomHalves>(exec_, noise, step, draw, n_, halves_.data());
        for (int k = 0; k < Model::n_draws; ++k)
            draw_rows<RandomWords>(exec_, noise, step, draw + std::uint32_t(k) + 1, n_,
                                   draws_.data() + std::size_t(k) * stride);
        if (own_drive) {
            own_drives_.set({own_drive, own_drive + n_});
        } else {
            for (std::size_t group = 0; group < plan_.n_groups; ++group)
                drives_now_[group] = float(drive_per_ms[group] * plan_.dt_ms);
            drives_.set(drives_now_);
        }

        StepGroups<Model, float> body{};
        body.cells.state = {words_.data(), n_};
        body.cells.halves = halves_.data();
        body.cells.draws = draws_.data(), body.cells.draws_stride = stride;
        body.cells.noise = plan_.noise;
        body.cells.spiked = spiked_.data();
        body.cells.constants = plan_.constants;
        // drives of their own are those of groups of one
        body.drives = own_drive ? own_drives_.data() : drives_.data();
        body.n_neurons = own_drive ? 1 : plan_.n_neurons;
        exec_.for_each("step cells", n_, body);
        exec_.for_each_row("count spikes", plan_.n_groups,
                           CountSpikes{spiked_.data(), plan_.n_neurons, n_spikes_.data()});
        const std::vector<std::uint32_t> sums = n_spikes_.get();
        std::copy(sums.begin(), sums.end(), n_spikes);
    }

    const std::uint8_t* spiked() const override {
        spiked_now_ = spiked_.get();
        return spiked_now_.data();
    }
    std::vector<std::uint32_t> state() const override { return words_.get(); }
    void set_state(const std::uint32_t* words) override {
        words_.set({words, words + words_.size()});
    }
    std::size_t n_state_words() const override { return words_.size(); }

  private:
    template <class T> using Array = DeviceArray<Exec, T>;

    const Exec exec_;
    const CellsPlan<Model> plan_;
    const std::size_t n_;
    Array<std::uint32_t> words_;
    Array<std::uint16_t> halves_;
    Array<std::uint32_t> draws_;
    Array<std::uint8_t> spiked_;
    Array<float> drives_, own_drives_;
    Array<std::uint32_t> n_spikes_;
    std::vector<float> drives_now_;
    mutable std::vector<std::uint8_t> spiked_now_;
};

template <class Exec> class DeviceBurstCellsOf final : public DeviceBurstCells {
    using Model = BurstCellsPlan::Model;
    using Body = StepBurstCells<Model, float>;

  public:
    DeviceBurstCellsOf(const Exec& exec, const BurstCellsPlan& plan)
        : exec_(exec), plan_(plan), n_(plan.n_groups * plan.n_neurons),
          words_(exec_, words_of(plan.rest, n_)),
          trains_(exec_, words_of(typename Body::Train{plan.body.reach + 1, 0}, n_)),
          soma_mV_(exec_, std::vector<float>(n_)), dendrite_mV_(exec_, std::vector<float>(n_)),
          spike_(exec_, n_), event_(exec_, n_), burst_(exec_, n_),
          halves_(exec_, in_whole_rows<std::uint16_t>(n_)),
          background_(exec_, std::size_t(Model::n_channels) * n_), sums_(exec_, plan.n_groups) {}
    DeviceBurstCellsOf(const DeviceBurstCellsOf&) = delete; ///< its arrays know where exec_ lies
    DeviceBurstCellsOf& operator=(const DeviceBurstCellsOf&) = delete;

    void set_currents(const std::vector<double>& I_s_pA,
                      const std::vector<double>& I_d_pA) override {
        const auto spread = [&](const std::vector<double>& pA, float dt_per_pF) {
            std::vector<float> all(n_);
            for (std::size_t i = 0; i < n_; ++i)
                all[i] = float(pA[i / plan_.n_neurons]) * dt_per_pF;
            return all;
        };
        soma_mV_.set(spread(I_s_pA, plan_.body.constants.soma.dt_per_pF));
        dendrite_mV_.set(spread(I_d_pA, plan_.body.constants.dendrite.dt_per_pF));
    }

    void step(const CellNoise& noise, std::uint64_t step, BurstCells::Heard& heard) override {
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
        body.spike = spike_.data(), body.event = event_.data(), body.burst = burst_.data();
        exec_.for_each("step bursting cells", n_, body);
        heard.spikes = count(spike_), heard.events = count(event_), heard.bursts = count(burst_);
    }

    std::vector<std::uint32_t> state() const override {
        std::vector<std::uint32_t> all = words_.get();
        const std::vector<std::uint32_t> trains = trains_.get();
        all.insert(all.end(), trains.begin(), trains.end());
        return all;
    }

  private:
    template <class T> using Array = DeviceArray<Exec, T>;

    std::vector<std::uint32_t> count(const Array<std::uint8_t>& of_cells) {
        exec_.for_each_row("count spikes", plan_.n_groups,
                           CountSpikes{of_cells.data(), plan_.n_neurons, sums_.data()});
        return sums_.get();
    }

    const Exec exec_;
    const BurstCellsPlan plan_;
    const std::size_t n_;
    Array<std::uint32_t> words_, trains_;
    Array<float> soma_mV_, dendrite_mV_;
    Array<std::uint8_t> spike_, event_, burst_;
    Array<std::uint16_t> halves_;
    Array<std::int32_t> background_;
    Array<std::uint32_t> sums_;
};

template <class Exec> class DeviceSpikeGatesOf final : public DeviceSpikeGates {
  public:
    DeviceSpikeGatesOf(const Exec& exec, const SpikeGatesPlan& plan)
        : exec_(exec), body_(plan.body), log_drive_(exec_, plan.a.size()),
          log_divisor_(exec_, plan.n_rows), offset_(exec_, plan.a.size()), a_(exec_, plan.a),
          n_spikes_(exec_, plan.a.size()) {
        body_.log_drive = log_drive_.data(), body_.log_divisor = log_divisor_.data();
        body_.gate = a_.data(), body_.n_spikes = n_spikes_.data();
        if (body_.rest_steps == 0) return;
        free_at_ = {exec_, std::vector<std::uint32_t>(plan.a.size() * body_.n_neurons)};
        body_.free_at = free_at_.data();
    }
    DeviceSpikeGatesOf(const DeviceSpikeGatesOf&) = delete; ///< its arrays know where exec_ lies
    DeviceSpikeGatesOf& operator=(const DeviceSpikeGatesOf&) = delete;

    std::vector<std::uint32_t> step(std::uint64_t step, const std::vector<double>& log_drive,
                                    const std::vector<double>& log_divisor,
                                    const std::vector<double>& offset) override {
        log_drive_.set(log_drive), log_divisor_.set(log_divisor);
        if (!offset.empty()) offset_.set(offset);
        body_.offset = offset.empty() ? nullptr : offset_.data();
        body_.step = step;
        exec_.for_each("spike gates", a_.size(), body_);
        return n_spikes_.get();
    }
    std::vector<double> a() const override { return a_.get(); }

  private:
    const Exec exec_;
    SpikeGates<double> body_;
    DeviceArray<Exec, double> log_drive_, log_divisor_, offset_, a_;
    DeviceArray<Exec, std::uint32_t> n_spikes_, free_at_;
};

} // namespace lamina

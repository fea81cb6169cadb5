/// DeviceNetwork, for one executor: the emulated one, or CUDA (sim/backend_cuda.cu).
///
/// A step is a sequence of launches, recorded once and repeated:
///
///     arrive    synapses that learn deliver the spikes whose delay ends, and are depressed
///     drive     external spikes
///     advance   every neuron consumes its sum, integrates, may spike
///     emit      short-term plasticity weighs the spikes of its sources
///     scatter   spikes are added to the sums of the steps in which they arrive
///     learn     synapses onto who spiked are potentiated
///     sample    state variables are kept
///
/// No launch depends on the host: how many spikes there are is known on the device.
#pragma once

#include <algorithm>
#include <string>
#include <utility>

#include "kernels/device_array.hpp"
#include "kernels/scatter_spikes.hpp"
#include "sim/spikes/device/device_memory.hpp"
#include "sim/spikes/device/device_network.hpp"
#include "sim/spikes/device/neurons_of.hpp"
#include "sim/spikes/device/packed_rows.hpp"
#include "sim/spikes/device/plastic_of.hpp"
#include "sim/spikes/device/sources_of.hpp"

namespace lamina::device {

/// The samples of one probe.
template <class Exec> struct ProbeRows {
    DeviceArray<Exec, std::uint32_t> place;
    DeviceArray<Exec, double> values;
    SampleRows rows;
};

template <class Exec> class DeviceNetworkOf final : public DeviceNetwork {
  public:
    /// @param plain  without the kernels that are made for some networks
    DeviceNetworkOf(const Exec& exec, const FlatNetwork& net, bool plain)
        : exec_(exec), longest_(net.longest_steps), n_neurons_(net.n_neurons),
          n_slots_(net.n_slots), ring_steps_(power_of_two_from(net.longest_steps + 1)),
          history_(net.plastic.empty() ? 0 : net.longest_steps),
          kept_steps_(steps_to_keep(net.n_neurons, history_)), now_(exec_, 1),
          sums_(exec_, std::size_t(ring_steps_) * n_slots_),
          spikes_(exec_, std::size_t(kept_steps_) * n_neurons_),
          n_spikes_(exec_, std::size_t(kept_steps_)), n_emitted_(exec_, 2), suspects_(exec_, 1),
          drives_(exec_, net.drives), drive_before_(exec_, net.drive_before),
          drive_open_(exec_, net.drive_open_at_least) {
        std::uint32_t most_emitted = 0;
        for (const FlatSources& s : net.sources) most_emitted += s.n;
        emitted_ = {exec_, 2 * std::size_t(most_emitted)}; // of this step, and the next to come
        around_ = {{sums_.data(), n_slots_, std::uint32_t(ring_steps_ - 1)},
                   {spikes_.data(), n_spikes_.data(), n_neurons_, std::uint32_t(kept_steps_ - 1)},
                   {emitted_.data(), n_emitted_.data(), most_emitted, 1},
                   now_.data(),
                   {net.seed, net.trial},
                   net.dt_ms,
                   {drives_.data(), std::uint32_t(drives_.size()), drive_before_.data(),
                    drive_open_.data(), net.seed, net.trial}};
        for (const FlatModel& m : net.models)
            models_.push_back(make_neurons(NeuronModels{}, exec_, m, net.float64));
        const std::string why = plain ? "plain kernels were asked for" : put_together(net);
        if (!why.empty()) carry_rows(net);
        path_ = why.empty() ? "many steps per launch, sums in shared memory"
                            : "a sequence of launches per step: " + why;
        for (const FlatSources& s : net.sources)
            sources_.push_back(make_sources(EmissionModels{}, exec_, s));
        for (const FlatPlastic& p : net.plastic)
            learning_.push_back(make_plastic(PlasticModels{}, exec_, p));
        n_driven_ = net.drives.empty() ? 0 : net.drives.back().first_item + net.drives.back().n;
        for (const FlatProbe& probe : net.probes) {
            const auto n = std::uint32_t(probe.place.size()),
                       n_rows = std::uint32_t(most_steps() / probe.every_steps + 1);
            probes_.push_back({{exec_, probe.place}, {exec_, std::size_t(n) * n_rows}, {}});
            probes_.back().rows = {probes_.back().values.data(), n, n_rows, probe.every_steps};
        }
        flat_probes_ = net.probes;
    }

    void load(const FlatState& state) override {
        first_of_run_ = end_of_run_ = state.now;
        now_.set({state.now});
        std::vector<std::int32_t> ring(sums_.size(), 0);
        for (std::int64_t d = 0; d <= longest_; ++d)
            std::copy_n(state.sums.begin() + std::ptrdiff_t(std::size_t(d) * n_slots_), n_slots_,
                        ring.begin() + std::ptrdiff_t(ring_place(state.now + d)));
        sums_.set(ring);
        n_spikes_.clear();
        n_emitted_.clear();
        for (std::int64_t d = 0; d < history_; ++d) set_spikes(state.now - 1 - d, state.spikes, d);
        for (std::size_t m = 0; m < models_.size(); ++m) models_[m]->load(state.neurons[m]);
        for (std::size_t s = 0; s < sources_.size(); ++s) sources_[s]->load(state.sources[s]);
        for (std::size_t p = 0; p < learning_.size(); ++p) learning_[p]->load(state.plastic[p]);
    }

    void store(FlatState& state, bool all) override {
        exec_.finish();
        state.now = now_.get()[0];
        state.neurons.resize(models_.size());
        for (std::size_t m = 0; m < models_.size(); ++m) models_[m]->store(state.neurons[m]);
        state.sources.resize(sources_.size());
        for (std::size_t s = 0; s < sources_.size(); ++s) sources_[s]->store(state.sources[s]);
        if (!all) return;
        const std::vector<std::int32_t> ring = sums_.get();
        state.sums.clear();
        for (std::int64_t d = 0; d <= longest_; ++d) {
            const auto first = ring.begin() + std::ptrdiff_t(ring_place(state.now + d));
            state.sums.insert(state.sums.end(), first, first + n_slots_);
        }
        state.spikes.assign(std::size_t(history_), {});
        for (std::int64_t d = 0; d < std::min(history_, state.now); ++d)
            state.spikes[std::size_t(d)] = spikes_of(state.now - 1 - d, n_spikes_.get());
        state.plastic.resize(learning_.size());
        for (std::size_t p = 0; p < learning_.size(); ++p) learning_[p]->store(state.plastic[p]);
    }

    std::int64_t most_steps() const override { return kept_steps_ - history_ - 1; }

    void run(std::int64_t n_steps) override {
        first_of_run_ = end_of_run_;
        end_of_run_ += n_steps;
        if (together_.n_own > 0) {
            models_[0]->run_together(exec_, around_, together_, n_steps);
        } else {
            if (!step_) step_ = exec_.record([this] { launch_step(); });
            for (std::int64_t k = 0; k < n_steps; ++k) exec_.replay(step_);
        }
        exec_.finish();
    }

    bool run_with(const std::vector<DeviceNetwork*>& others, std::int64_t n_steps) override {
        std::vector<DeviceNetworkOf*> all = {this};
        for (DeviceNetwork* other : others) {
            all.push_back(dynamic_cast<DeviceNetworkOf*>(other));
            if (!all.back()) return false;
        }
        std::vector<Alone<Exec>> networks;
        for (const DeviceNetworkOf* n : all) {
            if (n->together_.n_own == 0 || n->most_steps() < n_steps) return false;
            networks.push_back({n->models_[0].get(), &n->around_, &n->together_});
        }
        for (const DeviceNetworkOf* n : all) n->exec_.finish(); // each has a queue of its own
        if (!models_[0]->run_alone(exec_, networks, n_steps)) return false;
        for (DeviceNetworkOf* n : all) {
            n->first_of_run_ = n->end_of_run_;
            n->end_of_run_ += n_steps;
            n->path_ = "many networks per launch, each in a block of its own";
        }
        return true;
    }

    std::vector<std::vector<std::uint32_t>> spikes_of_run() override {
        const std::vector<std::uint32_t> count = n_spikes_.get();
        const auto n_steps = std::uint32_t(end_of_run_ - first_of_run_);
        std::vector<std::uint32_t> begin = {0};
        for (std::uint32_t k = 0; k < n_steps; ++k)
            begin.push_back(begin.back() + count[place_of(first_of_run_ + k)]);
        // one copy for all steps
        if (packed_.size() < begin.back()) packed_ = {exec_, 2 * std::size_t(begin.back())};
        if (packed_begin_.size() < begin.size()) packed_begin_ = {exec_, std::size_t(kept_steps_)};
        exec_.copy_in(packed_begin_.data(), begin.data(), begin.size() * sizeof begin[0]);
        exec_.for_each_block("pack spikes", exec_.stride_shape(),
                             PackLists{around_.spikes, first_of_run_, n_steps, packed_begin_.data(),
                                       packed_.data()});
        const std::vector<std::uint32_t> packed = packed_.get(0, begin.back());
        std::vector<std::vector<std::uint32_t>> all;
        for (std::uint32_t k = 0; k < n_steps; ++k)
            all.emplace_back(packed.begin() + begin[k], packed.begin() + begin[k + 1]);
        return all;
    }

    std::vector<std::vector<double>> samples_of_run() override {
        std::vector<std::vector<double>> all;
        for (const ProbeRows<Exec>& probe : probes_) {
            const SampleRows& rows = probe.rows;
            const std::vector<double> values = probe.values.get();
            std::vector<double> own;
            for (std::int64_t row = first_of_run_ / rows.every_steps;
                 row < end_of_run_ / rows.every_steps; ++row) {
                const auto first =
                    values.begin() + std::ptrdiff_t(row % rows.n_rows) * std::ptrdiff_t(rows.n);
                own.insert(own.end(), first, first + rows.n);
            }
            all.push_back(std::move(own));
        }
        return all;
    }

    bool suspect() override {
        suspects_.clear();
        for (auto& model : models_) model->look_for_suspects(exec_, suspects_.data());
        return suspects_.get()[0] != 0;
    }

    std::size_t bytes() const override {
        std::size_t n = now_.bytes() + sums_.bytes() + spikes_.bytes() + n_spikes_.bytes() +
                        n_emitted_.bytes() + emitted_.bytes() + drives_.bytes() +
                        drive_before_.bytes() + drive_open_.bytes() + row_words_.bytes() +
                        row_begin_.bytes() + part_first_slot_.bytes() + together_.bytes();
        for (const auto& m : models_) n += m->bytes();
        for (const auto& s : sources_) n += s->bytes();
        for (const auto& p : learning_) n += p->bytes();
        for (const auto& p : probes_) n += p.place.bytes() + p.values.bytes();
        return n;
    }
    std::size_t synapse_bytes() const override {
        return row_words_.bytes() + row_begin_.bytes() + together_.synapse_bytes();
    }
    std::string path() const override { return path_; }

  private:
    /// Takes the network into blocks that keep their sums themselves; why it cannot, else "".
    std::string put_together(const FlatNetwork& net) {
        if (const char* const why = refusal_to_pack(net); why[0] != '\0') return why;
        std::uint32_t n_own = 0;
        const BlockShape shape =
            models_[0]->shape_together(exec_, net.n_neurons, std::uint32_t(ring_steps_), n_own);
        if (shape.n_blocks == 0) return "its sums do not fit into the memory of the blocks";
        const PackedNetwork packed = pack(net, n_own, std::uint32_t(shape.n_blocks));
        if (packed.words.empty()) return "a neuron has more than 65 535 synapses";
        together_ = {shape,
                     n_own,
                     {exec_, packed.homes},
                     {exec_, packed.driven},
                     {exec_, packed.words},
                     {exec_, packed.begin},
                     {exec_, packed.offset}};
        return "";
    }

    /// Takes the rows as they were built.
    void carry_rows(const FlatNetwork& net) {
        std::size_t n = 0;
        for (const FlatNetwork::Piece& piece : net.row_pieces) n += piece.n;
        row_words_ = {exec_, n};
        row_begin_ = {exec_, net.row_begin};
        part_first_slot_ = {exec_, net.part_first_slot};
        n = 0;
        for (const FlatNetwork::Piece& piece : net.row_pieces) {
            exec_.copy_in(row_words_.data() + n, piece.words, piece.n * 4);
            n += piece.n;
        }
        rows_ = {row_words_.data(), row_begin_.data(), net.n_rows, net.n_parts,
                 part_first_slot_.data()};
    }

    std::size_t ring_place(std::int64_t step) const {
        return std::size_t(step & (ring_steps_ - 1)) * n_slots_;
    }
    std::size_t place_of(std::int64_t step) const { return std::size_t(step & (kept_steps_ - 1)); }
    std::vector<std::uint32_t> spikes_of(std::int64_t step,
                                         const std::vector<std::uint32_t>& count) const {
        const std::size_t place = place_of(step);
        return spikes_.get(place * n_neurons_, count[place]);
    }
    void set_spikes(std::int64_t step, const std::vector<std::vector<std::uint32_t>>& all,
                    std::int64_t d) {
        if (step < 0 || std::size_t(d) >= all.size()) return;
        const std::size_t place = place_of(step);
        const std::vector<std::uint32_t>& list = all[std::size_t(d)];
        const auto n = std::uint32_t(list.size());
        exec_.copy_in(spikes_.data() + place * n_neurons_, list.data(), list.size() * 4);
        exec_.copy_in(n_spikes_.data() + place, &n, sizeof n);
    }

    void launch_step() {
        for (auto& p : learning_) p->arrive(exec_, around_);
        exec_.for_each("drive", n_driven_,
                       DriveNeurons{around_.drives, around_.input, around_.now});
        for (auto& m : models_) m->advance(exec_, around_);
        for (auto& s : sources_) s->emit(exec_, around_);
        exec_.for_each_block(
            "scatter", exec_.stride_shape(),
            ScatterSpikes<std::uint32_t>{rows_, around_.input, around_.spikes, around_.now});
        if (!sources_.empty())
            exec_.for_each_block(
                "scatter emitted", exec_.stride_shape(),
                ScatterSpikes<EmittedSpike>{rows_, around_.input, around_.emitted, around_.now});
        for (auto& p : learning_) p->learn(exec_, around_);
        for (std::size_t k = 0; k < probes_.size(); ++k) {
            const FlatProbe& probe = flat_probes_[k];
            const std::uint32_t* const place = probes_[k].place.data();
            if (probe.sources >= 0)
                sources_[std::size_t(probe.sources)]->sample(exec_, around_, probe.word, place,
                                                             probes_[k].rows);
            else
                models_[std::size_t(probe.model)]->sample(exec_, around_, probe.word, place,
                                                          probes_[k].rows);
        }
        exec_.for_each("end of step", 1, EndStep{now_.data(), around_.spikes, around_.emitted});
    }

    Exec exec_;
    std::int64_t longest_;
    std::uint32_t n_neurons_, n_slots_;
    std::int64_t ring_steps_;
    std::int64_t history_; ///< steps whose spikes are still needed
    std::int64_t kept_steps_;
    DeviceArray<Exec, std::int64_t> now_;
    DeviceArray<Exec, std::int32_t> sums_;
    DeviceArray<Exec, std::uint32_t> spikes_, n_spikes_, n_emitted_;
    DeviceArray<Exec, EmittedSpike> emitted_;
    DeviceArray<Exec, std::uint32_t> suspects_;
    DeviceArray<Exec, std::uint32_t> packed_, packed_begin_; ///< spikes on their way to the host
    DeviceArray<Exec, DriveTable> drives_;
    DeviceArray<Exec, std::uint16_t> drive_before_;
    DeviceArray<Exec, std::uint32_t> drive_open_, row_words_;
    DeviceArray<Exec, std::uint64_t> row_begin_;
    DeviceArray<Exec, std::uint32_t> part_first_slot_;
    std::uint32_t n_driven_ = 0;
    Together<Exec> together_;
    Surroundings around_{};
    RowTable rows_{};
    std::vector<std::unique_ptr<Neurons<Exec>>> models_;
    std::vector<std::unique_ptr<Sources<Exec>>> sources_;
    std::vector<std::unique_ptr<Plastic<Exec>>> learning_;
    std::vector<ProbeRows<Exec>> probes_;
    std::vector<FlatProbe> flat_probes_;
    typename Exec::Sequence step_;
    std::string path_; ///< which kernels run it
    std::int64_t first_of_run_ = 0, end_of_run_ = 0;
};

} // namespace lamina::device

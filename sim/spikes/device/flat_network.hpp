/// A built network as plain tables, ready to be carried to a device, and what changes while it
/// runs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kernels/advance_neurons.hpp"
#include "kernels/drive_neurons.hpp"
#include "kernels/learn_spikes.hpp"

namespace lamina {

/// All neurons of one model. Those of spike_times have a list of spikes in place of constants.
struct FlatModel {
    std::string name;
    std::uint32_t n_places = 0;
    std::vector<NeuronRange> ranges;
    std::vector<int> population;         ///< [ranges]
    std::vector<std::int64_t> from_step; ///< [epochs]
    std::vector<unsigned char> constants;
    std::vector<double> unit_of_quantum; ///< [channels]
    std::vector<std::int64_t> replay_step;
    std::vector<std::uint32_t> replay_neuron;
};

/// The sources of a bundle whose weights a state scales.
struct FlatSources {
    std::string model;
    std::vector<unsigned char> params;
    std::uint32_t first_neuron, n, first_row;
};

/// The synapses of one projection that learn onto one part.
struct FlatPlastic {
    std::string model;
    std::vector<unsigned char> params;
    std::vector<PlasticSegment> segments;
    std::vector<std::uint32_t> first_segment, segment, first_onto, onto;
    std::vector<std::uint16_t> slot;
    std::uint32_t first_source = 0, n_sources = 0, first_target = 0, n_targets = 0;
    std::uint32_t first_slot = 0, part_slot = 0;
    std::int32_t shortest = 1, longest = 0;
    float quanta_of_share = 1;
    TraceDecay plus{}, minus{};
};

/// A variable that is sampled every so many steps.
struct FlatProbe {
    int model = -1, sources = -1; ///< whose: neurons or sources of a bundle
    std::uint32_t word = 0;       ///< of the state
    std::int64_t every_steps = 1;
    std::vector<std::uint32_t> place; ///< [neurons] place of the model, or number of the source
};

struct FlatNetwork {
    std::uint64_t seed = 0;
    std::uint32_t trial = 0;
    double dt_ms = 0.1;
    bool float64 = false;
    std::uint32_t n_neurons = 0, n_slots = 0, n_rows = 0, n_parts = 0;
    std::int64_t longest_steps = 1;
    std::vector<FlatModel> models;
    std::vector<DriveTable> drives;
    std::vector<std::uint16_t> drive_before;
    std::vector<std::uint32_t> drive_open_at_least;
    std::vector<FlatSources> sources;
    std::vector<FlatPlastic> plastic;
    std::vector<FlatProbe> probes;
    struct Piece {
        const std::uint32_t* words; ///< kept by the network it was made from
        std::size_t n;
    };
    std::vector<Piece> row_pieces;
    std::vector<std::uint64_t> row_begin;       ///< [n_parts, n_rows]
    std::vector<std::uint32_t> part_first_slot; ///< [n_parts]
};

/// What changes. Sums and spikes are by step: those of now + d, and of now - 1 - d.
struct FlatState {
    std::int64_t now = 0;
    std::vector<std::vector<std::uint64_t>> neurons; ///< [model][n_words, n_places]
    std::vector<std::vector<std::uint64_t>> sources; ///< [sources][n, 3]
    std::vector<std::int32_t> sums;                  ///< [longest_steps + 1, n_slots]
    std::vector<std::vector<std::uint32_t>> spikes;  ///< [longest_steps]
    struct Learnt {
        std::vector<float> share;            ///< [synapse]
        std::vector<SpikeTrace> arrivals, y; ///< [segment], [target]
    };
    std::vector<Learnt> plastic;
};

} // namespace lamina

#include "experiments/memory_need.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <string>

#include <unistd.h>

#include "sim/burst_matching.hpp"
#include "sim/column_cells.hpp"

namespace lamina {

double available_memory_bytes() {
    double available =
        static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE));
    std::ifstream meminfo("/proc/meminfo");
    for (std::string line; std::getline(meminfo, line);)
        if (line.rfind("MemAvailable:", 0) == 0) available = std::atof(line.c_str() + 13) * 1024;
    return available;
}

double predicted_memory_bytes(const ExperimentSpec& spec, int n_threads) {
    const AreaSpec& a = spec.area;
    const double N = a.columns, H = a.heads, D = a.d_model, d = a.d_head, F = a.d_ff;
    const double real = a.precision == Precision::float32 ? 4 : 8;
    // weights twice, for the column in its precision and for the block in double
    const double weights = (4 * H * d * D + 2 * D * F) * (real * (a.dale ? 3 : 1) + 8);
    // q, k, v, o; y, z, the norms' pools and f; gates, drives and PV
    double state = N * (4 * H * d + 6 * D + F) + H * N;
    // fast weights and features of keys and queries in the place of gates
    state += a.has_fast_weights() ? H * d * (d + 1) + 2 * N * H * d : 2 * H * N * N;
    double features = 0, encoded = 0; // encoded: in bytes
    if (a.score == "additive_exponential") {
        const double units = a.score_units;
        // of cells, the sums in their dendrites beside the features, in half the precision
        (a.spiking.on ? encoded : state) += 2 * N * H * units * (a.spiking.on ? 12 : 1);
        features = units * d * H * (a.spiking.on ? 1.5 : 1);
    }
    if (a.paired()) state *= 2;
    // u of x, c, v, o, y and f; W and |W| of the six matrices
    if (a.dale) state += 2 * N * (2 * H * d + 3 * D + F);
    double neurons = 0; // in bytes: state, noise and spikes of each
    if (a.spiking.on) {
        const double rates = 2 * N * (4 * H * d + 2 * D + F) * (a.dale ? 2 : 1) +
                             (a.has_fast_weights() ? 2 * N * H * d : 0);
        neurons = 20 * (rates * a.spiking.n_neurons + H * N * a.spiking.PV_neurons);
        // what cells hear and are asked for, each, and 16 wirings
        if (a.spiking.in_degree < a.spiking.n_neurons)
            neurons += (16 + std::max(a.spiking.delay_ms, a.PV_delay_ms) / a.dt_ms / 8) * rates *
                           a.spiking.n_neurons +
                       64.0 * a.spiking.n_neurons * a.spiking.in_degree;
        // synapses of 4 bytes, those that learn of a spike, sums and what is heard
        if (a.spiking.embedded) {
            double synapses = 0, cells = 0;
            for (const ColumnSynapses& one : column_synapses(a))
                if (one.from == "background") synapses += double(one.n);
            for (const PopulationSpikes& one : spiking_populations(a))
                cells += double(one.n_neurons);
            neurons += 4.5 * synapses + 40 * cells + RateCurve::measuring_bytes(a.dt_ms);
        }
        if (a.matched_by_bursts())
            neurons += 60 * double(BurstMatching::n_populations(a)) * a.spiking.match_neurons;
        state *= 2 + std::max(a.spiking.delay_ms, a.PV_delay_ms) / a.dt_ms;
    }
    // the last attention matrices of each condition are kept beside the reference's
    double n_variants = 1;
    for (const VaryFactor& factor : spec.vary) n_variants *= double(factor.values.size());
    const double examples = 2 * H * N * N * n_variants * double(spec.task.load.size()) * 8;
    // while the weights are made: a square matrix to take the heads' rows from
    const double square = spec.weights.kind == "matched" ? D * D * 8 : 0;
    // a trial as data: inputs of every update of the delay, in the making and made
    const double updates =
        spec.task.type == "presentation"
            ? 1
            : 6 + spec.task.timing.delay_ms / std::max(spec.memory.update_ms, a.dt_ms);
    const double inputs = 2 * updates * N * D * 8;
    return weights + square + (state * real + encoded + neurons + inputs) * n_threads +
           features * real + examples;
}

} // namespace lamina

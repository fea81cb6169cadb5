/// One attention layer made of cortical columns: the rate circuit of docs/model.md, advanced step
/// by step. Constant things (spec, weights) are given once; everything that changes lies in one
/// contiguous state vector.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sim/area_spec.hpp"
#include "sim/device.hpp"
#include "sim/step_profile.hpp"
#include "sim/trial.hpp"
#include "sim/weights.hpp"

namespace lamina {

/// A named part of the state: what the recorder and the report call it.
struct PopulationInfo {
    std::string name;   ///< L4I_x_mean, L4E, L23E, L5apical, SST, L5gate, PV, L5E, L6E, L6I_mean,
                        ///< L23mlp, output ...
    std::string layer;  ///< "4", "2/3", "5", "6", "1"
    std::string symbol; ///< as in the equations: v, k, q, a, p, o, y, f, z
    std::vector<int>
        shape; ///< [columns][heads * d_head], [heads][query][key], [columns][d_model], ...
    std::vector<std::string> dims; ///< names of the axes: column, unit, head, query, key, model
    double tau_ms = 0;
    bool pair = false; ///< r+ and r-, of which `read` gives the difference
};

/// What can be looked at of an area, wherever it runs.
class AreaView {
  public:
    virtual ~AreaView() = default;

    virtual const std::vector<PopulationInfo>& populations() const = 0;
    /// Signed values of one population (opponent pairs are subtracted), row-major; `out` has room
    /// for the product of its shape.
    virtual void read(std::size_t population, double* out) const = 0;
    /// The rates themselves: of pairs r+ of all, then r- of all (twice the room of `read`); else
    /// the same as `read`.
    virtual void read_raw(std::size_t population, double* out) const = 0;
    /// Index of the population with this name. @throws SpecError naming the known ones.
    virtual std::size_t index_of(const std::string& name) const = 0;
    /// o of one column, all heads: [heads * d_head].
    virtual void routed(int column, double* out) const = 0;
    /// log sum_j exp s_ij (or of the drive) for each head and query from the present q and k,
    /// [heads][columns]; -inf for a row without keys.
    virtual void log_normaliser(double* out) const = 0;
    /// @throws NumericsError naming population, unit, time and last input when a value is not
    /// finite.
    virtual void check_finite(std::int64_t step) const = 0;
};

/// What a population of neurons fired since the last reset.
struct PopulationSpikes {
    std::string name;
    std::int64_t n_neurons, n_spikes;
    /// Of cells that burst: spikes behind a silence of 16 ms, and those of them with a second spike
    /// within 16 ms; -1 of others.
    std::int64_t n_events = -1, n_bursts = -1;
};

/// Who of a population fired in one step. Neuron c of number g is unit g n + c; gates, whose n
/// neurons are alike and only counted, are units as a whole, and so are the hidden cells of a gate.
struct StepSpikes {
    const std::uint8_t* of_cells = nullptr;  ///< [n_units] 1 or 0; null: counted together
    const std::uint32_t* of_gates = nullptr; ///< [n_units] spikes of each unit
    std::size_t n_units = 0;

    std::uint32_t of(std::size_t unit) const { return of_cells ? of_cells[unit] : of_gates[unit]; }
};

class Area : public AreaView {
  public:
    /// Everything at rest (rates 0, p = 0, a = 0); noise is drawn under (seed, trial) from here on.
    virtual void reset(std::uint64_t seed, std::uint32_t trial) = 0;
    /// Holds this input until the next call. A masked column is no key and has no query of its own
    /// to answer to; a row without any key gives a = 0, p frozen, o = 0.
    virtual void present(const Segment&) = 0;
    /// v, k, q and the norms' pools jump to their fixed points, a = 1 / (number of keys of the
    /// row), p = 0, o, y, f, z = 0: the start of the settling measurements.
    virtual void settle_inputs() = 0;
    /// Advances by dt from step `step` (time step * dt); noise and rhythms are functions of `step`.
    virtual void advance(std::int64_t step) = 0;
    /// From now on steps tell this clock what they do; null: they do not look at the time.
    virtual void tell(StepClock*) = 0;

    /// Bytes of state, and floating-point operations of one step, for `lamina check`.
    virtual std::size_t state_bytes() const = 0;
    virtual double flops_per_step() const = 0;
    /// Neurons it is made of; 0 for rates.
    virtual std::int64_t n_neurons() const { return 0; }
    /// By population: those of rates in the order of the cascade, PV, L5match or L5hidden, gates.
    /// None of rates. Counted since the last reset; a state that is set does not change the counts.
    virtual std::vector<PopulationSpikes> spikes() const { return {}; }
    /// Of population `i` of spikes(), in the last step that was advanced; valid until the next.
    virtual StepSpikes step_spikes(std::size_t /*i*/) const { return {}; }

    /// The whole state, for the judges and for restarts: size and contents.
    virtual std::vector<double> state() const = 0;
    virtual void set_state(const std::vector<double>&) = 0;
};

/// @param device  where the cells of a column of neurons step, to the same bits
/// @throws SpecError for a combination that cannot be run (e.g. odeint with a delay), saying why;
///         DeviceError when the device does not answer or is full, and for rates on a device, which
///         are many areas at once (area_batch.hpp)
std::unique_ptr<Area> make_area(const AreaSpec&, const AttentionWeights&, std::uint64_t seed,
                                const Device& device = {});

} // namespace lamina

/// The neurons of a spiking column: groups of equal cells, each group with one drive. A group is
/// one rate of docs/model.md, "The spiking column": r+ or r- of a number, or the PV pool of a row.
///
/// Every neuron gets the drive of its group and a background noise of its own
/// (kernels/step_cells.hpp). Which drive makes a group fire at which rate is measured once
/// (RateCurve) and turned around, so that rates are what the circuit asks for.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "kernels/ask_cells.hpp"
#include "sim/device.hpp"

namespace lamina {

/// Where in the microcircuit a cell lies (sim/background.hpp), whose input it has beside its drive.
struct CellPlace {
    double scale = 0;           ///< of the microcircuit; 0: the cell lies nowhere
    int population = 0;         ///< as whose neurons it hears
    double relative_weight = 1; ///< EmbeddedCells
    std::uint64_t seed = 1;     ///< of the microcircuit's wiring
};

struct CellSpec {
    std::string model = "lif_exp";            ///< of cell_models()
    std::map<std::string, double> parameters; ///< what differs from the model's own, in table units
    double noise = 1;                         ///< factor of the model's background noise
    CellPlace place = {};
};

/// Whose random numbers: `which` (0 .. 63) tells populations of one area apart.
struct CellNoise {
    std::uint64_t seed = 1;
    std::uint32_t trial = 0, which = 0;
};

constexpr std::uint64_t before_trial = std::uint64_t(1) << 40; ///< steps of a warm-up count here

/// Wherever they are: a device works on a step that has begun while others are begun.
class Cells {
  public:
    virtual ~Cells() = default;

    /// All neurons at rest.
    virtual void start() = 0;
    /// @param drive_per_ms  [n_groups] in the unit of the model's first channel
    void begin_step(const double* drive_per_ms, const CellNoise& noise, std::uint64_t step) {
        begin(drive_per_ms, nullptr, noise, step);
    }
    /// @param drive  [n_groups, n_neurons] of a step, each neuron's own
    void begin_step_each(const float* drive, const CellNoise& noise, std::uint64_t step) {
        begin(nullptr, drive, noise, step);
    }
    /// @param n_spikes  [n_groups] of the step that was begun last
    virtual void count(std::uint32_t* n_spikes) const = 0;
    /// Both at once.
    void step(const double* drive_per_ms, const CellNoise& noise, std::uint64_t step,
              std::uint32_t* n_spikes) {
        begin_step(drive_per_ms, noise, step);
        count(n_spikes);
    }
    void step_each(const float* drive, const CellNoise& noise, std::uint64_t step,
                   std::uint32_t* n_spikes) {
        begin_step_each(drive, noise, step);
        count(n_spikes);
    }
    /// [n_groups * n_neurons] who spiked in the last step, 1 or 0, group by group.
    virtual const std::uint8_t* spiked() const = 0;
    /// The neurons' own state, word by word.
    virtual std::vector<std::uint32_t> state() const = 0;
    virtual void set_state(const std::uint32_t* words) = 0;
    virtual std::size_t n_state_words() const = 0;

  private:
    virtual void begin(const double* drive_per_ms, const float* own_drive, const CellNoise&,
                       std::uint64_t step) = 0;
};

/// A neuron that a column can be made of.
struct CellModel {
    const char *name, *unit;  ///< of a drive: unit per ms
    double noise_per_sqrt_ms; ///< background noise, in unit / sqrt(ms)
    const char* meaning;
};
const std::vector<CellModel>& cell_models();

/// @param device  where they step, to the same bits
/// @throws SpecError for an unknown model or parameter, or one that describes no neuron;
///         DeviceError when the device does not answer or is full
std::unique_ptr<Cells> make_cells(const CellSpec&, std::size_t n_groups, std::size_t n_neurons,
                                  double dt_ms, const Device& device = {});

/// The drive that makes cells of one kind fire at a rate, as measured at this step.
class RateCurve {
  public:
    /// Measures firing rates over a range of drives, with the background noise or where the cell
    /// lies, up to highest_Hz.
    /// The same spec gives the same curve; it is measured once per process.
    /// @throws SpecError when the cells cannot fire that fast
    static const RateCurve& of(const CellSpec&, double dt_ms, double highest_Hz);

    /// The rate is taken as 0 below, as highest_Hz above the range.
    double drive_per_ms(double rate_Hz) const {
        return RateTable<double>{inverse_.data(), int(inverse_.size()) - 1, root_step_}.drive(
            rate_Hz);
    }
    /// The same, rounded.
    RateTable<float> table() const {
        return {rounded_.data(), int(rounded_.size()) - 1, float(root_step_)};
    }
    double highest_Hz() const { return highest_Hz_; }

    /// What is asked for, and what cells then fire, under noise that the curve has not seen: 16
    /// rates up to the highest, 512 neurons each for 2 s.
    struct Asked {
        std::vector<double> asked_Hz, fired_Hz;
    };
    Asked ask() const;
    static constexpr double asked_neuron_s = 512 * 2.0; ///< behind each of these rates
    /// While cells that lie in the microcircuit are measured: what 512 of them hear for 2.2 s.
    static double measuring_bytes(double dt_ms) { return 4 * 512 * 2200 / dt_ms; }

    /// What was measured: rates of drives.
    const std::vector<double>& drives_per_ms() const { return drives_; }
    const std::vector<double>& rates_Hz() const { return rates_; }

  private:
    RateCurve(const CellSpec&, double dt_ms, double highest_Hz);
    void turn_around();

    CellSpec spec_;
    double dt_ms_, highest_Hz_, root_step_;
    std::vector<double> drives_, rates_;
    std::vector<double> inverse_; ///< drive at rates (k root_step)^2
    std::vector<float> rounded_;  ///< the same
};

} // namespace lamina

/// Body, one item = one neuron, its drive shared or its own: background noise of its own on top of
/// it, one step, and whether it spiked.
///
///     arriving in dt = drive dt + noise sqrt(dt) xi,  xi uniform with variance 1
///
/// The input is what synapses bring in a step, in the unit of the model's first channel; it is not
/// negative where that is a conductance. xi is new in every step: on the scale of a membrane it is
/// white noise, whatever its law.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "kernels/soa.hpp"

namespace lamina {

template <class Model, class Real> struct StepCells {
    SoaView<typename Model::State> state; ///< [n]
    const std::uint16_t* halves;          ///< [n] random numbers of this step, for xi
    const std::uint32_t* draws;           ///< [n_draws, draws_stride] random words, for the model
    std::size_t draws_stride;
    Real drive, noise;    ///< of a step
    std::uint8_t* spiked; ///< [n]
    typename Model::Constants constants;

    LAMINA_FN void operator()(std::size_t neuron) const { step(neuron, drive); }

    /// The same with another drive.
    LAMINA_FN void step(std::size_t neuron, Real arriving_drive) const {
        constexpr bool conductance = std::string_view(Model::channels[0].unit) == "nS";
        constexpr Real root_3 = Real(1.7320508075688772);
        const Real xi = (Real(halves[neuron]) - Real(32767.5)) * (root_3 / Real(32768));
        Real arriving[Model::n_channels] = {};
        arriving[0] = fma(noise, xi, arriving_drive);
        if (conductance) arriving[0] = arriving[0] > 0 ? arriving[0] : Real(0);

        auto s = state.load(neuron);
        if constexpr (Model::n_draws == 0) {
            spiked[neuron] = Model::step(s, arriving, constants);
        } else {
            std::uint32_t draw[Model::n_draws];
            for (int k = 0; k < Model::n_draws; ++k)
                draw[k] = draws[std::size_t(k) * draws_stride + neuron];
            spiked[neuron] = Model::step(s, arriving, constants, draw);
        }
        state.store(neuron, s);
    }
};

/// All groups in one launch: neurons of a group share a drive.
template <class Model, class Real> struct StepGroups {
    StepCells<Model, Real> cells; ///< of all groups; the drive that all share is not read
    const Real* drives;           ///< [n_groups] of a step
    std::size_t n_neurons;        ///< of a group

    LAMINA_FN void operator()(std::size_t neuron) const {
        cells.step(neuron, drives[neuron / n_neurons]);
    }
};

/// The same, each neuron with a drive of its own. Apart, so that a processor steps several at once.
template <class Model, class Real> struct StepEach {
    StepCells<Model, Real> cells; ///< the drive that all share is not read
    const Real* drives;           ///< [n] of a step

    LAMINA_FN void operator()(std::size_t neuron) const { cells.step(neuron, drives[neuron]); }
};

} // namespace lamina

/// Bodies, one item = one neuron of a probe: keeps a state variable in every so many steps.
#pragma once

#include <cstring>

#include "kernels/emit_spikes.hpp"

namespace lamina {

/// Rows of samples: that of the step that ends at step s is number s / every - 1.
struct SampleRows {
    double* values; ///< [n_rows, n]
    std::uint32_t n, n_rows;
    std::int64_t every_steps;

    /// The row of a step, nullptr when nothing is sampled in it.
    LAMINA_FN double* of_step(std::int64_t step) const {
        if ((step + 1) % every_steps != 0) return nullptr;
        return values + static_cast<std::size_t>(((step + 1) / every_steps - 1) % n_rows) * n;
    }
};

/// A word of the state of neurons.
template <class Word, class Real> struct SampleNeurons {
    static_assert(sizeof(Word) == sizeof(Real));
    const Word* words; ///< [places]
    const std::uint32_t* place;
    SampleRows rows;
    const std::int64_t* now;

    LAMINA_FN void operator()(std::size_t i) const {
        double* const row = rows.of_step(*now);
        if (!row) return;
        Real x;
        memcpy(&x, &words[place[i]], sizeof x);
        row[i] = static_cast<double>(x);
    }
};

/// A variable of the sources of a bundle, at the end of the step.
template <class Model> struct SampleSources {
    const SourceState<Model>* sources;
    const std::uint32_t* place;
    std::uint32_t word; ///< of the state
    typename Model::Params params;
    double dt_ms;
    SampleRows rows;
    const std::int64_t* now;

    LAMINA_FN void operator()(std::size_t i) const {
        double* const row = rows.of_step(*now);
        if (!row) return;
        const auto s = sources[place[i]].at_end_of(*now, params, dt_ms);
        static_assert(sizeof s == 2 * sizeof(double));
        double words[2];
        memcpy(words, &s, sizeof s);
        row[i] = word == 0 ? words[0] : words[1];
    }
};

} // namespace lamina

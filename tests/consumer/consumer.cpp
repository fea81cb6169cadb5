/// Steps one area for 600 ms on random tokens, computes the transformer block from the same weights
/// and input, and prints how far they are apart.
#include <cmath>
#include <cstdio>

#include "sim/area.hpp"
#include "sim/fidelity.hpp"
#include "sim/reference_block.hpp"

using namespace lamina;

int main() {
    AreaSpec spec;
    spec.columns = 6, spec.heads = 2, spec.d_model = 8, spec.d_head = 4;

    // tokens without random numbers: a few incommensurate waves
    Segment input;
    for (int i = 0; i < spec.columns * spec.d_model; ++i)
        input.x.push_back(std::sin(0.7 * i) + std::cos(1.3 * i));
    const AttentionWeights weights = matched_weights(spec, WeightsSpec{}, input.x, 1);

    // the circuit, from rest
    const auto area = make_area(spec, weights, 1);
    area->reset(1, 0);
    area->present(input);
    const auto n_steps = static_cast<std::int64_t>(std::llround(600 / spec.dt_ms));
    for (std::int64_t step = 0; step < n_steps; ++step) area->advance(step);

    // the block, at once
    const ReferenceResult block = reference_block(spec, weights, input.x, input.x, {});
    std::vector<double> output(block.resid_post.size());
    area->read(area->index_of("output"), output.data());
    const double error = relative_error(output.data(), block.resid_post.data(), output.size());
    std::printf("output_relative_error %.3g\n", error);
    return error < 1e-9 ? 0 : 1;
}

/// The reference block through a device's executor: the CPU's numbers bit for bit, whatever the
/// order of threads.
#include <catch2/catch.hpp>

#include <vector>

#include "sim/device_reference.hpp"
#include "sim/small_areas.hpp"
#include "sim/tested_device.hpp"
#include "support/same_bits.hpp"

using namespace lamina;
using namespace lamina::test;

namespace {

AreaSpec small_block() {
    AreaSpec spec;
    // sums of 10, 11 and 13 terms end between two rounds of eight
    spec.columns = 5, spec.heads = 2, spec.d_model = 10, spec.d_head = 11, spec.d_ff = 13;
    spec.score_gain = 0.7;
    return spec;
}

/// Three trials with other inputs: all keys open; some masked; all masked.
std::vector<Segment> three_inputs(const AreaSpec& spec) {
    std::vector<Segment> inputs;
    for (const std::uint64_t seed : {3u, 4u, 5u})
        inputs.push_back(tokens(spec, seed, spec.attention == Attention::cross));
    const std::size_t N = std::size_t(spec.columns);
    inputs[1].masked.assign(N, 0);
    inputs[1].masked[0] = inputs[1].masked[N - 2] = 1; // causal: the first row is closed
    inputs[2].masked.assign(N, 1);
    return inputs;
}

std::vector<ReferenceResult> blocks_on_cpu(const AreaSpec& spec, const AttentionWeights& weights,
                                           const std::vector<Segment>& inputs) {
    std::vector<ReferenceResult> blocks;
    for (const Segment& in : inputs)
        blocks.push_back(
            reference_block(spec, weights, in.x, in.c.empty() ? in.x : in.c, in.masked));
    return blocks;
}

std::vector<const Segment*> pointers(const std::vector<Segment>& inputs) {
    std::vector<const Segment*> out;
    for (const Segment& in : inputs) out.push_back(&in);
    return out;
}

void check_same_blocks(const std::vector<ReferenceResult>& blocks,
                       const std::vector<ReferenceResult>& expected) {
    REQUIRE(blocks.size() == expected.size());
    for (std::size_t t = 0; t < blocks.size(); ++t) {
        INFO("trial " << t);
        const auto named = blocks[t].named(), right = expected[t].named();
        REQUIRE(named.size() == right.size());
        for (const auto& [name, array] : right) {
            INFO(name);
            CHECK(!array.values->empty());
            CHECK(named.at(name).shape == array.shape);
            CHECK(same_bits(*named.at(name).values, *array.values));
        }
        CHECK(same_bits(blocks[t].sum_mid, expected[t].sum_mid));
        CHECK(same_bits(blocks[t].sum_post, expected[t].sum_post));
    }
}

/// On devices of two orders, against the CPU.
void check_blocks_like_cpu(const AreaSpec& spec) {
    const AttentionWeights weights = small_weights(spec, 1.5);
    const std::vector<Segment> inputs = three_inputs(spec);
    const auto expected = blocks_on_cpu(spec, weights, inputs);
    for (const std::uint64_t order : {1u, 2u}) {
        INFO("order " << order);
        const auto block = make_device_reference(tested_device(order), spec, weights);
        check_same_blocks(block->blocks(pointers(inputs)), expected);
    }
}

} // namespace

TEST_CASE("a device gives the reference block of the CPU, bit for bit: attention and norms") {
    AreaSpec spec = small_block();
    spec.attention = GENERATE(Attention::self, Attention::causal, Attention::cross);
    spec.norm = GENERATE(Norm::none, Norm::pre, Norm::post);
    check_blocks_like_cpu(spec);
}

TEST_CASE("a device gives the reference block of the CPU, bit for bit: feed-forward layers") {
    AreaSpec spec = small_block();
    spec.d_ff = GENERATE(0, 1, 40);
    spec.norm = GENERATE(Norm::none, Norm::pre, Norm::post);
    spec.activation = GENERATE(Activation::relu, Activation::gelu, Activation::gelu_tanh);
    check_blocks_like_cpu(spec);
}

TEST_CASE("a device gives the reference block of the CPU, bit for bit: more than a warp is wide") {
    AreaSpec spec = small_block();
    spec.columns = 37, spec.d_model = 35, spec.d_head = 33, spec.norm = Norm::pre;
    check_blocks_like_cpu(spec);
}

TEST_CASE("blocks that a device computes do not depend on those before or beside them") {
    AreaSpec spec = small_block();
    spec.d_ff = GENERATE(0, 13);
    const AttentionWeights weights = small_weights(spec, 1.5);
    const std::vector<Segment> inputs = three_inputs(spec), open = {inputs[0]},
                               turned = {inputs[2], inputs[1], inputs[0]};
    const auto block = make_device_reference(tested_device(3), spec, weights);
    CHECK(block->blocks({}).empty());
    for (const auto& some : {open, inputs, turned, open})
        check_same_blocks(block->blocks(pointers(some)), blocks_on_cpu(spec, weights, some));
}

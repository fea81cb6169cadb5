#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "kernels/normal.hpp"
#include "sim/reference_block.hpp"
#include "support/process.hpp"
#include "support/skip.hpp"

using namespace lamina;

namespace {

const std::filesystem::path fixtures = std::filesystem::path(LAMINA_SOURCE_DIR) / "tests/reference";

struct Case {
    AreaSpec spec;
    AttentionWeights weights;
    std::vector<double> x, c;
    std::vector<std::uint8_t> masked;
};

Case case_of(const nlohmann::json& file) {
    const auto& s = file.at("spec");
    const std::map<std::string, Attention> attentions = {
        {"self", Attention::self}, {"causal", Attention::causal}, {"cross", Attention::cross}};
    const std::map<std::string, Norm> norms = {
        {"none", Norm::none}, {"pre", Norm::pre}, {"post", Norm::post}};
    const std::map<std::string, Activation> activations = {{"relu", Activation::relu},
                                                           {"gelu", Activation::gelu},
                                                           {"gelu_tanh", Activation::gelu_tanh}};
    Case k;
    AreaSpec& spec = k.spec;
    spec.columns = s.at("columns");
    spec.heads = s.at("heads");
    spec.d_model = s.at("d_model");
    spec.d_head = s.at("d_head");
    spec.d_ff = s.at("d_ff");
    spec.norm_epsilon = s.at("norm_epsilon");
    spec.score_gain = s.at("score_gain");
    spec.attention = attentions.at(s.at("attention"));
    spec.norm = norms.at(s.at("norm"));
    spec.activation = activations.at(s.at("activation"));
    AttentionWeights& w = k.weights;
    w.heads = spec.heads;
    w.d_model = spec.d_model;
    w.d_head = spec.d_head;
    w.d_ff = spec.d_ff;
    const std::vector<std::pair<const char*, std::vector<double>*>> entries = {
        {"W_Q", &w.W_Q}, {"W_K", &w.W_K}, {"W_V", &w.W_V},       {"b_Q", &w.b_Q},
        {"b_K", &w.b_K}, {"b_V", &w.b_V}, {"W_O", &w.W_O},       {"b_O", &w.b_O},
        {"W_1", &w.W_1}, {"b_1", &w.b_1}, {"W_2", &w.W_2},       {"b_2", &w.b_2},
        {"g_1", &w.g_1}, {"g_2", &w.g_2}, {"beta_1", &w.beta_1}, {"beta_2", &w.beta_2}};
    for (const auto& [name, values] : entries)
        *values = file.at("weights").at(name).get<std::vector<double>>();
    k.x = file.at("x").get<std::vector<double>>();
    k.c = file.at("c").get<std::vector<double>>();
    k.masked = file.at("masked").get<std::vector<std::uint8_t>>();
    return k;
}

ReferenceResult block_of_case(const Case& k) {
    return reference_block(k.spec, k.weights, k.x, k.c, k.masked);
}

/// A block with everything in it, for the symmetries.
Case full_case(Attention attention, Norm norm) {
    Case k;
    k.spec.columns = 6;
    k.spec.heads = 2;
    k.spec.d_model = 8;
    k.spec.d_head = 4;
    k.spec.d_ff = 12;
    k.spec.attention = attention;
    k.spec.norm = norm;
    k.x.resize(48);
    k.c.resize(48);
    normal_row(1, 0, Stream::tokens, 0, k.x.data(), k.x.size());
    normal_row(1, 0, Stream::tokens, 1, k.c.data(), k.c.size());
    if (attention != Attention::cross) k.c = k.x;
    WeightsSpec how;
    how.biases = true;
    k.weights = random_weights(k.spec, how, k.x, k.c, 4);
    return k;
}

double worst_difference(const std::vector<double>& a, const std::vector<double>& b) {
    REQUIRE(a.size() == b.size());
    double worst = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        REQUIRE(std::isfinite(a[i]));
        worst = std::max(worst, std::fabs(a[i] - b[i]));
    }
    return worst;
}

} // namespace

TEST_CASE("the reference block is PyTorch's, in every named intermediate") {
    int n_files = 0;
    double worst = 0;
    for (const auto& entry : std::filesystem::directory_iterator(fixtures)) {
        const std::string name = entry.path().filename().string();
        if (name.rfind("block_", 0) != 0) continue;
        INFO(name);
        ++n_files;
        std::ifstream stream(entry.path());
        const auto file = nlohmann::json::parse(stream);
        const ReferenceResult result = block_of_case(case_of(file));
        const auto named = result.named();
        CHECK(named.size() == file.at("expected").size());
        for (const auto& [key, expected] : file.at("expected").items()) {
            INFO(key);
            REQUIRE(named.count(key) == 1);
            CHECK(named.at(key).shape == expected.at("shape").get<std::vector<int>>());
            const std::vector<double>& values = *named.at(key).values;
            const auto& theirs = expected.at("values");
            REQUIRE(values.size() == theirs.size());
            for (std::size_t i = 0; i < values.size(); ++i) {
                INFO("element " << i);
                if (theirs[i].is_null()) { // a masked score
                    CHECK(values[i] == -std::numeric_limits<double>::infinity());
                    continue;
                }
                const double expected_value = theirs[i];
                const double difference = std::fabs(values[i] - expected_value) /
                                          std::max(1.0, std::fabs(expected_value));
                // some hundred roundings of values of order 1 to 10
                CHECK(difference <= 1e-12);
                worst = std::max(worst, difference);
            }
        }
    }
    CHECK(n_files == 12);
    std::printf("reference block against PyTorch: %d blocks, largest difference %.1e\n", n_files,
                worst);
}

TEST_CASE("PyTorch, where it is installed, still gives the fixtures of the reference block") {
    const char* chosen = std::getenv("LAMINA_PYTHON");
    const auto checked = test::run_process(
        {chosen ? chosen : "python3",
         std::string(LAMINA_SOURCE_DIR) + "/tests/tools/make_reference_fixtures.py", "--check",
         fixtures.string()});
    if (checked.exit_code == 127) {
        test::skip("no python3");
        return;
    }
    if (checked.exit_code == 77) {
        test::skip("PyTorch is not installed (LAMINA_PYTHON names another Python)");
        return;
    }
    INFO(checked.out << checked.err);
    CHECK(checked.exit_code == 0);
}

TEST_CASE("permuting the tokens permutes the block's output") {
    for (const Norm norm : {Norm::none, Norm::pre, Norm::post}) {
        Case k = full_case(Attention::self, norm);
        k.masked = {0, 0, 1, 0, 0, 1};
        const ReferenceResult straight = block_of_case(k);
        Case turned = k;
        const int d = k.spec.d_model, n = k.spec.columns;
        for (int i = 0; i < n; ++i) {
            const int from = (i + 2) % n;
            std::copy_n(k.x.begin() + from * d, d, turned.x.begin() + i * d);
            turned.masked[static_cast<std::size_t>(i)] = k.masked[static_cast<std::size_t>(from)];
        }
        turned.c = turned.x;
        std::vector<double> expected(k.x.size());
        for (int i = 0; i < n; ++i)
            std::copy_n(straight.resid_post.begin() + ((i + 2) % n) * d, d,
                        expected.begin() + i * d);
        // the same sums in another order
        CHECK(worst_difference(block_of_case(turned).resid_post, expected) < 1e-13);
    }
}

TEST_CASE("a masked column changes nothing but its own row") {
    for (const Attention attention : {Attention::self, Attention::causal, Attention::cross}) {
        Case k = full_case(attention, Norm::pre);
        k.masked = {0, 1, 0, 0, 0, 0};
        const ReferenceResult before = block_of_case(k);
        for (int i = 0; i < k.spec.d_model; ++i) {
            k.x[static_cast<std::size_t>(k.spec.d_model + i)] += 3 + i;
            if (attention != Attention::cross) k.c = k.x;
        }
        const ReferenceResult after = block_of_case(k);
        const auto d = static_cast<std::size_t>(k.spec.d_model);
        for (std::size_t i = 0; i < after.resid_post.size(); ++i)
            if (i / d != 1) CHECK(after.resid_post[i] == before.resid_post[i]);
        CHECK(after.resid_post[d] != before.resid_post[d]);
    }
}

TEST_CASE("a causal block does not see the tokens to come") {
    Case k = full_case(Attention::causal, Norm::post);
    const ReferenceResult before = block_of_case(k);
    const std::size_t later = 4 * static_cast<std::size_t>(k.spec.d_model);
    for (std::size_t i = later; i < k.x.size(); ++i) k.x[i] = -k.x[i];
    k.c = k.x;
    const ReferenceResult after = block_of_case(k);
    for (std::size_t i = 0; i < later; ++i) CHECK(after.resid_post[i] == before.resid_post[i]);
    CHECK(after.resid_post[later] != before.resid_post[later]);
}

TEST_CASE("a row without any key has weights 0 and routes nothing") {
    Case k = full_case(Attention::self, Norm::none);
    k.masked.assign(6, 1);
    const ReferenceResult r = block_of_case(k);
    CHECK(r.pattern == std::vector<double>(r.pattern.size(), 0));
    CHECK(r.z_heads == std::vector<double>(r.z_heads.size(), 0));
    for (std::size_t i = 0; i < k.x.size(); ++i)
        CHECK(r.attn_out[i] == k.weights.b_O[i % k.weights.b_O.size()]);
}

TEST_CASE("every other row of weights sums to 1, whatever the size of the scores") {
    for (const double gain : {0.0, 1.0, 1e4, 1e8}) {
        Case k = full_case(Attention::causal, Norm::none);
        k.spec.score_gain = gain;
        const ReferenceResult r = block_of_case(k);
        for (std::size_t row = 0; row < r.pattern.size() / 6; ++row) {
            double sum = 0;
            for (std::size_t j = 0; j < 6; ++j) sum += r.pattern[row * 6 + j];
            CHECK(std::fabs(sum - 1) < 1e-15); // six terms below 1
        }
    }
}

#include "sim/reference_block.hpp"

#include "kernels/cpu/exec.hpp"
#include "sim/reference_stages.hpp"

namespace lamina {

namespace {

/// This thread of the processor, called as a device is.
struct ThisThread {
    template <class Body> void for_each(const char*, std::size_t n, const Body& body) const {
        Cpu().for_each(n, body);
    }
    template <class Body> void for_each_row(const char*, std::size_t n, const Body& body) const {
        Cpu().for_each_row(n, body);
    }
};

} // namespace

ReferenceResult reference_block(const AreaSpec& spec, const AttentionWeights& w,
                                const std::vector<double>& x, const std::vector<double>& c,
                                const std::vector<std::uint8_t>& masked) {
    [[maybe_unused]] const std::size_t n_values =
        std::size_t(spec.columns) * std::size_t(spec.d_model);
    LAMINA_EXPECT(x.size() == n_values && c.size() == n_values);
    LAMINA_EXPECT(masked.empty() || masked.size() == std::size_t(spec.columns));
    LAMINA_EXPECT(w.heads == spec.heads && w.d_model == spec.d_model && w.d_head == spec.d_head &&
                  w.d_ff == spec.d_ff);
    ReferenceResult r = blank_reference(spec, x);
    std::vector<std::vector<double>> scratch;
    ReferenceArrays arrays;
    arrays.x = x.data(), arrays.c = c.data();
    if (!masked.empty()) arrays.masked = masked.data();
    for (const ReferenceArray& array : reference_arrays(spec)) {
        std::vector<double>& values = array.result ? r.*array.result : scratch.emplace_back();
        values.assign(array.n, 0);
        arrays.*array.at = values.data();
    }
    compute_reference(ThisThread(), spec,
                      place_weights(w, [](const auto& entries) { return entries.data(); }), 1,
                      arrays);
    return r;
}

std::map<std::string, ReferenceResult::Named> ReferenceResult::named(int layer) const {
    const std::string block = "blocks." + std::to_string(layer) + ".";
    const std::vector<int> by_head = {columns, heads, d_head}, pairs = {heads, columns, columns},
                           stream = {columns, d_model};
    std::map<std::string, Named> all = {
        {block + "attn.hook_q", {by_head, &q}},
        {block + "attn.hook_k", {by_head, &k}},
        {block + "attn.hook_v", {by_head, &v}},
        {block + "attn.hook_attn_scores", {pairs, &scores}},
        {block + "attn.hook_pattern", {pairs, &pattern}},
        {block + "attn.hook_z", {by_head, &z_heads}},
        {block + "hook_resid_pre", {stream, &resid_pre}},
        {block + "hook_attn_out", {stream, &attn_out}},
        {block + "hook_resid_mid", {stream, &sum_mid}},
        {block + "hook_mlp_out", {stream, &mlp_out}},
        {block + "hook_resid_post", {stream, &sum_post}},
    };
    if (norm == Norm::post) {
        all[block + "hook_normalized_resid_mid"] = {stream, &resid_mid};
        all[block + "hook_normalized_resid_post"] = {stream, &resid_post};
    }
    return all;
}

} // namespace lamina

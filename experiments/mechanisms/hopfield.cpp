/// A modern Hopfield network made of gates and PV. The column's gates weigh stored patterns x_j by
/// their product with a query xi, settle with PV, and what they route is the next query:
///
///     xi <- sum_j a_j x_j,   a = softmax(beta X xi) as gates and PV settle at it
///     E(xi) = -1/beta log sum_j exp(beta x_j . xi) + |xi|^2 / 2 + log(K) / beta + M^2 / 2
///
/// with K patterns and M the length of the longest. One step is attention with the patterns as keys
/// and values; E never rises; with large beta a step ends at one pattern, with small beta at the
/// mean of all. Gates and PV start every step anew.
///
/// Source: Ramsauer et al. (2020), arXiv:2008.02217, equations 1 to 3, theorem 1.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "experiments/mechanisms/mechanisms.hpp"
#include "kernels/normal.hpp"
#include "sim/errors.hpp"
#include "sim/reference_block.hpp"

namespace lamina::laws {
namespace {

/// Gates have settled when nothing moves by more than this over ten time constants of theirs and
/// their sum is 1: for large scores they first wait, all of them open, for PV to rise to them.
constexpr double at_rest = 1e-13, at_one = 1e-9;
constexpr int longest_wait = 2000; ///< in ten time constants

/// Patterns and a state, and what is computed of them.
class Memory {
  public:
    Memory(const Laboratory& lab, double gain, std::uint32_t draw)
        : lab_(lab), d_(std::size_t(lab.d_head)), n_(std::size_t(lab.gates.n_keys)), gain_(gain),
          beta_(gain / std::sqrt(double(lab.d_head))), patterns_(n_ * d_), state_(d_) {
        normal_row(lab.seed, draw, Stream::tokens, 0, patterns_.data(), patterns_.size());
        normal_row(lab.seed, draw, Stream::tokens, 1, state_.data(), d_);
        for (std::size_t i = 0; i < d_; ++i)
            state_[i] = patterns_[i] + lab.task.hopfield.noise * state_[i];
    }

    /// The gates' weights of the state, once they have settled.
    Numbers weights() const {
        Numbers scores(n_);
        for (std::size_t j = 0; j < n_; ++j) scores[j] = beta_ * dot(pattern(j), state_.data(), d_);
        GateLoop loop(lab_.loop(1, int(n_), std::move(scores)));
        const double dt_ms = lab_.dt_ms;
        const auto n_steps = std::max<std::int64_t>(
            10, std::llround(10 * std::max(lab_.gates.tau_gate_ms, lab_.gates.tau_PV_ms) / dt_ms));
        for (int wait = 0; wait < longest_wait && !lab_.stopped(); ++wait) {
            const Numbers before = loop.a();
            for (std::int64_t step = 0; step < n_steps; ++step) loop.step(dt_ms);
            double moved = 0;
            for (std::size_t j = 0; j < n_; ++j)
                moved = std::max(moved, std::fabs(loop.a()[j] - before[j]));
            if (moved < at_rest && std::fabs(loop.gate_sum(0) - 1) < at_one) return loop.a();
        }
        if (lab_.stopped()) return loop.a();
        throw SpecError(fmt::format("hopfield: gates and PV did not settle at gain {} within {:g} "
                                    "s; use a smaller simulation.dt or task.hopfield.gain",
                                    gain_, longest_wait * double(n_steps) * dt_ms * 1e-3));
    }
    void step(const Numbers& weights) {
        state_.assign(d_, 0.0);
        for (std::size_t j = 0; j < n_; ++j)
            for (std::size_t i = 0; i < d_; ++i) state_[i] += weights[j] * pattern(j)[i];
    }
    double energy() const {
        Numbers exponents(n_);
        double longest = 0;
        for (std::size_t j = 0; j < n_; ++j) {
            exponents[j] = beta_ * dot(pattern(j), state_.data(), d_);
            longest = std::max(longest, dot(pattern(j), pattern(j), d_));
        }
        const double top = *std::max_element(exponents.begin(), exponents.end());
        double sum = 0;
        for (const double x : exponents) sum += std::exp(x - top);
        return (std::log(double(n_)) - top - std::log(sum)) / beta_ +
               (dot(state_.data(), state_.data(), d_) + longest) / 2;
    }
    double cosine() const {
        return dot(state_.data(), pattern(0), d_) /
               std::sqrt(dot(state_.data(), state_.data(), d_) * dot(pattern(0), pattern(0), d_));
    }
    /// |xi - o| / |o| with o the attention of the transformer block that has the patterns as tokens
    /// and `query` as context, and no other weights than 1.
    double distance_from_attention(const Numbers& query) const {
        AreaSpec area;
        area.columns = int(n_), area.heads = 1, area.d_model = area.d_head = int(d_), area.d_ff = 0;
        area.attention = Attention::cross, area.norm = Norm::none, area.score_gain = gain_;
        AttentionWeights weights = blank_weights(area);
        for (Numbers* W : {&weights.W_Q, &weights.W_K, &weights.W_V})
            for (std::size_t i = 0; i < d_; ++i) (*W)[i * d_ + i] = 1;
        Numbers context(n_ * d_, 0.0);
        std::copy(query.begin(), query.end(), context.begin());
        const Numbers o = reference_block(area, weights, patterns_, context, {}).z_heads;
        double missed = 0;
        for (std::size_t i = 0; i < d_; ++i) missed += (state_[i] - o[i]) * (state_[i] - o[i]);
        return std::sqrt(missed / dot(o.data(), o.data(), d_));
    }
    const Numbers& state() const { return state_; }

  private:
    const double* pattern(std::size_t j) const { return patterns_.data() + j * d_; }

    const Laboratory& lab_;
    std::size_t d_, n_;
    double gain_, beta_;
    Numbers patterns_; ///< [n_, d_]; the first is cued
    Numbers state_;    ///< [d_] xi
};

/// The largest rise of E in one step, and 0 when there is none.
double largest_rise(const Hopfield& found) {
    double rise = 0;
    const std::size_t n = found.n_steps + 1;
    for (std::size_t first = 0; first < found.energy.size(); first += n)
        for (std::size_t step = 1; step < n; ++step) {
            const double by = found.energy[first + step] - found.energy[first + step - 1];
            rise = worse(rise, by);
        }
    return rise;
}

} // namespace

std::size_t hopfield_items(const Laboratory& lab) {
    return lab.task.hopfield.gain.size() * std::size_t(lab.task.hopfield.draws);
}

Hopfield measure_hopfield(const Laboratory& lab) {
    Hopfield out;
    out.gain = lab.task.hopfield.gain;
    out.n_draws = std::size_t(lab.task.hopfield.draws),
    out.n_steps = std::size_t(lab.task.hopfield.steps);
    const std::size_t n = hopfield_items(lab), n_states = out.n_steps + 1;
    for (Numbers* numbers : {&out.energy, &out.cosine, &out.n_patterns})
        numbers->assign(n * n_states, none);
    out.attention_error.assign(n, none);
    lab.for_each(n, [&](std::size_t item) {
        const auto [gain, draw] = unfold(item, out.n_draws);
        Memory memory(lab, out.gain[gain], std::uint32_t(draw));
        for (std::size_t step = 0; step < n_states; ++step) {
            const std::size_t at = item * n_states + step;
            const Numbers weights = memory.weights();
            out.energy[at] = memory.energy();
            out.cosine[at] = memory.cosine();
            out.n_patterns[at] = effective_number(weights);
            if (step == out.n_steps) break;
            const Numbers query = memory.state();
            memory.step(weights);
            if (step == 0) out.attention_error[item] = memory.distance_from_attention(query);
        }
    });
    return out;
}

void add(Image& image, const Hopfield& found) {
    const std::string at = "hopfield";
    image.coordinate(at, "gain", found.gain, "1", "beta sqrt(d_head); 1: that of a transformer");
    image.dimension(at, "draw", found.n_draws);
    image.dimension(at, "step", found.n_steps + 1);
    image.variable(at, "energy", {"gain", "draw", "step"}, found.energy, "1",
                   "energy of the state; step 0 is the cue");
    image.variable(at, "cosine", {"gain", "draw", "step"}, found.cosine, "1",
                   "cosine of the state with the pattern that was cued");
    image.variable(at, "patterns", {"gain", "draw", "step"}, found.n_patterns, "1",
                   "effective number of patterns in the weights, exp of their entropy");
    image.variable(at, "attention_error", {"gain", "draw"}, found.attention_error, "1",
                   "relative difference of the first step from the transformer's attention");
}

Json summary_of(const Hopfield& found, const Laboratory& lab) {
    Json out;
    double error = 0;
    for (const double one : found.attention_error) error = worse(error, one);
    out["largest_attention_error"] = error;
    out["largest_rise"] = largest_rise(found);
    for (std::size_t gain = 0; gain < found.gain.size(); ++gain) {
        const auto over_draws = [&](const Numbers& all, std::size_t step) {
            Numbers values;
            for (std::size_t draw = 0; draw < found.n_draws; ++draw)
                values.push_back(all[(gain * found.n_draws + draw) * (found.n_steps + 1) + step]);
            return interval_of(values, lab.confidence);
        };
        out[key_of("gain", found.gain[gain])] = {
            {"cosine_of_cue", over_draws(found.cosine, 0)},
            {"cosine_first", over_draws(found.cosine, 1)},
            {"cosine_last", over_draws(found.cosine, found.n_steps)},
            {"patterns_last", over_draws(found.n_patterns, found.n_steps)}};
    }
    return out;
}

} // namespace lamina::laws

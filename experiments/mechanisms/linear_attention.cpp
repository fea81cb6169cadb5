/// Linear attention by fast weights. A memory S adds up the products of every value with the
/// features of its key, and a query reads from it, whatever the number of keys:
///
///     S += v_j phi(k_j)^T,   z += phi(k_j),   phi(x) = elu(x) + 1 as in score: linear
///     o_i = S phi(q_i),  normalised  o_i = S phi(q_i) / (z . phi(q_i))
///
/// with S [d_head, d_head] and z [d_head]. That is o_i = sum_j a_ij v_j with a_ij = D_ij =
/// phi(q_i) . phi(k_j), normalised a_ij = D_ij / sum_j D_ij; causal, when each token is read before
/// the next is written. Of the loss L = sum_i |o_i - t_i|^2 / 2, with e_i = o_i - t_i,
///
///     dL/dD_ij = e_i . v_j,  normalised  e_i . (v_j - o_i) / sum_j D_ij
///     dL/dv_j = sum_i a_ij e_i,   dL/dq_i = phi'(q_i) sum_j dL/dD_ij phi(k_j)  (by element)
///     dL/dk_j = phi'(k_j) sum_i dL/dD_ij phi(q_i),   dL/dW_Q = sum_i dL/dq_i x_i^T
///
/// and W_K, W_V alike. The memory is read for finite differences, the sums over pairs for the
/// gradient, so that neither is compared with itself.
///
/// Source: Katharopoulos et al. (2020), arXiv:2006.16236, equations 4 to 7 and 16 to 20; Granier &
/// Senn (2025), arXiv:2504.06354, for the unnormalised form in cortex and for the check of
/// gradients.
#include <algorithm>
#include <cmath>
#include <limits>

#include "experiments/mechanisms/mechanisms.hpp"
#include "kernels/normal.hpp"
#include "models/draws.hpp"
#include "models/scores/linear.hpp"
#include "sim/fidelity.hpp"
#include "sim/reference_block.hpp"
#include "sim/score_stage.hpp"

namespace lamina::laws {
namespace {

constexpr std::size_t n_forms = LinearAttention::n_forms, n_matrices = LinearAttention::n_matrices,
                      n_steps = LinearAttention::n_steps;
struct MemoryForm {
    const char* name;
    bool normalised, causal;
};
constexpr MemoryForm memory_forms[n_forms] = {{"unnormalised", false, false},
                                              {"normalised", true, false},
                                              {"unnormalised_causal", false, true},
                                              {"normalised_causal", true, true}};
constexpr const char* matrix_names[n_matrices] = {"W_Q", "W_K", "W_V"};
enum Side { queries, keys, values };
constexpr double gradient_score_sd = 1; ///< where memory and gradient are checked
constexpr std::size_t judged_step = 4;  ///< 1e-5, between truncation and rounding

double difference_step(std::size_t step) { return std::pow(10, -1 - double(step)); }

double phi_slope(double x) { return x > 0 ? 1 : Linear::phi(x); }

/// Queries, keys and values of one head, each [n, d].
struct Projected {
    std::size_t n, d;
    Numbers of[n_matrices];
    const double* row(Side what, std::size_t token) const { return of[what].data() + token * d; }
};

/// o [n, d] from the memory, token by token.
Numbers read_memory(const MemoryForm& form, const Projected& p) {
    const std::size_t n = p.n, d = p.d;
    Numbers S(d * d, 0.0), z(d, 0.0), features(d), o(n * d);
    const auto feel = [&](Side what, std::size_t token) {
        for (std::size_t u = 0; u < d; ++u) features[u] = Linear::phi(p.row(what, token)[u]);
    };
    const auto write = [&](std::size_t token) {
        feel(keys, token);
        for (std::size_t u = 0; u < d; ++u) z[u] += features[u];
        for (std::size_t i = 0; i < d; ++i)
            for (std::size_t u = 0; u < d; ++u)
                S[i * d + u] += p.row(values, token)[i] * features[u];
    };
    if (!form.causal)
        for (std::size_t token = 0; token < n; ++token) write(token);
    for (std::size_t token = 0; token < n; ++token) {
        if (form.causal) write(token);
        feel(queries, token);
        const double sum = form.normalised ? dot(z.data(), features.data(), d) : 1;
        for (std::size_t i = 0; i < d; ++i)
            o[token * d + i] = dot(S.data() + i * d, features.data(), d) / sum;
    }
    return o;
}

/// Tokens x [n, d_model], weights of one head, and what the output should be, t [n, d_head].
class LinearLayer {
  public:
    LinearLayer(const Laboratory& lab, double score_sd, std::uint32_t draw)
        : n_(std::size_t(lab.gates.n_keys)), d_(std::size_t(lab.d_head)),
          d_model_(std::size_t(lab.d_model)), tokens_(n_ * d_model_), targets_(n_ * d_) {
        area_.columns = int(n_), area_.heads = 1, area_.d_ff = 0, area_.norm = Norm::none;
        area_.d_model = lab.d_model, area_.d_head = lab.d_head;
        normal_row(lab.seed, draw, Stream::tokens, 0, tokens_.data(), tokens_.size());
        normal_row(lab.seed, draw, Stream::tokens, 1, targets_.data(), targets_.size());
        WeightsSpec random;
        random.kind = "random", random.score_sd = score_sd;
        // a seed of its own for the weights of each draw, far from those of other runs
        weights_ = random_weights(area_, random, tokens_, tokens_,
                                  lab.seed + (std::uint64_t(draw) + 1) * 0x9E3779B97F4A7C15u);
        now_.n = n_, now_.d = d_;
        const Numbers* const matrices[] = {&weights_.W_Q, &weights_.W_K, &weights_.W_V};
        for (std::size_t which = 0; which < n_matrices; ++which)
            for (std::size_t token = 0; token < n_; ++token)
                for (std::size_t to = 0; to < d_; ++to)
                    now_.of[which].push_back(
                        dot(matrices[which]->data() + to * d_model_, x(token), d_model_));
    }

    std::size_t entries() const { return d_ * d_model_; } ///< of each weight matrix
    Numbers from_memory(const MemoryForm& form) const { return read_memory(form, now_); }

    /// D [n, n], as the area's own score gives it; 0 where a key is not seen.
    Numbers drives(bool causal) const {
        ScoreParameters par;
        par.d_head = int(d_);
        Numbers gain(n_, 1.0), mask(n_ * n_, 0.0), drive(n_ * n_);
        for (std::size_t i = 0; causal && i < n_; ++i)
            for (std::size_t j = i + 1; j < n_; ++j)
                mask[i * n_ + j] = -std::numeric_limits<double>::infinity();
        make_score_stage<double>(Linear::name, int(n_), par, 0)
            ->evaluate(now_.of[queries].data(), now_.of[keys].data(), gain.data(), mask.data(),
                       drive.data());
        for (double& one : drive) one = std::exp(one);
        return drive;
    }
    /// Sums of each row, or 1 where they are not divided by.
    Numbers divisors(const MemoryForm& form, const Numbers& drive) const {
        Numbers sums(n_, form.normalised ? 0.0 : 1.0);
        for (std::size_t i = 0; form.normalised && i < n_; ++i)
            for (std::size_t j = 0; j < n_; ++j) sums[i] += drive[i * n_ + j];
        return sums;
    }
    /// a [n, n].
    Numbers weights(const MemoryForm& form) const {
        Numbers a = drives(form.causal);
        const Numbers sums = divisors(form, a);
        for (std::size_t i = 0; i < a.size(); ++i) a[i] /= sums[i / n_];
        return a;
    }
    /// o = a v, [n, d].
    Numbers routed(const Numbers& a) const {
        Numbers o(n_ * d_, 0.0);
        for (std::size_t i = 0; i < n_; ++i)
            for (std::size_t j = 0; j < n_; ++j)
                for (std::size_t u = 0; u < d_; ++u)
                    o[i * d_ + u] += a[i * n_ + j] * now_.row(values, j)[u];
        return o;
    }

    /// dL/dW_Q, dL/dW_K, dL/dW_V, each [d_head, d_model].
    std::array<Numbers, n_matrices> gradient(const MemoryForm& form) const {
        const Numbers drive = drives(form.causal), sums = divisors(form, drive);
        const Numbers a = weights(form), o = routed(a);
        Projected to{n_, d_, {}};
        for (Numbers& one : to.of) one.assign(n_ * d_, 0.0);
        for (std::size_t i = 0; i < n_; ++i)
            for (std::size_t j = 0; j < n_; ++j) {
                if (form.causal && j > i) continue;
                double by_drive = 0;
                for (std::size_t u = 0; u < d_; ++u) {
                    const double e = o[i * d_ + u] - targets_[i * d_ + u];
                    to.of[values][j * d_ + u] += a[i * n_ + j] * e;
                    const double v = now_.row(values, j)[u];
                    by_drive += e * (form.normalised ? v - o[i * d_ + u] : v) / sums[i];
                }
                for (std::size_t u = 0; u < d_; ++u) {
                    const double q = now_.row(queries, i)[u], k = now_.row(keys, j)[u];
                    to.of[queries][i * d_ + u] += by_drive * Linear::phi(k) * phi_slope(q);
                    to.of[keys][j * d_ + u] += by_drive * Linear::phi(q) * phi_slope(k);
                }
            }
        std::array<Numbers, n_matrices> gradient;
        for (std::size_t which = 0; which < n_matrices; ++which) {
            gradient[which].assign(entries(), 0.0);
            for (std::size_t token = 0; token < n_; ++token)
                for (std::size_t entry = 0; entry < entries(); ++entry) {
                    const auto [row, from] = unfold(entry, d_model_);
                    gradient[which][entry] += to.of[which][token * d_ + row] * x(token)[from];
                }
        }
        return gradient;
    }
    /// dL/dW of one entry by the central difference over +-h.
    double difference(const MemoryForm& form, std::size_t which, std::size_t entry,
                      double h) const {
        const auto [row, from] = unfold(entry, d_model_);
        const auto loss_at = [&, row = row, from = from](double by) {
            // one number of each token's projection moves
            Projected moved = now_;
            for (std::size_t token = 0; token < n_; ++token)
                moved.of[which][token * d_ + row] += by * x(token)[from];
            return loss(read_memory(form, moved));
        };
        return (loss_at(h) - loss_at(-h)) / (2 * h);
    }

    const AreaSpec& area() const { return area_; }
    ReferenceResult block() const { return reference_block(area_, weights_, tokens_, tokens_, {}); }

  private:
    const double* x(std::size_t token) const { return tokens_.data() + token * d_model_; }
    double loss(const Numbers& o) const {
        double sum = 0;
        for (std::size_t i = 0; i < o.size(); ++i)
            sum += (o[i] - targets_[i]) * (o[i] - targets_[i]) / 2;
        return sum;
    }

    std::size_t n_, d_, d_model_;
    Numbers tokens_, targets_;
    AreaSpec area_;
    AttentionWeights weights_;
    Projected now_;
};

/// Memory and gradient of one form and draw.
void check_form(const Laboratory& lab, std::size_t form, std::size_t draw, LinearAttention& out) {
    const MemoryForm& kind = memory_forms[form];
    const LinearLayer layer(lab, gradient_score_sd, std::uint32_t(draw));
    const Numbers read = layer.from_memory(kind), sum = layer.routed(layer.weights(kind));
    out.memory_error[form * out.n_draws + draw] =
        relative_error(read.data(), sum.data(), sum.size());
    const auto gradient = layer.gradient(kind);
    for (std::size_t which = 0; which < n_matrices; ++which) {
        Draws draws(lab.seed, std::uint32_t(draw), Stream::laboratory, std::uint32_t(which));
        std::vector<std::size_t> chosen(std::size_t(lab.task.linear.entries));
        for (std::size_t& entry : chosen) entry = draws.below(layer.entries());
        for (std::size_t step = 0; step < n_steps && !lab.stopped(); ++step) {
            Numbers analytic, difference;
            for (const std::size_t entry : chosen) {
                analytic.push_back(gradient[which][entry]);
                difference.push_back(layer.difference(kind, which, entry, difference_step(step)));
            }
            out.gradient_error[((form * n_matrices + which) * n_steps + step) * out.n_draws +
                               draw] =
                relative_error(difference.data(), analytic.data(), analytic.size());
        }
    }
}

double mean_effective_number(const Numbers& a, std::size_t n) {
    double sum = 0;
    for (auto row = a.begin(); row != a.end(); row += std::ptrdiff_t(n))
        sum += effective_number(Numbers(row, row + std::ptrdiff_t(n)));
    return sum / double(n);
}

/// Linear and even weights against softmax, of the same queries, keys and values.
void compare_with_softmax(const Laboratory& lab, std::size_t at, std::size_t sd, std::size_t draw,
                          LinearAttention& out) {
    const LinearLayer layer(lab, out.score_sd[sd], std::uint32_t(draw));
    const std::size_t n = std::size_t(lab.gates.n_keys);
    const ReferenceResult block = layer.block();
    const auto against = [&](const Numbers& a) {
        return compare_with_reference(block, a, layer.routed(a), block.resid_mid, block.resid_post);
    };
    const Numbers a = layer.weights(memory_forms[1]), even(n * n, 1 / double(n));
    const Fidelity linear = against(a), uniform = against(even);
    out.output_error[at] = linear.o_relative_error[0];
    out.kl_bits[at] = linear.attention_kl_bits;
    out.top1[at] = linear.attention_top1_agreement;
    out.even_output_error[at] = uniform.o_relative_error[0];
    out.even_kl_bits[at] = uniform.attention_kl_bits;
    out.n_keys[at] = mean_effective_number(a, n);
    out.softmax_n_keys[at] = mean_effective_number(block.pattern, n);
}

/// Least error of the derivatives by W_Q and W_K at one step over forms and draws: where no change
/// passes the kink of phi'. Those by W_V have no truncation.
double least_gradient_error(const LinearAttention& found, std::size_t step) {
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t form = 0; form < n_forms; ++form)
        for (const std::size_t which : {queries, keys})
            for (std::size_t draw = 0; draw < found.n_draws; ++draw) {
                const std::size_t row = (form * n_matrices + which) * n_steps + step;
                least = std::min(least, found.gradient_error[row * found.n_draws + draw]);
            }
    return least;
}

/// d log error / d log step over two decades from this step down.
double gradient_order(const LinearAttention& found, std::size_t step) {
    return std::log10(least_gradient_error(found, step) / least_gradient_error(found, step + 2)) /
           2;
}

} // namespace

std::size_t linear_attention_items(const Laboratory& lab) {
    return (n_forms + lab.task.linear.score_sd.size()) * std::size_t(lab.task.linear.draws);
}

LinearAttention measure_linear_attention(const Laboratory& lab) {
    LinearAttention out;
    out.score_sd = lab.task.linear.score_sd;
    out.n_draws = std::size_t(lab.task.linear.draws);
    out.memory_error.assign(n_forms * out.n_draws, none);
    out.gradient_error.assign(n_forms * n_matrices * n_steps * out.n_draws, none);
    for (Numbers* numbers : {&out.output_error, &out.kl_bits, &out.top1, &out.even_output_error,
                             &out.even_kl_bits, &out.n_keys, &out.softmax_n_keys})
        numbers->assign(out.score_sd.size() * out.n_draws, none);
    lab.for_each(linear_attention_items(lab), [&](std::size_t item) {
        const auto [row, draw] = unfold(item, out.n_draws);
        if (row < n_forms)
            check_form(lab, row, draw, out);
        else
            compare_with_softmax(lab, item - n_forms * out.n_draws, row - n_forms, draw, out);
    });
    return out;
}

void add(Image& image, const LinearAttention& found) {
    const std::string at = "linear";
    std::vector<std::string> forms, matrices;
    for (const MemoryForm& form : memory_forms) forms.emplace_back(form.name);
    for (const char* name : matrix_names) matrices.emplace_back(name);
    Numbers steps;
    for (std::size_t step = 0; step < n_steps; ++step) steps.push_back(difference_step(step));
    image.coordinate(at, "form", forms, "1", "what is divided by, and which tokens are read");
    image.coordinate(at, "matrix", matrices, "1", "weights that the loss is derived by");
    image.coordinate(at, "step", steps, "1", "change of a weight in the central difference");
    image.coordinate(at, "score_sd", found.score_sd, "1", "standard deviation of softmax's scores");
    image.dimension(at, "draw", found.n_draws);
    image.variable(at, "memory_error", {"form", "draw"}, found.memory_error, "1",
                   "relative difference of what memory gives from the sum over keys");
    image.variable(at, "gradient_error", {"form", "matrix", "step", "draw"}, found.gradient_error,
                   "1", "relative difference of finite differences from the gradient");
    image.variable(at, "output_error", {"score_sd", "draw"}, found.output_error, "1",
                   "|o - o_softmax|_F / |o_softmax|_F of linear attention, normalised");
    image.variable(at, "kl_bits", {"score_sd", "draw"}, found.kl_bits, "bit",
                   "Kullback-Leibler divergence of its weights from softmax, mean over queries");
    image.variable(at, "top1_agreement", {"score_sd", "draw"}, found.top1, "1",
                   "share of queries whose largest weight is softmax's");
    image.variable(at, "even_output_error", {"score_sd", "draw"}, found.even_output_error, "1",
                   "the same as output_error of weights that are all equal");
    image.variable(at, "even_kl_bits", {"score_sd", "draw"}, found.even_kl_bits, "bit",
                   "the same as kl_bits of weights that are all equal");
    image.variable(at, "keys", {"score_sd", "draw"}, found.n_keys, "1",
                   "effective number of keys in the weights, exp of their entropy");
    image.variable(at, "softmax_keys", {"score_sd", "draw"}, found.softmax_n_keys, "1",
                   "the same of softmax");
}

Json summary_of(const LinearAttention& found, const Laboratory& lab) {
    Json out;
    double memory = 0, gradient = 0;
    for (const double one : found.memory_error) memory = worse(memory, one);
    for (std::size_t row = 0; row < n_forms * n_matrices; ++row)
        for (std::size_t draw = 0; draw < found.n_draws; ++draw)
            gradient =
                worse(gradient,
                      found.gradient_error[(row * n_steps + judged_step) * found.n_draws + draw]);
    out["largest_memory_error"] = memory;
    out["gradient"] = {{"step", difference_step(judged_step)},
                       {"largest_error", gradient},
                       {"truncation_order", gradient_order(found, 1)},
                       {"rounding_order", gradient_order(found, 6)}};
    for (std::size_t sd = 0; sd < found.score_sd.size(); ++sd) {
        const auto over_draws = [&](const Numbers& all) {
            const auto first = all.begin() + std::ptrdiff_t(sd * found.n_draws);
            return interval_of({first, first + std::ptrdiff_t(found.n_draws)}, lab.confidence);
        };
        out[key_of("sd", found.score_sd[sd])] = {
            {"output_relative_error", over_draws(found.output_error)},
            {"attention_kl_bits", over_draws(found.kl_bits)},
            {"attention_top1_agreement", over_draws(found.top1)},
            {"keys", over_draws(found.n_keys)},
            {"softmax_keys", over_draws(found.softmax_n_keys)},
            {"even_output_relative_error", over_draws(found.even_output_error)},
            {"even_attention_kl_bits", over_draws(found.even_kl_bits)}};
    }
    return out;
}

} // namespace lamina::laws

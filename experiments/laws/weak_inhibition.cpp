/// PV of finite loop gain: the weights keep softmax's ratios, and sum to Z^(1 / (1 + kappa)).
///
/// Where the sum asks more of a gate than a_max, no closed form holds: those draws say so, and the
/// largest difference of the summary leaves them out.
#include <algorithm>
#include <cmath>

#include "experiments/laws/laws.hpp"

namespace lamina::laws {
namespace {

constexpr double weak_until_ms = 1500;

double entropy_bits(const Numbers& a) {
    double sum = 0, entropy = 0;
    for (const double x : a) sum += x;
    for (const double x : a)
        if (x > 0) entropy -= x / sum * std::log2(x / sum);
    return entropy;
}

double largest_relative(const Numbers& found, const Numbers& law, const Numbers& saturated) {
    double worst = 0;
    for (std::size_t i = 0; i < found.size(); ++i) {
        if (saturated[i] > 0) continue;
        const double off = std::fabs(found[i] / law[i] - 1);
        worst = worse(worst, off);
    }
    return worst;
}

} // namespace

std::size_t weak_inhibition_items(const Laboratory& lab) {
    return lab.task.loop.kappa.size() * std::size_t(lab.task.loop.draws);
}

WeakInhibition measure_weak_inhibition(const Laboratory& lab) {
    WeakInhibition out;
    out.kappa.assign(lab.task.loop.kappa.begin(), lab.task.loop.kappa.end());
    out.n_draws = std::size_t(lab.task.loop.draws);
    const std::size_t n = weak_inhibition_items(lab);
    for (Numbers* x : {&out.sum, &out.law_sum, &out.p, &out.law_p, &out.entropy_bits,
                       &out.law_entropy_bits, &out.saturated})
        x->assign(n, none);
    const int n_keys = lab.gates.n_keys;
    lab.for_each(n, [&](std::size_t item) {
        const auto [gain, draw] = unfold(item, out.n_draws);
        GateLoopSpec spec =
            lab.loop(1, n_keys, random_scores(lab, 1, n_keys, broad_score_sd, std::uint32_t(draw)));
        spec.gates.inhibition = "pv_finite";
        spec.gates.kappa = out.kappa[gain];
        GateLoop loop(spec);
        const auto n_steps = std::llround(weak_until_ms / lab.dt_ms);
        for (std::int64_t step = 0; step < n_steps; ++step) loop.step(lab.dt_ms);

        const double log_normaliser = loop.log_normaliser()[0];
        out.sum[item] = loop.gate_sum(0);
        out.law_sum[item] = sum_with_gain(log_normaliser, out.kappa[gain]);
        out.p[item] = loop.p()[0];
        out.law_p[item] = PV_with_gain(log_normaliser, out.kappa[gain]);
        out.entropy_bits[item] = entropy_bits(loop.a());
        out.law_entropy_bits[item] = entropy_bits(loop.softmax());
        const double limit = 0.999 * spec.gates.gate_max;
        out.saturated[item] = double(std::count_if(loop.a().begin(), loop.a().end(),
                                                   [&](double a) { return a >= limit; })) /
                              n_keys;
    });
    return out;
}

void add(Image& image, const WeakInhibition& found) {
    const std::string at = "loop/gain";
    image.coordinate(at, "kappa", found.kappa, "1", "loop gain of PV");
    image.dimension(at, "draw", found.n_draws);
    const auto put = [&](const char* name, const Numbers& values, const char* meaning,
                         const char* unit = "1") {
        image.variable(at, name, {"kappa", "draw"}, values, unit, meaning);
    };
    put("sum", found.sum, "sum of the weights");
    put("law_sum", found.law_sum, "Z^(1 / (1 + kappa))");
    put("p", found.p, "PV activity");
    put("law_p", found.law_p, "kappa / (1 + kappa) log Z");
    put("entropy_bits", found.entropy_bits, "entropy of the weights divided by their sum", "bit");
    put("law_entropy_bits", found.law_entropy_bits, "entropy of softmax", "bit");
    put("saturated", found.saturated, "share of gates at a_max, where no closed form holds");
}

Json summary_of(const WeakInhibition& found, const Laboratory& lab) {
    Numbers change; // of entropy against softmax, over all gains
    for (std::size_t i = 0; i < found.entropy_bits.size(); ++i)
        change.push_back(found.entropy_bits[i] - found.law_entropy_bits[i]);
    return {{"largest_relative_difference_of_sum",
             largest_relative(found.sum, found.law_sum, found.saturated)},
            {"largest_relative_difference_of_p",
             largest_relative(found.p, found.law_p, found.saturated)},
            {"entropy_change_bits", interval_of(change, lab.confidence)},
            {"draws_saturated", std::count_if(found.saturated.begin(), found.saturated.end(),
                                              [](double share) { return share > 0; })}};
}

} // namespace lamina::laws

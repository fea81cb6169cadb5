/// Winners: whose spike is next, under inhibitions that are common to a row and such that are not.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "experiments/laws/spiking_laws.hpp"
#include "kernels/normal.hpp"

namespace lamina::laws {

SpikingGatesSpec spiking_gates(const Laboratory& lab, int n_rows, int n_keys, Numbers scores,
                               int n_neurons) {
    SpikingGatesSpec spec;
    spec.gates = lab.gates;
    spec.gates.n_rows = n_rows, spec.gates.n_keys = n_keys, spec.gates.dt_ms = lab.dt_ms;
    spec.scores = std::move(scores);
    spec.n_neurons = n_neurons, spec.rate_Hz = lab.task.loop.rate_Hz;
    spec.seed = lab.seed;
    return spec;
}

GateLoop with_rates(const SpikingGatesSpec& spec) {
    GateLoopSpec rates;
    rates.gates = spec.gates, rates.scores = spec.scores;
    return GateLoop(rates);
}

std::unique_ptr<SpikingGates> settled(const SpikingGatesSpec& spec) {
    const GateLoop rates = with_rates(spec);
    auto gates = make_spiking_gates(spec);
    gates->start(rates.softmax(), rates.log_normaliser());
    return gates;
}

namespace {

constexpr int n_neurons = 20, winners_keys = 8;
constexpr double winners_score_sd = 1.5; ///< that of the table in Nessler et al.'s setting
constexpr double spikes_of_each = 1e5;   ///< total variation of a perfect sampler: some 0.003
constexpr double slow = 20;              ///< times tau_PV
constexpr double common_sd = 0.5;

enum Inhibition { oracle, own, slow_PV, noisy, uneven, refractory, n_inhibitions };

/// What the formula says of the winners [n_keys].
Numbers law_of(Inhibition which, const SpikingGatesSpec& spec, const Numbers& softmax) {
    Numbers rate = softmax;
    for (std::size_t key = 0; key < rate.size(); ++key) {
        if (which == uneven) rate[key] *= std::exp(-spec.offsets[key]);
        // each neuron rests t_ref after each spike
        if (which == refractory)
            rate[key] /= 1 + spec.rate_Hz * rate[key] * spec.refractory_ms * 1e-3;
    }
    const double sum = std::accumulate(rate.begin(), rate.end(), 0.0);
    for (double& r : rate) r /= sum;
    return rate;
}

double total_variation(const Numbers& a, const Numbers& b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += std::fabs(a[i] - b[i]);
    return sum / 2;
}

double kl_bits(const Numbers& truth, const Numbers& found) {
    double sum = 0;
    for (std::size_t i = 0; i < truth.size(); ++i)
        if (truth[i] > 0) sum += truth[i] * std::log2(truth[i] / found[i]);
    return sum;
}

SpikingGatesSpec gates_under(Inhibition which, const Laboratory& lab, const Numbers& scores,
                             std::uint32_t draw) {
    SpikingGatesSpec spec = spiking_gates(lab, 1, winners_keys, scores, n_neurons);
    spec.trial = draw;
    if (which == slow_PV) spec.gates.tau_PV_ms *= slow;
    if (which == oracle || which == noisy || which == uneven || which == refractory)
        spec.gates.inhibition = "oracle";
    if (which == noisy) spec.common_noise_sd = common_sd;
    if (which == refractory) spec.refractory_ms = lab.task.loop.refractory_ms;
    if (which == uneven) {
        spec.offsets.resize(winners_keys);
        normal_row(lab.seed, draw, Stream::laboratory, 0, spec.offsets.data(), winners_keys);
        for (double& c : spec.offsets) c *= lab.task.loop.uneven_sd;
    }
    return spec;
}

/// Independent scores: a row of q . k would have its own spread.
Numbers scores_of(const Laboratory& lab, std::uint32_t draw) {
    Numbers scores(winners_keys);
    normal_row(lab.seed, draw, Stream::tokens, 2, scores.data(), winners_keys);
    for (double& s : scores) s *= winners_score_sd;
    return scores;
}

} // namespace

std::size_t winners_items(const Laboratory& lab) {
    return n_inhibitions * std::size_t(lab.task.loop.recordings);
}

Winners measure_winners(const Laboratory& lab) {
    Winners out;
    out.inhibitions = {"oracle", lab.gates.inhibition, "slow PV", "noisy", "uneven", "refractory"};
    out.n_draws = std::size_t(lab.task.loop.recordings);
    out.n_spikes = spikes_of_each;
    const std::size_t n = winners_items(lab);
    for (Numbers* numbers : {&out.total_variation, &out.kl_bits, &out.law_total_variation,
                             &out.formula_missed, &out.sum})
        numbers->assign(n, none);
    lab.for_each(n, [&](std::size_t item) {
        const auto [which, draw] = unfold(item, out.n_draws);
        const Numbers scores = scores_of(lab, std::uint32_t(draw));
        const SpikingGatesSpec spec =
            gates_under(Inhibition(which), lab, scores, std::uint32_t(draw));
        const Numbers softmax = with_rates(spec).softmax();
        const auto gates = settled(spec);
        run_for(settle_ms, lab, *gates);
        Numbers winners(winners_keys, 0.0);
        double total = 0, sum = 0;
        std::int64_t n_steps = 0;
        for (; total < spikes_of_each && !lab.stopped(); ++n_steps) {
            gates->step();
            for (std::size_t key = 0; key < winners.size(); ++key) {
                winners[key] += gates->n_spikes()[key];
                total += gates->n_spikes()[key];
            }
            sum += gates->sums()[0];
        }
        for (double& share : winners) share /= total;
        const Numbers law = law_of(Inhibition(which), spec, softmax);
        out.total_variation[item] = total_variation(winners, softmax);
        out.kl_bits[item] = kl_bits(softmax, winners);
        out.law_total_variation[item] = total_variation(law, softmax);
        out.formula_missed[item] = total_variation(winners, law);
        out.sum[item] = sum / double(n_steps);
    });
    return out;
}

void add(Image& image, const Winners& found) {
    const std::string at = "loop/winners";
    image.coordinate(at, "inhibition", found.inhibitions, "1", "what inhibits the gates");
    image.dimension(at, "draw", found.n_draws);
    image.variable(at, "total_variation", {"inhibition", "draw"}, found.total_variation, "1",
                   "distance of the winners from softmax, half the sum of differences");
    image.variable(at, "kl_bits", {"inhibition", "draw"}, found.kl_bits, "bit",
                   "divergence of softmax from the winners");
    image.variable(at, "law_total_variation", {"inhibition", "draw"}, found.law_total_variation,
                   "1", "distance of what the formula says of the winners from softmax");
    image.variable(at, "formula_missed", {"inhibition", "draw"}, found.formula_missed, "1",
                   "distance of the winners from what the formula says of them");
    image.variable(at, "sum", {"inhibition", "draw"}, found.sum, "1",
                   "mean over time of the sum of the filtered gates");
    image.attribute(at, "spikes", found.n_spikes);
}

Json summary_of(const Winners& found, const Laboratory& lab) {
    Json out;
    for (std::size_t which = 0; which < found.inhibitions.size(); ++which) {
        const auto of = [&](const Numbers& all) {
            const auto first = all.begin() + std::ptrdiff_t(which * found.n_draws);
            return Numbers(first, first + std::ptrdiff_t(found.n_draws));
        };
        const Numbers measured = of(found.total_variation), law = of(found.law_total_variation);
        const double law_sum = std::accumulate(law.begin(), law.end(), 0.0);
        Json entry = {
            {"total_variation", interval_of(measured, lab.confidence)},
            {"largest_total_variation", *std::max_element(measured.begin(), measured.end())},
            {"kl_bits", interval_of(of(found.kl_bits), lab.confidence)},
            {"sum", interval_of(of(found.sum), lab.confidence)}};
        // of no bias there is no relative difference
        if (which == uneven || which == refractory)
            entry["relative_difference_from_formula"] =
                law_sum > 1e-9
                    ? std::fabs(std::accumulate(measured.begin(), measured.end(), 0.0) / law_sum -
                                1)
                    : none;
        static const char* const keys[] = {"oracle", "own",    "slow_PV",
                                           "noisy",  "uneven", "refractory"};
        out[keys[which]] = entry;
    }
    return out;
}

} // namespace lamina::laws

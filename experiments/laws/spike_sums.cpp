/// Sums: what PV holds at one, how far it overshoots with few neurons, and what is left of it when
/// PV is frozen.
#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "experiments/laws/spiking_laws.hpp"

namespace lamina::laws {
namespace {

constexpr double record_ms = 10e3;

/// Mean over `record_ms` of the sums of all rows, and of p.
struct Means {
    Numbers sum, p; ///< [n_rows]
};
Means means_of(SpikingGates& gates, const Laboratory& lab) {
    const std::size_t n_rows = gates.sums().size();
    Means means{Numbers(n_rows, 0.0), Numbers(n_rows, 0.0)};
    run_for(settle_ms, lab, gates);
    const std::int64_t n_steps = steps_in(record_ms, lab);
    for (std::int64_t step = 0; step < n_steps; ++step) {
        gates.step();
        for (std::size_t row = 0; row < n_rows; ++row) {
            means.sum[row] += gates.sums()[row] / double(n_steps);
            means.p[row] += gates.p()[row] / double(n_steps);
        }
    }
    return means;
}

double mean_of_numbers(const Numbers& x) {
    return std::accumulate(x.begin(), x.end(), 0.0) / double(x.size());
}

} // namespace

std::size_t spike_sums_items(const Laboratory& lab) {
    return 2 * lab.task.loop.neurons.size() + std::size_t(lab.task.loop.recordings);
}

SpikeSums measure_spike_sums(const Laboratory& lab) {
    SpikeSums out;
    out.rules = {"pv_log", "pv_linear"};
    out.neurons.assign(lab.task.loop.neurons.begin(), lab.task.loop.neurons.end());
    const std::size_t n_sums = 2 * out.neurons.size();
    out.sum.assign(n_sums, none), out.law_sum = out.sum;
    out.frozen_rms.assign(std::size_t(lab.task.loop.recordings), none);
    const int size = lab.gates.n_keys;
    const auto gates_of = [&](std::uint32_t draw, int n_neurons) {
        SpikingGatesSpec spec = spiking_gates(
            lab, size, size, random_scores(lab, size, size, broad_score_sd, draw), n_neurons);
        spec.trial = draw;
        return spec;
    };
    lab.for_each(spike_sums_items(lab), [&](std::size_t item) {
        if (item < n_sums) {
            const auto [rule, which] = unfold(item, out.neurons.size());
            SpikingGatesSpec spec = gates_of(0, int(out.neurons[which]));
            spec.gates.inhibition = out.rules[rule];
            out.sum[item] = mean_of_numbers(means_of(*settled(spec), lab).sum);
            const double spikes_kept =
                out.neurons[which] * spec.rate_Hz * 1e-3 * spec.gates.tau_gate_ms;
            out.law_sum[item] = rule == 0 ? 1 + 1 / (4 * spikes_kept) : 1;
            return;
        }
        const std::uint32_t draw = std::uint32_t(item - n_sums);
        SpikingGatesSpec spec = gates_of(draw, 20);
        // the same inhibition on average, for all rows the same
        const double p = mean_of_numbers(means_of(*settled(spec), lab).p);
        spec.PV_frozen = true;
        const auto frozen = make_spiking_gates(spec);
        frozen->start(with_rates(spec).softmax(), Numbers(std::size_t(size), p));
        double square = 0;
        for (const double sum : means_of(*frozen, lab).sum) square += (sum - 1) * (sum - 1);
        out.frozen_rms[draw] = std::sqrt(square / size);
    });
    return out;
}

void add(Image& image, const SpikeSums& found) {
    const std::string at = "loop/spike_sums";
    image.coordinate(at, "rule", found.rules, "1", "recruitment of PV");
    image.coordinate(at, "neurons", found.neurons, "1", "neurons of a gate");
    image.dimension(at, "draw", found.frozen_rms.size());
    image.variable(at, "sum", {"rule", "neurons"}, found.sum, "1",
                   "mean over rows and time of the sum of the filtered gates");
    image.variable(at, "law_sum", {"rule", "neurons"}, found.law_sum, "1",
                   "1 + 1 / (4 n R tau_g) with pv_log, 1 with pv_linear");
    image.variable(at, "frozen_rms", {"draw"}, found.frozen_rms, "1",
                   "root of the mean square over rows of that sum minus 1, PV frozen at its mean");
}

Json summary_of(const SpikeSums& found, const Laboratory& lab) {
    Json out;
    for (std::size_t rule = 0; rule < found.rules.size(); ++rule) {
        double worst = 0;
        Json sums;
        for (std::size_t which = 0; which < found.neurons.size(); ++which) {
            const std::size_t at = rule * found.neurons.size() + which;
            const double off = std::fabs(found.sum[at] / found.law_sum[at] - 1);
            worst = worse(worst, off);
            sums[fmt::format("sum_{:g}", found.neurons[which])] = found.sum[at];
        }
        sums["largest_relative_difference"] = worst;
        out[found.rules[rule]] = sums;
    }
    out["frozen_rms"] = interval_of(found.frozen_rms, lab.confidence);
    return out;
}

} // namespace lamina::laws

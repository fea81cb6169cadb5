#include "experiments/laws/laboratory.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "experiments/summary.hpp"
#include "kernels/normal.hpp"

namespace lamina::laws {

Laboratory laboratory_of(const ExperimentSpec& spec) {
    const AreaSpec& area = spec.area;
    Laboratory lab;
    lab.gates.inhibition = area.inhibition;
    lab.gates.n_rows = lab.gates.n_keys = area.columns;
    lab.gates.tau_gate_ms = area.tau.gate_ms;
    lab.gates.tau_PV_ms = area.tau.PV_ms;
    lab.gates.gate_max = area.gate_max;
    lab.d_model = area.d_model, lab.d_head = area.d_head;
    lab.dt_ms = area.dt_ms;
    lab.seed = spec.seed;
    lab.task = spec.task;
    lab.confidence.level = spec.analysis.ci;
    lab.confidence.resamples = spec.analysis.bootstrap;
    return lab;
}

GateLoopSpec Laboratory::loop(int n_rows, int n_keys, std::vector<double> scores) const {
    GateLoopSpec spec;
    spec.gates = gates;
    spec.gates.n_rows = n_rows, spec.gates.n_keys = n_keys;
    spec.scores = std::move(scores);
    spec.seed = seed;
    return spec;
}

std::vector<double> random_scores(const Laboratory& lab, int n_rows, int n_keys, double sd,
                                  std::uint32_t draw) {
    const std::size_t d = std::size_t(lab.d_head);
    std::vector<double> q(std::size_t(n_rows) * d), k(std::size_t(n_keys) * d);
    normal_row(lab.seed, draw, Stream::tokens, 0, q.data(), q.size());
    normal_row(lab.seed, draw, Stream::tokens, 1, k.data(), k.size());
    std::vector<double> scores;
    for (int row = 0; row < n_rows; ++row)
        for (int key = 0; key < n_keys; ++key) {
            double sum = 0;
            for (std::size_t i = 0; i < d; ++i)
                sum += q[std::size_t(row) * d + i] * k[std::size_t(key) * d + i];
            scores.push_back(sum * sd / std::sqrt(double(d)));
        }
    return scores;
}

double effective_number(const std::vector<double>& weights) {
    double entropy = 0;
    for (const double a : weights)
        if (a > 0) entropy -= a * std::log(a);
    return std::exp(entropy);
}

std::string key_of(const std::string& word, double number) {
    std::string key = fmt::format("{}_{}", word, number);
    std::replace(key.begin(), key.end(), '.', '_');
    return key;
}

nlohmann::ordered_json interval_of(const std::vector<double>& values,
                                   const analysis::Confidence& confidence) {
    return summary_entry(analysis::mean_with_interval(values, confidence));
}

} // namespace lamina::laws

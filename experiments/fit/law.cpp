#include "experiments/fit/law.hpp"

#include <algorithm>

namespace lamina {
namespace {

RecallParameters recall_of(const LawValues& v) {
    return {v.capacity, v.diffusion_deg2_per_s, v.delay_s, v.motor_noise_deg};
}

} // namespace

LawValues law_values(const ExperimentSpec& spec, FitKind kind) {
    LawValues v;
    v.capacity = {spec.memory.counts, spec.memory.encoding_n, spec.memory.encoding_sigma_n,
                  spec.fit.slots, spec.fit.slot_noise_deg};
    v.diffusion_deg2_per_s = spec.memory.diffusion_deg2_per_s;
    v.delay_s = spec.task.timing.delay_ms * 1e-3;
    v.motor_noise_deg = spec.memory.motor_noise_deg;
    v.gain = spec.task.decision.gain;
    v.criterion = spec.task.decision.criterion;
    v.n_colours = std::max(2, spec.task.stimuli.number);
    if (kind == FitKind::changes)
        v.psychometric = measure_psychometric(
            spec.task.decision.network, spec.task.timing.test_ms + spec.task.timing.response_ms);
    return v;
}

FitLaw::FitLaw(FitKind kind, const Account& account, double kappa, const LawValues& largest)
    : kind_(kind), account_(&account),
      directions_(kappa, CountDirections::counts_for(account.expected(largest.capacity, 1))),
      bins_(n_error_bins, directions_.n_moments()), circle_(kappa, directions_.n_moments()) {}

std::vector<double> FitLaw::error_moments(const LawValues& v, int load) const {
    return recall_moments(*account_, recall_of(v), load, directions_);
}

double FitLaw::not_held(const LawValues& v, int load) const {
    return guess_share(*account_, recall_of(v), load, directions_);
}

ChangeRates FitLaw::change_rates(const LawValues& v, int load) const {
    return lamina::change_rates(*account_,
                                {v.capacity, v.diffusion_deg2_per_s, v.delay_s, v.gain, v.criterion,
                                 v.n_colours, v.psychometric},
                                load, directions_, circle_);
}

std::vector<std::vector<double>> FitLaw::probabilities(const LawValues& v, int load) const {
    if (kind_ == FitKind::errors) return {bins_.probabilities(error_moments(v, load))};
    const auto inside = [](double p) { return std::min(std::max(p, 1e-12), 1 - 1e-12); };
    const ChangeRates rates = change_rates(v, load);
    const double hit = inside(rates.hit), alarm = inside(rates.false_alarm);
    return {{hit, 1 - hit}, {alarm, 1 - alarm}};
}

} // namespace lamina

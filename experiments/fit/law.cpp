#include "experiments/fit/law.hpp"

#include <algorithm>
#include <cmath>

#include "models/angle.hpp"
#include "models/recall/von_mises.hpp"

namespace lamina {
namespace {

RecallParameters recall_parameters(const LawValues& v) {
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

int moments_needed(FitKind kind, const Account& account, double kappa, const LawValues& v) {
    const double motor_deg = kind == FitKind::errors ? v.motor_noise_deg : 0;
    double variance_rad2 =
        (v.diffusion_deg2_per_s * v.delay_s + motor_deg * motor_deg) * rad_per_deg * rad_per_deg;
    std::vector<double> held(most_moments + 1, 1);
    if (account.has_slots) {
        const double slot_rad = v.capacity.slot_noise_deg * rad_per_deg;
        variance_rad2 += slot_rad * slot_rad / (std::floor(v.capacity.slots) + 1);
    } else {
        const double counts = account.expected(v.capacity, 1);
        held = von_mises_moments(kappa * (counts + 4 * std::sqrt(counts) + 1), most_moments + 1);
    }
    int k = 95;
    const auto moment = [&](int at) {
        return held[std::size_t(at)] * std::exp(-0.5 * double(at) * at * variance_rad2);
    };
    while (k < most_moments && moment(k) >= 1e-8) ++k;
    return k + 1;
}

FitLaw::FitLaw(FitKind kind, const Account& account, double kappa, const LawValues& sharpest)
    : kind_(kind), account_(&account),
      directions_(kappa, CountDirections::counts_for(account.expected(sharpest.capacity, 1)),
                  moments_needed(kind, account, kappa, sharpest)),
      bins_(n_error_bins, directions_.n_moments()), circle_(kappa, directions_.n_moments()) {}

std::vector<double> FitLaw::error_moments(const LawValues& v, int load) const {
    return recall_moments(*account_, recall_parameters(v), load, directions_);
}

double FitLaw::not_held(const LawValues& v, int load) const {
    return guess_share(*account_, recall_parameters(v), load, directions_);
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

#include "experiments/fit/setup.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "experiments/suggest.hpp"
#include "models/capacity/account_catalogue.hpp"
#include "sim/errors.hpp"

namespace lamina {
namespace {

const char* kind_name(FitKind kind) {
    return kind == FitKind::errors ? "reported errors" : "answers of change detection";
}

const FitBounds* given_bounds(const FitSpec& fit, const std::string& path) {
    for (const FitBounds& bounds : fit.bounds)
        if (bounds.path == path) return &bounds;
    return nullptr;
}

/// Between what a free value is searched.
std::pair<double, double> search_range(const FitSpec& fit, const FitParameter& parameter) {
    if (const FitBounds* bounds = given_bounds(fit, parameter.path))
        return {bounds->low, bounds->high};
    return {parameter.low, parameter.high};
}

/// The values with the most counts, or slots, and the least noise that a search can ask for.
LawValues sharpest(const FitSpec& fit, LawValues values, const std::vector<std::string>& paths) {
    for (const std::string& path : paths) {
        const FitParameter* parameter = find_fit_parameter(path);
        if (!parameter) continue; // told elsewhere
        const auto [low, high] = search_range(fit, *parameter);
        double& value = parameter->member(values);
        value = parameter->unit == "deg" ? std::min(value, low) : std::max(value, high);
    }
    return values;
}

/// A SpecError's text without its id, cut into what is wrong and what helps.
FitComplaint complaint_of(const SpecError& error, const char* id, const char* path) {
    std::string message = error.what(), help = "see docs/fitting.md, data of your own";
    if (message.rfind("error[", 0) == 0) message = message.substr(message.find("]: ") + 3);
    const std::string mark = "\n  = help: ";
    if (const std::size_t at = message.find(mark); at != std::string::npos) {
        help = message.substr(at + mark.size());
        message.resize(at);
    }
    return {id, path, message, help, false};
}

void check_free(const ExperimentSpec& spec, FitKind kind, std::vector<FitComplaint>& out) {
    const Account& account = *find_account(spec.fit.account);
    const std::vector<std::string> possible = free_paths_of(kind, account);
    if (spec.fit.free.empty())
        out.push_back({"L0203", "fit.free", "`fit.free` names nothing that would be fitted",
                       fmt::format("write fit.free: {}", quoted_list(possible, "and")), false});
    for (const std::string& path : spec.fit.free)
        if (std::find(possible.begin(), possible.end(), path) == possible.end())
            out.push_back({"L0370", "fit.free",
                           fmt::format("`{}` does nothing to {} under the account {}", path,
                                       kind_name(kind), account.name),
                           "free can be " + quoted_list(possible, "and")});
    for (const FitBounds& bounds : spec.fit.bounds)
        if (std::find(spec.fit.free.begin(), spec.fit.free.end(), bounds.path) ==
            spec.fit.free.end())
            out.push_back({"L0371", "fit.bounds",
                           fmt::format("`{}` has bounds and is not free", bounds.path),
                           "name it under fit.free, or delete its bounds"});
}

/// The task beside the data: what it shows and asks should be what people were shown and asked.
void check_task(const ExperimentSpec& spec, FitKind kind, std::vector<FitComplaint>& out) {
    const char* const asked = kind == FitKind::errors ? "delayed_estimation" : "change_detection";
    if (spec.task.type == asked || spec.task.type == "set_size") return;
    out.push_back({"L0376", "task.type",
                   fmt::format("the data are {}, and `task.type: {}` asks for something else: the "
                               "fit compares the law of {}",
                               kind_name(kind), spec.task.type, asked),
                   fmt::format("use task.type: {}, so that `lamina run` of the file shows what was "
                               "fitted",
                               asked),
                   true});
}

/// The series of the laws must converge, and their tables fit.
void check_sharpness(const ExperimentSpec& spec, FitKind kind, std::vector<FitComplaint>& out) {
    const double kappa = spec.task.stimuli.kappa;
    if (kappa > largest_kappa) {
        out.push_back({"L0371", "task.stimuli.kappa",
                       fmt::format("`task.stimuli.kappa` = {:g} is more than the laws are "
                                   "tabulated for",
                                   kappa),
                       fmt::format("{:g} at most", largest_kappa)});
        return;
    }
    const LawValues fixed = law_values(spec, FitKind::errors);
    for (const Account& account : accounts) {
        const bool all = spec.task.type == "set_size";
        if (!all && account.name != spec.fit.account) continue;
        const auto paths = all ? free_paths_of(kind, account) : spec.fit.free;
        if (moments_needed(kind, account, kappa, sharpest(spec.fit, fixed, paths)) <= most_moments)
            continue;
        out.push_back(
            {"L0371", "fit.free",
             fmt::format("errors can become too sharp for the law under the account {}: its series "
                         "of {} moments has not converged",
                         account.name, most_moments),
             "raise memory.diffusion, or the lower bound of memory.motor_noise or "
             "fit.slots.noise, or lower the upper bound of memory.encoding.counts (fit.bounds)"});
        return;
    }
}

/// What stays as the file has it must lie where the laws are tabulated.
void check_fixed(const ExperimentSpec& spec, FitKind kind, std::vector<FitComplaint>& out) {
    // nothing of the decision network is compared, which takes a second to measure
    LawValues values = law_values(spec, FitKind::errors);
    const Account& account = *find_account(spec.fit.account);
    for (const FitParameter& parameter : fit_parameters()) {
        const double value = parameter.member(values);
        if (!parameter.acts(kind, account) || value <= parameter.highest) continue;
        out.push_back({"L0371", parameter.path,
                       fmt::format("`{}` = {:g} is more than the laws are tabulated for",
                                   parameter.path, value),
                       fmt::format("{:g} at most", parameter.highest)});
    }
}

} // namespace

std::vector<FitComplaint> fit_complaints(const ExperimentSpec& spec) {
    std::vector<FitComplaint> out;
    if (!spec.fit.given()) {
        if (spec.task.type == "set_size")
            out.push_back({"L0203", "task.type",
                           "set_size fits accounts to data, and `fit.to` is missing",
                           "write fit: {to: van_den_berg_2012_colour, conditions: [1, 4, 8]}"});
        return out;
    }
    if (spec.task.stimuli.kind != "ring")
        out.push_back({"L0374", "task.stimuli.kind",
                       fmt::format("a fit needs angles, and stimuli of kind {} have none",
                                   spec.task.stimuli.kind),
                       "use task.stimuli.kind: ring"});
    FitData data;
    try {
        data = read_fit_data(spec.fit, spec.folder);
    } catch (const SpecError& error) {
        out.push_back(complaint_of(error, "L0372", "fit.to"));
        return out;
    }
    try {
        fitted_part(data, spec.fit.conditions);
    } catch (const SpecError& error) {
        out.push_back(complaint_of(error, "L0373", "fit.conditions"));
    }
    if (spec.task.type != "set_size") {
        check_free(spec, data.kind, out);
    } else if (data.kind != FitKind::errors) {
        out.push_back({"L0374", "fit.to",
                       "set_size compares distributions of reported errors, and these are answers",
                       "use van_den_berg_2012_colour, or a file with errors"});
    } else if (held_out_part(data, spec.fit.conditions).conditions.empty()) {
        out.push_back({"L0373", spec.fit.conditions.empty() ? "fit.to" : "fit.conditions",
                       "set_size needs set sizes that are not fitted, to judge the accounts by",
                       "name some of the set sizes under fit.conditions, for example [1, 4, 8]"});
    }
    check_task(spec, data.kind, out);
    check_fixed(spec, data.kind, out);
    check_sharpness(spec, data.kind, out);
    if (data.kind == FitKind::changes && spec.task.stimuli.number < 2)
        out.push_back({"L0374", "task.stimuli.number",
                       "a changed probe is another stimulus, and there is one alone",
                       "use task.stimuli.number: 2 or more"});
    return out;
}

FitSetup fit_setup(const ExperimentSpec& spec, const Account* account) {
    for (const FitComplaint& complaint : fit_complaints(spec))
        if (!complaint.warning)
            throw SpecError(fmt::format("error[{}]: {}\n  = help: {}", complaint.id,
                                        complaint.message, complaint.help));
    FitSetup setup;
    setup.data = read_fit_data(spec.fit, spec.folder);
    setup.fitted = fitted_part(setup.data, spec.fit.conditions);
    setup.held_out = held_out_part(setup.data, spec.fit.conditions);
    const Account& chosen = account ? *account : *find_account(spec.fit.account);
    const std::vector<std::string> paths =
        account ? free_paths_of(setup.data.kind, chosen) : spec.fit.free;

    setup.problem.fixed = law_values(spec, setup.data.kind);
    for (const std::string& path : paths) {
        const FitParameter& parameter = *find_fit_parameter(path);
        FreeValue value{&parameter, parameter.low, parameter.high,
                        parameter.member(setup.problem.fixed)};
        std::tie(value.low, value.high) = search_range(spec.fit, parameter);
        value.start = std::min(std::max(value.start, value.low), value.high);
        setup.problem.free.push_back(value);
    }
    setup.law = std::make_unique<FitLaw>(setup.data.kind, chosen, spec.task.stimuli.kappa,
                                         sharpest(spec.fit, setup.problem.fixed, paths));
    setup.problem.law = setup.law.get();
    return setup;
}

} // namespace lamina

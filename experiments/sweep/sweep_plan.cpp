#include "experiments/sweep/sweep_plan.hpp"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <exception>
#include <map>
#include <mutex>
#include <stdexcept>
#include <system_error>
#include <thread>

#include <fmt/format.h>

#include "analysis/csv_text.hpp"
#include "experiments/check_spec.hpp"
#include "experiments/read_spec.hpp"
#include "experiments/sweep/read_sweep.hpp"
#include "sim/errors.hpp"
#include "sim/run_file/sha256.hpp"

namespace lamina {
namespace {

bool sets_seed(const std::vector<Setting>& settings) {
    return std::any_of(settings.begin(), settings.end(),
                       [](const Setting& one) { return one.path == "seed"; });
}

} // namespace

SweepPlan::SweepPlan(ExperimentSpec base) : base_(std::move(base)) {
    if (!base_.sweep.given)
        throw SpecError(fmt::format("error[L0411]: {} has no `sweep:`, so there is one point\n"
                                    "  = help: write sweep: {{grid: {{column.inhibition: [pv_log, "
                                    "pv_linear]}}}}, or use `lamina run`",
                                    base_.file));
    n_points_ = std::int64_t(n_points_of(base_.sweep));
    for (const SweepAxis& axis : base_.sweep.axes)
        columns_.insert(columns_.end(), axis.columns.begin(), axis.columns.end());
}

SweepPoint SweepPlan::point(std::int64_t number) const {
    const SweepSpec& sweep = base_.sweep;
    if (number < 0 || number >= n_points_)
        throw std::out_of_range(fmt::format("point {} of {}", number, n_points_));
    SweepPoint point;
    point.number = number;
    point.replicate = int(number % sweep.replicates);

    // the place on each axis, the last one fastest
    std::int64_t rest = number / sweep.replicates;
    std::vector<const SweepStep*> steps(sweep.axes.size());
    for (std::size_t i = sweep.axes.size(); i-- > 0;) {
        const auto n = std::int64_t(sweep.axes[i].steps.size());
        steps[i] = &sweep.axes[i].steps[std::size_t(rest % n)];
        rest /= n;
    }
    for (const SweepStep* step : steps) {
        point.labels.insert(point.labels.end(), step->labels.begin(), step->labels.end());
        point.settings.insert(point.settings.end(), step->settings.begin(), step->settings.end());
    }

    const std::uint64_t more =
        sweep.seeds == SweepSeeds::common ? std::uint64_t(point.replicate) : std::uint64_t(number);
    point.seed = base_.seed + more;
    // a seed that is swept is alone in saying so (read_sweep)
    if (!sets_seed(point.settings)) {
        if (more > 0) point.settings.push_back({"seed", std::to_string(point.seed)});
    } else {
        for (const Setting& one : point.settings)
            if (one.path == "seed") point.seed = std::strtoull(one.value.c_str(), nullptr, 10);
    }

    std::string words;
    for (const Setting& one : point.settings) words += one.path + "=" + one.value + "\n";
    point.id = fmt::format("{:06}-{}", number, sha256_of(words).substr(0, 8));
    return point;
}

std::vector<std::string> SweepPlan::overrides_of(const SweepPoint& point) const {
    std::vector<std::string> overrides = base_.overrides;
    overrides.emplace_back(without_sweep);
    for (const Setting& one : point.settings) overrides.push_back(one.path + "=" + one.value);
    return overrides;
}

std::string SweepPlan::cells_csv() const {
    std::vector<std::string> header = {"number", "id", "replicate", "seed"};
    header.insert(header.end(), columns_.begin(), columns_.end());
    analysis::Csv csv(header);
    for (std::int64_t n = 0; n < n_points_; ++n) {
        const SweepPoint one = point(n);
        csv << std::to_string(n) << one.id << std::to_string(one.replicate)
            << std::to_string(one.seed);
        for (const std::string& label : one.labels) csv << label;
        csv.end_row();
    }
    return csv.text();
}

std::string SweepPlan::sha256() const {
    std::string words = base_.text;
    for (const std::string& one : base_.overrides) words += "\n" + one;
    // lines of a file of points are part of it
    return sha256_of(words + "\n" + sha256_of(cells_csv()));
}

std::vector<InvalidPoints> check_points(const SweepPlan& plan, int threads,
                                        const std::function<void()>& progress) {
    const ExperimentSpec& base = plan.base();
    std::vector<std::string> problems(std::size_t(plan.n_points()));
    std::vector<char> bad(problems.size());
    std::atomic<std::int64_t> next{0};
    std::exception_ptr broken;
    std::mutex broken_mutex;
    const auto check = [&](std::int64_t n) {
        try {
            read_checked_text(base.text, base.file, base.folder, plan.overrides_of(plan.point(n)));
        } catch (const std::runtime_error& error) {
            problems[std::size_t(n)] = error.what();
            bad[std::size_t(n)] = 1;
        }
        progress();
    };
    const auto work = [&] {
        try {
            for (std::int64_t n = next++; n < plan.n_points(); n = next++) check(n);
        } catch (...) {
            const std::lock_guard<std::mutex> lock(broken_mutex);
            broken = std::current_exception();
            next = plan.n_points();
        }
    };
    std::vector<std::thread> others;
    others.reserve(std::size_t(threads));
    try {
        for (int i = 1; i < threads; ++i) others.emplace_back(work);
    } catch (const std::system_error&) {} // those that there are do it all
    work();
    for (std::thread& one : others) one.join();
    if (broken) std::rethrow_exception(broken);

    // the same words are one problem
    std::vector<InvalidPoints> found;
    std::map<std::string, std::size_t> known;
    for (std::size_t n = 0; n < problems.size(); ++n) {
        if (!bad[n]) continue;
        const auto [at, is_new] = known.emplace(problems[n], found.size());
        if (is_new) found.push_back({{}, problems[n]});
        found[at->second].numbers.push_back(std::int64_t(n));
    }
    return found;
}

} // namespace lamina

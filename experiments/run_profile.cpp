#include "experiments/run_profile.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>

#include "sim/run_file/json.hpp"

namespace lamina {
namespace {

/// User and system time of the process so far, all threads.
double processor_s() {
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    const auto seconds = [](const timeval& t) {
        return double(t.tv_sec) + 1e-6 * double(t.tv_usec);
    };
    return seconds(used.ru_utime) + seconds(used.ru_stime);
}

/// What one look at the clock costs, in s: the least of a few rounds.
double clock_read_s() {
    constexpr int n = 1000;
    double least = 1;
    for (int round = 0; round < 5; ++round) {
        StepClock clock(StepPhase::rest);
        for (int i = 0; i < n; ++i) clock.turn_to(StepPhase::rest);
        least = std::min(least, clock.times()[std::size_t(StepPhase::rest)].seconds / n);
    }
    return least;
}

/// Phases that were entered, with their share of `total_s`.
template <class Times>
Json phases_json(const Times& times, const PhaseName* names, double total_s, std::int64_t steps) {
    Json out = Json::array();
    for (std::size_t i = 0; i < times.size(); ++i) {
        if (times[i].calls == 0) continue;
        Json phase = {{"name", names[i].name},
                      {"meaning", names[i].meaning},
                      {"seconds", times[i].seconds},
                      {"share", total_s > 0 ? times[i].seconds / total_s : 0},
                      {"calls", times[i].calls}};
        if (steps > 0) phase["us_per_step"] = times[i].seconds * 1e6 / double(steps);
        out.push_back(std::move(phase));
    }
    return out;
}

template <class Times> std::int64_t n_calls(const Times& times) {
    std::int64_t n = 0;
    for (const PhaseTime& time : times) n += time.calls;
    return n;
}

std::string phase_rows(const Json& phases, bool per_step) {
    std::string out = fmt::format("  {:<13}{:>12}{:>9}{:>11}{}\n", "phase", "time", "share",
                                  "calls", per_step ? "   us/step" : "");
    for (const Json& phase : phases)
        out += fmt::format("  {:<13}{:>10.3f} s{:>7.1f} %{:>11}{}  {}\n",
                           phase["name"].get<std::string>(), phase["seconds"].get<double>(),
                           100 * phase["share"].get<double>(), phase["calls"].get<std::int64_t>(),
                           per_step ? fmt::format("{:>10.3f}", phase["us_per_step"].get<double>())
                                    : "",
                           phase["meaning"].get<std::string>());
    return out;
}

} // namespace

RunProfile::RunProfile() : processor_before_s(processor_s()) {}

Json profile_json(RunProfile& profile, int threads) {
    const RunClock::Times times = profile.clock.times();
    double total_s = 0;
    for (const PhaseTime& time : times) total_s += time.seconds;
    Json out = {{"seconds", total_s},
                {"processor_seconds", processor_s() - profile.processor_before_s},
                {"threads", threads},
                {"phases", phases_json(times, run_phases, total_s, 0)}};
    const StepProfile& steps = profile.steps;
    if (steps.steps > 0) {
        double busy_s = 0;
        for (const PhaseTime& time : steps.times) busy_s += time.seconds;
        out["step"] = {
            {"steps", steps.steps},
            {"wall_seconds", steps.wall_s},
            {"thread_seconds", steps.thread_s},
            {"idle_seconds", std::max(0.0, steps.thread_s - busy_s)},
            {"clock_seconds", double(n_calls(steps.times)) * clock_read_s()},
            {"phases", phases_json(steps.times, step_phases, steps.thread_s, steps.steps)}};
    }
    out["not_covered"] = {"starting the program and reading its command line",
                          "writing profile.json and sealing run.json with it",
                          "time in which a thread waits for a processor counts as its phase's"};
    return out;
}

std::string profile_text(const Json& profile) {
    std::string out =
        fmt::format("profile: {:.3f} s, {:.3f} s of processors\n", profile["seconds"].get<double>(),
                    profile["processor_seconds"].get<double>());
    out += phase_rows(profile["phases"], false);
    if (!profile.contains("step")) return out;
    const Json& step = profile["step"];
    const int threads = profile["threads"].get<int>();
    out += fmt::format("steps: {} in {:.3f} s on {} thread{}, over which times are summed\n",
                       step["steps"].get<std::int64_t>(), step["wall_seconds"].get<double>(),
                       threads, threads == 1 ? "" : "s");
    out += phase_rows(step["phases"], true);
    out += fmt::format("  {:<13}{:>10.3f} s{:>7.1f} %  threads that had no trial left\n", "idle",
                       step["idle_seconds"].get<double>(),
                       100 * step["idle_seconds"].get<double>() /
                           step["thread_seconds"].get<double>());
    out += fmt::format("  about {:.3f} s of these went into looking at the clock\n",
                       step["clock_seconds"].get<double>());
    return out;
}

} // namespace lamina

#include "experiments/sweep/sweep_words.hpp"

#include <cstdio>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace lamina {

std::string settings_text(const SweepPoint& point) {
    std::string out;
    for (const Setting& one : point.settings)
        out += fmt::format("{}{}={}", out.empty() ? "" : " ", one.path, one.value);
    return out.empty() ? "the base point" : out;
}

std::string counts_text(const SweepCounts& counts) {
    std::string out = fmt::format("{} of {} points are done", counts.done, counts.n_points);
    const auto add = [&](std::int64_t n, const char* what) {
        if (n > 0) out += fmt::format(", {} {}", n, what);
    };
    add(counts.running, "running");
    add(counts.failed, "failed");
    add(counts.waiting, "waiting");
    add(counts.invalid, "invalid and left out");
    return out;
}

nlohmann::ordered_json counts_json(const SweepDirectory& sweep, const SweepCounts& counts) {
    return {{"directory", sweep.path().string()},
            {"points", counts.n_points},
            {"done", counts.done},
            {"running", counts.running},
            {"failed", counts.failed},
            {"waiting", counts.waiting},
            {"invalid", counts.invalid}};
}

void print_failures(const SweepDirectory& sweep, const std::vector<PointBooks>& books) {
    constexpr int most = 10;
    int n = 0;
    for (std::size_t i = 0; i < books.size(); ++i) {
        if (books[i].state != PointState::failed || ++n > most) continue;
        const SweepPoint point = sweep.plan().point(std::int64_t(i));
        std::fprintf(stderr, "failed  %s  %s\n        %s\n", point.id.c_str(),
                     settings_text(point).c_str(),
                     books[i].reason.substr(0, books[i].reason.find('\n')).c_str());
    }
    if (n > most)
        std::fprintf(stderr, "        and %d more: lamina sweep status %s --json\n", n - most,
                     sweep.path().c_str());
}

} // namespace lamina

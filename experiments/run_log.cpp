#include "experiments/run_log.hpp"

#include <cmath>
#include <cstdio>
#include <ctime>

namespace lamina {

std::string now_utc() {
    const std::time_t now = std::time(nullptr);
    std::tm utc{};
    gmtime_r(&now, &utc);
    char text[32];
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
    return text;
}

RunLog::RunLog(bool quiet)
    : quiet_(quiet), start_(std::chrono::steady_clock::now()), started_(now_utc()) {}

double RunLog::seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
}

void RunLog::say(const std::string& line) {
    if (!quiet_) std::fprintf(stderr, "%s\n", line.c_str());
    text_ += line + "\n";
}

void RunLog::event(const std::string& name, nlohmann::ordered_json more) {
    nlohmann::ordered_json line = {{"event", name},
                                   {"seconds", std::round(seconds() * 1000) / 1000}};
    if (more.is_object()) line.update(more);
    events_ += line.dump() + "\n";
}

} // namespace lamina

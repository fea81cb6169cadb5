#include "experiments/bench_history.hpp"

#include <cerrno>
#include <fstream>
#include <system_error>

#include "experiments/run_log.hpp"
#include "experiments/version.hpp"

namespace lamina {
namespace {

/// The processor's name for itself, or "unknown".
std::string processor() {
    std::ifstream in("/proc/cpuinfo");
    for (std::string line; std::getline(in, line);)
        if (line.rfind("model name", 0) == 0 && line.find(": ") != std::string::npos)
            return line.substr(line.find(": ") + 2);
    return "unknown";
}

} // namespace

void append_bench_history(const std::string& file, const nlohmann::ordered_json& figures) {
    nlohmann::ordered_json line = {{"commit", build_info().git},
                                   {"compiler", build_info().compiler},
                                   {"build", build_info().build_type},
                                   {"processor", processor()},
                                   {"date", now_utc()}};
    line.update(figures);
    std::ofstream out(file, std::ios::app);
    out << line.dump() << '\n' << std::flush;
    if (!out) throw std::system_error(errno, std::generic_category(), "cannot append to " + file);
}

std::size_t peak_rss_bytes() {
    std::ifstream in("/proc/self/status");
    for (std::string line; std::getline(in, line);)
        if (line.rfind("VmHWM:", 0) == 0) return std::stoull(line.substr(6)) * 1024;
    return 0;
}

} // namespace lamina

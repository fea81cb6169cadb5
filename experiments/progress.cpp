#include "experiments/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace lamina {

namespace {

using clock = std::chrono::steady_clock;

double since(clock::time_point start) {
    return std::chrono::duration<double>(clock::now() - start).count();
}

bool utf8_locale() {
    for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"})
        if (const char* value = std::getenv(name); value && *value)
            return std::strstr(value, "UTF-8") || std::strstr(value, "utf8");
    return false;
}

std::string bar(double fraction, int width) {
    const bool unicode = utf8_locale();
    const int full = int(fraction * width);
    std::string text;
    for (int i = 0; i < width; ++i)
        text += i < full ? (unicode ? "\xe2\x96\x88" : "#") : (unicode ? "\xe2\x96\x91" : "-");
    return text;
}

} // namespace

std::string duration_text(double seconds) {
    if (seconds < 0.095) return fmt::format("{:.0f} ms", seconds * 1000);
    if (seconds < 59.95) return fmt::format("{:.1f} s", seconds);
    const long whole = long(seconds + 0.5);
    if (whole < 3600) return fmt::format("{} min {} s", whole / 60, whole % 60);
    return fmt::format("{} h {} min", whole / 3600, whole / 60 % 60);
}

Progress::Progress(std::string label, std::int64_t total, bool quiet)
    : label_(std::move(label)), total_(total), quiet_(quiet),
      terminal_(isatty(STDERR_FILENO) &&
                !(std::getenv("TERM") && std::string(std::getenv("TERM")) == "dumb")),
      start_(clock::now()), drawn_(start_) {
    if (!quiet_ && terminal_) draw(false);
}

Progress::~Progress() { finish(); }

void Progress::tick() {
    ++done_;
    if (quiet_) return;
    const std::lock_guard<std::mutex> hold(mutex_);
    if (since(drawn_) < (terminal_ ? 0.2 : 30)) return;
    draw(false);
}

void Progress::finish() {
    if (finished_) return;
    finished_ = true;
    if (!quiet_ && terminal_) draw(true);
}

double Progress::seconds() const { return since(start_); }

void Progress::draw(bool last) {
    drawn_ = clock::now();
    const auto done = done_.load();
    const double fraction = total_ > 0 ? double(done) / double(total_) : 1;
    const double left = done > 0 ? seconds() * double(total_ - done) / double(done) : 0;
    std::string line = fmt::format("{} {}/{}", label_, done, total_);
    line += done < total_ && done > 0 ? fmt::format("  {} left", duration_text(left))
                                      : fmt::format("  {}", duration_text(seconds()));
    if (terminal_)
        std::fprintf(stderr, "\r\033[K%s %3.0f %%  %s%s", bar(fraction, 30).c_str(), fraction * 100,
                     line.c_str(), last ? "\n" : "");
    else
        std::fprintf(stderr, "%3.0f %%  %s\n", fraction * 100, line.c_str());
    std::fflush(stderr);
}

} // namespace lamina

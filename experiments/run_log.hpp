/// What a run says while it runs: on stderr for people, and kept for run.log and events.jsonl.
#pragma once

#include <chrono>
#include <string>

#include <nlohmann/json.hpp>

namespace lamina {

/// The present time, ISO 8601, UTC.
std::string now_utc();

class RunLog {
  public:
    /// @param quiet  kept alone, not printed
    explicit RunLog(bool quiet = false);
    /// A line for people: printed on stderr and kept.
    void say(const std::string& line);
    /// A line for machines: {"event", "seconds" since the start, ...}.
    void event(const std::string& name, nlohmann::ordered_json more = {});

    double seconds() const;
    /// When the run began, ISO 8601, UTC.
    const std::string& started() const { return started_; }
    const std::string& text() const { return text_; }
    const std::string& events() const { return events_; }

  private:
    bool quiet_;
    std::chrono::steady_clock::time_point start_;
    std::string started_, text_, events_;
};

} // namespace lamina

/// Progress on stderr: a bar with the time left on a terminal, one line every 30 s otherwise.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>

namespace lamina {

class Progress {
  public:
    /// @param label  what is being done, e.g. "trials"
    Progress(std::string label, std::int64_t total, bool quiet = false);
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    /// One more is done; may be called from any thread.
    void tick();
    /// Ends the bar; called by the destructor too.
    void finish();
    double seconds() const;

  private:
    void draw(bool last);

    std::string label_;
    std::int64_t total_;
    bool quiet_, terminal_, finished_ = false;
    std::atomic<std::int64_t> done_{0};
    std::chrono::steady_clock::time_point start_, drawn_;
    std::mutex mutex_;
};

/// "1 min 20 s", "3.2 s", "2 h 5 min".
std::string duration_text(double seconds);

} // namespace lamina

/// Ending on request: the first SIGINT, SIGTERM, SIGUSR1 or SIGHUP asks for an end in order, a
/// second one ends the program at once. What was ignored when the program was started (nohup) stays
/// so.
#pragma once

#include <atomic>

namespace lamina {

/// Signals are heard while this object lives; one at a time.
class StopOnSignal {
  public:
    StopOnSignal();
    ~StopOnSignal();
    StopOnSignal(const StopOnSignal&) = delete;
    StopOnSignal& operator=(const StopOnSignal&) = delete;

    const std::atomic<bool>& requested() const;
    int signal() const; ///< the first one; 0 when none has come
};

} // namespace lamina

#include "experiments/stop_signal.hpp"

#include <csignal>

namespace lamina {
namespace {

constexpr int stopping[] = {SIGINT, SIGTERM, SIGUSR1, SIGHUP};
std::atomic<bool> stop_requested{false};
volatile std::sig_atomic_t first_signal = 0;

extern "C" void on_stop_signal(int signal) {
    if (stop_requested.exchange(true)) {
        std::signal(signal, SIG_DFL);
        std::raise(signal);
    }
    first_signal = signal;
}

} // namespace

StopOnSignal::StopOnSignal() {
    for (const int signal : stopping) std::signal(signal, on_stop_signal);
}

StopOnSignal::~StopOnSignal() {
    for (const int signal : stopping) std::signal(signal, SIG_DFL);
}

const std::atomic<bool>& StopOnSignal::requested() const { return stop_requested; }
int StopOnSignal::signal() const { return first_signal; }

} // namespace lamina

#include "experiments/stop_signal.hpp"

#include <csignal>
#include <iterator>

namespace lamina {
namespace {

constexpr int stopping[] = {SIGINT, SIGTERM, SIGUSR1, SIGHUP};
struct sigaction before[std::size(stopping)];
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
    struct sigaction heard {};
    heard.sa_handler = on_stop_signal;
    heard.sa_flags = SA_RESTART;
    for (std::size_t i = 0; i < std::size(stopping); ++i) {
        ::sigaction(stopping[i], nullptr, &before[i]);
        if (before[i].sa_handler != SIG_IGN) ::sigaction(stopping[i], &heard, nullptr);
    }
}

StopOnSignal::~StopOnSignal() {
    for (std::size_t i = 0; i < std::size(stopping); ++i)
        ::sigaction(stopping[i], &before[i], nullptr);
}

const std::atomic<bool>& StopOnSignal::requested() const { return stop_requested; }
int StopOnSignal::signal() const { return first_signal; }

} // namespace lamina

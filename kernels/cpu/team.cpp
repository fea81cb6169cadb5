#include "kernels/cpu/team.hpp"

#include <exception>
#include <thread>
#include <vector>

namespace lamina::cpu {
namespace {

inline void rest() {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
}

constexpr int n_spins = 60; ///< a pause takes some 40 ns

} // namespace

void Barrier::wait() {
    if (n_members_ == 1) return;
    const unsigned round = round_.load(std::memory_order_relaxed);
    if (arrived_.fetch_add(1, std::memory_order_acq_rel) == n_members_ - 1) {
        arrived_.store(0, std::memory_order_relaxed);
        round_.store(round + 1, std::memory_order_release);
        return;
    }
    for (int spin = 0; round_.load(std::memory_order_acquire) == round; ++spin) {
        if (spin < n_spins)
            rest();
        else
            std::this_thread::yield();
    }
}

void run_team(int n_members, const std::function<void(int)>& work) {
    std::vector<std::exception_ptr> failures(static_cast<std::size_t>(n_members));
    const auto guarded = [&](int member) {
        try {
            work(member);
        } catch (...) { failures[static_cast<std::size_t>(member)] = std::current_exception(); }
    };
    std::vector<std::thread> others;
    others.reserve(static_cast<std::size_t>(n_members - 1));
    for (int member = 1; member < n_members; ++member) others.emplace_back(guarded, member);
    guarded(0);
    for (std::thread& thread : others) thread.join();
    for (const std::exception_ptr& failure : failures)
        if (failure) std::rethrow_exception(failure);
}

} // namespace lamina::cpu

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

// a pause takes some 40 ns
constexpr int n_spins = 60, n_before_helping = 30;

} // namespace

Rounds::Rounds(std::int64_t n_rounds, int n_parts)
    : n_parts_(n_parts), begun_(static_cast<std::size_t>(n_parts)), n_rounds_(n_rounds) {}

bool Rounds::claim(std::int64_t round, int part) {
    std::int64_t expected = round;
    std::atomic<std::int64_t>& begun = begun_[static_cast<std::size_t>(part)].rounds;
    return begun.load(std::memory_order_relaxed) == round &&
           begun.compare_exchange_strong(expected, round + 1, std::memory_order_acq_rel);
}

bool Rounds::take(int member, int n_members, Turn& turn) {
    for (int spin = 0;; ++spin) {
        // all parts of the rounds before this one are done
        const std::int64_t round = n_done_.load(std::memory_order_acquire) / n_parts_;
        if (round >= n_rounds_.load(std::memory_order_acquire)) return false;
        turn.round = round;
        for (turn.part = member; turn.part < n_parts_; turn.part += n_members)
            if (claim(round, turn.part)) return true;
        for (turn.part = 0; spin >= n_before_helping && turn.part < n_parts_; ++turn.part)
            if (claim(round, turn.part)) return true;
        if (spin < n_spins)
            rest();
        else
            std::this_thread::yield();
    }
}

void Rounds::done() { n_done_.fetch_add(1, std::memory_order_acq_rel); }

void Rounds::end_after(std::int64_t round) {
    std::int64_t before = n_rounds_.load(std::memory_order_relaxed);
    while (before > round + 1 &&
           !n_rounds_.compare_exchange_weak(before, round + 1, std::memory_order_acq_rel)) {}
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

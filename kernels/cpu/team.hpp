/// Threads that go through steps together.
///
/// At a barrier a thread spins for about two microseconds and then yields, so that a machine with
/// more threads than processors loses time and nothing else.
#pragma once

#include <atomic>
#include <functional>

namespace lamina::cpu {

class Barrier {
  public:
    explicit Barrier(int n_members) : n_members_(n_members) {}

    /// Returns when every member has called it; what they wrote before is visible to all.
    void wait();

  private:
    const int n_members_;
    alignas(64) std::atomic<int> arrived_{0};
    alignas(64) std::atomic<unsigned> round_{0};
};

/// work(member) for member = 0 .. n_members - 1, each on a thread of its own; the caller is member
/// 0.
/// @throws what a member threw first, by number, after all have ended; a member that throws must
///         not leave others waiting at a barrier
void run_team(int n_members, const std::function<void(int)>& work);

} // namespace lamina::cpu

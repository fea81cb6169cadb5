/// Threads that go through rounds of work together.
///
/// Every round has the same parts, and a round begins when all parts of the one before are done. A
/// thread takes its own parts first, and after about a microsecond of waiting what nobody has
/// begun: so a thread that the system puts aside holds up only the part that it is in the middle
/// of, and a busy machine loses little, while short rounds stay in the caches of their own threads.
/// While nothing is to be taken a thread spins for about two microseconds and then yields.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <vector>

namespace lamina::cpu {

class Rounds {
  public:
    /// @param n_rounds  >= 0; @param n_parts  >= 1
    Rounds(std::int64_t n_rounds, int n_parts);

    struct Turn {
        std::int64_t round;
        int part;
    };
    /// The next part to do; false when all rounds are over. What was written before the end of the
    /// last round is visible.
    /// @param member  of n_members; its own are the parts member, member + n_members, ...
    bool take(int member, int n_members, Turn&);
    /// The part that was taken is done.
    void done();
    /// No round begins after this one; to be called before done(), from a part of that round.
    void end_after(std::int64_t round);

  private:
    bool claim(std::int64_t round, int part);

    const int n_parts_;
    /// Rounds of a part that somebody has begun, on a line of its own.
    struct alignas(128) Begun {
        std::atomic<std::int64_t> rounds{0};
    };
    std::vector<Begun> begun_;                        ///< [part]
    alignas(64) std::atomic<std::int64_t> n_done_{0}; ///< parts, over all rounds
    alignas(64) std::atomic<std::int64_t> n_rounds_;
};

/// work(member) for member = 0 .. n_members - 1, each on a thread of its own; the caller is member
/// 0.
/// @throws what a member threw first, by number, after all have ended; a member that throws must
///         not leave others waiting for its part
void run_team(int n_members, const std::function<void(int)>& work);

} // namespace lamina::cpu

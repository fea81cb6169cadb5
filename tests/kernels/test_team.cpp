#include <catch2/catch.hpp>

#include <atomic>
#include <stdexcept>
#include <vector>

#include "kernels/cpu/team.hpp"

namespace lamina::cpu {

TEST_CASE("every part is done once per round, and no round begins before the last has ended") {
    for (const int n_members : {1, 2, 3, 5})
        for (const int n_parts : {1, 2, 3, 7}) {
            const std::int64_t n_rounds = 500;
            Rounds rounds(n_rounds, n_parts);
            // not atomic: the rounds alone keep threads from meeting here
            std::vector<std::int64_t> times(std::size_t(n_parts), 0);
            std::vector<std::int64_t> seen(std::size_t(n_parts), 0);
            std::atomic<int> wrong{0};
            run_team(n_members, [&](int member) {
                Rounds::Turn turn{};
                while (rounds.take(member, n_members, turn)) {
                    const auto part = std::size_t(turn.part);
                    if (times[part]++ != turn.round) ++wrong;
                    if (turn.round % 2 == 0) { // what others wrote in the round before
                        seen[part] = turn.round;
                    } else {
                        for (const std::int64_t round : seen)
                            if (round != turn.round - 1) ++wrong;
                    }
                    rounds.done();
                }
            });
            CHECK(wrong == 0);
            for (const std::int64_t n : times) CHECK(n == n_rounds);
        }
}

TEST_CASE("rounds end for all where one says so") {
    for (const int n_members : {1, 2, 3}) {
        Rounds rounds(1000, 3);
        std::atomic<std::int64_t> last{-1}, n{0};
        run_team(n_members, [&](int member) {
            Rounds::Turn turn{};
            while (rounds.take(member, n_members, turn)) {
                if (turn.round == 17 && turn.part == 1) rounds.end_after(17);
                if (turn.round > last) last = turn.round;
                ++n;
                rounds.done();
            }
        });
        CHECK(last == 17);
        CHECK(n == 18 * 3);
    }
}

TEST_CASE("a member that fails leaves nobody waiting, and what it threw arrives") {
    for (int n_members = 1; n_members < 4; ++n_members) {
        Rounds rounds(1000, 3);
        const auto work = [&](int member) {
            Rounds::Turn turn{};
            while (rounds.take(member, n_members, turn)) {
                if (turn.round == 5 && turn.part == 2) {
                    rounds.end_after(-1);
                    throw std::runtime_error("no memory");
                }
                rounds.done();
            }
        };
        CHECK_THROWS_WITH(run_team(n_members, work), "no memory");
    }
}

} // namespace lamina::cpu

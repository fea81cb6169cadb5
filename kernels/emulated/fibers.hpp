/// Many threads of execution on one processor, each going on until it waits: what the threads of a
/// GPU are run as where there is none. Who goes on is drawn from a seed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace lamina::emulated {

/// Some fiber waits for what will never come, or two wait for different things.
struct Deadlock : std::logic_error {
    using std::logic_error::logic_error;
};

/// A place where a number of fibers meet. Each says what it does there; all must say the same.
class Meeting {
  public:
    explicit Meeting(int n_members = 0) : n_members_(n_members) {}

  private:
    friend class Fibers;
    int n_members_;
    const char* what_ = nullptr;
    std::vector<int> waiting_;
};

class Fibers {
  public:
    explicit Fibers(std::uint64_t seed);
    ~Fibers();
    Fibers(const Fibers&) = delete;
    Fibers& operator=(const Fibers&) = delete;

    /// Runs body(0) .. body(n - 1), each on a stack of its own, until all have ended.
    /// @throws Deadlock, with what they waited for, when none can go on
    void run(int n, const std::function<void(int)>& body);

    /// Of the running fiber: goes on when all members are here.
    void meet(Meeting&, const char* what);
    /// Of the running fiber: lets another go on.
    void pause();

  private:
    struct Fiber;
    static void enter(unsigned high, unsigned low);
    void live();
    void switch_to_main();
    void resume(int fiber);
    std::uint32_t draw(std::uint32_t n);
    [[noreturn]] void give_up(int n);

    std::vector<std::unique_ptr<Fiber>> fibers_; ///< kept, with their stacks, from run to run
    std::unique_ptr<Fiber> main_;
    std::vector<int> ready_;
    const std::function<void(int)>* body_ = nullptr;
    int running_ = -1;
    std::uint64_t seed_, n_draws_ = 0;
    std::exception_ptr failure_;
    std::string quarrel_; ///< members of one meeting who came for different things
};

} // namespace lamina::emulated

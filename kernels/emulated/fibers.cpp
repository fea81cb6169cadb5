#include "kernels/emulated/fibers.hpp"

#include <sys/mman.h>
#include <ucontext.h>

#include <cstring>
#include <new>
#include <utility>

#if defined(__SANITIZE_ADDRESS__)
#define LAMINA_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define LAMINA_ASAN 1
#endif
#endif
#if defined(LAMINA_ASAN)
#include <sanitizer/common_interface_defs.h>
#endif

namespace lamina::emulated {

constexpr std::size_t stack_bytes = std::size_t(256) << 10;

struct Fibers::Fiber {
    ucontext_t context{};
    void* stack = nullptr;
    bool done = false;
    const char* waits_for = nullptr;
    // what the address sanitizer must be told of a switch
    void* fake_stack = nullptr;
    const void* bottom = nullptr;
    std::size_t size = 0;

    explicit Fiber(bool with_stack) {
        if (!with_stack) return;
        stack = mmap(nullptr, stack_bytes, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (stack == MAP_FAILED) throw std::bad_alloc();
        bottom = stack, size = stack_bytes;
    }
    ~Fiber() {
        if (stack) munmap(stack, stack_bytes);
    }
};

namespace {

void leave(void** fake_stack, const void* bottom, std::size_t size) {
#if defined(LAMINA_ASAN)
    __sanitizer_start_switch_fiber(fake_stack, bottom, size);
#else
    (void)fake_stack, (void)bottom, (void)size;
#endif
}
void arrive(void* fake_stack, const void** bottom, std::size_t* size) {
#if defined(LAMINA_ASAN)
    __sanitizer_finish_switch_fiber(fake_stack, bottom, size);
#else
    (void)fake_stack, (void)bottom, (void)size;
#endif
}

} // namespace

Fibers::Fibers(std::uint64_t seed) : main_(std::make_unique<Fiber>(false)), seed_(seed) {}
Fibers::~Fibers() = default;

std::uint32_t Fibers::draw(std::uint32_t n) {
    std::uint64_t z = seed_ + 0x9e3779b97f4a7c15u * ++n_draws_; // SplitMix64
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return static_cast<std::uint32_t>(((z ^ (z >> 31)) >> 32) * n >> 32);
}

void Fibers::enter(unsigned high, unsigned low) {
    const auto address = (static_cast<std::uint64_t>(high) << 32) | low;
    reinterpret_cast<Fibers*>(address)->live();
}

/// The whole life of a fiber.
void Fibers::live() {
    arrive(nullptr, &main_->bottom, &main_->size);
    try {
        (*body_)(running_);
    } catch (...) { // may not leave the stack it was thrown on
        failure_ = std::current_exception();
    }
    fibers_[std::size_t(running_)]->done = true;
    switch_to_main();
}

void Fibers::switch_to_main() {
    Fiber& from = *fibers_[std::size_t(running_)];
    leave(from.done ? nullptr : &from.fake_stack, main_->bottom, main_->size);
    swapcontext(&from.context, &main_->context);
    arrive(from.fake_stack, &main_->bottom, &main_->size);
}

void Fibers::resume(int fiber) {
    Fiber& to = *fibers_[std::size_t(fiber)];
    running_ = fiber;
    leave(&main_->fake_stack, to.bottom, to.size);
    swapcontext(&main_->context, &to.context);
    arrive(main_->fake_stack, nullptr, nullptr);
}

void Fibers::run(int n, const std::function<void(int)>& body) {
    while (int(fibers_.size()) < n) fibers_.push_back(std::make_unique<Fiber>(true));
    body_ = &body;
    quarrel_.clear();
    ready_.clear();
    const auto self = reinterpret_cast<std::uint64_t>(this);
    for (int i = 0; i < n; ++i) {
        Fiber& f = *fibers_[std::size_t(i)];
        f.done = false, f.waits_for = nullptr, f.fake_stack = nullptr;
        getcontext(&f.context);
        f.context.uc_stack.ss_sp = f.stack;
        f.context.uc_stack.ss_size = stack_bytes;
        f.context.uc_link = nullptr;
        makecontext(&f.context, reinterpret_cast<void (*)()>(&Fibers::enter), 2,
                    static_cast<unsigned>(self >> 32), static_cast<unsigned>(self));
        ready_.push_back(i);
    }
    int n_done = 0;
    while (!ready_.empty()) {
        const std::uint32_t k = draw(static_cast<std::uint32_t>(ready_.size()));
        const int fiber = ready_[k];
        ready_[k] = ready_.back();
        ready_.pop_back();
        resume(fiber);
        if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
        if (!quarrel_.empty()) throw Deadlock(quarrel_);
        n_done += fibers_[std::size_t(fiber)]->done;
    }
    if (n_done < n) give_up(n);
}

void Fibers::meet(Meeting& meeting, const char* what) {
    Fiber& self = *fibers_[std::size_t(running_)];
    if (!meeting.waiting_.empty() && std::strcmp(meeting.what_, what) != 0) {
        quarrel_ = std::string("thread ") + std::to_string(running_) + " came to " + what +
                   " while thread " + std::to_string(meeting.waiting_.front()) + " waits at " +
                   meeting.what_;
        return switch_to_main();
    }
    meeting.what_ = what;
    if (int(meeting.waiting_.size()) + 1 < meeting.n_members_) {
        meeting.waiting_.push_back(running_);
        self.waits_for = what;
        return switch_to_main();
    }
    for (const int other : meeting.waiting_) {
        fibers_[std::size_t(other)]->waits_for = nullptr;
        ready_.push_back(other);
    }
    meeting.waiting_.clear();
    pause(); // the last to come is not the first to go
}

void Fibers::pause() {
    ready_.push_back(running_);
    switch_to_main();
}

void Fibers::give_up(int n) {
    int n_waiting = 0, first = -1;
    for (int i = 0; i < n; ++i)
        if (!fibers_[std::size_t(i)]->done) {
            if (first < 0) first = i;
            ++n_waiting;
        }
    throw Deadlock(std::to_string(n_waiting) + " of " + std::to_string(n) +
                   " threads wait for ever, the first of them, " + std::to_string(first) + ", at " +
                   fibers_[std::size_t(first)]->waits_for);
}

} // namespace lamina::emulated

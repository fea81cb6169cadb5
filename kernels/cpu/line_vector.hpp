/// A vector whose memory begins with a cache line: a wide register then never straddles two lines,
/// which costs twice.
#pragma once

#include <cstddef>
#include <new>
#include <vector>

namespace lamina::cpu {

constexpr std::size_t line_bytes = 64;

template <class T> struct LineAllocator {
    using value_type = T;
    LineAllocator() = default;
    template <class U> LineAllocator(const LineAllocator<U>&) {}

    T* allocate(std::size_t n) {
        return static_cast<T*>(::operator new(n * sizeof(T), std::align_val_t(line_bytes)));
    }
    void deallocate(T* p, std::size_t) { ::operator delete(p, std::align_val_t(line_bytes)); }
    template <class U> bool operator==(const LineAllocator<U>&) const { return true; }
    template <class U> bool operator!=(const LineAllocator<U>&) const { return false; }
};

template <class T> using LineVector = std::vector<T, LineAllocator<T>>;

} // namespace lamina::cpu

/// A pointer and a length that never own; indices are checked in debug builds.
#pragma once

#include <cstddef>
#include <vector>

#include "kernels/portable.hpp"

namespace lamina {

template <class T> struct View {
    T* data = nullptr;
    std::size_t size = 0;

    View() = default;
    LAMINA_FN View(T* first, std::size_t n) : data(first), size(n) {}
    template <class U> View(std::vector<U>& from) : data(from.data()), size(from.size()) {}
    template <class U> View(const std::vector<U>& from) : data(from.data()), size(from.size()) {}

    LAMINA_FN T& operator[](std::size_t i) const {
        LAMINA_EXPECT(i < size);
        return data[i];
    }
    LAMINA_FN T* begin() const { return data; }
    LAMINA_FN T* end() const { return data + size; }
    LAMINA_FN View part(std::size_t first, std::size_t n) const {
        LAMINA_EXPECT(first + n <= size);
        return View(data + first, n);
    }
};

} // namespace lamina

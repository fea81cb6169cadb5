/// All rows of a launch, in the words of sim/gate_step.hpp.
#pragma once

#include <cstddef>

namespace lamina {

template <class Exec> struct AllRows {
    const Exec& exec;
    std::size_t n;
    template <class Body> void items(const char* label, const Body& body) const {
        exec.for_each(label, n, body);
    }
    template <class Body> void rows(const char* label, const Body& body) const {
        exec.for_each_row(label, n, body);
    }
};

} // namespace lamina

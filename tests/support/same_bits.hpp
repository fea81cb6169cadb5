/// Equal numbers to the last bit: also the sign of zero, also what kind of NaN.
#pragma once

#include <cstring>
#include <vector>

namespace lamina::test {

template <class Real> bool same_bits(const std::vector<Real>& a, const std::vector<Real>& b) {
    if (a.size() != b.size()) return false;
    return a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(Real)) == 0;
}

} // namespace lamina::test

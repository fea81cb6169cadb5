#include "kernels/cpu/isa.hpp"

#include <algorithm>

namespace lamina::cpu {
namespace {

Isa detect() {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw"))
        return Isa::avx512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return Isa::avx2;
#endif
    return Isa::plain;
}

Isa& chosen() {
    static Isa value = detect();
    return value;
}

} // namespace

Isa isa() { return chosen(); }

void limit_isa(Isa most) { chosen() = std::min(detect(), most); }

const char* name_of(Isa which) {
    return which == Isa::avx512 ? "avx512" : which == Isa::avx2 ? "avx2" : "plain";
}

} // namespace lamina::cpu

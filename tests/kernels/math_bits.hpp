/// One number over the outputs of every function of kernels/math.hpp: equal numbers, equal bits.
#pragma once

#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <limits>

#include "kernels/math.hpp"

namespace lamina::test {

/// FNV-1a over the bytes of values; all NaN count as one, since their sign and payload mean
/// nothing.
class BitsHash {
  public:
    template <class Real> void add(Real x) {
        if (x != x) x = std::numeric_limits<Real>::infinity(), add_byte(1);
        unsigned char bytes[sizeof(Real)];
        std::memcpy(bytes, &x, sizeof x);
        for (const unsigned char byte : bytes) add_byte(byte);
    }
    std::uint64_t value() const { return hash_; }

  private:
    void add_byte(unsigned char byte) { hash_ = (hash_ ^ byte) * 0x100000001b3; }
    std::uint64_t hash_ = 0xcbf29ce484222325;
};

/// Applies every function to one argument.
template <class Real> void add_all_functions(BitsHash& hash, Real x) {
    hash.add(math::exp(x));
    if (!(x > Real(88))) hash.add(math::exp_flushed(x)); // not asked for beyond
    hash.add(math::expm1(x));
    hash.add(math::log(x));
    hash.add(math::log1p(x));
    hash.add(math::tanh(x));
    hash.add(math::erf(x));
    hash.add(math::sqrt(x));
    // turns beyond the documented range are not asked for
    if (x > Real(-1000) && x < Real(1000)) {
        hash.add(math::sin_turns(x));
        hash.add(math::cos_turns(x));
    }
}

/// Arguments: `count` numbers of every size and sign, `count` in [-20, 20), and the special ones.
template <class Real> std::uint64_t math_bits(int count) {
    using Bits = typename math::detail::Format<Real>::Bits;
    BitsHash hash;
    std::uint64_t state = 1;
    for (int i = 0; i < count; ++i) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        add_all_functions(hash, math::detail::from_bits<Real>(
                                    static_cast<Bits>(state >> (64 - 8 * sizeof(Real)))));
        add_all_functions(hash, static_cast<Real>(static_cast<std::int32_t>(state >> 32)) *
                                    static_cast<Real>(20.0 / 2147483648.0));
    }
    const Real infinity = std::numeric_limits<Real>::infinity();
    for (const Real x : {Real(0), Real(-0.0), Real(1), Real(-1), infinity, -infinity,
                         std::numeric_limits<Real>::quiet_NaN(), std::numeric_limits<Real>::min(),
                         std::numeric_limits<Real>::denorm_min(), std::numeric_limits<Real>::max()})
        add_all_functions(hash, x);
    return hash.value();
}

} // namespace lamina::test

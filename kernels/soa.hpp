/// A small struct in structure-of-arrays memory: word k of item i lies at words[k * stride + i], so
/// that neighbouring items share a vector register (CPU) or a cache line (GPU).
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "kernels/portable.hpp"

namespace lamina {

/// An integer as wide as a Real, for what a state counts.
template <class Real>
using CountOf = std::conditional_t<sizeof(Real) == 4, std::int32_t, std::int64_t>;

/// @tparam Record  trivially copyable, its members all as wide as its alignment
template <class Record> struct SoaView {
    static_assert(std::is_trivially_copyable_v<Record>);
    using Word = std::conditional_t<alignof(Record) == 4, std::uint32_t, std::uint64_t>;
    static constexpr std::size_t n_words = sizeof(Record) / sizeof(Word);
    static_assert(alignof(Record) == sizeof(Word) && sizeof(Record) == n_words * sizeof(Word));

    Word* words = nullptr;  ///< [n_words, stride]
    std::size_t stride = 0; ///< items

    // word by word: a record moved as a whole, when it fits a register, would not vectorise
    LAMINA_FN Record load(std::size_t item) const {
        Record record;
        for (std::size_t k = 0; k < n_words; ++k)
            std::memcpy(reinterpret_cast<char*>(&record) + k * sizeof(Word),
                        &words[k * stride + item], sizeof(Word));
        return record;
    }
    LAMINA_FN void store(std::size_t item, const Record& record) const {
        for (std::size_t k = 0; k < n_words; ++k)
            std::memcpy(&words[k * stride + item],
                        reinterpret_cast<const char*>(&record) + k * sizeof(Word), sizeof(Word));
    }
};

} // namespace lamina

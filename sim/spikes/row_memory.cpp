#include "sim/spikes/row_memory.hpp"

#include <sys/mman.h>

#include <new>

namespace lamina {

constexpr std::size_t piece_bytes = std::size_t(4) << 20;

RowMemory::~RowMemory() {
    for (const Piece& piece : pieces_) munmap(piece.words, piece.n * 4);
}

std::uint32_t* RowMemory::take(std::size_t n_words) {
    if (pieces_.empty() || used_ + n_words > pieces_.back().n) {
        const std::size_t bytes = (n_words * 4 + piece_bytes - 1) / piece_bytes * piece_bytes;
        // a huge page begins at a multiple of its size: ask for one more and give back the ends
        void* const asked = mmap(nullptr, bytes + piece_bytes, PROT_READ | PROT_WRITE,
                                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (asked == MAP_FAILED) throw std::bad_alloc();
        const auto begin = reinterpret_cast<std::uintptr_t>(asked);
        const std::uintptr_t even = (begin + piece_bytes - 1) / piece_bytes * piece_bytes;
        if (even > begin) munmap(asked, even - begin);
        munmap(reinterpret_cast<void*>(even + bytes), begin + piece_bytes - even);
        madvise(reinterpret_cast<void*>(even), bytes, MADV_HUGEPAGE);
        pieces_.push_back({reinterpret_cast<std::uint32_t*>(even), bytes / 4});
        used_ = 0;
    }
    std::uint32_t* const words = pieces_.back().words + used_;
    used_ += n_words;
    return words;
}

std::size_t RowMemory::bytes() const {
    std::size_t words = used_;
    for (std::size_t i = 0; i + 1 < pieces_.size(); ++i) words += pieces_[i].n;
    return words * 4;
}

} // namespace lamina

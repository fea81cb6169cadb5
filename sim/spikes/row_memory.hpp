/// Memory for the rows of synapses (kernels/synapse_row.hpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace lamina {

/// Memory for rows, in pieces that never move, on huge pages where the system has them.
class RowMemory {
  public:
    RowMemory() = default;
    RowMemory(RowMemory&&) = default;
    RowMemory& operator=(RowMemory&&) = default;
    ~RowMemory();
    /// @throws std::bad_alloc
    std::uint32_t* take(std::size_t n_words);
    std::size_t bytes() const;

    struct Piece {
        std::uint32_t* words;
        std::size_t n;
    };
    /// What was taken; of the last piece, what is used.
    std::vector<Piece> pieces() const {
        std::vector<Piece> all = pieces_;
        if (!all.empty()) all.back().n = used_;
        return all;
    }

  private:
    std::vector<Piece> pieces_;
    std::size_t used_ = 0; ///< of the last piece
};

} // namespace lamina

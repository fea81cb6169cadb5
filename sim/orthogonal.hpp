/// Random orthogonal matrices from a seed.
#pragma once

#include <cstdint>
#include <vector>

#include "kernels/philox.hpp"

namespace lamina {

/// A random orthogonal matrix, uniform over the orthogonal group (Haar): the factor Q of G^T = Q R,
/// R with a positive diagonal, where G has independent N(0, 1) entries; the rows returned are the
/// columns of Q. Gram and Schmidt run twice over each row, which makes the rows orthogonal to
/// rounding
/// ("twice is enough"), in plain loops whose order never changes, so the bits follow from the seed.
/// @param n       1..65535; O(n^3) work
/// @param matrix  which matrix of the stream: the step under which its entries are drawn
/// @return  [n][n]
/// @source  Mezzadri (2007), arXiv:math-ph/0609050; Giraud et al. (2005),
/// doi:10.1007/s00211-005-0615-4
std::vector<double> random_orthogonal(int n, std::uint64_t seed, Stream stream,
                                      std::uint64_t matrix);

} // namespace lamina

/// The most this processor does in one thread: fused multiply-adds between registers, nothing else.
#pragma once

namespace lamina::cpu {

/// Runs `rounds` rounds of independent chains of fma in the instruction set of isa().hpp.
/// @returns floating-point operations done (2 per fma and number)
template <class Real> double run_fma_chains(long rounds);

} // namespace lamina::cpu

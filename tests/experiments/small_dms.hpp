/// A delayed match to sample for tests of the program.
#pragma once

namespace lamina::test {

/// A delayed match to sample that takes a second: small, short, but all of its parts.
inline const char* const small_dms = R"(lamina: 1
name: small
seed: 3
column: {columns: 5, heads: 2, d_model: 16, d_head: 8, noise: {L5E: 0.01}}
simulation: {dt: 0.5 ms}
task:
  type: delayed_match_to_sample
  stimuli: {kind: ring, number: 8}
  load: [1, 3]
  timing: {fixation: 50 ms, sample: 100 ms, delay: 100 ms, test: 200 ms, response: 300 ms}
  trials: {per_condition: 6}
)";

} // namespace lamina::test

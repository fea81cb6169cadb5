/// A valid experiment file that names most keys: the tests read it, break it and compare.
#pragma once

#include <string>

namespace lamina::test {

inline const std::string example_spec = R"(# yaml-language-server: $schema=lamina.schema.json
lamina: 1                      # format version
name: dms
title: Attention and set size
question: Does attention through PV normalisation explain the human set-size effect?
source: doi:10.1523/JNEUROSCI.3733-05.2006
seed: 7
simulation: {mode: rate, dt: 0.1 ms, integrator: exponential, device: cpu, precision: default}
column:
  columns: 16
  heads: 4
  d_model: 64
  d_head: 16
  d_ff: 32
  attention: cross
  norm: pre
  norm_epsilon: 1e-6
  activation: relu
  coding: opponent
  baseline: 2.5
  score: {type: additive_exponential, gain: 1.5, units: 512, orthogonal: true}
  inhibition: {type: pv_finite, kappa: 8}
  apical_suppression: 0.25
  PV_delay: 0.5 ms
  tau: {L4E: 11 ms, gate: 6 ms, PV: 2.5 ms, PV_lag: 300 us}
  noise: {L4E: 0.1, PV: 0.02}
  weights: {kind: random, score_sd: 1.5, biases: true}
oscillation:
  gamma: {shape: window, frequency: 0.045 kHz, depth: 0.6, phase: 90 deg, duty: 0.4, jitter: 10 deg}
circuit: {model: attention_column}
memory:
  encoding: {inhibition: pv_divisive, n: 1.6, sigma_n: 2.1, counts: 19}
  maintenance: persistent
  diffusion: 21 deg2/s
  update: 5 ms
task:
  type: delayed_match_to_sample
  stimuli: {kind: ring, number: 17, kappa: 4.5}
  load: [1, 2, 3, 4]
  timing: {fixation: 301 ms, sample: 0.5 s, delay: 1001 ms, test: 501 ms, response: 901 ms}
  trials: {per_condition: 51, match_fraction: 0.4}
  nonmatch: any
  decision:
    gain: 1.1
    criterion: 0.45
    non_decision_time: 210 ms
    network: {threshold: 16 Hz, mu_0: 31 Hz, sigma: 21 pA}
transformer: {weights: same_as_column}
record: {rates: {every: 4 ms}, attention: {every: 6 ms}, trace: {every: 2 ms}, spikes: none, lfp: none}
interventions: []
analysis: {bootstrap: 500, ci: 0.9}
compare_with: [rouder_2008_change_detection]
expect: {comparison.output_relative_error: "< 1e-3"}
vary: {column.tau.PV: [2 ms, 3 ms], column.norm: [pre, post]}
sweep: {grid: {task.timing.delay: [1 s, 4 s]}, replicates: 5}
)";

} // namespace lamina::test

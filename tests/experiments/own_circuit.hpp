/// A circuit in tables that names most keys: the tests read it, break it and compare.
#pragma once

#include <string>

namespace lamina::test {

inline const std::string own_circuit = R"(lamina: 1
name: own
seed: 1
simulation: {mode: spiking, dt: 0.1 ms}
task: {type: resting_state, duration: 100 ms, discard: 20 ms}
circuit:
  populations:
    E:
      model: lif_delta
      parameters: {tau_m: 15 ms, mu: 23.1 mV, sigma: 1 mV, E_L: 0 mV}
      n: 80
      start: {V: {law: normal, mean: 15 mV, sd: 2 mV, most: 19 mV}}
      drive:
        - {rate: 20 kHz, weight: 0.1 mV, input: potential, from: 0 ms, to: 1 s}
        - {rate: 100 Hz, weight: -0.1 mV}
      protocol: {from: 50 ms, to: 80 ms, mu: 26.6 mV}
    I: {model: adex, n: 20, start: {V: -65 mV}}
    cue: {model: poisson, n: 20, parameters: {rate: 50 Hz}}
  projections:
    to_E:
      from: [E, cue]
      to: E
      rule: {type: fixed_in_degree, number: 10, autapses: false}
      weight: 0.1 mV
      delay: 1.5 ms
      synapse: {model: tsodyks_markram, U: 0.3}
    to_I:
      from: E
      to: I
      rule: {type: pairwise_bernoulli, probability: 0.1}
      weight: {law: lognormal, mean: 2 nS, sd: 0.5 nS}
      delay: {law: normal_redrawn, mean: 1.5 ms, sd: 0.5 ms, least: 0.5 ms, most: 3 ms}
      input: excitatory
    I_to_I:
      from: I
      to: I
      rule: one_to_one
      weight: {law: uniform, least: 1 nS, most: 2 nS}
      delay: 1 ms
      input: inhibitory
)";

} // namespace lamina::test

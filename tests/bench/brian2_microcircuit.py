"""The microcircuit of Potjans & Diesmann (2014) with Poisson drive in Brian2, C++ standalone.

    python3 brian2_microcircuit.py SCALE SECONDS THREADS

Neurons, numbers of synapses, laws of weights and delays, compensation below full scale as in
models/circuits/potjans_diesmann_2014.hpp; exact integration; Brian2 as it comes (double precision, its own compiler flags).
Prints JSON: the wall time of SECONDS after 0.5 s over SECONDS, rates by population.
"""
import json
import sys
import tempfile

import brian2 as b
import numpy as np

scale, seconds, threads = float(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
names = ["L23E", "L23I", "L4E", "L4I", "L5E", "L5I", "L6E", "L6I"]
full = np.array([20683, 5834, 21915, 5479, 4850, 1065, 14395, 2948])
external = np.array([1600, 1500, 2100, 1900, 2000, 1900, 2900, 2100])
C = np.array([[.1009, .1689, .0437, .0818, .0323, 0, .0076, 0],
              [.1346, .1371, .0316, .0515, .0755, 0, .0042, 0],
              [.0077, .0059, .0497, .1350, .0067, .0003, .0453, 0],
              [.0691, .0029, .0794, .1597, .0033, 0, .1057, 0],
              [.1004, .0622, .0505, .0057, .0831, .3726, .0204, 0],
              [.0548, .0269, .0257, .0022, .0600, .3158, .0086, 0],
              [.0156, .0066, .0211, .0166, .0572, .0197, .0396, .2252],
              [.0364, .0010, .0034, .0005, .0277, .0080, .0658, .1443]])
V_mean = [-68.28, -63.16, -63.33, -63.45, -63.11, -61.66, -66.72, -61.43]
V_sd = [5.36, 4.57, 4.74, 4.94, 4.94, 4.55, 5.46, 4.48]
rates_Hz = np.array([.903, 2.965, 4.414, 5.876, 7.569, 8.633, 1.105, 7.829])
tau_syn_ms, w_pA, root = 0.5, 87.8085, np.sqrt(scale)

program = tempfile.TemporaryDirectory()
b.set_device("cpp_standalone", build_on_run=False)
b.prefs.devices.cpp_standalone.openmp_threads = threads if threads > 1 else 0
b.defaultclock.dt = 0.1 * b.ms
random = np.random.default_rng(1)

n = np.round(scale * full).astype(int)
first = np.concatenate([[0], np.cumsum(n)])
neurons = b.NeuronGroup(
    first[-1],
    """dV/dt = (-65 * mV - V) / (10 * ms) + (I + I_bias) / (250 * pF) : volt (unless refractory)
       dI/dt = -I / (0.5 * ms) : amp
       I_bias : amp (constant)""",
    threshold="V >= -50 * mV", reset="V = -65 * mV", refractory=2 * b.ms, method="exact")
Q = np.round(np.log1p(-C) / np.log1p(-1 / np.outer(full, full)))
mean_pA = np.tile(w_pA * np.where(np.arange(8) % 2 == 0, 1, -4), (8, 1))
mean_pA[0, 2] *= 2
missing_pA = tau_syn_ms * 1e-3 * (Q / full[:, None] * mean_pA * rates_Hz).sum(axis=1)
inputs = []
for g in range(8):
    group = neurons[first[g]:first[g + 1]]
    group.V = random.normal(V_mean[g], V_sd[g], n[g]) * b.mV
    external_pA = tau_syn_ms * 1e-3 * external[g] * 8 * w_pA
    group.I_bias = (1 - root) * (missing_pA[g] + external_pA) * b.pA
    inputs.append(b.PoissonInput(group, "I", int(round(external[g] * scale)), 8 * b.Hz,
                                 weight=w_pA / root * b.pA))
source, target, weights_pA, delays_ms = [], [], [], []
for to in range(8):
    for origin in range(8):
        number = int(round(Q[to, origin] * scale * n[to] / full[to]))
        source.append(first[origin] + random.integers(0, n[origin], number))
        target.append(first[to] + random.integers(0, n[to], number))
        mean = mean_pA[to, origin] / root
        w = random.normal(mean, abs(mean) * 0.1, number)
        weights_pA.append(np.maximum(w, 0) if mean > 0 else np.minimum(w, 0))
        d = 1.5 if origin % 2 == 0 else 0.75
        delays = random.normal(d, d / 2, number)
        while (bad := delays < 0.1).any():
            delays[bad] = random.normal(d, d / 2, bad.sum())
        delays_ms.append(delays)
synapses = b.Synapses(neurons, neurons, "weight : amp", on_pre="I_post += weight")
synapses.connect(i=np.concatenate(source), j=np.concatenate(target))
synapses.weight = np.concatenate(weights_pA) * b.pA
synapses.delay = np.concatenate(delays_ms) * b.ms
spikes = b.SpikeMonitor(neurons)

network = b.Network(neurons, synapses, spikes, *inputs)
network.run(0.5 * b.second)
network.run(seconds * b.second)
b.device.build(directory=program.name, run=True, compile=True, with_output=False)
late = np.asarray(spikes.t / b.second) >= 0.5
counts = np.bincount(np.searchsorted(first, np.asarray(spikes.i)[late], side="right") - 1,
                     minlength=8)
# the time of both runs, of which the second is counted by its share
wall_s = b.device._last_run_time * seconds / (seconds + 0.5)
print(json.dumps({"simulator": "brian2 " + b.__version__, "threads": threads, "scale": scale,
                  "seconds": seconds, "real_time_factor": wall_s / seconds,
                  "rates_Hz": dict(zip(names, (counts / n / seconds).round(3).tolist()))}))

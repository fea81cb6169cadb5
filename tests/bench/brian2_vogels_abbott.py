"""The network of Vogels & Abbott (2005) in Brian2, C++ standalone.

    python3 brian2_vogels_abbott.py SCALE SECONDS THREADS [SEED]

Numbers as in models/circuits/vogels_abbott_2005.hpp; exponential Euler, which Brian2 chooses for such
neurons; Brian2 as it comes (double precision, its own compiler flags). Prints JSON: the wall time of
SECONDS after 0.5 s over SECONDS, rates by population.
"""
import json
import resource
import sys
import tempfile

import brian2 as b
import numpy as np

scale, seconds, threads = float(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
seed = int(sys.argv[4]) if len(sys.argv) > 4 else 1
n_excitatory, n_inhibitory = round(3200 * scale), round(800 * scale)
n = n_excitatory + n_inhibitory

program = tempfile.TemporaryDirectory()
b.set_device("cpp_standalone", build_on_run=False)
b.prefs.devices.cpp_standalone.openmp_threads = threads if threads > 1 else 0
b.defaultclock.dt = 0.1 * b.ms
b.seed(seed)
random = np.random.default_rng(seed)

neurons = b.NeuronGroup(
    n,
    """dV/dt = (10 * nS * (-60 * mV - V) + g_exc * (0 * mV - V) + g_inh * (-80 * mV - V)) / (200 * pF)
               : volt (unless refractory)
       dg_exc/dt = -g_exc / (5 * ms) : siemens
       dg_inh/dt = -g_inh / (10 * ms) : siemens""",
    threshold="V >= -50 * mV", reset="V = -60 * mV", refractory=5 * b.ms,
    method="exponential_euler")
neurons.V = random.normal(-65, 5, n) * b.mV
neurons.g_exc = np.maximum(random.normal(40, 15, n), 0) * b.nS
neurons.g_inh = np.maximum(random.normal(200, 120, n), 0) * b.nS
excitation = b.Synapses(neurons[:n_excitatory], neurons, on_pre="g_exc_post += 6 * nS",
                        delay=0.1 * b.ms)
inhibition = b.Synapses(neurons[n_excitatory:], neurons, on_pre="g_inh_post += 67 * nS",
                        delay=0.1 * b.ms)
for synapses in (excitation, inhibition):
    synapses.connect(p=0.02 / scale)
spikes = b.SpikeMonitor(neurons)

network = b.Network(neurons, excitation, inhibition, spikes)
network.run(0.5 * b.second)
network.run(seconds * b.second)
b.device.build(directory=program.name, run=False, compile=True, with_output=False)
compiled = resource.getrusage(resource.RUSAGE_CHILDREN)
b.device.run(with_output=False)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
cpu_s = used.ru_utime + used.ru_stime - compiled.ru_utime - compiled.ru_stime
late = np.asarray(spikes.i)[np.asarray(spikes.t / b.second) >= 0.5]
excitatory = np.count_nonzero(late < n_excitatory)
# the time of both runs, of which the second is counted by its share; processor time with what
# connecting takes, some 0.01 s
share = seconds / (seconds + 0.5)
wall_s = b.device._last_run_time * share
print(json.dumps({"simulator": "brian2 " + b.__version__, "threads": threads, "scale": scale,
                  "seconds": seconds, "real_time_factor": wall_s / seconds,
                  "cpu_seconds_per_biological_second": cpu_s * share / seconds,
                  "rates_Hz": {"E": round(excitatory / n_excitatory / seconds, 3),
                               "I": round((late.size - excitatory) / n_inhibitory / seconds, 3)}}))

"""The network of Brunel (2000) in its asynchronous irregular state in Arbor.

    python3 arbor_brunel.py SCALE SECONDS THREADS

Numbers as in models/circuits/brunel_2000.hpp, g = 5, eta = 2. Arbor's lif_cell jumps by the weight of
an event over C_m and decays exactly in between: the same neuron, but at the times of its events
rather than on a grid. Prints JSON: wall and processor time of SECONDS after 0.5 s over SECONDS, rates
by population.
"""
import json
import sys
import time

import arbor
import numpy as np
from arbor import units as u

scale, seconds, threads = float(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
n_excitatory, n_inhibitory = round(10000 * scale), round(2500 * scale)
weights, delay = {"E": 0.1, "I": -0.5}, 1.5 * u.ms
external_kHz = 1000 * 2 * 10 * 1e-3


class Brunel(arbor.recipe):
    def num_cells(self):
        return n_excitatory + n_inhibitory

    def cell_kind(self, gid):
        return arbor.cell_kind.lif

    def cell_description(self, gid):
        cell = arbor.lif_cell("source", "target")
        cell.tau_m, cell.C_m, cell.t_ref = 20 * u.ms, 1 * u.pF, 2 * u.ms
        cell.E_L, cell.E_R, cell.V_th = 0 * u.mV, 10 * u.mV, 20 * u.mV
        cell.V_m = np.random.default_rng([1, gid]).uniform(0, 20) * u.mV
        return cell

    def connections_on(self, gid):
        random = np.random.default_rng([2, gid])
        connections = []
        for weight, first, n, number in ((weights["E"], 0, n_excitatory, 1000),
                                         (weights["I"], n_excitatory, n_inhibitory, 250)):
            others = np.delete(np.arange(first, first + n), gid - first) \
                if first <= gid < first + n else np.arange(first, first + n)
            connections += [arbor.connection((int(source), "source"), "target", weight, delay)
                            for source in random.choice(others, number, replace=False)]
        return connections

    def event_generators(self, gid):
        schedule = arbor.poisson_schedule(freq=external_kHz * u.kHz, seed=gid)
        return [arbor.event_generator("target", weights["E"], schedule)]


recipe = Brunel()
context = arbor.context(threads=threads)
simulation = arbor.simulation(recipe, context, arbor.partition_load_balance(recipe, context))
simulation.record(arbor.spike_recording.all)
simulation.run(500 * u.ms, 0.1 * u.ms)
wall, cpu = time.perf_counter(), time.process_time()
simulation.run((500 + 1000 * seconds) * u.ms, 0.1 * u.ms)
wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
spikes = simulation.spikes()
late = spikes["source"]["gid"][spikes["time"] >= 500]
excitatory = int(np.count_nonzero(late < n_excitatory))
print(json.dumps({"simulator": "arbor " + arbor.__version__, "threads": threads, "scale": scale,
                  "seconds": seconds, "real_time_factor": wall / seconds,
                  "cpu_seconds_per_biological_second": cpu / seconds,
                  "rates_Hz": {"E": round(excitatory / n_excitatory / seconds, 3),
                               "I": round((len(late) - excitatory) / n_inhibitory / seconds, 3)}}))

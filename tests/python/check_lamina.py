"""lamina.py keeps its promises: run by test_lamina_py.cpp under every Python that is supported.

    LAMINA_PROGRAM=build/release/lamina PYTHONPATH=python python3 tests/python/check_lamina.py
"""

import contextlib
import io
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import threading
import unittest

import numpy as np
import xarray as xr

import lamina

SMALL = {"lamina": 1, "name": "small", "seed": 3,
         "simulation": {"dt": "0.5 ms"},
         "task": {"type": "delayed_match_to_sample", "load": [1, 2],
                  "timing": {"delay": "200 ms"}, "trials": {"per_condition": 2}}}

# whatever of these an experiment takes makes it short; the rest is not asked of it
SHORTER = [("task.trials.per_condition", 1), ("task.presentations", 1), ("task.loop.draws", 2),
           ("task.loop.recordings", 1), ("task.loop.units", [64, 256]), ("simulation.dt", "0.5 ms"),
           ("analysis.predict", False), ("analysis.bootstrap", 20), ("circuit.scale", 0.02)]

OF_NEURONS = ("task.trials.per_condition", "simulation.dt", "analysis.predict", "analysis.bootstrap")


def shortened(name):
    """Overrides that the experiment accepts."""
    taken = {}
    text = pathlib.Path(experiment_file(name)).read_text()
    # a check of a column made of neurons tries its steps, which takes seconds: only what shortens it
    if "column.spiking.background" in text:  # whose cells every check measures in the microcircuit
        return {"task.trials.per_condition": 1}
    of_neurons = "column:" in text and "spiking" in text and "softmax_loop" not in text
    for path, value in SHORTER:
        if of_neurons and path not in OF_NEURONS:
            continue
        try:
            lamina.check(name, {**taken, path: value})
        except lamina.LaminaError:
            continue
        taken[path] = value
    return taken


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.stderr = io.StringIO()
        redirected = contextlib.redirect_stderr(self.stderr)
        redirected.__enter__()
        self.addCleanup(redirected.__exit__, None, None, None)

    def small(self, **more):
        more.setdefault("out", self.folder / "run")
        return lamina.run(SMALL, report=False, **more)


class Shipped(Case):
    def test_every_shipped_experiment_opens_as_datasets_with_units(self):
        names = list(lamina.experiments())
        self.assertIn("dms", names)
        if os.environ.get("LAMINA_SHIPPED") == "few":
            names = ["dms", "delayed_estimation", "softmax_loop", "brunel"]
        without_data = []
        for name in names:
            with self.subTest(experiment=name):
                if "LAMINA_DATA" in pathlib.Path(experiment_file(name)).read_text() \
                        and not os.environ.get("LAMINA_DATA"):
                    without_data.append(name)
                    continue
                run = lamina.run(name, shortened(name), out=self.folder / name, report=False)
                self.assertEqual(run.info["name"], name)
                self.assertGreater(len(run), 0)
                for group, dataset in run.items():
                    self.assertIsInstance(dataset, xr.Dataset)
                    self.assertGreater(len(dataset.variables), 0, group)
                    for variable in dataset.variables.values():
                        self.assertTrue(variable.attrs["units"], (group, variable))
                        self.assertTrue(variable.attrs["long_name"], (group, variable))
        if without_data:
            self.skipTest(f"no LAMINA_DATA: not run: {', '.join(without_data)}")


class Runs(Case):
    def test_the_numbers_are_those_of_the_run(self):
        run = self.small()
        self.assertEqual(run["rates"]["time"].attrs["units"], "ms")
        self.assertEqual(run["trials"]["reaction_time_ms"].attrs["units"], "ms")
        self.assertEqual(run["rates"]["rms"].dims, ("variant", "condition", "time", "population"))
        # 4 trials with a sample and a test each; the summary is the mean over presentations
        errors = run["comparison"]["output_relative_error"]
        self.assertEqual(errors.sizes["presentation"], 8)
        entry = run.summary["comparison"]["output_relative_error"]
        self.assertEqual(entry["n"], 8)
        # a mean of 8 doubles: each addition rounds once
        self.assertAlmostEqual(float(errors.mean()) / entry["mean"], 1, delta=1e-14)
        # rows of the reference are softmax: they sum to 1 over the keys
        reference = run["example"]["reference"].sum("key")
        np.testing.assert_allclose(reference, 1, atol=1e-12)
        self.assertEqual(run.spec["task"]["load"], [1, 2])
        self.assertEqual(run.path, self.folder / "run")
        self.assertIn("output_relative_error", repr(run))
        self.assertIn("rates", run)
        self.assertIn("done", self.stderr.getvalue())
        with self.assertRaisesRegex(KeyError, "rates"):
            run["rate"]

    def test_a_file_its_text_and_its_dict_are_the_same_experiment(self):
        text = json.dumps(SMALL, indent=1)
        file = self.folder / "small.yaml"
        file.write_text(text)
        hashes = {lamina.run(spec, out=self.folder / f"run{i}", report=False)
                  .info["files"]["results.h5"]["sha256"]
                  for i, spec in enumerate([file, str(file), text, SMALL])}
        self.assertEqual(len(hashes), 1)

    def test_overrides_reach_the_program(self):
        run = self.small(overrides={"task.load": np.array([3]), "column.inhibition": "pv_linear"},
                         task__timing__delay="100 ms", seed=np.int64(11))
        self.assertEqual(run.spec["task"]["load"], [3])
        self.assertEqual(run.spec["column"]["inhibition"]["type"], "pv_linear")
        self.assertEqual(run.spec["task"]["timing"]["delay"], "100 ms")
        self.assertEqual(run.info["seed"], 11)
        with self.assertRaisesRegex(ValueError, "task.load is given twice"):
            self.small(overrides={"task.load": 1}, task__load=2)

    def test_options_reach_the_program(self):
        run = lamina.run(SMALL, out=self.folder / "run", trace=1, threads=1, profile=True)
        self.assertIn("step", json.loads((run.path / "profile.json").read_text()))
        self.assertEqual(run.info["threads"], 1)
        self.assertIn("time", run["trace"].dims)
        self.assertEqual(run["trace"]["L4E"].attrs["units"], "1")
        self.assertIn("<html", run.report.read_text(encoding="utf-8"))
        self.assertIn("report", self.stderr.getvalue())
        # the same directory again only by force
        with self.assertRaises(lamina.LaminaError) as caught:
            self.small()
        self.assertEqual(caught.exception.ids, ["L0721"])
        self.small(force=True)

    def test_weights_as_arrays_and_as_a_file_of_numpy_are_the_same_run(self):
        random = np.random.default_rng(1)
        heads, d_model, d_head = 2, 8, 4
        weights = {name: random.normal(size=(heads * d_head, d_model)) / np.sqrt(d_model)
                   for name in ("W_Q", "W_K", "W_V")}
        weights["W_O"] = np.ascontiguousarray(weights["W_V"].T)
        weights["b_Q"] = random.normal(size=(heads, d_head))
        file = self.folder / "weights.npz"
        np.savez(file, **weights)

        def run(name, given):
            column = {"columns": 4, "heads": heads, "d_model": d_model, "d_head": d_head,
                      "weights": given}
            return lamina.run({**SMALL, "column": column}, out=self.folder / name, report=False)

        values, from_file = run("values", {"values": weights}), run("file", {"file": file})
        self.assertEqual(values.info["weights_sha256"], from_file.info["weights_sha256"])
        self.assertEqual(values.summary, from_file.summary)
        for group in values:
            self.assertTrue(values[group].equals(from_file[group]), group)
        self.assertEqual(from_file.info["inputs"][0]["bytes"], file.stat().st_size)
        np.savez(file, **{**weights, "W_O": weights["W_O"][:, :-1]})
        with self.assertRaises(lamina.LaminaError) as caught:
            run("wrong", {"file": file})
        self.assertEqual(caught.exception.ids, ["L0326"])
        self.assertIn("`W_O` is [8, 7]; [8, 8] is due", str(caught.exception))
        np.savez(file, **{**weights, "W_O": weights["W_V"].T})
        with self.assertRaisesRegex(lamina.LaminaError, "L0342.*W_O.npy: is stored in Fortran"):
            run("fortran", {"file": file})
        np.savez_compressed(file, **weights)
        with self.assertRaisesRegex(lamina.LaminaError, "is compressed"):
            run("compressed", {"file": file})

    def test_without_out_every_run_has_a_directory_of_its_own(self):
        before = os.getcwd()
        os.chdir(self.folder)
        try:
            first, second = (lamina.run(SMALL, report=False) for _ in range(2))
            self.assertNotEqual(first.path, second.path)
            self.assertEqual(first["rates"], second["rates"])
        finally:
            os.chdir(before)

    def test_check_predicts_the_cost(self):
        cost = lamina.check(SMALL, task__trials__per_condition=5)
        self.assertEqual(cost["trials"], 10)
        self.assertGreater(cost["memory_bytes"], 0)
        self.assertEqual(cost["warnings"], [])
        without_seed = {key: value for key, value in SMALL.items() if key != "seed"}
        self.assertIn("L0361", lamina.check(without_seed)["warnings"][0])


class Sweeps(Case):
    def test_a_sweep_is_one_dataset_over_its_axes(self):
        sweep = lamina.sweep(SMALL, {"task.load": 1}, axes={"column.tau.gate": ["5 ms", "10 ms"]},
                             replicates=2, workers=1, out=self.folder / "sweep")
        self.assertIsInstance(sweep, lamina.Sweep)
        self.assertEqual(sweep.summary["points"]["done"], 4)
        error = sweep.dataset["comparison_output_relative_error"]
        self.assertEqual(error.dims, ("gate", "replicate"))
        self.assertEqual(sweep.dataset["gate"].values.tolist(), [5, 10])
        self.assertEqual(sweep.dataset["gate"].attrs["units"], "ms")
        # the third point is the first replicate at 10 ms
        run = sweep.run(2)
        self.assertEqual(run.spec["column"]["tau"]["gate"], "10 ms")
        self.assertEqual(run.summary["comparison"]["output_relative_error"]["mean"],
                         error.sel(gate=10, replicate=0).item())
        self.assertEqual(sweep.run(sweep.dataset["id"].sel(gate=10, replicate=0).item()).path,
                         run.path)
        self.assertIn("column.tau.gate", repr(sweep))
        self.assertIn("<html", sweep.report.read_text(encoding="utf-8"))
        # it is there already: opened, and gone on with
        self.assertTrue(lamina.open(sweep.path).dataset.equals(sweep.dataset))
        with self.assertRaises(lamina.LaminaError) as caught:
            lamina.sweep(SMALL, axes={"column.inhibitin": ["pv_log"]}, out=self.folder / "wrong")
        self.assertEqual(caught.exception.exit_code, 2)


class Errors(Case):
    def test_every_problem_of_the_spec_is_in_the_error_and_nowhere_else(self):
        for start in (lamina.check, lamina.run):
            with self.assertRaises(lamina.LaminaError) as caught:
                start(SMALL, {"column.inhibitin": "pv_log", "task.timing.delay": 1})
            error = caught.exception
            self.assertEqual((error.exit_code, error.ids), (2, ["L0204", "L0207"]))
            self.assertIn("did you mean `inhibition`?", str(error))
        self.assertEqual(self.stderr.getvalue(), "")
        self.assertFalse(any(self.folder.iterdir()))

    def test_what_is_no_experiment(self):
        for spec, problem in (("nonesuch", "L0101"), (self.folder, "L0101"), ({}, "L0203"),
                              ("a: 1\nb", "L0106"), ({**SMALL, "seed": float("nan")}, "L0")):
            with self.subTest(spec=spec), self.assertRaises(lamina.LaminaError) as caught:
                lamina.run(spec, out=self.folder / "run")
            self.assertEqual(caught.exception.exit_code, 2)
            self.assertTrue(caught.exception.ids[0].startswith(problem), caught.exception.ids)
        with self.assertRaises(TypeError):
            lamina.run({**SMALL, "seed": object()})

    def test_an_unmet_expectation_is_an_error_when_strict(self):
        expect = {"comparison.settle_time_ms": "< 1"}
        self.assertFalse(self.small(expect=expect).info["expect"][0]["met"])
        with self.assertRaises(lamina.LaminaError) as caught:
            self.small(expect=expect, strict=True, force=True)
        self.assertEqual(caught.exception.exit_code, 5)

    def test_a_device_that_is_not_here(self):
        with self.assertRaises(lamina.LaminaError) as caught:
            self.small(device="cuda:99")
        self.assertEqual(caught.exception.exit_code, 4)

    def test_directories_that_are_no_run(self):
        (self.folder / "other").mkdir()
        (self.folder / "other" / "run.json").write_text("{}")
        (self.folder / "half").mkdir()
        (self.folder / "half" / "run.json").write_text('{"lamina_format"')
        for name, code in (("nothing", 2), ("other", 2), ("half", 5)):
            with self.subTest(name), self.assertRaises(lamina.LaminaError) as caught:
                lamina.open(self.folder / name)
            self.assertEqual(caught.exception.exit_code, code)

    def test_a_flipped_bit_is_found_before_the_file_is_opened(self):
        run = self.small()
        file = run.path / "results.h5"
        damaged = bytearray(file.read_bytes())
        damaged[len(damaged) // 2] ^= 4
        file.write_bytes(damaged)
        with self.assertRaises(lamina.LaminaError) as caught:
            lamina.open(run.path)["rates"]
        self.assertEqual(caught.exception.exit_code, 5)
        self.assertIn("SHA-256", str(caught.exception))

    def test_no_program(self):
        old = os.environ["LAMINA_PROGRAM"]
        self.addCleanup(os.environ.__setitem__, "LAMINA_PROGRAM", old)
        os.environ["LAMINA_PROGRAM"] = str(self.folder / "lamina")
        with self.assertRaises(lamina.LaminaError) as caught:
            lamina.experiments()
        self.assertEqual(caught.exception.exit_code, 4)

    def test_interrupting_python_stops_the_program_and_leaves_nothing_half_written(self):
        script = ("import lamina, sys\n"
                  "try: lamina.run('dms', {'task.trials.per_condition': 100000,"
                  " 'analysis.predict': False}, out=sys.argv[1])\n"
                  "except KeyboardInterrupt: print('interrupted')\n")
        process = subprocess.Popen([sys.executable, "-c", script, str(self.folder / "run")],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        watchdog = threading.Timer(120, process.kill)
        watchdog.start()
        self.addCleanup(watchdog.cancel)
        for line in process.stderr:  # the trials have begun
            if line.startswith("output"):
                break
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate()
        self.assertEqual(out, "interrupted\n")
        self.assertFalse((self.folder / "run").exists())


def experiment_file(name):
    listed = subprocess.run([lamina.program(), "list", "experiments", "--json"], check=True,
                            stdout=subprocess.PIPE, text=True).stdout
    return next(entry["source"] for entry in json.loads(listed)["experiments"]
                if entry["name"] == name)


if __name__ == "__main__":
    unittest.main(verbosity=1)

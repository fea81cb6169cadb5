"""Lamina from Python: start runs, and open what they left as xarray datasets.

    import lamina
    run = lamina.run("dms", {"task.load": [1, 4], "task.timing.delay": "2 s"}, seed=3)
    run.summary["comparison"]["output_relative_error"]      # mean, ci_low, ci_high, n
    run["rates"]["rms"].sel(population="L5E").plot()        # an xarray.Dataset per group

One file, nothing compiled: it needs Python 3.9, xarray, and h5netcdf with h5py, or netCDF4. The
program itself is found by `program()`. Nothing is computed here: the numbers are those of `lamina run`.
"""

import collections.abc
import hashlib
import importlib.util
import json
import numbers
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading

__all__ = ["LaminaError", "Run", "Sweep", "check", "experiments", "open", "program", "run", "sweep"]


class LaminaError(RuntimeError):
    """The program refused or failed. The text is the program's own message.

    exit_code   as the program ended: 1 run failed, 2 invalid file or usage, 4 not available here,
                5 comparison or verification failed, 130 and 143 stopped by a signal
    ids         ids of the problems, e.g. ["L0204"]; `lamina explain L0204` tells more
    """

    def __init__(self, message, exit_code):
        super().__init__(message.strip())
        self.exit_code = exit_code
        self.ids = re.findall(r"^error\[(L\d{4})\]", message, flags=re.MULTILINE)


def program():
    """Path of the `lamina` that is started.

    The variable LAMINA_PROGRAM decides; else the one that was installed or built together with this
    file; else the one in PATH. Raises LaminaError (exit code 4) when there is none.
    """
    named = os.environ.get("LAMINA_PROGRAM")
    here = pathlib.Path(__file__).resolve().parent
    together = [folder / "bin" / "lamina" for folder in here.parents]
    together.append(here.parent / "build" / "release" / "lamina")
    found = [named] if named else [path for path in together if path.is_file()]
    found = shutil.which(str(found[0])) if found else shutil.which("lamina")
    if not found:
        raise LaminaError(
            f"no program at LAMINA_PROGRAM={named}; name the built or installed one" if named else
            "the program `lamina` is not in PATH; build or install it, or name it:"
            " os.environ['LAMINA_PROGRAM'] = '/path/to/lamina'", 4)
    return found


def experiments():
    """The experiments that come with Lamina: {name: title}."""
    listed = json.loads(_output(["list", "experiments", "--json"]))["experiments"]
    return {entry["name"]: entry["meaning"] for entry in listed}


def run(spec, overrides=None, *, out=None, threads=None, device=None, trace=None, force=False,
        strict=False, report=True, ignore_sweep=False, profile=False, **more):
    """Runs an experiment and opens its run.

    spec        path of an experiment file, name of a shipped experiment ("dms"), YAML text (it has
                a line break), or a dict of its keys. File names in a text or a dict are absolute or
                begin with ${LAMINA_DATA}.
    overrides   {"task.timing.delay": "2 s", "task.load": [1, 4]}; quantities are text with unit.
                The same as keywords, `__` for the point: task__timing__delay="2 s", seed=3.
    out         directory to write; default runs/<name>-<hash> below the current one, always new
    trace       number of a trial of which every population is recorded; then run["trace"]
    force       replace an existing run in `out`;   strict   an unmet expectation is an error
    report      write report.html and figures;   threads, device, ignore_sweep: as `lamina run`
    profile     tell where the time went: run.path / "profile.json"

    Weights of your own are {"column": {"weights": {"values": {"W_Q": array, ...}}}}, or a file
    that numpy.savez wrote, {"file": "/path/weights.npz"}.

    What the program says while it runs goes to sys.stderr. Interrupting stops the program, too.
    Raises LaminaError with the program's message; ValueError for an override given twice.
    """
    options = ["--json"]
    for name, value in (("-o", out), ("--threads", threads), ("--device", device),
                        ("--trace", trace)):
        if value is not None:
            options += [name, str(value)]
    for name, given in (("--force", force), ("--strict", strict), ("--no-report", not report),
                        ("--ignore-sweep", ignore_sweep), ("--profile", profile)):
        if given:
            options.append(name)
    with _spec_file(spec) as file:
        words = ["run", *options, "--", file, *_overrides(overrides, more)]
        result = json.loads(_output(words, show=True))
    return open(result["run_dir"])


def sweep(spec, overrides=None, *, axes=None, replicates=None, workers=None, out=None, threads=None,
          device=None, skip_invalid=False, reports=False, **more):
    """Runs an experiment once for every combination of values, and opens the sweep.

    axes        {"column.tau.gate": ["5 ms", "10 ms"], "task.load": [1, 2, 4]}, crossed; beside the
                axes that the file has under `sweep:`, all forms of which docs/sweeps.md shows
    replicates  how often each combination is run, with other random numbers
    workers     points at a time; default: one for each core
    out         directory of the sweep; default runs/<name>-<hash>. Where it is there already, it is
                gone on with, and what is done is not run again
    skip_invalid  leave combinations out that cannot be run;   reports  a report of every point
    The rest as in `run`.

    Points that fail do not raise: `sweep.summary["points"]["failed"]` counts them, and
    `sweep.path / "failed.csv"` says why.
    """
    paths = {f"sweep.grid.{path}": list(values) for path, values in (axes or {}).items()}
    if replicates is not None:
        paths["sweep.replicates"] = replicates
    options = ["--json"]
    for name, value in (("-o", out), ("--threads", threads), ("--device", device),
                        ("--workers", workers)):
        if value is not None:
            options += [name, str(value)]
    for name, given in (("--skip-invalid", skip_invalid), ("--reports", reports)):
        if given:
            options.append(name)
    with _spec_file(spec) as file:
        words = ["sweep", "run", *options, "--", file, *_overrides({**(overrides or {}), **paths}, more)]
        result = json.loads(_output(words, show=True, fine=(0, 3)))
    return open(result["directory"])


def check(spec, overrides=None, **more):
    """Reads an experiment without running it.

    Returns what its run would cost: {"trials", "steps", "memory_bytes", ...}, with "warnings" as a
    list of text. Raises LaminaError with every problem of the file. Arguments as in `run`.
    """
    with _spec_file(spec) as file:
        entry = json.loads(_output(["check", "--json", file, *_overrides(overrides, more)]))[0]
    return {**entry["cost"], "warnings": entry["warnings"]}


def open(directory):  # noqa: A001 (as in xarray: the module's name stands before it)
    """Opens the directory of a finished run, or of a sweep that was collected.

    Raises LaminaError when it is none of these.
    """
    record = _record(directory)
    return Sweep(directory, record) if record.get("kind") == "sweep" else Run(directory, record)


class _Directory:
    """What a run and a sweep have: a directory with a run.json."""

    def __init__(self, directory, info=None):
        self.path = pathlib.Path(directory)
        self.info = _record(directory) if info is None else info
        self.spec = self.info["spec"]
        self.summary = self.info["summary"]
        self.report = self.path / "report.html"


class Run(_Directory, collections.abc.Mapping):
    """A finished run: a mapping from group to xarray.Dataset, with what is in run.json.

    run["rates"], run["loop/ringing"]   groups of results.h5; docs/file-formats.md lists them
    run["trace"]                        the traced trial, when one was recorded
    path, report     the directory, and its report.html, as pathlib.Path
    summary, spec    the numbers of the summary; the experiment with every default filled in
    info             all of run.json: version, seed, argv, expect, warnings, hashes of the files

    Each variable has its unit and meaning in `attrs`: run["rates"]["rms"].attrs["units"].
    A file is read only when its SHA-256 is the one in run.json; else LaminaError (exit code 5).
    """

    def __init__(self, directory, info=None):
        super().__init__(directory, info)
        self._datasets = {}
        self._files = None

    def __getitem__(self, group):
        if group not in self._datasets:
            files = self._group_files()
            if group not in files:
                raise KeyError(f"{group!r}; the groups of this run are {', '.join(files)}")
            self._datasets[group] = _read_group(self.path / files[group], group)
        return self._datasets[group]

    def __iter__(self):
        return iter(self._group_files())

    def __len__(self):
        return len(self._group_files())

    def __repr__(self):
        lines = [f"<lamina.Run {self.info['name']}: {self.path}>"]
        for name, value in self.summary.get("comparison", {}).items():
            if isinstance(value, dict) and value.get("mean") is not None:
                lines.append(f"  {name:<26} {value['mean']:.3g}"
                             f" [{value['ci_low']:.3g}, {value['ci_high']:.3g}], n = {value['n']}")
        lines.append("  groups: " + ", ".join(self))
        return "\n".join(lines)

    def _group_files(self):
        """{group: file} of every group that holds variables; the files are verified once."""
        if self._files is None:
            files = {}
            for name in ("results.h5", "trace.h5"):
                if name in self.info["files"]:
                    self._verify(name)
                    files.update((group, name) for group in _groups_of(self.path / name))
            self._files = files
        return self._files

    def _verify(self, name):
        _verify(self.path / name, self.info)


class Sweep(_Directory):
    """A sweep that was collected: one dataset over its axes, and a run for each point.

    dataset          summary.h5 as an xarray.Dataset: every number of the summaries, with the axes
                     and `replicate` as dimensions; NaN where a point is not done
    run(number)      the Run of a point, by its number or id: sweep.run(3), or
                     sweep.run(sweep.dataset["id"].sel(gate=5, replicate=0).item())
    path, report     the directory, and its report.html, as pathlib.Path
    summary, spec    counts and the best place; the base experiment with every default filled in
    info             all of run.json: axes, expectations, hashes of the files
    """

    def __init__(self, directory, info=None):
        super().__init__(directory, info)
        self._dataset = None

    @property
    def dataset(self):
        if self._dataset is None:
            _verify(self.path / "summary.h5", self.info)
            self._dataset = _read_group(self.path / "summary.h5", None)
        return self._dataset

    def run(self, point):
        if isinstance(point, numbers.Integral):
            ids = self.dataset["id"].values.ravel()
            if not 0 <= point < len(ids):
                raise IndexError(f"point {point} of {len(ids)}")
            point = ids[point]
        return Run(self.path / "points" / str(point))

    def __repr__(self):
        points = self.summary["points"]
        lines = [f"<lamina.Sweep {self.info['name']}: {self.path}>",
                 f"  {points['done']} of {points['number']} points are done"]
        for axis in self.info["axes"]:
            paths = ", ".join(column["path"] for column in axis["columns"])
            lines.append(f"  {axis['dimension']:<12} {axis['steps']:>6}  {paths}")
        lines.append(f"  {'replicate':<12} {self.info['replicates']:>6}")
        return "\n".join(lines)


# ---- starting the program


def _output(words, show=False, fine=(0,)):
    """stdout of `lamina WORDS`; with `show` its messages go to sys.stderr as they come.

    An error's text is not shown but raised, so that it is read once. `fine` are the exit codes of a
    result.
    """
    process = subprocess.Popen([program(), *words], stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                               encoding="utf-8", errors="replace", start_new_session=True)
    message, result = [], []
    listeners = [threading.Thread(target=_listen, args=(process.stderr, message, show)),
                 threading.Thread(target=lambda: result.append(process.stdout.read()))]
    for listener in listeners:
        listener.start()
    # interrupting Python asks the program to stop, a second time at once; then Python goes on
    interrupted = False
    while any(listener.is_alive() for listener in listeners):
        try:
            for listener in listeners:
                listener.join()
        except KeyboardInterrupt:
            interrupted = True
            process.send_signal(signal.SIGINT)
    code = process.wait()
    process.stdout.close()
    process.stderr.close()
    if interrupted:
        raise KeyboardInterrupt
    if code not in fine:
        raise LaminaError("".join(message) or f"lamina ended with {code}",
                          code if code > 0 else 128 - code)
    return result[0]


def _listen(stream, message, show):
    """Passes lines on, up to the first error; from there on they are the message."""
    for line in stream:
        if message or line.startswith("error") or not show:
            message.append(line)
        else:
            sys.stderr.write(line)
            sys.stderr.flush()


class _spec_file:
    """The path of an experiment file for any kind of spec; a temporary one for text and dicts."""

    def __init__(self, spec):
        self.spec, self.folder = spec, None

    def __enter__(self):
        spec = self.spec
        if isinstance(spec, collections.abc.Mapping):
            return self._write(json.dumps(spec, default=_plain, indent=1) + "\n")
        text = os.fspath(spec)
        if "\n" in text:
            return self._write(text)
        if not os.path.exists(text):
            for entry in json.loads(_output(["list", "experiments", "--json"])).get(
                    "experiments", []):
                if entry["name"] == text:
                    return entry["source"]
        return text

    def __exit__(self, *_):
        if self.folder:
            self.folder.cleanup()

    def _write(self, text):
        self.folder = tempfile.TemporaryDirectory(prefix="lamina-")
        path = pathlib.Path(self.folder.name) / "experiment.yaml"
        path.write_text(text, encoding="utf-8")
        return str(path)


def _overrides(overrides, more):
    """["path.to.key=value"] of a dict with points and of keywords with `__`."""
    pairs = dict(overrides or {})
    for name, value in more.items():
        path = name.replace("__", ".")
        if path in pairs:
            raise ValueError(f"{path} is given twice, in `overrides` and as {name}=")
        pairs[path] = value
    return [f"{path}={value if isinstance(value, str) else json.dumps(value, default=_plain)}"
            for path, value in pairs.items()]


def _plain(value):
    """What json does not know: NumPy's numbers and arrays, paths, ranges."""
    if hasattr(value, "tolist"):
        return value.tolist()
    if isinstance(value, numbers.Integral):
        return int(value)
    if isinstance(value, numbers.Real):
        return float(value)
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if isinstance(value, collections.abc.Iterable):
        return list(value)
    raise TypeError(f"{value!r} cannot be a value of an experiment file")


# ---- reading files


def _record(directory):
    """run.json of a run or sweep. Raises LaminaError when it has none of ours."""
    record = pathlib.Path(directory) / "run.json"
    try:
        info = json.loads(record.read_text(encoding="utf-8"))
    except OSError as error:
        help = (f"run `lamina sweep collect {directory}`"
                if (record.parent / "sweep.json").is_file() else "a finished run has this file")
        raise LaminaError(f"{record}: {error.strerror}; {help}", 2) from None
    except ValueError as error:
        raise LaminaError(f"{record} is damaged: {error}", 5) from None
    if not isinstance(info, dict) or "lamina_format" not in info:
        raise LaminaError(f"{record} was not written by Lamina", 2)
    if info["lamina_format"] != 1:
        raise LaminaError(
            f"{record} has format {info['lamina_format']}, and this lamina.py reads format"
            " 1; use the lamina.py of the program that made the run", 2)
    return info


def _verify(path, info):
    """Raises LaminaError (exit code 5) when a file is not the one that run.json lists."""
    expected = info["files"][path.name]["sha256"]
    try:
        found = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise LaminaError(f"{path}: {error.strerror}", 5) from None
    if found != expected:
        raise LaminaError(f"{path} is damaged: its SHA-256 is {found}, and run.json"
                          f" says {expected}; run the experiment again", 5)


def _groups_of(path):
    """Groups of an HDF5 file that hold variables, as "rates" or "loop/ringing", in their order."""

    def walk(group, name):
        if group.variables:
            yield name
        for child, inner in group.groups.items():
            yield from walk(inner, f"{name}/{child}" if name else child)

    if _engine() == "h5netcdf":
        import h5netcdf
        file = h5netcdf.File(path, "r")
    else:
        import netCDF4
        file = netCDF4.Dataset(path)
    with file:
        return [name for name in walk(file, "") if name]


def _read_group(path, group):
    """One group as a dataset in memory; the file is closed again."""
    import xarray
    with xarray.open_dataset(path, group=group, engine=_engine()) as dataset:
        return dataset.load()


def _engine():
    """The reader that xarray can use here. Raises LaminaError (exit code 4) when there is none."""
    for engine, modules in (("h5netcdf", ("h5netcdf", "h5py")), ("netcdf4", ("netCDF4",))):
        if all(importlib.util.find_spec(module) for module in modules):
            return engine
    raise LaminaError("no reader of HDF5 for xarray: pip install h5netcdf h5py, or"
                      " apt-get install python3-h5netcdf", 4)

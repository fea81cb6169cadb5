"""Reads csv/*.csv of a run with Python's csv module and compares every field with results.h5 and
run.json, bit by bit: check_csv.py RUN. Prints how many fields were compared; exits 1 when one
differs, or when a variable of results.h5 has no column."""
import csv
import json
import struct
import sys

import xarray as xr

run = sys.argv[1]
compared = 0


def group(name):
    """A group of results.h5 as it is stored, or None."""
    try:
        return xr.open_dataset(run + "/results.h5", group=name, decode_cf=False, engine="h5netcdf")
    except OSError:
        return None


def read(name):
    with open(f"{run}/csv/{name}.csv", newline="", encoding="utf-8") as text:
        rows = list(csv.DictReader(text))
    for row in rows:  # every row has as many fields as the header
        assert None not in row and None not in row.values(), (name, row)
    return rows


def bits(number):
    return "nan" if number != number else struct.pack("<d", number).hex()


def same(field, variable, value, where):
    """A field of a table against a value of results.h5."""
    global compared
    compared += 1
    if "flag_values" in variable.attrs and variable.name != "correct":
        words = variable.attrs["flag_meanings"].split()
        meant = dict(zip(variable.attrs["flag_values"].tolist(), words))[int(value)]
        expected = "" if meant == "none" else meant
    elif variable.dtype.kind == "O":
        expected = value
    elif variable.dtype.kind in "iu":
        expected = "" if value == -1 else str(int(value))
    else:
        field, expected = bits(float(field or "nan")), bits(float(value))
    assert field == expected, (where, field, expected)


def column_of(header, variable):
    """The one column of a variable: its name, or its name with its unit."""
    unit = {"degree": "deg", "bit": "bits"}.get(variable.attrs["units"], variable.attrs["units"])
    unit = unit.replace("1/", "per_").replace("/", "_per_")
    found = [column for column in header if column in (variable.name, f"{variable.name}_{unit}")]
    assert len(found) == 1, (variable.name, header)
    return found[0]


def compare(table, home, dims, index, keys):
    """Every variable of a group over `dims` against its column; index(i, row) is where it lies.
    What else the table has must be the keys and what was varied."""
    rows, others = read(table), set(keys)
    header = list(rows[0])
    for name, variable in results[home].data_vars.items():
        if variable.dims == dims and name not in ("variant", "condition"):
            column = column_of(header, variable)
            others.add(column)
            for i, row in enumerate(rows):
                same(row[column], variable, variable.values[index(i, row)], (table, column, i))
    for name, variable in results["variants"].data_vars.items():
        if name != "label" and len(set(variable.values)) > 1 and "variant" in keys:
            column = column_of(header, variable)
            others.add(column)
            for i, row in enumerate(rows):
                same(row[column], variable, variable.values[int(row["variant"])], (table, column, i))
    assert {c for c in header if "_head_" not in c} == others, (table, set(header) ^ others)
    return rows


names = ("variants", "trials", "behaviour", "comparison", "stimuli")
results = {name: data for name, data in ((name, group(name)) for name in names) if data is not None}
keys = ["variant", "condition", "trial"]

if "trials" in results:
    trials = results["trials"]
    rows = compare("trials", "trials", ("trial",), lambda i, row: i, keys)
    assert [int(row["variant"]) for row in rows] == trials["variant"].values.tolist()
    for variant in {row["variant"] for row in rows}:  # numbered from 0 within each variant
        numbers = [int(row["trial"]) for row in rows if row["variant"] == variant]
        assert numbers == list(range(len(numbers)))
    pairs = {(int(n), row["condition"]) for row, n in zip(rows, trials["condition"].values)}
    assert len(pairs) == len({n for n, _ in pairs}) == len({name for _, name in pairs})
    if "item" in trials:
        per_variant = len(rows) // (1 + int(trials["variant"].max()))

        def place(_, row):
            return int(row["variant"]) * per_variant + int(row["trial"]), int(row["slot"])

        rows = compare("items", "trials", ("trial", "slot"), place, keys + ["slot"])
        assert len({place(0, row) for row in rows}) == len(rows) == (trials["item"].values >= 0).sum()
if "behaviour" in results:
    labels = results["behaviour"]["condition"].values.tolist()
    rows = compare("conditions", "behaviour", ("variant", "condition"),
                   lambda i, row: (int(row["variant"]), labels.index(row["condition"])), keys[:2])
    assert len(rows) == len(results["variants"]["label"]) * len(labels)
if "comparison" in results:
    rows = compare("presentations", "comparison", ("presentation",), lambda i, row: i, keys)
    routed = results["comparison"]["o_relative_error"]
    assert len(rows) == len(routed)
    for i, row in enumerate(rows):
        for head, value in enumerate(routed.values[i]):
            same(row[f"o_relative_error_head_{head}"], routed, value, ("presentations", head, i))
if "stimuli" in results:
    rows = compare("stimuli", "stimuli", ("stimulus",), lambda i, row: i, ["stimulus", "name"])
    assert [row["name"] for row in rows] == results["stimuli"]["stimulus"].values.tolist()

# the summary: every number of run.json, once
with open(run + "/run.json", encoding="utf-8") as text:
    summary = json.load(text)["summary"]
for row in read("summary"):
    at = summary
    for key in row["path"].split("."):
        at = at[int(key)] if isinstance(at, list) else at[key]
    entry = at if isinstance(at, dict) else {"mean": at}
    for column, member in zip(("value", "ci_low", "ci_high", "n"), ("mean", "ci_low", "ci_high", "n")):
        number = float("nan") if entry.get(member) is None else float(entry[member])
        assert bits(float(row[column] or "nan")) == bits(number), row
        compared += 1


def numbers_in(at):
    if isinstance(at, dict) and "ci_low" in at:
        return 1
    if isinstance(at, (dict, list)):
        return sum(numbers_in(below) for below in (at.values() if isinstance(at, dict) else at))
    return isinstance(at, (bool, int, float))


assert len(read("summary")) == numbers_in(summary)

# the dictionary has every column of every table, in order, with a meaning
described = {}
for row in read("columns"):
    assert row["meaning"] and row["unit"], row
    described.setdefault(row["file"], []).append(row["column"])
for name, columns in described.items():
    with open(f"{run}/csv/{name}", newline="", encoding="utf-8") as text:
        assert next(csv.reader(text)) == columns, name
print(f"{compared} fields are as in results.h5 and run.json")
assert compared > 100

"""Three accounts of inhibition, one trial list: how fast and how well does each attend?

    python3 python/rivals.py [TRIALS_PER_LOAD]

Runs delayed match to sample under three inhibitions of the attention gates, with the same seed and
so the same trials, and prints what tells the accounts apart: time to settle, distance from the
transformer block, accuracy. The runs stay under runs/, each with its report.
"""

import pathlib
import sys

# beside this file in the source tree; an installed lamina.py needs no such line
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import lamina  # noqa: E402

trials = int(sys.argv[1]) if len(sys.argv) > 1 else 8
print(f"{'inhibition':<14}{'settles in':>14}{'error of output':>18}{'accuracy':>10}")
for inhibition in ("pv_log", "pv_linear", "pv_finite"):
    run = lamina.run("dms", {"column.inhibition": inhibition, "task.load": [1, 4],
                             "task.trials.per_condition": trials, "analysis.predict": False})
    comparison = run["comparison"]
    # NaN: never within 1 % of softmax before the presentation ended
    settles = comparison["settle_time_ms"].where(comparison["name"] == "test")
    unit = comparison["settle_time_ms"].attrs["units"]
    reached = int(settles.count())
    time = f"{float(settles.median()):.1f} {unit}" if reached else "never"
    error = float(comparison["output_relative_error"].mean())
    accuracy = float(run["trials"]["correct"].mean())
    print(f"{inhibition:<14}{time:>14}{error:>18.2g}{accuracy:>10.3f}   {run.report}")

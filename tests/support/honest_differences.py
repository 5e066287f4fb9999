"""How far honest modes are apart: `python tests/support/honest_differences.py FILE MODELS BATCHES SEEDS MODES`.

Each mode of each model trains some 50 updates in this process beside eager; a row of the CSV FILE holds the largest
differences and how many reasons the checks would give (0 for an honest mode). Rows that are there are kept, so that an
interrupted measurement goes on. The last four arguments take several values, with commas; `tests/analysis` holds the
tolerances against the kept file. The mode `autocluster` alone, with
TF_XLA_FLAGS="--tf_xla_auto_jit=2 --tf_xla_cpu_global_jit".
"""

import csv
import os
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

os.environ |= {"KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3"}

from builders import ENVIRONMENT, SCHEDULE
from taken import fakes, stages, taken

from bench import modes
from bench.analysis import gradients, reached, validity
from bench.errors import NotApplicable
from bench.records.case import Case
from bench.records.messages import Order
from bench.records.run import Measurement
from bench.worker.setup import INPUTS, Setup, own_task
from cifar_core.cifar10 import SYNTHETIC
from cifar_core.errors import Unsuited
from cifar_core.models import MODELS
from cifar_core.training import timed_task
from cifar_core.workload import Workload

KEY = ("model", "batch", "seed", "mode")
REACHED = ("whole", "length", "weight", "loss")
COLUMNS = (
    *KEY,
    *("reasons", "first_units", "first_length", "late_units", "late_length", "late_loss"),
    *(f"{what}_{count}" for count in (10, 40) for what in REACHED),
    *("update_off", "update_along", "update_moment", "replay"),
)


def measured(mode: str, workload: Workload, measures_noise: bool) -> Measurement:
    def set_up(_: Order) -> Setup:
        if workload.own_model:
            make_task, digest = own_task(SYNTHETIC, workload)
        else:
            make_inputs, digest = INPUTS[workload.input](SYNTHETIC, workload)
            make_task = partial(timed_task, workload, make_inputs)
        return Setup(lambda: modes.load(mode)(make_task), digest)

    order = Order(Case(mode, "cpu", 0, workload), 0, SCHEDULE, ENVIRONMENT, SYNTHETIC, measures_noise)
    return taken(order, fakes(set_up), stages(10, *[3] * 10))[1]


def row(m: Measurement, baseline: Measurement) -> dict[str, Any]:
    """The differences of a case from its baseline. Not all are known of every optimizer."""
    evidence, expected, late = m.evidence, baseline.evidence, m.proof.late
    floor = gradients.FLOORS["float32", "cpu"]
    updated = [*evidence.updated, *([late.updated] if late and late.updated else [])]
    reasons = (
        *validity.unequal_work(evidence, expected, "float32"),
        *validity.unproven_mode(m),
        *validity.other_training(m, baseline, expected),
    )
    found: dict[str, Any] = {"reasons": len(reasons)}
    found["first_units"] = gradients.most_rounding_units(evidence.gradients, expected.gradients, floor)[1]
    found["first_length"] = gradients.length_difference(evidence.gradients, expected.gradients)
    if late and baseline.proof.late and late.updates == baseline.proof.late.updates:
        reference = gradients.on_another_batch(baseline.proof.late.gradients, expected)
        found["late_units"] = gradients.most_rounding_units(late.gradients, reference, floor)[1]
        found["late_length"] = gradients.length_difference(late.gradients, reference)
        found["late_loss"] = gradients.relative(late.last_loss, baseline.proof.late.last_loss)
    for count in (10, 40):
        if apart := reached.apart_after(count, m, baseline, expected):
            found |= {f"{what}_{count}": getattr(apart, what) for what in REACHED}
    for what in ("off", "along", "moment"):
        found[f"update_{what}"] = max((getattr(update, what) for update in updated), default="")
    if m.proof.replay:
        found["replay"] = max(m.proof.replay.first.whole, m.proof.replay.first.loss)
    return found


def rows(names: list[str], batches: list[int], seeds: list[int], wanted: list[str], known: set[Any]) -> Iterator[Any]:
    for name in names:
        for batch in batches:
            for seed in seeds:
                spelling = name if name in {model.name for model in MODELS} else f"own_models:{name}"
                workload = Workload(spelling, batch, "synthetic", seed=seed)
                left = [mode for mode in wanted if (name, str(batch), str(seed), mode) not in known]
                baseline = measured("eager", workload, measures_noise=True) if left else None
                for mode in left:
                    assert baseline
                    try:
                        case = measured(mode, workload, measures_noise=False)
                    except (NotApplicable, Unsuited):
                        continue
                    yield {"model": name, "batch": batch, "seed": seed, "mode": mode, **row(case, baseline)}


SHOWN = {
    "first_units": "first gradients (units)",
    "whole_10": "after 10 updates",
    "loss_10": "its loss",
    "whole_40": "after 40 updates",
    "late_units": "late gradients (units)",
    "update_off": "update (units)",
    "replay": "replay",
}


def table(file: Path) -> str:
    """Each model's largest differences in the kept file, as Markdown."""
    lines = list(csv.DictReader(file.read_text().splitlines()))
    head = f"| model | configurations | {' | '.join(SHOWN.values())} |\n|{' --- |' * (len(SHOWN) + 2)}"
    models = dict.fromkeys(line["model"] for line in lines)
    return "\n".join([head, *(_largest([line for line in lines if line["model"] == model]) for model in models)])


def _largest(lines: list[dict[str, str]]) -> str:
    found = [max(float(line[column] or 0) for line in lines) for column in SHOWN]
    return f"| {lines[0]['model']} | {len(lines)} | {' | '.join(f'{value:.2g}' for value in found)} |"


def main(file: Path, *lists: str) -> None:
    names, batches, seeds, wanted = (each.split(",") for each in lists)
    before = list(csv.DictReader(file.read_text().splitlines())) if file.exists() else []
    known = {tuple(line[key] for key in KEY) for line in before}
    with file.open("a", newline="") as stream:
        out = csv.DictWriter(stream, COLUMNS)
        if not before:
            out.writeheader()
        for line in rows(names, [*map(int, batches)], [*map(int, seeds)], wanted, known):
            out.writerow({key: f"{value:.2e}" if isinstance(value, float) else value for key, value in line.items()})
            stream.flush()
            sys.stdout.write(" ".join(str(line[key]) for key in (*KEY, "reasons")) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])

"""Which benchmark tests show a case, and what they are called: names that stay the same, run after run.

A case is shown by its mode's test, beside the other modes of its group; and where devices or threads differ, once more
beside itself on the others.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bench import modes
from bench.records.case import Case

FOLDER = "bench"
DEVICES, TEST_DEVICE = "bench_devices.py", "test_device"
PARAMETERS = ("mode", "model", "batch_size", "precision", "input", "device", "threads", "steps_per_call")
Value = str | int
Show = Callable[[], None]  # what a benchmark test is given: shows its case, or fails


@dataclass(frozen=True, slots=True)
class View:
    """A case as one test shows it. `group` is what is held fixed among the rows of a table; `id` tells rows apart.

    Images and seed are in no name, so that the same test is the same on another machine; `extra_info` has them.
    """

    case: Case
    file: str
    function: str
    group: str
    id: str

    @property
    def name(self) -> str:
        """As pytest names the test in its file."""
        return f"{self.function}[{self.id}]"

    @property
    def fullname(self) -> str:
        """As pytest names the test in this repository: what pytest-benchmark compares by."""
        return f"{FOLDER}/{self.file}::{self.name}"

    @property
    def params(self) -> dict[str, Value]:
        """What the test is parametrised with; every test by the same names, for `--benchmark-group-by=param:NAME`."""
        case, w = self.case, self.case.workload
        workload = (w.model, w.batch_size, w.precision, w.input)
        values = (case.mode, *workload, case.device, case.threads, case.steps_per_call)
        return dict(zip(PARAMETERS, values, strict=True))


def views(cases: Iterable[Case]) -> tuple[View, ...]:
    """Every view of a plan's cases, but not the A/A control: that is of the others."""
    shown = [case for case in cases if not case.again]
    by_rest: dict[tuple[object, ...], list[Case]] = {}
    for case in shown:
        by_rest.setdefault((case.mode, case.workload, case.steps_per_call, case.slowdown, case.replicas), []).append(
            case
        )
    several = [same for same in by_rest.values() if len(same) > 1]
    return (*map(_by_mode, shown), *(_by_device(case) for same in several for case in same))


def _by_mode(case: Case) -> View:
    file = modes.row(case.mode).pytest_file
    return View(case, file, f"test_{case.mode}", case.group_title, _id(case))


def _by_device(case: Case) -> View:
    w = case.workload
    fixed = [modes.row(case.mode).title, w.model, f"batch {w.batch_size}", w.precision]
    fixed += ["tf.data pipeline"] if w.input == "pipeline" else []
    fixed += [f"{case.replicas} replica{'s' * (case.replicas > 1)}"] if case.replicas else []
    fixed += [f"{case.steps_per_call} a call"] if case.steps_per_call else []
    return View(case, DEVICES, TEST_DEVICE, f"devices: {', '.join(fixed)}", f"{case.mode}-{_id(case)}")


def _id(case: Case) -> str:
    """Short where things are as usual."""
    w = case.workload
    unusual: Sequence[tuple[bool, str]] = (
        (w.precision != "float32", w.precision),
        (w.input != "resident", w.input),
        (case.threads > 0, f"t{case.threads}"),
        (case.steps_per_call > 0, f"k{case.steps_per_call}"),
        (case.replicas > 0, f"r{case.replicas}"),
        (case.hosts > 0, f"hosts{case.hosts}"),
        (case.slowdown > 0, f"slowed{100 * case.slowdown:g}"),
        (case.deterministic, "det"),
    )
    words = [w.model_slug, f"b{w.batch_size}", case.device.replace(":", ""), *(text for odd, text in unusual if odd)]
    return "-".join(words)

"""`from bench import compare_modes`: the same as `run`, from Python and in notebooks, with a result to go on with.

Everything is measured in processes of its own, so it does not matter what this process has imported or done. The
function that is compared is found there by its file; one from a notebook is written into a module (cells.py).
"""

import shutil
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any

from bench.commands import measuring
from bench.commands.modes_result import ModesResult
from bench.errors import BenchError
from bench.machine.host_lock import HostLock
from bench.records.choices import DEFAULTS, Options
from cifar_core.workload import STEP, TRAIN

if TYPE_CHECKING:
    from bench.report.run import Report

Names = str | Sequence[str]


def compare_modes(
    what: str | Callable[..., Any],
    modes: Names = "eager,function,xla",
    batch_sizes: int | Sequence[int] = 64,
    *,
    task: str = TRAIN,
    args: str = "",
    goal: str = DEFAULTS.preset,
    target_ci: str | None = None,
    budget: str | None = None,
    devices: Names = DEFAULTS.devices,
    data: str = DEFAULTS.data,
    seed: int = 0,
    repetitions: int | None = None,
    probe: bool = True,
    say: Callable[[str], None] | None = None,
    out: str | Path | None = None,
) -> ModesResult:
    """Time something in each mode, and check that every mode computes the same.

    `what`: a built-in model's name, 'module:function', 'file.py:function', or a function that makes a model; for
    `task="step"` a step or a factory of one, called with `args`, a text such as 'tf.constant(1.0), 3'. `task`: train,
    infer or step. `goal`: a preset; it, `target_ci` and `budget` are texts as on the command line. `repetitions`: so
    many and no more. `say` gets the lines of progress. `out`: a new folder; without it the results lie in a temporary
    one, which goes with the result. Raises BenchError for what cannot be done; a mode that fails is a row.
    """
    with _as_bench_errors(), _folder_for_now() as held:
        asked: dict[str, Any] = {"data": data, "seed": seed, "preset": goal, "target_ci": target_ci, "budget": budget}
        models = _spelled(what, task, held)
        axes = (_joined(modes), models, _joined(batch_sizes), _joined(devices))
        options = Options(*axes, task=task, args=args, **asked)
        folder = Path(out) if out is not None else held / "results"
        result = ModesResult(_measured(options, folder, repetitions, probe, say or (lambda line: None)))
        weakref.finalize(result, shutil.rmtree, held, ignore_errors=True)
        return result


def _measured(options: Options, folder: Path, repetitions: int | None, probe: bool, say: measuring.Say) -> "Report":
    from bench.machine import xla_flags
    from bench.report.run import build

    if left_out := xla_flags.warning():
        say(f"warning: {left_out}")
    prepared, turn = measuring.prepare(options, folder), HostLock(say, True, "")
    with measuring.create(prepared, folder, say, turn) as store:
        manner = measuring.Manner(say, _Said(say), turn, probe, repetitions)
        if stopped := measuring.measure(store, prepared.source, manner):
            say(f"note: {stopped}")
        return build(store)


class _Said:
    """Progress as lines: one for each repetition."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say

    def start(self, blocks: int) -> None:
        self._say(f"repetitions left: {blocks}")

    def notice(self, text: str, share: float) -> None:
        pass

    def block_done(self) -> None:
        pass


@contextmanager
def _folder_for_now() -> Iterator[Path]:
    """A temporary folder, which is gone where an error ends the with-block."""
    folder = Path(mkdtemp(prefix="cifar-bench-"))
    try:
        yield folder
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


@contextmanager
def _as_bench_errors() -> Iterator[None]:
    """The errors of a person's input, whichever package found them."""
    from cifar_core.errors import DataError, ModelError

    try:
        yield
    except (DataError, ModelError) as error:
        raise BenchError(str(error)) from error


def _joined(values: int | Names | Sequence[int]) -> str:
    return values if isinstance(values, str) else ",".join(map(str, [values] if isinstance(values, int) else values))


def _spelled(what: str | Callable[..., Any], task: str, folder: Path) -> str:
    """As a child process finds it: a name, or the file of a function."""
    from bench.commands import cells, spelling

    if isinstance(what, str):
        return spelling.step(what) if task == STEP or ".py:" in what else what
    return cells.spelled(what, folder)

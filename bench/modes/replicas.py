"""The rows of the modes that split a batch over replicas (tf.distribute), and what else was asked for and is refused.

No mode itself.
"""

import re

from bench.modes.mode import ExpectedExecution, Mode

_TRACED = ExpectedExecution(converted=True, reason="nothing was traced, or AutoGraph converted nothing")

REPLICAS = (
    Mode(
        "mirrored",
        "MirroredStrategy",
        "the batch split over the GPUs, or logical CPUs, of one process; gradients averaged (--replicas)",
        trains=False,
        expected=_TRACED,
        pytest_file="bench_replicas.py",
        effort=21,
        groups=("replicas",),
        replicas="devices",
    ),
    Mode(
        "multi_worker",
        "MultiWorkerMirroredStrategy",
        "the batch split over processes, here (--replicas) or on several machines (--hosts); gradients averaged",
        trains=False,
        expected=_TRACED,
        pytest_file="bench_replicas.py",
        effort=22,
        groups=("replicas",),
        replicas="processes",
    ),
)

_COMPILED = (
    "jit_compile=True cannot hold a step that runs on several replicas; TensorFlow says: 'Trying to access resource "
    "located in device CPU:1 from device CPU:0'"
)
_ASYNCHRONOUS = (
    "ParameterServerStrategy updates the weights asynchronously, so it does other work than the baseline by design: "
    "its second loss already differs"
)
_DTENSOR = "DTensor is not timed here; docs/replicas.md has what was measured with it"
_REFUSED = {
    "parameterserver": _ASYNCHRONOUS,
    "parameterserverstrategy": _ASYNCHRONOUS,
    "dtensor": _DTENSOR,
    **dict.fromkeys(("mirroredxla", "mirroredjit", "mirroredjitcompile", "xlamirrored"), _COMPILED),
    **dict.fromkeys(("multiworkerxla", "multiworkerjit", "multiworkerjitcompile"), _COMPILED),
}


def why_refused(name: str) -> str:
    """Why what a person may know by this name is not a mode here; '' of any other name."""
    return _REFUSED.get(re.sub(r"[^a-z]", "", name.casefold()), "")

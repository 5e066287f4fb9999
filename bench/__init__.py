"""HOW a training step is executed and timed. Each file is one station on the way from the timer to the report.

From Python: `from bench import compare_modes`. Imported only when it is asked for.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bench.commands.api import compare_modes as compare_modes
    from bench.commands.modes_result import ModesResult as ModesResult

_FROM = {"compare_modes": "bench.commands.api", "ModesResult": "bench.commands.modes_result"}


def __getattr__(name: str) -> Any:
    """What people import from here, loaded when they do."""
    if name not in _FROM:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_FROM[name]), name)

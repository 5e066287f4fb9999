"""`explain`: what TensorFlow turns a function into, stage by stage, in the terminal and as a page.

Each function imports what it needs when it is called, so that --help and list answer at once.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bench.commands.console import JSON, WAIT, host_lock, results, speaking, warn_of_caches, write_json
from bench.commands.heartbeat import Heartbeat
from bench.commands.streams import say
from bench.errors import BenchError, Exit

if TYPE_CHECKING:
    from bench.autograph.explain.records import Explanation


def explain(
    function: Annotated[str, typer.Argument(help="module:function, file.py::function, or ours: step, loop.")],
    args: Annotated[str, typer.Option(help="What it is called with: 'tf.constant(1.0), 3'.")] = "",
    driver: Annotated[str, typer.Option(help="Instead of --args, a function beside it that calls it once.")] = "",
    lines: Annotated[int, typer.Option(help="Lines of each listing in the terminal; 0 is all.")] = 40,
    time_limit: Annotated[str, typer.Option(help="How long a stage may take: 90s, 5m.")] = "5m",
    out: Annotated[
        Path | None, typer.Option(help="A new folder for the page.", show_default="results/<time>-explain-<name>")
    ] = None,
    json: Annotated[bool, JSON] = False,
    wait: Annotated[bool, WAIT] = True,
) -> Exit:
    """Run a function and show what TensorFlow makes of it: source, AutoGraph's code, trace, graph, XLA, time."""
    from bench.autograph.explain.explain import TITLES, request
    from bench.autograph.explain.explain import explain as explained
    from bench.runner.values import seconds

    if lines < 0:
        raise BenchError("--lines must be 0 or more; type e.g. --lines 40")
    limit_s = seconds(time_limit, "--time-limit")
    asked = request(function, args, driver)
    warn_of_caches()
    folder = out or _default_folder(function)
    # Locked as a whole: tracing and compiling would disturb what another command times.
    with speaking(json, False) as stdout, host_lock(wait), Heartbeat() as beat:
        explanation = explained(asked, limit_s, lambda stage: beat.say(TITLES[stage]))
    # Only now: the modules that write numbers load those that draw plots.
    from bench.autograph.explain.page import write
    from bench.autograph.explain.text import text

    page = write(explanation, folder)
    if json:
        write_json(_as_json(explanation), folder, stdout)
        return Exit.OK
    say(text(explanation, lines))
    say(f"\npage: {page}")
    return Exit.OK


def _as_json(explanation: "Explanation") -> dict[str, Any]:
    """The stages; null where one is missing, which `missing` has the reason of."""
    from bench.autograph.explain.page import PAGE
    from bench.autograph.explain.records import STAGES
    from bench.report.summary import head

    stages = {stage: getattr(explanation, stage) for stage in STAGES}
    return {**head("explain", Exit.OK, (), {"html": PAGE}), **stages, "missing": explanation.missing}


def _default_folder(function: str) -> Path:
    name = function.rpartition("/")[2].replace("::", ".").replace(":", ".")
    return results(f"explain-{name}")

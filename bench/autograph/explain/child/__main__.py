"""The child of `explain`: imports the function, runs it, and sends one record a stage. Started by module name.

What a stage raises is that stage's missing line; the rest goes on.
"""

import traceback
from collections.abc import Callable, Iterator
from typing import IO, Any

import msgspec

from bench.autograph.explain.child import code as explain_code
from bench.autograph.explain.child import graph as explain_graph
from bench.autograph.explain.child import program as explain_program
from bench.autograph.explain.child import target as explain_target
from bench.autograph.explain.child import times as explain_times
from bench.autograph.explain.child import trace as explain_trace
from bench.autograph.explain.records import Explanation, Missing, Request
from bench.errors import BenchError
from bench.machine.child_end import connect
from bench.worker.user_errors import described
from cifar_core.errors import DataError, ModelError


def serve(lines: Iterator[bytes], out: IO[bytes]) -> None:
    """Answer one request."""

    def answer(found: Explanation) -> None:
        out.write(msgspec.json.encode(found) + b"\n")
        out.flush()

    try:
        target = explain_target.find(msgspec.json.decode(next(lines), type=Request))
    except (BenchError, DataError, ModelError) as error:
        return answer(Explanation(failure=str(error)))
    except Exception as error:  # of the person's own module or driver
        return answer(Explanation(failure=described(error)[0]))
    for name, find in stages(target):
        try:
            answer(Explanation(**{name: find()}))
        except Exception as error:
            traceback.print_exc()
            reason = str(error) if isinstance(error, BenchError) else described(error)[0]
            answer(Explanation(missing=(Missing(name, reason),)))
    answer(Explanation(done=True))


def stages(target: explain_target.Target) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Each stage with what finds it, in order: a later one may need what an earlier one saw."""
    code, traced = explain_code.Code(target), explain_trace.Traced(target)
    yield "source", code.source
    yield "code", code.converted
    yield "trace", lambda: traced.trace(code)
    yield "graph", lambda: explain_graph.graph(target, traced)
    yield "program", lambda: explain_program.compiled(target, traced)
    yield "times", lambda: explain_times.times(target)


if __name__ == "__main__":
    serve(*connect())

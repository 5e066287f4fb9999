"""The child's end of `explain`: imports the function and sends one message per stage."""

import traceback
from collections.abc import Callable, Iterator
from typing import IO, Any

import msgspec

from bench.autograph.explain.child.code import Code
from bench.autograph.explain.child.graph import traced_graph
from bench.autograph.explain.child.program import xla_compilation
from bench.autograph.explain.child.target import Target, find_target
from bench.autograph.explain.child.times import call_times
from bench.autograph.explain.child.trace import Tracer
from bench.autograph.explain.records import Explanation, Missing, Request
from bench.errors import BenchError
from bench.machine.child_end import connect
from bench.worker.user_errors import described
from cifar_core.errors import DataError, ModelError


def serve(lines: Iterator[bytes], out: IO[bytes]) -> None:
    """Answer one request. An exception in a stage becomes the reason why that stage is missing."""

    def answer(explanation: Explanation) -> None:
        out.write(msgspec.json.encode(explanation) + b"\n")
        out.flush()

    try:
        target = find_target(msgspec.json.decode(next(lines), type=Request))
    except (BenchError, DataError, ModelError) as error:
        return answer(Explanation(failure=str(error)))
    except Exception as error:  # raised by the user's module or driver
        return answer(Explanation(failure=described(error)[0]))
    for name, examine in stages(target):
        try:
            answer(Explanation(**{name: examine()}))
        except Exception as error:
            traceback.print_exc()
            reason = str(error) if isinstance(error, BenchError) else described(error)[0]
            answer(Explanation(missing=(Missing(name, reason),)))
    answer(Explanation(done=True))


def stages(target: Target) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Each stage with the function that examines it, in order: later stages use what earlier ones recorded."""
    code, tracer = Code(target), Tracer(target)
    yield "source", code.source
    yield "code", code.converted
    yield "trace", lambda: tracer.trace(code)
    yield "graph", lambda: traced_graph(target, tracer)
    yield "program", lambda: xla_compilation(target, tracer)
    yield "times", lambda: call_times(target)


if __name__ == "__main__":
    serve(*connect())

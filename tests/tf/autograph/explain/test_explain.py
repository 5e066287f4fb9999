"""The stages of real functions, from a real child."""

import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from places import ROOT, SUPPORT

from bench.autograph.explain.explain import explain, request
from bench.autograph.explain.records import Explanation
from bench.errors import BenchError

FILE = SUPPORT / "explained.py"
PATIENCE_S = 200.0


@cache
def explained(function: str, arguments: str = "", driver: str = "") -> Explanation:
    return explain(request(f"{FILE}::{function}", arguments, driver), PATIENCE_S, lambda stage: None)


def collatz() -> Explanation:
    return explained("collatz", "tf.constant(7)")


def scaled() -> Explanation:
    return explained("Scale.apply", driver="drive")


def line_of(text: str) -> int:
    return next(place for place, line in enumerate(FILE.read_text().splitlines(), 1) if text in line)


def test_autograph_s_code_is_mapped_back_to_the_source() -> None:
    code = collatz().code
    assert code
    where = {line.text.strip(): line.source for line in code.lines}
    assert where["n = ag__.ld(n) // 2"] == line_of("n = n // 2")
    assert where["n = 3 * ag__.ld(n) + 1"] == line_of("n = 3 * n + 1")


def test_the_trace_goes_through_both_branches_once_where_eager_takes_one_again_and_again() -> None:
    trace = collatz().trace
    assert trace
    assert trace.converted
    assert trace.signature == "(n: int32 [])"
    rows = {row.line: row for row in trace.lines}
    halved, tripled = rows[line_of("n = n // 2")], rows[line_of("n = 3 * n + 1")]
    assert (halved.eager, halved.traced) == (11, 1)  # 7 22 11 34 17 52 26 13 40 20 10 5 16 8 4 2 1
    assert (tripled.eager, tripled.traced) == (5, 1)
    visits = {visit.line: [count.kind for count in visit.ops] for visit in trace.visits}
    assert "FloorDiv" in visits[halved.line]
    assert {"Mul", "AddV2"} <= set(visits[tripled.line])


def test_the_graph_holds_the_loop_and_in_its_body_the_branches() -> None:
    graph = collatz().graph
    assert graph
    (loop,) = [part for part in graph.traced.bodies if part.role == "the loop's body of while"]
    assert {part.role for part in loop.bodies} == {"the branch taken of while/cond", "the other branch of while/cond"}
    assert graph.traced.ops_total > graph.traced.ops
    assert graph.optimised
    assert graph.optimised.ops_total > 0


def test_xla_s_program_is_there_before_and_after_with_source_lines() -> None:
    program = collatz().program
    assert program
    assert program.given.instructions == sum(count.number for count in program.given.kinds)
    assert "while" in {count.kind for count in program.given.kinds}
    assert program.fusions == sum(count.number for count in program.optimised.kinds if count.kind == "fusion")
    assert line_of("n = 3 * n + 1") in {line.source for line in program.given.listing.lines}


def test_a_call_is_timed_in_each_mode() -> None:
    times = collatz().times
    assert times
    assert [timing.mode for timing in times] == ["eager", "tf.function", "XLA"]
    assert all((timing.low_s or 0) <= (timing.median_s or 0) <= (timing.high_s or 0) for timing in times)
    assert all(timing.slices >= 6 for timing in times)


def test_a_driver_gives_a_method_its_object_and_arguments_and_a_python_loop_is_unrolled() -> None:
    found = scaled()
    assert not found.missing
    assert found.trace
    rows = {row.line: row for row in found.trace.lines}
    repeated = rows[line_of("x = x * self.weight")]
    assert (repeated.eager, repeated.traced) == (4, 4)
    assert found.graph
    assert {count.kind: count.number for count in found.graph.traced.kinds}["Mul"] == 4


def test_what_a_function_has_not_is_a_reason_and_the_rest_goes_on() -> None:
    found = explained("kept", "tf.constant(1.0)")
    assert found.reason("code") == "it is marked do_not_convert, so AutoGraph leaves it as it is"
    assert "EagerPyFunc" in found.reason("program")
    assert found.times
    eager, function, xla = found.times
    assert eager.median_s
    assert function.median_s
    assert "EagerPyFunc" in xla.reason
    assert found.trace
    assert not found.trace.converted


def test_a_function_without_a_source_still_has_a_graph() -> None:
    found = explained("unreadable", "tf.constant(1.0)")
    assert found.reason("source").startswith("Python has no source of it")
    assert found.reason("code")
    assert found.graph
    assert found.times


def test_what_the_child_cannot_find_is_the_command_s_error() -> None:
    with pytest.raises(BenchError, match="is not there; name a function or a method"):
        explained("missing")


def test_the_command_explains_our_own_loop_in_the_terminal_and_as_a_page(tmp_path: Path) -> None:
    out = tmp_path / "loop"
    command = [sys.executable, "-m", "bench", "explain", "loop", "--lines", "5", "--out", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    for heading in ("1 source", "2 AutoGraph's code", "3 trace", "4 graph", "5 XLA's program", "6 time of a call"):
        assert f"\n{heading}: " in done.stdout
    assert "the loop's body of while" in done.stdout
    assert "LoopTrainer._loss_of_steps" in (out / "report.html").read_text()

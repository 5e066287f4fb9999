"""Whose time each moment of a profile is."""

import pytest

from bench.worker.attribution import RUNTIME, Noted, seconds_by_operation


def span(thread: int, start: float, end: float, operation: str | None) -> Noted:
    return Noted(thread, "span", start, end, operation)


def part(thread: int, kind: str, at: float, number: int = 0) -> Noted:
    return Noted(thread, kind, at, at, part=number)  # type: ignore[arg-type]


def test_the_innermost_of_nested_operations_counts() -> None:
    notes = [span(0, 0.0, 10.0, "Conv2D"), span(0, 2.0, 5.0, "Relu"), span(0, 11.0, 12.0, "Relu")]
    assert seconds_by_operation(notes) == pytest.approx({"Conv2D": 7.0, "Relu": 4.0})


def test_a_part_worked_on_by_another_thread_belongs_to_the_operation_that_handed_it_over() -> None:
    notes = [
        span(0, 0.0, 1.0, "Conv2D"),
        part(0, "hand over", 0.5, 7),
        part(1, "begin", 3.0, 7),
        part(1, "hand over", 4.0, 8),  # parts are split again by who works on them
        part(1, "end", 5.0),
        part(2, "begin", 6.0, 8),
        part(2, "end", 9.0),
    ]
    assert seconds_by_operation(notes) == pytest.approx({"Conv2D": 1.0 + 2.0 + 3.0})


def test_what_is_executed_in_a_part_that_schedules_is_not_charged_to_who_handed_it_over() -> None:
    notes = [
        span(0, 0.0, 1.0, "Conv2D"),
        part(0, "hand over", 0.5, 7),
        part(1, "begin", 2.0, 7),
        span(1, 2.0, 6.0, None),
        span(1, 3.0, 5.0, "MaxPool"),
        part(1, "end", 6.0),
    ]
    assert seconds_by_operation(notes) == pytest.approx({"Conv2D": 1.0, "MaxPool": 2.0})


def test_operations_at_the_same_time_share_it_by_threads() -> None:
    notes = [span(0, 0.0, 4.0, "Conv2D"), span(1, 0.0, 4.0, "Conv2D"), span(2, 1.0, 4.0, "MatMul")]
    assert seconds_by_operation(notes) == pytest.approx({"Conv2D": 3.0, "MatMul": 1.0})


def test_a_call_without_an_operation_is_the_runtimes_and_the_rest_is_nobodys() -> None:
    calls = [Noted(0, "call", 0.0, 5.0), Noted(0, "call", 1.0, 2.0), Noted(0, "call", 8.0, 9.0)]
    assert seconds_by_operation([*calls, span(1, 3.0, 4.0, "Relu")]) == pytest.approx({RUNTIME: 5.0, "Relu": 1.0})


def test_parts_of_which_the_beginning_was_not_noted_and_spans_without_length_change_nothing() -> None:
    notes = [
        part(0, "end", 0.0),
        part(0, "begin", 1.0, 99),
        span(0, 2.0, 2.0, "Relu"),
        part(0, "end", 3.0),
        span(0, 4.0, 5.0, "MatMul"),
    ]
    assert seconds_by_operation(notes) == pytest.approx({"MatMul": 1.0})

"""A trace of each kind of mode, read back from both files: its markers, and what ran under them."""

import gzip
import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from builders import ENVIRONMENT, SCHEDULE, a_case
from tensorflow.tsl.profiler.protobuf.xplane_pb2 import XSpace

from bench import modes
from bench.records.costs import Traced
from bench.records.folders import TRACES
from bench.records.messages import Order
from bench.worker.trace import SESSION, trace
from cifar_core import pipeline
from cifar_core.cifar10 import SYNTHETIC
from cifar_core.training import resident_task

KINDS = {"eager": "MatMul", "graph": "MatMul", "function": "MatMul", "function_loop": "MatMul", "xla": "Execute"}


def traced(mode: str, folder: Path, steps: int = 3) -> Traced:
    case = a_case(mode, model="mlp", batch_size=4)
    batches = pipeline.resident(SYNTHETIC, 4, 0)
    trainer = modes.load(mode)(partial(resident_task, case.workload, batches))
    trainer.run(steps)
    trainer.sync()
    order = Order(case, 0, SCHEDULE, ENVIRONMENT, SYNTHETIC, trace=str(folder / TRACES / case.key))
    made = trace(trainer, order, steps)
    assert made
    return made


def events(folder: Path, made: Traced) -> list[dict[str, Any]]:
    read: dict[str, Any] = json.loads(gzip.decompress((folder / made.file).read_bytes()))
    assert len(read["traceEvents"]) == made.events
    return list(read["traceEvents"])


@pytest.mark.parametrize("mode", KINDS)
def test_a_trace_has_a_marker_a_call_and_what_ran_lies_under_them(mode: str, tmp_path: Path) -> None:
    made = traced(mode, tmp_path)
    ran = [event for event in events(tmp_path, made) if event["ph"] == "X"]
    markers = [event for event in ran if event["name"].startswith("train ")]
    looping = mode == "function_loop"
    assert (made.steps, made.markers) == (3, 1 if looping else 3)
    assert [marker["name"] for marker in markers] == [f"train {number}" for number in range(made.markers)]
    begin, end = markers[0]["ts"], markers[-1]["ts"] + markers[-1]["dur"]
    inside = [event for event in ran if begin <= event["ts"] and event["ts"] + event["dur"] <= end + 1]
    assert any(KINDS[mode] in event["name"] for event in inside)


def test_threads_have_names_and_xprofs_file_holds_the_same_events(tmp_path: Path) -> None:
    made = traced("function", tmp_path)
    space = XSpace()
    (file,) = (tmp_path / made.file).parent.glob(f"{SESSION}/*.xplane.pb")
    space.ParseFromString(file.read_bytes())
    ran = [event for event in events(tmp_path, made) if event["ph"] == "X"]
    assert len(ran) == sum(len(line.events) for plane in space.planes for line in plane.lines)
    named = {(e["pid"], e["tid"]) for e in events(tmp_path, made) if e["name"] == "thread_name"}
    assert {(event["pid"], event["tid"]) for event in ran} <= named

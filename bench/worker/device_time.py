"""What a GPU did within the time that the host measured, from the profiler's notes, which share one time scale.

The streams of the GPU are noted by CUPTI, whose times TensorFlow converts to the host's. The host's clock is noted as
an event of its own around the timed steps.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from bench.records.devices import DeviceTime

TIMED = "timed by the host"  # the event's name
COPIES = ("Memcpy", "Memset")
Span = tuple[float, float]  # seconds, from the profile's start


def device_time(space: Any) -> DeviceTime | None:
    """Of an XSpace (TensorFlow's profile); None where no GPU worked, or the host's clock is not in it."""
    planes = space.planes if space else ()
    windows = [at for plane in planes if plane.name.startswith("/host:CPU") for at in _timed(plane)]
    work = [each for plane in planes if plane.name.startswith("/device:GPU") for each in on_streams(plane)]
    if len(windows) != 1 or not work:
        return None
    (start, end), spans = windows[0], [at for _, at in work]
    copies = [at for name, at in work if name.startswith(COPIES)]
    return DeviceTime(
        window_s=end - start,
        busy_s=covered(_within(spans, start, end)),
        copying_s=covered(_within(copies, start, end)),
        lead_s=max(0.0, min(at[0] for at in spans) - start),
        after_s=max(0.0, max(at[1] for at in spans) - end),
        kernels=len(work) - len(copies),
    )


def _within(spans: Sequence[Span], start: float, end: float) -> list[Span]:
    return [(max(a, start), min(b, end)) for a, b in spans if a < end and b > start]


def _timed(plane: Any) -> Iterator[Span]:
    wanted = {number for number, event in plane.event_metadata.items() if event.name == TIMED}
    for line in plane.lines:
        for event in line.events:
            if event.metadata_id in wanted:
                yield span(line, event)


def on_streams(plane: Any) -> Iterator[tuple[str, Span]]:
    """What ran on the GPU's streams, by name; other lines of the plane sum up the same work once more."""
    for line in plane.lines:
        if line.name.startswith("Stream"):
            for event in line.events:
                yield plane.event_metadata[event.metadata_id].name, span(line, event)


def span(line: Any, event: Any) -> Span:
    """When an event began and ended, in seconds."""
    start = line.timestamp_ns * 1e-9 + event.offset_ps * 1e-12
    return start, start + event.duration_ps * 1e-12


def covered(spans: list[Span]) -> float:
    """Seconds during which at least one span lasts."""
    total, reached = 0.0, float("-inf")
    for start, end in sorted(spans):
        total += max(0.0, end - max(start, reached))
        reached = max(reached, end)
    return total

"""A process that makes a person's own models once each, and says of each why it cannot be made, or ''."""

from collections.abc import Iterator
from typing import IO

import msgspec

from bench.machine.child_end import connect
from bench.worker.user_errors import described
from cifar_core.own import opened
from cifar_core.workload import Workload


def serve(lines: Iterator[bytes], out: IO[bytes]) -> None:
    """Answer each workload with a line."""
    for line in lines:
        out.write(msgspec.json.encode(fault(msgspec.json.decode(line, type=Workload))) + b"\n")
        out.flush()


def fault(workload: Workload) -> str:
    """Why the model cannot be made, on one line; '' where it can."""
    try:
        opened(workload)
    except Exception as error:  # a person's code raises what it likes
        return " ".join(described(error)[0].split())
    return ""


if __name__ == "__main__":
    serve(*connect())

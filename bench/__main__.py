"""`cifar-bench` or `python -m bench`: runs a command; an error becomes one line and an exit code."""

import sys

from bench.commands import streams
from bench.commands.app import app
from bench.errors import BenchError, Exit, NotMeasured
from bench.machine.signals import exit_code
from cifar_core.errors import DataError


def main() -> None:
    """Run the command that was typed, and end the process with its exit code."""
    streams.prepare()
    try:
        try:
            app(prog_name="cifar-bench")
        finally:
            streams.end()
    except (BenchError, DataError) as error:
        streams.refuse(error)
        sys.exit(Exit.CASE_FAILED if isinstance(error, NotMeasured) else Exit.USAGE)
    except KeyboardInterrupt as error:
        sys.exit(exit_code(error))


if __name__ == "__main__":
    main()

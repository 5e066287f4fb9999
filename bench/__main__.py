"""`cifar-bench` or `python -m bench`: runs a command; an error becomes one line and an exit code."""

import sys

from bench.machine.signals import exit_code


def main() -> None:
    """Run the command that was typed, and end the process with its exit code."""
    try:
        _run()
    except KeyboardInterrupt as error:
        sys.exit(exit_code(error))


def _run() -> None:
    # Imported only now: Ctrl-C while that takes its half second ends as at any other time, without a traceback.
    from bench.commands import streams
    from bench.commands.app import app
    from bench.errors import BenchError, Exit, NotMeasured
    from cifar_core.errors import DataError

    streams.prepare()
    try:
        try:
            app(prog_name="cifar-bench")
        finally:
            streams.end()
    except (BenchError, DataError) as error:
        streams.refuse(error)
        sys.exit(Exit.CASE_FAILED if isinstance(error, NotMeasured) else Exit.USAGE)


if __name__ == "__main__":
    main()

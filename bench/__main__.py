"""`cifar-bench` or `python -m bench`: runs a command; an error becomes one line and an exit code."""

import sys

from bench.machine.signals import exit_code


def main() -> None:
    """Run the command that was typed, and end the process with its exit code."""
    try:
        sys.exit(_run())
    except KeyboardInterrupt as error:
        sys.exit(exit_code(error))


def _run() -> int:
    # Imported only now: Ctrl-C while that takes its half second ends as at any other time, without a traceback.
    from bench.commands import faults, streams
    from bench.commands.app import app

    streams.prepare()
    try:
        try:
            return int(app(prog_name="cifar-bench", standalone_mode=False) or 0)
        finally:
            streams.end()
    except Exception as error:
        return faults.ended_by(error)


if __name__ == "__main__":
    main()

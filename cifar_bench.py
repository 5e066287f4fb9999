"""Where `cifar-bench` begins: with this program's own `bench` and `cifar_core`, whatever else has these names.

A folder `bench` of yours, on PYTHONPATH or where you are, would come first where Python searches for ours. So ours are
loaded from beside this file, in the command and in each process that it starts.
"""

import importlib.util
import sys
from pathlib import Path

PACKAGES = ("bench", "cifar_core")
PLACE = Path(__file__).resolve().parent


def pin() -> None:
    """Load our packages. Ends the process with one line where they do not lie beside this file."""
    for name in PACKAGES:
        file = PLACE / name / "__init__.py"
        loaded = sys.modules.get(name)
        if loaded is not None and Path(loaded.__file__ or "").resolve() == file:
            continue
        if not file.is_file():
            print(f"error: {file} is missing, so cifar-bench is not whole; install it again", file=sys.stderr)  # noqa: T201
            sys.exit(5)
        spec = importlib.util.spec_from_file_location(name, file, submodule_search_locations=[str(file.parent)])
        assert spec and spec.loader  # noqa: S101, PT018 - narrows the type
        module = sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)


def main() -> None:
    """Run the command that was typed."""
    pin()
    from bench.__main__ import main as run

    run()


if __name__ == "__main__":
    main()

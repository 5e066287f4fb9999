"""Which modes need packages of an extra that is not installed here. Imports none of them."""

from importlib.util import find_spec

from bench.modes.mode import Mode

PACKAGES = {"torch": "PyTorch", "jax": "JAX"}  # what a mode may need besides this package's own


def missing(mode: Mode) -> str:
    """Why the mode cannot run here and what to type; '' where it can."""
    absent = [PACKAGES[package] for package in mode.packages if find_spec(package) is None]
    return f"{' and '.join(absent)} not installed: python -m pip install '.[{mode.extra}]'" if absent else ""

"""XLA: the traced graph is compiled to machine code for the device."""

from bench.report.pytest_benchmark.names import Show


def test_xla(show: Show) -> None:
    """The step is compiled whole (jit_compile=True)."""
    show()


def test_xla_loop(show: Show) -> None:
    """The whole loop over steps is compiled as one program."""
    show()


def test_autocluster(show: Show) -> None:
    """XLA chooses parts of the graph and compiles those."""
    show()


def test_keras_jit(show: Show) -> None:
    """Keras' loop, its step compiled whole."""
    show()


def test_xla_cached(show: Show) -> None:
    """The step is compiled whole, and its program read from a disk cache in the first step."""
    show()

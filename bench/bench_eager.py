"""Dynamic graph (eager): Python runs each op of the step at once."""

from bench.report.pytest_benchmark.names import Show


def test_eager(show: Show) -> None:
    """Our own loop over the steps."""
    show()


def test_keras_eager(show: Show) -> None:
    """Keras' loop, with run_eagerly=True."""
    show()


def test_custom_loop(show: Show) -> None:
    """The loop that people write with Keras: its layers, a GradientTape and its optimizer."""
    show()

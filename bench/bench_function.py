"""AutoGraph and tracing: a graph is made of the Python step, then called."""

from bench.report.pytest_benchmark.names import Show


def test_function(show: Show) -> None:
    """One call of a tf.function a step."""
    show()


def test_function_unconverted(show: Show) -> None:
    """The same, traced from the Python as it stands: what AutoGraph's conversion is worth."""
    show()


def test_function_loop(show: Show) -> None:
    """AutoGraph makes one graph of the whole loop over steps."""
    show()


def test_keras_fit(show: Show) -> None:
    """Keras' loop, whose step is a tf.function too."""
    show()

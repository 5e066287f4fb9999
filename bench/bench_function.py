"""AutoGraph and tracing: the Python step is turned into a graph, and the graph is called."""

from bench.report.pytest_benchmark.names import Show


def test_function(show: Show) -> None:
    """One call of a tf.function a step."""
    show()


def test_function_unconverted(show: Show) -> None:
    """The same, traced without AutoGraph: shows what AutoGraph's conversion changes."""
    show()


def test_function_loop(show: Show) -> None:
    """AutoGraph turns the whole loop over steps into one graph."""
    show()


def test_keras_fit(show: Show) -> None:
    """Keras' loop, whose step is a tf.function too."""
    show()


def test_custom_loop_function(show: Show) -> None:
    """The loop that people write with Keras, its step under tf.function."""
    show()


def test_keras_predict(show: Show) -> None:
    """Keras' predict, whose call is a tf.function too; for inference."""
    show()


def test_keras_predict_on_batch(show: Show) -> None:
    """The same without what is around the call."""
    show()

"""The static graph, TF1 style: the step is built once in a tf.Graph, a Session runs it."""

from bench.report.pytest_benchmark.names import Show


def test_graph(show: Show) -> None:
    """One call of the Session a step."""
    show()

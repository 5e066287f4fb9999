"""Other frameworks: PyTorch, JAX, and Keras on each of them. They need the extra `peers`."""

from bench.report.pytest_benchmark.names import Show


def test_torch_eager(show: Show) -> None:
    """PyTorch runs every op of the step one at a time."""
    show()


def test_torch_compile(show: Show) -> None:
    """The forward and the backward pass are compiled by torch.compile."""
    show()


def test_jax_jit(show: Show) -> None:
    """The whole step is compiled by jax.jit."""
    show()


def test_keras_jax(show: Show) -> None:
    """Keras' loop on JAX."""
    show()


def test_keras_torch(show: Show) -> None:
    """Keras' loop on PyTorch."""
    show()

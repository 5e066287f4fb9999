"""The rows of other frameworks' modes, which people would pick instead of TensorFlow. No mode itself."""

from dataclasses import replace

from bench.modes.mode import EAGERLY, ExpectedExecution, Mode

_JAX = (("XLA_PYTHON_CLIENT_PREALLOCATE", "false"),)  # else JAX takes most of a GPU that other processes share
# PyTorch's threads sleep while they wait: by default they spin, which costs whatever else runs on the machine, and on
# a busy machine of two cores made a step of the mlp 15 times as long.
_TORCH = (("OMP_WAIT_POLICY", "PASSIVE"),)

PEERS = (
    Mode(
        "torch_eager",
        "PyTorch eager",
        "the same network in PyTorch: channels last, fused Adam, every op run by Python",
        _TORCH,
        trains=False,
        expected=replace(EAGERLY, reason="PyTorch did not run it eagerly"),
        pytest_file="bench_peers.py",
        effort=18,
        groups=("peers",),
        extra="peers",
        packages=("torch",),
    ),
    Mode(
        "torch_compile",
        "torch.compile",
        "the same, its forward and backward pass compiled by torch.compile",
        _TORCH,
        trains=False,
        expected=ExpectedExecution(reason="torch.compile compiled nothing"),
        differs_from="torch_eager",
        lesson="torch.compile does not pay here",
        pytest_file="bench_peers.py",
        effort=19,
        groups=("peers",),
        extra="peers",
        packages=("torch",),
    ),
    Mode(
        "jax_jit",
        "JAX",
        "the same network in JAX, the whole step compiled by jax.jit",
        _JAX,
        trains=False,
        expected=ExpectedExecution(xla_compilations=True, reason="JAX compiled nothing"),
        pytest_file="bench_peers.py",
        effort=20,
        groups=("peers",),
        extra="peers",
        packages=("jax",),
    ),
    Mode(
        "keras_jax",
        "Keras on JAX",
        "Keras' own loop with KERAS_BACKEND=jax; in inference predict_on_batch",
        (("KERAS_BACKEND", "jax"), *_JAX),
        trains=False,
        expected=ExpectedExecution(graph_ops=None, xla_compilations=True, reason="JAX compiled nothing"),
        pytest_file="bench_peers.py",
        effort=16,
        groups=("peers",),
        extra="peers",
        packages=("jax",),
    ),
    Mode(
        "keras_torch",
        "Keras on PyTorch",
        "Keras' own loop with KERAS_BACKEND=torch; in inference predict_on_batch",
        (("KERAS_BACKEND", "torch"), *_TORCH),
        trains=False,
        expected=replace(EAGERLY, reason="PyTorch did not run it eagerly"),
        pytest_file="bench_peers.py",
        effort=17,
        groups=("peers",),
        extra="peers",
        packages=("torch",),
    ),
)

"""The modes: ways to execute the one train step, a file and a row each, in the order of the report.

To add one: write `bench/modes/<name>.py` with `open_trainer(make_task)`, add its row here, and for `pytest bench` a
test_<name> in the file that the row names. The first selected row is the baseline.
"""

from collections.abc import Callable
from dataclasses import replace
from importlib import import_module

from bench.errors import BenchError
from bench.modes import placement
from bench.modes.mode import EAGERLY, ExpectedExecution, Mode
from bench.modes.peers import PEERS
from bench.modes.replicas import REPLICAS
from bench.modes.trainer import Trainer as Trainer  # for those who know a mode by its face alone
from bench.records.case import Case

_CLUSTERS = (("TF_XLA_FLAGS", "--tf_xla_auto_jit=2 --tf_xla_cpu_global_jit"),)
KERAS = (("KERAS_BACKEND", "tensorflow"), ("TF_USE_LEGACY_KERAS", "0"))  # own models' too, in every mode

MODES = (
    Mode(
        "eager",
        "eager",
        "dynamic graph: Python runs every op of the step, one at a time",
        expected=replace(EAGERLY, reason="it ran a graph instead of running eagerly"),
        pytest_file="bench_eager.py",
        effort=0,
        groups=("all", "inference"),
    ),
    Mode(
        "graph",
        "TF1 graph",
        "static graph: the step is built once in a tf.Graph, a Session runs it",
        expected=ExpectedExecution(traces=False, reason="it ran no static graph"),
        pytest_file="bench_graph.py",
        differs_from="eager",
        lesson="a static graph does not pay here",
        effort=10,
        groups=("all", "inference"),
    ),
    Mode(
        "function",
        "tf.function",
        "AutoGraph: the Python step is traced once into a graph, then the graph is called",
        expected=ExpectedExecution(converted=True, reason="nothing was traced, or AutoGraph converted nothing"),
        differs_from="eager",
        lesson="tf.function does not pay here",
        effort=2,
        groups=("all", "inference"),
    ),
    Mode(
        "function_unconverted",
        "tf.function, no AutoGraph",
        "the same, traced without AutoGraph",
        expected=ExpectedExecution(converted=False, reason="AutoGraph converted it, or nothing was traced"),
        differs_from="function",
    ),
    Mode(
        "function_loop",
        "tf.function loop",
        "AutoGraph: the whole loop over steps is one graph",
        loops=True,
        expected=ExpectedExecution(loops=True, reason="its graph holds no loop, or was compiled"),
        differs_from="function",
        lesson="moving the loop into the graph does not pay here",
        effort=8,
    ),
    Mode(
        "xla",
        "XLA",
        "tf.function(jit_compile=True): the traced graph is compiled to machine code by XLA",
        expected=ExpectedExecution(xla_compilations=True, reason="XLA compiled nothing"),
        pytest_file="bench_xla.py",
        differs_from="function",
        lesson="compiling the step with XLA does not pay here",
        effort=7,
        groups=("all", "inference"),
    ),
    Mode(
        "xla_loop",
        "XLA loop",
        "the whole loop over steps is compiled as one program",
        loops=True,
        trains=False,
        expected=ExpectedExecution(xla_compilations=True, loops=True, reason="XLA compiled nothing, or no loop"),
        pytest_file="bench_xla.py",
        differs_from="xla",
        lesson="XLA compiles a loop's body worse than the same step alone: keep the loop in Python",
        effort=11,
    ),
    Mode(
        "autocluster",
        "XLA clusters",
        "tf.function whose graph XLA compiles in the parts it chooses",
        _CLUSTERS,
        expected=ExpectedExecution(clusters=True, reason="XLA formed no cluster"),
        pytest_file="bench_xla.py",
        differs_from="function",
        lesson="letting XLA choose clusters does not pay here",
        effort=9,
    ),
    Mode(
        "keras_fit",
        "Keras fit",
        "the same network and optimizer in Keras' own loop",
        KERAS,
        loops=True,
        trains=False,
        expected=ExpectedExecution(reason="Keras traced nothing, or compiled with XLA"),
        effort=4,
        groups=("all", "keras"),
    ),
    Mode(
        "keras_jit",
        "Keras fit, XLA",
        "the same with jit_compile=True",
        KERAS,
        loops=True,
        trains=False,
        expected=ExpectedExecution(xla_compilations=True, reason="Keras compiled nothing with XLA"),
        pytest_file="bench_xla.py",
        differs_from="keras_fit",
        lesson="jit_compile=True does not pay here",
        effort=6,
        groups=("all", "keras"),
    ),
    Mode(
        "keras_eager",
        "Keras eager",
        "the same with run_eagerly=True",
        KERAS,
        loops=True,
        trains=False,
        expected=replace(EAGERLY, reason="Keras ran a graph instead of running eagerly"),
        pytest_file="bench_eager.py",
        differs_from="keras_fit",
        effort=12,
        groups=("all", "keras"),
    ),
    Mode(
        "custom_loop",
        "custom loop",
        "a custom training loop: Keras' layers, a GradientTape and Keras' optimizer, without tf.function",
        KERAS,
        trains=False,
        expected=replace(EAGERLY, reason="it ran a graph instead of running eagerly"),
        pytest_file="bench_eager.py",
        differs_from="eager",
        lesson="Keras' layers and optimizer run more ops per step than plain TensorFlow: use tf.function on the step",
        effort=1,
        groups=("all", "custom"),
    ),
    Mode(
        "custom_loop_function",
        "custom loop, tf.function",
        "the same, its step under tf.function",
        KERAS,
        trains=False,
        expected=ExpectedExecution(converted=True, reason="nothing was traced, or AutoGraph converted nothing"),
        differs_from="custom_loop",
        lesson="tf.function does not pay here for a custom training loop in Keras",
        effort=3,
        groups=("all", "custom"),
    ),
    Mode(
        "keras_predict",
        "Keras predict",
        "model.predict, called for each batch (--task infer)",
        KERAS,
        trains=False,
        prepares_each_call=True,
        expected=ExpectedExecution(reason="Keras traced nothing, or compiled with XLA"),
        effort=14,
        groups=("inference",),
    ),
    Mode(
        "keras_predict_on_batch",
        "Keras predict_on_batch",
        "model.predict_on_batch, called for each batch (--task infer)",
        KERAS,
        trains=False,
        expected=ExpectedExecution(reason="Keras traced nothing, or compiled with XLA"),
        differs_from="keras_predict",
        lesson="what predict does around a call costs nothing worth removing here",
        effort=15,
        groups=("inference",),
    ),
    Mode(
        "xla_cached",
        "XLA, cached",
        "XLA with a warm disk cache: its compiled program is read from the disk",
        trains=False,
        expected=ExpectedExecution(xla_compilations=True, cache_reads=True),
        pytest_file="bench_xla.py",
        differs_from="xla",
        effort=13,
        groups=(),
    ),
    *REPLICAS,
    *PEERS,
)


def row(name: str) -> Mode:
    """The mode's row. Raises BenchError for an unknown name, as a newer version's run folder may hold."""
    rows = {mode.name: mode for mode in MODES}
    if name not in rows:
        raise BenchError(f"mode '{name}' is unknown here; known: {', '.join(rows)}; update cifar-bench")
    return rows[name]


def homes_of(case: Case) -> list[str]:
    """The devices on which the ops of a case's step belong, as its process counts them."""
    return placement.homes(case.device, row(case.mode).devices(case.replicas))


def pairs() -> list[tuple[Mode, Mode]]:
    """Each mode that differs from another in one thing, after that other, in the order of MODES."""
    return [(row(mode.differs_from), mode) for mode in MODES if mode.differs_from]


def graph_of(name: str) -> str:
    """The mode whose graph a mode runs: another's, where it differs from it in how the same graph is traced or called.

    XLA compiles other programs, and each mode that traces nothing has its own.
    """
    mode = row(name)
    while mode.differs_from and all(each.traces and not each.compiles for each in (mode, row(mode.differs_from))):
        mode = row(mode.differs_from)
    return mode.name


def load(name: str) -> Callable[..., Trainer]:
    """The mode's `open_trainer(make_task) -> Trainer`, where make_task() gives a Task. Imports TensorFlow.

    The modes that loop inside a call take `steps_per_call` too, those with replicas `strategy`.
    """
    open_trainer: Callable[..., Trainer] = import_module(f"bench.modes.{name}").open_trainer
    return open_trainer

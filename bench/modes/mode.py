"""The row of a mode, with what proves the mode. Not a mode itself."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class ExpectedExecution:
    """What must be seen in a mode's `Execution`, by its field names: True for some, False for none, None for either.

    The defaults hold for a graph that is traced and called, uncompiled. `reason` is why a case is INVALID where
    anything differs; without a reason, each difference is named.
    """

    traces: bool | None = True
    graph_ops: bool | None = True
    xla_compilations: bool | None = False
    clusters: bool | None = False
    loops: bool | None = None
    converted: bool | None = None
    cache_reads: bool | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Mode:
    """A way to execute the train step. The defaults hold for a mode that traces the step.

    `process_env` must be set before TensorFlow loads. `loops` where one call takes many steps, so that it matters how
    many; `trains` where it can follow a recipe. `expected` proves the mode. `pytest_file` holds its test_<name>.
    `differs_from` names the mode that is the same but for one thing, so that the report compares the two; `lesson` is
    what follows where this mode is slower than that one. `effort` ranks how much the mode asks of a person's code
    (0: nothing): of modes that are equally fast, the one with the least is recommended. `groups` are those in which
    `--modes` takes it together with others; `extra` is the extra of this package that
    must be installed for it, which brings the `packages` that it needs: such a mode is another framework's, a peer, and
    its process has no TensorFlow. `prepares_each_call` where by its nature each call traces functions of its own,
    beside the step. `replicas` where tf.distribute splits the batch: over what.
    """

    name: str
    title: str
    summary: str
    process_env: tuple[tuple[str, str], ...] = ()
    loops: bool = False
    trains: bool = True
    expected: ExpectedExecution = ExpectedExecution()
    pytest_file: str = "bench_function.py"
    differs_from: str = ""
    lesson: str = ""
    effort: int = 5
    groups: tuple[str, ...] = ("all",)
    extra: str = ""
    packages: tuple[str, ...] = ()
    prepares_each_call: bool = False
    replicas: Literal["", "devices", "processes"] = ""

    @property
    def peer(self) -> bool:
        """Whether another framework than TensorFlow executes the step."""
        return bool(self.packages)

    @property
    def on_keras(self) -> bool:
        """Whether Keras' own loop, on this mode's backend, executes the step."""
        return "KERAS_BACKEND" in dict(self.process_env)

    @property
    def traces(self) -> bool:
        """Whether Python's step is traced into a graph."""
        return bool(self.expected.traces)

    def devices(self, replicas: int) -> int:
        """On how many devices of one process a step of so many replicas runs; 1 without replicas."""
        return replicas if self.replicas == "devices" else 1

    @property
    def converts(self) -> bool:
        """Whether AutoGraph may convert the step when it is traced."""
        return self.traces and self.expected.converted is not False

    @property
    def compiles(self) -> bool:
        """Whether XLA compiles the step, whole or in parts."""
        return bool(self.expected.xla_compilations or self.expected.clusters)

    @property
    def cached(self) -> bool:
        """Whether it starts from XLA's disk cache, which must hold its program before anything is measured."""
        return bool(self.expected.cache_reads)

    @property
    def executes(self) -> Literal["eager", "graph", "xla"]:
        """The way of executing that it shares with others, as `probe` knows them."""
        if self.expected.xla_compilations:
            return "xla"
        return "graph" if self.expected.graph_ops else "eager"

    @property
    def family(self) -> Literal["base", "graph", "xla", "keras", "peer"]:
        """What figures and tables show it as: another framework, Keras' loop, XLA, a graph, or what runs op by op."""
        if self.peer:
            return "peer"
        if "keras" in self.groups:
            return "keras"
        return "xla" if self.compiles else "graph" if self.executes == "graph" else "base"


# A person's own model may hold a function that compiles itself, in every mode.
EAGERLY = ExpectedExecution(traces=False, graph_ops=False, xla_compilations=None)

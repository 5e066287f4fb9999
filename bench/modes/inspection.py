"""What the modes ask TensorFlow about variables and traced functions, outside a TF1 graph. Not a mode itself."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import tensorflow as tf
from tensorflow.python.eager import context  # the only way to see a graph as the runtime has optimised it

from bench.modes.operation_names import fused_in_graph, fused_in_program
from bench.records.costs import Structure


def read(variables: Sequence[Any]) -> list[Any]:
    """The variables' values as NumPy arrays."""
    return [variable.numpy() for variable in variables]


def write(variables: Sequence[Any], values: Sequence[Any]) -> None:
    """Give the variables these values."""
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)


def devices(*variables: Any) -> tuple[str, ...]:
    """Where variables or tensors lie, by TensorFlow's names."""
    return tuple(getattr(variable, "handle", variable).device for variable in variables)  # Keras' have but a handle


status = tf.__internal__.autograph.control_status_ctx  # asked inside a trace: what AutoGraph does there


class Traces:
    """What each trace of a step was given, so that the argument that made it trace again can be named."""

    def __init__(self, names: Sequence[str]) -> None:
        """`names` says what each argument is."""
        self.converted: bool | None = None  # by AutoGraph; None before the first trace
        self._names, self._seen = names, list[list[tuple[str, str]]]()
        # It is no part of the step: converting it must not make AutoGraph look more expensive than it is.
        self.note = tf.autograph.experimental.do_not_convert(self._note)

    def _note(self, status: Any, *arguments: Any) -> None:
        """Called inside a trace as `note`, with `inspection.status()` there and the step's arguments."""
        self.converted = bool(status.status.name == "ENABLED")
        self._seen.append(_described(self._names, arguments))

    @property
    def count(self) -> int:
        """How many traces there were."""
        return len(self._seen)

    def changes(self) -> tuple[str, ...]:
        """Each argument's latest change between traces: 'argument 2 (labels): int32 [64] became int32 [16]'."""
        latest = {}
        for before, after in pairwise(self._seen):
            known = dict(before)
            for argument, now in after:
                if now != (was := known.get(argument, "nothing")):
                    latest[argument] = f"{argument}: {was} became {now.removeprefix(_kind(was))}"
        return tuple(latest.values())


def _described(names: Sequence[str], arguments: Sequence[Any]) -> list[tuple[str, str]]:
    """Each tensor or Python value among the arguments, by its place and name."""
    named = [(f"argument {number} ({name})", name) for number, name in enumerate(names, 1)]
    return [
        (title.replace(name, path), _signature(leaf))
        for (title, name), argument in zip(named, arguments, strict=False)
        for path, leaf in _leaves(name, argument)
    ]


def _leaves(path: str, value: Any) -> list[tuple[str, Any]]:
    """The values in nested dicts, lists and tuples, each by its path: inputs['mask'], labels[0]."""
    if isinstance(value, dict):
        return [leaf for key in value for leaf in _leaves(f"{path}[{key!r}]", value[key])]
    if isinstance(value, list | tuple):
        return [leaf for number, part in enumerate(value) for leaf in _leaves(f"{path}[{number}]", part)]
    return [(path, value)]


def _signature(value: Any) -> str:
    if tf.is_tensor(value):
        return f"{value.dtype.name} {value.shape}".replace("(", "[").replace(",)", "]").replace(")", "]")
    return f"Python {type(value).__name__} {value!r}"[:60]


def _kind(signature: str) -> str:
    """'Python int ' of 'Python int 3', which need not be said twice; nothing of a tensor's."""
    words = signature.split(" ")
    return " ".join([*words[:2], ""]) if words[0] == "Python" else ""


def has_open_shapes(specs: Any) -> bool:
    """Whether any tensor in a structure of tf.TensorSpecs has a shape that is not fully known."""
    return any(not spec.shape.is_fully_defined() for spec in tf.nest.flatten(specs))


def graph_ops(graph: Any) -> int:
    """The operations of a traced graph, those in the bodies of its loops and branches included."""
    return definition_ops(graph.as_graph_def())


def definition_ops(definition: Any) -> int:
    """The operations of a GraphDef, those of its functions included."""
    return len(definition.node) + sum(len(function.node_def) for function in definition.library.function)


def structure_of(definition: Any) -> Structure:
    """What Grappler has made of a graph, by the GraphDef that runs."""
    return Structure(ops_optimised=definition_ops(definition), fused=fused_in_graph(definition))


def loops(graph: Any) -> int:
    """How many while loops the graph itself holds."""
    return sum(operation.type in ("While", "StatelessWhile") for operation in graph.get_operations())


def is_compiled(concrete: Any) -> bool:
    """Whether the runtime must compile the concrete function with XLA: it does so or fails, without falling back."""
    return bool(concrete.function_def.attr["_XlaMustCompile"].b)


def must_compile() -> set[Any]:
    """The names of this process' functions that the runtime must compile with XLA."""
    runtime = context.context()
    names = runtime.list_function_names()
    return {name for name in names if runtime.get_function_def(name).attr["_XlaMustCompile"].b}


def hlo_instructions(function: Any, *arguments: Any) -> int:
    """The instructions of the program that XLA is given, before it optimises them."""
    return _instructions(function.experimental_get_compiler_ir(*arguments)(stage="hlo"))


def optimised_program(function: Any, *arguments: Any) -> Structure:
    """What XLA has made of a function's program, which it compiles once more."""
    program = function.experimental_get_compiler_ir(*arguments)(stage="optimized_hlo")
    fusions = sum(" fusion(" in line for line in program.splitlines())
    return Structure(hlo_optimised=_instructions(program), fusions=fusions, fused=fused_in_program(program))


def _instructions(program: str) -> int:
    return sum(" = " in line for line in program.splitlines())


def optimised_graph(function: Any, arguments: Sequence[Any]) -> Any:
    """The GraphDef that the runtime runs for a tf.function that has not run yet; runs it once."""
    runtime = context.context()
    runtime.enable_run_metadata()
    runtime.enable_graph_collection()
    try:
        function(*arguments)
        return runtime.export_run_metadata().function_graphs[-1].post_optimization_graph
    finally:
        runtime.disable_graph_collection()
        runtime.disable_run_metadata()

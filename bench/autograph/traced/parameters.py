"""The values of a function's parameters: from annotations, defaults, the signature and the callers' arguments."""

import ast
from dataclasses import replace

from bench.autograph.inference.values import CONTAINERS, LIKELY, PYTHON, TENSOR, UNKNOWN, Tensor, Value
from bench.autograph.source import names
from bench.autograph.source.modules import FunctionDefinition
from bench.autograph.traced.body import Body
from bench.autograph.traced.compiled import CompiledFunction

_TENSOR_TYPES = (
    "tensorflow.Tensor",
    "tensorflow.types.experimental.Tensor",
    "tensorflow.types.experimental.TensorLike",
)
_PYTHON_TYPES = frozenset("int float bool str list tuple dict set Callable Sequence Iterable Mapping Path None".split())
# Parameters that are Python values by convention.
_PYTHON_NAMES = frozenset("training name dtype axis mode config params verbose".split())


def plain(function: FunctionDefinition) -> dict[str, Value]:
    """The parameters of a function that is not traced."""
    return {name: _receiver(function, name) or _declared(function, argument, default) or UNKNOWN
            for name, argument, default in _each(function)}  # fmt: skip


def traced(
    function: FunctionDefinition, arguments: dict[str, Value], root: CompiledFunction | None
) -> dict[str, Value]:
    """The parameters of a traced function: of a root, likely tensors unless something says otherwise."""
    values: dict[str, Value] = {}
    for name, argument, default in _each(function):
        declared = _declared(function, argument, default)
        value = arguments.get(name)
        if (receiver := _receiver(function, name)) and (value is None or value.owner is None):
            value = receiver
        elif root is None:
            value = value or (UNKNOWN if declared is None else declared)
            value = TENSOR if declared is TENSOR and value.tensor < Tensor.YES else value
        else:
            value = _of_root(root, name, declared, value)
            if root.kind == "keras" and len(values) > 1 and value == _likely(name):
                value = replace(UNKNOWN, origin="parameter", name=name)  # many of the later parameters are flags
        values[name] = value
    return values | _gathered(function)


def _likely(name: str) -> Value:
    return replace(LIKELY, origin="parameter", name=name)


def _gathered(function: FunctionDefinition) -> dict[str, Value]:
    """`*args` and `**kwargs`: Python creates them again for each call."""
    arguments = function.node.args
    kinds = ((arguments.vararg, "tuple"), (arguments.kwarg, "dict"))
    return {argument.arg: Value(kind, "fresh") for argument, kind in kinds if argument}


def _of_root(root: CompiledFunction, name: str, declared: Value | None, value: Value | None) -> Value:
    if root.signature is not None:
        parameter = TENSOR
    elif value is not None and value.tensor is not Tensor.UNKNOWN:
        parameter = value
    else:
        parameter = declared or (PYTHON if name in _PYTHON_NAMES else LIKELY)
    return replace(parameter, origin="parameter", name=name)


def _receiver(function: FunctionDefinition, name: str) -> Value | None:
    if function.owner is None or name not in ("self", "cls"):
        return None
    made_here = function.name.endswith(".__init__")
    return Value("object", "fresh" if made_here else "captured", name="" if made_here else name, owner=function.owner)


def _each(function: FunctionDefinition) -> list[tuple[str, ast.arg, ast.expr | None]]:
    arguments = function.node.args
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults: list[ast.expr | None] = [None] * (len(positional) - len(arguments.defaults)) + [*arguments.defaults]
    pairs = [*zip(positional, defaults, strict=True), *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)]
    return [(argument.arg, argument, default) for argument, default in pairs]


def _declared(function: FunctionDefinition, argument: ast.arg, default: ast.expr | None) -> Value | None:
    if argument.annotation is not None and (annotated := _annotated(function, argument.annotation)):
        return annotated
    if isinstance(default, ast.Constant) and (default.value is None or isinstance(default.value, bool | str | bytes)):
        return PYTHON if default.value is not None else None
    if isinstance(default, ast.List | ast.Dict | ast.Set):
        return Value(type(default).__name__.lower(), "parameter", name=argument.arg)
    return None


def _annotated(function: FunctionDefinition, node: ast.expr) -> Value | None:
    if names.dotted(function.module, node) in _TENSOR_TYPES:
        return TENSOR
    base = node.value if isinstance(node, ast.Subscript) else node
    leaf = (names.dotted(function.module, base) or "").rpartition(".")[2]
    if leaf in CONTAINERS:
        return Value(leaf, "parameter")
    return PYTHON if leaf in _PYTHON_TYPES else None


def call_arguments(body: Body, function: FunctionDefinition, call: ast.Call) -> dict[str, Value]:
    """The arguments of a call, by the name of the function's parameter."""
    positional = [*function.node.args.posonlyargs, *function.node.args.args]
    expected = [argument.arg for argument in positional]
    arguments: dict[str, Value] = {}
    if expected[:1] in (["self"], ["cls"]) and function.owner is not None:
        expected = expected[1:]
        if isinstance(call.func, ast.Attribute):
            owner = body.value(call.func.value)
            arguments |= {"self": owner} if owner.owner is not None else {}
    if any(isinstance(argument, ast.Starred) for argument in call.args):
        return arguments
    arguments |= {name: body.value(argument) for name, argument in zip(expected, call.args, strict=False)}
    return arguments | {keyword.arg: body.value(keyword.value) for keyword in call.keywords if keyword.arg}


def as_tensors(arguments: dict[str, Value]) -> dict[str, Value]:
    """The arguments as a compiled function receives them: arrays become tensors."""
    return {name: TENSOR if value.kind == "ndarray" else value for name, value in arguments.items() if name != "self"}

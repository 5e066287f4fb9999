"""Finds the functions that TensorFlow compiles, with their options and the line that asks for it."""

import ast
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from bench.autograph.source import names
from bench.autograph.source.modules import FunctionDefinition, Module
from bench.autograph.source.project import Project

# Keras traces these methods in `fit`, `evaluate` and `predict`; AutoGraph converts only the `call` of Keras 2.
KERAS_METHODS = frozenset("call train_step test_step predict_step compute_loss".split())


@dataclass(frozen=True, slots=True, eq=False)
class CompiledFunction:
    """A function that is traced. `because` is the source text that asks for it, on `line` of `module`."""

    function: FunctionDefinition
    module: Module
    because: str
    line: int
    node: ast.AST  # the decorator or call that compiles it
    jit: bool = False
    autograph: bool = True
    signature: ast.expr | None = None
    kind: str = "tf.function"  # or keras, dataset
    relaxed: bool = False  # reduce_retracing


def compiled_functions(project: Project, module: Module) -> Iterator[CompiledFunction]:
    """The functions that the module's own source compiles."""
    for node, function in list(module.functions.items()):
        for decorator in getattr(node, "decorator_list", ()):
            options = _options(module, decorator)
            if options is not None:
                yield _compiled(function, module, decorator, options, "@")
        if (
            function.owner
            and function.name.split(".")[-1] in KERAS_METHODS
            and project.is_keras(module, function.owner)
        ):
            because = f"Keras traces {function.name} in fit"
            converted = function.name.endswith(".call") and project.is_keras_2(module, function.owner)
            yield CompiledFunction(
                function, module, because, function.node.lineno, node, autograph=converted, kind="keras"
            )
    for node in module.calls:
        if application := _compiled_by_call(module, node):
            target, options = application
            definition = project.definition(module, target)
            if definition and definition.node in definition.module.functions:
                yield _compiled(definition.module.functions[definition.node], module, node, options, "")


def known_functions(module: Module, traced: Collection[tuple[str, int]]) -> Iterator[CompiledFunction]:
    """The module's functions that are known to be traced, by file and first line (of the first decorator, if any)."""
    path = str(module.path.resolve()) if traced else ""
    for node, function in module.functions.items() if traced else ():
        first_line = min(
            (decorator.lineno for decorator in getattr(node, "decorator_list", ())), default=function.node.lineno
        )
        if (path, first_line) in traced:
            yield CompiledFunction(function, module, f"modes trace {function.name}", function.node.lineno, node)


def _compiled_by_call(module: Module, node: ast.Call) -> tuple[ast.expr, list[ast.keyword]] | None:
    """The function that `tf.function(f, ...)` or `tf.function(...)(f)` compiles, and its options."""
    if names.called(module, node) == "tensorflow.function":
        target = _target(node)
        return (target, node.keywords) if target else None
    if len(node.args) != 1 or isinstance(node.func, ast.Attribute):
        return None
    options = _options(module, node.func)
    return (node.args[0], options) if options is not None else None


def _target(node: ast.Call) -> ast.expr | None:
    named = next((keyword.value for keyword in node.keywords if keyword.arg == "func"), None)
    target = node.args[0] if node.args else named
    return None if isinstance(target, ast.Constant) else target


def _options(module: Module, node: ast.expr, depth: int = 0) -> list[ast.keyword] | None:
    """The options of an expression that compiles the function it is applied to; None where it does not compile."""
    if names.dotted(module, node) == "tensorflow.function":
        return []
    if isinstance(node, ast.Call):
        dotted = names.called(module, node)
        if dotted == "tensorflow.function":  # with a function as its argument it is already the compiled function
            return None if _target(node) else node.keywords
        partial = dotted == "functools.partial" and node.args
        return node.keywords if partial and names.dotted(module, node.args[0]) == "tensorflow.function" else None
    if isinstance(node, ast.Name) and node in module.enclosing and depth == 0:
        bound = names.lookup(node.id, module.enclosing[node])
        binding = names.only(bound.bindings) if bound else None
        return _options(module, binding.value, 1) if binding and binding.value else None
    return None


def _compiled(
    function: FunctionDefinition, module: Module, node: ast.expr, options: list[ast.keyword], prefix: str
) -> CompiledFunction:
    values = {keyword.arg: keyword.value for keyword in options}
    text = " ".join((ast.unparse(node)).split())
    return CompiledFunction(
        function,
        module,
        prefix + (text if len(text) <= 60 else text[:57] + "..."),
        node.lineno,
        node,
        jit=_true(values.get("jit_compile")) or _true(values.get("experimental_compile")),
        autograph=not _false(values.get("autograph")),
        signature=values.get("input_signature"),
        relaxed=_true(values.get("reduce_retracing")),
    )


def _true(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is True


def _false(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is False

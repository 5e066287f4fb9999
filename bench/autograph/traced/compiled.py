"""Which functions TensorFlow compiles, how, and the line that says so. What they call in turn is in reach.py."""

import ast
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from bench.autograph.source import names
from bench.autograph.source.modules import FunctionDefinition, Module
from bench.autograph.source.project import Project

# Keras traces these methods in `fit`, `evaluate` and `predict`; AutoGraph does not convert them.
KERAS_METHODS = frozenset("call train_step test_step predict_step compute_loss".split())


@dataclass(frozen=True, slots=True, eq=False)
class CompiledFunction:
    """A function that is traced. `because` is the source that asks for it, on `line` of `module`."""

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


def find(project: Project, module: Module) -> Iterator[CompiledFunction]:
    """The functions that the module's own lines compile."""
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
            yield CompiledFunction(function, module, because, function.node.lineno, node, autograph=False, kind="keras")
    for node in module.enclosing:
        if isinstance(node, ast.Call) and (made := _made(module, node)):
            target, options = made
            found = project.definition(module, target)
            if found and found[1] in found[0].functions:
                yield _compiled(found[0].functions[found[1]], module, node, options, "")


def known(module: Module, traced: Collection[tuple[str, int]]) -> Iterator[CompiledFunction]:
    """The module's functions that were seen to be traced, by file and first line, a decorator's where there is one."""
    for node, function in module.functions.items():
        first = min((one.lineno for one in getattr(node, "decorator_list", ())), default=function.node.lineno)
        if (str(module.path.resolve()), first) in traced:
            yield CompiledFunction(function, module, f"modes trace {function.name}", function.node.lineno, node)


def _made(module: Module, node: ast.Call) -> tuple[ast.expr, list[ast.keyword]] | None:
    """What `tf.function(f, ...)` or `tf.function(...)(f)` compiles, and its options."""
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
    """The options of an expression that compiles what it is applied to; None for one that does not."""
    if names.dotted(module, node) == "tensorflow.function":
        return []
    if isinstance(node, ast.Call):
        dotted = names.called(module, node)
        if dotted == "tensorflow.function":  # with a function in it, it is that function compiled
            return None if _target(node) else node.keywords
        partial = dotted == "functools.partial" and node.args
        return node.keywords if partial and names.dotted(module, node.args[0]) == "tensorflow.function" else None
    if isinstance(node, ast.Name) and node in module.enclosing and depth == 0:
        found = names.lookup(node.id, module.enclosing[node])
        binding = names.only(found[1]) if found else None
        return _options(module, binding.value, 1) if binding and binding.value else None
    return None


def _compiled(
    function: FunctionDefinition, module: Module, node: ast.expr, options: list[ast.keyword], prefix: str
) -> CompiledFunction:
    given = {keyword.arg: keyword.value for keyword in options}
    text = " ".join((ast.unparse(node)).split())
    return CompiledFunction(
        function,
        module,
        prefix + (text if len(text) <= 60 else text[:57] + "..."),
        node.lineno,
        node,
        jit=_true(given.get("jit_compile")) or _true(given.get("experimental_compile")),
        autograph=not _false(given.get("autograph")),
        signature=given.get("input_signature"),
        relaxed=_true(given.get("reduce_retracing")),
    )


def _true(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is True


def _false(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is False

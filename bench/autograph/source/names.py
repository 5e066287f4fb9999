"""What a name in a source file means, as a dotted name such as `tensorflow.function`: imports and aliases resolved.

A name that may mean several things means nothing here.
"""

import ast
import builtins

from bench.autograph.source.modules import Binding, Module, Scope

_RENAMED = (
    ("tensorflow.compat.v2", "tensorflow"),
    ("tensorflow.keras", "keras"),
    ("tf_keras", "keras"),
    ("keras.src", "keras"),
    ("tensorflow.python.eager.def_function.function", "tensorflow.function"),
    ("tensorflow.python.eager.polymorphic_function.polymorphic_function.function", "tensorflow.function"),
)
_BUILTINS = frozenset(dir(builtins))
_DEPTH = 8  # aliases of aliases that are followed


def canonical(dotted: str) -> str:
    """One spelling for the same thing."""
    for old, new in _RENAMED:
        if dotted == old or dotted.startswith(f"{old}."):
            return canonical(new + dotted[len(old) :])
    return dotted


def lookup(name: str, scope: Scope) -> tuple[Scope, list[Binding]] | None:
    """Where Python would find the name from this scope; class bodies are not seen from the functions in them."""
    here: Scope | None = scope
    while here:
        seen = here is scope or not isinstance(here.node, ast.ClassDef)
        if seen and name in here.bindings and name not in here.outer:
            return here, here.bindings[name]
        here = here.parent
    return None


def only(bindings: list[Binding]) -> Binding | None:
    """The one meaning of a name. Where imports are tried in turn, the first; `tf = None` after them does not count."""
    imports = [binding for binding in bindings if binding.kind == "import"]
    rest = [binding for binding in bindings if binding.kind != "import" and not _is_none(binding.value)]
    if imports and not rest:
        return next((binding for binding in imports if "tensorflow" in binding.dotted), imports[0])
    return bindings[0] if len(bindings) == 1 else None


def _is_none(value: ast.expr | None) -> bool:
    return isinstance(value, ast.Constant) and value.value is None


def dotted(module: Module, expression: ast.AST, depth: int = 0) -> str | None:
    """The dotted name of a name or attribute from outside the project; `builtins.print` for a builtin."""
    if isinstance(expression, ast.Attribute):
        base = dotted(module, expression.value, depth)
        return canonical(f"{base}.{expression.attr}") if base else None
    if not isinstance(expression, ast.Name) or expression not in module.enclosing or depth > _DEPTH:
        return None
    found = lookup(expression.id, module.enclosing[expression])
    if found is None:
        return f"builtins.{expression.id}" if expression.id in _BUILTINS else None
    binding = only(found[1])
    if binding is None:
        return None
    if binding.kind == "import":
        return canonical(binding.dotted)
    return dotted(module, binding.value, depth + 1) if binding.value else None


def called(module: Module, node: ast.AST) -> str:
    """The dotted name of what a call calls; empty where it is not known."""
    return (dotted(module, node.func) or "") if isinstance(node, ast.Call) else ""

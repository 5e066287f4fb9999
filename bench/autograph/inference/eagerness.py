"""What a test says while TensorFlow traces: `tf.executing_eagerly()` is False then, also where a function asks it."""

import ast

from bench.autograph.source import names
from bench.autograph.source.modules import Module
from bench.autograph.source.project import Project

_EAGER_ONLY = ("tensorflow.executing_eagerly", "tensorflow.compat.v1.executing_eagerly_outside_functions")
_DEPTH = 4  # how many functions that call each other are followed


def while_tracing(project: Project, module: Module, test: ast.expr, depth: int = 0) -> bool | None:
    """Whether the test holds in traced code; None where it does not only depend on that."""
    match test:
        case ast.Constant(value=bool(value)):
            return value
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            truth = while_tracing(project, module, operand, depth)
            return None if truth is None else not truth
        case ast.BoolOp(op=op, values=operands):
            truths = [while_tracing(project, module, operand, depth) for operand in operands]
            deciding = isinstance(op, ast.Or)
            return deciding if deciding in truths else None if None in truths else not deciding
        case ast.Compare(left=left, ops=[ast.Is()], comparators=[ast.Constant(value=None)]):
            return False if names.dotted(module, left) == "tensorflow" else None  # `try: import` with a fallback
        case ast.Call():
            return _answer(project, module, test, depth)
    return None


def _answer(project: Project, module: Module, call: ast.Call, depth: int) -> bool | None:
    if names.called(module, call) in _EAGER_ONLY:
        return False
    definition = project.definition(module, call.func) if depth < _DEPTH else None
    if definition is None or not isinstance(definition.node, ast.FunctionDef):
        return None
    return _returned(project, definition.module, definition.node.body, depth + 1)


def _returned(project: Project, module: Module, block: list[ast.stmt], depth: int) -> bool | None:
    """What a block returns in traced code; None where that is not known."""
    for statement in block:
        match statement:
            case ast.Return(value=ast.expr() as value):
                return while_tracing(project, module, value, depth)
            case ast.If():
                truth = while_tracing(project, module, statement.test, depth)
                taken = statement.body if truth else statement.orelse
                if truth is None or _returns(taken):
                    return None if truth is None else _returned(project, module, taken, depth)
            case ast.Expr() | ast.Import() | ast.ImportFrom() | ast.Assign() | ast.AnnAssign():
                continue
            case _:
                return None
    return None


def _returns(block: list[ast.stmt]) -> bool:
    return any(isinstance(part, ast.Return) for statement in block for part in ast.walk(statement))

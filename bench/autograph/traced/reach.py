"""Follows the compiled functions to every function they call in the project, with its arguments."""

import ast
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from bench.autograph.inference.expressions import Evaluator
from bench.autograph.inference.known import Asked, KnownValues
from bench.autograph.inference.statements import walk
from bench.autograph.inference.values import Value, join
from bench.autograph.source import names
from bench.autograph.source.modules import FunctionDefinition, Module
from bench.autograph.source.nodes import Nodes, without
from bench.autograph.source.project import Project
from bench.autograph.traced import parameters
from bench.autograph.traced.body import Body, BodyIndex
from bench.autograph.traced.compiled import CompiledFunction, compiled_functions, known_functions
from bench.autograph.traced.guards import runs_once

_ROUNDS = 3  # return values and arguments found late are known in the next round
_MOST = 4000  # at most so many functions are followed
# Functions that trace their arguments.
_TRACE_ARGUMENTS = frozenset(
    "map_fn while_loop cond case switch_case scan foldl foldr vectorized_map recompute_grad grad_pass_through".split()
)
_DATASET = frozenset("map filter interleave flat_map scan reduce take_while group_by_window".split())
_NOT_CONVERTED = "tensorflow.autograph.experimental.do_not_convert"


@dataclass(slots=True, eq=False)
class _ReachedFunction:
    function: FunctionDefinition
    root: CompiledFunction
    via: tuple[str, ...]
    converted: bool
    jit: bool
    apart: bool = False  # a root always has a trace of its own
    once: bool = False
    arguments: dict[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class _Walked:
    """What a walk over a body found, and all that it depends on."""

    local: dict[str, Value]
    is_traced: bool
    asked: Asked
    values: dict[ast.AST, Value]
    inside: Nodes


class Reach:
    """Finds all bodies. After `bodies()` nothing in it changes.

    `traced` are functions, by file and line, that are known to be compiled although no line in the project says so.
    `too_deep` is the code that could not be walked, by file and line; the rest is still checked.
    """

    def __init__(self, project: Project, modules: list[Module], traced: Collection[tuple[str, int]] = ()) -> None:
        self.project, self.modules, self.traced = project, modules, set(traced)
        self.states: dict[FunctionDefinition, _ReachedFunction] = {}
        self.known = KnownValues()
        self.walks: dict[ast.AST, _Walked] = {}
        self.index = BodyIndex()
        self.bodies_by_node: dict[ast.AST, Body] = {}
        self.too_deep: set[tuple[Path, int]] = set()

    def bodies(self) -> list[Body]:
        """Every body of the modules, and of the modules that compiled functions call into."""
        for module in self.modules:
            with self.noting_depth(module, module.tree):
                for root in (*compiled_functions(self.project, module), *known_functions(module, self.traced)):
                    self.root(root)
        for _ in range(_ROUNDS):
            before = (dict(self.known.returns), len(self.states))
            self.bodies_by_node.clear()
            self.known.new_round()
            self.plain()
            self.reached()
            if before == (self.known.returns, len(self.states)):
                break
        for body in self.bodies_by_node.values():
            self.index.add(body)
        return list(self.bodies_by_node.values())

    @contextmanager
    def noting_depth(self, module: Module, node: ast.AST) -> Iterator[None]:
        """Note a node that overflows Python's stack, and continue after it."""
        try:
            yield
        except RecursionError:
            self.too_deep.add((module.path, getattr(node, "lineno", 1)))

    def root(self, root: CompiledFunction) -> None:
        function = root.function
        self.index.compiled.setdefault(root.node, root)
        if root.node is not function.node:
            decorated = root.node in getattr(function.node, "decorator_list", ())
            if decorated:
                self.index.compiled.setdefault(function.node, root)
        converted = root.autograph and not _unconverted(function)
        state = self.states.setdefault(function, _ReachedFunction(function, root, (), converted, root.jit))
        state.jit = state.jit or root.jit

    def plain(self) -> None:
        """Visit untraced code: it calls compiled functions, and maps functions over datasets."""
        for module in self.modules:
            for node in (
                module.tree,
                *(node for node in module.functions if module.functions[node] not in self.states),
            ):
                function = module.functions.get(node)
                self.visit(module, node, parameters.plain(function) if function else {}, None)

    def reached(self) -> None:
        """Visit compiled functions and the functions they call, first in, first out."""
        done: set[FunctionDefinition] = set()
        while pending := [function for function in self.states if function not in done]:
            for function in pending[: _MOST - len(done)]:
                done.add(function)
                state = self.states[function]
                top = state.root if not state.via else None
                self.visit(function.module, function.node, parameters.traced(function, state.arguments, top), state)
            if len(done) >= _MOST:
                return

    def visit(self, module: Module, node: ast.AST, local: dict[str, Value], state: _ReachedFunction | None) -> None:
        with self.noting_depth(module, node):
            body = self.body(module, node, local, state)
            for call in body.each(ast.Call):
                assert isinstance(call, ast.Call)
                self.follow(body, call, state)

    def body(self, module: Module, node: ast.AST, local: dict[str, Value], state: _ReachedFunction | None) -> Body:
        walked = self.walks.get(node)
        same = walked and walked.is_traced == (state is not None) and walked.local == local
        if walked is None or not same or not self.known.same(walked.asked):
            walked = self.walks[node] = self.walk(module, node, local, state is not None)
        body = Body(
            self.project, module, node, walked.values, self.index, module.functions.get(node), inside=walked.inside
        )
        if state:
            body = replace(
                body,
                compiled=state.root,
                via=state.via,
                converted=state.converted,
                jit=state.jit,
                apart=state.apart,
                once=state.once,
            )
        self.bodies_by_node[node] = body
        return body

    def walk(self, module: Module, node: ast.AST, local: dict[str, Value], is_traced: bool) -> _Walked:
        evaluator = Evaluator(self.project, module, module.scopes[node], self.known)
        evaluator.local = dict(local)
        walked = walk(evaluator, node, is_traced)
        function = module.functions.get(node)
        if function and walked.returned is not None:
            self.known.returns[function] = replace(walked.returned, name="") if is_traced else walked.returned
        inside = without(node, frozenset(walked.skipped)) if walked.skipped else module.bodies[node]
        return _Walked(local, is_traced, evaluator.asked, evaluator.values, inside)

    def follow(self, body: Body, call: ast.Call, state: _ReachedFunction | None) -> None:
        if state is None:
            self.follow_plain(body, call)
            return
        if function := self.runs(body, call):
            apart = body.tensor_loop(call) is not None
            self.enter(body, call, function, state, parameters.call_arguments(body, function, call), apart)
        for argument in _traced_arguments(body, call):
            definition = self.project.definition(body.module, argument)
            if definition and definition.node in definition.module.functions:
                self.enter(body, call, definition.module.functions[definition.node], state, {}, apart=True)

    def follow_plain(self, body: Body, call: ast.Call) -> None:
        if compiled_function := body.runs(call):
            arguments = parameters.call_arguments(body, compiled_function.function, call)
            self.merge(self.states[compiled_function.function], parameters.as_tensors(arguments))
        owner = body.value(call.func.value).kind if isinstance(call.func, ast.Attribute) else ""
        if owner == "dataset" and isinstance(call.func, ast.Attribute) and call.func.attr in _DATASET:
            for argument in call.args:
                definition = self.project.definition(body.module, argument)
                if definition and definition.node in definition.module.functions:
                    because = f"Dataset.{call.func.attr} traces it"
                    function = definition.module.functions[definition.node]
                    self.root(CompiledFunction(function, body.module, because, call.lineno, argument, kind="dataset"))

    def runs(self, body: Body, call: ast.Call) -> FunctionDefinition | None:
        """The function of the project that a call runs, also where an instance is called."""
        if function := body.target(call):
            return function
        if compiled_function := body.runs(call):
            return compiled_function.function
        owner = self.project.class_of(body.module, call.func)
        if owner is None:
            return None
        method = self.project.method(*owner, "__call__")
        return method or (self.project.method(*owner, "call") if self.project.is_keras(*owner) else None)

    def enter(
        self,
        body: Body,
        call: ast.Call,
        function: FunctionDefinition,
        state: _ReachedFunction,
        arguments: dict[str, Value],
        apart: bool,
    ) -> None:
        if function.module.name.startswith("tensorflow."):
            return  # TensorFlow's own code is meant to run while tracing
        name = body.function.name if body.function else ""
        owner = function.owner if function.name.endswith(".call") else None
        keras = owner is not None and not self.project.is_keras_2(function.module, owner)
        converted = state.converted and not _unconverted(function) and not keras
        first_entry = _ReachedFunction(function, state.root, (*state.via, name), converted, state.jit, once=True)
        entered = self.states.setdefault(function, first_entry)
        entered.jit = entered.jit or state.jit
        if entered.via or entered is first_entry:
            entered.apart = entered.apart or apart or state.apart
            entered.once = entered.once and runs_once(body, call)
            self.merge(entered, arguments)

    def merge(self, state: _ReachedFunction, arguments: dict[str, Value]) -> None:
        for name, value in arguments.items():
            earlier = state.arguments.get(name)
            state.arguments[name] = value if earlier is None else join(earlier, value)


def _unconverted(function: FunctionDefinition) -> bool:
    decorators = getattr(function.node, "decorator_list", ())
    return any(names.dotted(function.module, decorator) == _NOT_CONVERTED for decorator in decorators)


def _traced_arguments(body: Body, call: ast.Call) -> Iterator[ast.expr]:
    family, _, leaf = body.called(call).rpartition(".")
    arguments = [*call.args, *(keyword.value for keyword in call.keywords)]
    if family.startswith("tensorflow") and leaf in _TRACE_ARGUMENTS:
        yield from arguments
    elif isinstance(call.func, ast.Attribute) and call.func.attr in _DATASET:
        if body.value(call.func.value).kind == "dataset":
            yield from arguments
    elif isinstance(call.func, ast.Attribute) and call.func.attr == "run" and call.args:
        yield call.args[0]  # strategy.run(step, args=...)

"""From the compiled functions to every function they call in the project, each with what its parameters are given."""

import ast
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from bench.autograph.inference.expressions import Evaluator
from bench.autograph.inference.statements import walk
from bench.autograph.inference.values import Value, join
from bench.autograph.source import names
from bench.autograph.source.modules import FunctionDefinition, Module
from bench.autograph.source.project import Project
from bench.autograph.traced import compiled, parameters
from bench.autograph.traced.body import Body, BodyIndex, inner_nodes
from bench.autograph.traced.compiled import CompiledFunction

_ROUNDS = 3  # what is returned to a caller, and given to a function found late, is known in the next one
_MOST = 4000  # functions that are followed
# Functions that trace what they are given.
_TRACE_ARGUMENTS = frozenset(
    "map_fn while_loop cond case switch_case scan foldl foldr vectorized_map recompute_grad grad_pass_through".split()
)
_DATASET = frozenset("map filter interleave flat_map scan reduce take_while group_by_window".split())
_NOT_CONVERTED = "tensorflow.autograph.experimental.do_not_convert"


@dataclass(slots=True, eq=False)
class _State:
    function: FunctionDefinition
    root: CompiledFunction
    via: tuple[str, ...]
    converted: bool
    jit: bool
    apart: bool = False  # a root's trace is its own in any case
    given: dict[str, Value] = field(default_factory=dict)


class Reach:
    """Finds all bodies. After `bodies()` nothing in it changes any more.

    `traced` are functions, by file and line, of which it is known that they are compiled though no line here says so.
    `too_deep` is what could not be walked, by file and line: it stops nothing else.
    """

    def __init__(self, project: Project, modules: list[Module], traced: Collection[tuple[str, int]] = ()) -> None:
        self.project, self.modules, self.traced = project, modules, set(traced)
        self.states: dict[FunctionDefinition, _State] = {}
        self.returns: dict[FunctionDefinition, Value] = {}
        self.outside: dict[ast.expr, Value] = {}
        self.calls = BodyIndex()
        self.found: dict[ast.AST, Body] = {}
        self.too_deep: set[tuple[Path, int]] = set()

    def bodies(self) -> list[Body]:
        """Every body of the modules, and of those that compiled functions lead into."""
        for module in self.modules:
            with self.noting_depth(module, module.tree):
                for one in (*compiled.find(self.project, module), *compiled.known(module, self.traced)):
                    self.root(one)
        for _ in range(_ROUNDS):
            before = (dict(self.returns), len(self.states))
            self.found.clear()
            self.outside.clear()  # it was made with the returns known until then
            self.plain()
            self.reached()
            if before == (self.returns, len(self.states)):
                break
        self.calls.functions.update({body.function: body for body in self.found.values() if body.function})
        self.calls.plain.extend(body for body in self.found.values() if body.compiled is None)
        return list(self.found.values())

    @contextmanager
    def noting_depth(self, module: Module, node: ast.AST) -> Iterator[None]:
        """Where Python's stack is too small for what is done with the node, note that, and go on after it."""
        try:
            yield
        except RecursionError:
            self.too_deep.add((module.path, getattr(node, "lineno", 1)))

    def root(self, one: CompiledFunction) -> None:
        self.calls.compiled.setdefault(one.node, one)
        if one.node is not one.function.node:
            decorated = one.node in getattr(one.function.node, "decorator_list", ())
            if decorated:
                self.calls.compiled.setdefault(one.function.node, one)
        converted = one.autograph and not _unconverted(one.function)
        state = self.states.setdefault(one.function, _State(one.function, one, (), converted, one.jit))
        state.jit = state.jit or one.jit

    def plain(self) -> None:
        """Code that is not traced: what it passes to compiled functions, and the functions it maps over datasets."""
        for module in self.modules:
            for node in (module.tree, *(one for one in module.functions if module.functions[one] not in self.states)):
                function = module.functions.get(node)
                self.visit(module, node, parameters.plain(function) if function else {}, None)

    def reached(self) -> None:
        """Compiled functions and what they call, first in, first out."""
        done: set[FunctionDefinition] = set()
        while left := [function for function in self.states if function not in done]:
            for function in left[: _MOST - len(done)]:
                done.add(function)
                state = self.states[function]
                top = state.root if not state.via else None
                self.visit(function.module, function.node, parameters.traced(function, state.given, top), state)
            if len(done) >= _MOST:
                return

    def visit(self, module: Module, node: ast.AST, local: dict[str, Value], state: _State | None) -> None:
        with self.noting_depth(module, node):
            body = self.body(module, node, local, state)
            for call in body.each(ast.Call):
                assert isinstance(call, ast.Call)
                self.follow(body, call, state)

    def body(self, module: Module, node: ast.AST, local: dict[str, Value], state: _State | None) -> Body:
        evaluator = Evaluator(self.project, module, module.scopes[node], self.returns, self.outside)
        evaluator.local = local
        walked = walk(evaluator, node)
        function = module.functions.get(node)
        if function and walked.returned is not None:
            self.returns[function] = replace(walked.returned, name="") if state else walked.returned
        skipped = frozenset(walked.skipped)
        inner = inner_nodes(node, skipped)
        body = Body(self.project, module, node, evaluator.seen, self.calls, function, skipped=skipped, nodes=inner)
        if state:
            body = replace(
                body,
                compiled=state.root,
                via=state.via,
                converted=state.converted,
                jit=state.jit,
                apart=state.apart,
            )
        self.found[node] = body
        return body

    def follow(self, body: Body, call: ast.Call, state: _State | None) -> None:
        if state is None:
            self.follow_plain(body, call)
            return
        if function := self.runs(body, call):
            apart = body.tensor_loop(call) is not None
            self.enter(body, function, state, parameters.given(body, function, call), apart)
        for argument in _traced_arguments(body, call):
            found = self.project.definition(body.module, argument)
            if found and found[1] in found[0].functions:
                self.enter(body, found[0].functions[found[1]], state, {}, apart=True)

    def follow_plain(self, body: Body, call: ast.Call) -> None:
        if one := body.runs(call):
            known = parameters.given(body, one.function, call)
            self.merge(self.states[one.function], parameters.as_tensors(known))
        owner = body.value(call.func.value).kind if isinstance(call.func, ast.Attribute) else ""
        if owner == "dataset" and isinstance(call.func, ast.Attribute) and call.func.attr in _DATASET:
            for argument in call.args:
                found = self.project.definition(body.module, argument)
                if found and found[1] in found[0].functions:
                    because = f"Dataset.{call.func.attr} traces it"
                    function = found[0].functions[found[1]]
                    self.root(CompiledFunction(function, body.module, because, call.lineno, argument, kind="dataset"))

    def runs(self, body: Body, call: ast.Call) -> FunctionDefinition | None:
        """The project's function that a call runs, seen through instances that are called."""
        if function := body.target(call):
            return function
        if one := body.runs(call):
            return one.function
        owner = self.project.class_of(body.module, call.func)
        if owner is None:
            return None
        method = self.project.method(*owner, "__call__")
        return method or (self.project.method(*owner, "call") if self.project.is_keras(*owner) else None)

    def enter(
        self, body: Body, function: FunctionDefinition, state: _State, given: dict[str, Value], apart: bool
    ) -> None:
        if function.module.name.startswith("tensorflow."):
            return  # its own code is no model's, and does while tracing what a trace is made of
        name = body.function.name if body.function else ""
        keras = function.owner is not None and function.name.endswith(".call")
        converted = state.converted and not _unconverted(function) and not keras
        new = _State(function, state.root, (*state.via, name), converted, state.jit)
        known = self.states.setdefault(function, new)
        known.jit = known.jit or state.jit
        if known.via or known is new:
            known.apart = known.apart or apart or state.apart
            self.merge(known, given)

    def merge(self, state: _State, given: dict[str, Value]) -> None:
        for name, value in given.items():
            known = state.given.get(name)
            state.given[name] = value if known is None else join(known, value)


def _unconverted(function: FunctionDefinition) -> bool:
    decorators = getattr(function.node, "decorator_list", ())
    return any(names.dotted(function.module, one) == _NOT_CONVERTED for one in decorators)


def _traced_arguments(body: Body, call: ast.Call) -> Iterator[ast.expr]:
    family, _, leaf = body.called(call).rpartition(".")
    given = [*call.args, *(keyword.value for keyword in call.keywords)]
    if family.startswith("tensorflow") and leaf in _TRACE_ARGUMENTS:
        yield from given
    elif isinstance(call.func, ast.Attribute) and call.func.attr in _DATASET:
        if body.value(call.func.value).kind == "dataset":
            yield from given
    elif isinstance(call.func, ast.Attribute) and call.func.attr == "run" and call.args:
        yield call.args[0]  # strategy.run(step, args=...)

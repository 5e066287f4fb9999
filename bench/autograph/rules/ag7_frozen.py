"""Rules AG702 to AG707: random numbers, clocks, NumPy and iterators that run in Python while tracing."""

import ast
from collections.abc import Iterator

from bench.autograph.inference.values import Tensor
from bench.autograph.rules.rule import Behaviour, Rule, everywhere
from bench.autograph.source import names
from bench.autograph.traced.body import Body, Hit
from bench.autograph.traced.guards import guarded

_DRAWS = ("numpy.random.", "random.", "secrets.", "uuid.")
_NO_DRAWS = ("Generator", "RandomState", "default_rng", "Random", "SeedSequence", "seed", "set_state", "get_state")
_MAKERS = ("numpy.random.default_rng", "numpy.random.RandomState", "random.Random")
_CLOCKS = frozenset(
    "time.time time.perf_counter time.monotonic time.process_time time.time_ns time.perf_counter_ns time.strftime "
    "datetime.datetime.now datetime.datetime.utcnow datetime.datetime.today datetime.date.today".split()
)
_VALUES = ("numpy", "item", "tolist")
# NumPy functions that use only types and shapes, or make no array.
_NUMPY_SAFE = frozenset(
    "dtype shape ndim prod iinfo finfo issubdtype float32 float64 int32 int64 float16 uint8 bool_ printoptions "
    "isscalar can_cast result_type promote_types errstate".split()
)
_EAGER = ("tensorflow.executing_eagerly", "tensorflow.compat.v1.executing_eagerly")


def random(body: Body) -> Iterator[Hit]:
    """AG702: NumPy's or Python's random numbers."""
    for node in body.each(ast.Call):
        assert isinstance(node, ast.Call)
        dotted = body.called(node)
        drawn = dotted.startswith(_DRAWS) and dotted.rpartition(".")[2] not in _NO_DRAWS
        if (drawn or _generator(body, node)) and not guarded(body, node) and not _constructor(body):
            yield Hit(node, f"{ast.unparse(node.func)} draws while TensorFlow traces: every call gets the same numbers")


def _generator(body: Body, node: ast.Call) -> bool:
    if not isinstance(node.func, ast.Attribute):
        return False
    definition = body.project.definition(body.module, node.func.value)
    return definition is not None and isinstance(definition.node, ast.Call) and names.called(*definition) in _MAKERS


def _constructor(body: Body) -> bool:
    return body.function is not None and body.function.name.endswith(".__init__")


def clocks(body: Body) -> Iterator[Hit]:
    """AG703: the clock, date or environment is read, or the value of a tensor."""
    for node in body.each(ast.Call, ast.Subscript):
        if isinstance(node, ast.Subscript):
            if names.dotted(body.module, node.value) == "os.environ" and isinstance(node.ctx, ast.Load):
                yield Hit(node, "the environment is read while TensorFlow traces, and never again", Tensor.UNKNOWN)
            continue
        assert isinstance(node, ast.Call)
        dotted = body.called(node)
        if dotted in _CLOCKS:
            yield Hit(node, f"{ast.unparse(node.func)}() is read while TensorFlow traces, and never again")
        elif dotted in ("os.getenv", "os.environ.get"):
            yield Hit(node, "the environment is read while TensorFlow traces, and never again", Tensor.UNKNOWN)
        elif isinstance(node.func, ast.Attribute) and node.func.attr in _VALUES and not node.args:
            level = body.tensor(node.func.value)
            if level >= Tensor.LIKELY and not guarded(body, node):
                yield Hit(node, f".{node.func.attr}() needs the value of a tensor, which has none while tracing", level)


def numpy(body: Body) -> Iterator[Hit]:
    """AG704: a NumPy function is called with a tensor."""
    for node in body.each(ast.Call):
        assert isinstance(node, ast.Call)
        dotted = body.called(node)
        if not dotted.startswith("numpy.") or dotted.rpartition(".")[2] in _NUMPY_SAFE:
            continue
        level = max((body.tensor(part) for part in node.args), default=Tensor.NO)
        if level >= Tensor.LIKELY:
            yield Hit(node, f"{ast.unparse(node.func)} needs values, and a symbolic tensor has none", level)


def eagerness(body: Body) -> Iterator[Hit]:
    """AG705: a test of whether the code runs eagerly."""
    for test in body.each(ast.If, ast.IfExp):
        assert isinstance(test, ast.If | ast.IfExp)
        for node in ast.walk(test.test):
            if isinstance(node, ast.Call) and _asks_eagerness(body, node):
                sure = Tensor.LIKELY if body.via else Tensor.YES
                yield Hit(node, "this test is answered while tracing, so a graph gets the other branch", sure)
                break


def _asks_eagerness(body: Body, node: ast.Call) -> bool:
    match node.args:
        case [subject, ast.Constant(value="numpy")]:
            return body.called(node) == "builtins.hasattr" and body.tensor(subject) >= Tensor.LIKELY
        case [_, kind]:
            return body.called(node) == "builtins.isinstance" and "EagerTensor" in ast.unparse(kind)
    return body.called(node) in _EAGER


def iterators(body: Body) -> Iterator[Hit]:
    """AG706: next() on a Python iterator from outside."""
    for node in body.each(ast.Call):
        assert isinstance(node, ast.Call)
        if body.called(node) == "builtins.next" and node.args:
            value = body.value(node.args[0])
            if value.kind == "iterator" and value.outer:
                yield Hit(node, f"next() takes one value of `{value.name}` while TensorFlow traces, and never again")


def seeds(body: Body) -> Iterator[Hit]:
    """AG707: set_seed in the body."""
    for node in body.each(ast.Call):
        if body.called(node) in ("tensorflow.random.set_seed", "tensorflow.compat.v1.set_random_seed"):
            yield Hit(node, "the seed is set while TensorFlow traces, not at each call")


ROWS = (
    Rule(
        "AG702",
        "python-random",
        "error",
        None,
        "no np.random, no random",
        "The number is drawn while tracing and becomes a constant of the graph.",
        "tf.random.*, tf.random.Generator, tf.random.stateless_*",
        Behaviour("False", "True", "True"),
        everywhere("False"),
        random,
    ),
    Rule(
        "AG703",
        "python-clock-or-value",
        "error",
        None,
        "no clock, date or environment; no .numpy() or .item()",
        "A clock is read once, while tracing. A symbolic tensor has no value to give.",
        "read it outside and give it as an argument; tf.timestamp(); take values outside",
        Behaviour("False", "True", "True"),
        everywhere("False"),
        clocks,
        (r"'SymbolicTensor' object has no attribute '(numpy|item)'", r"SymbolicTensor.*no attribute '(tolist|astype)'"),
    ),
    Rule(
        "AG704",
        "numpy-on-tensor",
        "error",
        None,
        "no NumPy on a tensor",
        "NumPy computes with values, and while tracing there are none. On constants it is fine.",
        "the function's namesake in tf, tf.math or tf.experimental.numpy",
        Behaviour("a ndarray", *["NotImplementedError: Cannot convert a symbolic tf.Tensor"] * 2),
        everywhere("[4.0, 16.0]"),
        numpy,
        (r"Cannot convert a symbolic tf\.Tensor .* to a numpy array",),
    ),
    Rule(
        "AG705",
        "test-for-eagerness",
        "warning",
        None,
        "no test of whether the code runs eagerly",
        "It is answered while tracing: the graph gets a branch that eager code never runs.",
        "one path for both",
        Behaviour("3.0", "-3.0", "-3.0"),
        everywhere("3.0"),
        eagerness,
    ),
    Rule(
        "AG706",
        "python-iterator",
        "error",
        None,
        "no next() on a Python iterator",
        "It takes a value while tracing, and that is a constant of the graph.",
        "give the value as an argument; or an iterator of a tf.data.Dataset",
        Behaviour("[1.0, 2.0, 3.0]", "[1.0, 1.0, 1.0]", "[1.0, 1.0, 1.0]"),
        everywhere("[1.0, 2.0, 3.0]"),
        iterators,
    ),
    Rule(
        "AG707",
        "seed-set-inside",
        "warning",
        None,
        "no set_seed inside",
        "Seeds are read while tracing. One that is set in the function does not restart the numbers at each call.",
        "tf.random.stateless_* with a seed as an argument",
        Behaviour("True", "False", "False"),
        everywhere("True"),
        seeds,
        coverage="static, for a seed set inside; one set outside after the function was traced is not seen",
    ),
)

"""Rules AG305, AG306, AG308 and AG309: lists, arrays and lambdas in loops, and cached tensors."""

import ast
from collections.abc import Iterator

from bench.autograph.inference.values import Tensor
from bench.autograph.rules.rule import Behaviour, Rule, everywhere
from bench.autograph.source import names
from bench.autograph.traced.body import Body, Hit
from bench.autograph.traced.mutations import mutations

_CACHES = ("functools.lru_cache", "functools.cache")
_ARRAY_METHODS = ("write", "scatter", "unstack", "split")
_OUT_OF_SCOPE = r"cannot be accessed from .*, because it was defined in .*, which is out of scope"
# TensorFlow names the tensors and graphs of a loop after it.
_OF_A_LOOP = r"<tf\.Tensor '(\S*/)?while\S*' [^<>]*> is out of scope"
IN_A_LOOP = rf"({_OF_A_LOOP} and cannot|defined in FuncGraph\(name=(while|for)\w*)"
NOT_IN_A_LOOP = rf"^(?!.*{_OF_A_LOOP})(?!.*defined in FuncGraph\(name=(while|for)).*?"


def list_growth(body: Body) -> Iterator[Hit]:
    """AG305: a list of the function grows in a loop of the graph and is read after it."""
    for change in mutations(body):
        loop, sure = _growing_loop(body, change.node)
        if loop is None or change.attribute or change.value.outer or change.value.kind != "list":
            continue
        name = _changed_name(change.node)
        if name and not _made_inside(loop, name) and _read_after(body, loop, name):
            when = "" if sure is Tensor.YES else ", where it is one over a tensor"
            text = f"list `{name}` grows in a graph loop{when}, and would keep a tensor that exists only in the loop"
            yield Hit(change.node, text, sure)


def _growing_loop(body: Body, node: ast.AST) -> tuple[ast.For | ast.While | None, Tensor]:
    """The loop around the node that is one of the graph for certain, else where its iterable is a tensor."""
    if loop := body.tensor_loop(node):
        return loop, Tensor.YES
    likely = (each for each in body.loops(node) if isinstance(each, ast.For) and body.test(each) is Tensor.LIKELY)
    return next(likely, None), Tensor.UNKNOWN


def _changed_name(node: ast.AST) -> str:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name))) | ast.Name(id=name):
            return name
    return ""


def _made_inside(loop: ast.AST, name: str) -> bool:
    inside = (node for node in ast.walk(loop) if isinstance(node, ast.Assign))
    return any(isinstance(target, ast.Name) and target.id == name for node in inside for target in node.targets)


def _read_after(body: Body, loop: ast.For | ast.While, name: str) -> bool:
    end = loop.end_lineno or loop.lineno
    reads = (node for node in body.each(ast.Name) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load))
    return any(node.id == name and node.lineno > end for node in reads)


def lost_write(body: Body) -> Iterator[Hit]:
    """AG306: the result of TensorArray.write is thrown away."""
    for node in body.each(ast.Expr):
        assert isinstance(node, ast.Expr)
        match node.value:
            case ast.Call(func=ast.Attribute(value=array, attr=method)) if method in _ARRAY_METHODS:
                if body.value(array).kind == "tensorarray":
                    yield Hit(node, f"the result of `{ast.unparse(array)}.{method}` is discarded, so the write is lost")


def late_lambda(body: Body) -> Iterator[Hit]:
    """AG308: a lambda reads a name that a later loop of the graph changes."""
    for loop in body.each(ast.For, ast.While):
        if body.test(loop) is not Tensor.YES:
            continue
        changed = {node.id for node in ast.walk(loop) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        for node in body.each(ast.Lambda):
            assert isinstance(node, ast.Lambda) and isinstance(loop, ast.For | ast.While)
            read = _free(node) & changed
            if read and node.lineno < loop.lineno:
                yield Hit(node, f"this lambda reads `{min(read)}` as it was before the loop at line {loop.lineno}")


def _free(node: ast.Lambda) -> set[str]:
    parameters = {argument.arg for argument in (*node.args.args, *node.args.kwonlyargs, *node.args.posonlyargs)}
    return {part.id for part in ast.walk(node.body) if isinstance(part, ast.Name)} - parameters


def cached(body: Body) -> Iterator[Hit]:
    """AG309: a cached function returns tensors."""
    function = body.function
    if function is None or body.compiled is None or not isinstance(function.node, ast.FunctionDef):
        return
    for decorator in function.node.decorator_list:
        name = decorator.func if isinstance(decorator, ast.Call) else decorator
        if names.dotted(body.module, name) not in _CACHES:
            continue
        for node in body.each(ast.Return):
            assert isinstance(node, ast.Return)
            if node.value is not None and body.tensor(node.value) is Tensor.YES:
                yield Hit(node, f"the cache of {function.name} keeps a tensor of the graph that called it first")


ROWS = (
    Rule(
        "AG305",
        "list-grows-in-loop",
        "error",
        3,
        "no list that grows in a graph loop",
        "The loop's body is traced once, in a graph of its own. The list gets one tensor, of that graph, which the "
        "code after the loop cannot use.",
        "rows = tf.TensorArray(dtype, size=n); rows = rows.write(i, value); rows.stack()",
        Behaviour("[0, 1, 4]", *["InaccessibleTensorError: which is out of scope"] * 2),
        everywhere("[0, 1, 4]"),
        list_growth,
        (rf"InaccessibleTensorError.*{IN_A_LOOP}", IN_A_LOOP),
    ),
    Rule(
        "AG306",
        "array-write-lost",
        "error",
        3,
        "keep what TensorArray.write returns",
        "In a graph write() returns a new array and leaves the old one unchanged.",
        "rows = rows.write(i, value)",
        Behaviour("[1, 2, 3]", "[0, 0, 0]", "InvalidArgumentError: TensorList is not initialized"),
        everywhere("[1, 2, 3]"),
        lost_write,
        (r"TensorList is not initialized", r"Object was never used"),
    ),
    Rule(
        "AG308",
        "lambda-over-loop-name",
        "error",
        None,
        "no lambda that reads a name which a graph loop changes",
        "AutoGraph passes the loop's variables through the graph. The lambda still sees the Python value from before.",
        "read the name after the loop, or give it to the function as an argument",
        Behaviour("3", "0", "0"),
        everywhere("3"),
        late_lambda,
    ),
    Rule(
        "AG309",
        "cached-tensor",
        "error",
        None,
        "no lru_cache around tensors",
        "The cache keeps a symbolic tensor of the graph that asked first and gives it to the next one.",
        "cache Python or NumPy values and make the tensor from them",
        Behaviour("[[1, 2, 3], [1, 0, -1]]", *["TypeError: which is out of scope"] * 2),
        everywhere("[[1, 2, 3], [1, 0, -1]]"),
        cached,
        (rf"{NOT_IN_A_LOOP}is out of scope and cannot be used here", rf"{NOT_IN_A_LOOP}{_OUT_OF_SCOPE}"),
    ),
)

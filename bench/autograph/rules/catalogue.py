"""The rules as text: the list, one rule in full, and the rules that an error message points to."""

import ast
import re
from importlib import resources

from bench.autograph.rules import RULES
from bench.autograph.rules.rule import Behaviour, Rule

_LEAST = 12  # letters of a message that are worth looking for
_TUTORIAL = {
    1: "use TensorFlow's functions, not Python's",
    2: "create no tf.Variable inside",
    3: "change no Python object from outside",
}
FAMILIES = {
    "1": "Rule 1 of the tutorial: TensorFlow's functions, not Python's",
    "2": "Rule 2 of the tutorial: no variables created inside",
    "3": "Rule 3 of the tutorial: no change of outer Python objects; lists and arrays in loops",
    "4": "Traced again and again",
    "5": "What a tensor decides",
    "6": "What AutoGraph does not convert",
    "7": "Read once, while tracing",
    "8": "Under XLA",
}
# What is beyond every rule, and why.
UNSEEN = (
    (
        "what only running decides",
        "getattr, functions kept in a dict or a list: the source does not say what is called",
    ),
    (
        "other packages",
        "only files of the same project are followed; TensorFlow's own code does what a trace is made of",
    ),
    ("values and shapes", "none is computed, so what depends on them is seen where literals or a signature tell it"),
    ("what a loss or a layer of Keras is given", "Keras calls it, with what, no line of the project says"),
    ("GPUs, tf.distribute, TF1 sessions, gradients of one's own", "no rule: the examples were run on one CPU"),
)


def listing() -> str:
    """All rules, a line each, the tutorial's three first."""
    lines: list[str] = []
    for family, title in FAMILIES.items():
        lines += ["", title] if lines else [title]
        lines += [f"  {one.code}  {one.severity:<8} {one.summary}" for one in RULES if one.code[2] == family]
    lines += ["", "Seen by `check` in part (`probe` sees what a driver does):"]
    lines += [f"  {one.code}  {one.coverage.removeprefix('static, ')}" for one in RULES if one.coverage != "static"]
    lines += ["", "What no rule covers:", *(f"  {what}: {reason}" for what, reason in UNSEEN)]
    return "\n".join(
        [*lines, "", "cifar-bench rules AG301 shows one with its example; --demo runs the tutorial's three."]
    )


def page(one: Rule) -> str:
    """A rule in full: why, both examples and what they do, the messages, the fix, how it is found."""
    seed = f"rule {one.seed} of the tutorial: {_TUTORIAL[one.seed]}" if one.seed else "not among the tutorial's three"
    fails, passes = halves(one.code)
    lines = [
        f"{one.code} {one.name} ({one.severity}; {seed})",
        "",
        one.summary,
        "",
        f"why: {one.why}",
        f"fix: {one.fix}",
    ]
    lines += ["", "breaks it:", _indented(fails), "", *_table(one.fails)]
    lines += ["", "does not:", _indented(passes), "", *_table(one.passes)]
    if one.messages:
        lines += ["", "TensorFlow says (regular expressions):", *(f"  {pattern}" for pattern in one.messages)]
    return "\n".join([*lines, "", f"found: {one.coverage}"])


def halves(code: str) -> tuple[str, str]:
    """The source of the example's `fails` and `passes`, with the classes they use."""
    text = resources.files("bench.autograph.rules.examples").joinpath(f"{code.lower()}.py").read_text("utf-8")
    tree, lines = ast.parse(text), text.splitlines()
    parts = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    shared = [_source(lines, node) for name, node in parts.items() if name not in ("fails", "passes")]
    fails, passes = (_source(lines, parts[name]) for name in ("fails", "passes"))
    return "\n\n\n".join([*shared, fails]), passes


def _source(lines: list[str], node: ast.FunctionDef | ast.ClassDef) -> str:
    return "\n".join(lines[node.lineno - 1 : node.end_lineno])


def _indented(text: str) -> str:
    return "\n".join(f"    {line}".rstrip() for line in text.splitlines())


def _table(outcome: Behaviour) -> list[str]:
    return [f"  {mode:<6} {outcome.of(mode)}" for mode in ("eager", "graph", "xla")]


def matching(message: str) -> list[Rule]:
    """The rules whose messages are in the text, or that the text is a piece of; best first."""
    told = " ".join(message.split())
    scored = [(_score(one, told), one) for one in RULES]
    return [one for score, one in sorted(scored, key=lambda pair: (-pair[0], pair[1].code)) if score]


def _score(one: Rule, told: str) -> int:
    """How much of the text the rule's best pattern explains; 0 where none does."""
    found = [match for pattern in one.messages if (match := re.search(pattern, told))]
    if found:
        return max(len(match[0]) for match in found)
    plain = [re.sub(r"\\|\(|\)|\?", "", pattern) for pattern in one.messages]
    return min(len(told), 8) if len(told) >= _LEAST and any(told.lower() in text.lower() for text in plain) else 0

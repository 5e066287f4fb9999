"""The rules as text: the list, one rule in full, and the rules that match an error message."""

import ast
import re
from importlib import resources

from bench.autograph.rules import RULES
from bench.autograph.rules.rule import Behaviour, Rule

_LEAST = 12  # characters a message must have to be searched for
_TUTORIAL = {
    1: "use TensorFlow's functions, not Python's",
    2: "create no tf.Variable inside",
    3: "change no Python object from outside",
}
FAMILIES = {
    "1": "Rule 1 of the tutorial: TensorFlow's functions, not Python's",
    "2": "Rule 2 of the tutorial: no variables created inside",
    "3": "Rule 3 of the tutorial: no change of outer Python objects; lists and arrays in loops",
    "4": "Retracing",
    "5": "Control flow that depends on a tensor",
    "6": "Code that AutoGraph does not convert",
    "7": "Read once, while tracing",
    "8": "Under XLA",
}
# What no rule covers, and why.
UNSEEN = (
    (
        "what is decided at run time",
        "getattr, functions kept in a dict or list: the source does not show what is called",
    ),
    (
        "other packages",
        "only files of the same project are followed",
    ),
    ("values and shapes", "not computed: only literals and signatures are seen"),
    ("arguments that Keras passes to a loss or a layer", "no line of the project shows them"),
    ("GPUs, tf.distribute, TF1 sessions, custom gradients", "no rule: the examples were run on one CPU"),
)

# Messages that no rule explains, and what to do about them.
ELSEWHERE = (
    (
        r"Could not find cuda drivers",
        "TensorFlow found no driver for a GPU and uses the CPU; a machine without a GPU is not an error.",
        "cifar-bench devices shows which devices TensorFlow can use, and what is missing for the others",
    ),
    (
        r"No gradients provided for any variable",
        "The loss does not depend on any weight: it was computed outside the GradientTape, through .numpy() or NumPy "
        "(AG703, AG704), through whole numbers, or with layers that are not trainable (AG708).",
        "compute the loss inside `with tf.GradientTape()`, with TensorFlow's functions, from the trainable variables",
    ),
)


def listing() -> str:
    """All rules, one per line, the tutorial's three rules first."""
    lines: list[str] = []
    for family, title in FAMILIES.items():
        lines += ["", title] if lines else [title]
        lines += [f"  {rule.code}  {rule.severity:<8} {rule.summary}" for rule in RULES if rule.code[2] == family]
    lines += ["", "Only partly detected by `check` (`probe` sees what a driver does):"]
    lines += [f"  {rule.code}  {rule.coverage.removeprefix('static, ')}" for rule in RULES if rule.coverage != "static"]
    lines += ["", "What no rule covers:", *(f"  {subject}: {reason}" for subject, reason in UNSEEN)]
    return "\n".join(
        [*lines, "", "cifar-bench rules AG301 shows one with its example; --demo runs the tutorial's three."]
    )


def page(rule: Rule) -> str:
    """A rule in full: the reason, the fix, both examples with their behaviour, TensorFlow's messages, the coverage."""
    seed = (
        f"rule {rule.seed} of the tutorial: {_TUTORIAL[rule.seed]}" if rule.seed else "not among the tutorial's three"
    )
    fails, passes = halves(rule.code)
    lines = [
        f"{rule.code} {rule.name} ({rule.severity}; {seed})",
        "",
        rule.summary,
        "",
        f"why: {rule.why}",
        f"fix: {rule.fix}",
    ]
    lines += ["", "breaks it:", _indented(fails), "", *_table(rule.fails)]
    lines += ["", "keeps it:", _indented(passes), "", *_table(rule.passes)]
    if rule.messages:
        lines += ["", "TensorFlow says (regular expressions):", *(f"  {pattern}" for pattern in rule.messages)]
    return "\n".join([*lines, "", f"detected: {rule.coverage}"])


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
    """The rules whose messages occur in the text, or contain it; best match first."""
    line = " ".join(message.split())
    scored = [(_score(rule, line), rule) for rule in RULES]
    return [rule for score, rule in sorted(scored, key=lambda pair: (-pair[0], pair[1].code)) if score]


def elsewhere(message: str) -> list[tuple[str, str]]:
    """What is known of messages that belong to no rule: why, and what to do."""
    line = " ".join(message.split())
    return [(why, fix) for pattern, why, fix in ELSEWHERE if re.search(pattern, line)]


def _score(rule: Rule, line: str) -> int:
    """How many characters of the text the rule's best pattern matches; 0 where none does."""
    matches = [match for pattern in rule.messages if (match := re.search(pattern, line))]
    if matches:
        return max(len(match[0]) for match in matches)
    plain = [re.sub(r"\\|\(|\)|\?", "", pattern) for pattern in rule.messages]
    return min(len(line), 8) if len(line) >= _LEAST and any(line.lower() in text.lower() for text in plain) else 0

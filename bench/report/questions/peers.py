"""The question on other frameworks: would PyTorch, JAX or Keras on one of them run this step faster?"""

from bench.analysis.results import CaseResult, GroupResult
from bench.modes import row
from bench.report.questions.asking import WORDS, Answer, Known, by_group, fallen, run_command, unknown, verdict
from bench.report.speeds import over_time

INSTALL = "python -m pip install '.[peers]'"


def another_framework(known: Known) -> Answer:
    """The fastest mode of each other framework against TensorFlow's fastest."""
    return by_group(
        known.run,
        "Would another framework be faster for this step?",
        _say,
        f"no other framework was measured beside TensorFlow (they need `{INSTALL}`)",
        run_command(known.run, "eager,function,keras_fit,peers"),
    )


def _say(group: GroupResult) -> str:
    peers = [result for result in group.cases if row(result.case.mode).peer and not result.case.again]
    own = fastest_of_tensorflow(group)
    if own is None or not peers:
        return ""
    ordered = sorted((result for result in peers if result.valid), key=_place, reverse=True)
    judged = [found for result in ordered if (found := verdict(group, own.case.mode, result.case.mode))]
    left_out = fallen(group, [result.case.mode for result in peers])
    if not judged:
        return unknown(left_out)
    (word, first), *others = judged
    texts = [f"{WORDS[word]}: {first}", *(text for _, text in others)]
    named = f" Left out: {'; '.join(left_out)}." if left_out else ""
    return f"{'; '.join(texts)}.{named}"


def fastest_of_tensorflow(group: GroupResult) -> CaseResult | None:
    """The fastest valid mode of TensorFlow's that was measured; None without one."""
    valid = [r for r in group.cases if r.valid and not r.case.again and not row(r.case.mode).peer]
    return max(valid, key=_place, default=None)


def _place(result: CaseResult) -> float:
    """Its speedup; the baseline's is 1."""
    ratio = over_time(result)
    return ratio.centre if ratio else 1.0

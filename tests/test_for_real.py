"""What is read from the answers of other tools, on answers that they gave; and the script that asks them again."""

import csv
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType

import pytest
from places import ROOT, SUPPORT

SIGNIFICANT = "Mean +- std dev: [0] 10.4 ms +- 0.3 ms -> [1] 14.6 ms +- 3.1 ms: 1.41x slower\nSignificant (t=-3.40)\n"
INSIGNIFICANT = "Mean +- std dev: [0] 11.1 ms +- 1.3 ms -> [1] 11.7 ms +- 2.2 ms: 1.05x slower\nNot significant!\n"
ASV = """All benchmarks:

| Change   | Before [74365200] <master~1>   | After [ac4755f5] <master>   | Ratio   | Benchmark (Parameter)   |
|----------|--------------------------------|-----------------------------|---------|-------------------------|
| {mark:8} | 10.1±1ms                       | 13.8±1ms                    | ~1.36   | asv_step.time_step      |
"""


@pytest.fixture
def for_real(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(SUPPORT / "other_tools"))
    import for_real

    return for_real


def answers(said: Callable[[Sequence[str]], str], code: int = 0) -> Callable[..., object]:
    """In place of commands: each says this."""

    def run(command: Sequence[str], step: str, place: Path, ends: Sequence[int] = (0,)) -> object:
        return subprocess.CompletedProcess(command, code if 1 in ends else 0, said(command), "")

    return run


@pytest.mark.parametrize(("said", "different"), [(SIGNIFICANT, True), (INSIGNIFICANT, False)])
def test_pyperf_reports_what_it_calls_significant(
    for_real: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, said: str, different: bool
) -> None:
    monkeypatch.setattr(for_real, "run", answers(lambda command: said))
    assert for_real.pyperf("function", "function", tmp_path) is different


@pytest.mark.parametrize(("mark", "different"), [("+", True), ("-", True), ("", False)])
def test_asv_reports_what_it_marks(
    for_real: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, mark: str, different: bool
) -> None:
    said = ASV.format(mark=mark)
    monkeypatch.setattr(for_real, "run", answers(lambda words: "0a\n1b\n" if "log" in words else said))
    assert for_real.asv("function", "function", tmp_path) is different


@pytest.mark.parametrize("code", [0, 1])
def test_pytest_benchmark_reports_by_its_exit_code(
    for_real: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, code: int
) -> None:
    monkeypatch.setattr(for_real, "run", answers(lambda command: "Performance has regressed.", code))
    assert for_real.pytest_benchmark("function", "function", tmp_path) is bool(code)


@pytest.mark.parametrize("tool", ["pyperf", "asv", "pytest_benchmark"])
def test_an_answer_that_says_nothing_is_no_answer(
    for_real: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, tool: str
) -> None:
    monkeypatch.setattr(for_real, "run", answers(lambda words: "0a\n1b\n" if "log" in words else "", code=1))
    with pytest.raises(RuntimeError):
        getattr(for_real, tool)("function", "function", tmp_path)


def test_a_command_that_fails_is_an_error(for_real: ModuleType, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="why it failed"):
        for_real.run((sys.executable, "-c", "import sys; sys.exit('why it failed')"), "function", tmp_path)


def test_sessions_go_on_where_they_were_stopped(
    for_real: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[tuple[str, str]] = []

    def tell(before: str, after: str, place: Path) -> bool:
        asked.append((before, after))
        if len(asked) == 3:
            raise KeyboardInterrupt
        return after != before

    monkeypatch.setitem(for_real.TOOLS, "asv", tell)
    monkeypatch.setattr(sys, "argv", ["for_real.py", str(tmp_path), "1", "asv"])
    with pytest.raises(KeyboardInterrupt):
        for_real.main()
    for_real.main()
    rows = list(csv.DictReader((tmp_path / "real.csv").read_text().splitlines()))
    assert [(row["after"], row["different"]) for row in rows] == [
        ("unchanged", "0"),
        ("3 % slower", "1"),
        ("eager", "1"),
    ]
    assert asked == [*list(for_real.PAIRS.values()), for_real.PAIRS["eager"]]


def test_the_sessions_are_summed_up(for_real: ModuleType) -> None:
    kept = [
        {"session": str(session), "tool": "asv", "after": after, "different": str(int(session == 1)), "seconds": "30.0"}
        for session in range(3)
        for after in for_real.PAIRS
    ]
    assert for_real.table(kept).splitlines()[2] == "| asv | 1 of 3 | 1 of 3 | 1 of 3 | 30 s |"


def test_the_page_counts_the_kept_comparisons(for_real: ModuleType) -> None:
    kept = list(csv.DictReader((ROOT / "results" / "sample-designs" / "real.csv").read_text().splitlines()))
    assert for_real.table(kept) in (ROOT / "docs" / "designs.md").read_text()

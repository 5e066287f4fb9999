"""The script that tries gates: interleaved runs that go on where they stopped, one of them slowed, counted verdicts."""

import zipfile
from argparse import Namespace
from collections import Counter
from pathlib import Path

import gate_tries
import pytest
from command_line import bench as typed
from places import ROOT

KEPT = ROOT / "results" / "sample-gate-cpu"
WANTED = Namespace(runs=2, slowed="function 5%", options=["--models", "mlp"])


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """The commands that were given, each of which adds a repetition to its run."""
    commands, held = list[tuple[str, ...]](), Counter[str]()

    def bench(*words: str) -> int:
        commands.append(words)
        folder = Path(next(word for word in words if word.startswith("/")))
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "plan.json").touch()
        held[folder.name] += 1
        return 3

    monkeypatch.setattr(gate_tries, "bench", bench)
    monkeypatch.setattr(gate_tries, "_measured", lambda run: held[run.name])
    return commands


def test_runs_take_turns_and_only_one_of_them_is_slowed(tmp_path: Path, said: list[tuple[str, ...]]) -> None:
    gate_tries.measure(tmp_path, 2, WANTED)
    first, second = said[:3], said[3:]
    names = {str(tmp_path / name) for name in ("run-0", "run-1", "slowed")}
    for turn, option in ((first, "--out"), (second, "--resume")):
        assert {words[words.index(option) + 1] for words in turn} == names
        assert all(words[-2:] == ("--blocks", "1") for words in turn)
    assert [str(tmp_path / "slowed") in words for words in first] == ["--slow-down" in words for words in first]
    assert all("--models" in words for words in first)
    assert not any("--slow-down" in words or "--models" in words for words in second)


def test_what_was_stopped_goes_on_with_the_runs_that_lack_a_repetition(
    tmp_path: Path, said: list[tuple[str, ...]]
) -> None:
    gate_tries.measure(tmp_path, 1, WANTED)
    gate_tries.measure(tmp_path, 2, WANTED)
    gate_tries.measure(tmp_path, 2, WANTED)
    assert len(said) == 6


def test_each_two_unchanged_runs_are_compared_both_ways_and_each_with_the_slowed_one(
    tmp_path: Path, said: list[tuple[str, ...]]
) -> None:
    gate_tries.measure(tmp_path, 1, WANTED)
    rows = list(gate_tries.judged(tmp_path, 0, ["slower 5%"], 1))
    assert [row["pair"] for row in rows] == ["run-0 run-1", "run-1 run-0", "run-0 slowed", "run-1 slowed"]
    assert {row["verdict"] for row in rows} == {"undecided"}


def test_the_table_counts_verdicts_of_unchanged_and_of_slowed_runs() -> None:
    row = {"try": "0", "gate": "slower 5%", "repetitions": "10"}
    verdicts = {"run-0 run-1": "passed", "run-1 run-0": "undecided", "run-0 slowed": "failed"}
    rows = [{**row, "pair": pair, "verdict": verdict} for pair, verdict in verdicts.items()]
    assert gate_tries.table(rows).splitlines()[-1] == "| `slower 5%` | 10 | 1 / 1 / 0 | 1 / 0 / 0 |"
    assert gate_tries.table(rows[:1]).splitlines()[-1] == "| `slower 5%` | 10 | 1 / 0 / 0 |"


@pytest.mark.parametrize("pair", ["run-0 run-1", "run-0 slowed"])
def test_the_kept_runs_give_the_kept_verdicts(pair: str, tmp_path: Path) -> None:
    with zipfile.ZipFile(KEPT / "runs.zip") as archive:
        archive.extractall(tmp_path)
    rows = gate_tries.rows_of(KEPT / "tries.csv")
    most = max(int(row["repetitions"]) for row in rows)
    (row,) = (r for r in rows if (r["pair"], r["gate"], int(r["repetitions"])) == (pair, "slower 2.5%", most))
    words = ("--quiet", *pair.split(), "--fail-on", row["gate"], "--out", "compared")
    assert gate_tries.VERDICTS[typed("compare", *words, cwd=tmp_path).returncode] == row["verdict"]

"""`compare --bisect` finds the commit that made function slower, by real git and real comparisons of made-up runs."""

import os
import subprocess
from pathlib import Path

import pytest
from command_line import bench
from kept_runs import STEPS, a_run

from bench.commands.bisect import bisect
from bench.commands.compare import compare
from bench.errors import BenchError, Exit

# A repository with its own `bench`, as this one: its `run` gives a made-up run that is as fast as the commit says.
FAKE = """
import pathlib, shutil, sys
speed = (pathlib.Path(__file__).parents[1] / "speed").read_text().strip()
if speed == "broken":
    sys.exit(4)
if "--out" in sys.argv:
    out = pathlib.Path(sys.argv[sys.argv.index("--out") + 1])
    shutil.copytree(pathlib.Path({runs!r}) / f"{{speed}}-{{out.name}}", out)
"""


def git(folder: Path, *words: str) -> str:
    settings = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b"}
    settings |= {"GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b"}
    command, environment = ["git", *words], {**os.environ, **settings}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Commits v0 (fast), v1 (fast), v2 (broken), v3 (fast), v4 (slow: the first bad one), v5 (slow)."""
    around = tmp_path_factory.mktemp("made")
    for speed, function_s in (("fast", 0.025), ("slow", 0.0275)):
        for place, first_s in (("good", 0.0), ("new", 30.0)):
            a_run(around / "runs" / f"{speed}-{place}", STEPS | {"function": function_s}, 8, first_s=first_s)
    folder = around / "repository"
    (folder / "bench").mkdir(parents=True)
    (folder / "bench" / "__init__.py").touch()
    (folder / "bench" / "__main__.py").write_text(FAKE.format(runs=str(around / "runs")))
    git(folder, "init", "-q")
    for number, speed in enumerate(("fast", "fast", "broken", "fast", "slow", "slow")):
        (folder / "speed").write_text(speed + "\n" * (number + 1))
        git(folder, "add", "-A")
        git(folder, "commit", "-qm", f"change {number}")
        git(folder, "tag", f"v{number}")
    return folder


@pytest.fixture
def repository(made: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(made)
    return made


def test_the_first_bad_commit_is_found_and_the_work_tree_left_alone(repository: Path, tmp_path: Path) -> None:
    words = ["--bisect", "v0", "v5", "--fail-on", "function slower 5%", "--repetitions", "1"]
    done = bench("compare", *words, "--out", str(tmp_path / "out"), cwd=repository)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"first bad commit: {git(repository, 'rev-parse', '--short', 'v4')} a, ")
    assert "change 4" in done.stdout
    page = done.stdout.splitlines()[1].removeprefix("report: ")
    assert Path(page).is_file()
    assert git(repository, "status", "--porcelain") == ""
    assert git(repository, "worktree", "list").count("\n") == 0
    assert git(repository, "for-each-ref", "refs/bisect") == ""


def test_what_fails_nowhere_is_not_looked_for(
    repository: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bisect([Path("v0"), Path("v3")], ["function slower 5%"], "", 1, tmp_path / "out") is Exit.NOT_ENOUGH_EVIDENCE
    assert "the gates pass there" in capsys.readouterr().err
    assert git(repository, "worktree", "list").count("\n") == 0


@pytest.mark.parametrize(
    ("ends", "gates", "run", "reason"),
    [
        (("v0",), ("slower 5%",), "", "with two commits"),
        (("v0", "v5"), (), "", "with two commits"),
        (("v0", "v5"), ("slowly",), "", "slowly"),
        (("v0", "v9"), ("slower 5%",), "", "'v9' is not a commit here"),
        (("v5", "v0"), ("slower 5%",), "", "v5 is not an ancestor of v0; type the older commit first"),
        (("v0", "v5"), ("slower 5%",), "--blocks 3", "--run takes what is measured, not --blocks"),
    ],
)
def test_bad_input_is_one_line(
    ends: tuple[str, ...], gates: tuple[str, ...], run: str, reason: str, repository: Path, tmp_path: Path
) -> None:
    with pytest.raises(BenchError, match=reason):
        compare([Path(end) for end in ends], list(gates), tmp_path / "out", bisect=True, run=run, repetitions=1)
    assert not (tmp_path / "out").exists()

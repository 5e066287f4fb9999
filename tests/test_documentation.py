"""The documentation keeps its word: commands that parse, files that are there, numbers that kept files hold."""

import csv
import re
import shlex
import subprocess
import sys
from pathlib import Path

import gate_tries
import pytest
import typer
from builders import a_plan, outcomes
from command_line import bench
from command_reference import reference
from documents import REFERENCE, WRITTEN, Block, blocks
from places import ROOT
from quantities import MEASURED, PLAIN, Quantity, holds, quantities

from bench.analysis.analyse import analyse
from bench.commands.app import app
from bench.modes import MODES
from bench.modes.groups import GROUPS
from bench.records.choices import PRESETS
from bench.report import summary

RESULTS = ROOT / "results"
TEXTS = {path: path.read_text() for path in (*WRITTEN, RESULTS / "README.md", ROOT / "CONTRIBUTING.md")}
ALL = "\n".join(TEXTS.values())
COMMANDS = re.findall(r"^ {4}cifar-bench (.+?)(?:\s+#.*)?$", ALL, re.MULTILINE) + re.findall(
    r"`cifar-bench ([a-z][^`]*)`", ALL
)
PYTEST = re.findall(r"^ {4}pytest (bench.+?)(?:\s+#.*)?$", ALL, re.MULTILINE)
ENVIRONMENTS = re.findall(r"tox run -e ([\w,]+)", ALL)
FIELDS = [block for path in WRITTEN for block in blocks(path)]
FROM_FILES = [block for block in FIELDS if block.kind == "from"]


@pytest.mark.parametrize("words", sorted(set(COMMANDS)))
def test_every_command_is_one(words: str) -> None:
    name, *arguments = shlex.split(words)
    command = typer.main.get_command(app).commands[name]
    if arguments or not any(one.required for one in command.params):
        command.make_context(name, arguments)


@pytest.mark.parametrize("words", PYTEST)
def test_every_pytest_command_collects_benchmarks(words: str, tmp_path: Path) -> None:
    here = ("-p", "no:cacheprovider", f"--benchmark-storage={tmp_path}", "--collect-only", "-q")
    command = [sys.executable, "-m", "pytest", *shlex.split(words), *here]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    assert "bench/bench_" in done.stdout


def test_every_environment_of_tox_is_there() -> None:
    there = re.findall(r"^\[testenv:(.+)\]", (ROOT / "tox.ini").read_text(), re.MULTILINE)
    assert {name for names in ENVIRONMENTS for name in names.split(",")} <= {*there}


@pytest.mark.parametrize("document", TEXTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_and_picture_is_there(document: Path) -> None:
    links = re.findall(r"\]\(([^)\s]*)\)", TEXTS[document])
    missing = []
    for target, _, heading in (link.partition("#") for link in links if "://" not in link):
        file = document if not target else document.parent / target
        if not file.exists() or (heading and heading not in _anchors(file)):
            missing.append(f"{target}#{heading}")
    assert missing == []


def test_every_page_is_reached_from_the_readme() -> None:
    reached, waiting = set[Path](), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page not in reached and page.is_file() and page.suffix == ".md":
            reached.add(page)
            waiting += [(page.parent / link).resolve() for link in re.findall(r"\]\(([^)#\s]+)", page.read_text())]
    assert {*ROOT.glob("docs/*.md")} <= reached


def _anchors(file: Path) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", file.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text().splitlines()) <= 150


def test_the_command_line_is_described_as_help_describes_it() -> None:
    assert REFERENCE.read_text() == reference(), "python tests/support/command_reference.py writes it again"


def test_the_summary_has_exactly_the_documented_fields() -> None:
    run = analyse(a_plan(), list(outcomes(a_plan(), {"eager": 0.05, "eager-again": 0.05, "function": 0.02})))
    whole = summary.document(run, None, ())
    tables = TEXTS[ROOT / "docs" / "guide.md"].partition("### For scripts")[2].split("\nEach of `cases` ")
    of_the_whole, of_a_case = (re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) for table in tables)
    assert [*whole] == of_the_whole
    assert [*whole["cases"][0]] == of_a_case


def test_the_presets_are_those_of_the_guide() -> None:
    rows = re.findall(r"^\| `(\w+)`[^|]* \| (\d+) % \| (\d+) \| (\d+) minutes? \|$", ALL, re.MULTILINE)
    assert [(name, int(goal) / 100, int(least), 60.0 * int(most)) for name, goal, least, most in rows] == [
        (preset.name, preset.schedule.goal, preset.schedule.blocks, preset.schedule.ceiling_s) for preset in PRESETS
    ]


def test_the_citation_names_this_version() -> None:
    (version,) = re.findall(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert f"\nversion: {version}\n" in (ROOT / "CITATION.cff").read_text()
    assert f"\n## {version}\n" in (ROOT / "CHANGELOG.md").read_text()


def test_every_group_of_modes_is_explained() -> None:
    assert [group.name for group in GROUPS if f"`--modes {group.name}`" not in ALL] == []


def test_every_mode_is_explained() -> None:
    page = TEXTS[ROOT / "docs" / "modes.md"]
    assert [mode.name for mode in MODES if f"| `{mode.name}` |" not in page] == []


@pytest.mark.parametrize("block", FROM_FILES, ids=lambda block: block.where)
def test_every_number_stands_in_the_kept_file_that_it_is_from(block: Block) -> None:
    files = [RESULTS / name.strip() for name in block.said.split(",")]
    assert [str(file) for file in files if not file.is_file()] == []
    assert _missing(block, files) == [], f"not in {block.said}"


def _missing(block: Block, files: list[Path]) -> list[str]:
    """The quantities of the block that no file holds; in a table, that no row with the line's title holds."""
    if not block.text.startswith("|"):
        return [one.text for one in quantities(" ".join(block.text.split())) if not holds(files, one)]
    missing = []
    for number, line in enumerate(block.text.splitlines()):
        title, *cells = (cell.strip(" *`") for cell in line.strip("|").split("|"))
        title = title if number else ""  # the head of a column names no row
        missing += [one.text for one in quantities(" | ".join(cells)) if not holds(files, one, title)]
    return missing


def test_every_measured_number_says_where_it_is_from() -> None:
    unsaid = [
        block.where
        for block in FIELDS
        if not block.kind and MEASURED.search(PLAIN.sub("", " ".join(block.text.split())))
    ]
    assert unsaid == []


def test_what_looks_for_numbers_sees_wrong_ones(tmp_path: Path) -> None:
    lines = "title,step_s,step_s_low,step_s_high,speedup,speedup_low,speedup_high"
    rows = ("tf.function,0.03243,0.03022,0.03481,1.932,1.866,2.001", "slow,4.4191,2.6559,7.3528,0.5910,0.5593,0.6246")
    (tmp_path / "steady.csv").write_text("\n".join([lines, *rows]))
    files = [tmp_path / "steady.csv"]
    for text in ("1.93x [1.87, 2.00]", "1.69x slower [1.60, 1.79]", "32.4", "4,419 [2,656, 7,353]"):
        assert [holds(files, one) for one in quantities(text)] == [True], text
    for text in ("1.93x [1.87, 2.01]", "1.69x [1.60, 1.79]", "1.94x [1.87, 2.00]", "4,418 [2,656, 7,353]"):
        assert [holds(files, one) for one in quantities(text)] == [False], text
    assert not holds(files, Quantity(32.4, None, "32.4"), "slow")


CHECKED = """import tensorflow as tf

losses = []


@tf.function(jit_compile=True)
def step(x, weights):
    loss = tf.reduce_mean(tf.square(x @ weights))
    losses.append(loss)
    log(loss)
    return loss


def log(loss):
    print(f"loss {loss}")
"""


def test_check_prints_what_the_documentation_shows(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(CHECKED)
    done = bench("check", "train.py", "--no-cache", cwd=tmp_path)
    assert f"```text\n{done.stdout}```" in TEXTS[ROOT / "docs" / "autograph.md"]


def test_the_runs_of_the_kept_series_are_counted_right() -> None:
    with (RESULTS / "sample-series-cpu" / "judged.csv").open() as file:
        rows = list(csv.DictReader(file))

    def held(mode: str, low: str = "low", high: str = "high") -> str:
        of_mode = [row for row in rows if row["comparison"].endswith(f": {mode}")]
        holding = [row for row in of_mode if float(row[low]) <= float(row["mean"]) <= float(row[high])]
        return f"{len(holding)} of {len(of_mode)}"

    text = " ".join(TEXTS[ROOT / "docs" / "methods.md"].split())
    over_time = f"in {held('tf.function')} runs, and for XLA, in the same runs, in {held('XLA')}"
    assert (
        f"{over_time}. A run's own interval holds it in {held('tf.function', 'speedup_low', 'speedup_high')}." in text
    )


@pytest.mark.parametrize(("page", "folder"), [("ci.md", "sample-noisy-gate-cpu"), ("methods.md", "sample-gate-cpu")])
def test_the_tables_of_gates_count_the_kept_tries(page: str, folder: str) -> None:
    text = TEXTS[ROOT / "docs" / page].replace("\n   |", "\n|")
    assert gate_tries.table(gate_tries.rows_of(RESULTS / folder / "tries.csv")) in text


def test_the_tutorial_says_how_long_its_trainings_took() -> None:
    with (RESULTS / "sample-accuracy-cpu" / "tables" / "trainings.csv").open() as file:
        seconds = sum(float(row["seconds"]) for row in csv.DictReader(file) if row["step"] == "1500")
    assert f"| {seconds / 60:.0f} minutes of training |" in TEXTS[ROOT / "docs" / "tutorial.md"]
    assert f"训练共 {seconds / 60:.0f} 分钟" in TEXTS[ROOT / "docs" / "tutorial.zh.md"]

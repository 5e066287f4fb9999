"""Steps in real histories, made of the kept self-test's runs; and the table of characteristics in the docs."""

import shutil
from pathlib import Path

import pytest
from places import ROOT

from bench.analysis.history import findings, look_for_steps
from bench.analysis.stats.simulated_histories import table
from bench.records.history_index import HistoryIndex, open_index
from bench.report.history_update import update

KEPT = ROOT / "results" / "sample-selftest-cpu" / "runs"


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kept")
    shutil.copytree(KEPT, folder, dirs_exist_ok=True)
    with open_index(folder) as index:
        update(folder, index, print)
    return folder


def steps(index: HistoryIndex) -> dict[str, list[str]]:
    """By arm and kind, the folders of the runs at which a step was found."""
    paths = dict(index.rows.execute("SELECT id, path FROM run"))
    return {
        f"{each.series.arm} {each.what}": [paths[step.run] for step in each.finding.steps]
        for each in findings(index)
        if each.finding.steps
    }


def test_twenty_unchanged_runs_beside_a_busy_neighbour_show_no_step(kept: Path) -> None:
    with open_index(kept) as index:
        assert steps(index) == {}


@pytest.mark.parametrize("at", [5, 8, 12, 15])
def test_real_runs_that_are_5_per_cent_slower_are_found_at_the_first(at: int, kept: Path) -> None:
    replaced = (
        "UPDATE result SET step_s = (SELECT other.step_s FROM result AS other JOIN series ON series.id = other.series "
        "WHERE other.run = result.run AND series.arm = 'function-slowed5') "
        "WHERE series = (SELECT id FROM series WHERE arm = 'function') "
        "AND run IN (SELECT id FROM run ORDER BY created, path LIMIT -1 OFFSET ?)"
    )
    with open_index(kept) as index:
        index.rows.execute("SAVEPOINT before")
        index.rows.execute(replaced, [at])
        look_for_steps(index)
        found = steps(index)
        index.rows.execute("ROLLBACK TO before")
    assert found == {"function step time": [f"{at:02}"]}


def test_the_table_of_the_docs_is_what_the_simulation_prints() -> None:
    assert table() in (ROOT / "docs" / "history.md").read_text()

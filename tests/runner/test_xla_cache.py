"""XLA's disk cache of a command: filled once for each case, before it is measured, and always removed."""

import sys
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from tempfile import gettempdir

import pytest
from builders import ENVIRONMENT, SCHEDULE, a_case, a_group, a_plan
from places import SUPPORT
from watcher import Watcher

from bench.records.messages import Order, StageRequest
from bench.records.store import Store
from bench.runner import run
from bench.runner.worker_process import WorkerProcess
from bench.runner.xla_cache import XlaCache
from cifar_core.cifar10 import SYNTHETIC

FAKE = (sys.executable, str(SUPPORT / "fake_worker.py"))
STAGES = (StageRequest("open"), StageRequest("build"))


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What workers were asked for: the case's arm and the stage, in order."""
    asked: list[tuple[str, str]] = []
    ask = WorkerProcess.ask

    def noted(worker: WorkerProcess, request: StageRequest) -> None:
        asked.append((worker.order.case.arm, request.stage))
        ask(worker, request)

    monkeypatch.setattr(WorkerProcess, "ask", noted)
    return asked


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary folders are made."""
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    assert gettempdir() == str(tmp_path / "temporary")
    return tmp_path / "temporary"


def orders(*modes: str) -> list[Order]:
    return [Order(case, 0, SCHEDULE, ENVIRONMENT, SYNTHETIC) for case in a_group(modes)]


def test_modes_that_read_no_cache_get_none_and_start_nothing(taken: list[tuple[str, str]], own_folder: Path) -> None:
    with ExitStack() as ends:
        cache = XlaCache(FAKE, ends)
        asked = orders("eager", "xla", "keras_jit")
        assert cache.filled_for(asked, STAGES) == asked
        assert list(own_folder.iterdir()) == []
    assert taken == []


def test_each_case_fills_its_cache_once_and_its_control_shares_it(taken: list[tuple[str, str]]) -> None:
    larger = replace(orders("xla_cached")[0], case=a_case("xla_cached", batch_size=128))
    with ExitStack() as ends:
        cache = XlaCache(FAKE, ends)
        first = cache.filled_for(orders("xla_cached", "eager"), STAGES)
        cache.filled_for(orders("xla_cached", "eager"), STAGES)
        cache.filled_for([larger], STAGES)
        folders = [order.xla_cache for order in first]
        assert Path(folders[0]).is_dir()
        assert folders[0] == folders[1]
    assert [order.xla_cache for order in first if order.case.mode == "eager"] == [""]
    assert taken == [("xla_cached", "open"), ("xla_cached", "build")] * 2


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_the_folder_is_removed_whatever_ends_the_command(error: type[BaseException], own_folder: Path) -> None:
    def command() -> None:
        with ExitStack() as ends:
            (order, _) = XlaCache(FAKE, ends).filled_for(orders("xla_cached"), STAGES)
            (Path(order.xla_cache) / "program.pb").write_text("compiled")
            raise error

    with pytest.raises(error):
        command()
    assert list(own_folder.iterdir()) == []


def test_ctrl_c_while_it_is_filled_leaves_neither_folder_nor_process(
    own_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = []

    def interrupted(worker: WorkerProcess, request: StageRequest) -> None:
        ended.append(worker.end)
        raise KeyboardInterrupt

    monkeypatch.setattr(WorkerProcess, "take", interrupted)
    with pytest.raises(KeyboardInterrupt), ExitStack() as ends:
        XlaCache(FAKE, ends).filled_for(orders("xla_cached"), STAGES)
    assert len(ended) == 1
    assert list(own_folder.iterdir()) == []


def test_a_case_that_cannot_fill_its_cache_is_left_to_fail_where_it_is_measured(taken: list[tuple[str, str]]) -> None:
    with ExitStack() as ends:
        (order, _) = XlaCache((*FAKE, "xla_cached=refuse"), ends).filled_for(orders("xla_cached"), STAGES)
        assert order.xla_cache
    assert taken == [("xla_cached", "open")]


def test_a_run_fills_the_cache_before_its_first_block_and_once(
    tmp_path: Path, taken: list[tuple[str, str]], own_folder: Path
) -> None:
    with Store.create(tmp_path / "run", a_plan(a_group(("eager", "xla_cached")), schedule=SCHEDULE)) as store:
        assert run.execute(store, SYNTHETIC, Watcher(), FAKE) == ""
        assert len(store.outcomes()) == SCHEDULE.blocks * 3
    assert taken[:2] == [("xla_cached", "open"), ("xla_cached", "build")]
    opened = [arm for arm, stage in taken if stage == "open"]
    assert opened.count("xla_cached") == 1 + SCHEDULE.blocks
    assert opened.count("eager") == SCHEDULE.blocks
    assert list(own_folder.iterdir()) == []

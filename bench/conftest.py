"""`pytest bench`: pytest-benchmark's door to the run line. It times nothing itself.

Options become a plan, the tests that pytest selects a run (door.py); each test then replays its case's samples through
pytest-benchmark's public `timer=`. So there is one way to time in this project.
"""

from collections.abc import Generator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from bench.commands import pytest_options as door_options
from bench.commands.console import aside, results
from bench.commands.pytest_session import Door
from bench.errors import BenchError, Exit
from bench.machine import environment
from bench.report.pytest_benchmark import samples as replay
from bench.report.pytest_benchmark.names import PARAMETERS, TEST_DEVICE, Show, Value, View, views
from bench.report.pytest_benchmark.samples import CaseSamples, SamplesClock

DOOR = pytest.StashKey[Door]()
ONE_DEVICE = "nothing to put side by side: give e.g. --devices cpu,gpu or --threads 1,2"


def pytest_addoption(parser: pytest.Parser) -> None:
    door_options.add(parser)


def pytest_configure(config: pytest.Config) -> None:
    if opened := door_options.opened(config):
        config.stash[DOOR] = opened


def pytest_ignore_collect(config: pytest.Config) -> bool | None:
    """`pytest .` tests; it does not measure."""
    return None if DOOR in config.stash else True


def pytest_pycollect_makeitem(collector: pytest.Collector, name: str) -> list[pytest.Item] | None:
    """A mode that was not asked for has no test."""
    shown = {view.function for view in views(collector.config.stash[DOOR].plan.cases)}
    return [] if name.startswith("test_") and name not in (*shown, TEST_DEVICE) else None


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    opened = metafunc.config.stash[DOOR]
    of_this = [view for view in views(opened.plan.cases) if view.function == metafunc.function.__name__]
    nothing = pytest.param(*[""] * len(PARAMETERS), id="none", marks=pytest.mark.skip(reason=ONE_DEVICE))
    metafunc.parametrize(PARAMETERS, [_row(view, opened.absent(view.case)) for view in of_this] or [nothing])


def _row(view: View, absent: str) -> Any:
    """The marker carries the view's own clock. It must be the only one, for pytest-benchmark heeds the closest."""
    marks = [pytest.mark.benchmark(group=view.group, timer=SamplesClock())]
    return pytest.param(
        *view.params.values(), id=view.id, marks=[*marks, pytest.mark.skip(reason=absent)] if absent else marks
    )


@pytest.fixture(scope="session")
def line(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, CaseSamples]:
    """The run of all that pytest has selected, measured when the first test asks for it; then what each test shows."""
    config, opened = request.config, request.config.stash[DOOR]
    by_name = {view.name: view for view in views(opened.plan.cases)}
    going = [item.name for item in request.session.items if not item.get_closest_marker("skip")]
    selected = [by_name[name] for name in going if name in by_name]
    out, place = config.getoption("run_out"), tmp_path_factory.mktemp("one-step") / "run"
    folder = Path(out) if out else place if door_options.one_step(config) else results("pytest")
    try:
        with _uncaptured(config):
            return opened.shown(selected, folder, aside)
    except BenchError as error:
        pytest.exit(f"error: {error}", returncode=Exit.USAGE)


def _uncaptured(config: pytest.Config) -> Any:
    """Progress is for the person who waits, not for the first test's output."""
    if terminal_reporter := config.pluginmanager.getplugin("terminalreporter"):
        terminal_reporter.ensure_newline()
    capture = config.pluginmanager.getplugin("capturemanager")
    return capture.global_and_fixture_disabled() if capture else nullcontext()


@pytest.fixture
def parameters(
    mode: str, model: str, batch_size: int, precision: str, input: str, device: str, threads: int, steps_per_call: int
) -> tuple[Value, ...]:
    """What a test is parametrised with: pytest-benchmark saves it, and groups by it."""
    return (mode, model, batch_size, precision, input, device, threads, steps_per_call)


@pytest.fixture
def show(
    request: pytest.FixtureRequest,
    benchmark: BenchmarkFixture,
    line: dict[str, CaseSamples],
    parameters: tuple[Value, ...],
) -> Show:
    """Replays the samples of the test's case; fails where they must not be believed."""

    def shows() -> None:
        shown, marker = line[request.node.name], request.node.get_closest_marker("benchmark")
        if shown.skipped:
            pytest.skip(shown.skipped)
        if shown.failed:
            pytest.fail(shown.failed, pytrace=False)
        marker.kwargs["timer"].load(shown.seconds)
        benchmark.extra_info.update(shown.extra_info)
        benchmark.pedantic(lambda: None, rounds=len(shown.seconds), iterations=shown.iterations)

    return shows


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failed test shows nothing, which is no mistake of the test's; what it has shown already does not count."""
    report = yield
    benchmark = getattr(item, "funcargs", {}).get("benchmark")
    if report.failed and benchmark:
        benchmark.has_error = benchmark.skipped = True
    return report


def pytest_benchmark_update_machine_info(config: pytest.Config, machine_info: dict[str, Any]) -> None:
    """The machine that measured: this one, or that of the run that is replayed."""
    if opened := config.stash.get(DOOR, None):
        if opened.environment:
            machine_info.clear()
        machine_info.update(replay.machine_info(opened.environment or environment.read()))


def pytest_benchmark_update_commit_info(config: pytest.Config, commit_info: dict[str, Any]) -> None:
    opened = config.stash.get(DOOR, None)
    if opened and opened.environment:
        commit_info.clear()
        commit_info.update(replay.commit_info(opened.environment))


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    opened = config.stash.get(DOOR, None)
    if opened and opened.folder:
        terminalreporter.write_sep("=", "cifar-bench")
        for text in opened.summary():
            terminalreporter.write_line(text)

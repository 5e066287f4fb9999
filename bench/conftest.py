"""`pytest bench`: the pytest-benchmark adapter. It times nothing itself.

The options become a plan and the selected tests become a run; each test then replays the samples of its case through
pytest-benchmark's public `timer=`. So there is one way to time in this project.
"""

from collections.abc import Generator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from bench.commands import pytest_options
from bench.commands.console import aside, results
from bench.commands.pytest_session import PytestSession
from bench.commands.streams import no_backend
from bench.errors import BenchError, Exit
from bench.machine import environment
from bench.report.pytest_benchmark import samples
from bench.report.pytest_benchmark.names import PARAMETERS, TEST_DEVICE, Show, Value, View, views
from bench.report.pytest_benchmark.samples import CaseSamples, SamplesClock

SESSION = pytest.StashKey[PytestSession]()
ONE_DEVICE = "nothing to compare: give e.g. --devices cpu,gpu or --threads 1,2"


def pytest_addoption(parser: pytest.Parser) -> None:
    pytest_options.add(parser)


def pytest_configure(config: pytest.Config) -> None:
    if session := pytest_options.session(config):
        config.stash[SESSION] = session
        no_backend()


def pytest_ignore_collect(config: pytest.Config) -> bool | None:
    """`pytest .` runs the tests of this project; it does not measure."""
    return None if SESSION in config.stash else True


def pytest_pycollect_makeitem(collector: pytest.Collector, name: str) -> list[pytest.Item] | None:
    """A mode that was not asked for has no test."""
    functions = {view.function for view in views(collector.config.stash[SESSION].plan.cases)}
    return [] if name.startswith("test_") and name not in (*functions, TEST_DEVICE) else None


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    session = metafunc.config.stash[SESSION]
    own_views = [view for view in views(session.plan.cases) if view.function == metafunc.function.__name__]
    nothing = pytest.param(*[""] * len(PARAMETERS), id="none", marks=pytest.mark.skip(reason=ONE_DEVICE))
    metafunc.parametrize(PARAMETERS, [_row(view, session.missing_device(view.case)) for view in own_views] or [nothing])


def _row(view: View, skip_reason: str) -> Any:
    """The marker carries the view's own clock. It must be the only marker: pytest-benchmark uses the closest one."""
    marks = [pytest.mark.benchmark(group=view.group, timer=SamplesClock())]
    skips = [pytest.mark.skip(reason=skip_reason)] if skip_reason else []
    return pytest.param(*view.params.values(), id=view.id, marks=[*marks, *skips])


@pytest.fixture(scope="session")
def samples_by_test(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, CaseSamples]:
    """The samples of all selected tests, by name; measured together when the first test asks for its own."""
    config, session = request.config, request.config.stash[SESSION]
    try:
        with _uncaptured(config):
            return session.samples_by_test(_selected(request.session), _folder(config, tmp_path_factory), aside)
    except BenchError as error:
        pytest.exit(f"error: {error}", returncode=Exit.USAGE)


def _selected(pytest_session: pytest.Session) -> list[View]:
    """The views of the tests that will run: selected, and not skipped."""
    view_by_name = {view.name: view for view in views(pytest_session.config.stash[SESSION].plan.cases)}
    running = [item.name for item in pytest_session.items if not item.get_closest_marker("skip")]
    return [view_by_name[name] for name in running if name in view_by_name]


def _folder(config: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Path:
    if out := config.getoption("run_out"):
        return Path(out)
    return tmp_path_factory.mktemp("one-step") / "run" if pytest_options.one_step(config) else results("pytest")


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
    """The parameters of a test: pytest-benchmark saves them, and can group by them."""
    return (mode, model, batch_size, precision, input, device, threads, steps_per_call)


@pytest.fixture
def show(
    request: pytest.FixtureRequest,
    benchmark: BenchmarkFixture,
    samples_by_test: dict[str, CaseSamples],
    parameters: tuple[Value, ...],
) -> Show:
    """Replays the samples of the test's case; fails where they are invalid."""

    def shows() -> None:
        shown, marker = samples_by_test[request.node.name], request.node.get_closest_marker("benchmark")
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
    """A failed test has no numbers: pytest-benchmark must neither report those it has nor complain of none."""
    report = yield
    benchmark = getattr(item, "funcargs", {}).get("benchmark")
    if report.failed and benchmark:
        benchmark.has_error = benchmark.skipped = True
    return report


def pytest_benchmark_update_machine_info(config: pytest.Config, machine_info: dict[str, Any]) -> None:
    """The machine that measured: this one, or that of the run that is replayed."""
    if session := config.stash.get(SESSION, None):
        if session.environment:
            machine_info.clear()
        machine_info.update(samples.machine_info(session.environment or environment.read()))


def pytest_benchmark_update_commit_info(config: pytest.Config, commit_info: dict[str, Any]) -> None:
    session = config.stash.get(SESSION, None)
    if session and session.environment:
        commit_info.clear()
        commit_info.update(samples.commit_info(session.environment))


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    session = config.stash.get(SESSION, None)
    if session and session.folder:
        terminalreporter.write_sep("=", "cifar-bench")
        for text in session.summary():
            terminalreporter.write_line(text)

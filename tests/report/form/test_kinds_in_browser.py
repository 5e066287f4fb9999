"""Every kind of page in a real browser: its first screen at both sizes, nothing wider than a phone, light and dark."""

from collections.abc import Callable
from pathlib import Path

import pytest
from analysed_machines import OTHER, SLOW, fleet_folder
from browser import DESK, PHONE, WITHOUT, browse, contrast
from builders import a_plan, outcomes
from damaged_records import a_selftest, one_training, trained
from explanations import an_explanation
from swept_runs import TWICE, a_sweep

from bench.analysis import compare, gates
from bench.analysis.analyse import analyse
from bench.analysis.compare import NamedRun
from bench.autograph.explain import page as explanation
from bench.records.history_index import open_index
from bench.records.store import Store
from bench.report import accuracy, comparison, history, machines, selftest, training
from bench.report import run as run_report
from bench.report.form.folder import PAGE
from bench.report.history_read import read_history
from bench.report.history_update import update

STEPS = {"eager": 0.05, "eager-again": 0.05, "function": 0.025, "xla": 0.06}
LIGHT, DARK = (), ("--blink-settings=preferredColorScheme=0",)
LOOK = """
<script>
addEventListener("load", () => {
  const box = what => {
    const found = document.querySelector(what);
    if (!found) return null;
    const { left, top, right, bottom } = found.getBoundingClientRect();
    return [left, top, right, bottom].map(Math.round);
  };
  // An explanation has stages instead of card and figure, a history an index of its runs.
  const others = [".stage, .panel", ".stage pre, table"];
  const answers = document.querySelector(".first") ? [".verdict", ".first figure"] : others;
  const first = ["h1", ...answers].map(box);
  document.querySelectorAll("details").forEach(fold => { fold.open = true; });
  const style = getComputedStyle(document.body);
  const reaches = part => part.getBoundingClientRect().right > innerWidth + 1 && !part.closest("svg, pre");
  parent.postMessage(JSON.stringify({
    first, overflow: document.documentElement.scrollWidth - innerWidth,
    wider: [...document.querySelectorAll("main *")].filter(reaches).map(part => part.outerHTML.slice(0, 120)),
    background: style.backgroundColor, ink: style.color,
  }), "*");
});
</script>
"""

pytestmark = WITHOUT


def a_run(folder: Path, function_s: float = 0.025) -> Store:
    with Store.create(folder, a_plan()) as store:
        for outcome in outcomes(store.plan, {**STEPS, "function": function_s}):
            store.keep(outcome)
    return store


def of_a_run_with_accuracy(folder: Path) -> Path:
    store = a_run(folder)
    trained(folder / "accuracy")
    return run_report.build(store).page


def of_a_sweep(folder: Path) -> Path:
    plan, records = a_sweep({"function": TWICE, "graph": TWICE, "xla": {8: 3.0, 64: 0.8, 512: 1.1}})
    with Store.create(folder, plan) as store:
        for outcome in records:
            store.keep(outcome)
    return run_report.build(store).page


def of_machines(folder: Path) -> Path:
    return machines.build(fleet_folder(folder, a=SLOW, b=OTHER))[0].with_name(PAGE)


def of_an_explanation(folder: Path) -> Path:
    return explanation.write(an_explanation(), folder)


def of_a_comparison(folder: Path) -> Path:
    stores = {name: a_run(folder / name, step_s) for name, step_s in (("a", 0.025), ("b", 0.027))}
    runs = [NamedRun(name, analyse(store.plan, store.outcomes())) for name, store in stores.items()]
    changes = compare.changes(runs)
    judged = gates.judge(gates.parse("slower 2.5%"), runs, changes)
    return comparison.build(folder / "compared", runs, compare.differences(runs), changes, judged).with_name(PAGE)


def of_an_accuracy(folder: Path) -> Path:
    trained(folder)
    return accuracy.build(folder)[0].with_name(PAGE)


def of_a_training(folder: Path) -> Path:
    one_training(folder)
    return training.build(folder).with_name(PAGE)


def of_a_self_test(folder: Path) -> Path:
    a_selftest(folder)
    return selftest.build(folder)[0].with_name(PAGE)


def of_a_history(folder: Path) -> Path:
    for name in ("a", "b"):
        a_run(folder / name)
    with open_index(folder) as index:
        update(folder, index, print)
        return history.build(folder, read_history(index))


KINDS = (
    of_a_run_with_accuracy,
    of_a_sweep,
    of_machines,
    of_a_comparison,
    of_an_accuracy,
    of_a_training,
    of_a_self_test,
    of_a_history,
    of_an_explanation,
)


@pytest.fixture(scope="module", params=KINDS, ids=lambda kind: kind.__name__)
def page(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    make: Callable[[Path], Path] = request.param
    return make(tmp_path_factory.mktemp("kinds") / "kind")


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_first_screen_has_the_title_the_card_and_the_figure(page: Path, size: tuple[int, int]) -> None:
    found, console = browse(page, LOOK, size=size)
    assert console == ""
    for left, top, right, bottom in found["first"]:
        assert 0 <= left < right <= size[0]
        assert 0 <= top < bottom <= size[1]
    assert found["overflow"] <= 0
    assert found["wider"] == []


def test_dark_turns_the_page_around(page: Path) -> None:
    (light, _), (dark, _) = (browse(page, LOOK, *options) for options in (LIGHT, DARK))
    assert light["background"] != dark["background"]
    assert contrast(light["background"], light["ink"]) > 7
    assert contrast(dark["background"], dark["ink"]) > 7

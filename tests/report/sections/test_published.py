"""Published results stand next to this run's with a source, only where the run has something similar."""

import re

from builders import a_case, a_group, a_plan, outcomes
from built_reports import STEPS as FOUR_MODES

from bench.analysis.analyse import analyse
from bench.report.form.document import Table
from bench.report.sections import published

STEPS = {**FOUR_MODES, "function_loop": 0.02, "autocluster": 0.05}


def test_published_results_stand_next_to_ours_only_where_the_run_has_something_similar() -> None:
    def rows(model: str, modes: tuple[str, ...]) -> list[object]:
        plan = a_plan(tuple(a_case(c.mode, c.again, model=model) for c in a_group(modes)))
        parts = published.section(analyse(plan, outcomes(plan, STEPS))).parts
        return [row["said"] for part in parts if isinstance(part, Table) for row in part.rows]

    assert rows("mlp", ("eager", "function", "function_loop")) == ["6.4x (3.99 s against 0.623 s for 500 steps)"]
    assert rows("tutorial_cnn", ("eager", "function", "autocluster")) == ["1.17x"]
    assert rows("resnet9", ("eager", "function")) == ["comparable"]
    assert rows("tutorial_cnn", ("eager", "function")) == []


def test_every_published_result_has_a_source_and_a_caveat() -> None:
    for result in published.PUBLISHED:
        assert re.match(r"https://\S+$", result.address)
        assert len(result.caveat) > 20

"""The section on where the CPU time of a step goes."""

from dataclasses import replace

import pytest
from costed_runs import a_costed_run, profiled_costs

from bench.analysis.analyse import analyse
from bench.records.costs import Costs
from bench.report import onednn
from bench.report.cover import of_run
from bench.report.form.document import Section, Table
from bench.report.sections import operations


def a_section() -> Section:
    return operations.section(a_costed_run(profiled_costs))


def test_a_sentence_names_the_operations_and_says_what_they_leave() -> None:
    text = a_section().parts[0]
    assert isinstance(text, str)
    function, xla, _ = text.splitlines()
    assert function.startswith("- **tf.function needs 20.0 ms less CPU time a step than eager.** MaxPoolGrad 14.0 ms")
    assert "20.0 in eager, 6.00 in tf.function, by oneDNN; 3 kernels a step against 2" in function
    assert "BiasAdd 4.00 ms (4.00 in eager, 0 in tf.function, which fuses it with Conv2D)" in function
    assert "Together 90 % of the difference" in function
    assert "are not explained." in function
    assert xla.startswith("- **eager needs 40.0 ms less CPU time a step than XLA.** MaxPoolGrad 40.0 ms")
    told = "MaxPoolGrad takes 14.0 ms more CPU time a step in eager than in tf.function; the whole step 20.0 ms more"
    assert told == a_section().summary


def test_the_table_holds_modes_beside_each_other_and_ends_with_the_whole() -> None:
    table = next(part for part in a_section().parts if isinstance(part, Table))
    assert [column.title for column in table.columns] == ["operation", "eager", "tf.function", "XLA"]
    cells = {row[0]: row[1:] for row in table.cells()}
    assert next(iter(cells)) == "MaxPoolGrad"
    assert cells["BiasAdd"] == ["4.00", "fused", "–"]
    assert [*cells][-4:] == ["TensorFlow's runtime", "Python", "in all, as timed", "in all, as profiled"]
    assert cells["in all, as profiled"] == ["40.0", "20.0", "80.0"]


def test_what_the_faster_mode_spends_more_on_is_no_cause_in_the_summary() -> None:
    """Its pool takes 16 ms a step against 1, and all else less: the largest part is not what makes eager slower."""

    def kept(mode: str) -> Costs:
        costs = profiled_costs(mode)
        if mode not in ("eager", "function") or costs.operations is None:
            return costs
        pool, product, *_ = costs.operations.operations
        pool_s, product_s, runtime_s = {"eager": (0.005, 0.07, 0.06), "function": (0.08, 0.01, 0.005)}[mode]
        parts = (replace(pool, name="Pool", cpu_s=pool_s), replace(product, name="Product", cpu_s=product_s))
        return replace(costs, operations=replace(costs.operations, operations=parts, runtime_s=runtime_s))

    made = operations.section(a_costed_run(kept))
    assert ".** Pool −15.0 ms (1.00 in eager, 16.0 in tf.function" in str(made.parts[0])
    assert made.summary.startswith("Product takes 12.0 ms more CPU time a step in eager than in tf.function; ")


def test_small_operations_stand_in_one_row() -> None:
    def with_small(mode: str) -> object:
        found = profiled_costs(mode).operations
        if found is None:
            return profiled_costs(mode)
        small = tuple(replace(found.operations[0], name=name, cpu_s=1e-5) for name in ("Mean", "Cast"))
        return replace(profiled_costs(mode), operations=replace(found, operations=(*found.operations, *small)))

    section = operations.section(a_costed_run(with_small))  # type: ignore[arg-type]
    table = next(part for part in section.parts if isinstance(part, Table))
    cells = {row[0]: row[1:] for row in table.cells()}
    assert cells["2 other operations"][1:] == ["< 0.01", "< 0.01"]
    assert "Mean" not in cells


@pytest.mark.parametrize(
    ("by_onednn", "condition"), [(True, "on"), (False, "off: on Linux it is off by default on CPUs that")]
)
def test_graphs_that_executed_no_kernel_of_onednn_are_pointed_out(by_onednn: bool, condition: str) -> None:
    """As in runs of an older version, which keep nothing of the CPU but its name."""

    def kept(mode: str) -> Costs:
        costs = profiled_costs(mode)
        if mode != "function" or costs.operations is None:
            return costs
        parts = tuple(replace(each, onednn=by_onednn) for each in costs.operations.operations)
        return replace(costs, operations=replace(costs.operations, operations=parts))

    run = a_costed_run(kept)
    said = [part for part in operations.section(run).parts if isinstance(part, str) and "without oneDNN" in part]
    assert len(said) == (not by_onednn)
    assert all("do not carry over" in text for text in said)
    assert bool([chip for chip in of_run(run).chips if "without oneDNN" in chip.text]) is not by_onednn
    assert onednn.condition(run.groups).startswith(condition)


def test_without_profiles_there_is_no_section() -> None:
    older = a_costed_run(lambda mode: replace(profiled_costs(mode), operations=None))
    assert operations.section(older).parts == ()


def test_few_repetitions_need_likely_less() -> None:
    run = a_costed_run(profiled_costs)
    few, one = (analyse(run.plan, [o for o in run.outcomes if o.block < blocks]) for blocks in (3, 1))
    assert "**tf.function likely needs 20.0 ms less CPU time" in str(operations.section(few).parts[0])
    assert "needed, in the one repetition measured, 20.0 ms less" in str(operations.section(one).parts[0])

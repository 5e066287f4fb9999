"""The sections on replicas: what they say on one machine's CPUs, of what is alike, and of what is refused."""

from dataclasses import replace

from replica_runs import a_run

from bench.analysis.results import Run
from bench.records.run import NOT_COMPARABLE
from bench.report.form.document import Table
from bench.report.sections import replicas
from bench.report.sections.glossary import term
from bench.report.sections.steady import verdict_of

STEPS = {"mirrored-r1": 0.04, "mirrored-r2": 0.025}


def table(run: Run) -> Table:
    (found,) = [part for part in replicas.strong(run).parts if isinstance(part, Table)]
    return found


def on_gpu(run: Run) -> Run:
    """The same, as if measured on GPUs."""
    plan = replace(run.plan, cases=tuple(replace(case, device="gpu") for case in run.plan.cases))
    return replace(run, plan=plan)


def test_without_replicas_there_are_no_sections() -> None:
    assert replicas.strong(a_run({})).parts == ()
    assert replicas.weak(a_run({})).parts == ()
    assert replicas.weak(a_run(STEPS)).parts == ()


def test_a_row_has_share_efficiency_and_all_reduce() -> None:
    one, two = (
        dict(zip([c.title for c in table(a_run(STEPS)).columns], row, strict=True))
        for row in table(a_run(STEPS)).cells()
    )
    assert (two["mode"], two["batch of a replica"], two["its share"]) == ("MirroredStrategy, 2 replicas", "32", "25 %")
    assert two["efficiency"].startswith("80")
    assert two["efficiency"].endswith("]")
    assert two["all-reduce"] == "2 x CollectiveReduceV2, the memory of one process"
    assert two["replicas alike"] == "bit for bit"
    assert (one["efficiency"], one["its share"], one["replicas alike"]) == ("–", "–", "–")


def test_on_the_cpus_of_one_machine_it_says_that_there_is_no_scaling_and_on_gpus_it_does_not() -> None:
    run = a_run(STEPS)
    assert replicas.SAME_MACHINE in replicas.strong(run).parts
    assert replicas.SAME_MACHINE not in replicas.strong(on_gpu(run)).parts


def test_a_sentence_tells_the_gain_and_what_the_all_reduce_takes() -> None:
    (text,) = replicas.sentences(a_run(STEPS))
    assert text.startswith("**MirroredStrategy, 2 replicas**: 1.60x [")
    assert "about 25 % of a step is the all-reduce, over the memory of one process" in text


def test_in_a_run_of_several_groups_each_sentence_names_its_own() -> None:
    texts = replicas.sentences(a_run(STEPS, batch_sizes=(32, 64)))
    assert [text.partition(":")[0].split(", ")[1] for text in texts] == ["batch 32", "batch 64"]


def test_weak_scaling_has_a_section_of_its_own_with_both_steps() -> None:
    section = replicas.weak(a_run(STEPS, batch_sizes=(32, 64)))
    (found,) = [part for part in section.parts if isinstance(part, Table)]
    (row,) = found.cells()
    assert row[:4] == ["MirroredStrategy, 2 replicas", "2", "32", "64"]
    assert row[-1].startswith("160")


def test_every_column_is_explained() -> None:
    weak = [part for part in replicas.weak(a_run(STEPS, batch_sizes=(32, 64))).parts if isinstance(part, Table)]
    for each in (table(a_run(STEPS)), *weak):
        assert all(term(column.term) for column in each.columns)


def test_batch_statistics_are_not_comparable_with_their_reason_and_no_failure() -> None:
    reason = "its BatchNormalization computes mean and variance for each replica's share"
    run = a_run({"mirrored-r1": 0.04}, refused={"mirrored-r2": (NOT_COMPARABLE, reason)})
    (group,) = run.groups
    assert verdict_of(group, group.cases[-1]) == ("NOT COMPARABLE", reason)
    assert not run.failed
    assert table(run).cells()[1][:3] == ["MirroredStrategy, 2 replicas", "2", "–"]

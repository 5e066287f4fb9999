"""The section on the method: one text for all runs, with a paragraph more for a pipeline and for a GPU."""

from dataclasses import replace

from builders import a_case, a_plan

from bench.analysis.analyse import analyse
from bench.records.case import Case
from bench.report.sections import method


def parts(*cases: Case) -> list[str]:
    return [str(part) for part in method.section(analyse(a_plan(cases), [])).parts]


def test_a_pipeline_and_a_gpu_add_a_paragraph_each() -> None:
    plain = parts(a_case())
    assert len(plain) == 3
    piped = parts(a_case(input="pipeline"))
    assert [text[:18] for text in piped if text not in plain] == ["A tf.data pipeline"]
    on_gpu = parts(a_case(), replace(a_case(), device="gpu"))
    assert [text[:8] for text in on_gpu if text not in plain] == ["On a GPU"]

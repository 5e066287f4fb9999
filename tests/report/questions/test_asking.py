"""The command that an answer suggests: what this run was started with, without what a run does anyway."""

from builders import a_case, a_group, a_plan, outcomes

from bench.analysis.analyse import analyse
from bench.analysis.results import Run
from bench.records.choices import DEFAULTS
from bench.report.questions.asking import run_command


def a_run(data: str = "synthetic", seed: int = 0, **workload: object) -> Run:
    plan = a_plan(tuple(a_case(c.mode, c.again, **workload) for c in a_group(("eager",))), data=data, seed=seed)
    return analyse(plan, outcomes(plan, {"eager": 0.05, "eager-again": 0.05}))


def test_what_is_a_default_is_not_typed_again() -> None:
    usual = a_run(DEFAULTS.data, DEFAULTS.seed, model=DEFAULTS.models, batch_size=int(DEFAULTS.batch_sizes))
    assert run_command(usual, "eager,xla") == "cifar-bench run --modes eager,xla"
    assert run_command(usual, "eager", devices=DEFAULTS.devices) == "cifar-bench run --modes eager"


def test_what_is_no_default_is_typed_and_quoted_for_the_shell() -> None:
    run = a_run("my images", 3, model="mlp", batch_size=8, precision="mixed_bfloat16", input="pipeline")
    assert run_command(run, "eager", devices="cpu,gpu") == (
        "cifar-bench run --modes eager --models mlp --batch-sizes 8 --devices cpu,gpu --precisions mixed_bfloat16 "
        "--inputs pipeline --seed 3 --data 'my images'"
    )

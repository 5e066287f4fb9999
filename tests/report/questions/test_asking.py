"""The command that an answer suggests: what this run was started with, without what a run does anyway."""

from builders import a_case, a_group, a_plan, outcomes

from bench.analysis.analyse import analyse
from bench.analysis.results import Run
from bench.modes.groups import members
from bench.records.choices import DEFAULTS
from bench.report.questions.asking import MOST_NAMED, modes_of, run_command


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
        "cifar-bench run --modes eager --models mlp --batch-sizes 8 --devices cpu,gpu --dtypes mixed_bfloat16 "
        "--inputs pipeline --seed 3 --data 'my images'"
    )


def a_run_of(modes: list[str]) -> Run:
    plan = a_plan(a_group(modes))
    return analyse(plan, outcomes(plan, {"eager": 0.05, "eager-again": 0.05}))


def test_a_few_modes_are_named_and_many_are_all() -> None:
    every = members("all")
    assert modes_of(a_run_of(every[:MOST_NAMED])) == ",".join(every[:MOST_NAMED])
    assert modes_of(a_run_of(every[: MOST_NAMED + 1])) == "all"
    assert modes_of(a_run_of(every)) == "all"
    assert modes_of(a_run_of([*every, "xla_cached"])) == "all,xla_cached"


def test_modes_that_train_are_always_named() -> None:
    trained = modes_of(a_run_of([*members("all"), "xla_cached"]), trains=True)
    assert trained == "eager,graph,function,function_unconverted,function_loop,xla,autocluster"

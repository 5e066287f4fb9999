import pytest

from bench.errors import BenchError
from bench.modes import MODES
from bench.modes.groups import members
from bench.records.choices import PRESETS, Options
from bench.records.run import groups
from bench.runner import plan
from cifar_core.cifar10 import SYNTHETIC


def test_each_group_holds_the_baseline_twice_and_every_other_mode_once() -> None:
    made = plan.make(Options(batch_sizes="8,64"), SYNTHETIC)
    arms = [[case.arm for case in group] for group in groups(made).values()]
    assert arms == [["eager", "eager-again", "graph", "function", "xla"]] * 2


def test_the_baseline_is_the_first_row_whatever_the_order_typed() -> None:
    assert plan.choose_modes("xla,function") == ["function", "xla"]


@pytest.mark.parametrize(("text", "chosen"), [
    ("custom", ["custom_loop", "custom_loop_function"]),
    ("keras,eager", ["eager", "keras_fit", "keras_jit", "keras_eager"]),
    ("custom,custom_loop, custom", ["custom_loop", "custom_loop_function"]),
    ("all", members("all")),
    ("all,inference,xla_cached", [mode.name for mode in MODES if not (mode.peer or mode.replicas)]),
    ("peers,eager", ["eager", "torch_eager", "torch_compile", "jax_jit", "keras_jax", "keras_torch"]),
])  # fmt: skip
def test_groups_of_modes_can_be_named_alone_or_beside_modes(text: str, chosen: list[str]) -> None:
    assert plan.choose_modes(text) == chosen


def test_an_unknown_group_is_one_line_with_the_modes_and_groups_there_are() -> None:
    with pytest.raises(
        BenchError, match=r"unknown mode 'fast'; known: eager, .*all, custom, keras, inference, replicas, peers; type"
    ):
        plan.choose_modes("eager,fast")


def test_a_mode_slowed_on_purpose_says_so_in_its_key_and_the_baseline_may_be_one() -> None:
    made = plan.make(Options(modes="eager,function", slow_down="function 5%"), SYNTHETIC)
    assert [(case.arm, case.slowdown) for case in made.cases] == [
        ("eager", 0.0),
        ("eager-again", 0.0),
        ("function-slowed5", 0.05),
    ]
    made = plan.make(Options(modes="eager,function", slow_down="eager 2.5%"), SYNTHETIC)
    assert [case.arm for case in made.cases] == ["eager-slowed2.5", "eager-slowed2.5-again", "function"]


def test_no_two_cases_share_a_key() -> None:
    made = plan.make(Options(batch_sizes="8,64", threads="0,1", devices="cpu,gpu,gpu:1"), SYNTHETIC)
    assert len({case.key for case in made.cases}) == len(made.cases) == 2 * (2 + 1 + 1) * 5


@pytest.mark.parametrize(
    "options", [Options(devices="gpu,gpu:0"), Options(batch_sizes="64,064"), Options(threads="1,01")]
)
def test_a_value_spelled_twice_is_one_value(options: Options) -> None:
    assert len(plan.make(options, SYNTHETIC).cases) == 5


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (Options(modes="egaer"), ["unknown mode 'egaer', did you mean eager? type --modes eager"]),
        (Options(models="vgg"), ["unknown model 'vgg'", "tutorial_cnn", "your own as package.module:factory"]),
        (
            Options(models="my-models:make"),
            ["'my-models:make' is not package.module:factory", "--model my_models:make_net"],
        ),
        (Options(models="my_models:"), ["'my_models:' is not package.module:factory"]),
        (Options(models="a:b:c"), ["'a:b:c' is not package.module:factory"]),
        (Options(models="my-step:make", task="step"), ["is not module:function or file.py:function", "--step"]),
        (Options(models="step.py:", task="step"), ["is not module:function or file.py:function"]),
        (Options(task="answer"), ["unknown task 'answer'", "train, infer, step", "--task"]),
        (Options(args="3"), ["--args says what a step of your own is called with"]),
        (Options(dtypes="int8"), ["unknown dtype 'int8'", "float32, mixed_bfloat16", "--dtypes"]),
        (Options(inputs="disk"), ["unknown input 'disk'", "resident, pipeline", "--inputs"]),
        (Options(steps_per_call="-1"), ["-1 steps a call make no sense"]),
        (Options(preset="fast"), ["unknown preset 'fast'", "quick, standard, thorough"]),
        (Options(devices="tpu"), ["unknown device 'tpu'", "cpu, gpu"]),
        (Options(batch_sizes="0"), ["batch size 0 is not positive"]),
        (Options(batch_sizes="-4"), ["batch size -4 is not positive"]),
        (Options(batch_sizes="50001"), ["exceeds the 50000 training images"]),
        (Options(batch_sizes="many"), ["'many' is not a number"]),
        (Options(batch_sizes=","), ["--batch-sizes is empty"]),
        (Options(threads="-1"), ["-1 threads"]),
        (Options(seed=-1), ["seed -1"]),
        (Options(target_ci="0%"), ["--target-ci 0% is outside"]),
        (Options(target_ci="fine"), ["target for intervals 'fine'"]),
        (Options(budget="soon"), ["--budget 'soon' is not a duration", "10m"]),
        (Options(budget="10"), ["--budget 10: the unit is missing; type --budget 10s (or 10m, 1h)"]),
        (Options(time_limit="90"), ["--time-limit 90: the unit is missing; type --time-limit 90s"]),
        (Options(batch_sizes="64 128"), ['--batch-sizes "64 128": use commas; type --batch-sizes 64,128']),
        (Options(modes="eager, function xla"), ["use commas; type --modes eager,function,xla"]),
        (Options(slow_down="5%"), ["'5%' slows nothing down", "--slow-down 'function 5%'"]),
        (Options(slow_down="function 0%"), ["slows nothing down"]),
        (Options(slow_down="function 900%"), ["slows nothing down", "0.1 to 500 %"]),
        (Options(slow_down="keras_fit 5%"), ["unknown mode to slow down 'keras_fit'", "eager, graph, function, xla"]),
    ],
)
def test_bad_options_are_named_with_what_to_type(options: Options, words: list[str]) -> None:
    with pytest.raises(BenchError) as raised:
        plan.make(options, SYNTHETIC)
    assert all(word in str(raised.value) for word in words)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(("typed", "seconds"), [("90s", 90), ("10m", 600), ("1.5h", 5400)])
def test_budgets_take_units(typed: str, seconds: float) -> None:
    assert plan.schedule(Options(budget=typed)).budget_s == seconds


@pytest.mark.parametrize(
    ("preset", "goal", "blocks", "ceiling_s"),
    [("quick", 0.10, 3, 60), ("standard", 0.03, 6, 300), ("thorough", 0.01, 6, 1200)],
)
def test_a_preset_is_a_goal_with_the_fewest_repetitions_and_a_ceiling(
    preset: str, goal: float, blocks: int, ceiling_s: float
) -> None:
    schedule = plan.schedule(Options(preset=preset))
    assert (schedule.goal, schedule.blocks, schedule.ceiling_s) == (goal, blocks, ceiling_s)
    assert (schedule.rounds, schedule.rounds_by_noise, schedule.precision, schedule.budget_s) == (6, True, None, None)
    (said,) = [row.summary for row in PRESETS if row.name == preset]
    limit = "60 s" if ceiling_s == 60 else f"{ceiling_s / 60:.0f} min"
    assert f"+-{goal:.0%}: within about {limit} for each group, but at least {blocks} repetitions" in said


def test_a_number_of_repetitions_or_a_target_for_intervals_replaces_the_goal() -> None:
    blocks, target = plan.schedule(Options(blocks=12)), plan.schedule(Options(target_ci="2%"))
    assert (blocks.goal, blocks.ceiling_s, blocks.blocks, blocks.precision) == (None, None, 12, None)
    assert (target.goal, target.ceiling_s, target.precision) == (None, None, 0.02)
    assert blocks.rounds_by_noise
    with pytest.raises(BenchError, match="--blocks and --target-ci are two rules"):
        plan.schedule(Options(blocks=12, target_ci="2%"))


def test_a_budget_is_shared_among_the_groups_as_their_ceiling() -> None:
    two = plan.make(Options(budget="10m", batch_sizes="8,64"), SYNTHETIC).schedule
    assert (two.budget_s, two.ceiling_s) == (600, 300)
    assert plan.schedule(Options(budget="10m", blocks=3)).ceiling_s is None


@pytest.mark.parametrize("typed", ["2%", "0.02"])
def test_precision_takes_a_share_or_per_cent(typed: str) -> None:
    assert plan.schedule(Options(target_ci=typed)).precision == pytest.approx(0.02)


def test_steps_per_call_multiply_only_the_modes_that_loop() -> None:
    made = plan.make(Options(modes="eager,function,function_loop", steps_per_call="1,10"), SYNTHETIC)
    assert [case.arm for case in made.cases] == [
        "eager", "eager-again", "function", "function_loop-k1", "function_loop-k10",
    ]  # fmt: skip


def test_keras_takes_steps_per_call_too() -> None:
    made = plan.make(Options(modes="eager,keras_fit,keras_jit,keras_eager", steps_per_call="3"), SYNTHETIC)
    assert [case.arm for case in made.cases[2:]] == ["keras_fit-k3", "keras_jit-k3", "keras_eager-k3"]


def test_own_models_are_taken_by_their_spelling_alone_and_get_safe_keys() -> None:
    made = plan.make(Options(models="mlp,no.such.module:make, mine:make"), SYNTHETIC)
    assert list(dict.fromkeys(case.workload.model for case in made.cases)) == [
        "mlp",
        "no.such.module:make",
        "mine:make",
    ]
    names = list(groups(made))
    assert names[1].startswith("no.such.module.make-b64-")
    assert not any(":" in case.key for case in made.cases)


def test_precisions_and_inputs_are_groups_of_their_own() -> None:
    made = plan.make(Options(dtypes="float32,mixed_bfloat16", inputs="resident,pipeline"), SYNTHETIC)
    assert len(groups(made)) == 4


def test_a_deterministic_run_says_so_in_every_key_and_title() -> None:
    made = plan.make(Options(modes="eager,function", determinism=True), SYNTHETIC)
    assert [case.deterministic for case in made.cases] == [True] * 3
    assert all("-cpu-tauto-det-" in case.key for case in made.cases)
    assert made.cases[0].group_title.endswith("CPU, deterministic")
    assert plan.make(Options(modes="eager,function"), SYNTHETIC).cases[0].key == made.cases[0].key.replace("-det", "")


def test_a_device_asked_for_by_number_is_needed_and_one_asked_for_by_kind_is_not() -> None:
    assert plan.make(Options(devices="cpu,gpu"), SYNTHETIC).needed == ()
    assert plan.make(Options(devices="cpu,gpu:0,gpu:1"), SYNTHETIC).needed == ("gpu", "gpu:1")


def test_several_numbers_of_threads_are_for_the_cpu() -> None:
    both = plan.make(Options(devices="cpu,gpu", threads="1,2"), SYNTHETIC)
    assert {(case.device, case.threads) for case in both.cases} == {("cpu", 1), ("cpu", 2), ("gpu", 0)}
    assert {case.threads for case in plan.make(Options(devices="gpu", threads="2"), SYNTHETIC).cases} == {2}


def test_a_step_or_inference_is_a_workload_of_its_own_and_keeps_the_folder_out_of_its_name() -> None:
    step = plan.make(Options(models="/home/me/train.py:make", task="step", args="3, 'a'"), SYNTHETIC).cases[0]
    assert step.group.startswith("train.make-step-3_2c_20_27a_27-b64-")
    assert step.group_title.startswith("train.py:make(3, 'a'), batch 64")
    assert step.workload.own_model
    infer = plan.make(Options(task="infer"), SYNTHETIC).cases[0]
    assert infer.group.startswith("tutorial_cnn-infer-b64-")
    assert infer.group_title.startswith("tutorial_cnn, inference, batch 64")

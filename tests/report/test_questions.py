"""The questions: a plain answer where the run has one, else what to type; every command is one."""

import re
import shlex
from collections.abc import Sequence
from dataclasses import replace

import pytest
import typer
from builders import ENVIRONMENT, EXECUTIONS, a_case, a_costs, a_group, a_measurement, a_plan, an_evidence, outcomes

from bench.analysis.analyse import analyse
from bench.analysis.results import Run
from bench.analysis.stats.ratios import Verdict
from bench.commands.app import app
from bench.records.costs import Costs, Profile
from bench.records.run import Failure, Measurement, Outcome, Plan, Samples
from bench.report import questions
from bench.report.form.document import Table
from bench.report.questions import advice, devices, peers, replicas, speed, tracing, trust
from bench.report.questions.asking import Answer, Known, Question, listed
from bench.report.sections import conditions

ALL = tuple(EXECUTIONS)
STEPS = {
    "eager": 0.05, "eager-again": 0.05, "graph": 0.0251, "function": 0.025, "function_unconverted": 0.025,
    "function_loop": 0.0249, "xla": 0.06, "xla_loop": 0.1, "autocluster": 0.055, "keras_fit": 0.03, "keras_jit": 0.065,
    "keras_eager": 0.09,
}  # fmt: skip


def a_run(modes: Sequence[str] = ALL, steps: dict[str, float] | None = None, blocks: int = 6, **changes: object) -> Run:
    plan = a_plan(a_group(modes))
    return analyse(plan, outcomes(plan, STEPS | (steps or {}), blocks, **changes))


def asked(question: Question, run: Run) -> Answer:
    return question(Known(run))


def bent(run: Run, mode: str, **changes: object) -> Run:
    """The run with every measurement of one mode changed."""

    def bend(m: Measurement) -> Measurement:
        return replace(m, **changes) if m.case.mode == mode else m  # type: ignore[arg-type]

    measured = [o.measurement for o in run.outcomes if o.measurement]
    return analyse(run.plan, [Outcome(measurement=bend(m)) for m in measured])


def test_a_run_of_every_tensorflow_mode_answers_all_that_needs_no_gpu() -> None:
    unanswered = [question for question in questions.asked_of(a_run()) if asked(question, a_run()).cannot]
    # Another framework needs the extra peers, a second GPU more than one device.
    elsewhere = [peers.another_framework, replicas.second_gpu, replicas.mirrored_slower]
    assert unanswered == [devices.gpu_used, devices.gpu_wins, *elsewhere]


def test_a_run_of_eager_alone_says_what_to_type() -> None:
    answers = [asked(question, a_run(("eager",))) for question in questions.QUESTIONS]
    cannot = [answer for answer in answers if answer.cannot]
    assert len(cannot) == len(answers) - 3  # the clock, the memory and the reproducibility of eager are known
    assert all(re.search(r"This run cannot say: .+ Run `cifar-bench .+`\.", answer.text) for answer in cannot)


@pytest.mark.parametrize("modes", [("eager",), ALL])
@pytest.mark.parametrize("changes", [{}, {"batch_size": 8, "model": "mlp", "precision": "mixed_bfloat16", "seed": 3}])
def test_every_command_in_an_answer_is_one(modes: Sequence[str], changes: dict[str, object]) -> None:
    plan = a_plan(tuple(a_case(c.mode, c.again, **changes) for c in a_group(modes)), data="my images", seed=3)
    run = analyse(plan, outcomes(plan, STEPS))
    texts = [question(Known(run)).text for question in questions.QUESTIONS]
    commands = [command for text in texts for command in re.findall(r"`cifar-bench ([^`]+)`", text)]
    assert len(commands) >= 3
    for command in commands:
        name, *arguments = shlex.split(command)
        typer.main.get_command(app).commands[name].make_context(name, arguments)
    if changes:
        assert any("--models mlp --batch-sizes 8" in each or "--model mlp" in each for each in commands)


def test_the_section_has_a_heading_and_an_answer_for_each_question() -> None:
    section = questions.section(a_run(), None)
    titles = [part for part in section.parts if str(part).startswith("### ")]
    assert len(titles) == len(set(titles)) == len(questions.asked_of(a_run())) < len(questions.QUESTIONS)
    assert len(section.parts) == 1 + 2 * len(titles)  # how they were judged is said first


def test_few_blocks_answer_with_indications() -> None:
    section = questions.section(a_run(blocks=2), None)
    assert section.parts[0] == "Indications only, from 2 of the 6 repetitions a claim needs."


@pytest.mark.parametrize(
    ("step_s", "said"),
    [(0.025, "Yes: **tf.function** 2.00x"), (0.1, "No, it is slower"), (0.0501, "No, it is as fast")],
)
def test_tf_function_against_eager(step_s: float, said: str) -> None:
    assert asked(speed.tf_function, a_run(("eager", "function"), {"function": step_s})).text.startswith(said)


def test_an_answer_for_several_groups_is_a_line_each_and_says_nothing_of_those_not_measured() -> None:
    plan = a_plan((*a_group(), *(a_case(c.mode, c.again, batch_size=8) for c in a_group())))
    run = analyse(plan, outcomes(plan, STEPS))
    assert asked(speed.tf_function, run).text.count("\n- ") == 1
    part = analyse(plan, [o for o in outcomes(plan, STEPS) if o.case.workload.batch_size == 8])
    assert asked(speed.tf_function, part).text.startswith("- tutorial_cnn, batch 8, float32, CPU: Yes")


INVALID = "**tf.function** is INVALID (its loss became NaN or infinite)"


@pytest.mark.parametrize(
    ("question", "modes"),
    [
        (speed.tf_function, ("eager", "function")),
        (speed.xla, ("eager", "function", "xla", "autocluster")),
        (speed.tf1_graph, ("eager", "graph", "function")),
        (speed.whole_loop, ("eager", "function", "function_loop")),
        (tracing.first_call, ("eager", "function")),
        (advice.what_to_use, ("eager", "function")),
    ],
)
def test_a_mode_that_is_not_valid_is_answered_with_the_reason(question: Question, modes: Sequence[str]) -> None:
    answer = asked(question, bent(a_run(modes), "function", last_loss=None))
    assert (answer.text, answer.cannot) == (f"Not known: {INVALID}.", False)


def test_a_mode_that_is_not_valid_is_named_beside_those_that_are() -> None:
    run = bent(a_run(("eager", "function", "xla"), {"xla": 0.01}), "function", last_loss=None)
    assert asked(tracing.first_call, run).text.endswith(f"; {INVALID}.")
    assert f"Left out: {INVALID}. Sure for this" in asked(advice.what_to_use, run).text


def test_a_mode_that_failed_and_a_baseline_that_is_not_valid_are_answered_with_the_reason() -> None:
    run = a_run(("eager", "function"))
    died = [Outcome(failure=Failure(a_case("function"), block, "slice", "died of SIGSEGV")) for block in range(6)]
    failed = analyse(run.plan, [*(o for o in run.outcomes if o.case.mode != "function"), *died])
    why = "**tf.function** is NOT COMPARABLE (failed at stage slice: died of SIGSEGV)"
    assert asked(speed.tf_function, failed).text == f"Not known: {why}."
    for question in (speed.tf_function, tracing.first_call, advice.what_to_use):
        text = asked(question, bent(run, "eager", last_loss=None)).text
        assert text == "Not known: **eager** is INVALID (its loss became NaN or infinite)."
    tape = asked(speed.gradient_tape, bent(a_run(("eager", "keras_fit")), "keras_fit", last_loss=None)).text
    assert tape == "Not known: **Keras fit** is INVALID (its loss became NaN or infinite)."


def test_xla_is_held_against_the_same_without_it() -> None:
    text = asked(speed.xla, a_run()).text
    assert "It hurts: **XLA** 2.40x slower" in text
    assert "vs Keras fit" in text
    faster = a_run(("eager", "function", "xla"), {"xla": 0.0125})
    assert asked(speed.xla, faster).text.startswith("It helps: **XLA** 2.00x")


def test_a_bare_loop_is_slower_than_fit_for_want_of_a_graph() -> None:
    text = asked(speed.gradient_tape, a_run()).text
    assert text.startswith("Because fit runs its step as a graph: **eager** 1.67x slower")
    assert "With the same step in tf.function, **tf.function** 1.20x" in text
    assert "Without its graph (`run_eagerly=True`) fit takes 90.2 ms a step" in text
    assert asked(speed.gradient_tape, a_run(("eager", "keras_fit"), {"keras_fit": 0.1})).text.startswith("It is not")


def uneven(run: Run, mode: str, gain: float, spread: float) -> Run:
    """The run with a mode of such a speedup over 50 ms a step on average, now more and now less."""

    def bend(m: Measurement) -> Measurement:
        step_s = 0.05 / gain * spread ** (-1) ** m.block
        return replace(m, steady=a_measurement(step_s=step_s).steady) if m.case.mode == mode else m

    measured = [o.measurement for o in run.outcomes if o.measurement]
    return analyse(run.plan, [Outcome(measurement=bend(m)) for m in measured])


def test_the_baseline_against_another_mode_has_the_runs_own_verdict() -> None:
    """Each alone has p = 0.041; of two, Holm's correction makes 0.082."""
    run = a_run(("eager", "function", "keras_fit"))
    for mode in ("function", "keras_fit"):
        run = uneven(run, mode, gain=1.08, spread=1.0562)
    assert [r.comparison.verdict for _, r in run.rows() if r.comparison] == [Verdict.UNCERTAIN] * 2
    text = asked(speed.gradient_tape, run).text
    assert text.startswith("It was not shown to be: **eager** 1.08x slower")


def test_a_tf1_graph_and_a_loop_in_the_graph_are_held_against_tf_function() -> None:
    assert "No, it is as fast: **TF1 graph**" in asked(speed.tf1_graph, a_run()).text
    assert "No, it is slower: **XLA loop** 1.67x slower" in asked(speed.whole_loop, a_run()).text


def test_the_first_step_is_reported_with_its_parts_and_its_break_even() -> None:
    run = a_run(("eager", "function", "xla"), costs=a_costs("function"))
    text = asked(tracing.first_call, run).text
    assert "eager, building included, takes 0.400 s" in text
    assert "**tf.function** 0.600 s, 0.500 of it tracing, break-even after 8 steps" in text
    assert "**XLA** 2.60 s, 0.500 of it tracing, break-even: never" in text


def test_a_retrace_is_told_with_its_reason() -> None:
    run = a_run(("eager", "function"))
    assert asked(tracing.retraced, run).text == "No: tf.function was never traced while timed."
    m = a_measurement(a_case("function"))
    changed = replace(m.proof.execution, retraces=("argument 3: Python int 3 became 4",))
    again = bent(run, "function", proof=replace(m.proof, traces_while_timing=1, execution=changed))
    text = asked(tracing.retraced, again).text
    assert "traced again 6 times while it was timed, so it is INVALID; what changed: argument 3: Python int" in text


def test_what_autograph_left_as_it_was_is_named() -> None:
    execution = replace(EXECUTIONS["function"], converted=True)
    run = a_run(("eager", "function"))
    m = a_measurement(a_case("function"))
    whole = bent(run, "function", proof=replace(m.proof, execution=execution))
    assert asked(tracing.converted, whole).text == "**tf.function**: yes, all of it."
    part = bent(run, "function", proof=replace(m.proof, execution=replace(execution, fallbacks=("f: no source",))))
    assert asked(tracing.converted, part).text == "**tf.function**: yes, but for f: no source."
    assert asked(tracing.converted, run).cannot  # older files do not say


def test_xla_that_compiled_nothing_is_said_to_be_inactive() -> None:
    run = a_run(("eager", "function", "xla"))
    assert "**XLA**: yes, 1 program of 683 instructions. Without it, tf.function" in asked(tracing.xla_active, run).text
    m = a_measurement(a_case("xla"))
    idle = bent(run, "xla", proof=replace(m.proof, execution=replace(m.proof.execution, xla_compilations=0)))
    assert "**XLA**: no, nothing was compiled" in asked(tracing.xla_active, idle).text
    calm = bent(run, "xla", costs=Costs(1.0, 0, 0, profile=Profile(5, 0.2, 0.1, 1, compilations=0)))
    assert "683 instructions, compiled before the slices. Without" in asked(tracing.xla_active, calm).text


def a_gpu_run(gpu_steps: dict[int, float], devices: tuple[str, ...] = ("GPU:0",)) -> Run:
    """eager and tf.function at two batches on a CPU, 50 and 25 ms a step, and on a GPU."""
    cases, records = [], []
    for batch, gpu_s in gpu_steps.items():
        for device, scale in (("cpu", 1.0), ("gpu", gpu_s / 0.025)):
            group = [
                replace(a_case(c.mode, c.again, batch_size=batch), device=device)
                for c in a_group(("eager", "function"))
            ]
            plan = a_plan(tuple(group))
            steps = {arm: scale * STEPS[arm] for arm in ("eager", "eager-again", "function")}
            for m in (o.measurement for o in outcomes(plan, steps) if o.measurement):
                where = devices if device == "gpu" else ("CPU:0",)
                proof = replace(m.proof, execution=replace(m.proof.execution, devices=where))
                records.append(Outcome(measurement=replace(m, proof=proof)))
            cases += group
    return analyse(a_plan(tuple(cases)), records)


def test_a_gpu_that_was_used_and_one_that_was_not() -> None:
    used = asked(devices.gpu_used, a_gpu_run({64: 0.01})).text
    assert used == "Yes, by **eager** (GPU:0) and **tf.function** (GPU:0)."
    idle = asked(devices.gpu_used, a_gpu_run({64: 0.01}, ("CPU:0",))).text
    assert "Not by tf.function in tutorial_cnn, batch 64, float32, GPU: it used CPU:0 though it is a GPU case." in idle


def test_a_machine_without_a_gpu_is_said_to_have_none() -> None:
    assert "the driver names none on this machine" in asked(devices.gpu_used, a_run()).text
    seen = a_run(environment=replace(ENVIRONMENT, gpu="NVIDIA T4"))
    assert "the machine has NVIDIA T4" in asked(devices.gpu_used, seen).text


def test_the_gpu_wins_batch_by_batch() -> None:
    text = asked(devices.gpu_wins, a_gpu_run({8: 0.05, 64: 0.025, 512: 0.01})).text
    assert re.search(r"tf\.function: .*the GPU overtakes the CPU.* between batch 8 and 512", text), text


def test_the_clock_is_synchronised_and_what_is_not_steady_is_named() -> None:
    even = a_run(("eager", "function"), steady=Samples((0.1, 0.101) * 3, 2))
    text = asked(trust.synchronised, even).text
    assert text.startswith("Yes, by construction")
    assert "the first slice begins after the first five steps and 2 more. Nothing was traced" in text
    assert text.endswith("No mode is shown to have become faster or slower within its repetitions.")
    slower = Samples(tuple(0.1 + 0.01 * n for n in range(6)), 2)
    moved = asked(trust.synchronised, bent(even, "function", steady=slower)).text
    assert "Not yet steady: tf.function: slices change by" in moved


def test_a_case_with_fewer_steps_before_its_slices_or_too_few_slices_to_be_steady_is_named() -> None:
    even = a_run(("eager", "xla_loop"), steady=Samples((0.1, 0.101) * 3, 2))
    short = an_evidence(first_losses=(2.3, 2.2))
    slow = bent(even, "xla_loop", evidence=short, warmup=Samples((0.0,), 0), steady=Samples((2.0, 2.0), 1, (0, 2)))
    text = asked(trust.synchronised, slow).text
    assert "and 2 more; fewer where a step takes long: XLA loop 0 after the first 2. Nothing was traced" in text
    assert text.endswith("slower within its repetitions; of XLA loop there are not enough slices to tell.")
    table = conditions.section(slow).parts[-1]
    assert isinstance(table, Table)
    rows = {row["what"]: row["value"] for row in table.rows}
    assert rows["warm-up steps"] == "2 after the first five; XLA loop 0 after the first 2"
    untold = asked(trust.synchronised, a_run(("eager",))).text
    assert untold.endswith(
        "There are not enough slices to tell whether a mode became faster or slower within its repetitions."
    )


def test_equal_first_steps_are_told_apart_from_equal_learning() -> None:
    text = asked(trust.same_learning, a_run()).text
    assert text.startswith("Their first steps do")
    assert "run `cifar-bench accuracy --modes eager,graph,function,function_unconverted,function_loop,xla" in text


def test_first_losses_that_differ_between_processes_are_named() -> None:
    assert "the same to the last bit in every repetition" in asked(trust.reproducible, a_run()).text
    run = a_run(("eager", "function"))
    records = [
        Outcome(measurement=replace(m, evidence=an_evidence(first_losses=(2.3, 2.2 + 1e-7 * m.block))))
        for m in (o.measurement for o in run.outcomes)
        if m and m.case.mode == "function"
    ]
    mixed = analyse(run.plan, [*(o for o in run.outcomes if o.case.mode != "function"), *records])
    assert "differ from one fresh process to the next in tf.function." in asked(trust.reproducible, mixed).text


def test_what_determinism_costs_two_runs_can_say() -> None:
    command = "run `cifar-bench run --modes eager,function --data synthetic"
    text = asked(trust.reproducible, a_run(("eager", "function"))).text
    assert f"{command} --determinism`, then `cifar-bench compare THIS OTHER`" in text
    plan = a_plan(tuple(replace(case, deterministic=True) for case in a_group(("eager", "function"))))
    made = asked(trust.reproducible, analyse(plan, outcomes(plan, STEPS))).text
    assert f"Only deterministic ops were used. What they cost: {command}` too" in made


def test_memory_that_grows_in_every_block_is_named() -> None:
    flat = a_run(("eager", "function"), costs=a_costs("function"))
    assert "No mode's grew by more than 64 KiB a step in every repetition (6 steps)" in asked(trust.memory, flat).text
    leaking = bent(flat, "function", costs=a_costs("function", memory_after_bytes=2**30 + 2**24))
    assert "Growing in every repetition: tf.function 16 MiB in 6 steps" in asked(trust.memory, leaking).text
    assert "Whether it grows was not counted" in asked(trust.memory, a_run(("eager",))).text


def test_of_modes_that_are_as_fast_the_simplest_is_recommended() -> None:
    text = asked(advice.what_to_use, a_run()).text
    assert text.startswith("**tf.function**: 2.00x")
    assert "for trainings of more than" in text
    assert "TF1 graph 1.99x" in text
    assert "Sure for this machine, model and batch: 6 repetitions" in text
    assert "on synthetic images" in text


def test_a_mode_that_is_faster_than_the_simple_ones_is_recommended() -> None:
    text = asked(advice.what_to_use, a_run(("eager", "function", "xla"), {"xla": 0.01})).text
    assert text.startswith("**XLA**: 5.00x")
    assert "The others: tf.function 2.00x" in text


def test_a_mode_that_another_beats_is_not_recommended_for_being_as_fast_as_a_third() -> None:
    modes = ("eager", "graph", "function", "function_loop")
    run = uneven(a_run(modes, {"function": 0.028, "function_loop": 0.025}), "graph", gain=2.05, spread=1.1)
    text = asked(advice.what_to_use, run).text
    assert text.startswith("**tf.function loop**: 2.00x")
    assert "it needs the fewest code changes: TF1 graph 2.05x" in text
    assert "The others: tf.function 1.79x" in text
    assert asked(speed.whole_loop, run).text.startswith("Yes: **tf.function loop**")


def test_a_mode_as_fast_as_a_baseline_that_asks_more_of_the_code_is_recommended() -> None:
    run = a_run(("graph", "function"), {"graph": 0.025, "graph-again": 0.025})
    text = asked(advice.what_to_use, run).text
    assert text.startswith("**tf.function**: no mode is shown to be faster (tf.function 1.00x")
    assert "it is as fast as TF1 graph and needs fewer code changes. Sure for this" in text


def test_where_nothing_is_faster_the_baseline_is_recommended_and_few_blocks_are_no_certainty() -> None:
    text = asked(advice.what_to_use, a_run(("eager", "function"), {"function": 0.06}, blocks=2)).text
    assert text.startswith("**eager**: no mode is shown to be faster (tf.function 1.20x slower")
    assert "An indication only: 2 of the 6 repetitions a claim needs" in text


def test_a_run_of_which_nothing_came_answers_nothing() -> None:
    plan: Plan = a_plan()
    assert all(asked(question, analyse(plan, [])).cannot for question in questions.QUESTIONS)


def test_a_list_of_titles_with_commas_is_set_apart_by_semicolons() -> None:
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert listed(["a", "b, no c", "d"]) == "a; b, no c and d"

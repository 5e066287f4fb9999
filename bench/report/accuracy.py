"""The report of an `accuracy` folder: the section on learning, and the conditions of its trainings."""

from pathlib import Path

from bench.analysis.learning import Learning, ModeLearning, read_learning
from bench.report import accuracy_summary, summary
from bench.report.cover import day
from bench.report.form.card import Card, Chip, Cover, Fact, Sign
from bench.report.form.document import Figure, Row, Section, Table, column
from bench.report.form.folder import write
from bench.report.form.wording import speedup_interval
from bench.report.sections import glossary, learning
from bench.report.sections.learning_tables import HERE, difference, margin_of, points, table
from bench.report.training import training_conditions


def build(folder: Path, png: bool = False) -> tuple[Path, Learning]:
    """Write the report and summary.json; returns report.md's path and the results. Raises BenchError.

    `png`: the figures also as PNG.
    """
    trainings = read_learning(folder)
    conditions = Section("Conditions", (_conditions(trainings),), "What the numbers belong to")
    shown: list[Figure | Table] = [*learning.figures(trainings)[:1], table(trainings)]
    first = Section("Answer", (_card(trainings), *shown))
    filled = (first, learning.section(trainings, [part.file for part in shown]), conditions)
    sections = (*filled, glossary.of_columns(filled))
    others = {summary.NAME: summary.in_words(accuracy_summary.document(trainings))}
    return write(folder, _cover(trainings), sections, others=others, png=png), trainings


def _cover(trainings: Learning) -> Cover:
    plan, training = trainings.plan, trainings.first
    shipped = f"{len(trainings.machines)} machines" if len(trainings.machines) > 1 else training.environment.cpu
    about = f"{training.model}, {shipped}"
    chips = (
        Chip(f"**{day(training.created)}**"),
        Chip(f"TensorFlow **{training.environment.tensorflow}**"),
        Chip(f"batch **{training.recipe.batch_size}**"),
        Chip(f"**{len(plan.seeds)}** seeds, {training.training_steps:,} steps"),
        Chip(f"{training.recipe.name} recipe", minor=True),
    )
    command = f"cifar-bench accuracy --modes {','.join(plan.modes)} --model {training.model}"
    title = "Do the modes learn the same?"
    return Cover(title, training.data_title, about, f"Accuracy · {about} · {day(training.created)}", chips, command)


def _card(trainings: Learning) -> Card:
    """Whether the modes end where the baseline does, and how much sooner."""
    base, others = trainings.baseline, trainings.modes[1:]
    place = "machine" if len(trainings.machines) == 1 else "these machines"
    facts = tuple(fact for mode in others for fact in _facts(trainings, mode))
    sure = f"{len(trainings.plan.seeds)} seeds, paired; holds for this recipe, model and {place}{trainings.label}."
    if trainings.failed or base.mean is None:
        return Card("Some trainings failed", "FAILED", facts=facts, sure=sure, tone="bad")
    words = f"{100 * base.mean:.2f} %"
    unit = f"{f'± {points(base.sd)} ' if base.sd is not None else ''}test accuracy, {base.title}"
    if others and all(mode.difference and mode.difference.same for mode in others):
        return Card(
            f"All modes learn the same, within {margin_of(trainings.plan.margin)}", words, unit, facts=facts, sure=sure
        )
    if any(mode.difference and mode.difference.differs and not mode.difference.same for mode in others):
        return Card("The modes differ in test accuracy", words, unit, facts=facts, sure=sure, tone="bad")
    title = "Not shown to be the same" if others else "One mode was trained"
    return Card(title, words, unit, facts=facts, sure=sure, tone="open")


def _facts(trainings: Learning, mode: ModeLearning) -> list[Fact]:
    """A mode's difference from the baseline, and how much sooner it reaches the target."""
    if mode.failed or not mode.difference:
        return [Fact("bad", f"{mode.title}: no result", f"{mode.failed} trainings failed" if mode.failed else "")]
    several = len(trainings.machines) > 1
    sooner = None if several else trainings.target_speedup(mode, first_call=True)
    target = f"{trainings.plan.target:.2%}".replace("%", " %")
    late = "its times stand by machine" if several else f"{target} was not reached in every seed"
    small = f"speedup until {target}: {speedup_interval(sooner)}" if sooner else late
    sign: Sign = "good" if mode.difference.same else "bad" if mode.difference.differs else "same"
    return [Fact(sign, f"{mode.title}: {difference(mode.difference)} points", small)]


def _conditions(trainings: Learning) -> Table:
    plan = trainings.plan
    of_plan = [
        ("model", plan.training.model),
        ("modes", ", ".join(plan.modes)),
        ("seeds", f"{len(plan.seeds)}, from {plan.seeds[0]} on"),
        (
            "interleaved",
            f"{plan.training.display_step} steps of each mode at a time, in a new random order each round",
        ),
    ]
    shipped = _of_machines(trainings)
    of_first = [pair for pair in training_conditions(trainings.first) if not (shipped and pair[0] == "CPU")]
    conditions = (*of_plan, *shipped, *of_first)
    rows: tuple[Row, ...] = tuple({"what": what, "value": value} for what, value in conditions)
    return Table("conditions", (column("what", "what"), column("value", "value")), rows, "What the numbers belong to")


def _of_machines(trainings: Learning) -> list[tuple[str, str]]:
    """Each machine with its seeds, where any were shipped."""
    if trainings.machines == ("",):
        return []
    there = {machine: trainings.on(machine) for machine in trainings.machines}
    return [(f"on {machine or HERE}", _machine(on)) for machine, on in there.items()]


def _machine(on: Learning) -> str:
    seeds = sorted({t.training.recipe.seed for mode in on.modes for t in mode.trainings})
    env = on.first.environment
    numbers = f"seed{'s' * (len(seeds) > 1)} {', '.join(map(str, seeds))}"
    return f"{numbers}; {env.cpu}, {env.cores} cores, load {env.load_before} before"

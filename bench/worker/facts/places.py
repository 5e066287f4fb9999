"""Where the ops of a step run, in each mode, and what moves between devices for it."""

from bench import modes
from bench.modes.placement import strangers
from bench.records.devices import Placement
from bench.records.facts import DeviceFact
from bench.worker.facts.subject import Subject

MOST_NAMED = 3  # transfers in a line


def placement(subject: Subject, mode: str) -> DeviceFact:
    """Of one step after the first two, by the runtime's own graphs; of eager modes, op by op."""
    title = f"ops of {modes.row(mode).title}"
    try:
        trainer = subject.trainer(mode)
        trainer.trace()
        trainer.run(2)
        trainer.sync()
        trainer.execution()
        placed = trainer.placement()
    except Exception as error:  # a mode that cannot run here is what a person wants to know
        return DeviceFact(title, (str(error).strip() or type(error).__name__).splitlines()[0], False)
    wrong = strangers(placed, subject.place)
    return DeviceFact(title, "; ".join([*(wrong or [_where(placed)]), _moved(placed)]), not wrong)


def _where(placed: Placement) -> str:
    whole = ", one program" if placed.compiled else ""
    return ", ".join(f"{each.ops} on {each.device}{whole}" for each in placed.placed)


def _moved(placed: Placement) -> str:
    moved = placed.transfers
    if not moved:
        return "nothing moves"
    more = f" and {len(moved) - MOST_NAMED} more" if len(moved) > MOST_NAMED else ""
    return f"moved: {', '.join(moved[:MOST_NAMED])}{more}"

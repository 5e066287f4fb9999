"""`list`: the names that the options of the other commands take, each with what it means."""

from json import dumps
from typing import TYPE_CHECKING, Annotated

from bench.commands.console import JSON
from bench.commands.streams import say
from bench.errors import Exit

if TYPE_CHECKING:
    from bench.modes.mode import Mode

FOOTNOTE = (
    "* many steps in one call: --steps-per-call says how many; 0, the default, is a whole slice, in Keras one step"
)
Names = list[tuple[str, str]]  # a name and what it means


def list_names(json: Annotated[bool, JSON] = False) -> Exit:
    """Show the modes, models, recipes, presets, devices, dtypes and inputs there are."""
    names_by_kind = _names_by_kind()
    if json:
        say(_as_json(names_by_kind))
        return Exit.OK
    width = max(len(name) for names in names_by_kind.values() for name, _ in names)
    for kind, names in names_by_kind.items():
        say(f"{kind}:")
        for name, meaning in names:
            say(f"  {name:<{width}}  {meaning}")
    say(FOOTNOTE)
    return Exit.OK


def _as_json(names_by_kind: dict[str, Names]) -> str:
    named = {
        kind.replace(" ", "_"): [{"name": name, "meaning": meaning.removesuffix(" *")} for name, meaning in names]
        for kind, names in names_by_kind.items()
    }
    return dumps({"schema": 1, "command": "list", "exit_code": 0, **named}, indent=2, ensure_ascii=False)


def _names_by_kind() -> dict[str, Names]:
    from bench.modes import MODES
    from bench.modes.groups import GROUPS, members
    from bench.records.choices import DEVICES, DTYPES, INPUTS, PRESETS, TASKS
    from cifar_core.models import MODELS
    from cifar_core.recipe import RECIPES

    return {
        "modes": [(mode.name, mode.summary + _needs(mode) + " *" * mode.loops) for mode in MODES],
        "groups of modes": [(group.name, f"{group.summary}: {_named(members(group.name))}") for group in GROUPS],
        "models": [
            *((model.name, model.title) for model in MODELS),
            ("module:factory", "your own: see docs/own-models.md"),
        ],
        "recipes": [(recipe.name, recipe.title) for recipe in RECIPES],
        "presets": [(preset.name, preset.summary) for preset in PRESETS],
        "devices": [(choice.name, choice.summary) for choice in DEVICES],
        "dtypes": [(choice.name, choice.summary) for choice in DTYPES],
        "inputs": [(choice.name, choice.summary) for choice in INPUTS],
        "tasks": [(choice.name, choice.summary) for choice in TASKS],
    }


def _needs(mode: "Mode") -> str:
    from bench.modes.extras import missing

    reason = missing(mode)
    return f" ({reason})" if reason else ""


def _named(modes: list[str]) -> str:
    """A short group's modes by name; of a long one those of TensorFlow's that are not in it, which are fewer."""
    from bench.modes import MODES

    left_out = [mode.name for mode in MODES if mode.name not in modes and not mode.peer]
    return ", ".join(modes) if len(modes) <= len(left_out) else f"all but {', '.join(left_out)}"

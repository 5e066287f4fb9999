"""docs/cli.md, made from what `--help` says: `python tests/support/command_reference.py` writes it again."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
HEAD = """# Command line

Made from `--help` by `python tests/support/command_reference.py`; do not edit. Exit codes are in the
[README](../README.md#exit-codes).
"""


def reference() -> str:
    """The page: each command with what it does, its arguments and its options with their defaults."""
    import typer

    from bench.commands.app import app

    group = typer.main.get_command(app)
    commands = group.commands
    names = [name for name, command in commands.items() if not command.hidden]
    contents = "\n".join(f"- [`{name}`](#{name}): {_text(commands[name].help)}" for name in names)
    sections = (_section(name, commands[name]) for name in names)
    return "\n".join([HEAD, contents, *_tables(_shown(group)), *sections, ""])


def _text(text: str | None) -> str:
    return " ".join((text or "").split()).replace("<", "&lt;").replace("|", "\\|")


def _section(name: str, command: Any) -> str:
    shown = _shown(command)
    places = [_spelt(one) for one in shown if one.param_type_name == "argument"]
    usage = " ".join(["cifar-bench", name, *places, "[OPTIONS]"])
    return "\n".join(["", f"## {name}", "", _text(command.help), "", f"    {usage}", *_tables(shown)])


def _shown(command: Any) -> list[Any]:
    return [one for one in command.params if not getattr(one, "hidden", False) and one.name != "help"]


def _tables(shown: list[Any]) -> Iterator[str]:
    """A table for each panel of --help."""
    for panel in dict.fromkeys(_panel(one) for one in shown):
        yield from ("", f"**{panel}**") if panel else ()
        yield from ("", "| option | meaning | default |", "| --- | --- | --- |")
        yield from (_row(one) for one in shown if _panel(one) == panel)


def _panel(one: Any) -> str | None:
    return one.rich_help_panel if isinstance(one.rich_help_panel, str) else None


def _row(one: Any) -> str:
    return f"| `{_spelt(one)}` | {_text(one.help)} | {_default(one)} |"


def _spelt(one: Any) -> str:
    """As it is typed: FOLDER, [PATHS ...], --models / --model."""
    if one.param_type_name != "argument":
        return " / ".join([*one.opts, *one.secondary_opts])
    name = f"{one.name.upper()} ..." if one.nargs == -1 else one.name.upper()
    return name if one.required else f"[{name}]"


def _default(one: Any) -> str:
    if one.required:
        return "required"
    if isinstance(one.show_default, str):
        return _text(one.show_default)
    if isinstance(one.default, bool):
        off = one.secondary_opts[0] if one.secondary_opts else ""
        return f"`{one.opts[0]}`" if one.default else f"`{off}`" if off else ""
    return "" if one.default in (None, "", (), []) else f"`{one.default}`"


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    (ROOT / "docs" / "cli.md").write_text(reference())

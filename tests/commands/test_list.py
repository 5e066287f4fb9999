"""`list`: every name that an option takes, with what it means."""

import re
from pathlib import Path

import pytest
from command_line import bench

from bench.commands.list import list_names
from bench.modes import MODES, extras
from bench.modes.groups import GROUPS


def test_list_names_everything_there_is(tmp_path: Path) -> None:
    printed = bench("list", cwd=tmp_path).stdout
    for name in ("eager", "graph", "function", "xla", "tutorial_cnn", "quick", "standard", "thorough", "cpu"):
        assert f"  {name}" in printed
    for name in ("float32", "mixed_bfloat16", "mixed_float16", "resident", "pipeline"):
        assert re.search(rf"^  {name}  +\w.{{10}}", printed, re.MULTILINE)
    assert re.findall(r"^  (\w+) .* \*$", printed, re.MULTILINE) == [mode.name for mode in MODES if mode.loops]


def test_list_shows_the_groups_of_modes_and_what_is_in_them(capsys: pytest.CaptureFixture[str]) -> None:
    list_names()
    printed = capsys.readouterr().out
    groups = printed.partition("groups of modes:\n")[2].partition("models:\n")[0]
    assert [line.split()[0] for line in groups.splitlines()] == [group.name for group in GROUPS]
    assert re.search(r"^  all .*: all but .*, xla_cached, mirrored, multi_worker$", groups, re.MULTILINE)
    assert re.search(r"^  custom .*: custom_loop, custom_loop_function$", groups, re.MULTILINE)
    assert re.search(r"^  peers .*: torch_eager, torch_compile, jax_jit, keras_jax, keras_torch$", groups, re.MULTILINE)


def test_list_says_which_modes_are_not_installed_and_what_to_type(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(extras, "find_spec", lambda package: None if package == "torch" else package)
    list_names()
    lines = capsys.readouterr().out.splitlines()
    (torch,) = [line for line in lines if line.startswith("  torch_eager")]
    assert torch.endswith("(PyTorch not installed: python -m pip install '.[peers]')")
    (jax,) = [line for line in lines if line.startswith("  jax_jit")]
    assert "not installed" not in jax

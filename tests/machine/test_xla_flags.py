"""TF_XLA_FLAGS and XLA_FLAGS as TensorFlow reads them, and what a child gets of them."""

from pathlib import Path

import pytest

from bench.machine import xla_flags

FOLDER = "--tf_xla_persistent_cache_directory"


@pytest.fixture(autouse=True)
def no_flags(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TF_XLA_FLAGS", raising=False)
    monkeypatch.delenv("XLA_FLAGS", raising=False)


@pytest.mark.parametrize(("text", "flags"), [
    ("", ()),
    ("  ", ()),
    ("--a=1 --b", ("--a=1", "--b")),
    ("\t--a=1\n--b=2  ", ("--a=1", "--b=2")),
    ('--a="x y" --b=2', ('--a="x y"', "--b=2")),
    ("--a='x y' --b", ("--a='x y'", "--b")),
    (r'--a="x \" y" --b', (r'--a="x \" y"', "--b")),
    ('--a="x y', ('--a="x y',)),
    ("--a=1 b --c", ("--a=1",)),
])  # fmt: skip
def test_flags_are_read_as_tensorflow_reads_them(text: str, flags: tuple[str, ...]) -> None:
    assert xla_flags.flags(text) == flags


def test_text_that_begins_with_no_flag_names_a_file_of_flags(tmp_path: Path) -> None:
    (tmp_path / "flags").write_text("--a=1\n--b=2\n")
    assert xla_flags.flags(str(tmp_path / "flags")) == ("--a=1", "--b=2")
    assert xla_flags.flags(str(tmp_path / "missing")) == ()
    assert xla_flags.flags(str(tmp_path)) == ()


@pytest.mark.parametrize("folder", ["/tmp/a", "/tmp/a b", "it's", 'a "b"', "a\\b", "", "a=b"])
def test_any_folder_can_be_spelled_and_is_read_back(folder: str) -> None:
    text = f"--other=1 {xla_flags.spelled(FOLDER, folder)} --last"
    assert xla_flags.cache_folder(text) == folder
    assert len(xla_flags.flags(text)) == 3


def test_of_several_folders_the_last_one_counts() -> None:
    assert xla_flags.cache_folder(f"{FOLDER}=/a {FOLDER}='/b'") == "/b"
    assert xla_flags.cache_folder("--a=1") == ""


@pytest.mark.parametrize(("variable", "given", "left"), [
    ("TF_XLA_FLAGS", f"{FOLDER}=/a", None),
    ("TF_XLA_FLAGS", f"--x=1 {FOLDER}='/a b' --y='1 2'", "--x=1 --y='1 2'"),
    ("TF_XLA_FLAGS", f"{FOLDER}=/a --tf_xla_persistent_cache_read_only --tf_xla_persistent_cache_prefix=b --x", "--x"),
    ("XLA_FLAGS", "--xla_gpu_kernel_cache_file=/a --xla_dump_to=/b", "--xla_dump_to=/b"),
    ("XLA_FLAGS", "--xla_gpu_per_fusion_autotune_cache_dir=/a", None),
])  # fmt: skip
def test_a_child_gets_all_flags_but_those_of_caches(
    variable: str, given: str, left: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, given)
    assert xla_flags.without_caches().get(variable) == left


def test_flags_of_a_file_reach_a_child_without_those_of_caches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "flags").write_text(f"--x=1\n{FOLDER}=/a\n")
    monkeypatch.setenv("TF_XLA_FLAGS", str(tmp_path / "flags"))
    assert xla_flags.without_caches()["TF_XLA_FLAGS"] == "--x=1"


@pytest.mark.parametrize("given", [None, "", "--x=1   --y", "no flags at all"])
def test_variables_without_a_cache_stay_as_they_are(given: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    if given is not None:
        monkeypatch.setenv("TF_XLA_FLAGS", given)
    assert xla_flags.without_caches().get("TF_XLA_FLAGS") == given
    assert xla_flags.warning() == ""


def test_the_warning_names_each_flag_and_what_to_type_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF_XLA_FLAGS", f"--x {FOLDER}=/a")
    monkeypatch.setenv("XLA_FLAGS", "--xla_gpu_kernel_cache_file=/b")
    warning = xla_flags.warning()
    assert f"TF_XLA_FLAGS holds {FOLDER}=/a and XLA_FLAGS holds --xla_gpu_kernel_cache_file=/b, so" in warning
    assert warning.endswith("type: cifar-bench run --modes xla,xla_cached")
    assert "\n" not in warning


def test_an_empty_folder_switches_the_cache_off_and_needs_no_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF_XLA_FLAGS", f"{FOLDER}= --x")
    assert xla_flags.warning() == ""
    assert xla_flags.without_caches()["TF_XLA_FLAGS"] == "--x"

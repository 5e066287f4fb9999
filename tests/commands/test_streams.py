"""A command's streams as people and programs set them: ASCII, closed, full, a reader that goes, any name at all."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import MAIN
from kept_runs import STEPS, a_run

from bench.commands import streams


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two runs, the second of them slower."""
    runs = tmp_path_factory.mktemp("runs")
    a_run(runs / "a", first_s=0.0)
    a_run(runs / "b", {**STEPS, "function": 0.03}, first_s=20.0)
    return runs


def shell(folder: Path, words: str, **environment: str) -> "subprocess.CompletedProcess[bytes]":
    """A command line of Bash, `bench` standing for ours."""
    command = f'bench() {{ "$PYTHON" -c "$MAIN" "$@"; }}; {words}'
    env = {**os.environ, "PYTHON": sys.executable, "MAIN": MAIN, **environment}
    return subprocess.run(["/bin/bash", "-c", command], cwd=folder, env=env, capture_output=True, check=False)


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_an_encoding_that_lacks_a_character_is_no_error(encoding: str, folder: Path) -> None:
    done = shell(folder, "bench report a && bench list", PYTHONIOENCODING=encoding)
    assert (done.returncode, done.stderr) == (0, b"")
    assert "mode " in done.stdout.decode(encoding)


def test_what_an_encoding_lacks_is_written_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    streams.prepare()
    assert "a – b ± c é 漢 \udcff".encode("ascii", streams.HANDLER) == rb"a - b +- c \u00e9 \u6f22 \udcff"


@pytest.mark.parametrize(
    ("words", "closed"),
    [("report a", ">&-"), ("history .", "2>&-"), ("compare a b --out c", "<&-"), ("rules", ">&- 2>&- <&-")],
)
def test_a_stream_that_is_closed_is_no_error(closed: str, words: str, folder: Path) -> None:
    done = shell(folder, f"bench {words} {closed}")
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_reader_that_goes_leaves_the_command_its_exit_code(folder: Path) -> None:
    gated = "compare a b --fail-on 'function slower 2%' --out d"
    for words, code in (("rules", 0), (gated, 1)):
        done = shell(folder, f"bench {words} | true; exit ${{PIPESTATUS[0]}}")
        assert (done.returncode, done.stderr) == (code, b""), words


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no /dev/full")
def test_a_full_stdout_is_one_line(folder: Path) -> None:
    for words in ("rules", "report a"):
        done = shell(folder, f"bench {words} > /dev/full")
        assert done.returncode == 2
        assert (
            done.stderr == b"error: cannot write to stdout: No space left on device; make room, or send it elsewhere\n"
        )
    assert shell(folder, "bench list 2> /dev/full").returncode == 0


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("report", r"\xff\xfe"),
        ("history", r"a\nb"),
        ("run --resume", r"\e[31mred\e]0;x\a"),
        ("run --data", r"\xc2\x9b1m"),
        ("compare a", r"\xe2\x80\xaetxt"),
        ("train --resume", r"\xff\e[2J"),
    ],
)
def test_a_name_of_any_bytes_is_one_plain_line(words: str, name: str, folder: Path) -> None:
    done = shell(folder, f"bench {words} $'{name}'")
    said = done.stderr.decode()
    assert (done.returncode, said.count("\n"), said[-1]) == (2, 1, "\n")
    assert said[:-1].isprintable()


@pytest.mark.parametrize("backend", ["module://matplotlib_inline.backend_inline", "nonsense"])
def test_a_notebook_s_backend_does_not_matter(backend: str, folder: Path) -> None:
    done = shell(folder, "bench report a", MPLBACKEND=backend)
    assert (done.returncode, done.stderr) == (0, b"")


def test_texts_for_people_hold_no_escape_sequences(capsys: pytest.CaptureFixture[str]) -> None:
    streams.say("a\x1b[31m\tb\nc\r\x9b\u202e\u2028")
    streams.refuse("a\nb\x07")
    assert capsys.readouterr() == ("a\\u001b[31m\tb\nc\\u000d\\u009b\\u202e\\u2028\n", "error: a b\\u0007\n")


@pytest.mark.parametrize(
    "words",
    [
        r"run --data $'d\xff' --out r",
        r"run --data synthetic --out $'o\xff'",
        r"train --data synthetic --out $'o\xff'",
        r"probe $'f\xff.py' --driver main",
        r"explain $'f\xff.py::main'",
        r"selftest --out $'\xff'",
    ],
)
def test_a_name_that_is_not_utf_8_is_one_line_where_other_processes_must_be_told_it(words: str, tmp_path: Path) -> None:
    done = shell(tmp_path, f"bench {words}")
    said = done.stderr.decode()
    assert (done.returncode, said.count("\n")) == (2, 1), said
    assert "is not UTF-8, as this command needs it; rename it, or use a link" in said
    assert list(tmp_path.iterdir()) == []


def test_so_are_the_folder_one_is_in_and_that_of_the_images(tmp_path: Path) -> None:
    command = r"mkdir $'\xff' && cd $'\xff' && bench probe x.py --driver main"
    assert b"is not UTF-8" in shell(tmp_path, command).stderr
    assert b"is not UTF-8" in shell(tmp_path, r"CIFAR10_DIR=$'/\xff' bench run --out r").stderr
    assert not (tmp_path / "r").exists()
    # Without the folder one is in among Python's paths, as `cifar-bench` runs: Python 3.13.0 cannot import NumPy there.
    removed = "mkdir gone && cd gone && rmdir ../gone && bench probe x.py --driver main"
    gone = shell(tmp_path, removed, PYTHONSAFEPATH="1")
    assert gone.stderr == b"error: the folder you are in is not there any more; change to another one\n"

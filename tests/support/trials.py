"""What a campaign tries: for each kind of fault, who prepares its folder and what one fault is."""

import contextlib
import io
import os
import random
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import mutated_pickles
import mutated_sources
from archives import BATCH, files_of, packed
from batch_files import write_folder
from damage import damaged_bytes
from damaged_records import KINDS as RECORDS
from damaged_records import damage_file, in_a_value
from damaged_records import files_of as record_files
from hostile import FIRST, PARTS, faults_of_output
from hostile_runs import KINDS as HOSTILE
from hostile_runs import faults_in
from kept_runs import a_run
from places import ROOT
from rude_server import rude_server, says
from specials import KINDS as SPECIALS
from specials import no_waiting, put

from bench.autograph.check.check import check
from bench.autograph.check.settings import Settings
from bench.autograph.rules import RULES
from bench.commands.compare import compare
from bench.commands.history import history
from bench.commands.report import report
from bench.errors import BenchError
from cifar_core import archive, cifar10
from cifar_core.download import Patience, fetch
from cifar_core.errors import DataError

PLACES = ("measurements.jsonl", "measurements.jsonl.gz", "plan.json", "trials.json", "probes.json", "")
AT_ONCE = 100  # pickles in a process
LONGEST = 1000  # characters of a line that refuses something
Trial = Callable[[random.Random], None]  # one fault; raises AssertionError, or whatever it should not


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of fault. `make` prepares a folder for its trials, each of which tries `at_once` faults.

    `trials` is how many there are unless told.
    """

    name: str
    title: str
    trials: int
    make: Callable[[Path], Trial]
    at_once: int = 1


def refused(error: BenchError | DataError) -> None:
    """Raises AssertionError where the error is not one line that can be printed."""
    assert str(error).isprintable(), repr(str(error))
    assert len(str(error)) < LONGEST, str(error)


def one_line(error: BenchError) -> None:
    """Raises AssertionError where it is more; escapes in it are made harmless where it is shown."""
    assert "\n" not in str(error), str(error)


def pickles(place: Path) -> Trial:
    """In a process with little memory, for what must not happen is a crash of it."""
    env = {**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}

    def trial(rng: random.Random) -> None:
        words = [sys.executable, mutated_pickles.__file__, str(rng.randrange(10**9)), str(AT_ONCE)]
        done = subprocess.run(words, capture_output=True, text=True, check=False, env=env)
        assert done.returncode == 0, f"{words[2]}: {done.returncode} {done.stderr[-300:]}"

    return trial


def archives(place: Path) -> Trial:
    files = files_of(write_folder(place))
    sound = [packed({BATCH: files[BATCH]}, mode=mode) for mode in ("w", "w:gz", "w:bz2", "w:xz")]
    file = place / "there" / "file"
    file.parent.mkdir()

    def trial(rng: random.Random) -> None:
        content = damaged_bytes(rng.choice(sound), rng)
        file.write_bytes(content[:600] if rng.random() < 0.1 else content)
        for read in (lambda: cifar10.find(str(file)), lambda: archive.unpack(file, file.parent / cifar10.FOLDER_NAME)):
            with contextlib.suppress(DataError), no_waiting():
                try:
                    read()
                except DataError as error:
                    refused(error)
                    raise
        assert [each.name for each in file.parent.iterdir()] == ["file"]

    return trial


def misplaced(place: Path) -> Trial:
    """FIFOs, devices, looping links, folders and sparse files where `report`, `history`, `compare` expect files."""
    sound, made = a_run(place / "runs" / "sound"), place / "compared"

    def trial(rng: random.Random) -> None:
        odd = a_run(place / "runs" / f"odd-{rng.randrange(10**9)}")
        name = rng.choice(
            ("measurements.jsonl", "measurements.jsonl.gz", "plan.json", "trials.json", "probes.json", "")
        )
        remove(odd / name) if name else remove(odd)
        put(rng.choice(list(SPECIALS)), odd / name if name else odd)
        command = rng.choice(
            (report, lambda run: history(run.parent), lambda run: compare([sound, run], out=place / "c"))
        )
        with no_waiting(), contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            try:
                command(odd)
            except BenchError as error:
                refused(error)
        remove(odd)
        remove(made)

    return trial


def remove(path: Path) -> None:
    """Whatever it is, if it is there."""
    import shutil

    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def records(place: Path) -> Trial:
    """Values of records without a checksum; what is still read has its report made, but for the figures."""
    folders = {kind.name: (kind, record_files(kind, place / str(n) / "f")) for n, kind in enumerate(RECORDS)}

    def trial(rng: random.Random) -> None:
        kind, files = folders[rng.choice(list(folders))]
        file, folder = rng.choice(files), place / str(list(folders).index(kind.name)) / "f"
        whole = damage_file(file, rng, lambda text: in_a_value(text, rng))
        try:
            kind.read(folder)
            if rng.random() < 0.05:
                kind.tell(folder)
        except BenchError as error:
            one_line(error)
        finally:
            file.write_bytes(whole)

    return trial


def strings(place: Path) -> Trial:
    """Hostile strings in an order of their own, in every string of a run, a training, an accuracy or a self-test."""

    def trial(rng: random.Random) -> None:
        text = rng.choice(FIRST) + "".join(rng.sample(PARTS, rng.randrange(1, len(PARTS))))
        folder = place / str(rng.randrange(10**9))
        rng.choice(HOSTILE)(folder, text)
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            report(folder)
        found = [*faults_in(folder), *faults_of_output(out.getvalue()), *faults_of_output(err.getvalue())]
        assert found == [], f"{text!r}: {found[:3]}"
        remove(folder)

    return trial


def sources(place: Path) -> Trial:
    def trial(rng: random.Random) -> None:
        (content,) = mutated_sources.mutated(rng.randrange(10**9), 1)
        (place / "file.py").write_bytes(content)
        with no_waiting():
            check([place / "file.py"], Settings(), RULES)

    return trial


def servers(place: Path) -> Trial:
    """Answers with damage in their heads, their redirects and their chunks."""
    ok = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Range: bytes 0-4/5\r\n\r\nhello"
    sound = (
        ok, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: /there\r\n\r\n", b"HTTP/1.1 206 Partial\r\nContent-Length: 5\r\n\r\nhello",
        b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno",
    )  # fmt: skip
    part, quick = place / "part", Patience(window_s=2.0, least_bytes=1, whole_s=10.0)

    def trial(rng: random.Random) -> None:
        answers = [damaged_bytes(rng.choice(sound), rng) for _ in range(2)]
        remove(part)
        with no_waiting(), rude_server(says(*answers)) as url:
            try:
                fetch(url, part, lambda done, total: None, quick)
            except DataError as error:
                refused(error)

    return trial


KINDS = (
    Kind("pickles", "batch files with errors", 50, pickles, AT_ONCE),
    Kind("archives", "archives with errors", 1000, archives),
    Kind("misplaced", "FIFOs, devices, looping links, folders, sparse files in a record's place", 200, misplaced),
    Kind("records", "records with errors", 3000, records),
    Kind("strings", "hostile strings in every string of a record", 40, strings),
    Kind("sources", "Python sources with errors, for `check`", 2000, sources),
    Kind("servers", "answers of a server with errors, for `data --url`", 300, servers),
)

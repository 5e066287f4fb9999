"""`data`: the archive is downloaded once, checked, and drawn; each error is one line."""

from pathlib import Path

import pytest
from batch_files import write_folder
from command_line import bench, the_line
from rude_server import rude_server, says
from specials import no_waiting, put

from bench.commands.data import data
from bench.errors import BenchError
from cifar_core import cifar10
from cifar_core.errors import DataError


def test_samples_of_each_class_are_drawn(tmp_path: Path) -> None:
    done = bench("data", "--show", "--data", "synthetic", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["data: " + cifar10.SYNTHETIC.title, "samples: cifar10-samples.png"]
    assert (tmp_path / "cifar10-samples.png").read_bytes().startswith(b"\x89PNG")
    write_folder(tmp_path)
    assert bench("data", "--show", "--data", ".", "--png", "few.png", cwd=tmp_path).returncode == 0
    assert (tmp_path / "few.png").exists()
    line = the_line(bench("data", "--show", "--data", "synthetic", "--png", "no/such/folder.png", cwd=tmp_path))
    assert "cannot draw to no/such/folder.png" in line


def test_without_a_network_getting_the_data_is_one_line(tmp_path: Path) -> None:
    done = bench("data", "--out", "here", "--url", "http://127.0.0.1:9/cifar-10-python.tar.gz", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith("error: cannot download http://127.0.0.1:9/")
    assert list((tmp_path / "here").iterdir()) == []


def test_data_that_is_there_is_not_downloaded_again(tmp_path: Path) -> None:
    write_folder(tmp_path)
    done = bench("data", "--out", ".", "--url", "http://127.0.0.1:9/x", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "unofficial copy" in done.stdout


LATE_S = 300  # what waits for a FIFO or a terminal waits for ever


def test_a_fifo_is_one_line_and_never_waited_for(tmp_path: Path) -> None:
    put("fifo", tmp_path / "fifo")
    line = the_line(bench("data", "--show", "--data", "fifo", cwd=tmp_path, timeout=LATE_S))
    assert line == "error: cannot read fifo: it is a FIFO, not a file; give a folder or the archive"


@pytest.mark.parametrize(
    ("kind", "words"), [("fifo", "it is a FIFO"), ("loop", "Too many levels"), ("device", "it is a device")]
)
def test_what_is_no_file_is_said_in_every_place(tmp_path: Path, kind: str, words: str) -> None:
    folder, place = write_folder(tmp_path), tmp_path / "place"
    put(kind, place)
    put(kind, folder / "test_batch")
    with no_waiting():
        with pytest.raises(DataError, match=f"cannot read .*place: {words}"):
            data(show=True, data=str(place))
        with pytest.raises(DataError, match=r"cannot write to .*place: "):
            data(out=place)
        with pytest.raises(DataError, match=f"cannot read .*test_batch: {words}"):
            data(show=True, data=str(tmp_path))
        with pytest.raises(BenchError, match=f"cannot draw to .*place: {words}"):
            data(show=True, data="synthetic", png=place)


def test_an_address_that_is_none_makes_no_folder(tmp_path: Path) -> None:
    for url, words in (
        ("file:///etc/passwd", r"'file:///etc/passwd' is not an http\(s\) address; give one with --url"),
        ("http://[::1", r"'http://\[::1' is a malformed address"),
        ("http://host/\x1b[31m", r"'http://host/\\x1b\[31m' is a malformed address"),
    ):
        with pytest.raises(DataError, match=words):
            data(out=tmp_path / "here", url=url)
    assert not (tmp_path / "here").exists()


def test_what_a_server_says_does_nothing_to_the_terminal(tmp_path: Path) -> None:
    with rude_server(says(b"HTTP/1.1 404 \x1b[31mgone\r\n\r\n")) as url:
        done = bench("data", "--out", "here", "--url", url, cwd=tmp_path, timeout=LATE_S)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == rf"error: {url} answered 404 \x1b[31mgone; give another with --url"
    assert "\x1b" not in done.stderr


def test_a_hostile_batch_is_refused_by_name(tmp_path: Path) -> None:
    """A list that is shorter than its array of objects: NumPy reads past its end, and writes to what it finds there."""
    empty = b"\x80\x02cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85U\x01b\x87R"
    state = b"(K\x01M\xe8\x03\x85cnumpy\ndtype\n(U\x02O8K\x00K\x01tR\x89]tb."
    (write_folder(tmp_path) / "data_batch_1").write_bytes(empty + state)
    line = the_line(bench("data", "--show", "--data", ".", cwd=tmp_path, timeout=LATE_S))
    assert "data_batch_1: refused to load an array of type 'O8', which no CIFAR-10 batch needs" in line

"""Only plain files are opened; whatever else lies in a file's place is named, and nobody waits for it."""

import io
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cifar_core import plain_files
from cifar_core.plain_files import TooLarge, open_draft, open_more, read_at_most, read_plain, refuse_special


def make_fifo(path: Path) -> None:
    os.mkfifo(path)


def make_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(os.path.relpath(path))  # a socket's path is short


SPECIALS: list[tuple[Callable[[Path], None], str]] = [
    (make_fifo, "a FIFO"),
    (lambda path: path.symlink_to(path), "Too many levels"),
    (lambda path: path.symlink_to("/dev/zero"), "a device"),
    (lambda path: path.symlink_to("/dev/tty"), "a device"),
    (lambda path: path.mkdir(), "a folder"),
    (make_socket, "a socket"),
]


@pytest.mark.parametrize(("make", "kind"), SPECIALS)
def test_what_is_no_plain_file_is_named_and_not_opened(
    tmp_path: Path, make: Callable[[Path], None], kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    make(tmp_path / "file")
    for use in (read_plain, refuse_special):
        with pytest.raises(OSError, match=kind):
            use(tmp_path / "file")
    for use in (open_draft, open_more):
        with pytest.raises(OSError, match=f"{kind}|a link"):
            use(tmp_path / "file")


def test_a_device_is_not_written_to() -> None:
    for use in (open_draft, open_more, refuse_special, read_plain):
        with pytest.raises(OSError, match="it is a device, not a file"):
            use("/dev/null")


def test_a_fifo_that_takes_the_file_s_place_while_it_is_opened_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("plain")
    opened = os.open

    def swapped(path: Any, flags: int, *rest: Any) -> int:
        (tmp_path / "file").unlink()
        os.mkfifo(tmp_path / "file")
        return opened(path, flags, *rest)

    monkeypatch.setattr(os, "open", swapped)
    with pytest.raises(OSError, match="it is a FIFO"):
        read_plain(tmp_path / "file")


def test_plain_files_and_links_to_them_are_read_and_written(tmp_path: Path) -> None:
    with open_draft(tmp_path / "file") as stream:
        stream.write(b"first")
    with open_draft(tmp_path / "file") as stream:
        stream.write(b"one")
    with open_more(tmp_path / "file") as stream:
        stream.write(b", two")
    (tmp_path / "link").symlink_to("file")
    assert read_plain(tmp_path / "file") == read_plain(tmp_path / "link") == b"one, two"
    refuse_special(tmp_path / "file")
    refuse_special(tmp_path / "absent")
    with pytest.raises(FileNotFoundError):
        read_plain(tmp_path / "absent")


def test_a_draft_does_not_follow_a_link(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("kept")
    (tmp_path / "draft").symlink_to("precious")
    with pytest.raises(OSError, match="it is a link"):
        open_draft(tmp_path / "draft")
    assert (tmp_path / "precious").read_text() == "kept"


def test_a_sparse_file_is_refused_by_its_size(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    os.truncate(tmp_path / "file", 2**40)
    with pytest.raises(TooLarge, match=r"1,099,511,627,776 bytes, more than 1,000"):
        read_plain(tmp_path / "file", 1000)


def test_a_stream_is_read_up_to_its_bound_whatever_it_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain_files, "CHUNK", 7)
    assert read_at_most(io.BytesIO(b"x" * 100), 100) == b"x" * 100
    with pytest.raises(TooLarge, match="more than 99 bytes"):
        read_at_most(io.BytesIO(b"x" * 100), 99)
    with open("/dev/zero", "rb") as endless, pytest.raises(TooLarge):
        read_at_most(endless, 10_000)

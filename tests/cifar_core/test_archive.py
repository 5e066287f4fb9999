"""Getting CIFAR-10 from a local server: what is sound arrives, what is not leaves nothing behind."""

import errno
import hashlib
import os
import shutil
import tarfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from archives import files_of, header, packed
from batch_files import write_folder
from local_server import Server

from cifar_core import archive, cifar10, download, tarball
from cifar_core.cifar10 import FOLDER_NAME
from cifar_core.errors import DataError


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = write_folder(tmp_path_factory.mktemp("sound"))
    (folder / "readme.html").write_text("hello")
    return packed(files_of(folder))


def get(out: Path, server: Server, md5: str | None = None) -> cifar10.Source:
    md5 = md5 or hashlib.md5(server.body).hexdigest()
    return archive.get(out, lambda text: None, lambda done, total: None, server.url, md5)


def test_the_archive_is_downloaded_checked_and_unpacked(tmp_path: Path, server: Server, sound: bytes) -> None:
    server.body = sound
    said: list[str] = []
    shown: list[tuple[int, int | None]] = []
    archive.get(
        tmp_path, said.append, lambda *numbers: shown.append(numbers), server.url, hashlib.md5(sound).hexdigest()
    )
    assert sorted(p.name for p in tmp_path.iterdir()) == [FOLDER_NAME, archive.NAME]
    assert cifar10.find(str(tmp_path)).train_images == 100
    assert shown[-1] == (len(sound), len(sound))
    assert [text.split()[0] for text in said] == ["downloading", "unpacking"]


def test_asking_again_downloads_nothing(tmp_path: Path, server: Server, sound: bytes) -> None:
    server.body = sound
    first, again = get(tmp_path, server), get(tmp_path, server)
    assert first == again
    assert len(server.requests) == 1
    shutil.rmtree(tmp_path / FOLDER_NAME)
    assert get(tmp_path, server) == first
    assert len(server.requests) == 1


def test_a_download_that_broke_off_goes_on_where_it_stopped(tmp_path: Path, server: Server, sound: bytes) -> None:
    server.body, server.break_after = sound, 1000
    with pytest.raises(DataError, match="to go on where it stopped"):
        get(tmp_path, server)
    assert [p.name for p in tmp_path.iterdir()] == [f"{archive.NAME}.part"]
    server.break_after = None
    get(tmp_path, server)
    assert server.requests == [None, "bytes=1000-"]


def test_a_server_without_ranges_starts_anew(tmp_path: Path, server: Server, sound: bytes) -> None:
    server.body, server.ranges = sound, False
    (tmp_path / f"{archive.NAME}.part").write_bytes(b"rubbish")
    assert get(tmp_path, server).train_images == 100


def test_a_part_that_is_already_whole_is_used(tmp_path: Path, server: Server, sound: bytes) -> None:
    server.body = sound
    (tmp_path / f"{archive.NAME}.part").write_bytes(sound)
    assert get(tmp_path, server).train_images == 100


def test_a_wrong_checksum_leaves_nothing(tmp_path: Path, server: Server, sound: bytes) -> None:
    server.body = sound
    with pytest.raises(DataError, match=r"has MD5 .*, not 0000: deleted"):
        get(tmp_path, server, "0000")
    assert list(tmp_path.iterdir()) == []


def test_no_network_is_one_clear_line(tmp_path: Path, server: Server) -> None:
    server.server_close()
    with pytest.raises(DataError, match="cannot download"):
        get(tmp_path, server)
    assert list(tmp_path.iterdir()) == []


def test_an_error_of_the_server_is_named(tmp_path: Path, server: Server) -> None:
    server.status = 404
    with pytest.raises(DataError, match="answered 404"):
        get(tmp_path, server)


def test_an_address_that_is_no_web_address_is_refused(tmp_path: Path) -> None:
    for url in ("file:///etc/passwd", "nonsense"):
        with pytest.raises(DataError, match="not an http"):
            archive.download(url, tmp_path / "x", "0", lambda done, total: None)


@pytest.mark.parametrize("cut", [3000, 200_000])
def test_a_truncated_archive_leaves_no_folder(tmp_path: Path, server: Server, sound: bytes, cut: int) -> None:
    server.body = sound[: len(sound) - cut]
    with pytest.raises(DataError, match="truncated or corrupt"):
        get(tmp_path, server)
    assert [p.name for p in tmp_path.iterdir()] == [archive.NAME]


@pytest.mark.parametrize(
    "body",
    [
        packed({"../evil": b"x"}),
        packed({"/tmp/evil": b"x"}),
        packed({f"{FOLDER_NAME}/../../evil": b"x"}),
        packed({f"{FOLDER_NAME}/evil.py": b"x"}),
        packed({"data_batch_1": b"x"}),
        packed({}, header(f"{FOLDER_NAME}/data_batch_1", tarfile.SYMTYPE, "/etc/passwd")),
        packed({}, header(f"{FOLDER_NAME}/data_batch_1", tarfile.LNKTYPE, "../../etc/passwd")),
        packed({}, header(f"{FOLDER_NAME}/data_batch_1", tarfile.CHRTYPE, "")),
        packed({}, header(FOLDER_NAME, tarfile.SYMTYPE, "/etc")),
    ],
    ids=["above", "absolute", "dots inside", "unknown", "outside", "symlink", "hard link", "device", "folder link"],
)
def test_a_malicious_archive_is_refused_by_name_and_writes_nothing(tmp_path: Path, server: Server, body: bytes) -> None:
    server.body = body
    out = tmp_path / "deep" / "out"
    with pytest.raises(DataError, match="refused to unpack"):
        get(out, server)
    assert [p.name for p in out.iterdir()] == [archive.NAME]
    assert [p.name for p in tmp_path.rglob("evil*")] == []


def test_an_archive_with_a_malicious_pickle_is_refused(tmp_path: Path, server: Server, sound: bytes) -> None:
    folder = write_folder(tmp_path)
    (folder / "data_batch_2").write_bytes(b"cos\nsystem\n(S'true'\ntR.")
    server.body = packed(files_of(folder))
    with pytest.raises(DataError, match=r"refused to load os\.system"):
        get(tmp_path / "out", server)
    assert not (tmp_path / "out" / FOLDER_NAME).exists()


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sound: bytes) -> None:
    monkeypatch.setattr(tarball, "LARGEST_FILE", 1000)
    (tmp_path / archive.NAME).write_bytes(sound)
    with pytest.raises(DataError, match="more than CIFAR-10 has"):
        archive.unpack(tmp_path / archive.NAME, tmp_path / FOLDER_NAME)


def test_too_little_room_is_said_before_anything_is_fetched(
    tmp_path: Path, server: Server, sound: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.body = sound
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=10))
    with pytest.raises(DataError, match=r"is full: 400 MiB are needed"):
        get(tmp_path, server)
    assert server.requests == []


def test_a_disk_that_fills_up_while_unpacking_leaves_no_folder(
    tmp_path: Path, server: Server, sound: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    server.body = sound
    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(DataError, match="is full"):
        get(tmp_path, server)
    assert [p.name for p in tmp_path.iterdir()] == [archive.NAME]


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path, server: Server) -> None:
    (tmp_path / "file").write_text("in the way")
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "dangling").symlink_to("nowhere")
    for out in ("file/out", "file", "loop", "loop/out", "dangling", "a\0b", "x" * 300):
        with pytest.raises(DataError, match="cannot write to") as raised:
            get(tmp_path / out, server)
        assert str(raised.value).isprintable()
    with pytest.raises(DataError, match="it is not a folder"):
        get(tmp_path / "file", server)
    assert server.requests == []


def test_a_malformed_address_makes_no_folder(tmp_path: Path) -> None:
    for url in ("http://[::1", "nonsense", "file:///etc/passwd"):
        with pytest.raises(DataError, match="address"):
            archive.get(tmp_path / "out", lambda text: None, lambda done, total: None, url)
    assert not (tmp_path / "out").exists()


def fifo(path: Path) -> None:
    os.mkfifo(path)


@pytest.mark.parametrize("make", [fifo, lambda path: path.symlink_to(path), lambda path: path.symlink_to("/dev/zero")])
@pytest.mark.parametrize("name", [archive.NAME, f"{archive.NAME}.part", FOLDER_NAME])
def test_what_is_no_file_in_a_file_s_place_is_not_waited_for(
    tmp_path: Path, server: Server, sound: bytes, make: Callable[[Path], None], name: str
) -> None:
    server.body = sound
    make(tmp_path / name)
    with pytest.raises(DataError, match=r"FIFO|levels of symbolic links|device|link"):
        get(tmp_path, server)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_disk_that_fills_up_while_downloading_is_called_full(
    tmp_path: Path, server: Server, sound: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """/dev/full is a disk without room."""
    server.body = sound
    full = Path("/dev/full").open("wb", buffering=0)  # noqa: SIM115
    monkeypatch.setattr(download, "open_draft", lambda path: full)
    with pytest.raises(DataError, match=r"the disk of .* is full: 400 MiB are needed"):
        get(tmp_path, server)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_quota_is_a_full_disk(
    tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(Path, "mkdir", full)
    with pytest.raises(DataError, match="is full"):
        get(tmp_path / "out", server)


def test_a_folder_that_is_removed_meanwhile_is_said_to_be(tmp_path: Path, server: Server, sound: bytes) -> None:
    server.body = sound
    out = tmp_path / "out"
    with pytest.raises(DataError, match="it was removed meanwhile; type the same again"):
        archive.get(
            out, lambda text: None, lambda done, total: shutil.rmtree(out, ignore_errors=True), server.url, "0" * 32
        )


def test_another_error_names_the_file(tmp_path: Path, server: Server, sound: bytes) -> None:
    server.body = sound
    (tmp_path / f"{archive.NAME}.part").mkdir()
    with pytest.raises(DataError, match=r"it is a folder, not a file \(.*\.part\); give another --out"):
        get(tmp_path, server)

"""The file system as one check saw it."""

from pathlib import Path

import pytest

from bench.autograph.source.disk import Disk


def test_a_file_is_read_once_so_that_one_check_sees_one_state(tmp_path: Path) -> None:
    file = tmp_path / "train.py"
    file.write_text("a = 1\n")
    disk = Disk()
    before = disk.read(file), disk.digest(file), disk.is_file(file)
    file.write_text("a = 2\n")
    assert before == (disk.read(file), disk.digest(file), disk.is_file(file))
    assert Disk().digest(file) != disk.digest(file)


def test_what_an_editor_holds_counts_instead_of_the_file_under_any_name(tmp_path: Path) -> None:
    file, new = tmp_path / "train.py", tmp_path / "new.py"
    file.write_text("a = 1\n")
    disk = Disk({file.resolve(): b"a = 2\n", new.resolve(): b""})
    assert (disk.read(tmp_path / "." / ".." / tmp_path.name / "train.py"), disk.read(new)) == (b"a = 2\n", b"")
    assert disk.is_file(new)


def test_a_file_that_cannot_be_read_has_a_digest_of_its_own(tmp_path: Path) -> None:
    disk = Disk()
    for _ in range(2):
        with pytest.raises(FileNotFoundError):
            disk.read(tmp_path / "gone.py")
    assert disk.digest(tmp_path / "gone.py") == "No such file or directory"

"""`data`: the archive is downloaded once, checked, and drawn; each error is one line."""

from pathlib import Path

from batch_files import write_folder
from command_line import bench, the_line

from cifar_core import cifar10


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

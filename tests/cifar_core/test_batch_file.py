"""Batch files of every origin are read; what is damaged, hostile or something else is called so."""

import os
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from batch_files import write_batch

from cifar_core import batch_file
from cifar_core.errors import DataError


def read(file: Path) -> batch_file.Part:
    return batch_file.parse(file.read_bytes(), str(file))


def test_an_image_is_read_as_height_width_channel(tmp_path: Path) -> None:
    data = np.zeros((1, 3072), np.uint8)
    data[0, 1024 + 32 * 5 + 7] = 9  # the green plane, row 5, column 7
    write_batch(tmp_path / "batch", 1, data=data, labels=[3])
    part = read(tmp_path / "batch")
    assert part.images.shape == (1, 32, 32, 3)
    assert part.images[0, 5, 7].tolist() == [0, 9, 0]
    assert part.labels.tolist() == [3]


def test_python_2_pickles_are_read(tmp_path: Path) -> None:
    # What Python 2 and NumPy 1 wrote: str opcodes and the module's old name.
    array = (
        b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85U\x01b\x87R(K\x01K\x01M\x00\x0c\x86"
        b"cnumpy\ndtype\n(U\x02u1K\x00K\x01tR(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"
        b"\x89T\x00\x0c\x00\x00" + bytes(3072) + b"tb"
    )
    (tmp_path / "batch").write_bytes(b"\x80\x02}(U\x06labels](K\x07eU\x04data" + array + b"u.")
    assert read(tmp_path / "batch").labels.tolist() == [7]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"labels": [10] * 20}, r"labels must be integers in 0\.\.9, found .*10 to 10"),
        ({"labels": [-1] * 20}, r"labels must be integers in 0\.\.9"),
        ({"labels": [0.5] * 20}, r"labels must be integers"),
        ({"labels": [1] * 19}, "20 images but labels"),
        ({"labels": [[1, 2], [3]]}, "lacks sound 'data' or 'labels'"),
        ({"data": np.zeros((20, 3071), np.uint8)}, r"'data' must be uint8 \[n, 3072\], found uint8 \[20, 3071\]"),
        ({"data": np.zeros((20, 3072), np.float32)}, r"must be uint8"),
        ({"data": "pixels"}, "must be uint8"),
    ],
)
def test_a_file_of_another_form_is_named_with_what_was_found(tmp_path: Path, changes: Any, words: str) -> None:
    write_batch(tmp_path / "batch", **changes)
    with pytest.raises(DataError, match=words):
        read(tmp_path / "batch")


@pytest.mark.parametrize("content", [b"", b"not a pickle", pickle.dumps([1, 2]), pickle.dumps({b"data": 1})])
def test_a_file_that_is_no_batch_is_one_clear_line(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "batch").write_bytes(content)
    with pytest.raises(DataError, match="batch") as raised:
        read(tmp_path / "batch")
    assert "\n" not in str(raised.value)


def test_a_pickle_that_runs_code_is_refused_by_name(tmp_path: Path) -> None:
    class Malicious:
        def __reduce__(self) -> Any:
            return os.system, (f"touch {tmp_path / 'owned'}",)

    (tmp_path / "batch").write_bytes(pickle.dumps(Malicious(), protocol=2))
    with pytest.raises(DataError, match=r"refused to load (posix|nt)\.system"):
        read(tmp_path / "batch")
    assert not (tmp_path / "owned").exists()


def test_a_refused_file_is_not_called_truncated(tmp_path: Path) -> None:
    objects = b"cnumpy\ndtype\n(U\x02O8K\x00K\x01tR."
    for content in (b"cos\nsystem\n(S'true'\ntR.", b"cos\x1b[31m\nsys\ntem\n.", objects, b"\x82\x01.", b"Pname\n."):
        (tmp_path / "batch").write_bytes(content)
        with pytest.raises(DataError, match=r"refused to load .*, which no CIFAR-10 batch needs") as raised:
            read(tmp_path / "batch")
        assert "truncated" not in str(raised.value)
        assert str(raised.value).isprintable()


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize(
    "labels",
    [
        [3, 1], (3, 1), [np.int64(3), np.int64(1)], [np.uint8(3), 1], np.array([3, 1]), np.array([3, 1], np.uint8),
        np.array([3, 1], ">i2"), np.array([3, 0, 1])[::2],
    ],
)  # fmt: skip
@pytest.mark.parametrize("named", [str.encode, str])
@pytest.mark.parametrize("order", ["C", "F"])
def test_copies_of_every_origin_are_read(protocol: int, labels: Any, named: Any, order: Any) -> None:
    pixels = np.arange(2 * 3072).astype(np.uint8).reshape(2, 3072)
    entries = {named("data"): np.asarray(pixels, order=order), named("labels"): labels, named("filenames"): [b"a", b""]}
    part = batch_file.parse(pickle.dumps(entries, protocol), "batch")
    assert part.labels.tolist() == [3, 1]
    assert part.labels.dtype == np.int32
    assert np.array_equal(part.images.transpose(0, 3, 1, 2).reshape(2, 3072), pixels)


def renamed(content: bytes, old: bytes, new: bytes) -> bytes:
    """The pickle with another name for a module; protocols from 4 on say its length before it."""
    content = content.replace(b"\x8c%c%b" % (len(old), old), b"\x8c%c%b" % (len(new), new))
    return content.replace(b"c%b\n" % old, b"c%b\n" % new)


@pytest.mark.parametrize(("now", "then"), [(b"numpy.core", b"numpy._core"), (b"numpy._core", b"numpy.core")])
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_numpy_1_s_and_numpy_2_s_names_are_read(protocol: int, now: bytes, then: bytes) -> None:
    content = pickle.dumps({"data": np.zeros((1, 3072), np.uint8), "labels": [np.int64(5)]}, protocol)
    for module in (b".multiarray", b".numeric"):
        content = renamed(content, now + module, then + module)
    assert then in content
    assert now not in content
    assert batch_file.parse(content, "batch").labels.tolist() == [5]


def test_cifar_100_is_said(tmp_path: Path) -> None:
    write_batch(tmp_path / "train", fine_labels=[1] * 20, coarse_labels=[1] * 20)
    with pytest.raises(DataError, match="is CIFAR-100"):
        read(tmp_path / "train")


@pytest.mark.parametrize(
    ("labels", "found"),
    [
        ([1, 2, "3"], "found str"), ([np.float32(1)] * 3, "found float32"), ([2**70] * 3, "more than 64 bits"),
        ([True] * 3, "found bool"), ("123", "found str"), (None, "found NoneType"),
        (np.zeros(3), r"found float64 \[3\]"), ([1, None, 2], "found NoneType"), ([1.5] * 3, "found float"),
        (np.array([1, 2**63], np.uint64), r"3 images but labels of shape \(2,\)"), ({}, "found dict"),
        (np.zeros((3, 1), np.int64), r"labels of shape \(3, 1\)"), (np.array(["a"] * 3), r"found U1 \[3\]"),
    ],
)  # fmt: skip
def test_labels_that_are_no_whole_numbers_are_said(labels: Any, found: str) -> None:
    content = pickle.dumps({b"data": np.zeros((3, 3072), np.uint8), b"labels": labels})
    with pytest.raises(DataError, match=found):
        batch_file.parse(content, "batch")

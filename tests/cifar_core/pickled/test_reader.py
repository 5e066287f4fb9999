"""Sound pickles of every origin are read; hostile ones are refused by name, at no cost."""

import pickle
import struct
from typing import Any

import numpy as np
import pytest

from cifar_core.pickled import reader
from cifar_core.pickled.arrays import Array, Corrupt, Refused, Scalar

PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)
OBJECTS = b"cnumpy\ndtype\n(U\x02O8K\x00K\x01tR"
EMPTY = b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85U\x01b\x87R"
BYTES = b"cnumpy\ndtype\n(U\x02u1K\x00K\x01tR"


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_plain_values_are_what_pickle_makes_of_them(protocol: int) -> None:
    values: Any = {
        b"bytes": b"\x00\xff'\"\n\\", "text": "ü\n\\ü\ud800", "none": None, "flags": [True, False],
        "numbers": [0, 1, -1, 255, 256, 65536, -(2**31), 2**40, -(2**70)], "floats": [1.5, -0.0, 1e300],
        "tuples": [(), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4)], "nested": {"a": {"b": [[], {}]}}, "empty": b"",
    }  # fmt: skip
    values["again"] = values["numbers"]
    assert reader.read(pickle.dumps(values, protocol)) == values
    assert reader.read(pickle.dumps({"mutable": bytearray(b"x")}, protocol)) == {"mutable": b"x"}
    assert reader.read(pickle.dumps({"mutable": bytearray()}, protocol)) == {"mutable": b""}


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("kind", ["u1", "i1", "<i2", ">i4", "<u8", ">i8", "=i8"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_an_array_of_whole_numbers_is_numpys(protocol: int, kind: str, order: Any) -> None:
    for array in (np.arange(6).reshape(2, 3), np.arange(4), np.array(7), np.zeros((0, 3)), np.arange(12).reshape(3, 4)):
        typed = np.asarray(array.astype(kind), order=order)
        for saved in (typed, typed.T, np.atleast_1d(typed)[::-1]):
            found = reader.read(pickle.dumps(saved, protocol))
            assert isinstance(found, Array)
            assert found.values().dtype == saved.dtype
            assert np.array_equal(found.values(), saved)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_numpys_numbers_are_read(protocol: int) -> None:
    numbers = [np.uint8(200), np.int64(-5), np.array([1000], ">i2")[0]]
    found: Any = reader.read(pickle.dumps(numbers, protocol))
    assert [each.number() for each in found if isinstance(each, Scalar)] == [200, -5, 1000]


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_arrays_of_other_types_are_reported_by_name_and_never_made(protocol: int) -> None:
    for array, name in ((np.zeros(3, np.float32), "float32 [3]"), (np.array(["ab", "c"]), "U2 [2]")):
        found: Any = reader.read(pickle.dumps(array, protocol))
        assert str(found) == name
        with pytest.raises(Corrupt, match="other than whole numbers"):
            found.values()


def test_python_2_s_text_form_is_read() -> None:
    content = b"(dp1\nS'labels'\np2\n(lp3\nI7\naL8L\nasS'data'\np4\nS'\\x00\\'\\n\\\\\"'\np5\nsS\"it's\"\np6\nI01\ns."
    assert reader.read(content) == {b"labels": [7, 8], b"data": b"\x00'\n\\\"", b"it's": True}


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"cos\nsystem\n(S'true'\ntR.", r"os\.system"),
        (b"(ios\nsystem\n.", r"os\.system"),
        (b"(S'true'\nios\nsystem\n.", r"os\.system"),
        (b"\x80\x04\x8c\x02os\x8c\x06system\x93.", r"os\.system"),
        (b"c__builtin__\neval\n.", r"__builtin__\.eval"),
        (b"cbuiltins\ngetattr\n.", r"builtins\.getattr"),
        (b"cnumpy\nload\n.", r"numpy\.load"),
        (b"cnumpy.core.multiarray\nfrombuffer\n.", r"numpy\.core\.multiarray\.frombuffer"),
        (b"ccopyreg\n_reconstructor\n.", r"copyreg\._reconstructor"),
        (b"ccollections\nOrderedDict\n)R.", r"collections\.OrderedDict"),
        (b"cnumpy\nndarray\n(I9\ntR.", r"numpy\.ndarray"),
        (b"(inumpy\nndarray\n.", "INST"),
        (b"(cnumpy\nndarray\no.", "OBJ"),
        (b"cnumpy\nndarray\n)\x81.", "NEWOBJ"),
        (b"cnumpy\nndarray\n)}\x92.", "NEWOBJ_EX"),
        (b"\x82\x01.", "EXT1"),
        (b"Pname\n.", "PERSID"),
        (b"NQ.", "BINPERSID"),
        (b"\x97.", "NEXT_BUFFER"),
        (b"\x8f.", "EMPTY_SET"),
        (OBJECTS + b".", "'O8'"),
        (b"cnumpy\ndtype\n(U\x01OK\x00K\x01tR.", "'O'"),
        (b"cnumpy\ndtype\n(U\x02V8K\x00K\x01tR.", "'V8'"),
        (b"cnumpy\ndtype\n(U\x02M8K\x00K\x01tR.", "'M8'"),
        (b"cnumpy\ndtype\n(U\x05u1,O8K\x00K\x01tR.", "'u1,O8'"),
        (b"cnumpy\ndtype\n(](U\x01aU\x02O8\x86eK\x00K\x01tR.", "'list'"),
        (b"cnumpy\ndtype\n(U\x02u3K\x00K\x01tR.", "'u3'"),
    ],
)
def test_what_no_batch_needs_is_refused_by_name(content: bytes, name: str) -> None:
    with pytest.raises(Refused, match=name):
        reader.read(content)


@pytest.mark.parametrize("order", ["|", "<"])
def test_an_object_array_made_of_raw_bytes_is_refused(order: str) -> None:
    """NumPy would take the bytes for addresses; of a list that is too short it reads past the end, and crashes."""
    with pytest.raises(Refused, match="O8"):
        reader.read(b"\x80\x02cnumpy\nndarray\n(K\x01\x85" + OBJECTS + b"U\x08AAAAAAAAtR0N.")
    with pytest.raises(Refused, match=r"a call of numpy\.ndarray"):
        reader.read(b"\x80\x02cnumpy\nndarray\n(K\x01\x85U\x01OU\x08AAAAAAAAtR0N.")
    state = b"(K\x03U\x01" + order.encode() + b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK?tb"
    with pytest.raises(Refused, match="O8"):
        reader.read(EMPTY + b"(K\x01K\x01\x85" + OBJECTS + state + b"\x89U\x08AAAAAAAAtb.")
    with pytest.raises(Refused, match="O8"):
        reader.read(EMPTY + b"(K\x01K\x64\x85" + OBJECTS + state + b"\x89]tb.")
    with pytest.raises(Refused, match="O8"):
        reader.read(b"cnumpy.core.multiarray\nscalar\n(" + OBJECTS + b"U\x08AAAAAAAAtR.")
    with pytest.raises(Refused, match="O8"):
        reader.read(b"cnumpy._core.numeric\n_frombuffer\n(U\x08AAAAAAAA" + OBJECTS + b"K\x01\x85U\x01CtR.")


@pytest.mark.parametrize(
    "state",
    [
        b"K\x01K\x02\x85" + BYTES + b"\x89U\x01A",  # fewer bytes than elements
        b"K\x01K\x01\x85" + BYTES + b"\x89U\x02AA",  # more
        b"K\x01K\x01\x85" + BYTES + b"\x89](NNNe",  # a list, as arrays of objects have
        b"K\x01J\xff\xff\xff\xffJ\xff\xff\xff\xff\x86" + BYTES + b"\x89U\x01A",  # -1 times -1 is 1
        b"K\x01(" + b"\x8a\x05\x00\x00\x00\x00\x01" * 4 + b"t" + BYTES + b"\x89U\x00",  # 2**128 elements
        b"K\x01(" + b"K\x01" * 100 + b"t" + BYTES + b"\x89U\x01A",  # a hundred axes
        b"K\x01\x88\x85" + BYTES + b"\x89U\x01A",  # True as a length
        b"K\x01K\x01\x85U\x02u1\x89U\x01A",  # a text for a type
        b"K\x01K\x01" + BYTES + b"\x89U\x01A",  # a number for a shape
        b"K\x01\x85",
    ],
)
def test_an_array_whose_bytes_shape_and_type_do_not_belong_together_is_corrupt(state: bytes) -> None:
    with pytest.raises(Corrupt, match="an array"):
        reader.read(EMPTY + b"(" + state + b"tb.")


@pytest.mark.parametrize(
    "state",
    [
        b"K\x03U\x01|N]NK\x00K\x00K\x00t",
        b"K\x03U\x01?NNNK\x00K\x00K\x00t",
        b"t",
        b"K\x03U\x01|U\x01aNNK\x00K\x00K\x00t",
    ],
)
def test_a_type_with_fields_or_an_unknown_state_is_corrupt(state: bytes) -> None:
    with pytest.raises(Corrupt, match="the type u1 has an unknown"):
        reader.read(BYTES + b"(" + state + b"b.")


@pytest.mark.parametrize(
    "content",
    [
        b"", b".", b"a.", b"K", b"U\x05abc.", b"h\x00.", b"g9\n.", b"t.", b"e.", b"u.", b"R.", b"b.", b"NNR.", b"N)R.",
        b"N(NNb.", b"]N(NNu.", b"}Na.", b"}(Nu.", b"}NNs.", b"\x80\x06.", b"\xff.", b"Iabc\n.", b"I1", b"Sabc\n.",
        b"S'\n.", b"V\\u12\n.", b"F1.5.5\n.", b"X\x01\x00\x00\x00\xff.", b"}(U\x01aNU\x01bu.", b"\x87.", b"0.", b"2.",
        b"NN\x93.", b"\x8c\x01\xff.", b"B\xff\xff\xff\xffa.", b"\x8e" + b"\xff" * 8 + b"a.", b"c\xff\n\xff\n.",
    ],
)  # fmt: skip
def test_what_is_no_pickle_is_corrupt(content: bytes) -> None:
    with pytest.raises(Corrupt):
        reader.read(content)


def test_nothing_is_reserved_for_a_size_that_a_file_only_claims() -> None:
    assert reader.read(b"\x80\x02K\x01r\xff\xff\xff\xff0j\xff\xff\xff\xff.") == 1  # memo 4,294,967,295
    for opcode, width in ((b"\x96", "<Q"), (b"\x8e", "<Q"), (b"\x8d", "<Q"), (b"B", "<I"), (b"T", "<I"), (b"X", "<I")):
        for size in (2**31, 2**32 - 1, *((2**62, 2**64 - 1) if width == "<Q" else ())):
            with pytest.raises(Corrupt, match="ends too early"):
                reader.read(b"\x80\x05" + opcode + struct.pack(width, size) + b"x.")


def test_a_small_file_cannot_be_made_to_take_hours_or_gigabytes() -> None:
    text = b"X\x10\x27\x00\x00" + b"a" * 10_000 + b"q\x00"
    again = (
        b"c_codecs\nencode\nq\x010" + text + b"0h\x01h\x00X\x06\x00\x00\x00latin1\x86q\x02R0" + b"h\x01h\x02R" * 10_000
    )
    with pytest.raises(Corrupt, match="makes more bytes than it holds"):
        reader.read(again + b".")
    with pytest.raises(Corrupt, match="other keys than short texts"):  # its hash would take 2**200 steps
        reader.read(b"}N" + b"2\x86" * 200 + b"Ns.")
    with pytest.raises(Corrupt, match="other keys than short texts"):
        reader.read(b"}T\x10\x27\x00\x00" + b"a" * 10_000 + b"Ns.")
    for number in (
        b"I" + b"9" * 5000 + b"\n.",
        b"L" + b"9" * 5000 + b"L\n.",
        b"\x8b\x88\x13\x00\x00" + b"9" * 5000 + b".",
    ):
        with pytest.raises(Corrupt, match="a number is too long"):
            reader.read(number)
    with pytest.raises(Corrupt, match="more than 1,000,000 opcodes"):
        reader.read(b"}" * 2_000_000)


def test_deep_nesting_is_only_nesting() -> None:
    found = reader.read(b"N" + b"\x85" * 200_000 + b".")
    depth = 0
    while isinstance(found, tuple):
        (found,), depth = found, depth + 1
    assert depth == 200_000
    endless: Any = reader.read(b"]2a.")
    assert endless[0] is endless

"""Records on the disk: their checksum, fields that nobody knows, strings that would act on who shows them."""

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from builders import ENVIRONMENT, a_case, a_measurement, a_plan

from bench.errors import BenchError
from bench.records import files
from bench.records.checksum import sealed, unsealed
from bench.records.decoding import decoded, encoded, formatted, plain
from bench.records.run import Failure, Outcome, Plan
from bench.records.store import Store
from bench.records.strings import cleaned, on_one_line, visible

OUTCOME = Outcome(measurement=a_measurement())
FAILURE = Failure(a_case(), 0, "slice", "message", "tail")


@pytest.mark.parametrize("write", [encoded, formatted])
def test_a_record_is_read_as_it_was_written_with_its_checksum(write: object) -> None:
    text = write(OUTCOME)  # type: ignore[operator]
    assert decoded(text, Outcome) == OUTCOME
    assert unsealed(text)[1]
    assert msgspec.json.decode(text)["crc"]


def test_other_programs_read_it_as_json_and_older_versions_pass_the_checksum_over() -> None:
    text = encoded(OUTCOME)
    assert msgspec.json.decode(text, type=Outcome) == OUTCOME
    assert decoded(plain(OUTCOME), Outcome) == OUTCOME  # as an older version wrote it


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b'"load_s":3.0', b'"load_s":3.1'),
        (b'"load_s":3.0', b'"load_s":30'),
        (b'"block":0', b'"block":1'),
        (b'"eager"', b'"graph"'),
        (b'"crc":"', b'"crc":"0'),
        (b'"crc":', b'"crd":'),
        (b'"crc":', b'"CRC":'),
    ],
)
def test_a_change_of_a_digit_or_a_name_is_seen(before: bytes, after: bytes) -> None:
    changed = encoded(OUTCOME).replace(before, after, 1)
    with pytest.raises(msgspec.DecodeError, match=r"its checksum does not fit|'(crc|crd|CRC)' is not one"):
        decoded(changed, Outcome)


def test_a_changed_plan_is_one_line(tmp_path: Path) -> None:
    Store.create(tmp_path, a_plan()).close()
    file = tmp_path / "plan.json"
    file.write_text(file.read_text().replace('"blocks": 8', '"blocks": 3'))
    with pytest.raises(BenchError, match=r"plan\.json is broken \(its checksum does not fit: .*restore it from a copy"):
        Store.open(tmp_path)


@pytest.mark.parametrize(
    ("before", "after", "stray"),
    [
        (b'"slowdown"', b'"slowdownx"', "slowdownx"),
        (b'"noise"', b'"noice"', "noice"),
        (b'"threads"', b'"x":[1],"threads"', "x"),
    ],
)
def test_an_unknown_field_at_any_depth_is_refused_where_no_checksum_vouches_for_it(
    before: bytes, after: bytes, stray: str
) -> None:
    text = plain(OUTCOME).replace(before, after, 1)
    with pytest.raises(msgspec.DecodeError, match=f"'{stray}' is not one of its fields"):
        decoded(text, Outcome)
    assert decoded(sealed(text), Outcome).case.mode == "eager"  # a newer version of the same format wrote it


def test_what_acts_is_made_visible_and_lines_stay_where_a_field_has_them() -> None:
    acting = "\x1b[31m\x07\x00\x7f\x9b\u202e\u2066\u200b\u2028\ufeff\udcff\U000e0041"
    assert visible(acting).isprintable()
    assert visible("a\tb\nc\r\nd – ü 漢 🎉 \u200d") == "a\tb\nc\nd – ü 漢 🎉 \u200d"
    assert on_one_line("a\tb\nc\r\nd\re") == "a b c d e"
    failure = replace(FAILURE, message=f"a\nb{acting}", stderr_tail=f"a\n\tb{acting}")
    assert cleaned(failure).message == f"a b{visible(acting)}"
    assert cleaned(failure).stderr_tail == f"a\n\tb{visible(acting)}"
    assert cleaned(OUTCOME) == OUTCOME
    assert msgspec.json.decode(f'"{visible(acting.replace(chr(0xDCFF), ""))}"') == acting.replace("\udcff", "")


def test_strings_at_any_depth_are_read_so(tmp_path: Path) -> None:
    environment = replace(ENVIRONMENT, cpu="a\x1b[31mCPU", flags=(("A\nB", "\u202e"),))
    with Store.create(tmp_path, a_plan(data_title="ti\x07tle")) as store:
        store.keep(Outcome(measurement=a_measurement(environment=environment)))
        store.keep(Outcome(failure=replace(FAILURE, case=a_case("xla"), message="\x9b1m", stderr_tail="a\nb\x1b")))
    read = Store.open(tmp_path)
    assert read.plan.data_title == "ti\\u0007tle"
    measured, failed = (outcome.record for outcome in read.outcomes())
    assert measured.environment.cpu == "a\\u001b[31mCPU"  # type: ignore[union-attr]
    assert measured.environment.flags == (("A B", "\\u202e"),)  # type: ignore[union-attr]
    assert (failed.message, failed.stderr_tail) == ("\\u009b1m", "a\nb\\u001b")  # type: ignore[union-attr]


def test_a_name_that_no_encoding_takes_is_kept_as_it_can_be_shown(tmp_path: Path) -> None:
    with Store.create(tmp_path, a_plan(data="/data/\udcff")) as store:
        store.keep(Outcome(failure=replace(FAILURE, message="no file \udcfe")))
    assert Store.open(tmp_path).plan.data == "/data/\\udcff"
    assert files.read(tmp_path / "plan.json", Plan).data == "/data/\\udcff"
    assert Store.open(tmp_path).outcomes()[0].record.message == "no file \\udcfe"  # type: ignore[union-attr]

"""A run folder: what is kept is read back; what is torn, damaged, packed or of format 1 is what it should be."""

import gzip
import shutil
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from builders import a_case, a_full_measurement, a_measurement, a_plan, outcomes
from places import ROOT, SUPPORT

from bench.errors import BenchError
from bench.records.files import write
from bench.records.run import FORMAT, Failure, Outcome
from bench.records.store import Store
from bench.report.run import build

PLAN = a_plan()
TIMES_S = {"eager": 0.05, "eager-again": 0.05, "graph": 0.04, "function": 0.03, "xla": 0.02}


def lines(folder: Path, name: str = "measurements.jsonl") -> list[bytes]:
    return (folder / name).read_bytes().splitlines()


def a_run(folder: Path, blocks: int = 2) -> tuple[Outcome, ...]:
    """A folder of complete blocks, written and closed; what it holds."""
    with Store.create(folder, PLAN) as store:
        for outcome in outcomes(PLAN, TIMES_S, blocks):
            store.keep(outcome)
        return store.outcomes()


def a_run_of_format_1(folder: Path, blocks: int = 2) -> tuple[Outcome, ...]:
    """The same as the version before wrote it: a file an outcome."""
    held = a_run(folder, blocks)
    (folder / "measurements").mkdir()
    for outcome in held:
        write(folder / "measurements" / f"{outcome.case.key}-b{outcome.block}.json", outcome)
    (folder / "measurements.jsonl").unlink()
    return held


def test_what_is_kept_is_read_back_in_the_plans_order(tmp_path: Path) -> None:
    kept = [
        Outcome(measurement=a_measurement(a_case("xla"), block=1)),
        Outcome(failure=Failure(a_case("graph"), 0, "slice", "died")),
        Outcome(measurement=a_measurement(a_case("eager"), block=0, last_loss=None)),
    ]
    with Store.create(tmp_path / "run", PLAN) as store:
        for outcome in kept:
            store.keep(outcome)
    assert Store.open(tmp_path / "run").outcomes() == (kept[2], kept[1], kept[0])
    assert store.outcomes() == Store.open(tmp_path / "run").outcomes()


def test_lines_are_appended_and_never_changed(tmp_path: Path) -> None:
    a_run(tmp_path)
    before = (tmp_path / "measurements.jsonl").read_bytes()
    with Store.resume(tmp_path) as store:
        store.set_aside(store.outcomes()[:1], "to be measured again")
        store.keep(Outcome(measurement=a_measurement(step_s=0.07)))
    assert (tmp_path / "measurements.jsonl").read_bytes().startswith(before)
    assert len(lines(tmp_path)) == len(before.splitlines()) + 2


def test_an_outcome_cut_short_is_kept_apart_and_never_counted(tmp_path: Path) -> None:
    with Store.create(tmp_path, PLAN) as store:
        store.keep(Outcome(measurement=a_measurement()), interrupted=True)
        assert store.outcomes() == ()
    assert len(lines(tmp_path, "interrupted.jsonl")) == 1
    assert Store.open(tmp_path).outcomes() == ()


def test_after_a_block_was_moved_aside_a_later_outcome_counts(tmp_path: Path) -> None:
    a_run(tmp_path, blocks=1)
    again = Outcome(measurement=a_measurement(step_s=0.07))
    with Store.resume(tmp_path) as store:
        store.set_aside([again], "the block was not complete")
        assert (again.case.key, 0) not in store.held()
        store.keep(again)
    read = Store.open(tmp_path)
    assert read.outcomes()[0] == again
    aside = msgspec.json.decode(lines(tmp_path)[-2])
    assert (aside["set_aside"], aside["why"]) == ([again.case.key, 0], "the block was not complete")


def test_of_duplicates_the_first_counts_and_another_one_is_told(tmp_path: Path) -> None:
    held = a_run(tmp_path)
    with Store.resume(tmp_path) as store:
        store.keep(held[0])
        assert store.left_out == ()
        store.keep(Outcome(measurement=a_measurement(step_s=0.07)))
    read = Store.open(tmp_path)
    assert read.outcomes() == held
    assert [line.contradicts for line in read.left_out] == [False]
    assert "the first counts" in read.left_out[0].text


@pytest.mark.parametrize("end", [1, 30, 200])
def test_a_torn_last_line_is_skipped_by_readers_and_cut_by_the_next_writer(tmp_path: Path, end: int) -> None:
    held = a_run(tmp_path)
    file = tmp_path / "measurements.jsonl"
    torn = file.read_bytes()[:-end]
    file.write_bytes(torn)
    assert len(Store.open(tmp_path).outcomes()) == len(held) - 1
    assert file.read_bytes() == torn  # a reader changes nothing
    with Store.resume(tmp_path) as store:
        store.keep(held[-1])
    assert Store.open(tmp_path).outcomes() == held


def test_a_run_is_read_while_it_is_written(tmp_path: Path) -> None:
    with Store.create(tmp_path, PLAN) as store:
        store.keep(Outcome(measurement=a_measurement()))
        assert len(Store.open(tmp_path).outcomes()) == 1


@pytest.mark.parametrize("text", [b"", b"{", b'{"format": 1}', b'{"measurement": {"block": "x"}}', b"\x00\xff", b"[]"])
def test_a_line_that_is_broken_is_named(tmp_path: Path, text: bytes) -> None:
    a_run(tmp_path)
    with (tmp_path / "measurements.jsonl").open("ab") as stream:
        stream.write(text + b"\n")
    with pytest.raises(BenchError, match=r"measurements\.jsonl line 11 is broken .*restore"):
        Store.open(tmp_path)


def test_a_line_that_is_nested_without_end_is_broken_not_a_crash(tmp_path: Path) -> None:
    a_run(tmp_path)
    with (tmp_path / "measurements.jsonl").open("ab") as stream:
        stream.write(b'{"x": ' + b"[" * 200_000 + b"]" * 200_000 + b"}\n")
    with pytest.raises(BenchError, match=r"line 11 is broken"):
        Store.open(tmp_path)


def test_a_line_of_a_newer_format_asks_for_an_update(tmp_path: Path) -> None:
    a_run(tmp_path)
    with (tmp_path / "measurements.jsonl").open("ab") as stream:
        stream.write(b'{"format": %d, "other": 1}\n' % (FORMAT + 1))
    with pytest.raises(BenchError, match=rf"line 11 has format {FORMAT + 1}.*reads up to {FORMAT}; update"):
        Store.open(tmp_path)


def test_lines_that_contradict_the_plan_are_left_out_and_told_in_the_report(tmp_path: Path) -> None:
    held = a_run(tmp_path)
    strange = Outcome(failure=Failure(a_case("keras_fit"), 0, "slice", "died"))
    beyond = Outcome(measurement=a_measurement(block=99))
    both = Outcome(measurement=a_measurement(), failure=Failure(a_case(), 0, "slice", "died"))
    with (tmp_path / "measurements.jsonl").open("ab") as stream:
        for outcome in (strange, beyond, both):
            stream.write(msgspec.json.encode(outcome) + b"\n")
        stream.write(b'{"set_aside": ["nothing", 0], "why": "because"}\n')
    store = Store.open(tmp_path)
    assert store.outcomes() == held
    reasons = (
        "is not a case of the plan",
        "block 99 is not one of",
        "a measurement and a failure",
        "block 0 of 'nothing' is not in the plan",
    )
    for line, reason in zip(store.left_out, reasons, strict=True):
        assert line.contradicts
        assert reason in line.text
    report = build(store)
    assert report.run.failed
    assert "4 lines of this run's files do not count" in report.path.read_text()


def test_a_run_of_format_1_is_read_like_any_and_goes_on_in_lines(tmp_path: Path) -> None:
    held = a_run_of_format_1(tmp_path, blocks=1)
    assert Store.open(tmp_path).outcomes() == held
    files = {file: file.read_bytes() for file in (tmp_path / "measurements").iterdir()}
    again, later = (Outcome(measurement=a_measurement(block=block, step_s=0.07)) for block in (0, 1))
    with Store.resume(tmp_path) as store:
        store.set_aside([again], "the block was not complete")
        store.keep(again)
        store.keep(later)
    assert Store.open(tmp_path).outcomes() == (again, *held[1:], later)
    assert files == {file: file.read_bytes() for file in (tmp_path / "measurements").iterdir()}


def test_a_file_of_format_1_whose_name_does_not_fit_is_left_out(tmp_path: Path) -> None:
    held = a_run_of_format_1(tmp_path)
    file = next((tmp_path / "measurements").glob("*-xla-b1.json"))
    shutil.move(file, file.with_name(file.name.replace("b1", "b0")))
    store = Store.open(tmp_path)
    assert len(store.outcomes()) == len(held) - 2  # the one that was moved, and the one that it replaced
    assert "it holds block 1 of" in store.left_out[0].text


@pytest.mark.parametrize("text", ["", "{", '{"format": 1}', '{"measurement": {"block": "x"}}', '{"a": "\xff"}'])
def test_a_broken_file_of_format_1_is_named(tmp_path: Path, text: str) -> None:
    a_run_of_format_1(tmp_path)
    (tmp_path / "measurements" / "broken-b0.json").write_text(text, "latin-1")
    with pytest.raises(BenchError, match=r"broken-b0\.json is broken .*--resume"):
        Store.open(tmp_path)


def test_half_written_files_of_format_1_are_never_seen(tmp_path: Path) -> None:
    held = a_run_of_format_1(tmp_path)
    (tmp_path / "measurements" / "case-b0.tmp").write_text('{"for')
    assert Store.open(tmp_path).outcomes() == held


def test_a_packed_run_is_read_and_asks_to_be_unpacked_before_it_goes_on(tmp_path: Path) -> None:
    held = a_run(tmp_path)
    file = tmp_path / "measurements.jsonl"
    packed = tmp_path / "measurements.jsonl.gz"
    packed.write_bytes(gzip.compress(file.read_bytes()))
    file.unlink()
    assert Store.open(tmp_path).outcomes() == held
    with pytest.raises(BenchError, match=r"is packed.*type: gunzip .*measurements\.jsonl\.gz"):
        Store.resume(tmp_path)
    packed.write_bytes(packed.read_bytes()[:-20])
    with pytest.raises(BenchError, match=r"measurements\.jsonl\.gz is broken"):
        Store.open(tmp_path)


def test_a_folder_with_another_run_is_refused(tmp_path: Path) -> None:
    a_run(tmp_path)
    with pytest.raises(BenchError, match=r"holds another run; type `cifar-bench run --resume"):
        Store.create(tmp_path, PLAN)


def test_a_folder_with_other_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(BenchError, match="holds other files"):
        Store.create(tmp_path, PLAN)


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(BenchError, match=r"cannot write to .*another --out"):
        Store.create(tmp_path / "file" / "run", PLAN)


def test_a_folder_without_a_plan_is_no_run(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match="holds no run"):
        Store.open(tmp_path)


def test_a_newer_format_is_refused(tmp_path: Path) -> None:
    Store.create(tmp_path, a_plan(format=FORMAT + 1)).close()
    with pytest.raises(BenchError, match=rf"format {FORMAT + 1}.*reads up to {FORMAT}; update"):
        Store.open(tmp_path)


def test_a_plan_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    write(tmp_path / "plan.json", a_plan((a_case(), a_case())))
    with pytest.raises(BenchError, match=r"plan\.json is broken \(it holds a case twice\)"):
        Store.open(tmp_path)


def test_a_mode_that_this_version_lacks_is_named(tmp_path: Path) -> None:
    store = Store.create(tmp_path, a_plan((a_case("quantum"),)))
    with pytest.raises(BenchError, match=r"mode 'quantum' is unknown here; known: eager, .*; update cifar-bench"):
        build(store)


def test_a_disk_that_fills_up_is_one_clear_line_and_leaves_no_half_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with Store.create(tmp_path, PLAN) as store:
        store.keep(Outcome(measurement=a_measurement()))
        before = (tmp_path / "measurements.jsonl").read_bytes()
        with monkeypatch.context() as patch:
            patch.setattr("os.fsync", full)
            with pytest.raises(BenchError, match=r"No space left on device; make room, then type --resume"):
                store.keep(Outcome(measurement=a_measurement(block=1)))
        assert (tmp_path / "measurements.jsonl").read_bytes() == before
        assert len(store.outcomes()) == 1


def test_lines_carry_their_format(tmp_path: Path) -> None:
    a_run(tmp_path)
    assert {msgspec.json.decode(line)["format"] for line in lines(tmp_path)} == {FORMAT}


def test_a_run_that_the_version_before_made_gives_the_same_numbers() -> None:
    old, kept = Store.open(SUPPORT / "run_of_format_1"), Store.open(ROOT / "results/sample-selftest-cpu/runs/00")
    assert (old.plan.format, old.raw_files, kept.raw_files) == (1, ("measurements",), ("measurements.jsonl.gz",))
    assert old.outcomes() == tuple(outcome for outcome in kept.outcomes() if outcome.block < 2)
    assert len(old.outcomes()) == 2 * len(old.plan.cases)


NEW_IN_EVIDENCE = {"moved", "hyperparameters", "updated"}
NEW_IN_PROOF = {"calls", "tracing_us", "still", "not_finite", "reached", "late", "replay"}


def test_the_evidence_of_every_update_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    kept = Outcome(measurement=a_full_measurement())
    with Store.create(tmp_path / "run", PLAN) as store:
        store.keep(kept)
    assert Store.open(tmp_path / "run").outcomes() == (kept,)


def test_a_line_of_a_version_that_looked_at_fewer_updates_is_read_with_nothing_in_their_place(tmp_path: Path) -> None:
    with Store.create(tmp_path / "run", PLAN) as store:
        store.keep(Outcome(measurement=a_full_measurement()))
    (line,) = map(msgspec.json.decode, lines(tmp_path / "run"))
    for part, new in (("evidence", NEW_IN_EVIDENCE), ("proof", NEW_IN_PROOF)):
        held = line["measurement"][part]
        line["measurement"][part] = {name: value for name, value in held.items() if name not in new}
    del line["crc"]
    (tmp_path / "run" / "measurements.jsonl").write_bytes(msgspec.json.encode(line) + b"\n")
    (outcome,) = Store.open(tmp_path / "run").outcomes()
    assert outcome.measurement == a_measurement(proof=replace(a_measurement().proof, io_bytes_while_timing=0))


def test_a_run_s_own_report_names_a_refused_outcome_by_its_line_as_a_later_one_does(tmp_path: Path) -> None:
    with Store.create(tmp_path, PLAN) as store:
        for outcome in outcomes(PLAN, TIMES_S, 1):
            store.keep(outcome)
        store.keep(Outcome(measurement=a_measurement(block=1, load_s=-1.0)))
        own = build(store).path.read_text()
    assert "measurements.jsonl line 6: load_s is -1.0" in own
    assert build(Store.open(tmp_path)).path.read_text() == own
    assert build(store).path.read_text() == own  # also when it is closed

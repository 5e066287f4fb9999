"""The index of a history as a Parquet file: a row a case and block, for pandas, Polars, DuckDB and the like."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.errors import BenchError
from bench.records.history_index import HistoryIndex, document_of, path_of
from bench.records.strings import cleaned
from cifar_core.plain_files import refuse_special

BATCH = 100_000  # rows at a time
OF_RUN = ("tensorflow", "python", "commit", "os", "cpu", "cores", "gpu", "driver")  # as text
COLUMNS = {
    **dict.fromkeys(("run", "created", "data", *OF_RUN, "group", "mode", "arm", "baseline", "verdict"), "string"),
    "repetition": "int32",
    **dict.fromkeys(("began", "step_s", "speedup", "first_step_s", "startup_s"), "float64"),
    "peak_memory_bytes": "int64",
}
_ROWS = """
SELECT result.run, result.data, "group", mode, arm, baseline, verdict, block.block, began, block.step_s, block.speedup,
    first_step_s, startup_s, memory
FROM block JOIN result ON result.id = block.result JOIN series ON series.id = result.series ORDER BY block.rowid
"""


def write_parquet(index: HistoryIndex, file: Path) -> int:
    """Write all rows; returns their number. Raises BenchError without pyarrow, or where the file cannot be written."""
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        raise BenchError("--parquet needs pyarrow; type: python -m pip install '.[parquet]'") from None
    schema = pyarrow.schema([(name, getattr(pyarrow, kind)()) for name, kind in COLUMNS.items()])
    draft, count = file.with_name(f"{file.name}.tmp"), 0
    try:
        refuse_special(file)
        refuse_special(draft)
        with parquet.ParquetWriter(draft, schema) as writer:
            for rows in _batches(index):
                columns = [list(values) for values in zip(*rows, strict=True)]
                writer.write_table(pyarrow.Table.from_pydict(dict(zip(COLUMNS, columns, strict=True)), schema))
                count += len(rows)
        os.replace(draft, file)
    except OSError as error:
        raise BenchError(f"cannot write {file}: {error.strerror or error}") from None
    return count


def _batches(index: HistoryIndex) -> Iterator[list[tuple[Any, ...]]]:
    rows, runs = index.rows.execute(_ROWS), _of_runs(index)
    while some := rows.fetchmany(BATCH):
        yield [(*runs[row[0]][:2], row[1], *runs[row[0]][2:], *row[2:]) for row in some]


def _of_runs(index: HistoryIndex) -> dict[int, tuple[str | None, ...]]:
    """A run's path, when it started, and OF_RUN."""
    found = index.rows.execute("SELECT id, path, created, document FROM run WHERE fault = ''")
    return {
        key: (cleaned(path_of(path)), created, *(document_of(text).environment.get(name) for name in OF_RUN))
        for key, path, created, text in found
    }

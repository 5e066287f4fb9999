"""`export`: all that a folder of runs holds as one table, for other programs."""

from pathlib import Path
from typing import Annotated

import typer

from bench.commands.console import aside, slowly
from bench.commands.streams import say
from bench.errors import BenchError, Exit


def export(
    folder: Annotated[Path, typer.Argument(help="The folder that runs lie in.")] = Path("results"),
    parquet: Annotated[
        Path | None, typer.Option(help="The file to write; needs pyarrow: python -m pip install '.\\[parquet]'.")
    ] = None,
) -> Exit:
    """Write every run of a folder to one Parquet file: a row for each configuration and repetition."""
    from bench.records.history_index import open_index
    from bench.report.history_update import update
    from bench.report.parquet import write_parquet

    if not parquet:
        raise BenchError("say where to: type e.g. cifar-bench export results --parquet history.parquet")
    if not folder.is_dir():
        raise BenchError(f"{folder} holds no run; give the folder that runs lie in, e.g. cifar-bench export results")
    with slowly(f"reading the runs in {folder}"), open_index(folder) as index:
        update(folder, index, aside)
        broken = [text for (text,) in index.rows.execute("SELECT fault FROM run WHERE fault != '' ORDER BY path")]
        count = write_parquet(index, parquet)
    for text in broken:
        aside(f"warning: left out: {text}")
    say(f"{count:,} rows: {parquet}")
    return Exit.CASE_FAILED if broken else Exit.OK

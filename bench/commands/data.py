"""`data`: download, check and unpack CIFAR-10; look at it."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from bench.errors import BenchError, Exit

if TYPE_CHECKING:
    from cifar_core.cifar10 import Source


def get_data(out: Path | None, url: str | None, show: bool, data: str, png: Path) -> Exit:
    """Download CIFAR-10 if it is not there; draw samples if asked to."""
    from cifar_core import cifar10

    source = cifar10.find(data) if show and out is None else _download(out or Path("data"), url)
    typer.echo(f"data: {source.title}")
    if show:
        _draw(source, png)
    return Exit.OK


def _download(out: Path, url: str | None) -> "Source":
    from bench.commands.terminal import Download
    from cifar_core import archive

    with Download() as progress:
        return archive.get(out, lambda text: typer.echo(text, err=True), progress, url or archive.URL)


def _draw(source: "Source", png: Path) -> None:
    from bench.report.plots import training as plots
    from cifar_core.cifar10 import CLASS_NAMES, TRAIN_PARTS

    names = ["class"] * len(CLASS_NAMES) if source.synthetic else CLASS_NAMES
    try:
        plots.samples(source.read(TRAIN_PARTS[0]), names, source.title, png)
    except (OSError, ValueError) as error:
        raise BenchError(f"cannot draw to {png}: {error}; give another --png, ending in .png") from None
    typer.echo(f"samples: {png}")

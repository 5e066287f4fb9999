"""`data`: download, check and unpack CIFAR-10, and draw samples of it.

Each function imports what it needs when it is called, so that --help and list answer at once.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bench.commands.console import aside
from bench.commands.streams import say
from bench.errors import BenchError, Exit

if TYPE_CHECKING:
    from cifar_core.cifar10 import Source


def data(
    out: Annotated[Path | None, typer.Option(help="Folder to put CIFAR-10 in; default data.")] = None,
    url: Annotated[str | None, typer.Option(help="Another address of the official archive.")] = None,
    show: Annotated[bool, typer.Option("--show", help="Draw samples of each class; without --out, of --data.")] = False,
    data: Annotated[str, typer.Option(help="What --show draws: auto, synthetic, a folder or the archive.")] = "auto",
    png: Annotated[Path, typer.Option(help="Where --show draws to.")] = Path("cifar10-samples.png"),
) -> Exit:
    """Download, check and unpack CIFAR-10; look at it."""
    from cifar_core import cifar10

    if show:
        _refuse_special(png)
    source = cifar10.find(data) if show and out is None else _download(out or Path("data"), url)
    say(f"data: {source.title}")
    if show:
        _draw(source, png)
    return Exit.OK


def _download(folder: Path, url: str | None) -> "Source":
    from bench.commands.terminal import Download
    from cifar_core import archive

    with Download() as progress:
        return archive.get(folder, aside, progress, url or archive.URL)


def _refuse_special(png: Path) -> None:
    """Raises BenchError where drawing would wait for the reader of a FIFO, or write to a device."""
    from cifar_core.plain_files import refuse_special

    try:
        refuse_special(png)
    except OSError as error:
        raise BenchError(f"cannot draw to {png}: {error.strerror}; give another --png, ending in .png") from None


def _draw(source: "Source", png: Path) -> None:
    from bench.report.plots import training as plots
    from cifar_core.cifar10 import CLASS_NAMES, TRAIN_PARTS

    names = ["class"] * len(CLASS_NAMES) if source.synthetic else CLASS_NAMES
    try:
        plots.samples(source.read(TRAIN_PARTS[0]), names, source.title, png)
    except (OSError, ValueError) as error:
        raise BenchError(f"cannot draw to {png}: {error}; give another --png, ending in .png") from None
    say(f"samples: {png}")

"""`cifar-bench devices`: what TensorFlow sees, whether it computes, what is missing and what to type. No TensorFlow."""

import msgspec
import typer

from bench.errors import Exit
from bench.machine import availability
from bench.machine.availability import Availability
from bench.records.devices import FoundDevice


def show(as_json: bool = False) -> Exit:
    """Print it; CASE_FAILED where a card is there that cannot be used, or a device computes wrongly."""
    seen = availability.probe()
    typer.echo(msgspec.json.format(msgspec.json.encode(seen)).decode() if as_json else "\n".join(lines(seen)))
    return Exit.CASE_FAILED if broken(seen) else Exit.OK


def broken(seen: Availability) -> bool:
    """Whether something that is there does not work. A machine without a card is none the worse."""
    unused = bool(seen.cards) and not any(found.device != "cpu" for found in seen.found)
    return seen.probed is None or unused or any(seen.wrong(found) for found in seen.found)


def lines(seen: Availability) -> list[str]:
    """The answer first, then each device, then versions."""
    return [_answer(seen), *(_device(seen, found) for found in seen.found), *_versions(seen)]


def _answer(seen: Availability) -> str:
    gpus = [found for found in seen.found if found.device != "cpu"]
    works = [found.device for found in gpus if not seen.wrong(found)]
    if works:
        return f"Your GPU is used: TensorFlow computes on {', '.join(works)}. Try: cifar-bench run --devices cpu,gpu"
    if gpus:
        return "Your GPU is seen and cannot be used."
    return f"No GPU is used: {seen.no_gpu()}"


def _device(seen: Availability, found: FoundDevice) -> str:
    if wrong := seen.wrong(found):
        return f"  {found.device}: NOT AVAILABLE: {wrong}"
    against = "" if found.device == "cpu" else f", within {found.difference:.0e} of the CPU's"
    return f"  {found.device}: {found.title}; a convolution ran there{against}"


def _versions(seen: Availability) -> list[str]:
    if not (probed := seen.probed):
        return []
    made = f"built for CUDA {probed.cuda} and cuDNN {probed.cudnn}" if probed.cuda_build else "built without CUDA"
    cards = "; ".join(f"{name}, driver {driver}" for name, driver in seen.cards)
    return [f"  TensorFlow {probed.tensorflow}, {made}", f"  nvidia-smi: {cards or 'no card, or no driver'}"]

"""`devices`: what TensorFlow sees, whether it computes there, what is missing and what to type."""

from typing import TYPE_CHECKING, Annotated

import typer

from bench.commands.console import slowly, warn_of_caches
from bench.commands.streams import say
from bench.errors import BenchError, Exit

if TYPE_CHECKING:
    from bench.machine.availability import Availability
    from bench.records.devices import FoundDevice
    from bench.records.facts import DeviceFact


def devices(
    json: Annotated[bool, typer.Option("--json", help="As JSON, with what TensorFlow said.")] = False,
    facts: Annotated[
        bool, typer.Option("--facts", help="Within about a minute: can numbers of the first GPU, or CPU, be trusted?")
    ] = False,
) -> Exit:
    """Is my GPU used at all? What TensorFlow sees, whether it computes there, and what is missing."""
    from bench.machine import availability

    if json and facts:
        raise BenchError("--json and --facts are two answers; type one of them")
    warn_of_caches()
    with slowly("asking TensorFlow for its devices"):
        available = availability.probe()
    if json:
        say(_as_json(available))
    else:
        _show(available)
    unsound = facts and _observe("cpu" if available.missing("gpu") else "gpu")
    return Exit.CASE_FAILED if unsound or broken(available) else Exit.OK


def _observe(device: str) -> bool:
    """Show each fact of the device as it is found. Whether any is not as it should be."""
    from bench.commands import terminal
    from bench.runner.facts import facts

    terminal.tell(f"What {'the CPU' if device == 'cpu' else 'the first GPU'} shows, on the default model:")
    unsound = False
    for fact in facts(device):
        terminal.tell(fact_line(fact))
        unsound = unsound or fact.sound is False
    return unsound


def fact_line(fact: "DeviceFact") -> str:
    """'  ok   ops of eager: 80 on GPU:0; nothing moves'; LOOK where it is not as it should be."""
    mark = {True: "ok", False: "LOOK", None: "-"}[fact.sound]
    return f"  {mark:4} {fact.title}: {'no GPU' if fact.gpu_only else fact.found}"


def _show(available: "Availability") -> None:
    from bench.commands import terminal

    for line in lines(available):
        terminal.tell(line)
    if not available.cards:
        terminal.tell("A machine without a GPU is not an error.")


def _as_json(available: "Availability") -> str:
    import msgspec

    return msgspec.json.format(msgspec.json.encode(available)).decode()


def broken(available: "Availability") -> bool:
    """Whether a GPU cannot be used, or a device computes wrongly. A machine without a GPU is not an error."""
    unused = bool(available.cards) and not any(device.device != "cpu" for device in available.found)
    return available.probed is None or unused or any(available.wrong(device) for device in available.found)


def lines(available: "Availability") -> list[str]:
    """The answer first, then each device, then versions."""
    return [_answer(available), *(_device(available, device) for device in available.found), *_versions(available)]


def _answer(available: "Availability") -> str:
    gpus = [device for device in available.found if device.device != "cpu"]
    working = [gpu.device for gpu in gpus if not available.wrong(gpu)]
    if working:
        return f"Your GPU is used: TensorFlow computes on {', '.join(working)}. Try: cifar-bench run --devices cpu,gpu"
    if gpus:
        return "Your GPU is seen and cannot be used."
    return f"No GPU is used: {available.no_gpu()}"


def _device(available: "Availability", device: "FoundDevice") -> str:
    if wrong := available.wrong(device):
        return f"  {device.device}: NOT AVAILABLE: {wrong}"
    against = "" if device.device == "cpu" else f", its result within {device.difference:.0e} of the CPU's"
    return f"  {device.device}: works: {device.title}; a convolution ran there{against}"


def _versions(available: "Availability") -> list[str]:
    if not (probed := available.probed):
        return []
    build = f"built for CUDA {probed.cuda} and cuDNN {probed.cudnn}" if probed.cuda_build else "built without CUDA"
    cards = "; ".join(f"{name}, driver {driver}" for name, driver in available.cards)
    return [f"  TensorFlow {probed.tensorflow}, {build}", f"  nvidia-smi: {cards or 'no card, or no driver'}"]
